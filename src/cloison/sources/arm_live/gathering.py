"""Gathering: Resource Graph for breadth, then one call for each list that it lacks, many at a time.

What may not be read becomes a gap that names the right; nothing that failed is taken for an empty list.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from cloison.arm.client import Arm
from cloison.arm.errors import Answered
from cloison.arm.ids import NotAnId, ResourceId
from cloison.kinds import expand_nested, folders, kind_of, live_of
from cloison.model.live import Live
from cloison.model.secrets import without_secrets
from cloison.model.snapshot import Gap, Resource, Snapshot
from cloison.sources._reading import Reading
from cloison.sources.arm_live import log
from cloison.sources.arm_live.near import Near, subscriptions
from cloison.sources.arm_live.rows import rows, tables
from cloison.sources.arm_live.scope import Scope

ROUNDS_MAX = 8
"""Rounds of looking further, each from what the one before brought. The deepest chain we know takes four:
workspace, compute's cluster, its endpoint's zone group, the zone in a hub's subscription."""
CONNECTIONS = "privateEndpointConnections"
GONE = 404
FORBIDDEN = 403
SUBSCRIPTIONS_API = "2022-12-01"

Progress = Callable[[str, int, int], None]
"""(what is being read, done, known so far)."""


class Gathering:
    """One reading of a live ARM."""

    def __init__(self, arm: Arm, scope: Scope, progress: Progress) -> None:
        self.arm = arm
        self.scope = scope
        self.progress = progress
        self.bodies: dict[ResourceId, dict[str, Any]] = {}
        self.gaps: dict[tuple[str, str], Gap] = {}
        self._listed: set[str] = set()
        self._asked: set[ResourceId] = set()
        self._heard: set[ResourceId] = set()
        self._searched: set[str] = set()
        self._done = 0
        self._known = 0

    async def read(self) -> Reading:
        """Everything near the environments in scope. Raises ArmError where ARM itself cannot be used."""
        wanted = set(self.scope.subscriptions) or await self._visible()
        near = None
        for _ in range(ROUNDS_MAX):
            await self._search(wanted - self._searched)
            near = Near(self._snapshot(), self.scope)
            calls = self._lists(near)
            silent = [id for id in near.silent() if id in self.bodies and id not in self._heard]
            missing = [id for id in sorted(near.named()) if id not in self.bodies and id not in self._asked]
            further = subscriptions(near.named()) - self._searched
            if not calls and not missing and not further and not silent:
                break
            await self._all([self._list(*call) for call in calls])
            await self._all([self._connections(id) for id in silent])
            await self._all([self._get(id) for id in missing if id.subscription in self._searched])
            wanted |= further
        assert near is not None
        return Reading(tuple(self._resources(near)), tuple(self.gaps.values()))

    async def _visible(self) -> set[str]:
        found: set[str] = set()
        async for page in self.arm.pages("/subscriptions", SUBSCRIPTIONS_API):
            found |= {str(one["subscriptionId"]).lower() for one in page if isinstance(one, dict)}
        return found

    async def _search(self, fresh: set[str]) -> None:
        """Rows of all tables, and lists that hang on a subscription."""
        if not fresh:
            return
        self._searched |= fresh
        named = sorted(fresh)

        async def table(name: str, types: list[str]) -> None:
            self._add(await rows(self.arm, named, name, types, lambda count: self._tell("resources", count)))

        await self._all([table(name, types) for name, types in tables().items()])
        for type in folders():
            live = live_of(type)
            if live is not None and not live.table and not live.below:
                homes = [ResourceId(f"/subscriptions/{one}") for one in named]
                await self._all([self._list(home, type, live) for home in homes])

    def _lists(self, near: Near) -> list[tuple[ResourceId, str, Live]]:
        """Lists below near resources that were not asked for yet."""
        found: list[tuple[ResourceId, str, Live]] = []
        by_parent: dict[str, list[tuple[str, Live]]] = {}
        for type in folders():
            live = live_of(type)
            if live is not None and live.below and not live.inside:
                by_parent.setdefault(live.below.lower(), []).append((type, live))
        for id in list(self.bodies):
            for type, live in by_parent.get(id.type, ()):
                if near.listed(id) and f"{id}/{live.path}".lower() not in self._listed:
                    self._listed.add(f"{id}/{live.path}".lower())
                    found.append((id, type, live))
        return found

    async def _list(self, parent: ResourceId, type: str, live: Live) -> None:
        found: list[dict[str, Any]] = []
        path, query = (log.where(parent, live), log.query(parent, live)) if live.log_days else (None, {})
        try:
            async for page in self.arm.pages(path or f"{parent.text}/{live.path}", live.api, **query):
                found.extend(one for one in page if isinstance(one, dict))
        except Answered as problem:
            self._gap(parent, type, live, problem)
        else:
            if not found:
                self._say_none(parent, type)
            self._add(found if not live.log_days else log.entries(parent, live, found))
        self._tell("details", 1)

    async def _connections(self, id: ResourceId) -> None:
        """The private endpoints that a service knows, where its own answer is silent."""
        self._heard.add(id)
        live = live_of(id.type)
        if live is None or not live.connects:
            return
        found: list[dict[str, Any]] = []
        try:
            async for page in self.arm.pages(f"{id.text}/{CONNECTIONS}", live.api):
                found.extend(one for one in page if isinstance(one, dict))
        except Answered as problem:
            kind = kind_of(id.type)
            own = msgspec.structs.replace(
                live, path=CONNECTIONS, right=f"{kind.type if kind else id.type}/{CONNECTIONS}/read"
            )
            self._gap(id, f"{id.type}/{CONNECTIONS}", own, problem)
        else:
            self.bodies[id].setdefault("properties", {})[CONNECTIONS] = without_secrets(found)
        self._tell("details", 1)

    async def _get(self, id: ResourceId) -> None:
        """A resource that something names and Resource Graph does not have: forbidden, gone, or just made."""
        self._asked.add(id)
        live = live_of(id.type)
        if live is None:
            return
        try:
            answer = await self.arm.get(id.text, live.api)
        except Answered as problem:
            if problem.status != GONE:
                self._gap(id, id.type, live, problem)
        else:
            if isinstance(answer.body, dict):
                self._add([answer.body])
        self._tell("details", 1)

    async def _all(self, calls: list[Any]) -> None:
        self._known += len(calls)
        async with asyncio.TaskGroup() as group:
            for call in calls:
                group.create_task(call)

    def _add(self, found: Iterable[dict[str, Any]]) -> None:
        for body in found:
            try:
                id = ResourceId.parse(body.get("id"))
            except NotAnId:
                continue
            self.bodies[id] = without_secrets(body)

    def _say_none(self, parent: ResourceId, type: str) -> None:
        """An empty list is knowledge: it stands in the parent's body, where its kind looks for nested children."""
        kind, body = kind_of(parent.type), self.bodies.get(parent)
        segment = type.rpartition("/")[2].lower()
        for pointer, own in kind.nested.items() if kind is not None else ():
            if own.lower() == segment and body is not None:
                head, _, name = pointer.rpartition("/")
                place = body
                for key in head.split("/") if head else ():
                    place = place.setdefault(key, {})
                place.setdefault(name, [])

    def _gap(self, id: ResourceId, type: str, live: Live, problem: Answered) -> None:
        what = f"{live.path or 'settings'} of {id.name}"
        kind = kind_of(type)
        right = live.right or f"{kind.type if kind is not None else type}/read"
        ask = "try again later"
        if problem.status == FORBIDDEN:
            ask = f"grant {right} on {id.text}, for instance by the role Reader"
        self.gaps[str(id), live.path] = Gap(
            what, f"{problem.status} {problem.code}".strip(), ask, type=type.lower(), scope=id.text
        )

    def _tell(self, what: str, count: int) -> None:
        self._done += count
        self.progress(what, self._done, max(self._known, self._done))

    def _snapshot(self) -> Snapshot:
        return Snapshot(expand_nested(self._resource(id) for id in self.bodies))

    def _resources(self, near: Near) -> Iterable[Resource]:
        """Everything read, without environments that are out of scope."""
        out = near.beginnings - near.workspaces - near.clusters
        return (self._resource(id) for id in sorted(self.bodies) if id not in out and id.parent not in out)

    def _resource(self, id: ResourceId) -> Resource:
        body = self.bodies[id]
        return Resource(id, id.type, lambda: body)
