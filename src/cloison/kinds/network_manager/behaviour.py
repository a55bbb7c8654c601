"""How a network manager behaves: it and what stands below it are kept as they are told; all at once.

What a commit deploys to networks is not carried out.
Source: exchanges recorded by azure-cli (2021-2022); checked 2026-11-24.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cloison.kinds import _network
from cloison.model.behaviour import (
    Behaviour,
    Chance,
    Effects,
    Json,
    Make,
    Pace,
    Request,
    Schema,
    State,
    Write,
    laid,
)

DONE = Pace(status=200)
"""A new one is answered with 200 too."""
SOMEBODY = "somebody@example.com"


def _make(*, guid: bool = True) -> Make:
    def make(state: State, request: Request, body: Json, chance: Chance) -> Effects:
        if guid:
            body = _network.with_guid(state, request, body, chance)
        body = _network.with_system_data(state, request, body, chance, by=SOMEBODY)
        return Effects(writes=(Write(request.id, body),))

    return make


def _connect(state: State, request: Request, body: Json, chance: Chance) -> Effects:
    """A connection to another scope waits for its owner."""
    body = laid(body, "properties/connectionState", "Pending")
    body = _network.with_system_data(state, request, body, chance, by=SOMEBODY)
    return Effects(writes=(Write(request.id, body),))


def _below(
    defaults: Mapping[str, Any],
    make: Make,
    *,
    etag: bool = True,
    provisioned: bool = True,
    below: Mapping[str, Behaviour] | None = None,
) -> Behaviour:
    return Behaviour(
        schema=Schema(
            defaults=defaults,
            read_only=("properties/provisioningState", _network.GUID, "properties/connectionState"),
            provisioned=provisioned,
        ),
        make=make,
        etags="body" if etag else "no",
        etag='"{}"',
        below=below or {},
        put=DONE,
    )


NAMED = {"properties/displayName": "", "properties/description": ""}

BEHAVIOUR = Behaviour(
    schema=Schema(
        defaults={
            **NAMED,
            "properties/networkManagerScopes/managementGroups": [],
            "properties/networkManagerScopes/subscriptions": [],
            "properties/networkManagerScopes/crossTenantScopes": [],
            "tags": {},
        },
        read_only=("properties/provisioningState", _network.GUID),
    ),
    make=_make(),
    below={
        "connectivityConfigurations": _below(
            {
                **NAMED,
                "properties/isGlobal": "False",
                "properties/deleteExistingPeering": "False",
                "properties/hubs": [],
                "properties/appliesToGroups": [],
            },
            _make(),
        ),
        "networkGroups": _below(
            NAMED, _make(), below={"staticMembers": _below({}, _make(guid=False), provisioned=True)}
        ),
        "scopeConnections": _below({"properties/description": ""}, _connect, etag=False, provisioned=False),
        "securityAdminConfigurations": _below(
            {**NAMED, "properties/applyOnNetworkIntentPolicyBasedServices": []},
            _make(),
            below={
                "ruleCollections": _below(
                    {**NAMED, "properties/appliesToGroups": []}, _make(), below={"rules": _below({}, _make())}
                )
            },
        ),
    },
    etags="body",
    etag='"{}"',
    put=DONE,
)
