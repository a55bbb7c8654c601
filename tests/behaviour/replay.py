"""Recorded sessions, sent to the control plane in order, and its answers laid beside Azure's.

What a session finds there already, because somebody made it before the recording began or by a template, is planted
from the first answer that tells it. Compared are statuses, the paths of the bodies and the headers of operations;
values are left to the parity report, which knows how to match generated names.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from cloison.arm.ids import ResourceId
from cloison.controlplane import Azure, Outcome, Seeded, run
from cloison.controlplane.run import not_found
from cloison.kinds import behaviour_of, kind_of
from cloison.model.behaviour import Json, Refused, Request, Style, Write, each, laid
from tests.behaviour.recordings import Exchange, Recording, ids_in, recordings

_POLLS = re.compile(
    r"/(operations|operationresults|operationstatuses|\w+operationstatuses|\w+operationresults)(/|$)"
)
_SUBSCRIPTION = re.compile(r"/subscriptions/[0-9a-fA-F-]{36}")
_CHOSEN = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{32}")
_BUSY = {"RetryableError", "AnotherOperationInProgress", "ServerTimeout", "CannotDeleteResource"}
"""Refusals that come of time only: here everything ends at once, so the link of a zone is gone in time."""


@dataclass(frozen=True)
class Comparison:
    """One exchange: what Azure answered and what the control plane does."""

    file: str
    method: str
    type: str
    path: str
    status: tuple[int, int]
    """Azure's, ours."""
    missing: frozenset[str]
    extra: frozenset[str]
    shared: int
    headers: tuple[frozenset[str], frozenset[str]] = (frozenset(), frozenset())
    """Azure's, ours: those of operations."""
    retry: tuple[str, str] = ("", "")
    """`Retry-After` of a first answer: Azure's, ours. Many recorders leave it out."""
    because: str = ""
    """Our refusal, where there is one."""


@dataclass
class Score:
    """How near the answers to one operation are."""

    exchanges: int = 0
    statuses: int = 0
    headers: int = 0
    shared: int = 0
    missing: int = 0
    extra: int = 0
    gaps: Counter[str] = field(default_factory=Counter)

    @property
    def recall(self) -> float:
        return self.shared / (self.shared + self.missing) if self.shared + self.missing else 1.0

    @property
    def precision(self) -> float:
        return self.shared / (self.shared + self.extra) if self.shared + self.extra else 1.0

    def add(self, one: Comparison) -> None:
        self.exchanges += 1
        self.statuses += one.status[0] == one.status[1]
        self.headers += one.headers[0] == one.headers[1]
        self.shared += one.shared
        self.missing += len(one.missing)
        self.extra += len(one.extra)
        self.gaps.update(f"- {path}" for path in map(_of_any, one.missing))
        self.gaps.update(f"+ {path}" for path in map(_of_any, one.extra))
        if one.status[0] != one.status[1]:
            self.gaps[f"{one.status[0]} answered, {one.status[1]} here: {one.because}"] += 1


def scores(types: Iterable[str]) -> dict[tuple[str, str], Score]:
    """By (type in lower case, method): all recorded exchanges of the types."""
    wanted = {type.lower() for type in types}
    found: dict[tuple[str, str], Score] = {}
    for recording in recordings(*wanted):
        for one in Session(recording).compare(wanted):
            found.setdefault((one.type, one.method), Score()).add(one)
    return found


