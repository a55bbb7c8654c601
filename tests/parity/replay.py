"""Recorded sessions sent to the emulator in order, each answer laid beside Azure's.

What a session finds there already is planted from the first answer that tells it, and that answer is not counted.
Time is moved by what was recorded: an operation ends when Azure says that it has ended. Names and ids that Azure
chose are learnt from pairs of answers, so that later requests speak of ours. Nothing here judges an answer.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from cloison.arm.ids import NotAnId, ResourceId
from cloison.emulator.clock import Manual
from cloison.emulator.emulator import Emulator, ask
from cloison.emulator.operations import Operation, touch
from cloison.emulator.paths import Spot, spot
from cloison.emulator.roles import ROLES
from cloison.kinds import behaviour_of, folders, kind_of
from cloison.model.behaviour import Behaviour, Json, Refused, Write, each, laid, look
from tests.behaviour.recordings import Exchange, Recording, ids_in
from tests.parity.references import References

BUSY = frozenset({"RetryableError", "AnotherOperationInProgress", "ServerTimeout", "CannotDeleteResource"})
"""Refusals that come of time alone."""

_POLLS = re.compile(
    r"/(\w*operations|\w*operationresults|\w*operationresult|\w*operationstatuses|\w*operationsstatus)/[^/]+$"
)
_SUBSCRIPTION = re.compile(r"/subscriptions/([^/?\"]+)")
_CHOSEN = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{32}")
_ENDED = frozenset({"succeeded", "failed", "canceled"})
_NOT_LISTED = frozenset({"microsoft.authorization/roledefinitions"})
"""Of the hundreds of built-in roles the emulator has those that its environments speak of: its list is another."""
_BUILT_IN = frozenset(role.guid for role in ROLES)


@dataclass(frozen=True)
class Pair:
    """One exchange, and what the emulator answered to the same request."""

    operation: str
    """`PUT microsoft.network/virtualnetworks`, `GET … list`, `POST …/stop`, `GET operations of microsoft.network`."""
    exchange: Exchange
    status: int
    body: Any
    headers: Mapping[str, str]
    """Names in lower case."""
    file: str


@dataclass
class Session:
    """One recording under way."""

    recording: Recording
    at: int = 0
    stubs: set[ResourceId] = field(default_factory=set)
    runs: dict[str, int] = field(default_factory=dict)
    """Key of an operation of ours -> number of the last exchange that says it has not ended."""
    gone: set[ResourceId] = field(default_factory=set)
    """Groups that the session has deleted."""
    masked: set[ResourceId] = field(default_factory=set)
    """Changed by a request whose body the recorder hid, and not told whole since."""
    polls: dict[str, str] = field(default_factory=dict)
    """Path of an operation's address as Azure gave it -> the target of ours, with its query."""

    def __post_init__(self) -> None:
        text = "\n".join(exchange.path for exchange in self.recording.exchanges)
        subscriptions = tuple(dict.fromkeys(_SUBSCRIPTION.findall(text)))
        self.emulator = Emulator(clock=Manual(), subscriptions=subscriptions, seed=self.recording.file)
        self.references = References()

    def pairs(self) -> Iterator[Pair]:
        """The exchanges that can be compared, in order; all others are carried out as far as they are understood."""
        for at, exchange in enumerate(self.recording.exchanges):
            self.at = at
            pair = self._poll(exchange) if is_poll(exchange) else self._ask(exchange)
            if pair is not None:
                self.references.learn(exchange.answer, pair.body)
                yield pair

    # --- operations --------------------------------------------------------------------------------------

    def _poll(self, exchange: Exchange) -> Pair | None:
        target = self.polls.get(exchange.path.lower())
        if target is None or exchange.method != "GET":
            return None
        operation = self.emulator.world.operations.find(_key(target))
        if _has_ended(exchange) and operation is not None:
            self._end([operation], surely=True)
        namespace = _namespace(exchange.path) or "microsoft.resources"
        return self._answered(exchange, f"GET operations of {namespace}", target)

    def _end(self, operations: Iterable[Operation], *, surely: bool = False) -> None:
        """Let time pass until these operations have ended, and no others.

        surely: those too of which Azure says later that they have not.
        """
        for operation in operations:
            if surely or self.runs.get(operation.key, -1) < self.at:
                operation.due = min(operation.due, self.emulator.world.clock.seconds())
        self.emulator.world.settle()

    @property
    def _running(self) -> Sequence[Operation]:
        return self.emulator.world.operations.running

    def _wait(self, exchange: Exchange, place: Spot) -> None:
        """Let end what has ended in Azure by now: what the request looks at, speaks of, or needs."""
        if code_of(exchange) in BUSY or _is_under_way(exchange):
            return
        found = exchange.status < 300 and exchange.status != 204
        over = [one for one in self._running if not (found and _takes_away(one, place.id))]
        if not found or exchange.method == "PUT" or self._is_there(place.id):
            named = (place.id, *ids_in(exchange.asked))
            over = [one for one in over if any(touch(one.request.id, id) for id in named)]
        # Else it is there by what another operation brings.
        self._end(over)

    # --- resources ---------------------------------------------------------------------------------------

    def _ask(self, exchange: Exchange) -> Pair | None:
        place = _place(exchange.path)
        if place is None or place.type.startswith("microsoft.resources/deployments"):
            return None
        self._group(exchange, place)
        exchange = self._in_our_words(exchange)
        place = _place(exchange.path)
        assert place is not None
        self._wait(exchange, place)
        operation = _operation(exchange, place)
        if exchange.method in ("GET", "HEAD"):
            return self._read(exchange, place, operation)
        return self._act(exchange, place, operation)

    def _read(self, exchange: Exchange, place: Spot, operation: str) -> Pair | None:
        if exchange.status == 200 and exchange.method == "GET":
            items = exchange.answer.get("value") if place.tail and isinstance(exchange.answer, dict) else None
            if items is not None and not self._listed(exchange, place, items):
                return None
            if not place.tail and isinstance(exchange.answer, dict):
                if not self._is_there(place.id) or place.id in self.masked or place.id in self.stubs:
                    self.stubs.discard(place.id)
                    plant(self.emulator, place.id, exchange.answer)
                    if not _is_under_way(exchange):
                        self.masked.discard(place.id)
                    return None
            if place.tail and place.id.type.count("/") and not self._is_there(place.id):
                told = self._told(place.id)
                if told is None:
                    return None
                plant(self.emulator, place.id, told)
        if place.tail and exchange.status == 404 and place.type not in folders():
            return None
        if not operation:
            return None
        return self._answered(exchange, operation, _target(exchange))

    def _listed(self, exchange: Exchange, place: Spot, items: Any) -> bool:
        """Whether a list can be compared: it is whole, of a group or a resource, and its items can be told apart."""
        if not isinstance(items, list) or place.id.count("/") < 4:
            return False
        if exchange.answer.get("nextLink") or any(name.endswith("skiptoken") for name in exchange.query):
            return False
        for item in items:
            told = item.get("id") if isinstance(item, dict) else None
            try:
                id = ResourceId.parse(self.references.ours(str(told)))
            except NotAnId:
                return True
            if not self._is_there(id) and is_emulated(id.type) and self._alike(id) is None:
                plant(self.emulator, id, item)
        return True

    def _alike(self, id: ResourceId) -> ResourceId | None:
        """The resource of ours whose name Azure would have chosen in the same form: `account.0f1e…`."""
        form = _CHOSEN.sub("*", id.name.lower())
        if "*" not in form:
            return None
        for other in self.emulator.state.children(id.parent):
            same = other.type == id.type and _CHOSEN.sub("*", other.name.lower()) == form
            if same and self.references.is_free(other.name):
                self.references.learn(id.name, other.name)
                return other
        return None

    def _act(self, exchange: Exchange, place: Spot, operation: str) -> Pair | None:
        if exchange.method in ("PUT", "PATCH") and not isinstance(exchange.asked, dict):
            # Some recorders masked the body.
            if exchange.status < 300 and isinstance(exchange.answer, dict) and not place.tail:
                plant(self.emulator, place.id, exchange.answer)
                self.masked.add(place.id)
            return None
        if exchange.method == "POST" and not operation:
            return None
        if exchange.status < 300:
            self._before(exchange, place)
        if place.id in self.stubs and exchange.method == "PUT":
            # Sessions that send many requests at once record some answers before those that they rest on.
            self.stubs.discard(place.id)
            self.emulator.state.write(Write(place.id, None))
        was_there = self._is_there(place.id)
        if exchange.method == "PUT" and exchange.status == 200 and not was_there:
            made = behaviour_of(place.type).put.status or 201
            if made == 201 and isinstance(exchange.answer, dict):
                # Azure says 200 of what was there: of what somebody made before the session.
                plant(self.emulator, place.id, exchange.answer)
        if exchange.method == "DELETE" and place.id.type == GROUPS:
            self.gone.add(place.id)
        pair = self._answered(exchange, operation, _target(exchange))
        if pair.status in (409, 429) and exchange.status < 300 and self._running:
            self._end(self._running, surely=True)
            pair = self._answered(exchange, operation, _target(exchange))
        self._follow(exchange, place, pair, was_there=was_there)
        return pair if operation else None

    def _follow(self, exchange: Exchange, place: Spot, pair: Pair, *, was_there: bool) -> None:
        """Remember where the operation is asked about; where we differ go on with what Azure has."""
        first: set[str] = set()
        for name in ("azure-asyncoperation", "location"):
            theirs = exchange.headers.get(name, "")
            ours = (
                pair.headers.get(name)
                or pair.headers.get("azure-asyncoperation")
                or pair.headers.get("location")
            )
            path = _path(theirs).partition("?")[0].lower()
            if theirs and ours and (name != "location" or path not in first):
                self.polls[path] = _path(ours)
                first.add(path)
                last = self._last_running(path)
                self.runs[_key(_path(ours))] = max(last, self.runs.get(_key(_path(ours)), -1))
        if exchange.status < 300 <= pair.status and exchange.method == "PUT":
            told = exchange.answer if isinstance(exchange.answer, dict) else exchange.asked
            plant(self.emulator, place.id, told or {})
        if pair.status < 300 <= exchange.status and exchange.method == "PUT" and not was_there:
            self._end(self._running, surely=True)
            self.emulator.state.write(Write(place.id, None))

    def _last_running(self, path: str) -> int:
        """Number of the last exchange that says that an operation has not ended; -1 where none does."""
        later = range(len(self.recording.exchanges) - 1, self.at, -1)
        for at in later:
            exchange = self.recording.exchanges[at]
            if exchange.path.lower() == path and not _has_ended(exchange):
                return at
        return -1

    def _answered(self, exchange: Exchange, operation: str, target: str) -> Pair:
        sent = {name: self.references.ours(exchange.sent[name]) for name in _SENT if name in exchange.sent}
        body = exchange.asked if exchange.asked is None or isinstance(exchange.asked, (dict, list)) else None
        answer = ask(self.emulator, exchange.method, target, body, sent)
        raw = answer.raw()
        return Pair(
            operation=operation,
            exchange=exchange,
            status=answer.status,
            body=json.loads(raw) if raw else None,
            headers={name.lower(): value for name, value in answer.headers.items()},
            file=self.recording.file,
        )

    # --- what was there before ---------------------------------------------------------------------------

    def _is_there(self, id: ResourceId) -> bool:
        return self.emulator.world.operations.exists(id) or id.name.lower() in _BUILT_IN

    def _in_our_words(self, exchange: Exchange) -> Exchange:
        """The exchange with our names in the place of those that Azure chose."""
        path = self.references.ours(exchange.path)
        asked = self.references.rewritten(exchange.asked)
        id = _id(path)
        if id is not None and id not in self.emulator.state:
            alike = self._alike(id)
            path = alike.text if alike is not None else path
        return replace(exchange, path=path, asked=asked)

    def _group(self, exchange: Exchange, place: Spot) -> None:
        """Most sessions begin in a group that somebody made for them."""
        group = place.id.resource_group
        if not group or code_of(exchange) == "ResourceGroupNotFound":
            return
        if exchange.status == 404 and place.id.type == GROUPS:
            return
        home = ResourceId(place.id.text[: place.id.index(f"/{group}") + len(group) + 1])
        if home in self.gone and exchange.status == 204:
            return
        if not self._is_there(home) and (place.id != home or place.tail):
            body = {
                "id": home.text,
                "name": home.name,
                "type": "Microsoft.Resources/resourceGroups",
                "location": "westus",
                "properties": {"provisioningState": "Succeeded"},
            }
            self.emulator.state.write(Write(home, body))
            self.stubs.add(home)

    def _before(self, exchange: Exchange, place: Spot) -> None:
        """What the request needs and the session has not made."""
        above = place.id.parent
        needed = [*(ids_in(above.text) if above.type.count("/") else ()), *ids_in(exchange.asked)]
        if exchange.method in ("PATCH", "DELETE", "POST") and exchange.status != 204:
            needed.append(place.id)
        for id in needed:
            if self._is_there(id) or (id == above and not id.type.count("/")):
                continue
            if (id == place.id and exchange.method == "PUT") or id.startswith(f"{place.id}/"):
                continue
            told = self._told(id)
            if told is not None:
                plant(self.emulator, id, told)
            elif id.parent in self.emulator.state or not id.parent.type.count("/"):
                plant(self.emulator, id, {"properties": STUBS.get(id.type, {})})
                self.stubs.add(id)

    def _told(self, id: ResourceId) -> Json | None:
        """What the rest of the session tells of a resource that it did not make."""
        for exchange in self.recording.exchanges[self.at :]:
            if exchange.id == id and exchange.method in ("PUT", "PATCH"):
                return None
            if exchange.id == id and exchange.method == "GET" and exchange.status == 200:
                return exchange.answer if isinstance(exchange.answer, dict) else None
        return None


