"""What a role assignment's body says.

Role definitions are told by their GUID alone: ARM answers tenant ids where requests had subscription ids.
Source: Microsoft Learn, Azure built-in roles; answers recorded by azure-cli; checked 2026-11-24.
"""

from __future__ import annotations

import re

import msgspec

from cloison.arm.ids import ResourceId
from cloison.kinds._read import lower, mapped
from cloison.model.body import Body, Open
from cloison.model.facts import Default, Fact, Known, Origin, Unknown
from cloison.model.snapshot import Resource

ROLES = {
    "storage blob data contributor": "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
    "storage blob data reader": "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1",
    "storage account contributor": "17d1049b-9a84-46fb-8f53-869881c3d3ab",
    "storage file data privileged contributor": "69566ab7-960f-475b-8e7c-b3118f30c6bd",
    "acrpull": "7f951dda-4ed3-4680-a7ca-43fe172d538d",
    "owner": "8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
    "contributor": "b24988ac-6180-42a0-ab88-20f7382dd24c",
    "reader": "acdd72a7-3385-48ef-bd42-f606fba81ae7",
    "network contributor": "4d97b98b-1d4f-4787-a291-c67834d212e7",
    "private dns zone contributor": "b12aa53e-6015-4669-85d0-8515ebb3ae7f",
    "kubernetes extension contributor": "85cb6faf-e071-4c9b-8136-154b5a04f717",
    "azure kubernetes service cluster admin role": "0ab0b1a8-8aac-4efd-b8c2-3ee1fb270be8",
    "key vault administrator": "00482a5a-887f-4fb3-b363-3b7fe8e74483",
    "key vault secrets user": "4633458b-17de-408a-b874-0445c86b69e6",
    "azureml data scientist": "f6c7c914-8db3-469d-8ca1-694a8f32e121",
}
"""Built-in roles by name in lower case, as GUIDs. Source: Microsoft Learn, Azure built-in roles; checked 2026-11-24."""

_GUID_AT_END = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$")
NO_KIND = Default("", "REST reference 2022-04-01, principalType: optional; checked 2026-11-24")
UNCONDITIONAL = Default("", "REST reference 2022-04-01, condition: optional; checked 2026-11-24")


class RoleAssignment(msgspec.Struct, frozen=True, kw_only=True):
    """Settings of a role assignment."""

    scope: ResourceId
    """Resource, group or subscription that the role holds for, with everything below."""
    role: Fact[str]
    """GUID of the role definition in lower case."""
    principal: Fact[str]
    """Object id of who has the role, in lower case."""
    principal_text: str
    """An object id that is decided only at deployment, as the input writes it; '' otherwise."""
    principal_kind: Fact[str]
    """`serviceprincipal`, `user`, `group` in lower case; '' if not told."""
    condition: Fact[str]
    """Condition under which it holds; '' for always."""


def facts(resource: Resource) -> RoleAssignment:
    """The settings of one assignment, read once."""
    return resource.once(_read)


def _read(resource: Resource) -> RoleAssignment:
    own = resource.body.at("properties")
    principal = own.at("principalId")
    return RoleAssignment(
        scope=resource.id.parent,
        role=role(own),
        principal=lower(principal.text()),
        principal_text=principal.value.text if isinstance(principal.value, Open) else "",
        principal_kind=lower(own.at("principalType").text(NO_KIND)),
        condition=own.at("condition").text(UNCONDITIONAL),
    )


def role(own: Body) -> Fact[str]:
    """GUID of the role: the end of its id, also where the id's beginning is open, else by a built-in role's name."""
    place, named = own.at("roleDefinitionId"), own.at("roleDefinitionName")
    end = place.value.suffix if isinstance(place.value, Open) else ""
    guid = _GUID_AT_END.search(end.lower())
    if guid:
        return Known(guid.group(), place.cite(Origin.DERIVED))
    if place.is_absent and not named.is_absent:
        return _by_name(named)
    return mapped(lower(place.text()), lambda text: text.rstrip("/").rpartition("/")[2])


def _by_name(named: Body) -> Fact[str]:
    name = lower(named.text())
    if isinstance(name, Unknown):
        return name
    guid = ROLES.get(name.value)
    if guid is None:
        text = f"role {name.value!r} is told by a name that Cloison does not know"
        return Unknown(text, f"add roleDefinitionId of {named.resource.text}", name.cite)
    return Known(guid, named.cite(Origin.DERIVED))
