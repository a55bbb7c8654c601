"""What an Application Insights component's body says, and what Azure takes where it says nothing."""

from __future__ import annotations

import msgspec

from cloison.arm.ids import ResourceId
from cloison.kinds._read import region
from cloison.kinds._services import public_access
from cloison.model.facts import Default, Fact
from cloison.model.snapshot import Resource

PUBLIC = (
    "REST reference 2020-02-02, publicNetworkAccessForIngestion and ForQuery: Enabled; checked 2026-11-24"
)
CLASSIC: Default[ResourceId | None] = Default(
    None, "REST reference 2020-02-02, WorkspaceResourceId: only workspace-based ones; checked 2026-11-24"
)


class AppInsights(msgspec.Struct, frozen=True, kw_only=True):
    """Settings of a component."""

    location: Fact[str]
    """Lower case without spaces."""
    public_ingestion: Fact[bool]
    """False: logs are taken through a private link scope only."""
    public_query: Fact[bool]
    """False: logs are shown through a private link scope only."""
    log_workspace: Fact[ResourceId | None]
    """The Log Analytics workspace behind it."""


def facts(resource: Resource) -> AppInsights:
    """The settings of one component, read once."""
    return resource.once(_read)


def _read(resource: Resource) -> AppInsights:
    own = resource.body.at("properties")
    return AppInsights(
        location=region(resource.body),
        public_ingestion=public_access(own.at("publicNetworkAccessForIngestion"), PUBLIC),
        public_query=public_access(own.at("publicNetworkAccessForQuery"), PUBLIC),
        log_workspace=own.at("WorkspaceResourceId").id(CLASSIC),
    )
