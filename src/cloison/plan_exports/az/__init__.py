"""A shell script for az: the requests as they stand, wave by wave, each wave waited for."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from urllib.parse import quote

from cloison.plan.document import PlanDocument, StepReport
from cloison.plan_exports import Exported, Json
from cloison.plan_exports.steps import about, comments, heading, target, told
from cloison.reports.escape import safe_json

END = "JSON"
"""Ends a body; a line of indented JSON never reads so, as a string in it stands in quotes."""
FUNCTIONS = r"""set -eu

send() { # send METHOD URL: one request with what it reads as its body
    az rest --only-show-errors --output none --headers Content-Type=application/json \
        --method "$1" --url "$2" --body @-
}

order() { # order METHOD URL: one request without a body
    az rest --only-show-errors --output none --method "$1" --url "$2"
}

settled() { # settled URL: waits until Azure is done with a resource
    while :; do
        state=$(az rest --only-show-errors --output tsv --method get --url "$1" \
            --query "properties.provisioningState || 'Succeeded'")
        case $state in
            Succeeded) return ;;
            Failed | Canceled) echo "$1: $state" >&2 && exit 1 ;;
        esac
        sleep "${CLOISON_WAIT:-5}"
    done
}

gone() { # gone URL: waits until a resource is no longer there
    while :; do
        if said=$(az rest --only-show-errors --output none --method get --url "$1" 2>&1); then
            sleep "${CLOISON_WAIT:-5}"
            continue
        fi
        case $said in
            *NotFound* | *"Not Found"*) return ;;
            *) echo "$said" >&2 && exit 1 ;;
        esac
    done
}
"""
WAITS = {"DELETE": "gone"}


def export(plan: PlanDocument, _puts: Mapping[int, Json]) -> Exported:
    """The script; it can say every request."""
    waves = told(plan, lambda _: "").waves
    lines = ["#!/bin/sh", *comments(heading(plan), "#"), *FUNCTIONS.splitlines()]
    for number, wave in enumerate(waves, start=1):
        lines += ["", f"echo 'wave {number} of {len(waves)}'"]
        for step in wave:
            lines += _sent(step)
        lines += dict.fromkeys(
            f"{WAITS.get(step.request.method, 'settled')} {shlex.quote(_url(step, target(step), {}))}"
            for step in wave
        )
    return Exported({"plan.sh": "\n".join((*lines, "echo done", ""))}, "sh FILE")


def _sent(step: StepReport) -> Iterator[str]:
    asked = step.request
    yield ""
    yield from comments(about(step), "#")
    url = shlex.quote(_url(step, asked.path, asked.query))
    if asked.body is None:
        yield f"order {asked.method.lower()} {url}"
        return
    yield f"send {asked.method.lower()} {url} <<'{END}'"
    yield from safe_json(asked.body).splitlines()
    yield END


def _url(step: StepReport, path: str, query: Mapping[str, str]) -> str:
    """The address below the cloud's own that az puts before it."""
    told = "&".join(
        f"{quote(name)}={quote(value)}"
        for name, value in {"api-version": step.request.api_version, **query}.items()
    )
    return f"{quote(path)}?{told}"
