"""A machine that is given an image and nothing else is told with what Azure filled in."""

from __future__ import annotations

from typing import Any

import pytest

from cloison.arm.ids import ResourceId
from cloison.controlplane import Azure, Seeded, run
from cloison.model.behaviour import Json, Request, Write, look

GROUP = ResourceId("/subscriptions/s/resourceGroups/g")
MACHINE = GROUP.child("providers", "Microsoft.Compute", "virtualMachines", "way-in")
CARD = GROUP.child("providers", "Microsoft.Network", "networkInterfaces", "card")
DISK = "properties/storageProfile/osDisk"


def asked(**more: Any) -> Json:
    """A request as small as Azure takes it."""
    image = {"publisher": "Canonical", "offer": "jammy", "sku": "22_04-lts-gen2", "version": "latest"}
    profile = {"computerName": "way-in", "adminUsername": "somebody", "adminPassword": "not a secret"}
    properties = {
        "networkProfile": {"networkInterfaces": [{"id": CARD.text}]},
        "osProfile": {**profile, **more.pop("system", {})},
        "storageProfile": {"imageReference": image, **more},
    }
    return {"location": "westeurope", "properties": properties}


def put(state: Azure, body: Json, version: str = "2024-07-01") -> Json:
    request = Request(method="PUT", id=MACHINE, body=body, api_version=version)
    told: Json = run(state, request, Seeded("machine", now="2026-01-05T10:00:00.0000000Z")).body
    return told


@pytest.fixture
def state() -> Azure:
    """A group with an interface."""
    found = Azure()
    for one in (GROUP, CARD):
        found.write(Write(one, {"id": one.text, "name": one.name, "location": "westeurope"}))
    return found


def test_a_disk_is_made_of_the_image(state: Azure) -> None:
    """The disk has a name, a system, a size and a kind, and the image the number of its newest."""
    told = put(state, asked())
    assert ("Linux", "FromImage", 30) == tuple(
        look(told, f"{DISK}/{name}") for name in ("osType", "createOption", "diskSizeGB")
    )
    assert look(told, f"{DISK}/managedDisk/id").endswith("/disks/" + look(told, f"{DISK}/name"))
    assert "22.04.202601050" == look(told, "properties/storageProfile/imageReference/exactVersion")


def test_what_is_asked_for_stays(state: Azure) -> None:
    """A disk or a setting that is asked for is not filled in over, and a second request changes nothing of it."""
    disk = {"name": "mine", "diskSizeGB": 64, "managedDisk": {"storageAccountType": "Premium_LRS"}}
    linux = {"disablePasswordAuthentication": True}
    first = put(state, asked(osDisk=disk, system={"linuxConfiguration": linux}))
    assert ("mine", 64, "Premium_LRS") == (
        look(first, f"{DISK}/name"),
        look(first, f"{DISK}/diskSizeGB"),
        look(first, f"{DISK}/managedDisk/storageAccountType"),
    )
    system = look(first, "properties/osProfile/linuxConfiguration")
    assert (True, True) == (system["disablePasswordAuthentication"], system["provisionVMAgent"])
    assert first == put(state, asked(osDisk=disk, system={"linuxConfiguration": linux}))


def test_windows_gets_no_settings_of_linux(state: Azure) -> None:
    """Where the request says Windows, the system, the size and the settings are those of Windows."""
    told = put(state, asked(system={"windowsConfiguration": {"provisionVMAgent": True}}))
    assert ("Windows", 127) == (look(told, f"{DISK}/osType"), look(told, f"{DISK}/diskSizeGB"))
    assert look(told, "properties/osProfile/linuxConfiguration") is None


def test_no_secret_is_kept_and_old_versions_tell_no_time(state: Azure) -> None:
    """The password is nowhere, and when a machine was made is told from 2021-11-01 on."""
    put(state, asked())
    assert "not a secret" not in str(state.get(MACHINE))
    old, new = (state.show(MACHINE, version) for version in ("2020-12-01", "2024-07-01"))
    assert (None, True) == (look(old, "properties/timeCreated"), bool(look(new, "properties/timeCreated")))
