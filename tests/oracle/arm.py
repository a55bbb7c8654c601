"""ARM JSON looked up by id, as it stands: nothing is modelled, nothing is guessed."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from ipaddress import AddressValueError, IPv4Address, IPv4Network
from typing import Any

Body = dict[str, Any]
Tri = bool | None
"""True, False, or None: the JSON does not say."""

_NESTED = {
    "microsoft.network/virtualnetworks": {
        "subnets": "subnets",
        "virtualNetworkPeerings": "virtualNetworkPeerings",
    },
    "microsoft.network/networksecuritygroups": {"securityRules": "securityRules"},
    "microsoft.network/routetables": {"routes": "routes"},
    "microsoft.containerservice/managedclusters": {"agentPoolProfiles": "agentPools"},
    "microsoft.network/dnsforwardingrulesets": {"forwardingRules": "forwardingRules"},
}
_FLAT_CHILDREN = {"agentPoolProfiles"}
"""Child lists whose members carry their properties without a `properties` object."""


def either(values: Iterable[Tri]) -> Tri:
    """Whether one of the values is true."""
    seen = list(values)
    if True in seen:
        return True
    return None if None in seen else False


def both(values: Iterable[Tri]) -> Tri:
    """Whether all of the values are true."""
    seen = list(values)
    if False in seen:
        return False
    return None if None in seen else True


def props(body: Body | None) -> Body:
    """The `properties` of a resource; empty when there are none."""
    found: Body = (body or {}).get("properties") or {}
    return found


def ref(value: Any) -> str:
    """The id inside `{"id": …}`, lower case; empty when absent."""
    return str((value or {}).get("id") or "").lower()


def region(text: Any) -> str:
    """`West Europe` and `westeurope` are one region."""
    return str(text or "").lower().replace(" ", "")


@lru_cache(maxsize=65536)
def prefix(text: str) -> IPv4Network | None:
    """The prefix or the single address that the text writes, or None for a tag."""
    try:
        return IPv4Network(text, strict=False)
    except (AddressValueError, ValueError):
        return None


@lru_cache(maxsize=65536)
def address(text: str) -> IPv4Address:
    """One address."""
    return IPv4Address(text)


class World:
    """All resources by lower-case id, children taken out of their parents."""

    def __init__(self, resources: list[Body]) -> None:
        self.by_id: dict[str, Body] = {}
        for resource in resources:
            self._add(resource)
        for resource in resources:
            self._add_nested(resource)

    def _add(self, resource: Body) -> None:
        self.by_id[str(resource["id"]).lower()] = resource

    def _add_nested(self, parent: Body) -> None:
        for listed, segment in _NESTED.get(str(parent.get("type", "")).lower(), {}).items():
            for child in props(parent).get(listed) or []:
                body = {"properties": child} if listed in _FLAT_CHILDREN else child
                key = f"{parent['id']}/{segment}/{child['name']}".lower()
                self.by_id.setdefault(key, {**body, "id": key, "name": child["name"]})

    def get(self, resource_id: str) -> Body | None:
        """The resource of that id, when it was read."""
        return self.by_id.get(resource_id.lower())

    def children(self, parent_id: str, segment: str) -> list[Body]:
        """The direct children of one kind, in order of id."""
        start = f"{parent_id}/{segment}/".lower()
        return [
            self.by_id[key]
            for key in sorted(self.by_id)
            if key.startswith(start) and "/" not in key[len(start) :]
        ]

    def of_type(self, kind: str) -> list[Body]:
        """All resources of one type, in order of id."""
        wanted = kind.lower()
        return [self.by_id[key] for key in sorted(self.by_id) if type_of(key) == wanted]


@lru_cache(maxsize=65536)
def type_of(resource_id: str) -> str:
    """`microsoft.network/virtualnetworks/subnets` of a lower-case id."""
    parts = resource_id.rpartition("/providers/")[2].split("/")
    return "/".join([parts[0], *parts[1::2]])


def network_of(subnet_id: str) -> str:
    """The id of the network that a subnet id lies in."""
    return subnet_id.lower().rpartition("/subnets/")[0]


def name_of(resource_id: str) -> str:
    """The last part of an id, lower case."""
    return resource_id.lower().rpartition("/")[2]


def space(world: World, network_id: str) -> list[IPv4Network]:
    """The prefixes of a network that was read."""
    texts = (props(world.get(network_id)).get("addressSpace") or {}).get("addressPrefixes") or []
    return [found for text in texts if (found := prefix(text))]


def subnet_prefixes(subnet: Body) -> list[IPv4Network]:
    """The prefixes of a subnet, from either property."""
    own = props(subnet)
    texts = [*(own.get("addressPrefixes") or []), own.get("addressPrefix")]
    found = [prefix(text) for text in texts if text]
    return sorted({one for one in found if one})


def subnet_at(world: World, network_id: str, where: IPv4Address) -> str:
    """The id of the subnet of that network that contains the address, or nothing."""
    for subnet in world.children(network_id, "subnets"):
        if any(where in one for one in subnet_prefixes(subnet)):
            return str(subnet["id"]).lower()
    return ""
