"""Resource Graph over the wire: the query, its pages, its quota.

Source: Microsoft Learn, REST reference "Resources - Resources" 2022-10-01 and "Guidance for throttled requests in Azure
Resource Graph": fifteen queries in five seconds; checked 2026-11-24.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cloison.emulator.graph.query import Query, parsed
from cloison.emulator.graph.tables import TABLES, rows
from cloison.emulator.graph.tokens import wrong
from cloison.emulator.paging import token_of, value_of, wrong_token
from cloison.emulator.rights import visible
from cloison.emulator.routing import route
from cloison.emulator.signin import caller
from cloison.emulator.wire import Answer, Asked
from cloison.emulator.world import World
from cloison.model.behaviour import Json, Refused

PAGE = 1000
"""Rows of a page at most; 100 where a client does not say."""


def _resources(world: World, asked: Asked, parts: Mapping[str, str]) -> Answer:
    body = asked.object()
    text = body.get("query")
    if not isinstance(text, str) or not text.strip():
        raise wrong("", 0, "the query is missing")
    query = parsed(text)
    if query.table not in TABLES:
        raise wrong(text, 0, f"the table '{query.table[:60]}' is not one of Resource Graph's", "UnknownTable")
    found = _found(world, asked, query, text, _subscriptions(world, body))
    options = body.get("options")
    options = options if isinstance(options, dict) else {}
    size = _number(options, "$top", PAGE if not query.pages else 100, most=PAGE)
    start = _start(options, text)
    page = found[start : start + size]
    more = query.pages and start + size < len(found)
    told: Json = {
        "totalRecords": len(found),
        "count": len(page),
        "data": _table(page) if str(options.get("resultFormat", "")).lower() == "table" else page,
        "facets": [],
        "resultTruncated": "true" if start + size < len(found) else "false",
    }
    if more:
        told["$skipToken"] = token_of([start + size, len(text)])
    return Answer(body=told)


def _found(world: World, asked: Asked, query: Query, text: str, subscriptions: list[str]) -> list[Json]:
    """The rows of a query: those of the last one where it is the same and nothing was written, as for its next page."""
    who = caller(world, asked).object_id if world.limited else ""
    about = (text, tuple(subscriptions), who, world.state.writes)
    # Tags of a subscription stand outside the state, and a resource that is being made is shown as it will be.
    lasts = world.operations.shows_what_stands and query.table != "resourcecontainers"
    if lasts and world.queried is not None and world.queried[0] == about:
        return world.queried[1]
    found = query.run(visible(world, asked, rows(world, query.table, subscriptions)))
    world.queried = (about, found) if lasts else None
    return found


def _subscriptions(world: World, body: Json) -> list[str]:
    """The subscriptions that are asked. Raises Refused for one that there is not."""
    told = body.get("subscriptions")
    if told is None or told == []:
        return list(world.subscriptions)
    if not isinstance(told, list):
        raise Refused(400, "BadRequest", "'subscriptions' has to be a list.")
    unknown = [str(one) for one in told if str(one).lower() not in world.subscriptions]
    if len(unknown) == len(told):
        raise Refused(
            403,
            "Forbidden",
            "Access denied: none of the given subscriptions can be read.",
            details=[{"code": "SubscriptionAccessDenied", "message": ", ".join(unknown)[:500]}],
        )
    return list(dict.fromkeys(str(one).lower() for one in told if str(one).lower() in world.subscriptions))


def _start(options: Json, text: str) -> int:
    token = options.get("$skipToken")
    if token is None:
        return _number(options, "$skip", 0, most=1 << 31)
    told = value_of(token) if isinstance(token, str) else None
    if not isinstance(told, list) or len(told) != 2 or told[1] != len(text) or not isinstance(told[0], int):
        raise wrong_token()
    return max(0, told[0])


def _number(options: Json, name: str, default: int, *, most: int) -> int:
    told = options.get(name, default)
    if not isinstance(told, int) or isinstance(told, bool) or told < (1 if name == "$top" else 0):
        raise Refused(400, "BadRequest", f"The value of '{name}' is not valid.")
    return min(told, most)


def _table(page: list[Json]) -> Json:
    names = list(page[0]) if page else []
    columns = [{"name": name, "type": _type(page[0].get(name))} for name in names]
    return {"columns": columns, "rows": [[row.get(name) for name in names] for row in page]}


def _type(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "integer" if isinstance(value, int) else "number"
    return "string" if isinstance(value, str) or value is None else "object"


ROUTES = (route("POST", "/providers/Microsoft.ResourceGraph/resources", _resources),)
