"""Actions: what the executor asks of the outside, and what it hears. The only things that cross its border."""

from __future__ import annotations

from typing import Any, TypeAlias

import msgspec

from cloison.arm.gate import Sent


class Look(msgspec.Struct, frozen=True):
    """Read a resource or a list, once. Heard: an `Answer`. Raises ArmError."""

    path: str
    api_version: str


class Follow(msgspec.Struct, frozen=True):
    """Ask how an operation stands, at the address that ARM gave for it. Heard: an `Answer`. Raises ArmError."""

    link: str


class Send(msgspec.Struct, frozen=True):
    """Send a request that changes something, once. Heard: an `Answer`. Raises ArmError."""

    step: int
    request: Sent
    headers: dict[str, str]


class Append(msgspec.Struct, frozen=True):
    """Write bytes behind what the journal holds. Raises OSError."""

    data: bytes


class Sync(msgspec.Struct, frozen=True):
    """Return when everything appended is on the disk. Raises OSError."""


class Cut(msgspec.Struct, frozen=True):
    """Drop what stands in the journal from there on, and reserve its space anew. Raises OSError."""

    length: int


class Sleep(msgspec.Struct, frozen=True):
    """Let time pass."""

    seconds: float


class Tell(msgspec.Struct, frozen=True, kw_only=True):
    """Something for people who watch; nothing is heard back."""

    step: int
    what: str
    """`looking`, `sending`, `waiting`, `again`, `done`, `so already`, `stopped`."""
    text: str = ""
    seconds: float = 0.0
    """How long it will usually take from here."""


Action: TypeAlias = Look | Follow | Send | Append | Sync | Cut | Sleep


class Begun(msgspec.Struct, frozen=True):
    """An action to begin. Several may be under way at a time; appends happen in the order in which they are begun."""

    token: int
    action: Action


class Heard(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one action."""

    token: int
    now: float
    """Seconds on a clock that never goes back."""
    clock: float
    """Seconds since 1970, for the record only: nothing is decided by it."""
    value: Any = None
    error: Exception | None = None


class Interrupt(msgspec.Struct, frozen=True):
    """Somebody wants it to stop: the first time at a safe point, the second time at once."""


Asked: TypeAlias = Begun | Tell
Told: TypeAlias = Heard | Interrupt
