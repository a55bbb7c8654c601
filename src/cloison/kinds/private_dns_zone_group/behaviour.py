"""How a zone group behaves: it writes the endpoint's addresses into zones, and takes them out again.

Only into zones that have the name which the target's aliases lead to; others are taken, and stay without records. It
owns the name, not the record: what another endpoint of the same target wrote is overwritten, and when either goes
the record is gone.
Sources: Microsoft Learn, Azure Private Endpoint DNS integration; exchanges recorded by azure-cli and
azure-service-operator (2020-2023); records in public exports (the creator's text); checked 2026-11-24.
"""

from __future__ import annotations

from collections.abc import Iterator

from cloison.arm.ids import ResourceId
from cloison.kinds import _network, _parts
from cloison.model.behaviour import (
    Behaviour,
    Chance,
    Effects,
    Json,
    Request,
    Schema,
    Signal,
    State,
    Write,
    each,
    laid,
    look,
)
from cloison.model.network import Door, Host

CONFIGS = "properties/privateDnsZoneConfigs"
ZONE = "properties/privateDnsZoneId"
ZONES_MAX = 5
TTL = 10
MARK = "privatelink."
"""What an alias has more than the name that it stands for."""

SCHEMA = Schema(
    defaults={CONFIGS: []},
    read_only=("properties/provisioningState", f"{CONFIGS}/*/properties/recordSets"),
)


def make(state: State, request: Request, body: Json, chance: Chance) -> Effects:
    """The group with the records that it writes; those that it wrote before and no longer does go."""
    others = [one for one in state.children(request.id.parent, "privateDnsZoneGroups") if one != request.id]
    if others:
        raise _network.refused(
            "MultiplePrivateDnsZoneGroupsNotAllowed",
            f"Cannot create more than one private dns zone groups in the private endpoint {request.id.parent.text}.",
        )
    body = _parts.parts(body, CONFIGS, _config)
    configs = list(each(body, CONFIGS))
    if len(configs) > ZONES_MAX:
        raise _network.refused(
            "PrivateDnsZoneConfigsLimitExceeded",
            f"A private DNS zone group can have {ZONES_MAX} zones, not {len(configs)}.",
        )
    for one in configs:
        _check_zone(state, request, look(one, ZONE))
    return _written(state, request.id, body, state.get(request.id))


def _config(name: str, properties: Json) -> Json:
    return {key: value for key, value in properties.items() if key.lower() != "recordsets"}


def _check_zone(state: State, request: Request, named: object) -> None:
    zone = _network.parsed(named)
    if zone is None or zone.type != "microsoft.network/privatednszones":
        raise _network.malformed(
            "InvalidJsonReferenceFormat",
            f"Reference Id {named} is not formatted correctly. The Id is expected to reference resources of type "
            f"privateDnsZones. Path properties.privateDnsZoneConfigs[0].properties.privateDnsZoneId.",
        )
    if state.get(zone) is None:
        raise _network.not_there(zone.text, request.id.text)


def _written(state: State, id: ResourceId, body: Json, old: Json | None) -> Effects:
    names = _names(state, id.parent)
    before = dict(_told_before(old))
    configs = []
    wanted: dict[ResourceId, list[str]] = {}
    for config in each(body, CONFIGS):
        zone = ResourceId(look(config, ZONE))
        # While nobody has approved the connection, or has no longer, what was written stays.
        found = _of_zone(names, zone.name.lower()) if names is not None else before.get(zone, {})
        wanted |= {zone.child("A", name): addresses for name, addresses in found.items()}
        configs.append(laid(config, "properties/recordSets", [_shown(zone, *one) for one in found.items()]))
    body = laid(body, CONFIGS, configs)
    gone = [one for one in _records(old) if one not in wanted and state.get(one) is not None]
    there = [one for one in wanted.items() if names is not None and state.get(one[0].parent) is not None]
    creator = _creator(state, id.parent)
    return Effects(
        writes=(Write(id, body),),
        then=(
            *(Request(method="DELETE", id=one, by_azure=True) for one in gone),
            *(_put(*one, creator) for one in there),
        ),
    )


