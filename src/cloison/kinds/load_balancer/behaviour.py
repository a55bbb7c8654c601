"""How a load balancer behaves: its parts point at each other, and it shows who points at whom.

Sources: REST reference 2025-09-01, LoadBalancer; exchanges recorded by azure-cli and azure-service-operator
(2020-2023): defaults, headers; checked 2026-11-24.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cloison.arm.ids import ResourceId
from cloison.kinds import _network, _parts
from cloison.model.behaviour import (
    Behaviour,
    Chance,
    Effects,
    Json,
    Request,
    Schema,
    State,
    Write,
    each,
    laid,
    look,
)

FRONTENDS = "properties/frontendIPConfigurations"
POOLS = "properties/backendAddressPools"
NAT_RULES = "inboundNatRules"
VERSION_TOLD_UNTIL = "2020-06-01"
"""Versions up to here answer the address version of public frontends too."""

FORWARDED: Mapping[str, Any] = {
    "enableFloatingIP": False,
    "idleTimeoutInMinutes": 4,
    "protocol": "Tcp",
    "enableDestinationServiceEndpoint": False,
    "enableTcpReset": False,
    "allowBackendPortConflict": False,
}
"""What Azure fills in where connections are forwarded."""
DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    "loadBalancingRules": {**FORWARDED, "loadDistribution": "Default", "disableOutboundSnat": False},
    "probes": {"intervalInSeconds": 15, "numberOfProbes": 2, "probeThreshold": 1},
    "inboundNatPools": FORWARDED,
    "outboundRules": {"allocatedOutboundPorts": 0, "enableTcpReset": False, "idleTimeoutInMinutes": 4},
}
POINTING = ("loadBalancingRules", "inboundNatPools", "outboundRules")
"""Lists whose items name a frontend."""

SCHEMA = Schema(
    enums={"sku/name": ("Basic", "Standard", "Gateway"), "sku/tier": ("Regional", "Global")},
    defaults={
        FRONTENDS: [],
        POOLS: [],
        "properties/loadBalancingRules": [],
        "properties/probes": [],
        "properties/inboundNatPools": [],
        "sku/name": "Basic",
        "sku/tier": "Regional",
    },
    read_only=("properties/provisioningState", _network.GUID),
    immutable=("sku/name",),
)


def make(state: State, request: Request, body: Json, chance: Chance) -> Effects:
    """The load balancer with its parts."""
    body = _network.with_guid(state, request, body, chance)
    if look(body, "sku/name") != "Basic" and look(body, "properties/outboundRules") is None:
        body = laid(body, "properties/outboundRules", [])
    public_told = "" < request.api_version <= VERSION_TOLD_UNTIL
    body = _parts.parts(body, FRONTENDS, lambda _, told: _frontend(told, public_told=public_told))
    body = _parts.parts(body, POOLS, lambda _, told: _without(told, "backendipconfigurations", *_BACK))
    for name, defaults in DEFAULTS.items():
        body = _parts.parts(body, f"properties/{name}", _filler(defaults))
    _check_own(request, body)
    _network.check_references(state, request, body)
    body = _parts.addressed(state, request, body, FRONTENDS)
    return Effects(writes=(Write(request.id, body),))


_BACK = ("loadbalancingrules", "inboundnatrules", "inboundnatpools", "outboundrules")


def _without(told: Json, *names: str) -> Json:
    return {name: value for name, value in told.items() if name.lower() not in names}


def _frontend(told: Json, *, public_told: bool) -> Json:
    made = _parts.filled(_without(told, *_BACK), privateIPAllocationMethod="Dynamic")
    if public_told or "subnet" in {name.lower() for name in made}:
        made = _parts.filled(made, privateIPAddressVersion="IPv4")
    return made


def _filler(defaults: Mapping[str, Any]) -> Any:
    def fill(name: str, told: Json) -> Json:
        return pointing(_parts.filled(_without(told, "backendipconfiguration", *_BACK), **defaults))

    return fill


def pointing(properties: Json) -> Json:
    """Properties in which whole parts stand by their ids only: clients send what a GET answered."""
    return {name: _pointed(value) for name, value in properties.items()}


def _pointed(value: Any) -> Any:
    if isinstance(value, dict) and isinstance(value.get("id"), str):
        return {"id": value["id"]}
    return [_pointed(one) for one in value] if isinstance(value, list) else value


def _check_own(request: Request, body: Json) -> None:
    """Raises Refused where a part names a part of this load balancer that there is not."""
    own = {ResourceId(one["id"]) for name in _OWN for one in each(body, f"properties/{name}")}
    for name in DEFAULTS:
        for one in each(body, f"properties/{name}"):
            for told in _named(one["properties"]):
                if told.startswith(f"{request.id}/") and told not in own:
                    raise _network.not_there(told.text, one["id"])


_OWN = ("frontendIPConfigurations", "backendAddressPools", "probes")


def _named(properties: Json) -> list[ResourceId]:
    found: list[ResourceId] = []
    for value in properties.values():
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, dict) and isinstance(one.get("id"), str) and one["id"].startswith("/"):
                found.append(ResourceId(one["id"]))
    return found


def show(state: State, id: ResourceId, body: Json) -> Json:
    """The load balancer; frontends show what leads from them, pools what leads to them and who is in them."""
    lists = {name: list(each(body, f"properties/{name}")) for name in POINTING}
    lists[NAT_RULES] = [rule for one in state.children(id, NAT_RULES) if (rule := state.get(one)) is not None]
    frontends = [_front_shown(one, lists) for one in each(body, FRONTENDS)]
    pools = [_pool_shown(state, one, lists) for one in each(body, POOLS)]
    return laid(laid(body, FRONTENDS, frontends), POOLS, pools)


def _front_shown(frontend: Json, lists: Mapping[str, list[Json]]) -> Json:
    for name, items in lists.items():
        frontend = _listing(frontend, name, items)
    return frontend


def _pool_shown(state: State, pool: Json, lists: Mapping[str, list[Json]]) -> Json:
    if not isinstance(pool.get("id"), str):
        return pool
    inside = list(_network.holders(state, ResourceId(pool["id"]), "loadBalancerBackendAddressPools"))
    pool = _network.shown(pool, backendIPConfigurations=inside)
    for name in ("loadBalancingRules", "outboundRules"):
        pool = _listing(pool, name, lists[name])
    return pool


def _listing(part: Json, name: str, items: list[Json]) -> Json:
    if not isinstance(part.get("id"), str):
        # Read from an export that leaves the ids of parts out: nothing can refer to it.
        return part
    own = ResourceId(part["id"])
    ids = [ResourceId(str(one["id"])) for one in items if own in _named(look(one, "properties") or {})]
    return _network.shown(part, **{name: ids})


# --- inbound NAT rules ---------------------------------------------------------------------------------


def _nat_rule(state: State, request: Request, body: Json, chance: Chance) -> Effects:
    told = {name: value for name, value in body["properties"].items() if name != "provisioningState"}
    properties = _filler(FORWARDED)(request.id.name, told)
    body = laid(body, "properties", {"provisioningState": "Succeeded", **properties})
    frontend = _network.parsed(look(body, "properties/frontendIPConfiguration/id"))
    if frontend is not None and not _network.exists(state, frontend):
        raise _network.not_there(frontend.text, request.id.text)
    return Effects(writes=(Write(request.id, body),))


def _show_nat_rule(state: State, id: ResourceId, body: Json) -> Json:
    for one in _network.holders(state, id, "loadBalancerInboundNatRules"):
        body = laid(body, "properties/backendIPConfiguration", {"id": one.text})
    return body


BEHAVIOUR = Behaviour(
    schema=SCHEMA,
    make=make,
    show=show,
    embeds={f"properties/{NAT_RULES}": NAT_RULES},
    below={
        NAT_RULES: Behaviour(
            make=_nat_rule,
            show=_show_nat_rule,
            etags="body",
            proxied=True,
            put=_network.put(0, 0),
            delete=_network.delete(11),
        )
    },
    etags="body",
    patchable=False,
    since={"sku/tier": "2020-07-01"},
    put=_network.put(0, 0),
    delete=_network.delete(11),
)
