"""Parts of reports for people: the article's table, a name with its verdict, what was shortened, the outcome."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cloison.check.document import EnvironmentReport, PathReport, Report
from cloison.reports.escape import safe
from cloison.reports.layout import Sheet, columns
from cloison.reports.names import Names
from cloison.reports.standing import Standing
from cloison.reports.words import STYLE, access_style, listed

MOST_ENVIRONMENTS = 5
"""More are counted, not told. A guess at what somebody reads."""


def table(sheet: Sheet, environment: EnvironmentReport, names: Names) -> None:
    """The article's table, filled in."""
    rows = [(row.what, names.resource(row.resource), safe(row.access)) for row in environment.scenario.rows]
    at = 22 + min(max((columns(name) for _, name, _ in rows), default=0), 36) + 2
    sheet.blank()
    sheet.entry(f"{'who':20}resource", "reached by", indent=2, at=at, label_style="dim", style="dim")
    for what, name, access in rows:
        sheet.entry(f"{what:20}{name}", access, indent=2, at=at, style=access_style(access))


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


def legend(sheet: Sheet, shortened: Sequence[tuple[str, str]]) -> None:
    """What was shortened, and the whole of it."""
    if not shortened:
        return
    sheet.heading("Short for")
    at = 4 + max(columns(short) for short, _ in shortened)
    for short, whole in shortened:
        sheet.entry(short, whole, indent=2, at=at, style="dim")


def outcome(sheet: Sheet, report: Report) -> Standing:
    """The verdict over everything, and how many requirements stand how; these are given back."""
    standing = Standing(one for environment in report.environments for one in environment.requirements)
    if report.environments:
        style = f"bold {STYLE[report.verdict]}"
        sheet.entry(report.verdict, standing.counts, at=len(report.verdict) + 2, label_style=style)
    else:
        why = "; what was not read may hold one" if report.verdict == "unknown" else ""
        sheet.text(f"Nothing was judged{why}.", style="bold yellow")
    return standing
