"""Behaviour: what a request does to Azure's state, told by the kind of the resource that it is sent to.

A behaviour is pure: it sees the state, never changes it, and answers with effects. Time, names that Azure chooses
and addresses come from what it is handed, so the same request on the same state has the same effects. The emulator
runs behaviours to answer requests, a planner to predict. Nothing here knows a resource type.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import Enum
from typing import Any, Literal, Protocol, TypeAlias

import msgspec

from cloison.arm.ids import ResourceId
from cloison.model.network import Facet

Json: TypeAlias = dict[str, Any]
"""An ARM body. Bodies in a state are never changed in place: an effect brings a new one."""

Method = Literal["PUT", "PATCH", "DELETE", "POST"]


class Refused(Exception):
    """ARM's answer to a request that it does not carry out.

    status: HTTP status. code, message, subcode: as ARM words them. enveloped: the body is `{"error": {…}}`; private DNS
    record sets and some answers of AKS come without the envelope. late: the request is taken, and the operation
    that it starts ends with this.
    """

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        target: str = "",
        details: Sequence[Json] | None = None,
        subcode: str = "",
        enveloped: bool = True,
        late: bool = False,
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.status = status
        self.code = code
        self.message = message
        self.target = target
        self.details = details
        self.subcode = subcode
        self.enveloped = enveloped
        self.late = late

    @property
    def body(self) -> Json:
        """The answer's body."""
        error: Json = {"code": self.code, "message": self.message}
        if self.target:
            error["target"] = self.target
        if self.details is not None:
            error["details"] = list(self.details)
        if self.subcode:
            error["subcode"] = self.subcode
        return {"error": error} if self.enveloped else error


CALLER = "c1015000-0000-4000-8000-0000000000ee"
"""Object id of whoever asks, where nobody says another."""


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """One request that may change something. For POST, `id` is the resource acted on and `action` the last segment."""

    method: Method
    id: ResourceId
    body: Json | None = None
    action: str = ""
    """Lower case: `stop`."""
    api_version: str = ""
    query: Mapping[str, str] = {}
    """Further parameters of the query, names in lower case: `syncremoteaddressspace`."""
    if_match: str = ""
    if_none_match: str = ""
    beside: Mapping[ResourceId, Json] = {}
    """Bodies of the children that the parent's request brings together, this one too; empty: it comes alone."""
    caller: str = CALLER
    """Object id of whoever asks: `systemData` and role assignments tell it."""
    by_azure: bool = False
    """True: Azure itself does it as a consequence of something else; locks and immutable settings do not hold."""


class Signal(msgspec.Struct, frozen=True, kw_only=True):
    """What one resource tells another: an endpoint asks a service for a connection, the service answers."""

    to: ResourceId
    name: str
    data: Json = {}


class Write(msgspec.Struct, frozen=True):
    """One resource as it is from now on; None: it is gone."""

    id: ResourceId
    body: Json | None
    place: int = 0
    """Where it stood among all others, told by what takes a deletion back; 0: at the end, or where it stands."""


class Effects(msgspec.Struct, frozen=True, kw_only=True):
    """What a request comes to: writes first, then what follows from them, in order."""

    writes: tuple[Write, ...] = ()
    then: tuple[Request | Signal, ...] = ()
    answer: Any = None
    """Body of the answer to a POST or DELETE; a PUT is answered with the resource itself."""


class State(Protocol):
    """Azure as a behaviour sees it."""

    def get(self, id: ResourceId) -> Json | None:
        """The body of a resource, whole, with `id`, `name` and `type`; None: there is none. Do not change it."""
        ...

    def of(self, type: str) -> Sequence[ResourceId]:
        """Ids of one full type, in the order in which they were made."""
        ...

    def named(self, type: str, name: str) -> Sequence[ResourceId]:
        """Ids of one full type that have a name, in any case, in the order in which they were made."""
        ...

    def children(self, id: ResourceId, segment: str = "") -> Sequence[ResourceId]:
        """Ids of the resources right below one, of one kind of child or of all: `children(vnet, "subnets")`."""
        ...

    def referrers(self, id: ResourceId) -> Sequence[ResourceId]:
        """Ids of the resources in whose bodies this id stands, itself and those below it left out."""
        ...

    def facets(self, id: ResourceId) -> Sequence[Facet]:
        """What a resource contributes to the network, as its own kind reads it."""
        ...


class Chance(Protocol):
    """What comes from outside: the time, and names that Azure chooses. The same calls give the same values."""

    @property
    def now(self) -> str:
        """The time, as ARM writes it: `2026-01-05T10:00:00.0000000Z`."""
        ...

    def guid(self, *about: str) -> str:
        """A GUID for one purpose within one request; another for another purpose."""
        ...


