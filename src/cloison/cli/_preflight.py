"""What commands share that look ahead whether a plan can be carried out by whoever asks."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from cloison.model.errors import CloisonError

if TYPE_CHECKING:
    from argparse import Namespace, _ArgumentGroup
    from collections.abc import Sequence

    from cloison.model.snapshot import Snapshot
    from cloison.plan.document import PlanDocument
    from cloison.plan.options import PlanOptions
    from cloison.plan.preflight.document import Preflight
    from cloison.plan.preflight.look import Asking


def arguments(group: _ArgumentGroup) -> None:
    """The options of a preflight."""
    group.add_argument(
        "--preflight",
        action="store_true",
        help="plan only what you can do yourself, by your rights, locks, quotas and addresses, and say what others "
        "have to help with",
    )
    group.add_argument(
        "--request-file",
        metavar="FILE",
        help="write what to ask others for there, as Markdown; with --preflight",
    )


def is_asked_for(options: Namespace) -> bool:
    """Whether these options ask for a preflight. Raises CloisonError E542 where there is none for a source."""
    wanted = bool(options.preflight or options.request_file)
    if wanted and any(one.lower().endswith(".toml") for one in options.sources):
        raise CloisonError(
            "E542",
            "there is no preflight for an environment file",
            because="what it makes is not there yet, so nobody has rights at it",
            help="cloison apply looks before the first request whether one would be refused",
        )
    return wanted


def split(snapshot: Snapshot, asked: PlanOptions, options: Namespace) -> Preflight:
    """The plan for a snapshot, split into what the caller can do and what others are asked for."""
    from cloison.plan.preflight.split import preflight

    return preflight(snapshot, asked, asking(options.sources, options))


def asking(sources: Sequence[str], options: Namespace) -> Asking | None:
    """How Azure is asked, None where no source is live."""
    if not any(one.startswith("azure:") for one in sources):
        return None
    from pathlib import Path

    from cloison.arm.client import PUBLIC_ARM
    from cloison.plan.preflight.reading import ask

    base = options.endpoint or os.environ.get("CLOISON_ENDPOINT") or PUBLIC_ARM
    ca: str | None = options.ca or os.environ.get("CLOISON_CA")
    return lambda asks: ask(asks, base, Path(ca) if ca else None)


def show(found: Preflight, options: Namespace) -> None:
    """Say what was found, below the plan, and write the request."""
    from cloison.cli import _output
    from cloison.reports.preflight import render

    _output.show(render(found, _output.view(options.color)))
    write(found, options)


def write(found: Preflight, options: Namespace) -> None:
    """Write the request where it is wanted, and say so."""
    from cloison.cli import _output
    from cloison.plan_exports.request import request

    if options.request_file is None:
        if found.sections:
            print("--request-file FILE writes a request that can be sent to them", file=sys.stderr)
    elif found.sections:
        _output.write(options.request_file, request(found))
        print(f"request written to {options.request_file}", file=sys.stderr)
    else:
        print("nothing to ask others for: no request written", file=sys.stderr)


def refuse(document: PlanDocument, snapshot: Snapshot, sources: Sequence[str], options: Namespace) -> None:
    """Raises CloisonError E541 where Azure would surely refuse a step; says what is not known."""
    from cloison.plan.preflight.before import refuse_stopped
    from cloison.reports.escape import safe

    for line in refuse_stopped(document, snapshot, asking(sources, options)):
        print(f"not known: {safe(line)}", file=sys.stderr)
