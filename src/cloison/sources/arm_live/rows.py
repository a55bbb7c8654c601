"""Rows of Resource Graph: every resource of the types we know in some subscriptions, page by page.

Resource Graph leaves out silently what the principal may not read, so a row that is not there proves nothing.
Source: Microsoft Learn, "Working with large Azure resource data sets", "Guidance for throttled requests": pages of
1,000 rows, `$skipToken`, a sorted query; checked 2026-11-24.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from cloison.arm.client import Arm
from cloison.arm.errors import BadAnswer
from cloison.kinds import folders, live_of

GRAPH = "/providers/Microsoft.ResourceGraph/resources"
GRAPH_API = "2022-10-01"
ROWS = 1000
COLUMNS = "id, name, type, location, kind, sku, identity, tags, zones, properties"
PAGES_MAX = 20_000


def tables() -> dict[str, list[str]]:
    """Types by the table of Resource Graph that holds them."""
    found: dict[str, list[str]] = {}
    for type in folders():
        live = live_of(type)
        if live is not None and live.table:
            found.setdefault(live.table, []).append(type)
    return found


def query(table: str, types: Iterable[str]) -> str:
    """The query for all rows of some types."""
    listed = ", ".join(f"'{type}'" for type in sorted(types))
    return f"{table} | where type in~ ({listed}) | project {COLUMNS} | order by id asc"


async def rows(
    arm: Arm, subscriptions: list[str], table: str, types: list[str], heard: Callable[[int], None]
) -> list[dict[str, Any]]:
    """Every row, without members that are null. heard: told how many rows each page had. Raises ArmError."""
    found: list[dict[str, Any]] = []
    token = ""
    for _ in range(PAGES_MAX):
        options: dict[str, Any] = {"$top": ROWS, "resultFormat": "objectArray"}
        if token:
            options["$skipToken"] = token
        body = {"subscriptions": subscriptions, "query": query(table, types), "options": options}
        answer = (await arm.ask(GRAPH, GRAPH_API, body)).body
        data = answer.get("data") if isinstance(answer, dict) else None
        if not isinstance(data, list):
            raise BadAnswer("Resource Graph answers no list of rows")
        found.extend(_bare(row) for row in data if isinstance(row, dict))
        heard(len(data))
        next_token = answer.get("$skipToken")
        if not next_token:
            return found
        if next_token == token or not isinstance(next_token, str):
            raise BadAnswer("Resource Graph leads back to a page that was read already")
        token = next_token
    raise BadAnswer(f"Resource Graph has more than {PAGES_MAX:,} pages")


def _bare(row: dict[str, Any]) -> dict[str, Any]:
    """The row without columns that this resource does not have."""
    return {name: value for name, value in row.items() if value is not None and value != ""}
