"""Templates become planned resources; what they leave open stays open, and says what would decide it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cloison.arm.ids import ResourceId
from cloison.model.body import Open
from cloison.model.errors import CloisonError
from cloison.model.facts import Known, Unknown
from cloison.model.snapshot import Resource, Snapshot
from cloison.sources import ReadOptions, read

SCHEMA = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"
HERE = ReadOptions(
    subscription="00000000-0000-0000-0000-000000000001", resource_group="rg-ml", location="westeurope"
)
GROUP = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-ml/providers"
STORE = f"{GROUP}/Microsoft.Storage/storageAccounts/mlstore"


def template(*resources: dict[str, Any], **parts: Any) -> dict[str, Any]:
    """A template of these resources."""
    return {"$schema": SCHEMA, "contentVersion": "1.0.0.0", **parts, "resources": list(resources)}


def store(**more: Any) -> dict[str, Any]:
    """A storage account whose public access is a parameter."""
    return {
        "type": "Microsoft.Storage/storageAccounts",
        "apiVersion": "2023-05-01",
        "name": "mlstore",
        "location": "[resourceGroup().location]",
        "properties": {"publicNetworkAccess": "[parameters('access')]"},
        **more,
    }


ACCESS = {"access": {"type": "string", "allowedValues": ["Enabled", "Disabled"]}}


def write(folder: Path, content: object, name: str = "main.json") -> str:
    """A file with this content; its name."""
    path = folder / name
    path.write_text(content if isinstance(content, str) else json.dumps(content, indent=2), encoding="utf-8")
    return str(path)


def the(snapshot: Snapshot, id: str = STORE) -> Resource:
    """The resource of an id, which must be there."""
    found = snapshot.get(ResourceId.parse(id))
    assert found is not None
    return found


def access(snapshot: Snapshot) -> object:
    """The account's public access: its value, or what to supply to know it."""
    fact = the(snapshot).body.at("properties/publicNetworkAccess").text()
    return fact.value if isinstance(fact, Known) else fact.ask


def test_what_a_template_deploys_is_planned(tmp_path: Path) -> None:
    """A resource of a template is planned, and stands where the scope says."""
    snapshot = read([write(tmp_path, template(store(), parameters=ACCESS))], HERE)

    assert the(snapshot).planned
    assert "westeurope" == the(snapshot).body.at("location").value


def test_an_open_parameter_says_how_to_set_it(tmp_path: Path) -> None:
    """A value that is not given is not guessed."""
    snapshot = read([write(tmp_path, template(store(), parameters=ACCESS))], HERE)

    assert "--set access=…" == access(snapshot)


def test_an_open_scope_says_how_to_tell_it(tmp_path: Path) -> None:
    """Ids show the open parts in braces, and a location asks for its option."""
    snapshot = read([write(tmp_path, template(store(), parameters=ACCESS))])
    (found,) = snapshot.resources.values()
    location = found.body.at("location").value

    assert found.id.text.startswith("/subscriptions/{subscription}/resourceGroups/{resourceGroup}/")
    assert isinstance(location, Open)
    assert "--location …" == location.ask


@pytest.mark.parametrize("where", ["set", "file", "beside", "set over file"])
def test_parameters_come_from_files_and_from_the_command(where: str, tmp_path: Path) -> None:
    """What a person types wins over files, and a file beside the template is read without being named."""
    file = {"parameters": {"access": {"value": "Enabled" if where == "set over file" else "Disabled"}}}
    name = write(tmp_path, template(store(), parameters=ACCESS))
    options = ReadOptions()
    if where != "set":
        other = write(tmp_path, file, "main.parameters.json" if where == "beside" else "values.json")
        options = ReadOptions(parameters=() if where == "beside" else (other,))
    if where.startswith("set"):
        options = ReadOptions(parameters=options.parameters, set={"access": "Disabled"})
    snapshot = read(
        [name], ReadOptions(**{**_fields(HERE), "parameters": options.parameters, "set": options.set})
    )

    assert "Disabled" == access(snapshot)
    assert ("main.parameters.json" in " ".join(snapshot.inputs)) == (where == "beside")


def _fields(options: ReadOptions) -> dict[str, Any]:
    return {name: getattr(options, name) for name in options.__struct_fields__}


def test_a_condition_that_is_open_leaves_open_whether_it_exists(tmp_path: Path) -> None:
    """Neither there nor not there."""
    parameters = {**ACCESS, "make": {"type": "bool"}}
    name = write(tmp_path, template(store(condition="[parameters('make')]"), parameters=parameters))

    maybe = the(read([name], HERE)).maybe

    assert isinstance(maybe, Unknown)
    assert "--set make=…" == maybe.ask
    set_false = ReadOptions(**{**_fields(HERE), "set": {"make": "false"}})
    assert {} == read([name], set_false).resources


