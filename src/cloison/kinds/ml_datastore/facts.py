"""What a datastore's body says, and what Azure takes where it says nothing."""

from __future__ import annotations

import msgspec

from cloison.arm.ids import ResourceId
from cloison.kinds._read import lower
from cloison.model.facts import Default, Fact
from cloison.model.snapshot import Resource

SUBRESOURCES = {
    "azureblob": ("blob",),
    "azurefile": ("file",),
    "azuredatalakegen2": ("dfs", "blob"),
}
"""Type in lower case -> sub-resources its workloads ask for; a data lake is asked at both.
Source: Microsoft Learn, Use private endpoints for Azure Storage, dfs and blob; checked 2026-11-24."""
NOT_DEFAULT = Default(False, "REST reference 2024-10-01, isDefault: read-only; checked 2026-11-24")
NO_IDENTITY = Default(
    "None", "REST reference 2024-10-01, serviceDataAccessAuthIdentity: None; checked 2026-11-24"
)
SAME_CLOUD = Default("", "REST reference 2024-10-01, endpoint: the cloud's own suffix; checked 2026-11-24")


class MlDatastore(msgspec.Struct, frozen=True, kw_only=True):
    """Settings of a datastore."""

    workspace: ResourceId
    type: Fact[str]
    """`azureblob`, `azurefile`, `azuredatalakegen2`, `azuredatalakegen1`, `onelake` in lower case."""
    account: Fact[str]
    """Account name in lower case."""
    endpoint: Fact[str]
    """Host suffix of the account, `core.windows.net`; '' for the cloud's own."""
    is_default: Fact[bool]
    access_identity: Fact[str]
    """Identity with which the service reads it: `none`, `workspacesystemassignedidentity`,
    `workspaceuserassignedidentity`."""


def facts(resource: Resource) -> MlDatastore:
    """The settings of one datastore, read once."""
    return resource.once(_read)


def _read(resource: Resource) -> MlDatastore:
    own = resource.body.at("properties")
    return MlDatastore(
        workspace=resource.id.parent,
        type=lower(own.at("datastoreType").text()),
        account=lower(own.at("accountName").text()),
        endpoint=lower(own.at("endpoint").text(SAME_CLOUD)),
        is_default=own.at("isDefault").flag(NOT_DEFAULT),
        access_identity=lower(own.at("serviceDataAccessAuthIdentity").text(NO_IDENTITY)),
    )
