"""Plan the smallest safe repair.

Reads every SOURCE, finds the changes that mend what `cloison check` finds broken, and the smallest set of them, puts
them in an order that no state on the way makes anything worse, and proves it. Nothing is sent. The plan is a file that
says each request exactly as it will be sent.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from cloison.cli import _preflight
from cloison.cli._sources import color_argument, ids, judging_arguments, live_arguments, pairs, snapshot_of
from cloison.model.errors import CloisonError

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from cloison.model.snapshot import Snapshot
    from cloison.plan.document import PlanDocument
    from cloison.plan.options import PlanOptions

EXAMPLES = """\
examples
  cloison plan azure:/subscriptions/GUID/resourceGroups/rg-ml -o plan.json
  cloison plan export/ --only S11,S13 --private-endpoint-subnet vnet-aks/snet-pe
  cloison plan export/ --dns-zones-in rg-hub --naming pep-{service}-{group}
  cloison plan export/ --as az -o repair.sh
  cloison plan environment.toml -o plan.json           what cloison init wrote, from nothing
  cloison plan environment.toml azure: -o plan.json    what is not there of it yet

exit codes
  0  the plan is proven and leaves nothing, or there is nothing to do
  1  it is not proven, or leaves something
  2  it could not run
"""


def arguments(parser: ArgumentParser) -> None:
    """Say what it takes."""
    from cloison.plan_exports import formats

    parser.usage = "cloison plan [OPTION…] SOURCE…"
    parser.add_argument_group("what to read").add_argument(
        "sources",
        metavar="SOURCE",
        nargs="+",
        help="azure: and the id of a subscription, a resource group, a workspace or a cluster; or an export of live "
        "resources, as a file, a folder of files, or - for standard input; or environment.toml, as cloison init writes "
        "it, for an environment that is to be made, and behind it what is there already (azure: alone reads all that "
        "it names)",
    )
    live_arguments(parser)
    judging_arguments(parser)
    wishing = parser.add_argument_group("what to plan")
    wishing.add_argument(
        "--accept-asks",
        action="store_true",
        help="record that those who may be interrupted have agreed",
    )
    wishing.add_argument(
        "--keep-public",
        action="store_true",
        help="leave public doors open that pods no longer need",
    )
    wishing.add_argument(
        "--private-endpoint-subnet",
        metavar="SUBNET",
        help="where new private endpoints stand, as NETWORK/NAME or id (default: beside the others)",
    )
    wishing.add_argument(
        "--dns-zones-in",
        metavar="GROUP",
        help="resource group for new private zones (default: the endpoint's)",
    )
    wishing.add_argument(
        "--naming",
        metavar="PATTERN",
        help="names of new private endpoints (default: pe-{service}-{group}; also {network})",
    )
    writing = parser.add_argument_group("where to write")
    writing.add_argument(
        "-o", "--output", metavar="FILE", help="write the plan there, as JSON; - for standard output"
    )
    writing.add_argument(
        "--as",
        dest="language",
        choices=formats(),
        metavar="LANGUAGE",
        help="write it in the language of another tool: %(choices)s",
    )
    writing.add_argument("--brief", action="store_true", help="show a line for each step")
    _preflight.arguments(parser.add_argument_group("what you may do"))
    color_argument(writing)
    parser.epilog = EXAMPLES


def run(options: Namespace) -> int:
    """Plan, show and write; the exit code."""
    from cloison.cli import _output
    from cloison.plan.make import make
    from cloison.plan.options import PlanOptions
    from cloison.reports.plan import brief, render

    asked = PlanOptions(
        workspace=options.workspace,
        cluster=options.cluster,
        dns=pairs("--dns", options.dns),
        only=ids(options.only),
        accept_asks=options.accept_asks,
        keep_public=options.keep_public,
        private_endpoint_subnet=options.private_endpoint_subnet,
        dns_zones_in=options.dns_zones_in,
        naming=options.naming,
    )
    found = None
    environments = [one for one in options.sources if one.lower().endswith(".toml")]
    if environments and not _preflight.is_asked_for(options):
        snapshot, document = _created(environments, options, asked)
    else:
        snapshot = snapshot_of(options.sources, options)
        found = _preflight.split(snapshot, asked, options) if _preflight.is_asked_for(options) else None
        document = found.now if found is not None else make(snapshot, asked)
    if options.language is not None:
        return _export(document, snapshot, options)
    if options.output == "-":
        _output.show(as_json(document), exact=True)
        if found is not None:
            _preflight.write(found, options)
        return document.exit_code
    told = brief if options.brief else render
    _output.show(told(document, _output.view(options.color)))
    if found is not None:
        _preflight.show(found, options)
    if options.output is not None:
        _output.write(options.output, as_json(document))
        print(f"plan written to {options.output}", file=sys.stderr)
    return document.exit_code


def _created(files: list[str], options: Namespace, asked: PlanOptions) -> tuple[Snapshot, PlanDocument]:
    """What is there of an environment, and the plan for the rest. Raises CloisonError E558 for options of repairs."""
    from cloison.model.snapshot import Snapshot
    from cloison.plan.create.file import live_source, load
    from cloison.plan.create.make import create

    told = {
        f"--{name.replace('_', '-')}": getattr(options, name)
        for name in ("workspace", "cluster", "dns", "private_endpoint_subnet", "dns_zones_in", "naming")
    }
    wrong = next((name for name, value in told.items() if value), None)
    if wrong is not None or len(files) > 1:
        raise CloisonError(
            "E558",
            f"{wrong or ' and '.join(files)} cannot be given with {'an environment file' if wrong else 'each other'}",
            because="the file says what is to be made" if wrong else "a plan makes one environment",
            help="change the file" if wrong else "plan them one after the other",
        )
    given = load(files[0])
    sources = [
        live_source(given.file) if one == "azure:" else one for one in options.sources if one not in files
    ]
    snapshot = snapshot_of(sources, options) if sources else Snapshot([])
    document = create(given, snapshot, asked)
    if not set(given.file.subscription) - {"0", "-"}:
        print(f"{given.name} names no subscription yet: say which before you apply", file=sys.stderr)
    return snapshot, document


def _export(document: PlanDocument, snapshot: Snapshot, options: Namespace) -> int:
    """Write the plan for another tool; the exit code, 1 where that cannot say all of it."""
    from cloison.cli import _output
    from cloison.plan.puts import puts
    from cloison.plan_exports import export
    from cloison.reports.plan import render

    told = export(options.language, document, puts(snapshot, document))
    first, text = next(iter(told.files.items()))
    if options.output in (None, "-"):
        if len(told.files) > 1:
            raise CloisonError(
                "E207",
                f"--as {options.language} takes several files",
                because=f"it writes {', '.join(told.files)}",
                help="name a folder: -o FOLDER",
            )
        _output.show(text, exact=True)
    else:
        _output.show(render(document, _output.view(options.color)))
        if len(told.files) > 1:
            first = os.path.join(options.output, first)
            os.makedirs(options.output, exist_ok=True)
            for name, one in told.files.items():
                _output.write(os.path.join(options.output, name), one)
        else:
            first = options.output
            _output.write(first, text)
        print(f"plan written to {first}; send it with: {told.begins.replace('FILE', first)}", file=sys.stderr)
    if told.first_left:
        print(
            f"it ends before step {told.first_left} of {len(document.steps)} ({told.why}): plan again once it is done",
            file=sys.stderr,
        )
    return 1 if told.first_left else document.exit_code


def as_json(document: PlanDocument) -> str:
    """The document as its file holds it."""
    import msgspec

    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n"
