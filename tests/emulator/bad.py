"""Requests that are wrong in some way, made from right ones: bodies, paths, queries, headers, bytes.

The right ones are the samples of the kinds, put into one environment. A seed gives the same requests each time.
"""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from cloison import kinds
from cloison.arm.ids import ResourceId
from cloison.controlplane import Azure
from cloison.emulator import Emulator
from cloison.emulator.signin import issued
from cloison.emulator.store import plant
from cloison.emulator.wire import Answer, Asked
from cloison.emulator.world import SUBSCRIPTION
from cloison.model.snapshot import Resource, Snapshot

HERE = Path(kinds.__file__).parent
WRONG: tuple[Any, ...] = (
    None,
    0,
    -1,
    7,
    1.5,
    True,
    False,
    "",
    " ",
    "neither here nor there",
    "/",
    "/subscriptions",
    "/subscriptions/x",
    "10.0.0.0/33",
    "::/0",
    "300.1.1.1",
    "10.0.0.0/0",
    "\u0000",
    "é\U0001f600",
    "a" * 5000,
    "*",
    "[concat('a')]",
    [],
    [None],
    [[]],
    [{}],
    {},
    {"id": None},
    {"id": 7},
    {"id": "nowhere"},
    {"name": None},
    {"": ""},
    [{"name": "x"}],
    [{"name": "x", "properties": None}],
    [{"name": "x", "properties": []}],
    {"properties": {}},
    10**30,
    -(2**63),
)
METHODS = ("GET", "PUT", "PATCH", "DELETE", "POST", "HEAD", "OPTIONS", "TRACE", "BREW")
VERSIONS = ("2024-05-01", "", "2024", "latest", "9999-99-99", "2024-05-01-preview", "'--", "2024-05-01;x")
ACTIONS = ("stop", "start", "listKeys", "runCommand", "nothing", "privateEndpointConnections", "../..", "%00")
FILTERS = (
    "name eq",
    "eq eq eq",
    "(" * 80,
    "name eq 'x' and",
    "substringof('a')",
    "atScope",
    "assignedTo()",
    "'",
    "not",
    "a b c",
    "resourceType eq 'Microsoft.Network/virtualNetworks' or",
    'name eq "x"',
    "1 eq 1",
    "name in ('a')",
)
QUERIES = (
    "",
    "resources |",
    "resources | where",
    "resources | where type ==",
    "resources | join (resources) on id",
    "let a = 1; a",
    "resources | where matches regex '('",
    "resources | limit x",
    "resources | summarize",
    "resources | project",
    "nothing | limit 1",
    "resources | where (((((",
    "resources | extend a = split()",
    "resources | where a in (",
    "| | |",
    "resources | mv-expand",
    "resources | order by",
    "resources | top by name",
    "'",
    "resources | where name == 'x",
    "∀",
)
HEADERS: tuple[dict[str, str], ...] = (
    {"authorization": ""},
    {"authorization": "Bearer"},
    {"authorization": "Bearer x.y.z"},
    {"authorization": "Basic eA=="},
    {"if-match": "nonsense"},
    {"if-none-match": "*"},
    {"if-match": "*"},
    {"x-ms-correlation-request-id": "\u00ff"},
    {"content-type": "text/plain"},
    {},
)


class Right(NamedTuple):
    """A request that is right."""

    path: str
    body: Any


def samples() -> list[tuple[ResourceId, Any]]:
    """The samples of all kinds in the emulator's subscription."""
    found: list[tuple[ResourceId, Any]] = []
    for path in sorted(HERE.glob("*/samples/*.json")):
        body = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(body, dict) or not isinstance(body.get("id"), str):
            continue
        text = json.dumps(body)
        own = ResourceId(body["id"]).subscription
        body = json.loads(text.replace(own, SUBSCRIPTION)) if own else body
        found.append((ResourceId(body["id"]), body))
    return found


class Ground:
    """An environment to send requests to, that is as it was before each of them."""

    def __init__(self) -> None:
        emulator = Emulator()
        resources = [_resource(id, body) for id, body in samples()]
        plant(emulator.world, Snapshot(kinds.expand_nested(resources)))
        self.base = {id: emulator.state.get(id) for id in emulator.state}
        self.right = [Right(id.text, body) for id, body in self.base.items()]
        self.emulator = self._fresh()
        self.token = issued(self.emulator.world, "https://localhost", "test")

    def _fresh(self) -> Emulator:
        return Emulator(state=Azure((id, body) for id, body in self.base.items() if body is not None))

    def send(self, asked: Asked) -> tuple[Answer, bool]:
        """The answer, and whether the state is as it was."""
        before = {id: self.emulator.state.get(id) for id in self.emulator.state}
        answer = self.emulator.answer(asked)
        self.emulator.world.settle()
        after = {id: self.emulator.state.get(id) for id in self.emulator.state}
        same = before.keys() == after.keys() and all(before[id] is after[id] for id in before)
        if not same or self.emulator.world.operations.running:
            self.emulator = self._fresh()
        return answer, same


def _resource(id: ResourceId, body: Any) -> Resource:
    return Resource(id, id.type, lambda: body)


def bad_requests(ground: Ground, seed: int) -> Iterator[Asked]:
    """Wrong requests without end."""
    dice = random.Random(seed)
    while True:
        right = dice.choice(ground.right)
        yield _one(dice, right, ground.token)