class Style(Enum):
    """How ARM answers a request that takes time."""

    AT_ONCE = "at once"
    """Done when answered."""
    BODY = "provisioningState"
    """No header: clients look at the resource until it says that it is done."""
    ASYNC = "Azure-AsyncOperation"
    LOCATION = "Location"
    BOTH = "both headers"


class Pace(msgspec.Struct, frozen=True, kw_only=True):
    """How long a request takes, and how its answers look.

    Durations are medians of recorded operations or from documentation; each behaviour says its source.
    """

    style: Style = Style.AT_ONCE
    seconds: float = 0.0
    """Until the operation ends."""
    status: int = 0
    """First answer; 0: 201 for a new resource, 200 for one that was there, 202 for others that take time."""
    waiting: str = "Updating"
    """`provisioningState` until then."""
    unset: tuple[str, ...] = ()
    """Pointers that are not answered until then; a list is answered empty."""
    absent: tuple[str, ...] = ()
    """Pointers that are not there at all until then, lists either; `*` is every item of a list."""
    retry: int = 0
    """`Retry-After` of the first answer while the operation runs, in seconds; 0: none. Zero seconds with a style:
    the operation is named and has ended."""
    headers: Mapping[str, str] = {}
    """Further headers of the first answer; `{id}` in them is the resource's id."""
    idle: bool = False
    """True: a request that changes nothing but tags has ended when it is answered."""


class Schema(msgspec.Struct, frozen=True, kw_only=True):
    """What ARM does with a body of the type before anything else. Pointers are `properties/subnets/*/name`, `*`
    being every item of a list; names match without regard to case.
    """

    required: tuple[str, ...] = ()
    enums: Mapping[str, tuple[str, ...]] = {}
    """Values that are taken, in any case, and answered as written here."""
    defaults: Mapping[str, Any] = {}
    """Filled in where the request leaves them out."""
    read_only: tuple[str, ...] = ("properties/provisioningState",)
    """Dropped from requests; the value of before stays."""
    immutable: tuple[str, ...] = ()
    """Refused when a request changes them."""
    secret: tuple[str, ...] = ()
    """Taken, and never answered."""
    located: Literal["", "region", "global", "no"] = ""
    """Whether a body has a location; empty: resources do, children do not."""
    provisioned: bool = True
    """Its properties say `provisioningState`."""


Make = Callable[[State, Request, Json, Chance], Effects]
"""(state, request, body as shaped by the schema, chance): the effects of a PUT or PATCH. Raises Refused."""
Act = Callable[[State, Request, Chance], Effects]
"""The effects of a POST or DELETE. Raises Refused."""
Hear = Callable[[State, Signal, Chance], Effects]
"""The effects of a signal."""
Show = Callable[[State, ResourceId, Json], Json]
"""The body as a GET answers it, from the stored one."""
Hold = Callable[[State, Request], None]
"""Raises Refused where a resource cannot go; asked before anything below it goes."""
Guard = Callable[[State, ResourceId, Request], None]
"""Raises Refused where a resource of this kind forbids a request at or below its scope."""


def store(state: State, request: Request, body: Json, chance: Chance) -> Effects:
    """The resource as shaped, and nothing else."""
    return Effects(writes=(Write(request.id, body),))


def remove(state: State, request: Request, chance: Chance) -> Effects:
    """The resource gone, and nothing else; what stands below it goes before it."""
    return Effects(writes=(Write(request.id, None),))


def free(state: State, request: Request) -> None:
    """Nothing holds the resource."""


def stale(id: ResourceId, wanted_new: bool) -> Refused:
    """The precondition of a request does not hold. wanted_new: it was to make the resource, and there is one."""
    text = (
        "exists already and hence cannot be created again"
        if wanted_new
        else "has been modified (etag mismatch)"
    )
    return Refused(412, "PreconditionFailed", f"The resource {id.name} {text}.")


def keep(state: State, id: ResourceId, body: Json) -> Json:
    """The body as it is stored."""
    return body


def as_it_is(body: Json) -> Json:
    """The body."""
    return body


