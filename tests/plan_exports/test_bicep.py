"""Bicep: what its files say is what the ARM template says. They are read by a reader of the little that is written."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from cloison.model.snapshot import Snapshot
from cloison.plan.make import make
from cloison.plan.puts import puts
from cloison.plan_exports import export
from tests.fault_catalogue import FAULTS
from tests.plan.environments import faulty, public
from tests.reference import REFERENCES, snapshot

TOKEN = re.compile(r"\s*(//.*|'(?:\\.|[^'\\])*'|[{}\[\]():,=]|[\w.-]+)")
ESCAPE = re.compile(r"\\(u\{([0-9a-f]+)\}|.)")
PLAIN = {"n": "\n", "r": "\r", "t": "\t"}
WORDS = {"true": True, "false": False, "null": None}


class Reader:
    """A file of Bicep, token by token."""

    def __init__(self, text: str) -> None:
        self.tokens = [one for one in TOKEN.findall(text) if not one.startswith("//")]

    def next(self) -> str:
        return str(self.tokens.pop(0))

    def value(self) -> Any:
        token = self.next()
        if token == "{":
            found = {}
            while self.tokens[0] != "}":
                key = self.next()
                assert ":" == self.next()
                found[string(key)] = self.value()
            self.next()
            return found
        if token == "[":
            items = []
            while self.tokens[0] != "]":
                items.append(self.value())
            self.next()
            return items
        if token in ("json", "resourceGroup"):
            assert "(" == self.next()
            arguments = []
            while self.tokens[0] != ")":
                arguments.append(self.value())
                if self.tokens[0] == ",":
                    self.next()
            self.next()
            return json.loads(arguments[0]) if token == "json" else arguments
        if token.startswith("'"):
            return string(token)
        return (
            WORDS[token] if token in WORDS else int(token) if re.fullmatch(r"-?\d+", token) else Symbol(token)
        )

    def declarations(self) -> list[tuple[str, str, str, bool, Any]]:
        """Word, symbol, type or file, whether it exists, and what it holds."""
        assert ["targetScope", "=", "'resourceGroup'"] == [self.next() for _ in range(3)]
        found = []
        while self.tokens:
            word, symbol, of = self.next(), self.next(), string(self.next())
            existing = self.tokens[0] == "existing" and bool(self.next())
            assert "=" == self.next()
            found.append((word, symbol, of, existing, self.value()))
        return found


class Symbol(str):
    """A name of something else in the file."""

    __slots__ = ()


def string(token: str) -> str:
    if not token.startswith("'"):
        return token
    inner = token[1:-1]
    assert not re.search(r"(?<!\\)\$\{", inner), "something is put into the text"
    return ESCAPE.sub(lambda one: chr(int(one[2], 16)) if one[2] else PLAIN.get(one[1], one[1]), inner)


def template(files: dict[str, str]) -> list[dict[str, Any]]:
    """The nested deployments that the files come to, without versions of what only exists."""
    found: dict[str, dict[str, Any]] = {}
    for word, symbol, file, _, told in Reader(files["main.bicep"]).declarations():
        assert "module" == word
        subscription, group = told["scope"]
        found[symbol] = {
            "name": told["name"],
            "subscription": subscription,
            "group": group,
            "after": [found[one]["name"] for one in told.get("dependsOn", [])],
            "resources": list(resources(files[file], subscription, group)),
        }
    return list(found.values())


def resources(text: str, subscription: str, group: str) -> Any:
    there: dict[str, str] = {}
    for _, symbol, of, existing, told in Reader(text).declarations():
        type, _, version = of.partition("@")
        if existing:
            namespace, *kinds = type.split("/")
            pairs = "/".join(
                f"{kind}/{name}" for kind, name in zip(kinds, told["name"].split("/"), strict=True)
            )
            at = f"/subscriptions/{subscription}/resourceGroups/{group}/providers/{namespace}/{pairs}"
            there[symbol] = at
            continue
        if "scope" in told:
            told["scope"] = there[told["scope"]]
        yield {"type": type, "apiVersion": version, **told}


def of_arm(text: str) -> list[dict[str, Any]]:
    """The nested deployments of the ARM template, in the same form."""
    return [
        {
            "name": one["name"],
            "subscription": one["subscriptionId"],
            "group": one["resourceGroup"],
            "after": [id.rpartition("/")[2] for id in one["dependsOn"]],
            "resources": [plain(each) for each in one["properties"]["template"]["resources"]],
        }
        for one in json.loads(text)["resources"]
    ]


def plain(value: Any) -> Any:
    """A value without comments, and with brackets as they are."""
    if isinstance(value, dict):
        return {name: plain(one) for name, one in value.items() if name != "comments"}
    if isinstance(value, list):
        return [plain(one) for one in value]
    return value[1:] if isinstance(value, str) and value.startswith("[[") and value.endswith("]") else value


ENVIRONMENTS: dict[str, Snapshot] = {
    **{reference: snapshot(public(reference, zones=True)) for reference in REFERENCES},
    **{fault.name: faulty(fault.on[0], fault.changes) for fault in FAULTS[4::12]},
}


@pytest.mark.parametrize("environment", ENVIRONMENTS.values(), ids=ENVIRONMENTS)
def test_bicep_says_what_the_template_says(environment: Snapshot) -> None:
    """The same deployments with the same resources in the same order, and the same end."""
    plan = make(environment)
    bodies = puts(environment, plan)
    bicep, arm = export("bicep", plan, bodies), export("arm", plan, bodies)
    assert (arm.first_left, arm.why) == (bicep.first_left, bicep.why)
    assert of_arm(arm.files["plan.json"]) == template(bicep.files)


def test_text_of_strangers_is_text() -> None:
    """Quotes, line breaks, interpolation and numbers that Bicep has no form for come through as they are."""
    plan = make(ENVIRONMENTS["same network"])
    strange = "'${subscription().id}' \\ \n\u202e [concat('a')]"
    body = {"tags": {strange: strange, "true": "x", "a-b": ["[y]"]}, "properties": {"n": 1.5, "big": 2**70}}
    bodies = dict.fromkeys(range(99), body)
    assert of_arm(export("arm", plan, bodies).files["plan.json"]) == template(
        export("bicep", plan, bodies).files
    )
