"""Which part of the emulator answers a path."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping, Sequence

import msgspec

from cloison.emulator.wire import Answer, Asked
from cloison.emulator.world import World

Handler = Callable[[World, Asked, Mapping[str, str]], Answer]
"""(the world, the request, the parts that the path names): the answer. Raises Refused."""

_PART = re.compile(r"\{(\w+)(\*?)\}")


class Route(msgspec.Struct, frozen=True):
    """A path, the methods it takes, and who answers.

    In a path `{name}` is one segment; `{name*}` is any number of them, none included, with the slash before it.
    """

    methods: frozenset[str]
    path: str
    handle: Handler
    version_needed: bool = True
    """A request without `api-version` is refused."""


def route(methods: str, path: str, handle: Handler, *, version_needed: bool = True) -> Route:
    """A route; methods with spaces between them."""
    return Route(frozenset(methods.split()), path, handle, version_needed)


@functools.cache
def _pattern(path: str) -> re.Pattern[str]:
    text = _PART.sub(
        lambda part: rf"(?P<{part[1]}>(?:/[^/]+)*?)" if part[2] else rf"(?P<{part[1]}>[^/]+)",
        path.replace(".", r"\.").replace("/{scope*}", "{scope*}"),
    )
    return re.compile(text, re.IGNORECASE)


def _word(path: str) -> str:
    """The longest text that every path of the route has, in lower case."""
    return max(_PART.sub("\n", path.replace("/{scope*}", "{scope*}")).lower().split("\n"), key=len)


class Table:
    """Routes in the order in which they are tried."""

    def __init__(self, routes: Sequence[Route]) -> None:
        # Most paths lack a word that a route has: that is seen forty times faster than a pattern fails.
        self._routes = [(one, _word(one.path), _pattern(one.path)) for one in routes]

    def find(self, method: str, path: str) -> tuple[Route | None, Mapping[str, str], bool]:
        """The route and the parts of the path; and whether another method would be answered there."""
        other = False
        lower = path.lower()
        for one, word, pattern in self._routes:
            found = pattern.fullmatch(path) if word in lower else None
            if found is not None:
                if method in one.methods:
                    return one, found.groupdict(), False
                other = True
        return None, {}, other
