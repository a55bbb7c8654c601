"""How a firewall policy behaves: it holds groups of rules, may rest on another policy, and stays while it is used.

Sources: REST reference 2025-09-01, FirewallPolicy; durations recorded by azure-cli; checked 2026-11-24.
"""

from __future__ import annotations

from cloison.arm.ids import ResourceId
from cloison.kinds import _network
from cloison.model.behaviour import (
    Behaviour,
    Chance,
    Effects,
    Json,
    Request,
    Schema,
    State,
    Write,
    laid,
    look,
)

GROUPS = "ruleCollectionGroups"

SCHEMA = Schema(
    enums={
        "properties/sku/tier": ("Standard", "Premium", "Basic"),
        "properties/threatIntelMode": ("Alert", "Deny", "Off"),
    },
    defaults={"properties/sku/tier": "Standard", "properties/threatIntelMode": "Alert"},
    read_only=(
        "properties/provisioningState",
        f"properties/{GROUPS}",
        "properties/firewalls",
        "properties/childPolicies",
        "properties/size",
    ),
)


def make(state: State, request: Request, body: Json, chance: Chance) -> Effects:
    """The policy."""
    _network.check_references(state, request, body)
    base = _network.parsed(look(body, "properties/basePolicy/id"))
    while base is not None:
        if base == request.id:
            raise _network.refused(
                "FirewallPolicyBasePolicyCycle", f"Firewall policy {request.id.text} cannot rest on itself."
            )
        base = _network.parsed(look(state.get(base), "properties/basePolicy/id"))
    return Effects(writes=(Write(request.id, body),))


def _users(state: State, id: ResourceId) -> tuple[list[ResourceId], list[ResourceId]]:
    """Firewalls that follow it, and policies that rest on it."""
    return list(_network.holders(state, id, "firewallPolicy")), list(
        _network.holders(state, id, "basePolicy")
    )


def held(state: State, request: Request) -> None:
    """Raises Refused while firewalls or other policies use it."""
    firewalls, children = _users(state, request.id)
    if firewalls or children:
        raise _network.refused(
            "InUseFirewallPolicyCannotBeDeleted",
            f"Firewall policy {request.id.text} is in use by "
            f"{', '.join(one.text for one in (*firewalls, *children))} and cannot be deleted.",
        )


def show(state: State, id: ResourceId, body: Json) -> Json:
    """The policy with its groups and those who use it."""
    firewalls, children = _users(state, id)
    for name, ids in (
        (GROUPS, state.children(id, GROUPS)),
        ("firewalls", firewalls),
        ("childPolicies", children),
    ):
        body = laid(body, f"properties/{name}", [{"id": one.text} for one in ids])
    return body


BEHAVIOUR = Behaviour(
    schema=SCHEMA,
    make=make,
    held=held,
    show=show,
    etags="body",
    patchable=False,
    put=_network.put(10, 10),
    delete=_network.delete(11),
)
