"""How a virtual machine behaves: it needs an interface that is there, and keeps the name and the keys it is made with.

Sources: REST reference of Microsoft.Compute 2024-07-01, VirtualMachine: osProfile cannot be changed, its secrets are
never answered; machines recorded by azure-service-operator (2023), which were given an image and nothing else of a
disk; checked 2026-11-25. How long it takes is a guess: about a minute in Microsoft's quickstarts.
"""

from __future__ import annotations

import re

from cloison.arm.ids import ResourceId
from cloison.kinds import _identities
from cloison.model.behaviour import (
    Behaviour,
    Chance,
    Effects,
    Json,
    Pace,
    Refused,
    Request,
    Schema,
    State,
    Style,
    Write,
    each,
    laid,
    look,
)

INTERFACES = "properties/networkProfile/networkInterfaces"
NUMBER = "properties/vmId"
DISK = "properties/storageProfile/osDisk"
IMAGE = "properties/storageProfile/imageReference"
UBUNTU = re.compile(r"(?:ubuntu-)?(\d\d)_(\d\d)")
SIZES = {"Linux": 30, "Windows": 127}
"""Of the disks of images of Ubuntu and of Windows, in GB."""

SCHEMA = Schema(
    required=("location",),
    defaults={
        "properties/osProfile/allowExtensionOperations": True,
        "properties/osProfile/requireGuestProvisionSignal": True,
        "properties/osProfile/secrets": [],
        "properties/storageProfile/dataDisks": [],
    },
    read_only=("properties/provisioningState", NUMBER, "properties/timeCreated", "properties/instanceView"),
    immutable=("properties/osProfile/computerName", "properties/osProfile/adminUsername"),
    secret=("properties/osProfile/adminPassword", "properties/osProfile/customData", "properties/userData"),
)


def make(state: State, request: Request, body: Json, chance: Chance) -> Effects:
    """The machine with its number."""
    old = state.get(request.id)
    for one in each(body, INTERFACES):
        told = look(one, "id")
        if isinstance(told, str) and state.get(ResourceId(told)) is None:
            name = f"{request.id.text} was not found"
            raise Refused(400, "InvalidResourceReference", f"Resource {told} referenced by resource {name}.")
    body = laid(body, NUMBER, look(old, NUMBER) or chance.guid("machine", str(request.id)))
    body = laid(body, "properties/timeCreated", look(old, "properties/timeCreated") or chance.now)
    body = _disk(request.id, _system(body), chance)
    body = _identities.identified(state, request.id, body, old, chance)
    return Effects(writes=(Write(request.id, body),))


def _system(body: Json) -> Json:
    """The settings of Linux filled in, where nothing says that it is Windows."""
    if look(body, "properties/osProfile") is None or look(body, "properties/osProfile/windowsConfiguration"):
        return body
    place = "properties/osProfile/linuxConfiguration"
    told = look(body, place) or {}
    patches = {"patchMode": "ImageDefault", **(told.get("patchSettings") or {})}
    filled = {
        "disablePasswordAuthentication": False,
        "provisionVMAgent": True,
        **told,
        "patchSettings": patches,
    }
    return laid(body, place, filled)


def _disk(id: ResourceId, body: Json, chance: Chance) -> Json:
    """The disk that an image is copied to, and the image's number where it is one of Ubuntu's: release and day."""
    if look(body, IMAGE) is None:
        return body
    found = UBUNTU.match(str(look(body, f"{IMAGE}/sku")))
    if (
        look(body, f"{IMAGE}/version") == "latest"
        and found is not None
        and not look(body, f"{IMAGE}/exactVersion")
    ):
        day = chance.now[:10].replace("-", "")
        body = laid(body, f"{IMAGE}/exactVersion", f"{found[1]}.{found[2]}.{day}0")
    system = "Windows" if look(body, "properties/osProfile/windowsConfiguration") else "Linux"
    told = look(body, DISK) or {}
    name = told.get("name") or f"{id.name}_disk1_{chance.guid('disk', str(id)).replace('-', '')}"
    group, _, _ = id.text.partition("/providers/")
    managed = {
        "storageAccountType": "Standard_LRS",
        "id": f"{group}/providers/Microsoft.Compute/disks/{name}",
        **(told.get("managedDisk") or {}),
    }
    filled = {
        "osType": system,
        "createOption": "FromImage",
        "caching": "ReadWrite",
        "diskSizeGB": SIZES[system],
    }
    return laid(body, DISK, {**filled, **told, "name": name, "managedDisk": managed})


def show(state: State, id: ResourceId, body: Json) -> Json:
    """The machine without what only `$expand` tells, which nobody here asks for: how its agent and disks are."""
    if look(body, "properties/instanceView") is None:
        return body
    properties = {name: value for name, value in body["properties"].items() if name.lower() != "instanceview"}
    return {**body, "properties": properties}


BEHAVIOUR = Behaviour(
    schema=SCHEMA,
    make=make,
    show=show,
    since={"properties/timeCreated": "2021-11-01"},
    put=Pace(
        style=Style.ASYNC,
        seconds=60,
        waiting="Creating",
        retry=10,
        absent=(f"{DISK}/name", f"{DISK}/managedDisk/id"),
    ),
    update=Pace(style=Style.ASYNC, seconds=30, waiting="Updating"),
    patch=Pace(style=Style.ASYNC, seconds=30, waiting="Updating"),
    delete=Pace(style=Style.BOTH, seconds=60, waiting="Deleting"),
)
