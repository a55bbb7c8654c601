"""Where a template is deployed: the ids, names and endpoints that its scope functions give.

What the caller does not know stays a symbol that ids show in braces: `{subscription}`, `{resourceGroup}`.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any, Final

import msgspec

from cloison.sources.arm_template.symbols import STRING, Symbol, Value, as_segment, join


class Level(Enum):
    """What a deployment is made in."""

    RESOURCE_GROUP = "resourceGroup"
    SUBSCRIPTION = "subscription"
    MANAGEMENT_GROUP = "managementGroup"
    TENANT = "tenant"


_SCHEMAS: Final[Mapping[str, Level]] = {
    "deploymenttemplate.json": Level.RESOURCE_GROUP,
    "subscriptiondeploymenttemplate.json": Level.SUBSCRIPTION,
    "managementgroupdeploymenttemplate.json": Level.MANAGEMENT_GROUP,
    "tenantdeploymenttemplate.json": Level.TENANT,
}
"""Last part of `$schema`. Source: Microsoft Learn, "ARM template structure", checked 2026-01-05."""


def level_of_schema(template: Mapping[str, Value]) -> Level | None:
    """The level that a template's `$schema` names, or None."""
    schema = template.get("$schema")
    if not isinstance(schema, str):
        return None
    return _SCHEMAS.get(schema.rstrip("#").rpartition("/")[2].lower())


class Scope(msgspec.Struct, frozen=True):
    """Where the outermost template is deployed. None is not known: the value stays a symbol."""

    level: Level | None = None
    """None: as the template's `$schema` says, else a resource group."""
    subscription: str | None = None
    resource_group: str | None = None
    management_group: str | None = None
    tenant: str | None = None
    location: str | None = None
    """Of the resource group, or of a deployment at a higher level."""
    deployment: str | None = None
    """Name of the deployment."""
    cloud: str = "AzureCloud"
    utc_now: str | None = None
    """ISO 8601 text for utcNow(); None keeps it open."""
    new_guid: str | None = None
    """Text for newGuid(); None keeps it open."""


def open_name(text: str, label: str) -> Symbol:
    """A name that the scope does not tell."""
    return Symbol(text, kind=STRING, label=label, nullable=False, segment=True)


class Target(msgspec.Struct, frozen=True):
    """The scope of one deployment, each part a text or a symbol."""

    level: Level
    subscription: str | Symbol
    resource_group: str | Symbol
    management_group: str | Symbol
    tenant: str | Symbol
    location: str | Symbol

    @classmethod
    def of(cls, scope: Scope, level: Level) -> Target:
        """The target of the outermost deployment."""
        return cls(
            level=level,
            subscription=scope.subscription or open_name("subscription().subscriptionId", "subscription"),
            resource_group=scope.resource_group or open_name("resourceGroup().name", "resourceGroup"),
            management_group=scope.management_group or open_name("managementGroup().name", "managementGroup"),
            tenant=scope.tenant or open_name("tenant().tenantId", "tenant"),
            location=scope.location
            or (
                open_name("resourceGroup().location", "location")
                if level is Level.RESOURCE_GROUP
                else open_name("deployment().location", "location")
            ),
        )

    @property
    def id(self) -> str | Symbol:
        """The id that a resource's `/providers/…` follows; empty for the tenant."""
        if self.level is Level.RESOURCE_GROUP:
            return group_id(self.subscription, self.resource_group)
        if self.level is Level.SUBSCRIPTION:
            return join(["/subscriptions/", as_segment(self.subscription)])
        if self.level is Level.MANAGEMENT_GROUP:
            return join(
                ["/providers/Microsoft.Management/managementGroups/", as_segment(self.management_group)]
            )
        return ""

    def at(
        self,
        level: Level,
        *,
        subscription: str | Symbol | None = None,
        management_group: str | Symbol | None = None,
    ) -> Target:
        """A scope of another level; a subscription or management group that is not told stays the same."""
        return msgspec.structs.replace(
            self,
            level=level,
            subscription=self.subscription if subscription is None else subscription,
            management_group=self.management_group if management_group is None else management_group,
        )

    def group(self, name: str | Symbol, subscription: str | Symbol | None = None) -> Target:
        """A resource group of this or another subscription. Its location is not known."""
        subscription = self.subscription if subscription is None else subscription
        same = self.level is Level.RESOURCE_GROUP and str(name).lower() == str(self.resource_group).lower()
        if same and str(subscription).lower() == str(self.subscription).lower():
            return self
        where = open_name(f"resourceGroup('{name}').location", f"location of {name}")
        return msgspec.structs.replace(
            self, level=Level.RESOURCE_GROUP, resource_group=name, subscription=subscription, location=where
        )


