"""The JSON Schema of the plan document, made from its types and what their docstrings say.

`tools/schema.py` writes it to `docs/plan.schema.json`; a test says when that is old.
"""

from __future__ import annotations

from cloison.check.schema import Json, schema_of
from cloison.plan import document
from cloison.plan.document import VERSION, PlanDocument


def schema() -> Json:
    """The schema. Fields may be added to a version, so a reader must pass over those that it does not know."""
    return schema_of(PlanDocument, document, VERSION, f"Cloison plan, {VERSION}")
