"""Secrets go in by every way there is, and come out by none: not on a screen, not in a file, not in a traceback."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given as tried
from hypothesis import strategies as st

from cloison.arm.errors import Answered, BadAnswer
from cloison.arm.hiding import hidden
from cloison.cli import commands
from cloison.emulator.wire import Answer, Asked
from cloison.plan_exports import formats
from cloison.reports import formats as report_formats
from cloison.sources import read
from tests.apply.live import Ended, Site, azure, cloison
from tests.cli.shell import EXAMPLE

CANARY = "c4n4ryc4n4ryc4n4ry"
"""What must not be seen. It is plain, so that no escaping hides it."""
JWT = f"eyJhbGciOiJub25lIn0.{CANARY}.x"
SECRETS: dict[str, Any] = {
    "adminPassword": CANARY,
    "connectionString": f"AccountKey={CANARY}",
    "primaryKey": CANARY,
    "instrumentationKey": CANARY,
    "protectedSettings": {"deep": [CANARY]},
    "configurationProtectedSettings": {"sslKey": CANARY},
    "servicePrincipalProfile": {"clientId": "msi", "secret": CANARY},
    "kubeconfigs": [{"value": CANARY}],
    "windowsProfile": {"adminUsername": "azureuser", "adminPassword": CANARY},
    "sharedKey": CANARY,
    "secrets": [{"name": "x", "value": CANARY}],
}
"""Members as bodies of Azure have them."""


def planted(document: dict[str, Any]) -> dict[str, Any]:
    """The export with all of these in the properties of every resource."""
    made = copy.deepcopy(document)
    for one in made["resources"]:
        properties = one.setdefault("properties", {})
        for name, value in SECRETS.items():
            own = properties.get(name)
            properties[name] = (
                {**own, **value} if isinstance(own, dict) and isinstance(value, dict) else value
            )
    return made


@pytest.fixture
def export(tmp_path: Path) -> Path:
    path = tmp_path / "export.json"
    path.write_text(json.dumps(planted(json.loads(EXAMPLE.read_text()))))
    return path


@pytest.fixture(autouse=True)
def loud(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything that could tell a secret is set, and errors tell all they know."""
    monkeypatch.setenv("CLOISON_DEBUG", "1")
    monkeypatch.setenv("AZURE_CLIENT_SECRET", CANARY)
    monkeypatch.setenv("AZURE_PASSWORD", CANARY)
    for name in ("CLOISON_ENDPOINT", "CLOISON_CA", "AZURE_CLIENT_ID", "AZURE_TENANT_ID"):
        monkeypatch.delenv(name, raising=False)


def seen(ended: Ended, folder: Path, *inputs: Path) -> list[str]:
    """Where the canary came out: on the screen, or in a file that is no input."""
    found = ["the screen"] if CANARY in ended.all else []
    for path in folder.rglob("*"):
        if path.is_file() and path not in inputs and CANARY.encode() in path.read_bytes():
            found.append(path.name)
    return found


# --- files -------------------------------------------------------------------------------------------------


def offline(export: Path, folder: Path) -> Iterator[list[str]]:
    """Every command that reads a file, in every form of its output."""
    for one in report_formats():
        yield ["check", str(export), "--format", one]
    yield ["check", str(export), "--format", "json", "--output", str(folder / "report.json")]
    yield ["explain", "S11"]
    yield ["snapshot", str(export), "--output", str(folder / "snapshot.json")]
    yield ["plan", str(export), "-o", str(folder / "plan.json")]
    for one in formats():
        yield ["plan", str(export), "--as", one, "-o", str(folder / one)]


def test_secrets_of_an_export(export: Path, tmp_path: Path) -> None:
    """What an export holds of secrets is in no report, no plan, no export of a plan and no snapshot."""
    for given in offline(export, tmp_path):
        ended = cloison(*given)
        assert [] == seen(ended, tmp_path, export), given


def test_the_canaries_are_there(export: Path) -> None:
    """The export that is tried holds them, and is read all the same."""
    assert export.read_text().count(CANARY) > 500
    assert len(read([str(export)]).resources) >= len(read([str(EXAMPLE)]).resources)


