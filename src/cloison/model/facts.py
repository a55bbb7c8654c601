"""Facts: what a setting is, or why that is not known. Four states are kept apart all the way:
stated, defaulted, null and unreadable.

A `Fact` is `Known` or `Unknown`. Code that needs the value asks `.value`; on an `Unknown` that raises
`NotKnown`, which only `cloison.check` catches and turns into the verdict `unknown`.
"""

from __future__ import annotations

from enum import Enum
from typing import Generic, NoReturn, TypeVar

import msgspec

from cloison.arm.ids import ResourceId

T = TypeVar("T")


class Origin(Enum):
    """Where a value comes from."""

    STATED = "stated"
    """The input says it."""
    DEFAULT = "default"
    """The input leaves it out and Azure's default applies."""
    NULL = "null"
    """The input says null, which Azure treats as left out."""
    DERIVED = "derived"
    """Cloison computed it from other settings, e.g. the record that a zone group will write."""


class Cite(msgspec.Struct, frozen=True, cache_hash=True):
    """The setting that decided: a resource and a JSON pointer into its ARM body."""

    resource: ResourceId
    pointer: str = ""
    origin: Origin = Origin.STATED
    source: str = ""
    """For a default: which document says so, and when that was checked."""

    def __str__(self) -> str:
        return f"{self.resource.name}#{self.pointer}" if self.pointer else self.resource.name


class NotKnown(Exception):
    """A value was needed that is not known. Caught in `cloison.check` alone."""

    def __init__(self, unknown: Unknown) -> None:
        super().__init__(unknown.why)
        self.unknown = unknown


class Unknown(msgspec.Struct, frozen=True):
    """A value that the input does not decide."""

    why: str
    """What is so: `publicNetworkAccess is parameters('access'), which has no value`."""
    ask: str
    """What to supply to decide it: `--set access=…`, `Reader on rg-net`."""
    cite: Cite | None = None

    @property
    def value(self) -> NoReturn:
        """Raises NotKnown: there is none."""
        raise NotKnown(self)

    def __bool__(self) -> NoReturn:
        raise TypeError("an Unknown is neither true nor false; ask is_known()")


class Known(msgspec.Struct, Generic[T], frozen=True):
    """A value and the setting that says it."""

    value: T
    cite: Cite

    def __bool__(self) -> NoReturn:
        raise TypeError("a Known is not its value; ask .value")


Fact = Known[T] | Unknown


class Default(msgspec.Struct, Generic[T], frozen=True):
    """What Azure takes when a property is left out, with the document that says so."""

    value: T
    source: str
    """`REST reference 2023-05-01, checked 2026-01-05`."""
