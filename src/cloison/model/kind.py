"""What a kind is: the folder that knows one resource type.

A kind is found by its folder: `cloison.kinds.<folder>` holds `KIND`, and the first word of the folder's
module docstring is the resource type, so that a kind is imported only when a snapshot holds one of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import msgspec

from cloison.model.network import Facet
from cloison.model.snapshot import Resource, Snapshot

FacetReader = Callable[[Resource, Snapshot], Iterable[Facet]]


def no_facets(resource: Resource, snapshot: Snapshot) -> Iterable[Facet]:
    """For kinds that take no part in the network."""
    return ()


class Naming(msgspec.Struct, frozen=True, kw_only=True):
    """Which names Azure takes."""

    pattern: str
    """Regular expression that a whole name matches."""
    words: str
    """The same for people: `3 to 24 lower-case letters and digits`."""


class Kind(msgspec.Struct, frozen=True, kw_only=True):
    """What Azure knows of one resource type, for the rest of Cloison."""

    type: str
    """As Microsoft writes it: `Microsoft.Network/virtualNetworks`."""
    facets: FacetReader = no_facets
    nested: Mapping[str, str] = {}
    """Children that come inside the body: pointer of the list -> last type segment
    (`properties/subnets` -> `subnets`). Each becomes a resource of its own."""
    renamed: Mapping[str, str] = {}
    """Properties that `az` prints under another name at the top: `networkRuleSet` -> `networkAcls`."""
    title: str = ""
    """Short name for people: `virtual network`."""
    bare: bool = False
    """Its bodies have no `properties` of their own: what the command line prints of it is whole."""
    naming: Naming | None = None
    """Which names it can have. None: nobody has asked yet.
    Source of all: Microsoft Learn, Naming rules and restrictions for Azure resources; checked 2026-11-25."""
