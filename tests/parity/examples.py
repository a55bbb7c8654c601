"""Examples of the published REST specifications, as sessions of one exchange each.

An example tells parameters and answers but no path. The path of what is written is read from the answer's id; of what
is deleted, from the ids of other examples beside it whose parameters have the same names. Examples that only read are
left out: what they would read had to be planted from themselves.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cloison.arm.clouds import REGIONS
from cloison.arm.ids import NotAnId, ResourceId
from tests.behaviour.recordings import CORPORA, Exchange, Recording

_VERSION = re.compile(r"/(\d{4}-\d\d-\d\d(?:-preview)?)/")
_CHANGES = re.compile(r"(update|patch)", re.IGNORECASE)
_MAKES = re.compile(r"[cC]reate|^[pP]ut")
_DELETES = re.compile(r"delete", re.IGNORECASE)
_NO_PARTS = frozenset({"api-version", "If-Match", "ifMatch", "ifNoneMatch", "If-None-Match", "forceDelete"})


@dataclass(frozen=True)
class Example:
    """One example: a request, and the answers that are documented for it."""

    recording: Recording
    """Holds the exchange with the first of the answers."""
    answers: Mapping[int, Exchange]
    """The exchange with each documented answer, by status."""


def examples() -> Iterator[Example]:
    """The examples that write or delete a resource, in the order of their files."""
    for folder in _folders().values():
        templates = _templates(folder)
        for file, told in folder.items():
            made = _example(file, told, templates)
            if made is not None:
                yield made


@functools.cache
def _folders() -> Mapping[str, Mapping[str, Any]]:
    """The examples of each API version of each provider, by file."""
    found: dict[str, dict[str, Any]] = {}
    with (CORPORA / "INDEX.jsonl").open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    for row in rows:
        if row["kind"] == "rest-example":
            folder, _, _ = row["file"].partition("/examples/")
            found.setdefault(folder, {})[row["file"]] = json.loads((CORPORA / row["file"]).read_text("utf-8"))
    return found


def _parts(told: Mapping[str, Any]) -> dict[str, str]:
    """The parameters that may stand in the path."""
    parameters = told.get("parameters") or {}
    return {
        name: value
        for name, value in parameters.items()
        if isinstance(value, str) and name not in _NO_PARTS and not name.startswith("$")
    }


def _id(told: Mapping[str, Any]) -> ResourceId | None:
    """The resource that an answer tells."""
    for answer in (told.get("responses") or {}).values():
        body = answer.get("body") if isinstance(answer, dict) else None
        text = body.get("id") if isinstance(body, dict) else None
        try:
            return ResourceId.parse(text) if isinstance(text, str) else None
        except NotAnId:
            return None
    return None


def _templates(folder: Mapping[str, Any]) -> dict[frozenset[str], str]:
    """Paths with the names of parameters in braces, by those names."""
    found: dict[frozenset[str], str] = {}
    for told in folder.values():
        id, parts = _id(told), _parts(told)
        if id is None:
            continue
        by_value = {value.lower(): name for name, value in parts.items()}
        words = [by_value.get(word.lower()) for word in id.text.split("/")]
        if set(filter(None, words)) == parts.keys():
            spelt = zip(id.text.split("/"), words, strict=True)
            path = "/".join(word if name is None else "{" + name + "}" for word, name in spelt)
            found.setdefault(frozenset(parts), path)
    return found


def _example(file: str, told: Mapping[str, Any], templates: Mapping[frozenset[str], str]) -> Example | None:
    name = file.rpartition("/")[2]
    parameters = told.get("parameters") or {}
    bodies = [value for value in parameters.values() if isinstance(value, dict)]
    id = _id(told)
    if bodies and id is not None:
        changes = _CHANGES.search(name) and not _MAKES.search(name)
        return _of("PATCH" if changes else "PUT", file, id.text, told, bodies[0])
    parts = _parts(told)
    template = templates.get(frozenset(parts))
    if not bodies and template is not None and _DELETES.search(name) and _is_empty(told):
        return _of("DELETE", file, template.format(**parts), told, None)
    return None


def _in_a_region(body: Any) -> Any:
    """A body with a region in the place of `location1`."""
    where = body.get("location") if isinstance(body, dict) else None
    if not isinstance(where, str) or where.replace(" ", "").lower() in {*REGIONS, "global"}:
        return body
    return {**body, "location": "westus"}


def _is_empty(told: Mapping[str, Any]) -> bool:
    return not any((answer or {}).get("body") for answer in (told.get("responses") or {}).values())


def _of(method: str, file: str, path: str, told: Mapping[str, Any], asked: Any) -> Example | None:
    version = _VERSION.search(file)
    if version is None:
        return None
    asked = _in_a_region(asked)
    answers = {
        int(status): Exchange(
            method=method,
            path=path,
            query={"api-version": version.group(1)},
            asked=asked,
            sent={},
            status=int(status),
            answer=_in_a_region((answer or {}).get("body")),
            headers={
                name.lower(): str(value) for name, value in ((answer or {}).get("headers") or {}).items()
            },
        )
        for status, answer in (told.get("responses") or {}).items()
        if status.isdigit() and int(status) < 300
    }
    if not answers:
        return None
    first = next((one for one in answers.values() if one.answer is not None), next(iter(answers.values())))
    return Example(Recording(file, "specifications", {}, (first,)), answers)