def _one(dice: random.Random, right: Right, token: str) -> Asked:
    method = dice.choice(("PUT", "PUT", "PUT", "PATCH"))
    path, body, query, headers = right.path, copy.deepcopy(right.body), "api-version=2024-05-01", {}
    match dice.randrange(12):
        case 0 | 1 | 2 | 3 | 4 | 5:
            for _ in range(dice.randint(1, 3)):
                body = _changed(dice, body)
        case 6:
            path, method = _path(dice, path), dice.choice(METHODS)
        case 7:
            query = f"api-version={dice.choice(VERSIONS)}"
            method = dice.choice(METHODS)
        case 8:
            return _raw(dice, path, query, token)
        case 9:
            path, method = f"{path}/{dice.choice(ACTIONS)}", "POST"
            body = dice.choice([None, body, dice.choice(WRONG)])
        case 10:
            return _asked_for(dice, token)
        case _:
            headers = dict(dice.choice(HEADERS))
            method = dice.choice(METHODS)
    return Asked.of(method, f"{path}?{query}", body, {"authorization": f"Bearer {token}", **headers})


def _changed(dice: random.Random, body: Any) -> Any:
    """The body with one place removed, renamed, doubled or replaced."""
    place = dice.choice(list(_places(body)) or [()])
    if not place:
        return dice.choice(WRONG)
    inner = body
    for step in place[:-1]:
        inner = inner[step]
    match dice.randrange(5):
        case 0:
            del inner[place[-1]]
        case 1 if isinstance(inner, dict):
            inner[str(place[-1]).upper()] = inner.pop(place[-1])
        case 2 if isinstance(inner, list):
            inner.append(copy.deepcopy(inner[place[-1]]))
        case _:
            inner[place[-1]] = copy.deepcopy(dice.choice(WRONG))
    return body


def _places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        yield (*at, key)
        yield from _places(inner, (*at, key))


def _path(dice: random.Random, path: str) -> str:
    parts = path.split("/")
    at = dice.randrange(1, len(parts))
    match dice.randrange(6):
        case 0:
            del parts[at]
        case 1:
            parts[at] = dice.choice(
                ("", " ", "x" * 3000, "..", "nope", "\u0000", "é", "providers", "Microsoft.Nowhere")
            )
        case 2:
            parts.insert(at, dice.choice(("", "x", "providers")))
        case 3:
            parts = parts[: at + 1]
        case 4:
            parts[at] = parts[at].swapcase()
        case _:
            parts.append(dice.choice(("x", "providers/x", "locks", "subnets")))
    return "/" + "/".join(parts).lstrip("/")


def _raw(dice: random.Random, path: str, query: str, token: str) -> Asked:
    body = dice.choice(
        [
            b"",
            b"{",
            b"[]",
            b"null",
            b"7",
            b'"x"',
            b"\xff\xfe",
            b"{}{}",
            b'{"a":1,}',
            b"[" * 3000,
            b'{"a":' * 3000,
            b"\xef\xbb\xbf{}",
            b"<xml/>",
            b'{"location": "westeurope", "properties": NaN}',
            b" " * 1000,
        ]
    )
    return Asked.of(dice.choice(METHODS), f"{path}?{query}", body, {"authorization": f"Bearer {token}"})


def _asked_for(dice: random.Random, token: str) -> Asked:
    """A list with a strange filter, or a strange query, or a strange deployment."""
    headers = {"authorization": f"Bearer {token}"}
    root = f"/subscriptions/{SUBSCRIPTION}"
    kind = dice.randrange(4)
    if kind == 0:
        what = dice.choice(
            ("resources", "resourcegroups", "providers/Microsoft.Authorization/roleAssignments")
        )
        extra = dice.choice(("", "&$top=-1", "&$top=x", "&$skiptoken=x", "&$expand=nothing,,"))
        target = f"{root}/{what}?api-version=2024-05-01&$filter={dice.choice(FILTERS)}{extra}"
        return Asked.of("GET", target, None, headers)
    if kind == 1:
        body: Any = {
            "query": dice.choice(QUERIES),
            "options": dice.choice((None, {}, {"$top": -1}, {"$skipToken": "x"}, 7)),
        }
        if dice.random() < 0.3:
            body = _changed(dice, body)
        target = "/providers/Microsoft.ResourceGraph/resources?api-version=2022-10-01"
        return Asked.of("POST", target, body, headers)
    tail = dice.choice(("", "/validate", "/whatIf", "/cancel", "/exportTemplate"))
    path = f"{root}/resourceGroups/rg-ml/providers/Microsoft.Resources/deployments/d{tail}?api-version=2022-09-01"
    return Asked.of("POST" if tail else "PUT", path, _changed(dice, _deployment()), headers)


def _deployment() -> Any:
    schema = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"
    one = {
        "type": "Microsoft.Network/virtualNetworks",
        "apiVersion": "2024-05-01",
        "name": "[parameters('name')]",
        "location": "westeurope",
        "properties": {"addressSpace": {"addressPrefixes": ["10.7.0.0/16"]}},
    }
    template = {
        "$schema": schema,
        "contentVersion": "1.0.0.0",
        "parameters": {"name": {"type": "string"}},
        "resources": [one],
        "outputs": {"id": {"type": "string", "value": "[reference(parameters('name')).resourceGuid]"}},
    }
    parameters = {"name": {"value": "made"}}
    return {"properties": {"mode": "Incremental", "template": template, "parameters": parameters}}


def shown(asked: Asked) -> str:
    """A request in one line, for messages."""
    return f"{asked.method} {asked.path[:150]}?{dict(asked.query)} {asked.body[:2000]!r}"


def encodes(answer: Answer) -> None:
    """The body of an answer is JSON."""
    if isinstance(answer.body, bytes):
        return
    msgspec.json.encode(answer.body)