STUBS: Mapping[str, Json] = {
    "microsoft.network/virtualnetworks": {"addressSpace": {"addressPrefixes": ["10.0.0.0/8"]}},
    "microsoft.network/virtualnetworks/subnets": {"addressPrefix": "10.255.0.0/16"},
}
"""What a resource must tell that others rest on and that nobody tells."""
GROUPS = "microsoft.resources/resourcegroups"
_SENT = ("if-match", "if-none-match")


def is_emulated(type: str) -> bool:
    """A kind tells how resources of the type behave."""
    return behaviour_of(type) != Behaviour()


def plant(emulator: Emulator, id: ResourceId, body: Json) -> None:
    """A resource as an answer tells it, its children as resources of their own."""
    home = re.match(r"/subscriptions/[^/]+", id.text)
    if home is not None:
        body = json.loads(_SUBSCRIPTION.sub(home.group(), json.dumps(body)))
    kind = kind_of(id.type)
    nested = dict(kind.nested) if kind is not None else {}
    children: list[tuple[ResourceId, Json]] = []
    for pointer, segment in (nested | dict(behaviour_of(id.type).embeds)).items():
        for item in each(body, pointer):
            told = (
                (item.get("name") or str(item.get("id", "")).rpartition("/")[2])
                if isinstance(item, dict)
                else ""
            )
            if told:
                children.append((id.child(segment, str(told)), item))
        body = laid(body, pointer, None)
    type = kind.type if kind is not None else str(body.get("type", id.type))
    emulator.state.write(Write(id, {**body, "id": id.text, "name": id.name, "type": type}))
    for child, item in children:
        plant(emulator, child, item)


