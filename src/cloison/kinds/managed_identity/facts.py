"""What a managed identity's body says. Source: REST reference 2023-01-31; checked 2026-11-24."""

from __future__ import annotations

import msgspec

from cloison.kinds._read import mapped, region
from cloison.model.facts import Fact
from cloison.model.snapshot import Resource


class ManagedIdentity(msgspec.Struct, frozen=True, kw_only=True):
    """Settings of an identity."""

    location: Fact[str]
    """Lower case without spaces."""
    principal: Fact[str | None]
    """Object id in lower case; Known(None) while only planned."""
    client: Fact[str | None]
    """Application id in lower case; Known(None) while only planned."""


def facts(resource: Resource) -> ManagedIdentity:
    """The settings of one identity, read once."""
    return resource.once(_read)


def _read(resource: Resource) -> ManagedIdentity:
    own = resource.body.at("properties")
    return ManagedIdentity(
        location=region(resource.body),
        principal=mapped(own.at("principalId").settled(), lambda text: text.lower() if text else None),
        client=mapped(own.at("clientId").settled(), lambda text: text.lower() if text else None),
    )
