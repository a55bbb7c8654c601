"""Recorded HTTP traffic of Azure Resource Manager, read from the four forms in which public projects keep it.

The recordings are real and nobody here wrote them. They are read where they lie and never copied into the project;
where the folder is absent, tests that need it skip and say so. Nothing here knows a resource type.
"""

from __future__ import annotations

import ast
import functools
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
import yaml  # type: ignore[import-untyped]

from cloison.arm.ids import NotAnId, ResourceId

ROOT = Path(__file__).resolve().parents[2]
CORPORA = Path(os.environ.get("CLOISON_CORPORA", ROOT.parent / "shared" / "corpora"))

needed = pytest.mark.skipif(
    not (CORPORA / "INDEX.jsonl").is_file(),
    reason=f"no recordings at {CORPORA}; set CLOISON_CORPORA to the folder that holds INDEX.jsonl",
)
"""Marks tests that read the recordings."""


@dataclass(frozen=True)
class Exchange:
    """One request to ARM and its answer."""

    method: str
    path: str
    query: Mapping[str, str]
    """Names in lower case."""
    asked: Any
    """The request's body; None without one, text where it is no JSON."""
    sent: Mapping[str, str]
    """The request's headers, names in lower case."""
    status: int
    answer: Any
    headers: Mapping[str, str]
    """The answer's headers, names in lower case."""

    @property
    def api_version(self) -> str:
        """The `api-version` of the request."""
        return self.query.get("api-version", "")

    @functools.cached_property
    def id(self) -> ResourceId | None:
        """The resource that is spoken to; for a collection or an action None."""
        try:
            return ResourceId.parse(self.path)
        except NotAnId:
            return None

    @functools.cached_property
    def above(self) -> ResourceId | None:
        """The resource or scope of an action or a collection: the path without its last segment."""
        head, _, _ = self.path.rpartition("/")
        try:
            return ResourceId.parse(head)
        except NotAnId:
            return None

    @property
    def last(self) -> str:
        """The last segment of the path: an action, a collection or a name."""
        return self.path.rpartition("/")[2]


@dataclass(frozen=True)
class Recording:
    """One recorded session."""

    file: str
    repository: str
    operations: Mapping[str, int]
    exchanges: tuple[Exchange, ...] = field(repr=False)


@functools.cache
def index() -> tuple[Mapping[str, Any], ...]:
    """What the folder says about its recordings."""
    with (CORPORA / "INDEX.jsonl").open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return tuple(row for row in rows if row["kind"] == "recording")


def recordings(*types: str) -> Iterator[Recording]:
    """The recordings in which one of the types, in any case, is written or read; without types all."""
    wanted = {type.lower() for type in types}
    for row in index():
        operations = row.get("operations") or {}
        spoken = {operation.partition(" ")[2].lower() for operation in operations}
        if not wanted or wanted & spoken:
            yield recording(row["file"])


@functools.cache
def recording(file: str) -> Recording:
    """One recording by its path below the folder."""
    row = next(row for row in index() if row["file"] == file)
    text = (CORPORA / file).read_text(encoding="utf-8")
    read = _FORMS[row["format"]]
    exchanges = tuple(one for one in read(text) if one is not None)
    return Recording(file, row["repo"], row.get("operations") or {}, exchanges)


def _vcr(text: str) -> Iterator[Exchange | None]:
    """vcrpy, in YAML or JSON, and its relative of Go: `interactions` with `uri` or `url`."""
    told = json.loads(text) if text.lstrip().startswith("{") else yaml.load(text, yaml.CSafeLoader)
    for one in told.get("interactions") or ():
        request, response = one["request"], one["response"]
        status = response.get("code") or response["status"]["code"]
        yield _exchange(
            request["method"],
            request.get("uri") or request.get("url"),
            request.get("body"),
            _first_values(request.get("headers") or {}),
            int(status),
            _vcr_body(response.get("body")),
            _first_values(response.get("headers") or {}),
        )


def _vcr_body(body: Any) -> Any:
    if isinstance(body, dict):
        return body["string"] if "string" in body else body.get("data")
    return body


def _har(text: str) -> Iterator[Exchange | None]:
    for one in json.loads(text)["log"]["entries"]:
        request, response = one["request"], one["response"]
        yield _exchange(
            request["method"],
            request["url"],
            (request.get("postData") or {}).get("text"),
            {header["name"].lower(): header["value"] for header in request["headers"]},
            response["status"],
            (response.get("content") or {}).get("text"),
            {header["name"].lower(): header["value"] for header in response["headers"]},
        )


_FORMS = {"vcrpy-yaml": _vcr, "vcrpy-json": _vcr, "govcr-yaml": _vcr, "polly-har": _har}


def _exchange(
    method: str,
    url: str,
    asked: Any,
    sent: Mapping[str, str],
    status: int,
    answer: Any,
    headers: Mapping[str, str],
) -> Exchange | None:
    """None for what is not said to Resource Manager: tokens, graph, blobs."""
    parts = urlsplit(url)
    if not (parts.hostname or "").startswith("management."):
        return None
    path = unquote(parts.path).rstrip("/")
    while "//" in path:
        path = path.replace("//", "/")
    return Exchange(
        method=method.upper(),
        path=path,
        query={name.lower(): value for name, value in parse_qsl(parts.query, keep_blank_values=True)},
        asked=_parsed(asked),
        sent=sent,
        status=status,
        answer=_parsed(answer),
        headers=headers,
    )


def _parsed(body: Any) -> Any:
    if isinstance(body, bytes):
        body = body.decode("utf-8", "replace")
    # Some recorders wrote down Python's form of the bytes, once or twice over.
    while isinstance(body, str) and body.startswith(("b'", 'b"')):
        body = ast.literal_eval(body).decode("utf-8", "replace")
    if not isinstance(body, str):
        return body
    if not body.strip():
        return None
    try:
        return json.loads(body)
    except ValueError:
        return body


def _first_values(headers: Mapping[str, Any]) -> dict[str, str]:
    return {
        name.lower(): str(value[0] if isinstance(value, list) and value else value)
        for name, value in headers.items()
    }


def ids_in(value: Any) -> Iterator[ResourceId]:
    """Every resource that a body names, parents before children."""
    if isinstance(value, dict):
        for inner in value.values():
            yield from ids_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from ids_in(inner)
    elif isinstance(value, str) and value.startswith("/subscriptions/"):
        try:
            id = ResourceId.parse(value)
        except NotAnId:
            return
        if id.parent.type.count("/"):
            yield from ids_in(id.parent.text)
        if id.type.count("/"):
            yield id
