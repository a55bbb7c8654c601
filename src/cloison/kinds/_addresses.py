"""Private addresses in a subnet: which are taken, which is free next. Knows no resource type.

Azure keeps the first four and the last address of each prefix.
Source: Microsoft Learn, Virtual network FAQ, "Are there any restrictions on using IP addresses"; checked 2026-11-24.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from ipaddress import IPv4Address, IPv4Network
from typing import Any

from cloison.arm.ids import ResourceId
from cloison.model.behaviour import Refused, State, look

KEPT_FIRST = 4
KEPT_LAST = 1
PLACES = frozenset({"subnet", "subnetid", "vnetsubnetid", "podsubnetid"})
"""Properties, in lower case, that say where something stands; firewalls of services name subnets otherwise."""


def prefixes(state: State, subnet: ResourceId) -> list[IPv4Network]:
    """The IPv4 prefixes of a subnet."""
    body = state.get(subnet)
    listed = look(body, "properties/addressPrefixes") or [look(body, "properties/addressPrefix")]
    return [IPv4Network(text, strict=False) for text in listed if isinstance(text, str) and ":" not in text]


def taken(
    state: State, subnet: ResourceId, *, besides: ResourceId | None = None
) -> Mapping[IPv4Address, ResourceId]:
    """Addresses that something in the subnet has, and what has them. besides: one whose own do not count."""
    return {
        address: id
        for id in state.referrers(subnet)
        if id != besides
        for text in _addresses(state.get(id), str(subnet))
        if (address := ipv4(text)) is not None
    }


def ipv4(text: str) -> IPv4Address | None:
    """The address that a text says, or None."""
    try:
        return IPv4Address(text)
    except ValueError:
        return None


def occupants(state: State, subnet: ResourceId) -> list[ResourceId]:
    """What lives in a subnet, parts by their own ids; it cannot go while there is any."""
    found: dict[ResourceId, None] = {}
    for id in state.referrers(subnet):
        found.update(dict.fromkeys(_living(state.get(id), str(subnet), id)))
    return list(found)


def drawn(
    state: State, subnet: ResourceId, wanted: Sequence[str], own: ResourceId, *, before: Sequence[str] = ()
) -> list[str]:
    """Addresses for a resource in a subnet, one for each wish; '' takes what is free.

    before: those that it has had for the same wishes, kept where nothing else is wished. Raises Refused where a
    wish cannot be met or the subnet is full.
    """
    used = dict(taken(state, subnet, besides=own))
    for wish in filter(None, wanted):
        _check(state, subnet, wish, used)
        used[IPv4Address(wish)] = own
    lying = prefixes(state, subnet)
    found: list[str] = []
    for wish, old in zip(wanted, [*before, *[""] * len(wanted)], strict=False):
        held = ipv4(old)
        if wish or held is None or held in used or not any(held in one for one in lying):
            found.append(wish)
        else:
            found.append(old)
            used[held] = own
    count = found.count("")
    spare = iter(_lowest(state, subnet, count, used))
    found = [address or next(spare, "") for address in found]
    if "" in found:
        raise _full(state, subnet, count)
    return found


def _check(state: State, subnet: ResourceId, text: str, used: Mapping[IPv4Address, ResourceId]) -> None:
    """Raises Refused where an address that somebody asks for cannot be had."""
    address = ipv4(text)
    if address is None:
        raise _no("InvalidIPAddress", f"IP address {text} is invalid.")
    lying = prefixes(state, subnet)
    inside = next((one for one in lying if address in one), None)
    shown = ", ".join(map(str, lying))
    if inside is None:
        text = f"Private static IP address {text} does not belong to the range of subnet prefix {shown}."
        raise _no("PrivateIPAddressNotInSubnet", text)
    number = int(address) - int(inside.network_address)
    if number < KEPT_FIRST or number >= inside.num_addresses - KEPT_LAST:
        text = f"Private static IP address {text} falls within reserved IP range of subnet prefix {shown}."
        raise _no("PrivateIPAddressInReservedRange", text)
    if address in used:
        text = f"Private IP address {text} is already allocated to resource {used[address].text}."
        raise _no("PrivateIPAddressIsAllocated", text)


def _no(code: str, message: str) -> Refused:
    return Refused(400, code, message, details=())


def _full(state: State, subnet: ResourceId, count: int) -> Refused:
    return _no(
        "SubnetIsFull",
        f"Subnet {subnet.name} with address prefix {', '.join(map(str, prefixes(state, subnet)))} does not have "
        f"enough capacity for {count} IP addresses.",
    )


def free(state: State, subnet: ResourceId, count: int) -> list[str]:
    """The lowest free addresses. Raises Refused where the subnet is full."""
    found = _lowest(state, subnet, count, taken(state, subnet))
    if len(found) < count:
        raise _full(state, subnet, count)
    return found


def _lowest(
    state: State, subnet: ResourceId, count: int, used: Mapping[IPv4Address, ResourceId]
) -> list[str]:
    """As many of the lowest free addresses as there are, up to a count."""
    found: list[str] = []
    for prefix in prefixes(state, subnet):
        for number in range(KEPT_FIRST, prefix.num_addresses - KEPT_LAST):
            if len(found) == count:
                return found
            address = prefix[number]
            if address not in used:
                found.append(str(address))
    return found


def _addresses(value: Any, subnet: str) -> Iterator[str]:
    """Every private address that a body has in the subnet."""
    if isinstance(value, dict):
        held = value.get("subnet")
        # DNS resolvers write privateIpAddress.
        address = value.get("privateIPAddress", value.get("privateIpAddress"))
        named = held.get("id") if isinstance(held, dict) else None
        if isinstance(named, str) and named.lower() == subnet and isinstance(address, str):
            yield address
        for inner in value.values():
            yield from _addresses(inner, subnet)
    elif isinstance(value, list):
        for inner in value:
            yield from _addresses(inner, subnet)


def _living(value: Any, subnet: str, own: ResourceId) -> Iterator[ResourceId]:
    """The innermost ids around everything that says it stands in the subnet."""
    if isinstance(value, dict):
        told = value.get("id")
        own = ResourceId(told) if isinstance(told, str) and told.startswith("/") else own
        for name, inner in value.items():
            if name.lower() in PLACES:
                place = inner.get("id") if isinstance(inner, dict) else inner
                if isinstance(place, str) and place.lower() == subnet:
                    yield own
            yield from _living(inner, subnet, own)
    elif isinstance(value, list):
        for inner in value:
            yield from _living(inner, subnet, own)