def code_of(exchange: Exchange) -> str:
    """The code of an answer that is a refusal, or ''."""
    answer = exchange.answer
    error = answer.get("error", answer) if isinstance(answer, dict) and exchange.status >= 400 else None
    return str(error.get("code", "")) if isinstance(error, dict) else ""


def _operation(exchange: Exchange, place: Spot) -> str:
    """The operation that an exchange is one of; '' where the emulator does not have it."""
    if not place.tail:
        return f"{exchange.method} {place.type}" if is_emulated(place.type) else ""
    if exchange.method == "POST":
        actions = {name.lower() for name in behaviour_of(place.id.type).actions}
        return f"POST {place.type}" if place.tail.lower() in actions else ""
    if place.type in _NOT_LISTED:
        return ""
    parent = is_emulated(place.id.type) and place.tail.lower() == "privatelinkresources"
    return f"GET {place.type} list" if is_emulated(place.type) or parent else ""


def is_poll(exchange: Exchange) -> bool:
    """The exchange asks how an operation stands."""
    return _POLLS.search(exchange.path.lower()) is not None


def _has_ended(exchange: Exchange) -> bool:
    """Azure says that the operation has ended."""
    told = exchange.answer.get("status") if isinstance(exchange.answer, dict) else None
    if isinstance(told, str):
        return told.lower() in _ENDED
    return exchange.status != 202


