"""The emulator: takes a request, gives the answer. No sockets: a server hands requests over, or a test does.

The order is Azure's: time first, then faults, then who asks, then what is asked for.
Source for headers: answers recorded by azure-cli (2020-2023); Microsoft Learn, "Understand how Azure Resource Manager
throttles requests"; checked 2026-11-24.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from cloison.controlplane import Azure
from cloison.emulator import (
    access,
    activity,
    admin,
    discovery,
    groups,
    resources,
    rights,
    signin,
    tags,
    usages,
    watcher,
)
from cloison.emulator.clock import Clock
from cloison.emulator.deployments.deploying import Deployments
from cloison.emulator.deployments.routes import Deploying
from cloison.emulator.faults import FaultPlan, planned
from cloison.emulator.graph import routes as graph
from cloison.emulator.providers import check_version
from cloison.emulator.routing import Table
from cloison.emulator.throttle import Throttle
from cloison.emulator.wire import BODY_MAX, Answer, Asked, refusal
from cloison.emulator.world import SUBSCRIPTION, TENANT, World
from cloison.model.behaviour import Refused

LOGGED = 200_000
"""Requests that are remembered."""

_GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


class Logged(NamedTuple):
    """One request to Resource Manager, and its answer's status."""

    number: int
    method: str
    path: str
    version: str
    status: int
    fault: str


class Emulator:
    """Azure on this machine."""

    def __init__(
        self,
        *,
        state: Azure | None = None,
        clock: Clock | None = None,
        faults: Sequence[str] = (),
        subscriptions: tuple[str, ...] = (SUBSCRIPTION,),
        tenant: str = TENANT,
        seed: str = "cloison",
        throttled: bool = False,
        limited: bool = False,
    ) -> None:
        """faults: as `faults.plan` writes them. throttled: requests are refused when they come faster than Azure takes
        them; else only the headers say how many are left. limited: callers may do what roles give them. Raises
        CloisonError for a fault that there is none of.
        """
        self.world = World(state=state, clock=clock, subscriptions=subscriptions, tenant=tenant, seed=seed)
        self.world.limited = limited
        self.faults = FaultPlan(tuple(planned(text) for text in faults))
        self.log: deque[Logged] = deque(maxlen=LOGGED)
        self.throttle = Throttle(self.world.clock, enforced=throttled)
        self._open = Table((*discovery.PUBLIC_ROUTES, *signin.ROUTES))
        self.deployments = Deployments(self.world)
        self.world.followers.append(self.deployments.advance)
        self.world.internal = self._internal
        self._routes = Table(
            (
                *Deploying(self.deployments).routes(),
                *discovery.ROUTES,
                *groups.ROUTES,
                *tags.ROUTES,
                *access.ROUTES,
                *usages.ROUTES,
                *activity.ROUTES,
                *graph.ROUTES,
                *watcher.ROUTES,
                *resources.ROUTES,
            )
        )

    @property
    def state(self) -> Azure:
        """Azure as it stands."""
        return self.world.state

    def answer(self, asked: Asked) -> Answer:
        """The answer to a request."""
        self.world.settle()
        if asked.path.startswith("/_cloison/"):
            return admin.answer(self.world, self.faults, self.log, asked)
        route, parts, _ = self._open.find(asked.method, asked.path)
        if route is not None:
            return self._handled(lambda: route.handle(self.world, asked, parts))
        self.world.number += 1
        answer = self.faults.before(self.world, asked)
        if answer is None:
            answer = self._handled(lambda: self._arm(asked))
            if self.faults.waiting:
                answer = self.faults.after(self.world, asked, answer)
        self._headed(asked, answer)
        struck = self.faults.struck[-1] if self.faults.struck else (0, "")
        fault = struck[1] if struck[0] == self.world.number else ""
        self.log.append(
            Logged(self.world.number, asked.method, asked.path, asked.version, answer.status, fault)
        )
        return answer

    def _handled(self, handle: Any) -> Answer:
        try:
            answer: Answer = handle()
        except Refused as refused:
            answer = refusal(refused)
        return answer

    def _arm(self, asked: Asked) -> Answer:
        """The answer of Resource Manager."""
        try:
            who = signin.caller(self.world, asked)
        except Refused as refused:
            return msgspec.structs.replace(
                refusal(refused), headers=signin.challenge(self.world, asked, refused)
            )
        if len(asked.body) > BODY_MAX:
            text = f"The request content size exceeds the maximum size of {BODY_MAX} bytes."
            raise Refused(413, "RequestContentTooLarge", text)
        self.throttle.take(asked)
        route, parts, other = self._routes.find(asked.method, asked.path)
        if route is None and other:
            text = f"The requested resource does not support http method '{asked.method}'."
            raise Refused(405, "MethodNotAllowed", text)
        if route is None:
            raise Refused(404, "NotFound", f"'{asked.path[:200]}' was not found.")
        if route.version_needed:
            check_version(asked.version)
        operation = resources.polled(self.world, asked) if asked.method == "GET" else None
        if operation is not None:
            return operation
        if self.world.limited:
            rights.check(self.world, who, asked)
        if route in graph.ROUTES:
            told = self.throttle.graph(asked)
            answer = route.handle(self.world, asked, parts)
            answer.headers |= told
            return answer
        return route.handle(self.world, asked, parts)

    def _internal(self, world: World, asked: Asked) -> Answer:
        """The answer to a request that a part of the emulator sends to another. Raises Refused."""
        route, parts, _ = self._routes.find(asked.method, asked.path)
        if route is None:
            raise Refused(404, "NotFound", f"'{asked.path[:200]}' was not found.")
        check_version(asked.version)
        return route.handle(world, asked, parts)

    def _headed(self, asked: Asked, answer: Answer) -> None:
        """The headers that every answer of Resource Manager has."""
        chance = self.world.chance()
        request = chance.guid("request")
        told = asked.headers.get("x-ms-correlation-request-id", "")
        correlation = told if _GUID.fullmatch(told) else request
        answer.headers = {
            "Cache-Control": "no-cache",
            "Pragma": "no-cache",
            "Expires": "-1",
            "x-ms-request-id": request,
            "x-ms-correlation-request-id": correlation,
            "x-ms-routing-request-id": f"WESTEUROPE:{_compact(chance.now)}:{request}",
            "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
            "X-Content-Type-Options": "nosniff",
            **self.throttle.left(asked),
            **answer.headers,
        }
        client = asked.headers.get("x-ms-client-request-id", "")
        if (
            _GUID.fullmatch(client)
            and asked.headers.get("x-ms-return-client-request-id", "").lower() == "true"
        ):
            answer.headers["x-ms-client-request-id"] = client


def _compact(time: str) -> str:
    """`20260105T100000Z`."""
    return time[:19].replace("-", "").replace(":", "") + "Z"


def ask(
    emulator: Emulator,
    method: str,
    target: str,
    body: Any = None,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """The answer to a request with a token of the emulator's own: for whoever holds the emulator itself."""
    token = signin.issued(emulator.world, "https://localhost", "cloison")
    told = {"Authorization": f"Bearer {token}", **(headers or {})}
    return emulator.answer(Asked.of(method, target, body, told))
