"""`$filter`: the part of OData's language that Resource Manager takes in queries.

    resourceType eq 'Microsoft.Network/virtualNetworks' and (location eq 'westeurope' or not name eq 'old')
    substringof('hub', name)   startswith(name, 'hub')   atScope()   assignedTo('GUID')

Comparisons look at no case, as in Azure.
Source: Microsoft Learn, REST reference "Resources - List" and "Role Assignments - List For Scope"; checked 2026-11-24.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TypeAlias

from cloison.model.behaviour import Refused

Row: TypeAlias = Mapping[str, str]
"""What a filter may name, in lower case, and its value; '' where there is none."""
Test: TypeAlias = Callable[[Row], bool]
Functions: TypeAlias = Mapping[str, Callable[[str], Test]]
"""Functions of one kind of list, by name in lower case: what is in the brackets, without quotes -> a test."""

DEPTH_MAX = 50
_TOKEN = re.compile(r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<word>[A-Za-z_$][\w./]*)|(?P<mark>[(),]))")


def filtered(text: str, functions: Functions | None = None) -> Test:
    """The test that a filter is; an empty one lets everything pass. Raises Refused for what is no filter."""
    if not text.strip():
        return everything
    return _Reader(text, functions or {}).read()


def everything(row: Row) -> bool:
    """The test that everything passes."""
    return True


class _Reader:
    def __init__(self, text: str, functions: Functions) -> None:
        self._text = text
        self._functions = functions
        self._tokens = self._split()
        self._at = 0
        self._depth = 0

    def read(self) -> Test:
        test = self._either()
        if self._at < len(self._tokens):
            raise self._wrong()
        return test

    def _split(self) -> list[tuple[str, str]]:
        found: list[tuple[str, str]] = []
        at, text = 0, self._text.rstrip()
        while at < len(text):
            match = _TOKEN.match(text, at)
            if match is None or match.lastgroup is None:
                raise self._wrong()
            found.append((match.lastgroup, match.group(match.lastgroup)))
            at = match.end()
        return found

    def _wrong(self) -> Refused:
        text = f"Invalid $filter '{self._text[:200]}' specified in the query string."
        return Refused(400, "InvalidFilterInQueryString", text)

    def _next(self, kind: str = "") -> str:
        if self._at >= len(self._tokens) or (kind and self._tokens[self._at][0] != kind):
            raise self._wrong()
        self._at += 1
        return self._tokens[self._at - 1][1]

    def _is(self, word: str) -> bool:
        if self._at < len(self._tokens) and self._tokens[self._at][1].lower() == word:
            self._at += 1
            return True
        return False

    def _either(self) -> Test:
        tests = [self._both()]
        while self._is("or"):
            tests.append(self._both())
        return tests[0] if len(tests) == 1 else lambda row: any(test(row) for test in tests)

    def _both(self) -> Test:
        tests = [self._one()]
        while self._is("and"):
            tests.append(self._one())
        return tests[0] if len(tests) == 1 else lambda row: all(test(row) for test in tests)

    def _one(self) -> Test:
        self._depth += 1
        if self._depth > DEPTH_MAX:
            raise self._wrong()
        try:
            if self._is("not"):
                test = self._one()
                return lambda row: not test(row)
            if self._is("("):
                test = self._either()
                if not self._is(")"):
                    raise self._wrong()
                return test
            return self._comparison()
        finally:
            self._depth -= 1

    def _comparison(self) -> Test:
        name = self._next("word").lower()
        if self._is("("):
            return self._call(name)
        operator = self._next("word").lower()
        value = _bare(self._next())
        if operator == "eq":
            return lambda row: row.get(name, "").lower() == value
        if operator == "ne":
            return lambda row: row.get(name, "").lower() != value
        raise self._wrong()

    def _call(self, name: str) -> Test:
        given: list[str] = []
        while not self._is(")"):
            given.append(_bare(self._next()))
            self._is(",")
        if name in self._functions and len(given) < 2:
            return self._functions[name](given[0] if given else "")
        if name == "substringof" and len(given) == 2:
            part, field = given
            return lambda row: part in row.get(field, "").lower()
        if name in {"startswith", "endswith"} and len(given) == 2:
            field, part = given
            if name == "startswith":
                return lambda row: row.get(field, "").lower().startswith(part)
            return lambda row: row.get(field, "").lower().endswith(part)
        raise self._wrong()


def _bare(token: str) -> str:
    """A literal or name without its quotes, in lower case."""
    return token[1:-1].replace("''", "'").lower() if token.startswith("'") else token.lower()