def _takes_away(operation: Operation, id: ResourceId) -> bool:
    """The operation deletes something that the resource lies in."""
    return operation.request.method == "DELETE" and id.startswith(f"{operation.request.id}/")


def _is_under_way(exchange: Exchange) -> bool:
    """A read tells of something that is being changed."""
    state = look(exchange.answer, "properties/provisioningState")
    return exchange.method == "GET" and isinstance(state, str) and state.lower() not in _ENDED


def _namespace(path: str) -> str:
    _, separator, tail = path.lower().rpartition("/providers/")
    return tail.partition("/")[0] if separator else ""


def _key(target: str) -> str:
    """The key of an operation of ours, from one of its addresses."""
    return target.partition("?")[0].rpartition("/")[2].removeprefix("privateendpointconnections-")


def _path(address: str) -> str:
    """The path of an address, with its query."""
    return "/" + address.partition("://")[2].partition("/")[2]


def _target(exchange: Exchange) -> str:
    pairs = "&".join(f"{name}={value}" for name, value in exchange.query.items())
    return f"{exchange.path}?{pairs}" if pairs else exchange.path


def _place(path: str) -> Spot | None:
    """What a path speaks of: as the emulator reads it; a group as a resource of its own."""
    try:
        if "/providers/" in path.lower():
            return spot(path)
        id = ResourceId.parse(path)
    except (NotAnId, Refused):
        return None
    if id.type != GROUPS:
        return None
    return Spot(scope=id.parent, namespace="Microsoft.Resources", id=id)


def _id(path: str) -> ResourceId | None:
    try:
        return ResourceId.parse(path)
    except NotAnId:
        return None
