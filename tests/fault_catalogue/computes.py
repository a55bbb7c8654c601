"""Faults of the workspace's computes that Azure makes, and of parts that an environment lacks."""

from __future__ import annotations

from typing import Any

from tests.faults import ACR, GONE, NET, VAULT, Fault, workspace
from tests.reference import id_of

SUBNET = "workspaces/mlw/computes/build#/properties/properties/subnet"


def network(name: str, *peers: str) -> dict[str, Any]:
    """A network with one subnet, peered both ways, and no private zone linked to it."""
    subnets = [{"name": "work", "properties": {"addressPrefix": "10.66.0.0/24"}}]
    space = {"addressPrefixes": ["10.66.0.0/16"]}
    found: dict[str, Any] = {f"{NET}/{name}": {"properties": {"addressSpace": space, "subnets": subnets}}}
    for peer in peers:
        for here, there in ((name, peer), (peer, name)):
            properties = {
                "peeringState": "Connected",
                "peeringSyncLevel": "FullyInSync",
                "allowVirtualNetworkAccess": True,
                "allowForwardedTraffic": True,
                "peerCompleteVnets": True,
                "remoteVirtualNetwork": {"id": id_of(f"{NET}/{there}")},
            }
            found[f"{NET}/{here}/virtualNetworkPeerings/to-{there}"] = {"properties": properties}
    return found


FAULTS = [
    Fault(
        name="a compute stands in no network, before services that are shut",
        on=("peered", "same network", "hub and spoke", "service endpoints"),
        changes={SUBNET: GONE},
        expects=("S01 build",),
    ),
    Fault(
        name="a compute stands in a peered network whose names nobody answers privately",
        on=("peered",),
        changes={**network("train", "aks-net", "ml-net"), SUBNET: {"id": id_of(f"{NET}/train/subnets/work")}},
        expects=("S01~ build",),
    ),
    Fault(
        name="a compute stands in a subnet that service endpoints do not speak for",
        on=("service endpoints",),
        changes={SUBNET: {"id": id_of(f"{NET}/aks-net/subnets/endpoints")}},
        expects=("S01~ build",),
    ),
    Fault(
        name="a compute stands in a network that nobody read",
        on=("peered", "hub and spoke"),
        changes={SUBNET: {"id": id_of(f"{NET}/faraway/subnets/work")}},
        expects=("S01? build",),
    ),
    Fault(
        name="the compute that builds images was not read",
        on=("peered", "same network"),
        changes={"workspaces/mlw/computes/build": GONE},
        expects=("S01? mlw",),
    ),
    Fault(
        name="the workspace names no vault",
        on=("peered",),
        changes=workspace("properties/keyVault", GONE),
        expects=("S05? mlw",),
        hides=("mlvault", "pe-vault", f"D01 {VAULT}", "D11 aks-net"),
    ),
    Fault(
        name="the workspace names a registry that nobody read",
        on=("peered",),
        changes=workspace("properties/containerRegistry", id_of("registries/other")),
        expects=("S02? other", "S05? other", "S07? other", "S11? other", "S18? other", "S19? other"),
        hides=("mlreg", f"D01 {ACR}"),
    ),
]
