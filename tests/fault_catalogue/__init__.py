"""Single faults, one module for each part of the path, and the test that each gives just its findings."""

from __future__ import annotations

from tests.fault_catalogue import (
    clusters,
    computes,
    doors,
    endpoints,
    identities,
    names,
    restarts,
    routes,
    series,
    trust,
    workspace,
)
from tests.faults import Fault

FAULTS: list[Fault] = [
    *names.FAULTS,
    *endpoints.FAULTS,
    *routes.FAULTS,
    *doors.FAULTS,
    *workspace.FAULTS,
    *clusters.FAULTS,
    *computes.FAULTS,
    *identities.FAULTS,
    *trust.FAULTS,
    *restarts.FAULTS,
    *series.FAULTS,
]