TEMPLATE = {
    "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
    "contentVersion": "1.0.0.0",
    "parameters": {
        "password": {"type": "securestring"},
        "more": {"type": "secureObject"},
        "handed": {"type": "securestring", "defaultValue": f"{CANARY}-default"},
    },
    "resources": [
        {
            "type": "Microsoft.Storage/storageAccounts",
            "apiVersion": "2023-05-01",
            "name": "store",
            "location": "westeurope",
            "tags": {"told": "[parameters('password')]", "more": "[string(parameters('more'))]"},
            "properties": {"adminPassword": "[parameters('password')]", "x": "[parameters('handed')]"},
        }
    ],
    "outputs": {"told": {"type": "string", "value": "[parameters('password')]"}},
}


def test_secrets_of_parameters(tmp_path: Path) -> None:
    """A secure parameter is in no expanded template, no report and no error, wherever the template puts it."""
    template, parameters = tmp_path / "t.json", tmp_path / "p.json"
    template.write_text(json.dumps(TEMPLATE))
    values = {"password": {"value": CANARY}, "more": {"value": {"a": CANARY}}}
    parameters.write_text(json.dumps({"parameters": values}))
    for given in (["expand", str(template)], ["check", str(template)], ["snapshot", str(template)]):
        more = ["--parameters", str(parameters)] if given[0] != "snapshot" else []
        ended = cloison(*given, *more)
        assert [] == seen(ended, tmp_path, template, parameters), given


# --- addresses and surroundings ----------------------------------------------------------------------------

ADDRESSES = [
    f"https://user:{CANARY}@127.0.0.1:1", f"https://user:x?{CANARY}@127.0.0.1:1", f"http://user:{CANARY}@127.0.0.1",
    f"https://127.0.0.1:1/?sig={CANARY}", f"https://{CANARY}:x@127.0.0.1:1/a b", f"https://u:a/{CANARY}@127.0.0.1:1",
]  # fmt: skip


@pytest.mark.parametrize("address", ADDRESSES)
def test_secrets_of_an_address(address: str, tmp_path: Path) -> None:
    """A password or a signature in the address of ARM is not repeated, neither in the error nor in its traceback."""
    ended = cloison("check", "azure:00000000-0000-0000-0000-000000000001", "--endpoint", address)
    assert 2 == ended.code
    assert [] == seen(ended, tmp_path)


