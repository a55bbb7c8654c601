"""An Azure Machine Learning environment: which resources belong together, told without resource types."""

from __future__ import annotations

from enum import Enum

import msgspec

from cloison.arm.ids import ResourceId
from cloison.model.facts import Fact
from cloison.model.network import Facet


class Workspace(Facet, frozen=True, kw_only=True):
    """A workspace and what it names as its own."""

    location: Fact[str]
    storage: Fact[ResourceId | None]
    vault: Fact[ResourceId | None]
    registry: Fact[ResourceId | None]
    """Known(None): none yet; Azure makes one at the first image build."""
    insights: Fact[ResourceId | None]
    hub: Fact[ResourceId | None]
    """Set for a project: the hub whose services it uses."""


class Attachment(Facet, frozen=True, kw_only=True):
    """A compute of a workspace that stands on a cluster."""

    workspace: ResourceId
    cluster: Fact[ResourceId | None]


class ExtraStorage(Facet, frozen=True, kw_only=True):
    """A datastore of a workspace: storage that its workloads use."""

    workspace: ResourceId
    account: Fact[str]
    """Account name in lower case."""
    subresources: tuple[str, ...]


class Link(Enum):
    """Why a cluster and a workspace are judged together."""

    ATTACHED = "attached"
    INTENDED = "intended"
    """Nothing is attached yet; they stand in one template or network."""


class Environment(msgspec.Struct, frozen=True):
    """One workspace, one cluster, and the services the pair depends on."""

    workspace: ResourceId | None
    cluster: ResourceId
    link: Link
    storage: ResourceId | None
    vault: ResourceId | None
    registry: ResourceId | None
    insights: ResourceId | None
    extra_storage: tuple[ResourceId, ...] = ()

    @property
    def services(self) -> tuple[ResourceId, ...]:
        """Workspace, storage, vault, registry and extra storage, those that are known."""
        named = (self.workspace, self.storage, self.vault, self.registry, *self.extra_storage)
        return tuple(id for id in named if id is not None)
