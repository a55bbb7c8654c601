"""The expression grammar: text to tree and back. Knows no function and no value of a template.

    expression  = literal | call, then any number of  .name  ?.name  .?name  [expression]  [?expression]
    literal     = 'text' with '' for a quote | integer | decimal
    call        = name ( expression, … )        name may have dots: user functions stand in namespaces

A string is an expression when it starts with `[` and ends with `]`; `[[` at the start stands for `[`.
Source: Microsoft Learn, "Syntax and expressions in ARM templates", checked 2026-01-05; `true`, `false` and
`null` are functions there. Names are letters, digits, `_`, `$` and `#` (Bicep compiles to such names).
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TypeAlias

import msgspec

from cloison.sources.arm_template.errors import TOO_MUCH, Fault


class Literal(msgspec.Struct, frozen=True, tag=True):
    """A constant: text or number."""

    value: str | int | float


class Call(msgspec.Struct, frozen=True, tag=True):
    """A function with its arguments; `name` as it was written."""

    name: str
    args: tuple[Expression, ...]


class Index(msgspec.Struct, frozen=True, tag=True):
    """`base.name` or `base[key]`; safe access gives null where there is nothing."""

    base: Expression
    key: Expression
    safe: bool = False


Expression: TypeAlias = Literal | Call | Index

_TOKEN = re.compile(
    r"\s*(?:"
    r"(?P<text>'(?:[^']|'')*')"
    r"|(?P<number>[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)"
    r"|(?P<name>[A-Za-z_$#][\w$#]*(?:\.[A-Za-z_$#][\w$#]*)*)"
    r"|(?P<mark>\?\.|\.\?|\[\?|[()\[\],.])"
    r"|(?P<end>$)"
    r"|(?P<wrong>.)"
    r")",
    re.DOTALL,
)
_NAME = re.compile(r"\s*([A-Za-z_$#][\w$#-]*)")
_PLAIN = re.compile(r"[A-Za-z_$#][\w$#]*\Z")

DEPTH = 100
LENGTH = 24_576


@lru_cache(maxsize=65_536)
def parse(text: str, depth: int = DEPTH, length: int = LENGTH) -> Expression:
    """The tree of an expression, without its outer brackets. Raises Fault where the text leaves the grammar."""
    if len(text) > length:
        raise Fault(
            f"the expression has {len(text):,} characters; ARM takes {length:,}",
            code=TOO_MUCH,
            hint="move parts of it to variables",
        )
    return _Reader(text, depth).whole()


class _Reader:
    """One pass over the text, one piece ahead."""

    __slots__ = ("at", "depth", "kind", "start", "text", "piece")

    def __init__(self, text: str, depth: int) -> None:
        self.text = text
        self.depth = depth
        self.at = 0
        self.start = 0
        self.kind = ""
        self.piece = ""
        self.advance()

    def advance(self) -> None:
        """Read the next piece."""
        found = _TOKEN.match(self.text, self.at)
        if found is None or found.lastgroup is None:
            raise self.wrong("the expression ends too early")
        self.kind = found.lastgroup
        self.piece = found.group(self.kind)
        self.start = found.start(self.kind)
        self.at = found.end()

    def wrong(self, what: str) -> Fault:
        """The fault at the current piece."""
        return Fault(
            f"unable to parse the language expression '{shorten(self.text)}' at character {self.start + 1}: {what}",
            hint="quotes in text are doubled ('it''s'); a string that starts with a bracket is written '[[…'",
        )

    def whole(self) -> Expression:
        """The expression, with nothing after it."""
        made = self.expression()
        if self.kind != "end":
            raise self.wrong(f"expected the end, found '{self.piece}'")
        return made

    def expression(self) -> Expression:
        """One expression with its accessors."""
        self.depth -= 1
        if self.depth < 0:
            raise Fault(
                f"the expression '{shorten(self.text)}' is nested too deeply",
                code=TOO_MUCH,
                hint="move parts of it to variables",
            )
        made: Expression
        if self.kind == "text":
            made = Literal(self.piece[1:-1].replace("''", "'"))
            self.advance()
        elif self.kind == "number":
            made = self.number()
        elif self.kind == "name":
            made = self.call()
        else:
            raise self.wrong(
                f"expected a value, found '{self.piece}'" if self.piece else "a value is missing"
            )
        while self.kind == "mark" and self.piece in _ACCESSORS:
            made = self.access(made)
        self.depth += 1
        return made

    def number(self) -> Literal:
        """An integer or a decimal number."""
        text = self.piece
        if len(text) > 40:
            raise self.wrong("the number is too long")
        self.advance()
        return Literal(int(text) if text.lstrip("+-").isdigit() else float(text))

    def call(self) -> Call:
        """A name with its arguments in parentheses."""
        name = self.piece
        self.advance()
        if self.piece != "(" or self.kind != "mark":
            raise self.wrong(
                f"'{name}' is no value; a function call has parentheses and a text has single quotes"
            )
        self.advance()
        args: list[Expression] = []
        while self.piece != ")" or self.kind != "mark":
            args.append(self.expression())
            if self.kind == "mark" and self.piece == ",":
                self.advance()
                if self.kind == "mark" and self.piece == ")":
                    raise self.wrong("a value is missing after the comma")
            elif self.kind != "mark" or self.piece != ")":
                raise self.wrong(f"expected ',' or ')' in the arguments of '{name}'")
        self.advance()
        return Call(name, tuple(args))

    def access(self, base: Expression) -> Index:
        """One `.name` or `[key]` after a value."""
        mark = self.piece
        safe = "?" in mark
        if mark[0] == "[":
            self.advance()
            key = self.expression()
            if self.kind != "mark" or self.piece != "]":
                raise self.wrong("expected ']'")
            self.advance()
            return Index(base, key, safe)
        found = _NAME.match(self.text, self.at)
        if found is None:
            raise self.wrong("expected a property name after the dot")
        self.at = found.end()
        self.advance()
        return Index(base, Literal(found.group(1)), safe)


_ACCESSORS = frozenset({".", "?.", ".?", "[", "[?"})


def show(tree: Expression) -> str:
    """The text of an expression in one canonical form, without outer brackets; parses to the same tree."""
    if isinstance(tree, Literal):
        return quote(tree.value) if isinstance(tree.value, str) else number(tree.value)
    if isinstance(tree, Call):
        return f"{tree.name}({', '.join([show(arg) for arg in tree.args])})"
    return show(tree.base) + accessor(tree.key, safe=tree.safe)


def accessor(key: Expression, *, safe: bool = False) -> str:
    """`.name` where the key is a plain name, else `[key]`."""
    mark = "?" if safe else ""
    if isinstance(key, Literal) and isinstance(key.value, str) and _PLAIN.match(key.value):
        return f"{mark}.{key.value}"
    return f"[{mark}{show(key)}]"


def quote(text: str) -> str:
    """A text as an expression writes it."""
    return "'" + text.replace("'", "''") + "'"


def number(value: float) -> str:
    """A number as an expression writes it."""
    return str(value) if isinstance(value, int) else repr(value)


def shorten(text: str, limit: int = 120) -> str:
    """The text, or its start and an ellipsis, for a message; control characters are shown as spaces."""
    clean = "".join(char if char.isprintable() else " " for char in text[: limit + 1])
    return clean if len(text) <= limit else clean[: limit - 1] + "…"