def _names(state: State, endpoint: ResourceId) -> list[tuple[Host, str]] | None:
    """The target's names that lead to the endpoint, with its addresses; None while the connection is not approved."""
    body = state.get(endpoint)
    target = _network.parsed(_told(body, "privateLinkServiceId"))
    if target is None or look(_told(body, "privateLinkServiceConnectionState"), "status") != "Approved":
        return None
    doors = [one for one in state.facets(target) if isinstance(one, Door)]
    # Azure tells some names as their alias without its mark: `*.<id>.inference.<region>.api.azureml.ms`.
    hosts = {host.alias.replace(MARK, "", 1): host for door in doors for host in door.hosts if host.alias}
    hosts |= {host.name: host for door in doors for host in door.hosts}
    found: list[tuple[Host, str]] = []
    for card in each(body, "properties/networkInterfaces"):
        for one in each(state.get(ResourceId(card["id"])), "properties/ipConfigurations"):
            names = look(one, "properties/privateLinkConnectionProperties/fqdns")
            address = str(look(one, "properties/privateIPAddress"))
            listed = names if isinstance(names, list) else []
            found += [(hosts[name], address) for name in listed if name in hosts]
    return found


def _told(endpoint: Json | None, name: str) -> object:
    """A property of the endpoint's one connection."""
    for pointer in (
        "properties/privateLinkServiceConnections",
        "properties/manualPrivateLinkServiceConnections",
    ):
        for one in each(endpoint, pointer):
            return look(one, f"properties/{name}")
    return None


def _of_zone(names: list[tuple[Host, str]], zone: str) -> dict[str, list[str]]:
    """Addresses by record name, of the names whose alias the zone holds."""
    found: dict[str, list[str]] = {}
    for host, address in names:
        if host.zone == zone and host.alias.endswith(f".{zone}"):
            found.setdefault(host.alias.removesuffix(f".{zone}"), []).append(address)
    return found


def _shown(zone: ResourceId, name: str, addresses: list[str]) -> Json:
    return {
        "recordType": "A",
        "recordSetName": name,
        "fqdn": f"{name}.{zone.name}",
        "ttl": TTL,
        "provisioningState": "Succeeded",
        "ipAddresses": addresses,
    }


def _told_before(body: Json | None) -> Iterator[tuple[ResourceId, dict[str, list[str]]]]:
    """By zone, addresses by record name, as a group's own body says that it wrote them."""
    for config in each(body, CONFIGS):
        zone = _network.parsed(look(config, ZONE))
        sets = [one for one in each(config, "properties/recordSets") if isinstance(one, dict)]
        if zone is not None:
            yield zone, {str(one.get("recordSetName")): list(one.get("ipAddresses") or ()) for one in sets}


def _records(body: Json | None) -> list[ResourceId]:
    """Records that a group has written."""
    return [zone.child("A", name) for zone, names in _told_before(body) for name in names]


def _creator(state: State, endpoint: ResourceId) -> str:
    guid = look(state.get(endpoint), _network.GUID)
    return f"created by private endpoint {endpoint.name} with resource guid {guid}"


def _put(record: ResourceId, addresses: list[str], creator: str) -> Request:
    properties = {
        "ttl": TTL,
        "aRecords": [{"ipv4Address": one} for one in addresses],
        "metadata": {"creator": creator},
    }
    return Request(method="PUT", id=record, body={"properties": properties}, by_azure=True)


def _hear(state: State, signal: Signal, chance: Chance) -> Effects:
    """The endpoint's connection changed: approval lets the records be written, nothing else takes them away."""
    body = state.get(signal.to)
    assert body is not None
    if signal.data.get("status") != "Approved":
        return Effects()
    return _written(state, signal.to, body, body)


def remove(state: State, request: Request, chance: Chance) -> Effects:
    """The group gone, and the records of its names, whoever wrote them last."""
    records = [one for one in _records(state.get(request.id)) if state.get(one) is not None]
    then = tuple(Request(method="DELETE", id=one, by_azure=True) for one in records)
    return Effects(writes=(Write(request.id, None),), then=then)


BEHAVIOUR = Behaviour(
    schema=SCHEMA,
    make=make,
    remove=remove,
    hears={"endpoint": _hear},
    etags="body",
    # Records are written into the zones; private DNS takes one operation on a zone at a time.
    holds=("properties/privateDnsZoneConfigs/*/properties/privateDnsZoneId",),
    proxied=True,
    patchable=False,
    # Medians of 3 and 1 recorded operations.
    put=_network.put(11, 10),
    delete=_network.delete(12),
)
