"""Private addresses in a subnet: which are taken, which is free next. Knows no resource type.

Azure keeps the first four and the last address of each prefix.
Source: Microsoft Learn, Virtual network FAQ, "Are there any restrictions on using IP addresses"; checked 2026-11-24.
"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network
from typing import Any

from cloison.arm.ids import ResourceId
from cloison.model.behaviour import Refused, State, look

KEPT_FIRST = 4
KEPT_LAST = 1


def prefixes(state: State, subnet: ResourceId) -> list[IPv4Network]:
    """The IPv4 prefixes of a subnet."""
    body = state.get(subnet)
    listed = look(body, "properties/addressPrefixes") or [look(body, "properties/addressPrefix")]
    return [IPv4Network(text, strict=False) for text in listed if isinstance(text, str) and ":" not in text]


def taken(state: State, subnet: ResourceId) -> set[IPv4Address]:
    """Addresses that something in the subnet has."""
    return {
        IPv4Address(address)
        for id in state.referrers(subnet)
        for address in _addresses(state.get(id), str(subnet))
    }


def free(state: State, subnet: ResourceId, count: int) -> list[str]:
    """The lowest free addresses. Raises Refused where the subnet is full."""
    used = taken(state, subnet)
    found: list[str] = []
    for prefix in prefixes(state, subnet):
        for number in range(KEPT_FIRST, prefix.num_addresses - KEPT_LAST):
            if len(found) == count:
                return found
            address = prefix[number]
            if address not in used:
                found.append(str(address))
    if len(found) < count:
        raise Refused(
            400,
            "SubnetIsFull",
            f"Subnet {subnet.name} with address prefix {', '.join(map(str, prefixes(state, subnet)))} does not have "
            f"enough capacity for {count} IP addresses.",
        )
    return found


def _addresses(value: Any, subnet: str) -> Iterator[str]:
    """Every private address that a body has in the subnet."""
    if isinstance(value, dict):
        held = value.get("subnet")
        address = value.get("privateIPAddress")
        named = held.get("id") if isinstance(held, dict) else None
        if isinstance(named, str) and named.lower() == subnet and isinstance(address, str):
            yield address
        for inner in value.values():
            yield from _addresses(inner, subnet)
    elif isinstance(value, list):
        for inner in value:
            yield from _addresses(inner, subnet)
