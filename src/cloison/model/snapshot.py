"""A snapshot: every resource that was read, and every gap where something could not be.

All sources end here; a template, a plan and a live answer that mean the same become the same snapshot.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple, TypeVar

import msgspec

from cloison.arm.ids import ResourceId
from cloison.model.body import Body
from cloison.model.facts import Unknown

T = TypeVar("T")


class Place(NamedTuple):
    """Where something stands in an input file; line and column start at 1, 0 means the file as a whole."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


class Gap(msgspec.Struct, frozen=True):
    """Something the source could not read or decide. It never counts as empty."""

    what: str
    """`private DNS zones of rg-net`, `linked template network.json`."""
    why: str
    ask: str
    """What to supply to close it."""
    type: str = ""
    """Resource type in lower case when all of one type is missing."""
    scope: str = ""


class Resource:
    """One resource as read.

    raw: gives the ARM body, once, when first needed.
    maybe: the condition that decides whether it exists at all, or None.
    locate: gives the place in the input file of a JSON pointer into this body; None: `load.place` does, if it has one.
    """

    __slots__ = ("_body", "_locate", "_load", "_memo", "flat", "id", "maybe", "partial", "planned", "type")

    def __init__(
        self,
        id: ResourceId,
        type: str,
        load: Callable[[], object],
        *,
        flat: bool = False,
        planned: bool = False,
        partial: Unknown | None = None,
        maybe: Unknown | None = None,
        locate: Callable[[str], Place | None] | None = None,
    ) -> None:
        self.id = id
        self.type = type
        self.flat = flat
        self.planned = planned
        self.partial = partial
        self.maybe = maybe
        self._load = load
        self._locate = locate
        self._body: Body | None = None
        self._memo: dict[object, Any] | None = None

    def __repr__(self) -> str:
        return f"Resource({self.id.text})"

    @property
    def body(self) -> Body:
        """The ARM body's root."""
        if self._body is None:
            self._body = Body(
                self.id, self._load(), flat=self.flat, partial=self.partial, planned=self.planned
            )
        return self._body

    def forget(self) -> None:
        """Let go of the decoded body; it is decoded again when it is needed."""
        self._body = None

    @property
    def name(self) -> str:
        """Its own name: the last segment of its id."""
        return self.id.name

    def place(self, pointer: str = "") -> Place | None:
        """Where a pointer into this body stands in the input file, or None when the input is no file."""
        # A source with millions of rows gives one object for both: a method of its own would cost each row 80 bytes.
        locate = self._locate or getattr(self._load, "place", None)
        return locate(pointer) if locate else None

    def once(self, read: Callable[[Resource], T]) -> T:
        """What `read` gives for this resource, computed the first time only."""
        if self._memo is None:
            self._memo = {}
        if read not in self._memo:
            self._memo[read] = read(self)
        result: T = self._memo[read]
        return result


class Snapshot:
    """Resources by id and by type, and gaps. Nested children stand as resources of their own."""

    def __init__(
        self, resources: Iterable[Resource], gaps: Iterable[Gap] = (), inputs: Iterable[str] = ()
    ) -> None:
        self.resources: dict[ResourceId, Resource] = {}
        self.gaps: tuple[Gap, ...] = tuple(gaps)
        self.inputs: tuple[str, ...] = tuple(inputs)
        self._by_type: dict[str, list[Resource]] = {}
        for resource in resources:
            self.resources[resource.id] = resource
            self._by_type.setdefault(resource.type, []).append(resource)

    def get(self, id: ResourceId) -> Resource | None:
        """The resource of this id, or None when it was not read (which does not mean that it does not exist)."""
        return self.resources.get(id)

    def of(self, type: str) -> list[Resource]:
        """All resources of one full type, in the order they were read. The type in any case."""
        return self._by_type.get(type.lower(), [])

    @property
    def types(self) -> Mapping[str, list[Resource]]:
        """Resources by lower-case full type."""
        return self._by_type
