"""All functions that see their context: one table from the modules beside this one."""

from __future__ import annotations

from typing import Final

from cloison.sources.arm_template.calling import SpecialTable
from cloison.sources.arm_template.functions import flow, place

SPECIAL: Final = SpecialTable({**flow.TABLE, **place.TABLE})
"""Functions by name in lower case."""
