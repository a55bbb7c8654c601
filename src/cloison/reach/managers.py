"""Managers: whether something outside a network connects or filters it, by settings that no network shows.

Source: Microsoft Learn, "Security admin rules in Azure Virtual Network Manager" (asked before security groups),
"Connectivity configuration in Azure Virtual Network Manager" (connected groups have no peerings); checked 2026-11-24.
"""

from __future__ import annotations

from cloison.arm.ids import ResourceId
from cloison.model.facts import Cite, Unknown
from cloison.model.network import NetworkManager
from cloison.model.verdict import HopKind, Outcome, Step
from cloison.reach.fabric import Fabric


def filtering(fabric: Fabric, network: ResourceId) -> list[Step]:
    """A doubt when security admin rules may decide about packets of a network before its security groups do."""
    manager = _over(fabric, network, "securityadmin")
    if manager is None:
        return []
    text = f"whether security admin rules of network manager {manager.id.name} hold for {network.name} is not known"
    ask = (
        "see `az network manager list-effective-security-admin-rules`; "
        f"leave {manager.id.name} out of the input where it lists none"
    )
    return [Step(HopKind.FILTER, Outcome.UNKNOWN, text, (Cite(manager.id),), ask)]


def connecting(fabric: Fabric, network: ResourceId) -> list[Step]:
    """A doubt when a network may be connected to others without a peering."""
    manager = _over(fabric, network, "connectivity")
    if manager is None:
        return []
    text = f"whether network manager {manager.id.name} connects {network.name} to others is not known"
    ask = (
        "see `az network manager list-effective-connectivity-config`; "
        f"leave {manager.id.name} out of the input where it lists none"
    )
    return [Step(HopKind.ROUTE, Outcome.UNKNOWN, text, (Cite(manager.id),), ask)]


def _over(fabric: Fabric, network: ResourceId, access: str) -> NetworkManager | None:
    """A manager with that access whose scope holds, or may hold, a network."""
    for manager in fabric.all(NetworkManager):
        if isinstance(manager.accesses, Unknown) or access in manager.accesses.value:
            if _holds(manager, network):
                return manager
    return None


def _holds(manager: NetworkManager, network: ResourceId) -> bool:
    wide, narrow = manager.management_groups, manager.subscriptions
    # Which subscriptions a management group has is not in the input.
    if isinstance(wide, Unknown) or wide.value or isinstance(narrow, Unknown):
        return True
    return any(text.rpartition("/")[2] == network.subscription for text in narrow.value)
