"""What commands that judge an environment share: their options, and how these become a report.

Knows no kind of source and no requirement by name.
"""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

from cloison.model.errors import CloisonError

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace, _ArgumentGroup
    from collections.abc import Iterable, Sequence

    from cloison.check.document import Report
    from cloison.model.snapshot import Snapshot

OPENERS, CLOSERS = "([{", ")]}"


def source_arguments(parser: ArgumentParser) -> None:
    """The options of reading and of judging."""
    reading = parser.add_argument_group(
        "what a template leaves open", "Exports of live resources need none of these."
    )
    reading.add_argument(
        "--parameters",
        metavar="FILE",
        action="append",
        default=[],
        help="parameter file; repeat for several, later ones win (default: the one beside the template)",
    )
    reading.add_argument(
        "--set",
        metavar="NAME=VALUE",
        action="append",
        default=[],
        help="value of a template parameter; wins over files",
    )
    reading.add_argument(
        "--assume",
        metavar="EXPRESSION=VALUE",
        action="append",
        default=[],
        help="value that an open expression will have once deployed",
    )
    reading.add_argument("--subscription", metavar="GUID", help="subscription that templates deploy to")
    reading.add_argument("--resource-group", metavar="NAME", help="resource group that templates deploy to")
    reading.add_argument("--location", metavar="REGION", help="region of that resource group")

    live_arguments(parser)
    judging_arguments(parser)


def judging_arguments(parser: ArgumentParser) -> None:
    """The options of what is judged."""
    judging = parser.add_argument_group("what to judge")
    choosing_arguments(judging)
    judging.add_argument(
        "--only",
        metavar="S07,D01",
        action="append",
        default=[],
        help="only these requirements (default: all)",
    )
    dns_argument(judging)


def choosing_arguments(group: _ArgumentGroup) -> None:
    """Which environments are meant."""
    group.add_argument(
        "--workspace", metavar="NAME", help="only this workspace, by name or id (default: every one)"
    )
    group.add_argument(
        "--cluster", metavar="NAME", help="only this cluster, by name or id (default: every one)"
    )


def dns_argument(group: _ArgumentGroup) -> None:
    """Whose private zones DNS servers of one's own answer from."""
    group.add_argument(
        "--dns",
        metavar="ADDRESS=NETWORK",
        action="append",
        default=[],
        help="a DNS server of yours, and the network, by name or id, from which it asks Azure's",
    )


def live_arguments(parser: ArgumentParser) -> None:
    """The options of reading something live."""
    live = parser.add_argument_group("where live resources are read", "For a SOURCE that begins with azure:")
    live.add_argument(
        "--endpoint",
        metavar="URL",
        help="address of ARM (default: $CLOISON_ENDPOINT, else the public cloud's)",
    )
    live.add_argument(
        "--ca", metavar="FILE", help="certificates to trust beside the system's (default: $CLOISON_CA)"
    )


def color_argument(group: _ArgumentGroup) -> None:
    """Whether what people read is coloured."""
    group.add_argument(
        "--color",
        choices=["auto", "always", "never"],
        default="auto",
        metavar="WHEN",
        help="%(choices)s (default: auto: on a terminal, unless NO_COLOR is set)",
    )


def judged(sources: Sequence[str], options: Namespace) -> Report:
    """The report on these sources. Raises CloisonError for what cannot be read, and for options that mean nothing."""
    was_on = gc.isenabled()
    # All that is loaded and read stays until the report is written; to look for garbage in it takes a tenth of a check.
    gc.disable()
    try:
        return _judged(sources, options)
    finally:
        if was_on:
            gc.enable()


def _judged(sources: Sequence[str], options: Namespace) -> Report:
    from cloison.check.run import CheckOptions, run

    checking = CheckOptions(
        cluster=options.cluster,
        workspace=options.workspace,
        dns=pairs("--dns", options.dns),
        only=ids(options.only),
    )
    return run(snapshot_of(sources, options), checking)


def snapshot_of(sources: Sequence[str], options: Namespace) -> Snapshot:
    """Everything in these sources. Options of templates may be missing. Raises CloisonError for what cannot be read."""
    from cloison.cli._output import progress
    from cloison.sources import ReadOptions, read

    told = vars(options)
    reading = ReadOptions(
        parameters=tuple(told.get("parameters", ())),
        set=pairs("--set", told.get("set", ())),
        assume=pairs("--assume", told.get("assume", ())),
        subscription=told.get("subscription"),
        resource_group=told.get("resource_group"),
        location=told.get("location"),
        endpoint=options.endpoint,
        ca=options.ca,
        progress=progress,
    )
    try:
        return read(sources, reading)
    finally:
        progress("", 0, 0)


def ids(given: Iterable[str]) -> tuple[str, ...]:
    """Requirement ids of `S07,D01` and of repeated options. Raises CloisonError E302 where an option names none."""
    found: list[str] = []
    for text in given:
        ids = [one.strip() for one in text.split(",") if one.strip()]
        if not ids:
            raise CloisonError(
                "E302", "--only names no requirement", help="cloison explain lists all of them"
            )
        found.extend(ids)
    return tuple(found)


def pairs(option: str, given: Iterable[str]) -> dict[str, str]:
    """Value by name, a later one over an earlier one. Raises CloisonError E302 for a text without `=`."""
    found: dict[str, str] = {}
    for text in given:
        at = _equals(text)
        if at < 1:
            raise CloisonError(
                "E302", f"{option} {text} has no name and value", help=f"write {option} NAME=VALUE"
            )
        found[text[:at].strip()] = text[at + 1 :]
    return found


def _equals(text: str) -> int:
    """Where the first `=` stands that is in no bracket and in no quotes of an expression; -1 for nowhere.

    `--assume "[concat('a=', reference('x').id)]=ab"` splits after the bracket.
    """
    depth, quoted = 0, False
    for at, character in enumerate(text):
        if character == "'":
            quoted = not quoted
        elif quoted:
            continue
        elif character in OPENERS:
            depth += 1
        elif character in CLOSERS:
            depth = max(depth - 1, 0)
        elif character == "=" and depth == 0:
            return at
    # An expression that does not close its brackets is still a name with a value for people in a hurry.
    return text.find("=") if depth or quoted else -1
