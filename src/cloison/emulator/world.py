"""What all parts of the emulator share: the state, the operations on it, the subscriptions, the time."""

from __future__ import annotations

import re

import msgspec

from cloison.arm.ids import ResourceId
from cloison.controlplane import Azure, Seeded
from cloison.emulator.clock import AtOnce, Clock, written
from cloison.emulator.operations import Operations
from cloison.model.behaviour import Json, Refused

TENANT = "c1015000-0000-4000-8000-0000000000aa"
SUBSCRIPTION = "c1015000-0000-4000-8000-000000000001"
PRINCIPAL = "c1015000-0000-4000-8000-0000000000ee"
"""Object id of whoever calls, unless the token says another."""

_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


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
        self.seed = seed
        self.number = 0
        """Of the request that is being answered; those to Resource Manager count, from 1."""
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
        """End whatever is due."""
        while self.operations.settle():
            pass

    @property
    def now(self) -> str:
        """The time, as ARM writes it."""
        return written(self.clock.seconds())

    def chance(self, *about: str) -> Seeded:
        """What comes from outside for the request that is being answered."""
        return Seeded("/".join((self.seed, str(self.number), *about)), now=self.now)
