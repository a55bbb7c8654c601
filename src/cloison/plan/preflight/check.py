"""What a check is: questions to Azure, and what their answers mean for one request. Knows no check by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Literal

import msgspec

from cloison.arm.ids import ResourceId
from cloison.model.behaviour import Json, Request
from cloison.model.snapshot import Gap
from cloison.plan.world import World

FORBIDDEN = 403
GONE = 404

Way = Literal["grant", "send", "unlock", "room", "wait"]
"""How others can help: `grant` a right; `send` the request themselves, or grant; `unlock` for a while; make `room`, or
raise a quota; or there is only to `wait` for what Azure Policy makes."""


class Ask(msgspec.Struct, frozen=True, order=True):
    """One question, a GET."""

    path: str
    api: str
    listed: bool = True
    """The answer is a list, in pages."""
    right: str = ""
    """Action that asking takes."""


class Silent(msgspec.Struct, frozen=True):
    """No answer, and why."""

    why: str
    status: int = 0
    """As Azure refused it; 0: it was not asked, or did not get there."""


NOT_ASKED = Silent("nothing was asked live")


class Answers:
    """What Azure answered. live: whether it can be asked at all."""

    def __init__(self, *, live: bool = False) -> None:
        self.live = live
        self._told: dict[Ask, Any] = {}

    def __contains__(self, ask: Ask) -> bool:
        return ask in self._told

    def add(self, told: Mapping[Ask, Any]) -> None:
        """Answers, each a JSON value or a `Silent`."""
        self._told |= told

    def items(self, ask: Ask) -> Sequence[Json] | Silent:
        """The items of a list that was asked for; or why there are none."""
        told = self._told.get(ask, NOT_ASKED)
        if isinstance(told, Silent):
            return told
        return [one for one in told if isinstance(one, dict)] if isinstance(told, list) else []

    def body(self, ask: Ask) -> Json | Silent:
        """An answer that is no list."""
        told = self._told.get(ask, NOT_ASKED)
        return told if isinstance(told, Silent | dict) else Silent("an answer that is no object")


class Right(msgspec.Struct, frozen=True, order=True):
    """Something that a request takes."""

    action: str
    """As roles name it: `Microsoft.Network/privateDnsZones/join/action`."""
    scope: ResourceId


class Obstacle(msgspec.Struct, frozen=True, kw_only=True):
    """What is in the way of one request, or may be."""

    check: str
    sure: bool
    """Azure would refuse the request."""
    held: bool
    """The request is not for the caller to send: it is split off."""
    why: str
    place: ResourceId
    """What whoever can help looks after: a resource group, a subscription, a resource."""
    way: Way
    help: str
    """What they can do."""
    missing: tuple[Right, ...] = ()
    """Rights that would do, each at the nearest scope that is there, so that it can be granted."""
    commands: tuple[str, ...] = ()
    """For a shell, where the help can be told as such."""


class Situation(msgspec.Struct, frozen=True, kw_only=True):
    """One request in its place in a plan."""

    request: Request
    azure: World
    """The state right before it, as predicted."""
    start: World
    """The state as it was read."""
    gaps: Sequence[Gap]
    """What could not be read."""
    answers: Answers


class Inquiry(msgspec.Struct, frozen=True):
    """One request, before anything was asked."""

    request: Request
    start: World
    """The state as it was read."""


Questions = Callable[[Inquiry], Iterable[Ask]]
"""What has to be asked to decide about a request."""
Judge = Callable[[Situation], Iterable[Obstacle]]
"""What is in the way of a request; nothing: it goes through, as far as this check knows."""


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """One check."""

    name: str
    title: str
    """A sentence that is true where nothing is in the way."""
    blind: str
    """What it cannot know where nothing was asked live; empty: it needs no answers."""
    judge: Judge
    asks: Questions | None = None
    reads: tuple[str, ...] = ()
    """Actions that asking takes."""


def nearest(start: World, id: ResourceId) -> ResourceId:
    """The id, or the nearest thing around it that is there: rights are inherited from it."""
    while id not in start and id.parent and id.parent != id and "/providers/" in id:
        id = id.parent
    return id


def group_of(id: ResourceId) -> ResourceId:
    """The resource group of a resource, else its subscription: what people look after as one."""
    return ResourceId(id.text.partition("/providers/")[0]) if "/providers/" in id else id
