"""Templates in other files: read by relative path inside the given folder, never fetched, never outside it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from cloison.sources.arm_template.errors import Fault
from cloison.sources.arm_template.evaluation import evaluate
from cloison.sources.arm_template.nested import gap
from cloison.sources.arm_template.symbols import Symbol, Value
from cloison.sources.arm_template.text import Source
from cloison.sources.arm_template.values import MISSING, find, type_name

if TYPE_CHECKING:
    from cloison.sources.arm_template.records import Record


def linked(record: Record, properties: Mapping[str, Value]) -> Source | None:
    """The file that a `templateLink` names, or None after saying why it is not read. Raises Fault, TemplateError."""
    link = find(properties, "templateLink")
    if isinstance(link, str):
        link = evaluate(link, record.context)
    if link is MISSING:
        raise Fault("a deployment has neither 'template' nor 'templateLink'")
    if not isinstance(link, dict):
        raise Fault(f"the 'templateLink' of a deployment is of type '{type_name(link)}'").within(
            "templateLink"
        )
    try:
        values = {key.lower(): evaluate(value, record.context) for key, value in link.items()}
    except Fault as fault:
        raise fault.within("templateLink")  # noqa: B904 (the same fault, one step further out)
    if values.get("id"):
        gap(
            record,
            f"its template is the template spec {values['id']}",
            "export the template spec and check it too",
        )
        return None
    relative = values.get("relativepath")
    if isinstance(relative, str) and relative:
        return _beside(record, record.source, relative)
    address = values.get("uri")
    if address is None:
        raise Fault("a 'templateLink' has no 'uri', 'relativePath' or 'id'").within("templateLink")
    if isinstance(address, Symbol) and address.call is not None and address.call[0] == "uri":
        base, path = address.call[1]
        source = record.holder.world.sources_of.get(base.text) if isinstance(base, Symbol) else None
        if source is not None and isinstance(path, str):
            return _beside(record, source, path)
    shown = address.text if isinstance(address, Symbol) else str(address)
    gap(record, f"its template is at {shown}, and nothing is fetched", "check that template too")
    return None


def _beside(record: Record, source: Source, relative: str) -> Source | None:
    """The file at a path relative to another one."""
    world = record.holder.world
    if world.folder is None or source.location is None:
        gap(
            record,
            f"its template is in the file {relative}, and no folder to read it from is given",
            "give a folder",
        )
        return None
    try:
        folder = world.folder.resolve()
        path = (source.location.parent / relative.replace("\\", "/").partition("?")[0]).resolve()
        inside = path.is_relative_to(folder)
        there = inside and path.is_file()
    except (OSError, ValueError, RuntimeError) as problem:
        gap(
            record,
            f"its template is in the file {relative}, which cannot be read: {problem}",
            "give that file",
        )
        return None
    if not there:
        why = "is not there" if inside else "lies outside of the given folder"
        gap(
            record,
            f"its template is in the file {relative}, which {why}",
            "give that file, or check it on its own",
        )
        return None
    return _read(record, path)


def _read(record: Record, path: Path) -> Source | None:
    world = record.holder.world
    if path not in world.files:
        try:
            content = path.read_bytes()
        except OSError as problem:
            gap(
                record,
                f"its template is in {path.name}, which cannot be read: {problem.strerror}",
                "give that file",
            )
            return None
        world.files[path] = Source(content, str(path), world.budget.limits, location=path)
    return world.files[path]
