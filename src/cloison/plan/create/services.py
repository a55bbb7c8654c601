"""Services of an environment: storage, vault, registry and workspace, closed from the start.

What lets somebody in publicly is only what the file says: subnets of the cluster for service endpoints, and the
addresses of people.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cloison.arm.ids import ResourceId
from cloison.kinds import live_of
from cloison.model.behaviour import Json
from cloison.plan.create.builder import Piece
from cloison.plan.create.site import Site

BUILDER = "build"
"""Name of the compute that builds images."""


def services(site: Site) -> Iterator[Piece]:
    """Everything that the workspace names as its own, and further storage."""
    for id in (site.storage, *site.extra_storage):
        yield _storage(site, id)
    yield _vault(site)
    yield _registry(site)


def reached_by_subnets(site: Site) -> tuple[ResourceId, ...]:
    """Services that the cluster reaches by service endpoints."""
    if site.given.file.services.access != "service-endpoints":
        return ()
    return (site.storage, *site.extra_storage, site.vault)


def _subnets(site: Site) -> list[ResourceId]:
    """Subnets that such services let in."""
    found = list(site.nets.node_subnets)
    if site.nets.build is not None:
        found.append(site.nets.build)
    return found if site.given.file.services.access == "service-endpoints" else []


def _public(site: Site, *, by_subnets: bool) -> str:
    is_open = (by_subnets and bool(_subnets(site))) or bool(site.given.file.way_in.addresses)
    return "Enabled" if is_open else "Disabled"


def _rules(site: Site) -> Json:
    addresses: list[Any] = [{"value": one} for one in site.given.file.way_in.addresses]
    return {
        "bypass": "AzureServices",
        "defaultAction": "Deny",
        "ipRules": addresses,
        "virtualNetworkRules": [{"id": one.text} for one in _subnets(site)],
    }


RULES = tuple(f"properties/networkAcls/{one}" for one in ("ipRules", "virtualNetworkRules"))


def _storage(site: Site, id: ResourceId) -> Piece:
    return Piece(
        id=id,
        body={
            "location": site.region,
            "kind": "StorageV2",
            "sku": {"name": "Standard_LRS"},
            "properties": {
                "publicNetworkAccess": _public(site, by_subnets=True),
                "networkAcls": _rules(site),
                "minimumTlsVersion": "TLS1_2",
                "supportsHttpsTrafficOnly": True,
                "allowBlobPublicAccess": False,
            },
        },
        summary=f"Create storage account {id.name}, {_closed(site, by_subnets=True)}",
        section="[services]",
        needs=tuple(_subnets(site)),
        keeps=("properties/publicNetworkAccess", *RULES),
        fixed=("location",),
    )


def _vault(site: Site) -> Piece:
    return Piece(
        id=site.vault,
        body={
            "location": site.region,
            "properties": {
                "tenantId": site.given.file.tenant,
                "sku": {"family": "A", "name": "standard"},
                "enableRbacAuthorization": True,
                "enableSoftDelete": True,
                "enablePurgeProtection": True,
                "publicNetworkAccess": _public(site, by_subnets=True),
                "networkAcls": _rules(site),
            },
        },
        summary=f"Create key vault {site.vault.name}, {_closed(site, by_subnets=True)}",
        section="[services]",
        needs=tuple(_subnets(site)),
        keeps=("properties/publicNetworkAccess", *RULES),
        fixed=("location",),
    )


def _registry(site: Site) -> Piece:
    """Only Premium takes endpoints; the workspace signs in as its administrator.

    Source: Microsoft Learn, Tutorial: create a secure workspace; checked 2026-11-25.
    """
    return Piece(
        id=site.registry,
        body={
            "location": site.region,
            "sku": {"name": "Premium"},
            "properties": {
                "adminUserEnabled": True,
                "publicNetworkAccess": "Disabled",
                "networkRuleBypassOptions": "AzureServices",
                "networkRuleSet": {"defaultAction": "Deny", "ipRules": []},
            },
        },
        summary=f"Create container registry {site.registry.name}, closed to the public",
        section="[services]",
        keeps=("properties/publicNetworkAccess",),
        fixed=("location",),
    )


def workspace(site: Site, needs: tuple[ResourceId, ...]) -> Piece:
    """The workspace. needs: endpoints of its services, which come first, as the article says."""
    file = site.given.file
    addresses = file.way_in.addresses
    properties: Json = {
        "friendlyName": site.workspace.name,
        "storageAccount": site.storage.text,
        "keyVault": site.vault.text,
        "containerRegistry": site.registry.text,
        "publicNetworkAccess": _public(site, by_subnets=False),
        "hbiWorkspace": file.workspace.high_business_impact,
        "v1LegacyMode": False,
    }
    if file.workspace.build_cluster:
        properties["imageBuildCompute"] = BUILDER
    if addresses:
        properties["ipAllowlist"] = list(addresses)
    return Piece(
        id=site.workspace,
        body={
            "location": site.region,
            "kind": "Default",
            "sku": {"name": "Basic", "tier": "Basic"},
            "identity": {"type": "SystemAssigned"},
            "properties": properties,
        },
        summary=f"Create workspace {site.workspace.name}, {_closed(site, by_subnets=False)}",
        section="[workspace]",
        needs=(site.storage, site.vault, site.registry, *needs),
        keeps=(
            "properties/publicNetworkAccess",
            *(["properties/imageBuildCompute"] if file.workspace.build_cluster else []),
        ),
        fixed=("location", "properties/hbiWorkspace"),
        api_version=_preview(site.workspace) if addresses else "",
    )


def _preview(id: ResourceId) -> str:
    """The version that takes a list of addresses; no stable one does."""
    live = live_of(id.type)
    return live.previews[0] if live is not None and live.previews else ""


def _closed(site: Site, *, by_subnets: bool) -> str:
    """Who comes in, in words."""
    let_in = []
    if by_subnets and _subnets(site):
        let_in.append(", ".join(one.name for one in _subnets(site)))
    let_in += site.given.file.way_in.addresses
    return f"open to {', '.join(let_in)} only" if let_in else "closed to the public"
