"""Gateways: whether a network may use routes that a gateway learns. ARM does not list such routes.

Source: Microsoft Learn, "Configure VPN gateway transit for virtual network peering"; checked 2026-11-24.
"""

from __future__ import annotations

from cloison.arm.ids import ResourceId
from cloison.model.facts import Cite, Known, Unknown
from cloison.reach import peerings
from cloison.reach.fabric import Fabric, known


def in_reach(fabric: Fabric, network: ResourceId) -> tuple[str, Cite] | None:
    """The gateway that a network has, or uses of a peered one, with the setting that says so; None without."""
    key = ("gateway", network)
    if key not in fabric.memo:
        fabric.memo[key] = _in_reach(fabric, network)
    return fabric.memo[key]  # type: ignore[return-value]  # filed under this key only here


def _in_reach(fabric: Fabric, network: ResourceId) -> tuple[str, Cite] | None:
    for gateway in (*fabric.gateways_of.get(network, ()), *fabric.gateways_of.get(None, ())):
        if isinstance(gateway.network, Unknown) or gateway.network.value == network:
            return f"gateway {gateway.id.name}", Cite(gateway.id)
    for peering in fabric.peerings_of.get(network, ()):
        uses, remote = peering.remote_gateways, known(peering.remote)
        if isinstance(uses, Known) and not uses.value:
            continue
        if remote is not None and peerings.usable(peerings.status(fabric, network, remote)) is False:
            continue
        # The setting proves the gateway, whether or not that network was read.
        name = remote.name if remote is not None else "a peered network"
        cite = uses.cite if isinstance(uses, Known) else Cite(peering.id)
        return f"the gateway of {name}", cite
    return None
