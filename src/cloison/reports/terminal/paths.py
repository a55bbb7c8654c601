"""The verdict of every host name, service by service. Pools that fare alike are told once."""

from __future__ import annotations

from cloison.check.document import EnvironmentReport
from cloison.reports.escape import safe
from cloison.reports.layout import Sheet
from cloison.reports.names import Names
from cloison.reports.parts import by_pools, line
from cloison.reports.words import listed


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
