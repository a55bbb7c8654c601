"""What an Azure Monitor private link scope's body says. Source: REST reference 2021-09-01, accessModeSettings
is required there; older answers lack it, and what holds then is not told; checked 2026-11-24.
"""

from __future__ import annotations

import msgspec

from cloison.kinds._read import one_of
from cloison.model.facts import Fact
from cloison.model.snapshot import Resource

MODES = {"privateonly": True, "open": False}


class MonitorPrivateLinkScope(msgspec.Struct, frozen=True, kw_only=True):
    """Settings of a scope."""

    ingestion_private_only: Fact[bool]
    """True: linked networks can send to resources of the scope only."""
    query_private_only: Fact[bool]
    """True: linked networks can query resources of the scope only."""


def facts(resource: Resource) -> MonitorPrivateLinkScope:
    """The settings of one scope, read once."""
    return resource.once(_read)


def _read(resource: Resource) -> MonitorPrivateLinkScope:
    told = resource.body.at("properties/accessModeSettings")
    return MonitorPrivateLinkScope(
        ingestion_private_only=one_of(told.at("ingestionAccessMode"), MODES),
        query_private_only=one_of(told.at("queryAccessMode"), MODES),
    )
