"""Pages of a list: `$top`, and a `nextLink` that goes on where the page ended, whatever was made or deleted since."""

from __future__ import annotations

import base64
import binascii
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from typing import Any
from urllib.parse import quote

import msgspec

from cloison.arm.ids import ResourceId
from cloison.emulator.wire import Answer, Asked
from cloison.model.behaviour import Refused

PAGE = 1000
"""Items of a page where the client does not ask for fewer. Source: Microsoft Learn, "Resources - List"."""


def top(asked: Asked, most: int = PAGE) -> int:
    """How many items the client wants on a page. Raises Refused for what is no number."""
    text = asked.query.get("$top", "")
    if not text:
        return most
    if not text.isdecimal() or not 0 < int(text[:9]):
        text = f"Invalid $top '{text[:50]}' specified in the query string."
        raise Refused(400, "InvalidTopInQueryString", text)
    return min(int(text[:9]), most)


def page(
    asked: Asked, ids: Iterable[ResourceId], show: Callable[[ResourceId], Any], most: int = PAGE
) -> Answer:
    """One page of a list, in the order of the ids. show: gives an item, or None for one that is not to be listed."""
    size = top(asked, most)
    ordered = sorted(ids)
    at = _start(asked, ordered)
    value: list[Any] = []
    while at < len(ordered) and len(value) < size:
        item = show(ordered[at])
        if item is not None:
            value.append(item)
        at += 1
    body: dict[str, Any] = {"value": value}
    if at < len(ordered):
        body["nextLink"] = _next(asked, ordered[at - 1])
    return Answer(body=body)


def _next(asked: Asked, last: ResourceId) -> str:
    query = {**asked.query, "$skiptoken": token_of(str(last))}
    pairs = "&".join(f"{quote(name, safe='$')}={quote(value, safe='')}" for name, value in query.items())
    return f"{asked.base}{quote(asked.path)}?{pairs}"


def _start(asked: Asked, ids: Sequence[ResourceId]) -> int:
    """Where the page begins: behind the id that the page before ended with, whether or not it is still there."""
    text = asked.query.get("$skiptoken", "")
    if not text:
        return 0
    last = value_of(text)
    if not isinstance(last, str):
        raise wrong_token()
    return bisect_right(ids, last)


def token_of(value: Any) -> str:
    """A value as a token that clients send back unread."""
    return base64.urlsafe_b64encode(msgspec.json.encode(value)).decode().rstrip("=")


def value_of(token: str) -> Any:
    """What `token_of` was given. Raises Refused for a token of nobody's."""
    try:
        return msgspec.json.decode(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    except (msgspec.DecodeError, binascii.Error, ValueError) as problem:
        raise wrong_token() from problem


def wrong_token() -> Refused:
    """The answer to a token that no page gave."""
    return Refused(400, "InvalidSkipTokenInQueryString", "Invalid $skiptoken specified in the query string.")
