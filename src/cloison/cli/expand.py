"""Print what a template deploys, as JSON.

Evaluates an ARM template, hand-written or compiled from Bicep, without Azure: each resource with its id, its body and
the place that says so. What parameters or Azure leave open stands as its expression in brackets, as a template would
write it; a text that begins and ends with brackets itself has one more in front. Linked templates are read from the
template's folder; nothing is fetched.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from cloison.sources.templates import DeployedResource, Expansion

LEVELS = ("resourceGroup", "subscription", "managementGroup", "tenant")
CLOUDS = ("AzureCloud", "AzureUSGovernment", "AzureChinaCloud")

EXAMPLES = """\
examples
  cloison expand azuredeploy.json
  cloison expand main.json --parameters prod.json --set location=westeurope
  cloison expand main.json | jq '.resources[] | select(.exists == true) | .id'
"""


def arguments(parser: ArgumentParser) -> None:
    """Say what it takes."""
    parser.usage = "cloison expand [OPTION…] TEMPLATE"
    parser.add_argument_group("what to read").add_argument(
        "template", metavar="TEMPLATE", help="an ARM template, or - for standard input"
    )
    _values(parser)
    scope = parser.add_argument_group("where it is deployed", "What is not said stays open.")
    scope.add_argument("--subscription", metavar="GUID", help="subscription")
    scope.add_argument("--resource-group", metavar="NAME", help="resource group")
    scope.add_argument("--management-group", metavar="NAME", help="management group")
    scope.add_argument("--tenant", metavar="GUID", help="tenant")
    scope.add_argument(
        "--location", metavar="REGION", help="region of the resource group, or of the deployment"
    )
    scope.add_argument("--deployment", metavar="NAME", help="name of the deployment")
    scope.add_argument(
        "--level", choices=LEVELS, metavar="LEVEL", help="%(choices)s (default: as $schema says)"
    )
    scope.add_argument(
        "--cloud",
        choices=CLOUDS,
        default=CLOUDS[0],
        metavar="CLOUD",
        help="%(choices)s (default: %(default)s)",
    )
    parser.add_argument_group("how to print it").add_argument(
        "-o", "--output", metavar="FILE", help="write it there (default: standard output)"
    )
    parser.epilog = EXAMPLES


def _values(parser: ArgumentParser) -> None:
    values = parser.add_argument_group("what the template leaves open")
    for option, metavar, help in (
        (
            "--parameters",
            "FILE",
            "parameter file; repeat for several, later ones win (default: the one beside it)",
        ),
        ("--set", "NAME=VALUE", "value of a parameter; wins over files"),
        ("--assume", "EXPRESSION=VALUE", "value that an open expression will have once deployed"),
    ):
        values.add_argument(option, metavar=metavar, action="append", default=[], help=help)
    values.add_argument(
        "--folder", metavar="FOLDER", help="linked templates are read from here and below (default: its own)"
    )


def run(options: Namespace) -> int:
    """Expand and print; 0."""
    import json
    from pathlib import Path

    from cloison.cli import _output
    from cloison.cli._sources import pairs
    from cloison.sources import ReadOptions
    from cloison.sources.templates import Level, Scope, expansion, load

    reading = ReadOptions(
        parameters=tuple(options.parameters),
        set=pairs("--set", options.set),
        assume=pairs("--assume", options.assume),
    )
    where = Scope(
        level=None if options.level is None else Level(options.level),
        subscription=options.subscription,
        resource_group=options.resource_group,
        management_group=options.management_group,
        tenant=options.tenant,
        location=options.location,
        deployment=options.deployment,
        cloud=options.cloud,
    )
    folder = None if options.folder is None else Path(options.folder)
    made, _ = expansion(load(options.template), reading, where, folder)
    text = json.dumps(document(made), indent=2, ensure_ascii=False) + "\n"
    if options.output is None:
        _output.show(text, exact=True)
    else:
        _output.write(options.output, text)
    return 0


def document(made: Expansion) -> dict[str, object]:
    """The expansion as JSON: resources, outputs, gaps."""
    from cloison.sources.templates import written

    return {
        "resources": [_resource(one) for one in made.resources],
        "outputs": {
            name: {"type": output.type, "value": written(output.value), "place": str(output.place())}
            for name, output in made.outputs.items()
        },
        "gaps": [
            {"what": gap.what, "why": gap.why, "ask": gap.ask, "place": str(gap.place)} for gap in made.gaps
        ],
    }


def _resource(one: DeployedResource) -> dict[str, object]:
    from cloison.sources.templates import written

    shown: dict[str, object] = {"id": one.id, "exists": written(one.exists)}
    if one.existing:
        shown["existing"] = True
    if one.within:
        shown["within"] = one.within
    if one.depends_on:
        shown["dependsOn"] = list(one.depends_on)
    if one.loop is not None:
        shown["loop"] = dict(zip(("name", "mode", "batchSize"), one.loop, strict=True))
    return {**shown, "place": str(one.place("")), "apiVersion": one.api_version, "body": written(one.body)}
