"""How a security rule behaves: its values are checked, and no two of one direction share a priority.

Sources: REST reference 2025-09-01, SecurityRule; exchanges recorded by azure-service-operator and cloud-custodian
(2021-2023); checked 2026-11-24.
"""

from __future__ import annotations

import re

from cloison.kinds import _network
from cloison.model.behaviour import Behaviour, Chance, Effects, Json, Request, Schema, State, Write, look

PRIORITIES = range(100, 4097)
PORT_MAX = 65535
_TAG = re.compile(r"[A-Za-z][A-Za-z0-9.]*\Z")
_NUMBERS = re.compile(r"[0-9a-fA-F:.]+(/\d{1,3})?\Z")
LISTS = ("sourcePortRanges", "destinationPortRanges", "sourceAddressPrefixes", "destinationAddressPrefixes")

SCHEMA = Schema(
    required=(
        "properties/protocol",
        "properties/access",
        "properties/direction",
        "properties/priority",
    ),
    enums={
        "properties/protocol": ("*", "Tcp", "Udp", "Icmp", "Esp", "Ah"),
        "properties/access": ("Allow", "Deny"),
        "properties/direction": ("Inbound", "Outbound"),
    },
    defaults={f"properties/{name}": [] for name in LISTS},
)


def make(state: State, request: Request, body: Json, chance: Chance) -> Effects:
    """The rule."""
    priority = look(body, "properties/priority")
    if not isinstance(priority, int) or isinstance(priority, bool) or priority not in PRIORITIES:
        raise _network.refused(
            "SecurityRuleInvalidPriority",
            f"Security rule has invalid Priority. Value provided: {priority} Allowed range 100-4096.",
        )
    for side in ("source", "destination"):
        _check_side(body, request, side)
    direction = look(body, "properties/direction")
    for name, other in _network.beside(state, request, "securityRules"):
        same = look(other, "properties/priority") == priority
        theirs = look(other, "properties/direction")
        if same and isinstance(theirs, str) and theirs.lower() == str(direction).lower():
            raise _network.refused(
                "SecurityRuleConflict",
                f"Security rule {request.id.name} conflicts with rule {name}. Rules cannot have the same Priority and "
                f"Direction.",
            )
    _network.check_references(state, request, body)
    return Effects(writes=(Write(request.id, body),))


def _check_side(body: Json, request: Request, side: str) -> None:
    """Where packets come from or go to: prefixes or groups, and ports."""
    prefixes = _both(body, f"{side}AddressPrefix", f"{side}AddressPrefixes")
    groups = look(body, f"properties/{side}ApplicationSecurityGroups")
    if not prefixes and not groups:
        raise _network.refused(
            "SecurityRuleParameterNotSpecified",
            f"Required security rule parameters are missing for security rule with Id: {request.id.text}. Security "
            f"rule must specify either {side}AddressPrefix, {side}AddressPrefixes or {side}ApplicationSecurityGroups.",
        )
    for text in prefixes:
        if text != "*" and not _TAG.match(text) and not _NUMBERS.match(text):
            raise _network.refused(
                "SecurityRuleInvalidAddressPrefix",
                f"Security rule has invalid Address prefix. Value provided: {text}",
            )
    ports = _both(body, f"{side}PortRange", f"{side}PortRanges")
    if not ports:
        raise _network.refused(
            "SecurityRuleParameterNotSpecified",
            f"Required security rule parameters are missing for security rule with Id: {request.id.text}. Security "
            f"rule must specify either {side}PortRange or {side}PortRanges.",
        )
    for text in ports:
        if not _is_range(text):
            raise _network.refused(
                "SecurityRuleInvalidPortRange",
                f"Security rule has invalid Port range. Value provided: {text}. Value should be an integer OR integer "
                f"range with '-' delimiter. Valid range 0-{PORT_MAX}.",
            )


def _both(body: Json, one: str, many: str) -> list[str]:
    single = look(body, f"properties/{one}")
    listed = _network.texts(body, f"properties/{many}")
    return ([str(single)] if single not in (None, "") else []) + listed


def _is_range(text: str) -> bool:
    if text == "*":
        return True
    first, dash, last = text.partition("-")
    ends = (first, last) if dash else (first, first)
    if not all(end.isascii() and end.isdigit() for end in ends):
        return False
    low, high = int(ends[0]), int(ends[1])
    return low <= high <= PORT_MAX


BEHAVIOUR = Behaviour(
    schema=SCHEMA,
    make=make,
    etags="body",
    proxied=True,
    patchable=False,
    put=_network.put(11, 1),
    delete=_network.delete(11),
)
