"""A query's text as tokens, each with its place; and the error that a query which cannot be run ends with."""

from __future__ import annotations

import re

import msgspec

from cloison.model.behaviour import Json, Refused

CHARS_MAX = 60_000
"""Characters of a query. Source: Microsoft Learn, "Understanding the Azure Resource Graph query language"."""

_TOKEN = re.compile(
    r"""(?P<space>\s+|//[^\n]*)
      | (?P<text>@"[^"]*"|@'[^']*'|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
      | (?P<number>\d+(?:\.\d+)?)
      | (?P<word>in~|\$?[A-Za-z_][A-Za-z0-9_]*(?:-(?:away|keep|rename|reorder|expand|apply))?)
      | (?P<mark>!in~|!in\b|in~|=~|!~|==|!=|<=|>=|![a-z_]+|[|()\[\],.;=<>+\-*/])""",
    re.VERBOSE,
)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}


class Token(msgspec.Struct, frozen=True):
    """One piece of a query."""

    kind: str
    """`text`, `number`, `word`, `mark`, or `end`."""
    text: str
    """As written; of a text literal what stands in its quotes."""
    at: int

    @property
    def word(self) -> str:
        """The text in lower case, for words and marks; '' for literals."""
        return self.text.lower() if self.kind in ("word", "mark") else ""


def tokens(query: str) -> list[Token]:
    """The tokens of a query, an `end` at the end. Raises Refused for characters that no query has."""
    if len(query) > CHARS_MAX:
        raise wrong(query[:50], 0, f"the query has more than {CHARS_MAX:,} characters")
    found: list[Token] = []
    at = 0
    while at < len(query):
        match = _TOKEN.match(query, at)
        if match is None or match.lastgroup is None:
            raise wrong(query, at, f"'{query[at : at + 10]}' is not expected here")
        kind, text = match.lastgroup, match.group()
        if kind == "text":
            text = _literal(text)
        if kind != "space":
            found.append(Token(kind, text, at))
        at = match.end()
    found.append(Token("end", "", at))
    return found


def _literal(text: str) -> str:
    if text.startswith("@"):
        return text[2:-1]
    return re.sub(r"\\(.)", lambda found: _ESCAPES.get(found[1], found[1]), text[1:-1], flags=re.DOTALL)


def wrong(query: str, at: int, why: str, code: str = "ParserFailure") -> Refused:
    """The answer to a query that cannot be run, with its place.

    Source for the form: answers quoted in the documentation "Troubleshoot errors using Azure Resource Graph".
    """
    line = query.count("\n", 0, at) + 1
    column = at - (query.rfind("\n", 0, at) + 1)
    details: list[Json] = [
        {
            "code": "InvalidQuery",
            "message": "Query is invalid. Please refer to the documentation for the Azure Resource Graph service and "
            "fix the error before retrying.",
        },
        {"code": code, "message": why, "line": line, "characterPositionInLine": column},
    ]
    return Refused(400, "BadRequest", f"The query cannot be run: {why}.", details=details)


def beyond(query: str, at: int, what: str) -> Refused:
    """The answer to a query that Azure would run and the emulator does not."""
    return wrong(
        query, at, f"'{what}' is beyond the part of the language that the emulator runs", "NotEmulated"
    )
