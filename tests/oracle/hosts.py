"""The names that pods ask for, and how Azure names them on the private side."""

from __future__ import annotations

from dataclasses import dataclass

from .arm import Body, props, region

_STORAGE = ("blob", "file", "queue", "table")


@dataclass(frozen=True)
class Ask:
    """One host name of one service."""

    target: str
    subresource: str
    host: str
    alias: str
    zone: str
    ports: tuple[int, ...]
    member: str
    tag: str
    region: str


def _storage(body: Body) -> list[Ask]:
    account = str(body["name"]).lower()
    return [
        Ask(
            target=str(body["id"]).lower(),
            subresource=kind,
            host=f"{account}.{kind}.core.windows.net",
            alias=f"{account}.privatelink.{kind}.core.windows.net",
            zone=f"privatelink.{kind}.core.windows.net",
            ports=(443, 445) if kind == "file" else (443,),
            member="",
            tag="storage",
            region=region(body.get("location")),
        )
        for kind in _STORAGE
    ]


def _simple(body: Body, subresource: str, public: str, zone: str, label: str, member: str, tag: str) -> Ask:
    return Ask(
        target=str(body["id"]).lower(),
        subresource=subresource,
        host=f"{label}.{public}",
        alias=f"{label}.{zone}",
        zone=zone,
        ports=(443,),
        member=member,
        tag=tag,
        region=region(body.get("location")),
    )


def _vault(body: Body) -> list[Ask]:
    name = str(body["name"]).lower()
    zone = "privatelink.vaultcore.azure.net"
    return [_simple(body, "vault", "vault.azure.net", zone, name, "", "azurekeyvault")]


def _registry(body: Body) -> list[Ask]:
    name, where = str(body["name"]).lower(), region(body.get("location"))
    zone, tag = "privatelink.azurecr.io", "azurecontainerregistry"
    return [
        _simple(body, "registry", "azurecr.io", zone, name, "registry", tag),
        _simple(body, "registry", "azurecr.io", zone, f"{name}.{where}.data", f"registry_data_{where}", tag),
    ]


def _workspace(body: Body) -> list[Ask]:
    own, where = props(body), region(body.get("location"))
    label, tag = f"{own['workspaceId']}.workspace.{where}".lower(), "azuremachinelearning"
    notebooks = str(own["notebookInfo"]["fqdn"]).lower().removesuffix(".notebooks.azure.net")
    api, books = "privatelink.api.azureml.ms", "privatelink.notebooks.azure.net"
    return [
        _simple(body, "amlworkspace", "api.azureml.ms", api, label, "", tag),
        _simple(body, "amlworkspace", "api.azureml.ms", api, f"{label}.cert", "", tag),
        _simple(body, "amlworkspace", "notebooks.azure.net", books, notebooks, "", tag),
    ]


_BY_TYPE = {
    "microsoft.storage/storageaccounts": _storage,
    "microsoft.keyvault/vaults": _vault,
    "microsoft.containerregistry/registries": _registry,
    "microsoft.machinelearningservices/workspaces": _workspace,
}


def asks(body: Body) -> list[Ask]:
    """Every name that pods may ask for at this service; none for other resources."""
    make = _BY_TYPE.get(str(body.get("type", "")).lower())
    return make(body) if make else []
