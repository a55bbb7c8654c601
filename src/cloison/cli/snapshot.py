"""Save what was read as one file.

Reads every SOURCE, live or exported, drops what is secret, and writes one document that every other command takes as a
SOURCE. The same environment gives the same bytes, so two snapshots can be compared line by line.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from cloison.cli._sources import live_arguments, snapshot_of

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

EXAMPLES = """\
examples
  cloison snapshot azure:/subscriptions/GUID/resourceGroups/rg-ml --output before.json
  cloison snapshot hub.json spoke.json > both.json
"""


def arguments(parser: ArgumentParser) -> None:
    """Say what it takes."""
    parser.usage = "cloison snapshot [OPTION…] SOURCE…"
    parser.add_argument_group("what to read").add_argument(
        "sources",
        metavar="SOURCE",
        nargs="+",
        help="azure: and the id of a subscription, resource group, workspace or cluster; or an export, as a file, a "
        "folder of files, or - for standard input",
    )
    live_arguments(parser)
    parser.add_argument_group("where to write").add_argument(
        "-o", "--output", metavar="FILE", help="write it there (default: standard output)"
    )
    parser.epilog = EXAMPLES


def run(options: Namespace) -> int:
    """Read and write; 0, or 3 when something could not be read and stands in the document as a gap."""
    from cloison.cli import _output
    from cloison.sources import document

    snapshot = snapshot_of(options.sources, options)
    text = document(snapshot)
    if options.output is None:
        _output.show(text, exact=True)
    else:
        _output.write(options.output, text)
        told = f"{len(snapshot.resources):,} resources and {len(snapshot.gaps):,} gaps written to {options.output}"
        print(told, file=sys.stderr)
    return 3 if snapshot.gaps else 0
