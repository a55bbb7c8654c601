"""An environment told as bodies, made again by requests: what a person would send, without what Azure fills in."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from typing import Any

from cloison.arm.ids import ResourceId
from cloison.controlplane import Azure, Seeded, run
from cloison.model.behaviour import Json, Refused, Request

_AZURES = {
    # By type: what Azure answers and nobody sends; schemas drop the rest.
    "microsoft.network/virtualnetworks/virtualnetworkpeerings": ("peeringState", "peeringSyncLevel"),
}


def deployed(bodies: Iterable[Json]) -> Azure:
    """The state after the requests that make the bodies, each sent once what it rests on is there."""
    azure = Azure()
    waiting = [_request(body) for body in bodies if not _made_by_azure(body)]
    for id in {request.id for request in waiting}:
        _group(azure, id)
    refused: Refused | None = None
    while waiting:
        left = []
        for request in waiting:
            try:
                run(azure, request, Seeded(str(request.id)))
            except Refused as because:
                left.append(request)
                refused = because
        if len(left) == len(waiting):
            raise AssertionError(f"{[one.id.name for one in left]} cannot be made: {refused}")
        waiting = left
    return azure


def _group(azure: Azure, id: ResourceId) -> None:
    home = ResourceId(f"/subscriptions/{id.subscription}/resourceGroups/{id.text.split('/')[4]}")
    if home not in azure:
        run(azure, Request(method="PUT", id=home, body={"location": "westeurope"}), Seeded(str(home)))


def _made_by_azure(body: Json) -> bool:
    """Interfaces of endpoints, and records that zone groups write."""
    properties = body.get("properties", {})
    creator = str(properties.get("metadata", {}).get("creator", ""))
    return "privateEndpoint" in properties or creator.startswith("created by private endpoint")


def _request(body: Json) -> Request:
    id = ResourceId.parse(body["id"])
    told = copy.deepcopy(body)
    properties: dict[str, Any] = told.get("properties", {})
    # Nothing that is judged here rests on application insights, which the environments name and do not hold.
    for name in (
        "provisioningState",
        "privateEndpointConnections",
        "applicationInsights",
        *_AZURES.get(id.type, ()),
    ):
        properties.pop(name, None)
    for config in properties.get("privateDnsZoneConfigs", ()):
        config["properties"].pop("recordSets", None)
    for config in properties.get("ipConfigurations", ()):
        config["properties"].pop("privateIPAddress", None)
    if id.type == "microsoft.keyvault/vaults":
        # A vault cannot be asked for without one; nothing that is judged needs it.
        properties.setdefault("sku", {"family": "A", "name": "standard"})
    # Resource Manager gives children of resources no place of their own.
    if id.type.count("/") > 1 and "privatednszones" not in id.type:
        told.pop("location", None)
    return Request(method="PUT", id=id, body=told, api_version="")
