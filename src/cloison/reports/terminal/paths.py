"""The verdict of every host name, service by service. Pools that fare alike are told once."""

from __future__ import annotations

from collections.abc import Iterable

from cloison.check.document import EnvironmentReport, PathReport
from cloison.reports.escape import safe
from cloison.reports.layout import Sheet, columns
from cloison.reports.names import Names
from cloison.reports.words import STYLE, listed


def paths(sheet: Sheet, environment: EnvironmentReport, names: Names) -> None:
    """The section of one environment."""
    for pools, alike in by_pools(environment.paths):
        sheet.heading(f"Names asked from {'pool' if len(pools) == 1 else 'pools'} {listed(map(safe, pools))}")
        resource = None
        for path in alike:
            if path.resource != resource:
                resource = path.resource
                sheet.text(f"{safe(path.service)} {names.resource(resource)}", indent=2)
            line(sheet, path, names)


def line(sheet: Sheet, path: PathReport, names: Names) -> None:
    """One name with its verdict."""
    ports = "" if path.ports == (443,) else f" ports {listed(map(str, path.ports))}"
    optional = "" if path.needed else " (not always needed)"
    where = f" → {names.text(path.address)}" if path.verdict == "private" else ""
    host = f"{names.text(path.host)}{where}{ports}{optional}"
    at = 4 + max(columns(path.verdict), 8) + 2
    sheet.entry(path.verdict, host, indent=4, at=at, label_style=STYLE[path.verdict])


def by_pools(found: Iterable[PathReport]) -> list[tuple[list[str], list[PathReport]]]:
    """Paths of the pools that fare alike, with the names of these pools."""
    by_pool: dict[str, list[PathReport]] = {}
    for path in found:
        by_pool.setdefault(path.pool, []).append(path)
    groups: dict[object, tuple[list[str], list[PathReport]]] = {}
    for pool, of_pool in by_pool.items():
        key = tuple((path.resource, path.host, path.verdict, path.address) for path in of_pool)
        groups.setdefault(key, ([], of_pool))[0].append(pool)
    return list(groups.values())