def test_what_a_template_only_names_is_not_told(tmp_path: Path) -> None:
    """An `existing` resource has no properties in the template; an export of it beside the template tells them."""
    there = {
        "existing": True,
        "type": "Microsoft.Storage/storageAccounts",
        "apiVersion": "2023-05-01",
        "name": "mlstore",
    }
    content = {
        "$schema": SCHEMA,
        "languageVersion": "2.0",
        "contentVersion": "1.0.0.0",
        "resources": {"s": there},
    }
    name = write(tmp_path, content)
    live = write(tmp_path, [{"id": STORE, "properties": {"publicNetworkAccess": "Enabled"}}], "live.json")

    alone, both = read([name], HERE), read([name, live], HERE)

    assert isinstance(the(alone).partial, Unknown)
    assert isinstance(the(alone).body.at("properties/publicNetworkAccess").text(), Unknown)
    assert "Enabled" == access(both)
    assert not the(both).planned


def test_a_template_stands_over_what_is_live(tmp_path: Path) -> None:
    """The planned body wins, whichever is named first."""
    name = write(tmp_path, template(store(properties={"publicNetworkAccess": "Disabled"})))
    live = write(tmp_path, [{"id": STORE, "properties": {"publicNetworkAccess": "Enabled"}}], "live.json")

    for sources in ([name, live], [live, name]):
        assert "Disabled" == access(read(sources, HERE))


def test_ids_with_open_parts_still_find_each_other(tmp_path: Path) -> None:
    """A reference to a resource of the same template leads to it, its name unknown or not."""
    group = {
        "type": "Microsoft.Network/privateEndpoints",
        "apiVersion": "2024-05-01",
        "name": "pe",
        "properties": {"target": "[resourceId('Microsoft.Storage/storageAccounts', parameters('name'))]"},
    }
    parameters = {**ACCESS, "name": {"type": "string"}}
    name = write(tmp_path, template(store(name="[parameters('name')]"), group, parameters=parameters))

    snapshot = read([name])
    (endpoint,) = snapshot.of("Microsoft.Network/privateEndpoints")
    target = endpoint.body.at("properties/target").id()

    assert isinstance(target, Known)
    assert target.value is not None
    assert snapshot.get(target.value) is snapshot.of("Microsoft.Storage/storageAccounts")[0]


def test_an_assumption_decides_what_only_azure_knows(tmp_path: Path) -> None:
    """`--assume` gives an open expression its value."""
    name = write(tmp_path, template(store(properties={"publicNetworkAccess": "[reference('/x/y').a]"})))
    plain = read([name], HERE)
    fact = the(plain).body.at("properties/publicNetworkAccess").value
    assert isinstance(fact, Open)

    assumed = ReadOptions(**{**_fields(HERE), "assume": {fact.text: "Disabled"}})

    assert "Disabled" == access(read([name], assumed))


def test_a_template_with_comments_is_a_template(tmp_path: Path) -> None:
    """ARM takes comments and trailing commas; so do we, and only in templates."""
    text = json.dumps(template(store(properties={"publicNetworkAccess": "Disabled"})), indent=1)
    name = write(tmp_path, text.replace("\n", " // of the platform team\n", 1).replace("]\n}", "],\n}"))

    assert "Disabled" == access(read([name], HERE))


def test_places_are_those_of_the_template(tmp_path: Path) -> None:
    """A value is cited where its expression stands."""
    name = write(tmp_path, template(store(), parameters=ACCESS))

    place = the(read([name], HERE)).place("/properties/publicNetworkAccess")

    assert place is not None
    assert name == place.file
    line = Path(name).read_text(encoding="utf-8").splitlines()[place.line - 1]
    assert line[place.column - 1 :].startswith("\"[parameters('access')]")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (template(store(), parameters=ACCESS, languageVersion="9.0"), "E110"),
        (template(store(name="[nonsense('x')]"), parameters=ACCESS), "E110"),
        (
            template(
                {"type": "Microsoft.Storage/storageAccounts", "name": "a/b", "apiVersion": "2023-05-01"}
            ),
            "E110",
        ),
        (f'{{"$schema": "{SCHEMA}", "contentVersion": "1.0.0.0", "resources": [', "E103"),
        (f'{{"$schema": "{SCHEMA}", "resources": ' + "[" * 10_000 + "]" * 10_000 + "}", "E10"),
        ({"$schema": SCHEMA, "contentVersion": "1.0.0.0", "resources": 1}, "E110"),
        ({"$schema": SCHEMA, "contentVersion": "1.0.0.0"}, "E110"),
    ],
)
def test_a_template_that_cannot_be_read_is_one_coded_error(
    content: object, code: str, tmp_path: Path
) -> None:
    """The error names the file and the place."""
    name = write(tmp_path, content)

    with pytest.raises(CloisonError) as caught:
        read([name], HERE)

    assert caught.value.code.startswith(code)
    assert name == caught.value.file
    assert caught.value.line
    assert caught.value.help


@pytest.mark.parametrize("content", ["{", "[]", '{"parameters": {"a": 1}, "contentVersion": "1"}', "\udcff"])
def test_a_parameter_file_that_is_none_is_one_coded_error(content: str, tmp_path: Path) -> None:
    """It is named, not the template."""
    name = write(tmp_path, template(store(), parameters=ACCESS))
    values = tmp_path / "values.json"
    values.write_bytes(content.encode("utf-8", "surrogateescape"))

    with pytest.raises(CloisonError) as caught:
        read([name], ReadOptions(parameters=(str(values),)))

    assert str(values) == caught.value.file
