"""The three public Azure clouds and the host suffixes that differ between them.

Sources: Microsoft Learn, "Azure Kubernetes Service outbound rules", "Configure inbound and outbound
network traffic" and "How to use your workspace with a custom DNS server" (03/26/2026); checked 2026-01-05.
"""

from __future__ import annotations

import msgspec


class Cloud(msgspec.Struct, frozen=True):
    """Host suffixes of one cloud, none with a leading dot."""

    name: str
    resource_manager: str
    login: str
    ml_api: str
    notebooks: str
    inference: str
    storage: str
    vault: str
    vault_zone: str
    registry: str
    aks: str
    """API server suffix after the region, e.g. `azmk8s.io`."""

    def kubernetes_zone(self, region: str) -> str:
        """Name of the private DNS zone of private API servers in one region."""
        return f"privatelink.{region}.{self.aks}"


PUBLIC = Cloud(
    name="AzureCloud",
    resource_manager="management.azure.com",
    login="login.microsoftonline.com",
    ml_api="api.azureml.ms",
    notebooks="notebooks.azure.net",
    inference="inference.ml.azure.com",
    storage="core.windows.net",
    vault="vault.azure.net",
    vault_zone="vaultcore.azure.net",
    registry="azurecr.io",
    aks="azmk8s.io",
)
US_GOVERNMENT = Cloud(
    name="AzureUSGovernment",
    resource_manager="management.usgovcloudapi.net",
    login="login.microsoftonline.us",
    ml_api="api.ml.azure.us",
    notebooks="notebooks.usgovcloudapi.net",
    inference="inference.ml.azure.us",
    storage="core.usgovcloudapi.net",
    vault="vault.usgovcloudapi.net",
    vault_zone="vaultcore.usgovcloudapi.net",
    registry="azurecr.us",
    aks="cx.aks.containerservice.azure.us",
)
CHINA = Cloud(
    name="AzureChinaCloud",
    resource_manager="management.chinacloudapi.cn",
    login="login.chinacloudapi.cn",
    ml_api="api.ml.azure.cn",
    notebooks="notebooks.chinacloudapi.cn",
    inference="inference.ml.azure.cn",
    storage="core.chinacloudapi.cn",
    vault="vault.azure.cn",
    vault_zone="vaultcore.azure.cn",
    registry="azurecr.cn",
    aks="cx.prod.service.azk8s.cn",
)

CLOUDS = {cloud.name: cloud for cloud in (PUBLIC, US_GOVERNMENT, CHINA)}


def cloud_of_region(region: str) -> Cloud:
    """The cloud that a region name belongs to; the public one for names that tell nothing.

    Source: US Government regions begin `usgov`/`usdod`, China's begin `china`; checked 2026-01-05.
    """
    name = region.lower().replace(" ", "")
    if name.startswith(("usgov", "usdod")):
        return US_GOVERNMENT
    if name.startswith("china"):
        return CHINA
    return PUBLIC


REGIONS = {
    "westeurope": "West Europe",
    "northeurope": "North Europe",
    "francecentral": "France Central",
    "germanywestcentral": "Germany West Central",
    "italynorth": "Italy North",
    "norwayeast": "Norway East",
    "polandcentral": "Poland Central",
    "spaincentral": "Spain Central",
    "swedencentral": "Sweden Central",
    "switzerlandnorth": "Switzerland North",
    "uksouth": "UK South",
    "ukwest": "UK West",
    "eastus": "East US",
    "eastus2": "East US 2",
    "centralus": "Central US",
    "northcentralus": "North Central US",
    "southcentralus": "South Central US",
    "westcentralus": "West Central US",
    "westus": "West US",
    "westus2": "West US 2",
    "westus3": "West US 3",
    "canadacentral": "Canada Central",
    "canadaeast": "Canada East",
    "mexicocentral": "Mexico Central",
    "brazilsouth": "Brazil South",
    "southafricanorth": "South Africa North",
    "uaenorth": "UAE North",
    "qatarcentral": "Qatar Central",
    "israelcentral": "Israel Central",
    "centralindia": "Central India",
    "southindia": "South India",
    "westindia": "West India",
    "eastasia": "East Asia",
    "southeastasia": "Southeast Asia",
    "japaneast": "Japan East",
    "japanwest": "Japan West",
    "koreacentral": "Korea Central",
    "koreasouth": "Korea South",
    "australiaeast": "Australia East",
    "australiasoutheast": "Australia Southeast",
    "australiacentral": "Australia Central",
    "newzealandnorth": "New Zealand North",
    "eastus2euap": "East US 2 EUAP",
    "centraluseuap": "Central US EUAP",
    "usgovvirginia": "USGov Virginia",
    "usgovarizona": "USGov Arizona",
    "usgovtexas": "USGov Texas",
    "chinaeast2": "China East 2",
    "chinanorth3": "China North 3",
}
"""Regions by name: those of the public cloud that most subscriptions have, and some of the others.
Source: Microsoft Learn, "Azure regions list"; checked 2026-11-24."""
