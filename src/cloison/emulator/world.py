"""What all parts of the emulator share: the state, the operations on it, the subscriptions, the time."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeAlias

import msgspec

from cloison.arm.ids import ResourceId
from cloison.controlplane import Azure, Seeded
from cloison.emulator.clock import AtOnce, Clock, written
from cloison.emulator.operations import Operations
from cloison.emulator.wire import Answer, Asked
from cloison.model.behaviour import Json, Refused

TENANT = "c1015000-0000-4000-8000-0000000000aa"
SUBSCRIPTION = "c1015000-0000-4000-8000-000000000001"
PRINCIPAL = "c1015000-0000-4000-8000-0000000000ee"
"""Object id of whoever calls, unless the token says another."""

_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


Internal: TypeAlias = "Callable[[World, Asked], Answer]"


class Subscription(msgspec.Struct, kw_only=True):
    """One subscription."""

    id: str
    name: str
    tags: Json = {}
    unregistered: set[str] = msgspec.field(default_factory=set)
    """Namespaces in lower case that are not registered; all others are."""

    @property
    def arm_id(self) -> ResourceId:
        """`/subscriptions/…`."""
        return ResourceId(f"/subscriptions/{self.id}")


class World:
    """One Azure with everything around its resources."""

    def __init__(
        self,
        *,
        state: Azure | None = None,
        clock: Clock | None = None,
        subscriptions: tuple[str, ...] = (SUBSCRIPTION,),
        tenant: str = TENANT,
        seed: str = "cloison",
    ) -> None:
        """seed: decides every name and GUID that Azure would choose."""
        self.state = state if state is not None else Azure()
        self.clock = clock if clock is not None else AtOnce()
        self.operations = Operations(self.state, self.clock)
        self.tenant = tenant
        self.limited = False
        """Callers may do what roles give them; else everybody may do everything."""
        self.seed = seed
        self.followers: list[Callable[[], bool]] = []
        """What moves on when operations end; each says whether it did."""
        self.internal: Internal = _nobody
        """How a part of the emulator sends a request to another: whoever routes requests sets it."""
        self.number = 0
        """Of the request that is being answered; those to Resource Manager count, from 1."""
        self.queried: tuple[object, list[Json]] | None = None
        """Of the last query of Resource Graph: what it was about, and its rows."""
        self._drawn = 0
        self.subscriptions: dict[str, Subscription] = {}
        for id in subscriptions:
            self.subscribe(id)

    def subscribe(self, id: str) -> None:
        """Let there be a subscription of that id."""
        key = id.lower()
        number = len(self.subscriptions)
        name = "Cloison emulator" if not number else f"Cloison emulator {number + 1}"
        self.subscriptions.setdefault(key, Subscription(id=key, name=name))

    def subscription(self, id: str) -> Subscription:
        """The subscription. Raises Refused where there is none."""
        found = self.subscriptions.get(id.lower())
        if found is not None:
            return found
        if not _GUID.fullmatch(id.lower()):
            text = f"The provided subscription identifier '{id}' is malformed or invalid."
            raise Refused(400, "InvalidSubscriptionId", text)
        raise Refused(404, "SubscriptionNotFound", f"The subscription '{id}' could not be found.")

    def group(self, id: ResourceId) -> Json:
        """The resource group of an id. Raises Refused where there is none."""
        name = id.resource_group
        found = self.operations.show(ResourceId(f"/subscriptions/{id.subscription}/resourceGroups/{name}"))
        if found is None:
            raise Refused(404, "ResourceGroupNotFound", f"Resource group '{name}' could not be found.")
        return found

    def settle(self) -> None:
        """End whatever is due, and what follows from that."""
        moved = True
        while moved:
            moved = self.operations.settle()
            for one in self.followers:
                moved = one() or moved

    @property
    def now(self) -> str:
        """The time, as ARM writes it."""
        return written(self.clock.seconds())

    def chance(self) -> Seeded:
        """What comes from outside, another each time: the same requests in the same order get the same."""
        self._drawn += 1
        return Seeded(f"{self.seed}/{self._drawn}", now=self.now)


def _nobody(world: World, asked: Asked) -> Answer:
    raise AssertionError("nobody routes requests in this world")
