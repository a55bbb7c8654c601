"""Address prefixes as the network provider checks them. Knows no resource type."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import TypeAlias

from cloison.kinds import _network

Prefix: TypeAlias = IPv4Network | IPv6Network


def checked(listed: Sequence[str], owner: str) -> list[Prefix]:
    """The prefixes of a resource. Raises Refused where one is none, or has bits set behind its length."""
    return [_checked(text, owner) for text in listed]


def _checked(text: str, owner: str) -> Prefix:
    if "/" not in text:
        raise _network.refused(
            "InvalidAddressPrefixFormat",
            f"Address prefix {text} of resource {owner} is not formatted correctly. It should follow CIDR notation, "
            f"for example 10.0.0.0/24.",
        )
    try:
        return ip_network(text)
    except ValueError:
        pass
    try:
        meant = ip_network(text, strict=False)
    except ValueError:
        raise _network.refused(
            "InvalidAddressPrefixFormat",
            f"Address prefix {text} of resource {owner} is not formatted correctly. It should follow CIDR notation, "
            f"for example 10.0.0.0/24.",
        ) from None
    raise _network.refused(
        "InvalidCIDRNotation",
        f"The address prefix {text} in resource {owner} has an invalid CIDR notation. For the given prefix length, "
        f"the address prefix should be {meant}.",
    )


def overlap(some: Iterable[Prefix], others: Iterable[Prefix]) -> list[Prefix]:
    """Those that share addresses with one of the others."""
    listed = list(others)
    return [one for one in some if any(type(one) is type(other) and _shares(one, other) for other in listed)]


def _shares(one: Prefix, other: Prefix) -> bool:
    if isinstance(one, IPv4Network) and isinstance(other, IPv4Network):
        return one.overlaps(other)
    return isinstance(one, IPv6Network) and isinstance(other, IPv6Network) and one.overlaps(other)


def inside(some: Iterable[Prefix], space: Iterable[Prefix]) -> bool:
    """Whether each lies in one of a space's."""
    listed = list(space)
    return all(any(_within(one, whole) for whole in listed) for one in some)


def _within(one: Prefix, whole: Prefix) -> bool:
    if isinstance(one, IPv4Network) and isinstance(whole, IPv4Network):
        return one.subnet_of(whole)
    return isinstance(one, IPv6Network) and isinstance(whole, IPv6Network) and one.subnet_of(whole)


def read(listed: Iterable[object]) -> list[Prefix]:
    """The prefixes among texts that were checked before, or came from elsewhere."""
    found: list[Prefix] = []
    for text in listed:
        try:
            found.append(ip_network(str(text), strict=False))
        except ValueError:
            continue
    return found
