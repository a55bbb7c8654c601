"""Expressions of the query language, read into functions of a row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from cloison.emulator.graph.tokens import Token, beyond, tokens, wrong
from cloison.emulator.graph.values import (
    COMPARISONS,
    FUNCTIONS,
    OPPOSITES,
    Value,
    alike,
    equal,
    has,
    number,
    step,
    text,
)
from cloison.model.behaviour import Refused

Row: TypeAlias = Mapping[str, Any]
Expression: TypeAlias = Callable[[Row], Value]

DEPTH_MAX = 100
_IN = {"in": equal, "in~": alike, "!in": equal, "!in~": alike}
_CONSTANTS: Mapping[str, Value] = {"true": True, "false": False, "null": None}


class Reader:
    """The tokens of one query, read from left to right."""

    def __init__(self, query: str) -> None:
        """Raises Refused for characters that no query has."""
        self.query = query
        self._tokens = tokens(query)
        self._at = 0
        self._depth = 0

    @property
    def next(self) -> Token:
        """The token that comes."""
        return self._tokens[self._at]

    def after(self, count: int) -> Token:
        """The token that comes that many further on."""
        return self._tokens[min(self._at + count, len(self._tokens) - 1)]

    def take(self) -> Token:
        """The token that comes, behind us now."""
        token = self._tokens[self._at]
        if token.kind != "end":
            self._at += 1
        return token

    def took(self, *words: str) -> bool:
        """Whether the tokens that come are these; they are behind us then."""
        coming = self._tokens[self._at : self._at + len(words)]
        if [token.word for token in coming] != list(words):
            return False
        self._at += len(words)
        return True

    def need(self, word: str) -> None:
        """Go past a token. Raises Refused where another comes."""
        if not self.took(word):
            raise self.unexpected(f"'{word}' is expected")

    def unexpected(self, why: str = "") -> Refused:
        """The error of the token that comes."""
        token = self.next
        shown = (
            f"'{token.text[:40]}' is not expected here" if token.kind != "end" else "the query ends too early"
        )
        return wrong(self.query, token.at, why or shown)

    def name(self) -> str:
        """A column's name. Raises Refused for anything else."""
        if self.took("["):
            token = self.take()
            self.need("]")
            return token.text
        if self.next.kind != "word":
            raise self.unexpected("the name of a column is expected")
        return self.take().text

    # --- levels of precedence, loosest first -----------------------------------------------------------------

    def expression(self) -> Expression:
        """One expression. Raises Refused."""
        self._depth += 1
        if self._depth > DEPTH_MAX:
            raise self.unexpected("the query nests too deeply")
        try:
            parts = [self._both()]
            while self.took("or"):
                parts.append(self._both())
        finally:
            self._depth -= 1
        return parts[0] if len(parts) == 1 else lambda row: any(part(row) is True for part in parts)

    def _both(self) -> Expression:
        parts = [self._comparison()]
        while self.took("and"):
            parts.append(self._comparison())
        return parts[0] if len(parts) == 1 else lambda row: all(part(row) is True for part in parts)

    def _comparison(self) -> Expression:
        left = self._sum()
        word = self.next.word
        if word in _IN:
            self.take()
            return self._in(left, word)
        if word in ("has_any", "has_all"):
            self.take()
            return self._has(left, word)
        if word in ("between", "matches", "!between", "has_cs", "!has_cs"):
            raise beyond(self.query, self.next.at, word)
        compare = COMPARISONS.get(OPPOSITES.get(word, word))
        if compare is None:
            return left
        self.take()
        right = self._sum()
        if word in OPPOSITES:
            return lambda row: not compare(left(row), right(row))
        return lambda row: compare(left(row), right(row))

    def _in(self, left: Expression, word: str) -> Expression:
        items = self._arguments()
        same, wanted = _IN[word], not word.startswith("!")
        texts = [item.value for item in items if isinstance(item, _Constant) and isinstance(item.value, str)]
        if same is alike and len(texts) == len(items):
            return _among(left, frozenset(one.lower() for one in texts), wanted=wanted)

        def test(row: Row) -> bool:
            value = left(row)
            found = any(same(value, one) for item in items for one in _each(item(row)))
            return found is wanted

        return test

    def _has(self, left: Expression, word: str) -> Expression:
        items = self._arguments()
        every = word == "has_all"

        def test(row: Row) -> bool:
            tests = (has(left(row), one) for item in items for one in _each(item(row)))
            return all(tests) if every else any(tests)

        return test

    def _sum(self) -> Expression:
        value = self._value()
        while self.next.word in ("+", "-", "*", "/"):
            sign = self.take().word
            value = _arithmetic(sign, value, self._value())
        return value

    def _value(self) -> Expression:
        token = self.next
        if token.kind in ("text", "number"):
            self.take()
            constant = token.text if token.kind == "text" else number(token.text)
            return self._steps(_Constant(constant))
        if self.took("-"):
            inner = self._value()
            return lambda row: -(number(inner(row)) or 0)
        if self.took("("):
            inner = self.expression()
            self.need(")")
            return self._steps(inner)
        if token.kind != "word":
            raise self.unexpected()
        self.take()
        if self.next.word == "(":
            return self._steps(self._call(token))
        if token.word in _CONSTANTS:
            return _Constant(_CONSTANTS[token.word])
        name = token.text
        return self._steps(lambda row: column(row, name))

    def _call(self, token: Token) -> Expression:
        if token.word == "dynamic":
            return self._dynamic()
        if token.word not in FUNCTIONS:
            raise beyond(self.query, token.at, f"{token.text}()")
        low, high, function = FUNCTIONS[token.word]
        arguments = self._arguments()
        if not low <= len(arguments) <= high:
            raise wrong(self.query, token.at, f"{token.text}() does not take {len(arguments)} argument(s)")
        return lambda row: function(*[one(row) for one in arguments])

    def _dynamic(self) -> Expression:
        """`dynamic(…)`: a JSON literal, for which expressions in brackets stand in."""
        self.need("(")
        if self.took("["):
            items: list[Expression] = []
            while not self.took("]"):
                items.append(self.expression())
                self.took(",")
            self.need(")")
            return lambda row: [item(row) for item in items]
        value = self.expression()
        self.need(")")
        return value

    def _arguments(self) -> list[Expression]:
        self.need("(")
        found: list[Expression] = []
        while not self.took(")"):
            found.append(self.expression())
            if self.next.word != ")":
                self.need(",")
        return found

    def _steps(self, value: Expression) -> Expression:
        """What stands behind a value: `.name`, `['name']`, `[0]`."""
        while True:
            if self.took("."):
                if self.next.kind != "word":
                    raise self.unexpected("the name of a property is expected")
                value = _member(value, self.take().text)
            elif self.took("["):
                key = self.expression()
                self.need("]")
                value = _member_at(value, key)
            else:
                return value


