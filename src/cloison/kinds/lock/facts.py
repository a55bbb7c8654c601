"""What a lock's body says. Source: REST reference 2020-05-01, ManagementLocks; checked 2026-11-24."""

from __future__ import annotations

import msgspec

from cloison.arm.ids import ResourceId
from cloison.kinds._read import one_of
from cloison.model.facts import Default, Fact
from cloison.model.snapshot import Resource

NO_NOTES = Default("", "REST reference 2020-05-01, notes: optional; checked 2026-11-24")


class Lock(msgspec.Struct, frozen=True, kw_only=True):
    """Settings of a lock."""

    scope: ResourceId
    """What it keeps, with everything below."""
    read_only: Fact[bool]
    """True: nothing may be changed; False: nothing may be deleted."""
    notes: Fact[str]
    """Why, in its owner's words."""


def facts(resource: Resource) -> Lock:
    """The settings of one lock, read once."""
    return resource.once(_read)


def _read(resource: Resource) -> Lock:
    own = resource.body.at("properties")
    return Lock(
        scope=resource.id.parent,
        read_only=one_of(own.at("level"), {"readonly": True, "cannotdelete": False}),
        notes=own.at("notes").text(NO_NOTES),
    )
