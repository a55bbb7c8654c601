"""What the emulator starts with and leaves: snapshots come back as they went, templates are deployed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cloison.emulator import Emulator
from cloison.emulator.store import load, plant, save
from cloison.model.errors import CloisonError
from cloison.sources import ReadOptions, read
from tests import reference
from tests.emulator.speaking import BLOB, ENDPOINT, GROUP, NET, ZONE, Client, endpoint, furnished

TEMPLATE = {
    "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
    "contentVersion": "1.0.0.0",
    "parameters": {
        "name": {"type": "string"},
        "location": {"type": "string", "defaultValue": "[resourceGroup().location]"},
    },
    "resources": [
        {
            "type": "Microsoft.Network/virtualNetworks",
            "apiVersion": "2024-05-01",
            "name": "[parameters('name')]",
            "location": "[parameters('location')]",
            "properties": {"addressSpace": {"addressPrefixes": ["10.0.0.0/16"]}},
        }
    ],
}


def bodies(emulator: Emulator) -> dict[str, object]:
    return {str(id): emulator.state.get(id) for id in emulator.state}


def test_a_saved_environment_comes_back(tmp_path: Path) -> None:
    """Loading what was saved gives the same resources with the same bodies, and saving that the same bytes."""
    client = furnished(Client())
    client.put(ENDPOINT, endpoint())
    client.put(BLOB, ZONE)
    first, second = tmp_path / "first.json", tmp_path / "second.json"
    save(client.emulator.world, first)
    other = Emulator()
    loaded = load(other.world, [str(first)])
    save(other.world, second)
    assert len(client.emulator.state) == loaded.resources
    assert bodies(client.emulator) == bodies(other)
    assert first.read_bytes() == second.read_bytes()


@pytest.mark.parametrize(
    "build",
    [reference.same_network, reference.peered, reference.hub_and_spoke, reference.service_endpoints],
    ids=lambda build: build.__name__,
)
def test_reference_environments_can_be_loaded(build: Callable[[], list[Any]]) -> None:
    """An export is put into the emulator as it is, with the groups that it needs and nothing left out."""
    snapshot = reference.snapshot(build())
    emulator = Emulator()
    loaded = plant(emulator.world, snapshot)
    assert not loaded.notes
    assert all(id in emulator.state for id in snapshot.resources)


def test_a_template_is_deployed(tmp_path: Path) -> None:
    """A template is deployed with its parameters, and what it makes behaves like everything else."""
    file = tmp_path / "network.json"
    file.write_text(json.dumps(TEMPLATE), encoding="utf-8")
    emulator = Emulator()
    load(
        emulator.world,
        [str(file)],
        ReadOptions(set={"name": "made"}, resource_group="rg", location="northeurope"),
    )
    client = Client(emulator, group=False)
    body = client.get(NET.replace("/net", "/made")).body
    assert ("northeurope", "Succeeded") == (body["location"], body["properties"]["provisioningState"])


def test_parameters_beside_a_template_are_taken(tmp_path: Path) -> None:
    """The parameter file that stands beside a template by custom is read."""
    file = tmp_path / "network.json"
    file.write_text(json.dumps(TEMPLATE), encoding="utf-8")
    beside = {
        "$schema": "deploymentParameters.json#",
        "contentVersion": "1.0.0.0",
        "parameters": {"name": {"value": "b"}},
    }
    (tmp_path / "network.parameters.json").write_text(json.dumps(beside), encoding="utf-8")
    emulator = Emulator()
    load(emulator.world, [str(file)], ReadOptions(resource_group="rg"))
    assert 200 == Client(emulator, group=False).get(NET.replace("/net", "/b")).status


def test_a_template_that_fails_says_why(tmp_path: Path) -> None:
    """A template that cannot be deployed ends in a coded error with what Resource Manager would say."""
    file = tmp_path / "network.json"
    file.write_text(json.dumps(TEMPLATE), encoding="utf-8")
    with pytest.raises(CloisonError) as problem:
        load(Emulator().world, [str(file)], ReadOptions(resource_group="rg"))
    assert "E405" == problem.value.code
    assert "name" in problem.value.because


def test_what_is_saved_can_be_judged(tmp_path: Path) -> None:
    """A saved environment is a source like any other."""
    client = furnished(Client())
    file = tmp_path / "saved.json"
    save(client.emulator.world, file)
    snapshot = read([str(file)])
    assert GROUP.lower() in {str(id) for id in snapshot.resources}
    assert not snapshot.gaps
