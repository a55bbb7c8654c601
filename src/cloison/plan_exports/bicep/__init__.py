"""Bicep: a file for each wave and resource group, and one that deploys them in turn; it compiles to the ARM template.

An extension names the resource that it extends by a symbol; the API version there is that of a step, as Bicep wants one
and sends none.

Source: Microsoft Learn, "Bicep file structure and syntax" and "Data types in Bicep", checked 2026-11-24.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from cloison.plan.document import PlanDocument, StepReport
from cloison.plan_exports import Exported, Json
from cloison.plan_exports.steps import about, comments, heading, place
from cloison.plan_exports.template import Part, can_tell, parts, resource

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_OWN = {"true", "false", "null", "for", "if"}
_ESCAPES = {"\n": "\\n", "\r": "\\r", "\t": "\\t", "'": "\\'", "\\": "\\\\"}
_LONG = 2**63


def export(plan: PlanDocument, puts: Mapping[int, Json]) -> Exported:
    """The files, for a deployment to any resource group of the plan's tenant."""
    can = can_tell(plan, puts)
    found = list(parts(plan, can.waves))
    group = found[0].group if found else "GROUP"
    return Exported(
        {"main.bicep": _main(plan, found), **{_file(part): _module(part, puts) for part in found}},
        f"az deployment group create --resource-group {group} --template-file FILE",
        can.first_left,
        can.why,
    )


def _main(plan: PlanDocument, found: list[Part]) -> str:
    lines = [*comments(heading(plan), "//"), "targetScope = 'resourceGroup'"]
    for part in found:
        before = [_symbol(one) for one in found if one.wave == part.wave - 1]
        lines += ["", f"module {_symbol(part)} {quoted(_file(part))} = {{", f"  name: {quoted(part.name)}"]
        lines.append(f"  scope: resourceGroup({quoted(part.subscription)}, {quoted(part.group)})")
        if before:
            lines += ["  dependsOn: [", *(f"    {one}" for one in before), "  ]"]
        lines.append("}")
    return "\n".join((*lines, ""))


def _symbol(part: Part) -> str:
    return f"wave_{part.wave:02}_{part.name.split('-')[3]}"


def _file(part: Part) -> str:
    return f"{_symbol(part).replace('_', '-')}.bicep"


def _module(part: Part, puts: Mapping[int, Json]) -> str:
    lines = ["targetScope = 'resourceGroup'"]
    for step in part.steps:
        lines += ["", *_resource(step, puts[step.number])]
    return "\n".join((*lines, ""))


def _resource(step: StepReport, body: Json) -> Iterator[str]:
    at = place(step.request.path)
    version = step.request.api_version
    told: Json = {"name": at.name, **resource(body)}
    symbol = f"step_{step.number:02}"
    if at.scope:
        outer = place(at.scope)
        yield f"resource {symbol}_extends {quoted(f'{outer.type}@{version}')} existing = {{"
        yield f"  name: {quoted(outer.name)}"
        yield "}"
        yield ""
    yield from comments(about(step), "//")
    yield f"resource {symbol} {quoted(f'{at.type}@{version}')} = {{"
    if at.scope:
        yield f"  scope: {symbol}_extends"
    yield from _pairs(told, "  ")
    yield "}"


def quoted(text: str) -> str:
    """A string into which nothing is put."""
    plain = "".join(_ESCAPES.get(c) or (c if c.isprintable() else f"\\u{{{ord(c):x}}}") for c in text)
    return "'" + plain.replace("${", "\\${") + "'"


def _pairs(pairs: Mapping[str, object], indent: str) -> Iterator[str]:
    for name, value in pairs.items():
        key = name if _NAME.fullmatch(name) and name not in _OWN else quoted(name)
        first, *rest = _value(value, indent)
        yield f"{indent}{key}: {first}"
        yield from rest


def _value(value: object, indent: str) -> list[str]:
    """The lines of a value."""
    inner = f"{indent}  "
    if isinstance(value, Mapping):
        return ["{", *_pairs(value, inner), f"{indent}}}"] if value else ["{}"]
    if isinstance(value, list | tuple):
        return ["[", *_items(value, inner), f"{indent}]"] if value else ["[]"]
    return [_scalar(value)]


def _items(values: Iterable[object], indent: str) -> Iterator[str]:
    for one in values:
        first, *rest = _value(one, indent)
        yield f"{indent}{first}"
        yield from rest


def _scalar(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, int) and -_LONG < value < _LONG:
        return str(value)
    # Bicep has whole numbers of 64 bits only.
    return f"json({quoted(str(value))})"
