"""Print the role that reading needs, or that carrying a plan out needs.

The first holds an action for each type of resource that Cloison reads, those by which a preflight looks ahead, and
nothing else: no secret can be read with it, and nothing can be changed. Reader holds more than it. With --plan, the
role holds besides what the requests of that plan take, and may be assigned where they go.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Iterator

    from cloison.apply.step import Planned
    from cloison.plan.preflight.check import Right

EXAMPLES = """\
examples
  cloison roles --scope /subscriptions/GUID > cloison-reader.json
  az role definition create --role-definition cloison-reader.json
  cloison roles --plan plan.json > cloison-apply.json
"""
NOWHERE = "/subscriptions/00000000-0000-0000-0000-000000000000"


def arguments(parser: ArgumentParser) -> None:
    """Say what it takes."""
    parser.usage = "cloison roles [--plan FILE] [--scope ID]…"
    printing = parser.add_argument_group("what to print")
    printing.add_argument("--plan", metavar="FILE", help="the role that carries out this plan, and reads")
    printing.add_argument(
        "--scope",
        metavar="ID",
        action="append",
        default=[],
        help="where the role may be assigned: the id of a subscription or management group; repeat for several",
    )
    parser.epilog = EXAMPLES


def run(options: Namespace) -> int:
    """Print the definition, as `az role definition create` takes it."""
    import msgspec

    from cloison.cli import _output
    from cloison.plan.preflight.checks import checks
    from cloison.sources import rights

    reading = list(dict.fromkeys([*rights(), *(right for check in checks() for right in check.reads)]))
    role = {
        "Name": "Cloison Reader",
        "IsCustom": True,
        "Description": "Reads what decides whether Azure Machine Learning on AKS is reached privately.",
        "Actions": reading,
        "NotActions": [],
        "AssignableScopes": options.scope or [NOWHERE],
    }
    if options.plan is not None:
        role |= _of_plan(options.plan, reading, options.scope)
    _output.show(msgspec.json.format(msgspec.json.encode(role), indent=2).decode() + "\n", exact=True)
    return 0


def _of_plan(name: str, reading: list[str], scopes: list[str]) -> dict[str, object]:
    """What the role of a plan has otherwise. Raises CloisonError for what is no plan."""
    from pathlib import Path

    from cloison.apply.plans import load, planned

    document = load(Path(name))
    needed = list(_needed(planned(document, name)))
    places = sorted({one.scope.text.partition("/providers/")[0] for one in needed})
    return {
        "Name": f"Cloison Apply {document.digest[:12]}",
        "Description": f"Carries out plan {document.digest[:12]} of Cloison, and reads what it is proven on.",
        "Actions": sorted({one.action for one in needed} | set(reading), key=str.lower),
        "AssignableScopes": scopes or places or [NOWHERE],
    }


def _needed(plan: Planned) -> Iterator[Right]:
    from cloison.plan.preflight.rights import needed

    for step in plan.steps:
        yield from needed(step.asked)
