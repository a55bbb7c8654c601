"""Single faults, one module for each part of the path, and the test that each gives just its findings."""

from __future__ import annotations

from tests.fault_catalogue import doors, endpoints, names, restarts, routes, series, trust, workspace
from tests.faults import Fault

FAULTS: list[Fault] = [
    *names.FAULTS,
    *endpoints.FAULTS,
    *routes.FAULTS,
    *doors.FAULTS,
    *workspace.FAULTS,
    *trust.FAULTS,
    *restarts.FAULTS,
    *series.FAULTS,
]
