"""Values that the template leaves open: what is known of them, and which parameter would decide them.

A symbol is a text in the expression language. Two symbols with the same text are the same value, so an id
with an unknown name in it still finds the resource with that name. A string symbol may know some of its
parts; a choice knows its two outcomes but not its condition.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, TypeAlias

import msgspec

from cloison.sources.arm_template.grammar import number, quote

TEXT_MAX: Final = 1_500
"""Characters of a symbol's text; a longer one keeps its start and a digest, so that equal stays equal."""
PARTS_MAX: Final = 64
"""Pieces of a partly known string; a longer one knows its start and its end only."""
SEGMENT_MAX: Final = 150
"""Characters of a symbol in an id."""

ANY: Final = ""
STRING: Final = "string"
INT: Final = "int"
BOOL: Final = "bool"
ARRAY: Final = "array"
OBJECT: Final = "object"

Value: TypeAlias = Any
"""None, bool, int, float, str, list, dict or Symbol; containers may hold symbols."""

NOTHING: Final[frozenset[str]] = frozenset()


class Symbol(msgspec.Struct, frozen=True, eq=False):
    """An unknown value. Equal symbols have equal text; str() is the text that an id shows for it."""

    text: str
    """The expression, readable: `parameters('x')`, `reference('…').foo`."""
    needs: frozenset[str] = NOTHING
    """Parameters of the outermost template that would decide it; empty where only Azure can."""
    kind: str = ANY
    """`string`, `int`, `bool`, `array`, `object`, or empty where the template does not say."""
    parts: tuple[str | Symbol, ...] = ()
    """Known and unknown pieces of a partly known string, in order; empty where nothing is known."""
    label: str = ""
    """What an id shows for it, where that is not its text: `{subscription}`."""
    nullable: bool = True
    """It may be null."""
    segment: bool = False
    """A string that cannot hold a slash: a name in a resource id."""
    choice: tuple[Value, Value, Value] | None = None
    """Condition, value when true, value when false."""
    call: tuple[str, tuple[Value, ...]] | None = None
    """Function and arguments it came from, for the few functions that look through others."""
    member: Callable[[str], Value] | None = None
    """Property of a value that is partly known; KeyError where the template does not state it."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Symbol) and other.text == self.text

    def __hash__(self) -> int:
        return hash(self.text)

    def __str__(self) -> str:
        if self.parts:
            return "".join([part if isinstance(part, str) else str(part) for part in self.parts])
        return "{" + (self.label or _clean(self.text)) + "}"

    def __repr__(self) -> str:
        return f"<{self.text}>"

    def __bool__(self) -> bool:
        raise TypeError(f"{self.text} is neither true nor false; ask whether it is a Symbol")

    @property
    def prefix(self) -> str:
        """What the string is known to start with."""
        return self.parts[0] if self.parts and isinstance(self.parts[0], str) else ""

    @property
    def suffix(self) -> str:
        """What the string is known to end with."""
        return self.parts[-1] if self.parts and isinstance(self.parts[-1], str) else ""

    @property
    def resource_id(self) -> str | None:
        """The text as a resource id with open parts in braces, or None where it is no id."""
        if not self.prefix.startswith("/"):
            return None
        text = str(self)
        return text if "/providers/" in text or text.startswith("/subscriptions/") else None


class Lambda(msgspec.Struct, frozen=True, eq=False):
    """A function that an expression hands to `map` and its like."""

    names: tuple[str, ...]
    body: Callable[[Any], Value]
    context: Any
    text: str


def _clean(text: str) -> str:
    safe = text.replace("/", "|")
    return safe if len(safe) <= SEGMENT_MAX else safe[: SEGMENT_MAX - 10] + "…" + _digest(text)


def _digest(text: str) -> str:
    made: str = _hashing(text).hexdigest()[:8]
    return made


def _hashing(text: str) -> Any:
    """A SHA-256 that has taken in the text."""
    # It loads OpenSSL, which takes longer than most templates: few have a text that needs a digest.
    import hashlib

    return hashlib.sha256(text.encode("utf-8", "surrogatepass"))


def bound(text: str) -> str:
    """The text, or its start and a digest of the whole."""
    return text if len(text) <= TEXT_MAX else f"{text[: TEXT_MAX - 12]}…#{_digest(text)}"


class _Shown(msgspec.Struct, frozen=True, gc=False):
    """What is known of a container's print; `value` keeps it alive, so that its identity stays its own."""

    value: Value
    text: str
    needs: frozenset[str]


_SHOWN: Final[dict[int, _Shown]] = {}
"""Containers printed so far. Values are never changed once made, and many share their parts."""


def forget() -> None:
    """Drop what is remembered of values."""
    _SHOWN.clear()


def show(value: Value) -> str:
    """A value as an expression writes it; what is long as its start and a digest. Equal texts mean equal values."""
    if isinstance(value, (Symbol, Lambda)):
        return value.text
    if isinstance(value, str):
        return quote(bound(value))
    if value is None or isinstance(value, bool):
        return {None: "null()", True: "true()", False: "false()"}[value]
    if isinstance(value, (int, float)):
        return number(value)
    return _container(value).text


