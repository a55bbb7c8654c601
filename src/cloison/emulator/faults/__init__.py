"""Faults: what Azure Resource Manager does when it does not do what it should, by name and at a chosen request."""

from __future__ import annotations

from cloison.emulator.faults.catalogue import CATALOGUE, Fault
from cloison.emulator.faults.plan import FaultPlan, Planned, planned

__all__ = ["CATALOGUE", "Fault", "FaultPlan", "Planned", "planned"]
