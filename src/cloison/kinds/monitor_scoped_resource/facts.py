"""What a scoped resource's body says. Source: REST reference 2021-09-01; checked 2026-11-24."""

from __future__ import annotations

import msgspec

from cloison.arm.ids import ResourceId
from cloison.model.facts import Fact
from cloison.model.snapshot import Resource


class MonitorScopedResource(msgspec.Struct, frozen=True, kw_only=True):
    """Settings of a scoped resource."""

    scope: ResourceId
    linked: Fact[ResourceId | None]
    """The component, log workspace or collection endpoint that belongs to the scope."""


def facts(resource: Resource) -> MonitorScopedResource:
    """The settings of one scoped resource, read once."""
    return resource.once(_read)


def _read(resource: Resource) -> MonitorScopedResource:
    linked = resource.body.at("properties/linkedResourceId").id()
    return MonitorScopedResource(scope=resource.id.parent, linked=linked)