def column(row: Row, name: str) -> Value:
    """A column of a row, in whatever case; null where there is none."""
    if name in row:
        return row[name]
    return step(dict(row), name)


class _Constant:
    """A value that is the same in every row."""

    __slots__ = ("value",)

    def __init__(self, value: Value) -> None:
        self.value = value

    def __call__(self, row: Row) -> Value:
        return self.value


def _among(left: Expression, words: frozenset[str], *, wanted: bool) -> Expression:
    """`in~` a list of texts, which are in lower case here: one look for each row, however long the list is."""

    def test(row: Row) -> bool:
        value = left(row)
        return (value is not None and text(value).lower() in words) is wanted

    return test


def _member(value: Expression, name: str) -> Expression:
    return lambda row: step(value(row), name)


def _member_at(value: Expression, key: Expression) -> Expression:
    return lambda row: step(value(row), key(row))


def _each(value: Value) -> list[Value]:
    return value if isinstance(value, list) else [value]


def _arithmetic(sign: str, left: Expression, right: Expression) -> Expression:
    def result(row: Row) -> Value:
        one, other = number(left(row)), number(right(row))
        if one is None or other is None:
            return None
        if sign == "/":
            return one / other if other else None
        return {"+": one + other, "-": one - other, "*": one * other}[sign]

    return result


def ordering(value: Value) -> tuple[int, float, str]:
    """A key that sorts as the language does: null first, then numbers, then texts without regard to case."""
    if value is None:
        return (0, 0.0, "")
    found = number(value) if isinstance(value, int | float) else None
    return (1, float(found), "") if found is not None else (2, 0.0, text(value).lower())
