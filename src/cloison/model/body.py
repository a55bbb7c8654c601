"""Reading one ARM body: every read gives a `Fact` that cites its JSON pointer.

Knows nothing of any resource type; a kind says which pointer, which shape and which default.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar, cast

import msgspec

from cloison.arm.ids import NotAnId, ResourceId
from cloison.model.facts import Cite, Default, Fact, Known, Origin, Unknown

T = TypeVar("T")

_ABSENT = object()


class Open(msgspec.Struct, frozen=True):
    """A value in a body that is decided only later: an expression, or a property Terraform knows after apply."""

    text: str
    """How to show it: `{parameters('access')}`."""
    ask: str
    """What to supply to decide it."""
    prefix: str = ""
    """Known beginning of a partly known text."""
    suffix: str = ""
    """Known end of a partly known text."""


class Body:
    """A place in a resource's body. `at` goes deeper, the typed readers return facts.

    flat: the body was printed without its `properties` envelopes (as the command line `az` does), so that
    segment is skipped where it is absent.
    partial: why absent properties are not decided by defaults (columns projected away, an `existing`
    resource of a template), or None when the body is whole.
    planned: the resource is not deployed yet; properties that Azure fills in do not exist.
    """

    __slots__ = ("flat", "partial", "planned", "pointer", "resource", "value")

    def __init__(
        self,
        resource: ResourceId,
        value: object,
        pointer: str = "",
        *,
        flat: bool = False,
        partial: Unknown | None = None,
        planned: bool = False,
    ) -> None:
        self.resource = resource
        self.value = value
        self.pointer = pointer
        self.flat = flat
        self.partial = partial
        self.planned = planned

    def cite(self, origin: Origin = Origin.STATED, source: str = "") -> Cite:
        """This place as evidence."""
        return Cite(self.resource, self.pointer, origin, source)

    def at(self, path: str) -> Body:
        """The place below: `body.at("properties/networkAcls/bypass")`. Property names match without regard to case."""
        value, pointer = self.value, self.pointer
        for key in path.split("/"):
            # The exact type first: asking whether something is a Mapping is most of what this loop would cost.
            if type(value) is dict or isinstance(value, Mapping):
                found = _lookup(value, key)
                if found is _ABSENT and key == "properties" and self.flat:
                    continue
                value = found
            elif value is not _ABSENT and not isinstance(value, Open):
                value = _ABSENT if value is None else _Misshapen(value)
            pointer = f"{pointer}/{key}" if "~" not in key else f"{pointer}/{key.replace('~', '~0')}"
        return Body(self.resource, value, pointer, flat=self.flat, partial=self.partial, planned=self.planned)

    @property
    def is_absent(self) -> bool:
        """True when the input does not have this place, or says null."""
        return self.value is _ABSENT or self.value is None

    def fact(self, kind: type[T], name: str, default: Default[T] | None = None) -> Fact[T]:
        """The value here as `kind`, the default where it is left out or null, else Unknown."""
        value = self.value
        if type(value) is kind:
            return Known(value, Cite(self.resource, self.pointer))
        if value is _ABSENT or value is None:
            return self._left_out(default)
        if isinstance(value, Open):
            return self._open(value)
        shown = value.value if isinstance(value, _Misshapen) else value
        return Unknown(
            f"{self.pointer} of {self.resource.name} is {type(shown).__name__} where {name} is expected",
            "correct it, or export the resource again",
            self.cite(),
        )

    def text(self, default: Default[str] | None = None) -> Fact[str]:
        """A string."""
        return self.fact(str, "a text", default)

    def flag(self, default: Default[bool] | None = None) -> Fact[bool]:
        """A boolean; ARM also accepts the texts `true` and `false`."""
        if isinstance(self.value, str) and self.value.lower() in ("true", "false"):
            return Known(self.value.lower() == "true", self.cite())
        return self.fact(bool, "true or false", default)

    def number(self, default: Default[int] | None = None) -> Fact[int]:
        """An integer; a text of digits counts, as templates often give one."""
        if isinstance(self.value, str) and self.value.isdigit():
            return Known(int(self.value), self.cite())
        return self.fact(int, "a number", default)

    def id(self, default: Default[ResourceId | None] | None = None) -> Fact[ResourceId | None]:
        """A resource id, whole."""
        if isinstance(self.value, str):
            try:
                return Known(ResourceId.parse(self.value), self.cite())
            except NotAnId as error:
                return Unknown(str(error), "correct the id", self.cite())
        if self.is_absent:
            return self._left_out(default)
        return cast(Unknown, self.fact(str, "a resource id"))

    def texts(self, default: Default[tuple[str, ...]] | None = None) -> Fact[tuple[str, ...]]:
        """A list of strings; Unknown when any of them is open."""
        if self.is_absent:
            return self._left_out(default)
        if not isinstance(self.value, list):
            return self.fact(cast("type[tuple[str, ...]]", list), "a list of texts")
        for place in self.each():
            if not isinstance(place.value, str):
                return cast(Unknown, place.fact(str, "a text"))
        return Known(tuple(self.value), self.cite())

    def each(self) -> Iterator[Body]:
        """The places of a list's items; nothing for anything else (ask `items_known` first)."""
        if isinstance(self.value, list):
            for index, item in enumerate(self.value):
                yield Body(
                    self.resource,
                    item,
                    f"{self.pointer}/{index}",
                    flat=self.flat,
                    partial=self.partial,
                    planned=self.planned,
                )

    def items_known(self) -> Fact[bool]:
        """Known(True) when this list can be read whole, Known(False) when it is left out, else Unknown."""
        if isinstance(self.value, list):
            return Known(True, self.cite())
        if self.is_absent:
            return self._left_out(Default(False, "left out"))
        return cast(Unknown, self.fact(list, "a list"))

    def settled(self, default: Default[str] | None = None) -> Fact[str | None]:
        """A read-only text that Azure fills in: Known(None) while the resource is only planned."""
        if self.is_absent and self.planned:
            return Known(None, self.cite(Origin.DERIVED))
        fact = self.text(default)
        return Known(fact.value, fact.cite) if isinstance(fact, Known) else fact

    def _left_out(self, default: Default[T] | None) -> Fact[T]:
        if self.partial is not None:
            return Unknown(self.partial.why, self.partial.ask, self.cite())
        if default is not None:
            origin = Origin.NULL if self.value is None else Origin.DEFAULT
            return Known(default.value, self.cite(origin, default.source))
        return Unknown(
            f"{self.pointer} of {self.resource.name} is not in the input",
            f"add {self.pointer} of {self.resource.text}",
            self.cite(),
        )

    def _open(self, value: Open) -> Unknown:
        return Unknown(f"{self.pointer} of {self.resource.name} is {value.text}", value.ask, self.cite())


class _Misshapen:
    """A scalar where an object was expected; keeps the scalar for the message."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value


def _lookup(mapping: Mapping[str, object], key: str) -> object:
    found = mapping.get(key, _ABSENT)
    if found is _ABSENT:
        lowered, length = key.lower(), len(key)
        for name, value in mapping.items():
            # Most names differ in length already, and most look-ups are for what a body leaves out.
            if len(name) == length and name.lower() == lowered:
                return value
    return found
