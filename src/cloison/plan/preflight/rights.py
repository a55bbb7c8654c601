"""Roles that hold rights: what to ask for where some are missing. Each type says its narrowest role itself."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from cloison.kinds import rights_of
from cloison.plan.preflight.check import Right

WIDEST = "Contributor"
"""The role for what no narrower one is known for. It gives no roles."""


class Grant(msgspec.Struct, frozen=True, order=True):
    """A built-in role at a scope."""

    scope: str
    role: str


def type_in(action: str) -> str:
    """The type that an action is about: `Microsoft.Network/privateDnsZones` of `…/privateDnsZones/join/action`."""
    head, _, verb = action.rpartition("/")
    return head.rpartition("/")[0] if verb.lower() == "action" else head


def grants(rights: Iterable[Right]) -> list[Grant]:
    """The narrowest built-in roles that hold some rights, each where it is needed."""
    return sorted(
        {Grant(one.scope.text, rights_of(type_in(one.action)).role or WIDEST) for one in rights},
    )
