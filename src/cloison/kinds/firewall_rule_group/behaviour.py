"""How a group of firewall rules behaves: one priority in its policy, collections that filter or translate.

Sources: REST reference 2025-09-01, FirewallPolicyRuleCollectionGroup; Microsoft Learn, Azure Firewall policy rule
sets (priorities); a duration recorded by azure-cli; checked 2026-11-24.
"""

from __future__ import annotations

from cloison.kinds import _network
from cloison.model.behaviour import Behaviour, Chance, Effects, Json, Request, Schema, State, Write, look

COLLECTIONS = "properties/ruleCollections"
PRIORITIES = range(100, 65001)

SCHEMA = Schema(
    enums={
        f"{COLLECTIONS}/*/ruleCollectionType": (
            "FirewallPolicyFilterRuleCollection",
            "FirewallPolicyNatRuleCollection",
        ),
        f"{COLLECTIONS}/*/action/type": ("Allow", "Deny", "DNAT", "SNAT"),
        f"{COLLECTIONS}/*/rules/*/ruleType": ("ApplicationRule", "NetworkRule", "NatRule"),
    },
    defaults={COLLECTIONS: []},
)


def make(state: State, request: Request, body: Json, chance: Chance) -> Effects:
    """The group."""
    _check_priority(look(body, "properties/priority"), f"rule collection group {request.id.name}")
    seen: dict[int, str] = {}
    for one in _network.items(look(body, COLLECTIONS), COLLECTIONS):
        priority = _check_priority(one.get("priority"), f"rule collection {one.get('name')}")
        if priority in seen:
            raise _network.refused(
                "FirewallPolicyRuleCollectionPriorityConflict",
                f"Rule collections {seen[priority]} and {one.get('name')} of {request.id.text} have the same priority.",
            )
        seen[priority] = str(one.get("name"))
    _network.check_references(state, request, body)
    return Effects(writes=(Write(request.id, body),))


def _check_priority(told: object, what: str) -> int:
    if not isinstance(told, int) or isinstance(told, bool) or told not in PRIORITIES:
        raise _network.refused(
            "FirewallPolicyInvalidPriority",
            f"The priority {told} of {what} is not between {PRIORITIES[0]} and {PRIORITIES[-1]}.",
        )
    return told


BEHAVIOUR = Behaviour(
    schema=SCHEMA,
    make=make,
    etags="body",
    proxied=True,
    patchable=False,
    put=_network.put(10, 10),
    delete=_network.delete(11),
)