def test_secrets_of_a_proxy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The password of a proxy that does not answer is in no error."""
    for name in ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://user:{CANARY}@127.0.0.1:1")
    for one in ("AZURE_CLIENT_ID", "AZURE_TENANT_ID"):
        monkeypatch.setenv(one, "00000000-0000-0000-0000-000000000001")
    ended = cloison(
        "check", "azure:00000000-0000-0000-0000-000000000001", "--endpoint", "https://arm.cloison.invalid"
    )
    assert 2 == ended.code
    assert [] == seen(ended, tmp_path)


# --- live --------------------------------------------------------------------------------------------------


def tokens(site: Site) -> set[str]:
    """Tokens that were sent."""
    return {one.headers.get("authorization", "").removeprefix("Bearer ") for one in site.emulator.asked}


def test_secrets_of_a_live_environment(tmp_path: Path) -> None:
    """Bodies of Azure full of secrets, through plan, apply and snapshot: neither they nor a token is in a file or on
    the screen.
    """
    with azure(tmp_path) as site:
        site.emulator.tamper = with_secrets
        site.plan()
        ended = [site.apply(), site.apply("--resume")]
        snapshot = tmp_path / "snapshot.json"
        ended.append(cloison("snapshot", f"azure:{SUBSCRIPTION}", *site.where, "--output", str(snapshot)))
        assert [0, 0, 0] == [one.code for one in ended], ended
        sent = tokens(site)
    for one in ended:
        assert [] == seen(one, tmp_path)
        assert not any(token in one.all for token in sent)
    for path in tmp_path.rglob("*"):
        if path.is_file():
            assert not any(token.encode() in path.read_bytes() for token in sent), path


SUBSCRIPTION = "00000000-0000-0000-0000-000000000001"


def with_secrets(asked: Asked, answer: Answer) -> Answer:
    """The answer, with secrets in every body below it."""
    if answer.status < 400 and "operation" not in asked.path.lower():
        answer.body = _filled(answer.body)
    return answer


def _filled(value: Any) -> Any:
    if isinstance(value, list):
        return [_filled(one) for one in value]
    if not isinstance(value, dict):
        return value
    found = {name: _filled(inner) for name, inner in value.items()}
    if isinstance(found.get("properties"), dict) and "id" in found:
        more = {name: value for name, value in SECRETS.items() if name not in found["properties"]}
        found["properties"] = {**found["properties"], **more}
    return found


def _error(message: str) -> Callable[[Asked, Answer], Answer]:
    def tamper(asked: Asked, answer: Answer) -> Answer:
        if asked.method not in ("PUT", "PATCH"):
            return answer
        inner = {"code": "Inner", "message": CANARY}
        error = {"code": "BadRequest", "message": message, "details": [inner], "innererror": inner}
        return Answer(status=400, body={"error": error, "request": {"password": CANARY}})

    return tamper


MESSAGES = [
    f"token Bearer {CANARY} is too old", f"the token {JWT} is too old", f"at https://store.blob/x?sig={CANARY}&x=1",
    f"Protocol=https;AccountKey={CANARY};EndpointSuffix=x", f'body {{"adminPassword": "{CANARY}"}} is bad',
    f"proxy http://user:{CANARY}@10.0.0.1:3128 refused", f"SharedAccessSignature {CANARY}", f"password={CANARY}",
    f"client_secret={CANARY}", f"'primaryKey':'{CANARY}'",
]  # fmt: skip


@pytest.mark.parametrize("message", MESSAGES)
def test_secrets_of_errors_are_hidden(message: str) -> None:
    """What an error of Azure repeats in the form of a secret is not carried on; the rest is."""
    error = Answered(400, "BadRequest", message)
    assert CANARY not in str(error)
    assert CANARY not in error.message
    assert str(error).startswith("400 BadRequest: ")
    assert CANARY not in str(BadAnswer(message))


def test_secrets_of_answers_to_apply(tmp_path: Path) -> None:
    """Errors full of secrets end a run with 1, and are neither shown nor written down with them."""
    with azure(tmp_path) as site:
        site.plan()
        site.emulator.tamper = _error("; ".join(MESSAGES))
        ended = site.apply()
        assert 1 == ended.code
        assert "400 BadRequest" in ended.err
        assert [] == seen(ended, tmp_path)


def test_secrets_of_answers_to_a_reading(tmp_path: Path) -> None:
    """Errors full of secrets where something is read become gaps without them."""
    with azure(tmp_path) as site:

        def tamper(asked: Asked, answer: Answer) -> Answer:
            if asked.method == "GET":
                return Answer(
                    status=403, body={"error": {"code": "AuthorizationFailed", "message": MESSAGES[0]}}
                )
            return answer

        site.emulator.tamper = tamper
        output = tmp_path / "snapshot.json"
        for given in (
            ["check"],
            ["check", "--format", "json"],
            ["snapshot", "--output", str(output)],
            ["plan"],
        ):
            ended = cloison(*given, f"azure:{SUBSCRIPTION}", *site.where)
            assert [] == seen(ended, tmp_path), given


# --- the whole ---------------------------------------------------------------------------------------------

TRIED = {"check", "plan", "apply", "snapshot", "expand", "explain"}
WITHOUT = {
    "demo": "it reads an example of its own",
    "emulator": "it keeps what it is given, on this machine; --save writes a snapshot",
    "init": "it reads nothing",
    "roles": "it reads nothing but a plan",
    "recover": "it reads, plans and carries out with what plan and apply do",
    "undo": "it reads, plans and carries out with what plan and apply do",
}


def test_every_command_is_tried() -> None:
    """A new command is tried here, or it is said why it need not be."""
    assert TRIED | set(WITHOUT) == set(commands())


@tried(st.text(st.characters(codec="utf-8"), max_size=200))
def test_hiding_takes_nothing_else(text: str) -> None:
    """Plain words pass as they are, whatever they say."""
    words = "".join(one for one in text if one.isalpha() or one == " ")
    if "eyj" not in words.lower():
        assert words.split() == hidden(words).split() or "bearer" in words.lower() or "basic" in words.lower()


@pytest.mark.parametrize(
    "text",
    [
        "409 Conflict: Another operation on this or dependent resource is in progress",
        "The client 'x@example.org' has no right to 'Microsoft.Storage/storageAccounts/listKeys/action' over 'z'",
        "https://management.azure.com cannot be reached: Cannot connect to host 127.0.0.1:1 ssl:default",
        "the key vault kv-ml: public network access is disabled",
        "properties/adminUserEnabled was changed since the plan was made",
    ],
)
def test_messages_that_hold_no_secret_stay(text: str) -> None:
    """What people need to read is not hidden."""
    assert text == hidden(text)
