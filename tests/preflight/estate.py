"""A spoke that its team may change, and somebody else's hub in another subscription, which has the private zones."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from cloison.emulator import Emulator
from cloison.emulator.emulator import ask
from cloison.emulator.store import plant
from cloison.emulator.world import PRINCIPAL
from cloison.plan.preflight.check import Ask, Silent
from tests.plan.environments import public
from tests.reference import GROUP, SUBSCRIPTION, Body, snapshot

HUB = "00000000-0000-0000-0000-00000000000b"
HUB_GROUP = f"/subscriptions/{HUB}/resourceGroups/rg-hub"
SPOKE = f"/subscriptions/{SUBSCRIPTION}"
OWNER = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
CONTRIBUTOR = "b24988ac-6180-42a0-ab88-20f7382dd24c"
READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
NETWORKS = "4d97b98b-1d4f-4787-a291-c67834d212e7"
"""Network Contributor."""
JOINER = "00000000-0000-0000-0000-0000000000c1"
"""A role of the organisation's own, which may join private zones and nothing else."""
NETWORK_TEAM = "00000000-0000-0000-0000-0000000000d2"
"""Object id of whoever looks after the hub."""
ZONE = "Microsoft.Network/privateDnsZones"
ROLES = "Microsoft.Authorization/roleDefinitions"


def moved(body: Body) -> Body:
    """A zone, and what is in it, in the hub; anything else as it is."""
    if not body["type"].startswith(ZONE):
        return body
    return {**body, "id": body["id"].replace(GROUP, HUB_GROUP)}


def spoke(reference: str = "same network", *, linked: bool = False) -> list[Body]:
    """An environment open to everybody, with its private zones in the hub; linked: they answer in its network."""
    bodies = [moved(one) for one in public(reference, zones=True)]
    return [one for one in bodies if linked or not one["type"].endswith("/virtualNetworkLinks")]


def role(guid: str, scope: str, principal: str = PRINCIPAL) -> Body:
    """A role that somebody has at a scope."""
    name = str(uuid.uuid5(uuid.NAMESPACE_URL, guid + scope + principal))
    properties = {
        "roleDefinitionId": f"{SPOKE}/providers/{ROLES}/{guid}",
        "principalId": principal,
        "principalType": "ServicePrincipal",
        "scope": scope,
    }
    kind = "Microsoft.Authorization/roleAssignments"
    return {"id": f"{scope}/providers/{kind}/{name}", "name": name, "type": kind, "properties": properties}


def definition(guid: str, *actions: str, excepted: Iterable[str] = ()) -> Body:
    """A role of the organisation's own."""
    permission = {"actions": list(actions), "notActions": list(excepted)}
    return {
        "id": f"{SPOKE}/providers/{ROLES}/{guid}",
        "name": guid,
        "type": ROLES,
        "properties": {"roleName": guid, "type": "CustomRole", "permissions": [permission]},
    }


def team(*in_the_hub: str) -> list[Body]:
    """Roles of a team: owner of its own subscription, and others in the hub; and the owner of the hub."""
    return [
        definition(JOINER, f"{ZONE}/join/action"),
        role(OWNER, SPOKE),
        *(role(one, HUB_GROUP) for one in in_the_hub),
        role(OWNER, f"/subscriptions/{HUB}", NETWORK_TEAM),
        role(OWNER, SPOKE, NETWORK_TEAM),
    ]


def azure(bodies: Iterable[Body], roles: Iterable[Body] = ()) -> Emulator:
    """An emulator that holds callers to their roles."""
    emulator = Emulator(subscriptions=(SUBSCRIPTION, HUB), limited=True)
    plant(emulator.world, snapshot([*bodies, *roles]))
    return emulator


def asking(emulator: Emulator) -> Callable[[Iterable[Ask]], Mapping[Ask, Any]]:
    """Asks an emulator in this process."""

    def told(one: Ask) -> Any:
        answer = ask(emulator, "GET", f"{one.path}?api-version={one.api}")
        if answer.status != 200:
            return Silent(f"{answer.status} {answer.body['error']['code']}", answer.status)
        return answer.body["value"] if one.listed else answer.body

    return lambda asks: {one: told(one) for one in asks}