class Session:
    """One recording under way."""

    def __init__(self, recording: Recording) -> None:
        self.recording = recording
        self.azure = Azure()
        self.at = 0
        self.stubs: set[ResourceId] = set()
        self.etags: dict[ResourceId, str] = {}
        """As Azure told them last."""

    def compare(self, types: Iterable[str]) -> Iterator[Comparison]:
        """The exchanges of the types, in order; all others are carried out as far as they are understood."""
        wanted = {type.lower() for type in types}
        for at, recorded in enumerate(self.recording.exchanges):
            self.at = at
            if recorded.id is None or _POLLS.search(recorded.path.lower()) or _code(recorded) in _BUSY:
                continue
            self._group(recorded)
            exchange = self._named_here(recorded)
            found = self._read(exchange) if exchange.method == "GET" else self._write(exchange)
            if exchange.id is not None and exchange.status < 300 and isinstance(exchange.answer, dict):
                self.etags[exchange.id] = str(exchange.answer.get("etag", ""))
            if found is not None and exchange.id is not None and exchange.id.type in wanted:
                yield found

    def _named_here(self, exchange: Exchange) -> Exchange:
        """The exchange with our name in the place of one that Azure chose: `account.0f1e…`."""
        id = exchange.id
        assert id is not None
        form = _CHOSEN.sub("*", id.name.lower())
        if id in self.azure or "*" not in form:
            return exchange
        for other in self.azure.children(id.parent):
            if other.type == id.type and _CHOSEN.sub("*", other.name.lower()) == form:
                return replace(exchange, path=other.text)
        return exchange

    def _group(self, exchange: Exchange) -> None:
        """Most sessions begin in a group that somebody made for them."""
        assert exchange.id is not None
        group = exchange.id.resource_group
        if not group or _code(exchange) == "ResourceGroupNotFound":
            return
        home = ResourceId(f"/subscriptions/{exchange.id.subscription}/resourceGroups/{group}")
        if home not in self.azure and exchange.id != home:
            self.azure.write(Write(home, {"id": home.text, "name": group, "location": "westus"}))

    def _read(self, exchange: Exchange) -> Comparison | None:
        id = exchange.id
        assert id is not None
        if exchange.status == 200 and isinstance(exchange.answer, dict):
            if id not in self.azure:
                plant(self.azure, id, exchange.answer)
                return None
            return _compared(exchange, 200, self.azure.show(id, exchange.api_version))
        if exchange.status == 404 and id.type.count("/"):
            there = id in self.azure
            answer = self.azure.show(id, exchange.api_version) if there else not_found(id).body
            return _compared(exchange, 200 if there else 404, answer)
        return None

    def _write(self, exchange: Exchange) -> Comparison | None:
        id = exchange.id
        assert id is not None
        if exchange.method not in ("PUT", "PATCH", "DELETE"):
            return None
        if exchange.method != "DELETE" and not isinstance(exchange.asked, dict):
            # Some recorders masked the body.
            if exchange.status < 300 and isinstance(exchange.answer, dict):
                plant(self.azure, id, exchange.answer)
            return None
        if exchange.status < 300:
            self._before(exchange)
        if id in self.stubs and exchange.method == "PUT":
            # Sessions that send many requests at once record some answers before those that they rest on.
            self.stubs.discard(id)
            self.azure.write(Write(id, None))
        request = Request(
            method=exchange.method,  # type: ignore[arg-type]
            id=id,
            body=exchange.asked if isinstance(exchange.asked, dict) else None,
            api_version=exchange.api_version,
            if_match=self._ours(id, exchange.sent.get("if-match", "")),
            if_none_match=exchange.sent.get("if-none-match", ""),
        )
        try:
            outcome = run(self.azure, request, Seeded(f"{self.recording.file}#{self.at}"))
        except Refused as refused:
            if exchange.status < 300 and exchange.method == "PUT" and not refused.late:
                plant(self.azure, id, exchange.answer or exchange.asked or {})
            status = 202 if refused.late else refused.status
            answer = None if refused.late else refused.body
            return _compared(exchange, status, answer, because=f"{refused.code} {refused.message[:60]}")
        return _compared(exchange, outcome.status, outcome.first, outcome=outcome)

    def _ours(self, id: ResourceId, etag: str) -> str:
        """Our etag in the place of Azure's, where that is the resource's present one."""
        held = self.azure.get(id)
        return str((held or {}).get("etag")) if etag and etag == self.etags.get(id) else etag

    def _before(self, exchange: Exchange) -> None:
        """What the request needs and the session has not made."""
        assert exchange.id is not None
        needed = list(ids_in(exchange.asked))
        above = exchange.id.parent
        if above.type.count("/") >= 1:
            needed.insert(0, above)
        if exchange.method in ("PATCH", "DELETE") and exchange.status != 204:
            needed.append(exchange.id)
        for id in needed:
            if id in self.azure or (id == exchange.id.parent and not id.type.count("/")):
                continue
            if (id == exchange.id and exchange.method == "PUT") or id.startswith(f"{exchange.id}/"):
                continue
            told = self._told(id)
            if told is not None:
                plant(self.azure, id, told)
            elif id.parent in self.azure or not id.parent.type.count("/"):
                plant(self.azure, id, {"properties": {}})
                self.stubs.add(id)

    def _told(self, id: ResourceId) -> Json | None:
        """What the rest of the session tells of a resource that it did not make."""
        for exchange in self.recording.exchanges[self.at :]:
            if exchange.id == id and exchange.method in ("PUT", "PATCH"):
                return None
            if exchange.id == id and exchange.method == "GET" and exchange.status == 200:
                return exchange.answer if isinstance(exchange.answer, dict) else None
        return None