def group_id(subscription: str | Symbol, name: str | Symbol) -> str | Symbol:
    """The id of a resource group."""
    return join(["/subscriptions/", as_segment(subscription), "/resourceGroups/", as_segment(name)])


def _suffixes(storage: str, sql: str, vault: str, extra: Mapping[str, str]) -> dict[str, Any]:
    return {
        "acrLoginServer": extra["acr"],
        "azureDatalakeAnalyticsCatalogAndJob": extra.get("analytics", ""),
        "azureDatalakeStoreFileSystem": extra.get("lake", ""),
        "azureFrontDoorEndpointSuffix": "azurefd.net",
        "keyvaultDns": vault,
        "sqlServerHostname": sql,
        "storage": storage,
    }


def _environment(name: str, hosts: Mapping[str, str], suffixes: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": name,
        "gallery": hosts["gallery"],
        "graph": hosts["graph"],
        "portal": hosts["portal"],
        "graphAudience": hosts["graph"],
        "activeDirectoryDataLake": "https://datalake.azure.net/",
        "batch": hosts["batch"],
        "media": hosts["media"],
        "sqlManagement": hosts["sql"],
        "vmImageAliasDoc": "https://raw.githubusercontent.com/Azure/azure-rest-api-specs/master/arm-compute/quickstart-templates/aliases.json",
        "resourceManager": hosts["manager"],
        "authentication": {
            "loginEndpoint": hosts["login"],
            "audiences": [hosts["core"], hosts["manager"]],
            "tenant": "common",
            "identityProvider": "AAD",
        },
        "suffixes": suffixes,
    }


ENVIRONMENTS: Final[Mapping[str, dict[str, Any]]] = {
    "AzureCloud": _environment(
        "AzureCloud",
        {
            "gallery": "https://gallery.azure.com/",
            "graph": "https://graph.windows.net/",
            "portal": "https://portal.azure.com",
            "batch": "https://batch.core.windows.net/",
            "media": "https://rest.media.azure.net",
            "sql": "https://management.core.windows.net:8443/",
            "manager": "https://management.azure.com/",
            "login": "https://login.microsoftonline.com/",
            "core": "https://management.core.windows.net/",
        },
        _suffixes(
            "core.windows.net",
            ".database.windows.net",
            ".vault.azure.net",
            {
                "acr": ".azurecr.io",
                "analytics": "azuredatalakeanalytics.net",
                "lake": "azuredatalakestore.net",
            },
        ),
    ),
    "AzureUSGovernment": _environment(
        "AzureUSGovernment",
        {
            "gallery": "https://gallery.azure.us/",
            "graph": "https://graph.windows.net/",
            "portal": "https://portal.azure.us",
            "batch": "https://batch.core.usgovcloudapi.net/",
            "media": "https://rest.media.usgovcloudapi.net",
            "sql": "https://management.core.usgovcloudapi.net:8443/",
            "manager": "https://management.usgovcloudapi.net",
            "login": "https://login.microsoftonline.us/",
            "core": "https://management.core.usgovcloudapi.net",
        },
        _suffixes(
            "core.usgovcloudapi.net",
            ".database.usgovcloudapi.net",
            ".vault.usgovcloudapi.net",
            {"acr": ".azurecr.us"},
        ),
    ),
    "AzureChinaCloud": _environment(
        "AzureChinaCloud",
        {
            "gallery": "https://gallery.chinacloudapi.cn/",
            "graph": "https://graph.chinacloudapi.cn/",
            "portal": "https://portal.azure.cn",
            "batch": "https://batch.chinacloudapi.cn/",
            "media": "https://rest.media.chinacloudapi.cn",
            "sql": "https://management.core.chinacloudapi.cn:8443/",
            "manager": "https://management.chinacloudapi.cn",
            "login": "https://login.chinacloudapi.cn/",
            "core": "https://management.core.chinacloudapi.cn",
        },
        _suffixes(
            "core.chinacloudapi.cn", ".database.chinacloudapi.cn", ".vault.azure.cn", {"acr": ".azurecr.cn"}
        ),
    ),
}
"""What environment() gives. Sources: Microsoft Learn, "Deployment functions for ARM templates", environment, for the
public cloud; azure-cli's cloud definitions for the others' hosts (2.91); checked 2026-01-05."""
