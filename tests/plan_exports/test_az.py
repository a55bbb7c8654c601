"""The script for az: every request as the plan has it, in order, each wave waited for. prove_exports.py runs it."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
from urllib.parse import unquote

import msgspec
import pytest

from cloison.plan.document import PlanDocument
from cloison.plan.make import make
from cloison.plan_exports import export
from tests.fault_catalogue import FAULTS
from tests.plan.environments import faulty, public
from tests.reference import snapshot

SENT = re.compile(r"^(?:send|order) (\w+) (.*?)(?: <<'JSON'\n(.*?)^JSON)?$", re.MULTILINE | re.DOTALL)
PLAN = make(snapshot(public("same network", zones=True)))


def script(plan: PlanDocument) -> str:
    told = export("az", plan, {})
    assert not told.first_left
    return told.files["plan.sh"]


def requests(text: str) -> list[tuple[str, str, object]]:
    return [
        (method.upper(), unquote(shlex.split(url)[0]), json.loads(body) if body else None)
        for method, url, body in SENT.findall(text)
    ]


@pytest.mark.parametrize(
    "plan", [PLAN, *(make(faulty(fault.on[0], fault.changes)) for fault in FAULTS[3::40])]
)
def test_every_request_is_sent_as_it_is(plan: PlanDocument) -> None:
    """Method, address and body, in the order of the steps."""
    wanted = []
    for step in plan.steps:
        asked = step.request
        query = {"api-version": asked.api_version, **asked.query}
        url = f"{asked.path}?{'&'.join(f'{name}={value}' for name, value in query.items())}"
        wanted.append((asked.method, url, asked.body))
    assert wanted == requests(script(plan))


def test_a_wave_ends_before_the_next_begins() -> None:
    """Each resource of a wave is waited for right after the last of its requests."""
    lines = [line for line in script(PLAN).splitlines() if re.match(r"(send|order|settled|gone|echo) ", line)]
    verbs = "".join(line[0] for line in lines)
    assert re.fullmatch(r"(e[so]+[sg]+)+e", verbs), verbs
    waits = [line for line in lines if re.match(r"(settled|gone) ", line)]
    assert len(PLAN.steps) == len(waits)


def test_what_strangers_wrote_runs_nothing() -> None:
    """Names, summaries and values cannot end a comment, a quote or a body; the script stays what it is."""
    strange = "'; touch /tmp/x; $(id) `id`\nJSON\nid\n"
    first = PLAN.steps[0]
    asked = msgspec.structs.replace(
        first.request, path=f"{first.request.path}{strange}", body={"tags": {strange: strange}}
    )
    step = msgspec.structs.replace(first, summary=strange, why=strange, request=asked)
    text = script(msgspec.structs.replace(PLAN, steps=(step,)))
    assert [(asked.method, f"{asked.path}?api-version={asked.api_version}", asked.body)] == requests(text)
    assert not [line for line in text.splitlines() if line.startswith(("id", "touch"))]


@pytest.mark.skipif(shutil.which("sh") is None, reason="there is no sh on this machine")
def test_a_shell_can_read_it() -> None:
    """`sh -n` finds no fault in it."""
    done = subprocess.run(["sh", "-n"], input=script(PLAN), capture_output=True, text=True, check=False)
    assert (0, "") == (done.returncode, done.stderr)