class Behaviour(msgspec.Struct, frozen=True, kw_only=True):
    """How resources of one type behave. Found as `BEHAVIOUR` in the kind's `behaviour.py`."""

    schema: Schema = Schema()
    make: Make = store
    held: Hold = free
    remove: Act = remove
    actions: Mapping[str, Act] = {}
    """By last segment in lower case."""
    reads: frozenset[str] = frozenset()
    """Actions that change nothing."""
    queries: Mapping[str, tuple[str, ...]] = {}
    """Parameters of the query that a plan may give beside the version, and the values that it may give them."""
    hears: Mapping[str, Hear] = {}
    """By name of the signal."""
    show: Show = keep
    begins: Callable[[Json], Json] = as_it_is
    """What the first answer shows while the operation runs, of what a GET will; see `Pace.unset` too."""
    guard: Guard | None = None
    embeds: Mapping[str, str] = {}
    """Children that a PUT may bring in the body and a GET shows there: pointer -> last type segment.

    Pointers that the schema calls read-only are shown, never taken."""
    gathers: Mapping[str, tuple[str, ...]] = {}
    """Lists of several kinds of children at once: last segment of the path in lower case -> last type segments."""
    holds: tuple[str, ...] = ()
    """Pointers to ids of resources that nobody else may change, or refer to here, while a request is under way."""
    below: Mapping[str, Behaviour] = {}
    """Behaviours of child types that have no folder of their own, by last type segment in lower case."""
    standing: tuple[str, ...] = ()
    """Last type segments of children of which one, `default`, is there as soon as the parent is."""
    patchable: bool = True
    """False: ARM takes no PATCH but for tags."""
    blocks: bool = False
    """True: a PATCH replaces each property that it names as a whole, objects too."""
    signed: bool = False
    """Its bodies say in `systemData` who made and who last changed them, and when."""
    etags: Literal["no", "body", "late"] = "no"
    """`body`: an etag in the body, checked at once; `late`: a mismatch ends the operation with 200 and `Failed`."""
    etag: str = 'W/"{}"'
    """The etag's form, braces for a GUID."""
    stale: Callable[[ResourceId, bool], Refused] = stale
    """How a failed precondition is worded."""
    alone: bool = False
    """What it lies in, by its id, need not be there."""
    missing: Callable[[ResourceId], Refused] | None = None
    """How it is worded that there is no such resource; None: as Resource Manager does."""
    proxied: bool = False
    """A child of which Resource Manager keeps no list itself: its provider answers for those that are missing."""
    since: Mapping[str, str] = {}
    """Pointer -> the API version from which on it is answered."""
    until: Mapping[str, str] = {}
    """Pointer -> the last API version that answers it."""
    stable: Mapping[str, str] = {}
    """Pointer -> the first stable API version that answers what previews do from `since` on; `""` where none does."""
    hollow: Mapping[str, str] = {}
    """Pointer -> the API version from which on it is answered where nothing is in it."""
    put: Pace = Pace()
    update: Pace | None = None
    """Of a PUT to a resource that is there; None: as `put`."""
    patch: Pace = Pace()
    delete: Pace = Pace()
    acts: Mapping[str, Pace] = {}
    """Paces of actions; one that is not named is done when answered."""


def merged(old: Any, new: Any) -> Any:
    """`new` laid over `old` as RFC 7396 says: objects merge, null removes, everything else replaces."""
    if not isinstance(new, dict):
        return new
    made: Json = dict(old) if isinstance(old, dict) else {}
    names: dict[str, str] = {name.lower(): name for name in made}
    for name, value in new.items():
        own = names.get(str(name).lower(), str(name))
        if value is None:
            made.pop(own, None)
        else:
            made[own] = merged(made.get(own), value)
    return made


def look(body: Any, pointer: str) -> Any:
    """The value at `properties/subnet/id`, names without regard to case; None where there is none."""
    value = body
    for key in pointer.split("/"):
        if isinstance(value, dict):
            found = value.get(key)
            if found is None:
                lower = key.lower()
                found = next((one for name, one in value.items() if name.lower() == lower), None)
            value = found
        elif isinstance(value, list) and key.isdigit() and int(key) < len(value):
            value = value[int(key)]
        else:
            return None
    return value


def laid(body: Json, pointer: str, value: Any) -> Json:
    """A copy of the body with the value at the pointer; objects on the way are made. None removes it."""
    key, _, rest = pointer.partition("/")
    made = dict(body)
    own = next((name for name in made if name.lower() == key.lower()), key)
    if not rest:
        if value is None:
            made.pop(own, None)
        else:
            made[own] = value
        return made
    below = made.get(own)
    made[own] = laid(below if isinstance(below, dict) else {}, rest, value)
    return made


def each(body: Any, pointer: str) -> Iterable[Any]:
    """The items of the list at the pointer; none where there is no list."""
    found = look(body, pointer)
    return found if isinstance(found, list) else ()


def values_at(body: Any, pointer: str) -> Iterator[Any]:
    """Every value at a pointer, `*` being every item of a list; None for each place where nothing stands."""
    key, _, rest = pointer.partition("/")
    found = (body if isinstance(body, list) else ()) if key == "*" else (look(body, key),)
    for value in found:
        if rest:
            yield from values_at(value, rest)
        else:
            yield value


def texts(body: Any) -> Iterator[str]:
    """Every text in a body, at any depth; the names of members are none."""
    waiting = [body]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
        elif isinstance(value, str):
            yield value


def ids_in(body: Any) -> Iterator[ResourceId]:
    """Every id of something in a subscription that a body names, once for each place."""
    return (ResourceId(text) for text in texts(body) if text.startswith("/subscriptions/"))
