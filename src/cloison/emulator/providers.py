"""Resource providers: their namespaces, the types that we know of them, the API versions that clients pin.

Types come from the kinds; versions are kept by namespace, as providers publish them, because a client only asks
whether its own is among them. An unlisted version is taken all the same: `az` pins another for each command.
Sources: Microsoft Learn, REST reference of each provider; the versions of azure-cli 2.91 and of the azure-mgmt
packages current with it; Microsoft Learn, "Azure regions list"; checked 2026-11-24.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence

from cloison.arm.clouds import REGIONS
from cloison.emulator.world import Subscription
from cloison.kinds import folders, kind_of
from cloison.model.behaviour import Json, Refused

VERSIONS: Mapping[str, tuple[str, ...]] = {
    "Microsoft.Authorization": ("2022-04-01", "2020-05-01", "2020-04-01-preview", "2018-07-01", "2016-09-01"),
    "Microsoft.Compute": ("2024-11-01", "2024-07-01", "2023-09-01"),
    "Microsoft.ContainerRegistry": ("2025-11-01", "2025-04-01", "2023-07-01", "2022-12-01", "2019-05-01"),
    "Microsoft.ContainerService": ("2026-05-01", "2025-10-01", "2025-05-01", "2024-09-01", "2023-05-01"),
    "Microsoft.Insights": ("2021-09-01", "2020-02-02", "2021-07-01-preview"),
    "Microsoft.KeyVault": ("2026-02-01", "2025-05-01", "2024-11-01", "2023-07-01", "2022-07-01"),
    "Microsoft.KubernetesConfiguration": ("2025-03-01", "2024-11-01", "2023-05-01", "2022-11-01"),
    "Microsoft.MachineLearningServices": (
        "2026-03-01",
        "2025-12-01",
        "2025-06-01",
        "2024-10-01",
        "2023-10-01",
    ),
    "Microsoft.ManagedIdentity": ("2024-11-30", "2023-01-31", "2018-11-30"),
    "Microsoft.Network": ("2025-09-01", "2025-05-01", "2024-06-01", "2024-05-01", "2023-09-01", "2020-06-01"),
    "Microsoft.OperationalInsights": ("2025-02-01", "2023-09-01", "2022-10-01"),
    "Microsoft.ResourceGraph": ("2022-10-01", "2021-03-01"),
    "Microsoft.Resources": ("2025-04-01", "2024-11-01", "2022-09-01", "2021-04-01"),
    "Microsoft.Storage": ("2025-08-01", "2025-06-01", "2024-01-01", "2023-05-01", "2022-09-01"),
}
"""By namespace, newest first."""

OTHERS: Mapping[str, tuple[str, ...]] = {
    "Microsoft.Authorization": ("roleDefinitions", "permissions", "policyAssignments", "denyAssignments"),
    "Microsoft.Compute": ("virtualMachines", "virtualMachineScaleSets", "disks"),
    "Microsoft.Network": ("networkWatchers", "dnsZones"),
    "Microsoft.OperationalInsights": ("workspaces",),
    "Microsoft.ResourceGraph": ("resources", "resourcesHistory", "operations"),
    "Microsoft.Resources": ("deployments", "resourceGroups", "subscriptions", "tags", "deploymentScripts"),
    "Microsoft.Storage": ("storageAccounts/blobServices", "storageAccounts/fileServices"),
}
"""Types that no kind tells and that clients look for all the same. Their bodies are kept as they are sent."""

KEPT_BODIES = frozenset({
    "microsoft.aad", "microsoft.advisor", "microsoft.alertsmanagement", "microsoft.apimanagement",
    "microsoft.app", "microsoft.appconfiguration", "microsoft.attestation", "microsoft.automation",
    "microsoft.azurearcdata", "microsoft.batch", "microsoft.cache", "microsoft.cdn",
    "microsoft.cognitiveservices", "microsoft.consumption", "microsoft.containerinstance",
    "microsoft.costmanagement", "microsoft.dashboard", "microsoft.databricks", "microsoft.datafactory",
    "microsoft.dataprotection", "microsoft.dbformysql", "microsoft.dbforpostgresql", "microsoft.devices",
    "microsoft.documentdb", "microsoft.eventgrid", "microsoft.eventhub", "microsoft.extendedlocation",
    "microsoft.features", "microsoft.guestconfiguration", "microsoft.kubernetes", "microsoft.kusto",
    "microsoft.logic", "microsoft.maintenance", "microsoft.managedservices", "microsoft.management",
    "microsoft.maps", "microsoft.monitor", "microsoft.notificationhubs", "microsoft.operationsmanagement",
    "microsoft.policyinsights", "microsoft.portal", "microsoft.powerbidedicated", "microsoft.purview",
    "microsoft.quota", "microsoft.recoveryservices", "microsoft.relay", "microsoft.search",
    "microsoft.security", "microsoft.servicebus", "microsoft.servicefabric", "microsoft.signalrservice",
    "microsoft.sql", "microsoft.storagesync", "microsoft.streamanalytics", "microsoft.synapse",
    "microsoft.web",
})  # fmt: skip
"""Further namespaces, in lower case: their resources are kept as they are sent."""

_VERSION = re.compile(r"\d{4}-\d{2}-\d{2}(-[A-Za-z0-9.]+)?")


@functools.cache
def _types() -> Mapping[str, tuple[str, ...]]:
    """Types below each namespace, as Microsoft writes them."""
    found: dict[str, list[str]] = {namespace: list(OTHERS.get(namespace, ())) for namespace in VERSIONS}
    for type in folders():
        kind = kind_of(type)
        if kind is not None:
            namespace, _, rest = kind.type.partition("/")
            if rest not in found.setdefault(namespace, []):
                found[namespace].append(rest)
    return {namespace: tuple(sorted(found[namespace])) for namespace in sorted(found)}


def all_providers() -> Sequence[str]:
    """The namespaces."""
    return list(_types())


def is_namespace(name: str) -> bool:
    """A provider has this namespace."""
    lower = name.lower()
    return lower in _namespaces() or lower in KEPT_BODIES


@functools.cache
def _namespaces() -> frozenset[str]:
    # The types' own names tell, so that nothing has to be imported for it.
    return frozenset(type.partition("/")[0] for type in folders()) | {name.lower() for name in VERSIONS}


def provider_body(namespace: str, subscription: Subscription | None) -> Json:
    """A provider as clients read it; with its registration where a subscription asks."""
    versions = VERSIONS.get(namespace, ("2024-01-01",))
    told: Json = {"namespace": namespace}
    if subscription is not None:
        state = "NotRegistered" if namespace.lower() in subscription.unregistered else "Registered"
        told = {
            "id": f"/subscriptions/{subscription.id}/providers/{namespace}",
            **told,
            "registrationPolicy": "RegistrationRequired",
            "registrationState": state,
        }
    return {
        **told,
        "resourceTypes": [
            {
                "resourceType": type,
                "locations": list(REGIONS.values()),
                "apiVersions": list(versions),
                "defaultApiVersion": versions[0],
                "capabilities": "SupportsTags, SupportsLocation" if "/" not in type else "None",
            }
            for type in _types().get(namespace, ())
        ],
    }


def check_version(version: str) -> None:
    """Raises Refused for no API version and for a text that is none."""
    if not version:
        text = "The api-version query parameter (?api-version=) is required for all requests."
        raise Refused(400, "MissingApiVersionParameter", text)
    if not _VERSION.fullmatch(version):
        shown = ",".join(VERSIONS["Microsoft.Resources"])
        text = f"The api-version '{version}' is invalid. The supported versions are '{shown}'."
        raise Refused(400, "InvalidApiVersionParameter", text)


def check_namespace(namespace: str) -> None:
    """Raises Refused for a namespace that no provider has."""
    if not is_namespace(namespace):
        raise Refused(404, "InvalidResourceNamespace", f"The resource namespace '{namespace}' is invalid.")


def check_registered(namespace: str, subscription: Subscription) -> None:
    """Raises Refused where the subscription does not use the provider."""
    if namespace.lower() in subscription.unregistered:
        raise Refused(
            409,
            "MissingSubscriptionRegistration",
            f"The subscription is not registered to use namespace '{namespace}'. See "
            "https://aka.ms/rps-not-found for how to register subscriptions.",
            details=[
                {
                    "code": "MissingSubscriptionRegistration",
                    "target": namespace,
                    "message": f"The subscription is not registered to use namespace '{namespace}'. See "
                    "https://aka.ms/rps-not-found for how to register subscriptions.",
                }
            ],
        )
