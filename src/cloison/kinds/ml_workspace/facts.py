"""What a workspace's body says, and what Azure takes where it says nothing."""

from __future__ import annotations

import msgspec

from cloison.arm.ids import ResourceId
from cloison.kinds._read import lower, mapped, region
from cloison.kinds._services import identity_types, principal, public_access, user_identities
from cloison.model.body import Body
from cloison.model.facts import Default, Fact, Known, Unknown
from cloison.model.snapshot import Resource

PUBLIC = "REST reference 2024-10-01, WorkspaceProperties.publicNetworkAccess: Enabled; checked 2026-11-24"
OPTIONAL: Default[ResourceId | None] = Default(
    None, "REST reference 2024-10-01, WorkspaceProperties: optional id; checked 2026-11-24"
)
NOT_HBI = Default(False, "REST reference 2024-10-01, hbiWorkspace: false unless set; checked 2026-11-24")
PLAIN = Default("Default", "REST reference 2024-10-01, Workspace.kind: Default; checked 2026-11-24")
NO_COMPUTE = Default("", "REST reference 2024-10-01, imageBuildCompute: optional; checked 2026-11-24")
NOT_LEGACY = Default(
    False, "Microsoft Learn, Network isolation change with our new API platform: false; checked 2026-11-24"
)
NOT_LEGACY_SINCE = "2022-05-01"
"""Older API versions take v1LegacyMode as true where the workspace has a private endpoint. Source: as NOT_LEGACY."""
UNMANAGED = Default(
    "Disabled", "Microsoft Learn, Workspace managed virtual network isolation; checked 2026-11-24"
)
KEYS = Default(
    "accesskey", "REST reference 2025-06-01, systemDatastoresAuthMode: AccessKey; checked 2026-11-24"
)


class MlWorkspace(msgspec.Struct, frozen=True, kw_only=True):
    """Settings of a workspace."""

    location: Fact[str]
    """Lower case without spaces."""
    kind: Fact[str]
    """`default`, `hub`, `project` or `featurestore`."""
    workspace_id: Fact[str | None]
    """The GUID in its host names, lower case; Known(None) while only planned."""
    storage: Fact[ResourceId | None]
    vault: Fact[ResourceId | None]
    registry: Fact[ResourceId | None]
    """Known(None): none yet; Azure makes one at the first image build."""
    insights: Fact[ResourceId | None]
    hub: Fact[ResourceId | None]
    """For a project: the hub whose services it uses."""
    public: Fact[bool]
    """False: the public address refuses everybody."""
    hbi: Fact[bool]
    """True: marked as holding data of high business impact."""
    legacy_mode: Fact[bool]
    """True: only the first API generation works."""
    identity: Fact[tuple[str, ...]]
    """`systemassigned`, `userassigned` or both; () for none."""
    principal: Fact[str | None]
    """Object id of the system-assigned identity, lower case; Known(None) while planned or without one."""
    user_identities: Fact[tuple[str, ...]]
    """Ids (lower case) of user-assigned identities."""
    primary_identity: Fact[ResourceId | None]
    """The user-assigned identity that the service itself uses, where one is named."""
    image_build_compute: Fact[str]
    """Name of the compute that builds images; '' where Azure's own builders do."""
    isolation: Fact[str]
    """Network that Microsoft manages for it: `disabled`, `allowinternetoutbound`, `allowonlyapprovedoutbound`."""
    datastores_auth: Fact[str]
    """`accesskey`, `identity` or `userdelegationsas`: how its own datastores are opened."""


def facts(resource: Resource) -> MlWorkspace:
    """The settings of one workspace, read once."""
    return resource.once(_read)


def _read(resource: Resource) -> MlWorkspace:
    body = resource.body
    own = body.at("properties")
    return MlWorkspace(
        location=region(body),
        kind=lower(body.at("kind").text(PLAIN)),
        workspace_id=mapped(own.at("workspaceId").settled(), lambda guid: guid.lower() if guid else None),
        storage=own.at("storageAccount").id(OPTIONAL),
        vault=own.at("keyVault").id(OPTIONAL),
        registry=own.at("containerRegistry").id(OPTIONAL),
        insights=own.at("applicationInsights").id(OPTIONAL),
        hub=own.at("hubResourceId").id(OPTIONAL),
        public=public(body),
        hbi=own.at("hbiWorkspace").flag(NOT_HBI),
        legacy_mode=legacy_mode(body),
        identity=identity_types(body),
        principal=principal(body),
        user_identities=user_identities(body),
        primary_identity=own.at("primaryUserAssignedIdentity").id(OPTIONAL),
        image_build_compute=own.at("imageBuildCompute").text(NO_COMPUTE),
        isolation=lower(own.at("managedNetwork/isolationMode").text(UNMANAGED)),
        datastores_auth=lower(own.at("systemDatastoresAuthMode").text(KEYS)),
    )


def public(body: Body) -> Fact[bool]:
    """False when the public address refuses everybody.

    The older flag counts only where the newer one is left out. `false` there shuts a workspace with a private
    endpoint only, and the last write of either wins, so alone it decides nothing.
    Source: Microsoft Learn, Configure a private endpoint for a workspace; checked 2026-11-24.
    """
    newer = body.at("properties/publicNetworkAccess")
    older = body.at("properties/allowPublicAccessWhenBehindVnet")
    if not newer.is_absent or older.is_absent:
        return public_access(newer, PUBLIC)
    told = older.flag()
    if isinstance(told, Known) and not told.value:
        text = f"{body.resource.name} states allowPublicAccessWhenBehindVnet alone, which is false"
        return Unknown(text, "state publicNetworkAccess", told.cite)
    return told


def legacy_mode(body: Body) -> Fact[bool]:
    """True when only the first API generation works.

    Unknown where an API version leaves it out whose default depends on private endpoints.
    """
    place = body.at("properties/v1LegacyMode")
    version = body.at("apiVersion").value
    if place.is_absent and isinstance(version, str) and version < NOT_LEGACY_SINCE:
        text = (
            f"v1LegacyMode of {body.resource.name} is left out, which before {NOT_LEGACY_SINCE} may mean true"
        )
        return Unknown(text, "state v1LegacyMode", place.cite())
    return place.flag(NOT_LEGACY)
