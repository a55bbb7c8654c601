"""Doors of a storage account: one for each of its services.

Sources: Microsoft Learn, Azure Private Endpoint private DNS zone values; Use private endpoints for Azure Storage;
Network security for Azure Storage (address rules do not hold in the same region); checked 2026-11-24.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cloison.arm.clouds import cloud_of_region
from cloison.kinds._services import HTTPS, admission, connections, region_word
from cloison.kinds.storage_account.facts import OPEN, StorageAccount, facts, rules
from cloison.model.facts import Known, Unknown
from cloison.model.network import Door, Host
from cloison.model.snapshot import Resource, Snapshot

PORTS = {"file": (443, 445)}
"""File shares are mounted over SMB as well. Source: Microsoft Learn, Azure Files networking; checked 2026-11-24."""
SERVICES = {"blob": True, "file": True, "queue": False, "table": False}
"""Sub-resource -> whether every Azure Machine Learning workload asks for it; queue and table: batch jobs only.
Source: Azure/AML-Kubernetes, docs/private-link.md; checked 2026-11-24."""
OF_KIND = {"blobstorage": ("blob",), "blockblobstorage": ("blob",), "filestorage": ("file",)}
"""Kinds of account that lack services. Source: Microsoft Learn, Storage account overview; checked 2026-11-24."""
ENDPOINT_SERVICES = ("microsoft.storage", "microsoft.storage.global")


def facets(resource: Resource, snapshot: Snapshot) -> Iterable[Door]:
    """A door for blob, file, queue and table, those that this kind of account has; for a data lake also dfs."""
    account = facts(resource)
    let_in = admission(
        account.public,
        rules(resource.body),
        OPEN,
        endpoint_services=ENDPOINT_SERVICES,
        ignores_addresses_in_region=True,
    )
    listed = connections(resource, snapshot)
    for service, needed in _services(account).items():
        lake = account.hierarchical
        doubt = lake if service == "dfs" and isinstance(lake, Unknown) else None
        yield Door(
            id=resource.id,
            maybe=doubt if resource.maybe is None else resource.maybe,
            service="storage",
            subresource=service,
            location=account.location,
            hosts=(_host(resource, service),),
            admission=let_in,
            connections=listed,
            tag="storage",
            needed=needed and doubt is None,
        )


def _services(account: StorageAccount) -> Mapping[str, bool]:
    kind = account.kind.value if isinstance(account.kind, Known) else ""
    found = {name: SERVICES[name] for name in OF_KIND.get(kind, tuple(SERVICES))}
    lake = account.hierarchical
    if "blob" in found and (isinstance(lake, Unknown) or lake.value):
        found["dfs"] = True
    return found


def _host(resource: Resource, service: str) -> Host:
    """Its public name: as Azure tells it, else made from the account's name and the region's cloud."""
    told = resource.body.at(f"properties/primaryEndpoints/{service}").value
    name = told.lower().partition("://")[2].partition("/")[0] if isinstance(told, str) else ""
    label, found, suffix = name.partition(f".{service}.")
    if not found:
        label, suffix = resource.name.lower(), cloud_of_region(region_word(resource.body)).storage
    zone = f"privatelink.{service}.{suffix}"
    return Host(
        name=f"{label}.{service}.{suffix}",
        alias=f"{label}.{zone}",
        zone=zone,
        # Each service is its own and only member. Source: recorded privateLinkResources; checked 2026-11-24.
        member=service,
        ports=PORTS.get(service, HTTPS),
    )