def plant(azure: Azure, id: ResourceId, body: Json) -> None:
    """A resource as an answer tells it, its children as resources of their own."""
    home = _SUBSCRIPTION.match(id.text)
    if home is not None:
        body = json.loads(_SUBSCRIPTION.sub(home.group(), json.dumps(body)))
    kind = kind_of(id.type)
    nested = dict(kind.nested) if kind is not None else {}
    children: list[tuple[ResourceId, Json]] = []
    for pointer, segment in (nested | dict(behaviour_of(id.type).embeds)).items():
        for item in each(body, pointer):
            if isinstance(item, dict) and item.get("name"):
                children.append((id.child(segment, str(item["name"])), item))
        body = laid(body, pointer, None)
    type = kind.type if kind is not None else str(body.get("type", id.type))
    azure.write(Write(id, {**body, "id": id.text, "name": id.name, "type": type}))
    for child, item in children:
        plant(azure, child, item)


def paths(value: Any, at: str = "") -> Iterator[str]:
    """The path of every value that holds no further ones: `properties/subnets/0/name`."""
    if isinstance(value, dict) and value:
        for name, inner in value.items():
            yield from paths(inner, f"{at}/{name}" if at else name)
    elif isinstance(value, list) and value:
        for number, inner in enumerate(value):
            yield from paths(inner, f"{at}/{number}")
    elif at:
        yield at


def _compared(
    exchange: Exchange, status: int, answer: Any, *, outcome: Outcome | None = None, because: str = ""
) -> Comparison:
    assert exchange.id is not None
    told = frozenset(paths(exchange.answer)) if isinstance(exchange.answer, dict) else frozenset()
    ours = frozenset(paths(answer)) if isinstance(answer, dict) else frozenset()
    named = frozenset({"azure-asyncoperation", "location"} & set(exchange.headers))
    return Comparison(
        file=exchange.path,
        method=exchange.method,
        type=exchange.id.type,
        path=exchange.path,
        status=(exchange.status, status),
        missing=told - ours,
        extra=ours - told,
        shared=len(told & ours),
        headers=(named, _headers(outcome) if outcome is not None else named),
        retry=(exchange.headers.get("retry-after", ""), _retry(outcome)),
        because=because,
    )


def _retry(outcome: Outcome | None) -> str:
    runs = outcome is not None and outcome.pace.seconds and outcome.status != 204
    return str(outcome.pace.retry or "") if outcome is not None and runs else ""


def _headers(outcome: Outcome) -> frozenset[str]:
    if outcome.status == 204:
        return frozenset()
    told = {
        Style.AT_ONCE: (),
        Style.BODY: (),
        Style.ASYNC: ("azure-asyncoperation",),
        Style.LOCATION: ("location",),
        Style.BOTH: ("azure-asyncoperation", "location"),
    }
    return frozenset(told[outcome.pace.style])


def _code(exchange: Exchange) -> str:
    answer = exchange.answer
    error = answer.get("error", answer) if isinstance(answer, dict) and exchange.status >= 400 else None
    return str(error.get("code", "")) if isinstance(error, dict) else ""


def _of_any(path: str) -> str:
    """The path of any item: `properties/subnets/*/name`."""
    return "/".join("*" if key.isdigit() else key for key in path.split("/"))
