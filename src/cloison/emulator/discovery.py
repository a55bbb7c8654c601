"""What a client asks before it knows anything: the cloud's endpoints, subscriptions, tenants, regions, providers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cloison.arm.clouds import REGIONS
from cloison.emulator.providers import all_providers, provider_body
from cloison.emulator.rights import visible
from cloison.emulator.routing import route
from cloison.emulator.wire import Answer, Asked
from cloison.emulator.world import Subscription, World
from cloison.model.behaviour import Json, Refused
from cloison.sources.arm_template.scope import ENVIRONMENTS

CLOUD = "CloisonEmulator"
"""The name that `az cloud register` is given."""


def _endpoints(world: World, asked: Asked, parts: Mapping[str, str]) -> Answer:
    """The cloud's endpoints: a list in 2019-05-01 and later, one object where a client asks for 2022-09-01 or older.

    Sources: azure-cli 2.91 reads an object of 2022-09-01 in `az cloud register`; azure-ai-ml 1.35 reads both.
    """
    told = _cloud(asked.base)
    return Answer(body=[told] if asked.version in {"2019-05-01", "2018-05-01", "2020-06-01"} else told)


def _cloud(base: str) -> Json:
    public: dict[str, Any] = ENVIRONMENTS["AzureCloud"]
    suffixes = dict(public["suffixes"])
    names = {"keyvaultDns": "keyVaultDns"} | {
        name: name.replace("azureDatalake", "azureDataLake") for name in suffixes if "Datalake" in name
    }
    return {
        "name": CLOUD,
        "portal": f"{base}/",
        "resourceManager": f"{base}/",
        "authentication": {
            "loginEndpoint": base,
            "audiences": [f"{base}/"],
            "tenant": "common",
            "identityProvider": "AAD",
        },
        "graph": f"{base}/",
        "graphAudience": f"{base}/",
        "microsoftGraphResourceId": f"{base}/graph/",
        "appInsightsResourceId": f"{base}/",
        "appInsightsTelemetryChannelResourceId": f"{base}/",
        "attestationResourceId": f"{base}/",
        "logAnalyticsResourceId": f"{base}/",
        "synapseAnalyticsResourceId": f"{base}/",
        "ossrdbmsResourceId": f"{base}/",
        "gallery": f"{base}/",
        "batch": f"{base}/",
        "media": f"{base}/",
        "sqlManagement": f"{base}/",
        "activeDirectoryDataLake": f"{base}/",
        "vmImageAliasDoc": public["vmImageAliasDoc"],
        "suffixes": {names.get(name, name): value for name, value in suffixes.items()},
    }


# --- subscriptions ---------------------------------------------------------------------------------------


def _subscriptions(world: World, asked: Asked, parts: Mapping[str, str]) -> Answer:
    told = visible(world, asked, (_subscription(world, one) for one in world.subscriptions.values()))
    return Answer(body={"value": told, "count": {"type": "Total", "value": len(told)}})


def _one_subscription(world: World, asked: Asked, parts: Mapping[str, str]) -> Answer:
    return Answer(body=_subscription(world, world.subscription(parts["subscription"])))


def _subscription(world: World, one: Subscription) -> Json:
    told: Json = {
        "id": f"/subscriptions/{one.id}",
        "authorizationSource": "RoleBased",
        "managedByTenants": [],
        "subscriptionId": one.id,
        "tenantId": world.tenant,
        "displayName": one.name,
        "state": "Enabled",
        "subscriptionPolicies": {
            "locationPlacementId": "Public_2014-09-01",
            "quotaId": "PayAsYouGo_2014-09-01",
            "spendingLimit": "Off",
        },
    }
    return {**told, "tags": one.tags} if one.tags else told


def _locations(world: World, asked: Asked, parts: Mapping[str, str]) -> Answer:
    one = world.subscription(parts["subscription"])
    told = [
        {
            "id": f"/subscriptions/{one.id}/locations/{name}",
            "name": name,
            "type": "Region",
            "displayName": title,
            "regionalDisplayName": title,
            "metadata": {"regionType": "Physical", "regionCategory": "Recommended"},
        }
        for name, title in REGIONS.items()
    ]
    return Answer(body={"value": told})


def _tenants(world: World, asked: Asked, parts: Mapping[str, str]) -> Answer:
    told = {
        "id": f"/tenants/{world.tenant}",
        "tenantId": world.tenant,
        "countryCode": "FR",
        "displayName": "Cloison emulator",
        "domains": ["emulator.localhost"],
        "tenantCategory": "Home",
        "defaultDomain": "emulator.localhost",
        "tenantType": "AAD",
    }
    return Answer(body={"value": [told]})


# --- providers -------------------------------------------------------------------------------------------


def _tenant_providers(world: World, asked: Asked, parts: Mapping[str, str]) -> Answer:
    return Answer(body={"value": [provider_body(one, None) for one in all_providers()]})


def _tenant_provider(world: World, asked: Asked, parts: Mapping[str, str]) -> Answer:
    return Answer(body=provider_body(_known(parts["namespace"]), None))


def _providers(world: World, asked: Asked, parts: Mapping[str, str]) -> Answer:
    one = world.subscription(parts["subscription"])
    return Answer(body={"value": [provider_body(name, one) for name in all_providers()]})


def _provider(world: World, asked: Asked, parts: Mapping[str, str]) -> Answer:
    one = world.subscription(parts["subscription"])
    return Answer(body=provider_body(_known(parts["namespace"]), one))


def _register(world: World, asked: Asked, parts: Mapping[str, str]) -> Answer:
    one = world.subscription(parts["subscription"])
    namespace = _known(parts["namespace"])
    one.unregistered.discard(namespace.lower())
    return Answer(body=provider_body(namespace, one))


def _unregister(world: World, asked: Asked, parts: Mapping[str, str]) -> Answer:
    one = world.subscription(parts["subscription"])
    namespace = _known(parts["namespace"])
    one.unregistered.add(namespace.lower())
    return Answer(body=provider_body(namespace, one))


def _known(namespace: str) -> str:
    """The namespace as Microsoft writes it. Raises Refused for one that there is not."""
    for name in all_providers():
        if name.lower() == namespace.lower():
            return name
    raise Refused(404, "InvalidResourceNamespace", f"The resource namespace '{namespace}' is invalid.")


SUBSCRIPTION = "/subscriptions/{subscription}"
PUBLIC_ROUTES = (route("GET", "/metadata/endpoints", _endpoints, version_needed=False),)
"""Answered without a token."""
ROUTES = (
    route("GET", "/subscriptions", _subscriptions),
    route("GET", SUBSCRIPTION, _one_subscription),
    route("GET", SUBSCRIPTION + "/locations", _locations),
    route("GET", "/tenants", _tenants),
    route("GET", "/providers", _tenant_providers),
    route("GET", "/providers/{namespace}", _tenant_provider),
    route("GET", SUBSCRIPTION + "/providers", _providers),
    route("GET", SUBSCRIPTION + "/providers/{namespace}", _provider),
    route("POST", SUBSCRIPTION + "/providers/{namespace}/register", _register),
    route("POST", SUBSCRIPTION + "/providers/{namespace}/unregister", _unregister),
)
