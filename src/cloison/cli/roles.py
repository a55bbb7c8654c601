"""Print the role that reading needs.

The role holds an action for each type of resource that Cloison reads, those by which a preflight looks ahead, and
nothing else: no secret can be read with it, and nothing can be changed. Reader holds more than it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

EXAMPLES = """\
examples
  cloison roles --scope /subscriptions/GUID > cloison-reader.json
  az role definition create --role-definition cloison-reader.json
"""
NOWHERE = "/subscriptions/00000000-0000-0000-0000-000000000000"


def arguments(parser: ArgumentParser) -> None:
    """Say what it takes."""
    parser.usage = "cloison roles [--scope ID]…"
    parser.add_argument_group("what to print").add_argument(
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

    ahead = [right for check in checks() for right in check.reads]
    role = {
        "Name": "Cloison Reader",
        "IsCustom": True,
        "Description": "Reads what decides whether Azure Machine Learning on AKS is reached privately.",
        "Actions": list(dict.fromkeys([*rights(), *ahead])),
        "NotActions": [],
        "AssignableScopes": options.scope or [NOWHERE],
    }
    _output.show(msgspec.json.format(msgspec.json.encode(role), indent=2).decode() + "\n", exact=True)
    return 0
