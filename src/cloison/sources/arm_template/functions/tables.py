"""All functions that need no template: one table from the modules beside this one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from cloison.sources.arm_template.functions import cidr, collections, dates, hashes, logic, strings
from cloison.sources.arm_template.functions.registry import Function

FUNCTIONS: Final[Mapping[str, Function]] = {
    **strings.TABLE,
    **collections.TABLE,
    **logic.TABLE,
    **dates.TABLE,
    **cidr.TABLE,
    **hashes.TABLE,
}
"""Functions by name in lower case."""