def _container(value: Value) -> _Shown:
    found = _SHOWN.get(id(value))
    if found is not None:
        return found
    is_dict = isinstance(value, dict)
    members = [piece for pair in value.items() for piece in pair] if is_dict else value
    start: list[str] = ["createObject(" if is_dict else "createArray("]
    room, needs = TEXT_MAX, NOTHING
    digest: Any = None
    for at, member in enumerate(members):
        text = f", {show(member)}" if at else show(member)
        if room > 0:
            start.append(text)
            room -= len(text)
            if room <= 0:
                digest = _hashing("".join(start[1:]))
        else:
            digest.update(text.encode("utf-8", "surrogatepass"))
        if isinstance(member, (Symbol, dict, list)):
            inner = member.needs if isinstance(member, Symbol) else _container(member).needs
            needs = needs | inner if needs else inner
    start.append(")")
    shown = "".join(start) if room > 0 else f"{''.join(start)[: TEXT_MAX - 12]}…#{digest.hexdigest()[:8]}"
    made = _SHOWN[id(value)] = _Shown(value, shown, needs)
    return made


def needs_of(values: Iterable[Value]) -> frozenset[str]:
    """Parameters that the values need."""
    found: frozenset[str] = NOTHING
    for value in values:
        if isinstance(value, Symbol):
            found = found | value.needs if found else value.needs
        elif isinstance(value, (dict, list)) and value:
            found |= _container(value).needs
    return found


def unknown(name: str, args: Iterable[Value], kind: str = ANY, *, nullable: bool = False) -> Symbol:
    """The result of a function whose arguments do not decide it."""
    args = tuple(args)
    text = bound(f"{name}({', '.join([show(arg) for arg in args])})")
    return Symbol(text, needs=needs_of(args), kind=kind, call=(name, args), nullable=nullable)


def choose(condition: Symbol, yes: Value, no: Value) -> Value:
    """`if` with an unknown condition: either outcome, or the outcome when both are the same."""
    if same(yes, no):
        return yes
    if yes is True and no is False:
        return condition
    kind = kind_of(yes)
    return Symbol(
        bound(f"if({condition.text}, {show(yes)}, {show(no)})"),
        needs=needs_of((condition, yes, no)),
        kind=kind if kind == kind_of(no) else ANY,
        choice=(condition, yes, no),
        nullable=may_be_null(yes) or may_be_null(no),
    )


def same(one: Value, other: Value) -> bool:
    """The values are the same, open parts included; numbers and booleans are different things."""
    if one is other:
        return True
    if type(one) is not type(other):
        return False
    if isinstance(one, (dict, list)):
        return len(one) == len(other) and _container(one).text == _container(other).text
    return bool(one == other)


def may_be_null(value: Value) -> bool:
    """The value is null or cannot be told from null."""
    return value is None or (isinstance(value, Symbol) and value.nullable)


_KINDS: Final[Mapping[type, str]] = {str: STRING, bool: BOOL, int: INT, list: ARRAY, dict: OBJECT}


def kind_of(value: Value) -> str:
    """`string`, `int`, `bool`, `array`, `object`; empty for null, decimals and symbols that do not say."""
    return value.kind if isinstance(value, Symbol) else _KINDS.get(type(value), ANY)


def join(pieces: Iterable[str | Symbol]) -> str | Symbol:
    """A string from its pieces, neighbours that are known joined; a plain string when all are known."""
    flat: list[str | Symbol] = []
    run: list[str] = []
    for piece in pieces:
        if isinstance(piece, str):
            run.append(piece)
            continue
        for part in piece.parts or (piece,):
            if isinstance(part, str):
                run.append(part)
                continue
            if known := "".join(run):
                flat.append(known)
            run.clear()
            flat.append(part)
    if known := "".join(run):
        flat.append(known)
    if not flat:
        return ""
    if len(flat) == 1:
        return flat[0] if isinstance(flat[0], str) else as_text(flat[0])
    return _joined(flat if len(flat) <= PARTS_MAX else [flat[0], _joined(flat[1:-1]), flat[-1]])


def as_text(value: Symbol) -> Symbol:
    """The open value as the text that it becomes in a text; one that may be a text keeps its own."""
    if value.kind == STRING and not value.nullable:
        return value
    if value.kind in {STRING, ANY}:
        return msgspec.structs.replace(value, kind=STRING, nullable=False)
    return unknown("string", (value,), STRING)


def _joined(parts: list[str | Symbol]) -> Symbol:
    shown = ", ".join([quote(part) if isinstance(part, str) else part.text for part in parts])
    return Symbol(
        bound(f"concat({shown})"),
        needs=needs_of(parts),
        kind=STRING,
        parts=tuple(parts) if len(parts) <= PARTS_MAX else (),
        nullable=False,
        segment=all("/" not in part if isinstance(part, str) else part.segment for part in parts),
    )


def parts_of(value: str | Symbol) -> tuple[str | Symbol, ...]:
    """The pieces of a string, known or not."""
    if isinstance(value, str):
        return (value,)
    return value.parts or (value,)


def as_segment(value: str | Symbol) -> str | Symbol:
    """The same name, now known to hold no slash: it stands as one segment of an id."""
    if isinstance(value, str) or value.segment:
        return value
    if value.parts:
        return join([as_segment(part) for part in value.parts])
    if value.choice is not None and any(isinstance(side, str) and "/" in side for side in value.choice[1:]):
        return value
    return msgspec.structs.replace(value, segment=True)
