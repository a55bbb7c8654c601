"""Exports of live resources become one snapshot, whoever printed them."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from cloison.arm.ids import ResourceId
from cloison.model.facts import Known, Unknown
from cloison.model.snapshot import Resource, Snapshot
from cloison.sources import read

GROUP = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-ml/providers"
STORE = f"{GROUP}/Microsoft.Storage/storageAccounts/mlstore"
NET = f"{GROUP}/Microsoft.Network/virtualNetworks/aks-net"


def store(**more: Any) -> dict[str, Any]:
    """A storage account as ARM answers it."""
    return {
        "id": STORE,
        "name": "mlstore",
        "type": "Microsoft.Storage/storageAccounts",
        "location": "westeurope",
        "properties": {"publicNetworkAccess": "Disabled"},
        **more,
    }


def net() -> dict[str, Any]:
    """A network with one subnet inside."""
    subnet = {"name": "aks", "id": f"{NET}/subnets/aks", "properties": {"addressPrefix": "10.0.0.0/24"}}
    return {"id": NET, "type": "Microsoft.Network/virtualNetworks", "properties": {"subnets": [subnet]}}


def write(folder: Path, content: object, name: str = "export.json", encoding: str = "utf-8") -> str:
    """A file with this content; its name."""
    path = folder / name
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding=encoding)
    return str(path)


def the(snapshot: Snapshot, id: str = STORE) -> Resource:
    """The resource of an id, which must be there."""
    found = snapshot.get(ResourceId.parse(id))
    assert found is not None
    return found


def access(snapshot: Snapshot) -> object:
    """What the account says of public access."""
    fact = the(snapshot).body.at("properties/publicNetworkAccess").text()
    return fact.value if isinstance(fact, Known) else fact


SHAPES = {
    "our document": {"cloison": "snapshot/1", "resources": [store(), net()], "gaps": []},
    "a Resource Graph answer": {"count": 2, "data": [store(), net()], "skip_token": None, "total_records": 2},
    "bare rows": [store(), net()],
    "a list answer of ARM": {"value": [store(), net()]},
    "JSON lines": f"{json.dumps(store())}\r\n\r\n{json.dumps(net())}\r\n",
    "a table": {
        "columns": [{"name": "id", "type": "string"}, {"name": "properties", "type": "object"}],
        "rows": [[STORE, store()["properties"]], [NET, net()["properties"]]],
    },
    "a table in an answer": {
        "data": {
            "columns": [{"name": "id"}, {"name": "properties"}],
            "rows": [[STORE, store()["properties"]], [NET, net()["properties"]]],
        }
    },
    "names in capitals": [
        {"ResourceId": STORE, "Properties": {"PublicNetworkAccess": "Disabled"}},
        {"Id": NET, "Properties": net()["properties"]},
    ],
}


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_gives_the_same_resources(shape: str, tmp_path: Path) -> None:
    """The same resources come out of every shape in which Azure and we print them, children as their own."""
    snapshot = read([write(tmp_path, SHAPES[shape])])

    assert {STORE.lower(), NET.lower(), f"{NET}/subnets/aks".lower()} == set(snapshot.resources)
    assert access(snapshot) == "Disabled"
    assert snapshot.gaps == ()
    assert not the(snapshot).planned


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_every_encoding_that_shells_write_is_read(encoding: str, tmp_path: Path) -> None:
    """PowerShell redirects write UTF-16, others put a byte order mark in front."""
    text = json.dumps([store(tags={"owner": "Zoë"})], indent=2, ensure_ascii=False).replace("\n", "\r\n")

    snapshot = read([write(tmp_path, text, encoding=encoding)])

    assert the(snapshot).body.at("tags/owner").value == "Zoë"


def test_a_single_answer_is_read(tmp_path: Path) -> None:
    """What `az resource show` prints is one resource."""
    assert access(read([write(tmp_path, store())])) == "Disabled"


def test_flat_printing_is_told_by_the_resource(tmp_path: Path) -> None:
    """`az storage account show` leaves `properties` out and renames some; places still lead to what it printed."""
    row = {
        "id": STORE,
        "publicNetworkAccess": "Disabled",
        "networkRuleSet": {"bypass": "None"},
        "type": "x/y",
    }
    found = the(read([write(tmp_path, json.dumps(row, indent=1))]))

    bypass = found.body.at("properties/networkAcls/bypass").text()

    assert found.flat
    assert isinstance(bypass, Known)
    assert (bypass.value, bypass.cite.pointer) == ("None", "/networkAcls/bypass")
    assert str(found.place(bypass.cite.pointer)).endswith("export.json:5:13")


def test_left_out_properties_are_not_decided_by_defaults(tmp_path: Path) -> None:
    """`az resource list` prints no properties: absent is not default."""
    found = the(read([write(tmp_path, [{**store(), "properties": None, "createdTime": "2026"}])]))

    assert isinstance(found.partial, Unknown)
    assert isinstance(found.body.at("properties/publicNetworkAccess").text(), Unknown)


def test_projected_columns_are_read_and_the_rest_stays_unknown(tmp_path: Path) -> None:
    """`project id, properties.publicNetworkAccess` tells that one property and no other."""
    snapshot = read([write(tmp_path, [{"id": STORE, "properties_publicNetworkAccess": "Disabled"}])])

    assert access(snapshot) == "Disabled"
    assert isinstance(the(snapshot).body.at("properties/networkAcls/bypass").text(), Unknown)


def test_our_document_is_whole(tmp_path: Path) -> None:
    """A snapshot of ours holds ARM bodies as they are, so what is absent there is left out."""
    document = {"cloison": "snapshot/1", "resources": [{"id": STORE}]}

    assert the(read([write(tmp_path, document)])).partial is None


def test_gaps_of_our_document_are_kept(tmp_path: Path) -> None:
    """What the writer of a snapshot could not read stays a gap."""
    gap = {
        "what": "zones of rg-net",
        "why": "403",
        "ask": "Reader on rg-net",
        "type": "microsoft.network/privatednszones",
    }

    snapshot = read([write(tmp_path, {"cloison": "snapshot/1", "resources": [], "gaps": [gap]})])

    assert [("zones of rg-net", "microsoft.network/privatednszones")] == [
        (one.what, one.type) for one in snapshot.gaps
    ]


@pytest.mark.parametrize(
    "answer",
    [
        {"data": [store()], "count": 1, "total_records": 900, "skip_token": "ew0K"},
        {"data": [store()], "$skipToken": "ew0K", "totalRecords": 900},
        {"value": [store()], "nextLink": "https://management.azure.com/…"},
    ],
)
def test_a_page_that_is_not_the_last_is_a_gap(answer: object, tmp_path: Path) -> None:
    """An answer that says that there is more never counts as all there is."""
    assert 1 == len(read([write(tmp_path, answer)]).gaps)


def test_a_row_without_id_is_a_gap(tmp_path: Path) -> None:
    """Rows that no resource can be made of are said, and the others are read."""
    snapshot = read([write(tmp_path, [store(), {"type": "Microsoft.KeyVault/vaults", "name": "mlvault"}])])

    assert [STORE.lower()] == list(snapshot.resources)
    assert ["Microsoft.KeyVault/vaults mlvault"] == [gap.what.partition(" in ")[0] for gap in snapshot.gaps]


def test_type_and_name_come_from_the_id(tmp_path: Path) -> None:
    """`az ml compute list` says `kubernetes` where ARM says the type; lists answer ids in any case."""
    id = f"{GROUP}/MICROSOFT.MachineLearningServices/WORKSPACES/mlw/computes/scoring"

    found = the(read([write(tmp_path, [{"id": id, "type": "kubernetes", "properties": {}}])]), id)

    assert found.type == "microsoft.machinelearningservices/workspaces/computes"
    assert found.id.text == id


def test_places_are_those_of_the_file(tmp_path: Path) -> None:
    """A pointer leads to the line and column where the value stands, also in a child and after other rows."""
    text = json.dumps([store(tags={'odd "]}': "{["}), net()], indent=2)
    snapshot = read([write(tmp_path, text)])
    lines = text.splitlines()

    place = the(snapshot, f"{NET}/subnets/aks").place("/properties/addressPrefix")

    assert place is not None
    assert lines[place.line - 1][place.column - 1 :] == '"10.0.0.0/24"'
    account = the(snapshot).place("/PROPERTIES/publicNetworkAccess")
    assert account is not None
    assert lines[account.line - 1][account.column - 1 :] == '"Disabled"'


def test_a_place_that_is_not_there_is_that_of_what_is_around_it(tmp_path: Path) -> None:
    """A default is cited at a property that the file lacks; the object around it is the nearest place."""
    snapshot = read([write(tmp_path, json.dumps([store()], indent=2))])

    around = the(snapshot).place("/properties")

    assert around == the(snapshot).place("/properties/networkAcls/bypass")


def test_standard_input_is_a_source(monkeypatch: pytest.MonkeyPatch) -> None:
    """`-` reads what another command prints."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(json.dumps([store()]).encode())))

    assert access(read(["-"])) == "Disabled"


def test_a_folder_is_all_its_json_files(tmp_path: Path) -> None:
    """Parameter files are passed over, files of another kind are said, others are read."""
    schema = "https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#"
    write(tmp_path, [store()], "a.json")
    write(tmp_path, [net()], "b.JSON")
    write(tmp_path, {"$schema": schema, "parameters": {}}, "c.json")
    write(tmp_path, {"compilerOptions": {}}, "d.json")
    write(tmp_path, "not JSON", "e.txt")

    snapshot = read([str(tmp_path)])

    assert 3 == len(snapshot.resources)
    assert [str(tmp_path / "d.json")] == [gap.what for gap in snapshot.gaps]


def test_the_embedded_example_is_read() -> None:
    """The example of `cloison demo` holds a whole environment."""
    example = Path(__file__).parents[2] / "src/cloison/examples/first_attempt.json"

    snapshot = read([str(example)])

    assert 60 <= len(snapshot.resources) <= 75
    assert snapshot.gaps == ()
