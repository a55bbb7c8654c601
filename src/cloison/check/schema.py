"""The JSON Schema of the report document, made from its types and what their docstrings say.

`tools/schema.py` writes it to `docs/report.schema.json`; a test says when that is old.
"""

from __future__ import annotations

import ast
import inspect
from types import ModuleType
from typing import Any

import msgspec

from cloison.check import document
from cloison.check.document import VERSION, Report

Json = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema() -> Json:
    """The schema. Fields may be added to a version, so a reader must pass over those that it does not know."""
    return schema_of(Report, document, VERSION, f"Cloison report, {VERSION}")


def schema_of(type: type, module: ModuleType, version: str, title: str) -> Json:
    """The schema of a document whose types stand in one module, with the docstrings of their fields."""
    made: Json = msgspec.json.schema(type, schema_hook=_anything)
    told = _docstrings(module)
    for name, definition in made["$defs"].items():
        for field, described in definition["properties"].items():
            text = told.get((name, field))
            if text:
                described["description"] = text
    made["$defs"][type.__name__]["properties"]["version"]["const"] = version
    return {"$schema": DIALECT, "title": title, **made}


def _anything(_type: type) -> Json:
    """The members of a request body are whatever ARM takes: `object` in the types."""
    return {"description": "any JSON value"}


def _docstrings(module: ModuleType) -> dict[tuple[str, str], str]:
    """What stands below each field, by class and field."""
    found: dict[tuple[str, str], str] = {}
    for definition in ast.parse(inspect.getsource(module)).body:
        if not isinstance(definition, ast.ClassDef):
            continue
        for field, below in zip(definition.body, definition.body[1:], strict=False):
            text = _text(below)
            if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and text:
                found[definition.name, field.target.id] = text
    return found


def _text(statement: ast.stmt) -> str:
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
        return inspect.cleandoc(str(statement.value.value))
    return ""
