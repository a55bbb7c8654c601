"""Identities that Azure gives to resources. Knows no resource type.

Source: ARM common types v3, ManagedServiceIdentity; answers recorded by azure-cli (2020-2023); checked 2026-11-24.
"""

from __future__ import annotations

from typing import Any

from cloison.arm.ids import ResourceId
from cloison.model.behaviour import Chance, Json, Refused, State, look

TENANT = "tenant"
"""What the tenant's GUID is asked of chance for: one in a whole environment."""


def identified(state: State, id: ResourceId, body: Json, old: Json | None, chance: Chance) -> Json:
    """The body whose identity has its principals; an identity that stays keeps its principal."""
    told: Any = body.get("identity")
    if not isinstance(told, dict):
        return body
    kind = str(told.get("type", "None"))
    words = {word.strip().lower() for word in kind.split(",")}
    if words == {"none"}:
        return {**body, "identity": {"type": "None"}}
    before = (old or {}).get("identity") or {}
    identity = dict(told)
    if "systemassigned" in words:
        identity["principalId"] = before.get("principalId") or chance.guid("principal", str(id))
        identity["tenantId"] = before.get("tenantId") or tenant(state, id)
    else:
        identity.pop("principalId", None)
        identity.pop("tenantId", None)
    users = identity.get("userAssignedIdentities")
    if isinstance(users, dict):
        held = before.get("userAssignedIdentities") or {}
        for name in users:
            if name not in held:
                _check(state, id, name)
        identity["userAssignedIdentities"] = {name: _user(state, name) for name in users}
    return {**body, "identity": identity}


def _check(state: State, id: ResourceId, name: str) -> None:
    """Raises Refused for an identity that there is not, in a group that is known.

    Source: an answer recorded by azure-service-operator (2023); checked 2026-11-24.
    """
    group = ResourceId(name.partition("/providers/")[0]) if name.startswith("/") else None
    if group is None or state.get(group) is None or state.get(ResourceId(name)) is not None:
        return
    raise Refused(
        400,
        "FailedIdentityOperation",
        f"Identity operation for resource '{id.text}' failed with error 'Failed to perform resource identity "
        f'operation. Status: \'BadRequest\'. Response: \'{{"error":{{"code":"BadRequest","message":'
        f"\"Resource '{name}' was not found.\"}}}}'.'.",
    )


def _user(state: State, name: str) -> Json:
    own = state.get(ResourceId(name)) if name.startswith("/") else None
    return {"principalId": look(own, "properties/principalId"), "clientId": look(own, "properties/clientId")}


def tenant(state: State, id: ResourceId) -> str:
    """The tenant of a resource's subscription, as the subscription says it."""
    home = state.get(ResourceId(f"/subscriptions/{id.subscription}"))
    told = home.get("tenantId") if home is not None else None
    return str(told) if told else NOBODY


NOBODY = "00000000-0000-0000-0000-0000000000aa"
"""The tenant where no subscription says another."""
