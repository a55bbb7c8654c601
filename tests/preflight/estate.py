"""A spoke that its team may change, and a hub of somebody else's in another subscription, which has the private zones."""

from __future__ import annotations

from collections.abc import Iterable

from cloison.emulator import Emulator
from cloison.emulator.store import plant
from cloison.emulator.world import PRINCIPAL
from tests.plan.environments import public
from tests.reference import GROUP, SUBSCRIPTION, Body, snapshot

HUB = "00000000-0000-0000-0000-00000000000b"
HUB_GROUP = f"/subscriptions/{HUB}/resourceGroups/rg-hub"
OWNER = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
CONTRIBUTOR = "b24988ac-6180-42a0-ab88-20f7382dd24c"
READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
ZONES = "b12aa53e-6015-4669-85d0-8515ebb3ae7f"
NETWORKS = "4d97b98b-1d4f-4787-a291-c67834d212e7"
ZONE = "Microsoft.Network/privateDnsZones"


def moved(body: Body) -> Body:
    """A zone, and what is in it, in the hub."""
    if not body["type"].startswith(ZONE):
        return body
    return {**body, "id": body["id"].replace(GROUP, HUB_GROUP)}


def spoke(reference: str = "same network", *, linked: bool = False) -> list[Body]:
    """An environment open to everybody, with its private zones in the hub; linked: they answer in its network."""
    bodies = [moved(one) for one in public(reference, zones=True)]
    return [one for one in bodies if linked or not one["type"].endswith("/virtualNetworkLinks")]


def role(guid: str, scope: str, principal: str = PRINCIPAL, number: int = 0) -> Body:
    """A role assignment."""
    name = f"00000000-0000-0000-0000-{abs(hash_of(guid + scope + principal)) % 10**12:012}"
    definition = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/{guid}"
    return {
        "id": f"{scope}/providers/Microsoft.Authorization/roleAssignments/{name}",
        "name": name,
        "type": "Microsoft.Authorization/roleAssignments",
        "properties": {
            "roleDefinitionId": definition,
            "principalId": principal,
            "principalType": "ServicePrincipal",
            "scope": scope,
        },
    }


def hash_of(text: str) -> int:
    """The same for the same text in every process."""
    return int.from_bytes(text.encode()[-7:], "big") + sum(text.encode()) * 1_000_003


def owner_of_the_spoke(*hub: str) -> list[Body]:
    """Roles of a team: owner of its subscription, and others in the hub."""
    return [role(OWNER, f"/subscriptions/{SUBSCRIPTION}"), *(role(one, HUB_GROUP) for one in hub)]


def azure(bodies: Iterable[Body], roles: Iterable[Body] = ()) -> Emulator:
    """An emulator that holds callers to their roles."""
    emulator = Emulator(subscriptions=(SUBSCRIPTION, HUB), limited=True)
    plant(emulator.world, snapshot([*bodies, *roles]))
    return emulator

