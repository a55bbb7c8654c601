"""Verdicts and the evidence behind them. Evidence is data first; text comes last, in the reports."""

from __future__ import annotations

from enum import Enum
from typing import Literal, NoReturn

import msgspec

from cloison.arm.ids import ResourceId
from cloison.model.facts import Cite, Unknown


class PathVerdict(Enum):
    """How pods reach one host name."""

    PRIVATE = "private"
    """It resolves to the address of an approved private endpoint, and every packet gets there."""
    SERVICE_ENDPOINT = "service-endpoint"
    """It resolves to the public address and is let in by the subnet's identity."""
    PUBLIC = "public"
    """It resolves to the public address and is let in from there."""
    BLOCKED = "blocked"
    UNKNOWN = "unknown"

    def __bool__(self) -> NoReturn:
        raise TypeError("a PathVerdict has five values; compare it")


class Verdict(Enum):
    """How a requirement stands."""

    MET = "met"
    BROKEN = "broken"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not-applicable"

    def __bool__(self) -> NoReturn:
        raise TypeError("a Verdict has four values; compare it")


class Severity(Enum):
    """How much a broken requirement weighs."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Outcome(Enum):
    """What one step of a path did to the packet."""

    PASS = "pass"
    STOP = "stop"
    UNKNOWN = "unknown"


class HopKind(Enum):
    """Which part of the path a step belongs to, in the order in which a packet meets them."""

    SOURCE = "source"
    NAME = "name"
    ROUTE = "route"
    FILTER = "filter"
    DOOR = "door"


class Step(msgspec.Struct, frozen=True, cache_hash=True):
    """One decision on the way, with the setting that made it."""

    hop: HopKind
    outcome: Outcome
    text: str
    """What is so, in one line: `zone privatelink.blob… is not linked to aks-net`."""
    cites: tuple[Cite, ...] = ()
    ask: str = ""
    """For an unknown: what to supply."""


class Path(msgspec.Struct, frozen=True, kw_only=True):
    """The answer for one pool, one host name."""

    pool: str
    cluster: ResourceId
    resource: ResourceId
    service: str
    subresource: str
    host: str
    ports: tuple[int, ...]
    needed: bool
    verdict: PathVerdict
    steps: tuple[Step, ...]
    address: str = ""
    """Where the name leads: an address, or what is known of it."""
    endpoint: ResourceId | None = None
    """The private endpoint that the address belongs to."""

    @property
    def obstacles(self) -> tuple[Step, ...]:
        """Every step that stops the packet, not only the first."""
        return tuple(step for step in self.steps if step.outcome is Outcome.STOP)


class Safety(Enum):
    """Who may notice a fix."""

    SAFE = "safe"
    """Nothing that works can stop."""
    ASKS = "asks"
    """May interrupt somebody; the fix says whom."""
    MANUAL = "manual"
    """Cannot be done in place, or not by this tool."""


class Fix(msgspec.Struct, frozen=True, kw_only=True):
    """One change that mends a finding, as data for a planner."""

    action: Literal["create", "update", "delete", "post"]
    target: str
    """Resource id, with `{…}` where a name is still to be chosen."""
    summary: str
    """Imperative, one line: `Link privatelink.blob.core.windows.net to aks-net`."""
    safety: Safety
    why: str
    """Why that safety."""
    body: dict[str, object] = {}
    """ARM properties to set, shaped as in the request."""
    pointer: str = ""
    """For an update: the property."""
    again: bool = False
    """For a delete: it is made again as it was, with its children."""
    halves: tuple[str, str] = ("", "")
    """Of what is made again: how taking it away and making it are called, where that is not just so."""
    query: dict[str, str] = {}
    """Further parameters of the request: `underlyingResourceAction`."""
    closes: bool = False
    """It keeps somebody out who comes in today, so it comes when everything else is done."""


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """What one requirement says of one subject."""

    requirement: str
    verdict: Verdict
    subject: ResourceId
    message: str
    severity: Severity = Severity.ERROR
    evidence: tuple[Step, ...] = ()
    fixes: tuple[Fix, ...] = ()
    ask: str = ""
    """For unknown: what to supply."""


def unknown_step(hop: HopKind, unknown: Unknown) -> Step:
    """A step that cannot be decided, with what to supply."""
    return Step(hop, Outcome.UNKNOWN, unknown.why, (unknown.cite,) if unknown.cite else (), unknown.ask)
