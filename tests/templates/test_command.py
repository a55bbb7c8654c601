"""`cloison expand`: what a template deploys, as JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cloison.cli import main
from tests.templates.language import SUBSCRIPTION, resource, template

STORE = resource(
    "Microsoft.Storage/storageAccounts", "[parameters('name')]", location="[resourceGroup().location]",
    condition="[parameters('make')]",
    properties={"text": "[[as it stands]", "secret": "[parameters('secret')]", "blob": "[reference('x').y]"},
)  # fmt: skip
CONTENT = template(
    STORE,
    resource("A.B/c", "x"),
    parameters={
        "name": {"type": "string"}, "make": {"type": "bool", "defaultValue": True}, "secret": {"type": "securestring"}
    },
    outputs={"name": {"type": "string", "value": "[parameters('name')]"}},
)  # fmt: skip


def write(folder: Path, content: Any, name: str = "main.json") -> str:
    """A file; its name."""
    path = folder / name
    path.write_text(json.dumps(content), encoding="utf-8")
    return str(path)


def expand(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    """What the command prints."""
    assert 0 == main(["expand", *arguments])
    return json.loads(capsys.readouterr().out)


def test_what_is_open_stands_as_its_expression(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In brackets, so that it can be told from a text, and can be read as a template again."""
    name = write(tmp_path, CONTENT)
    store = expand(capsys, name)["resources"][0]

    assert "[resourceGroup().location]" == store["body"]["location"]
    assert "[[as it stands]" == store["body"]["properties"]["text"]
    assert store["id"].endswith("storageAccounts/{parameters('name')}")
    assert f"{name}:1:" in store["place"]
    assert store["exists"] is True


def test_values_and_scope_come_from_options(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Files, `--set` over them, the scope, and what an expression is assumed to be."""
    told = {"parameters": {"name": {"value": "told"}, "make": {"value": False}}}
    given = (
        write(tmp_path, CONTENT), "--parameters", write(tmp_path, told, "values.json"), "--set", "make=true",
        "--subscription", SUBSCRIPTION, "--resource-group", "rg", "--location", "westeurope",
    )  # fmt: skip
    made = expand(capsys, *given)
    store = made["resources"][0]
    open_text = store["body"]["properties"]["blob"]
    assumed = expand(capsys, *given, "--assume", f"{open_text}=assumed")["resources"][0]

    group = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg"
    assert f"{group}/providers/Microsoft.Storage/storageAccounts/told" == store["id"]
    assert "westeurope" == store["body"]["location"]
    assert "told" == made["outputs"]["name"]["value"]
    assert f"[reference('{group}/providers/A.B/c/x').y]" == open_text
    assert "assumed" == assumed["body"]["properties"]["blob"]


def test_an_open_condition_and_a_gap_are_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With what to supply, and where the template says so."""
    content = template(
        resource("A.B/c", "x", condition="[parameters('make')]"),
        resource(
            "A.B/d",
            "[string(copyIndex())]",
            copy={"name": "c", "count": "[parameters('n')]", "mode": "serial"},
        ),
        parameters={"make": {"type": "bool"}, "n": {"type": "int"}},
    )
    made = expand(capsys, write(tmp_path, content))

    assert "[parameters('make')]" == made["resources"][0]["exists"]
    assert {"name": "c", "mode": "Serial", "batchSize": 0} == made["resources"][1]["loop"]
    assert "--set n=…" == made["gaps"][0]["ask"]
    assert "main.json:1:" in made["gaps"][0]["place"]


def test_no_secret_is_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The value of a secure parameter stays an expression."""
    assert 0 == main(["expand", write(tmp_path, CONTENT), "--set", "secret=geheim", "--set", "name=n"])

    assert "geheim" not in capsys.readouterr().out


def test_linked_templates_are_read_from_the_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The template's own, or a wider one that is named."""
    write(tmp_path, template(resource("A.B/c", "linked")), "part.json")
    (tmp_path / "in").mkdir()
    link = {"mode": "Incremental", "templateLink": {"relativePath": "../part.json"}}
    name = write(tmp_path / "in", template(resource("Microsoft.Resources/deployments", "d", properties=link)))

    alone, wider = expand(capsys, name), expand(capsys, name, "--folder", str(tmp_path))

    assert "lies outside of the given folder" in alone["gaps"][0]["why"]
    assert "linked" == wider["resources"][1]["body"]["name"]


def test_it_is_written_to_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """And then not to standard output."""
    out = tmp_path / "out.json"

    assert 0 == main(["expand", write(tmp_path, CONTENT), "--output", str(out)])
    assert 2 == len(json.loads(out.read_text(encoding="utf-8"))["resources"])
    assert "" == capsys.readouterr().out


@pytest.mark.parametrize(
    ("content", "options", "code"),
    [
        (template(resource("A.B/c", "[nobody()]")), (), "E110"),
        (CONTENT, ("--set", "nobody=1"), "E110"),
        (CONTENT, ("--set", "nothing"), "E302"),
        (CONTENT, ("--level", "moon"), "E302"),
        (CONTENT, ("--parameters", "/nowhere.json"), "E101"),
        (template(variables={"v": "[" + "not(" * 200 + "true()" + ")" * 200 + "]"}), (), "E108"),
    ],
)
def test_what_cannot_be_is_one_coded_error(
    content: Any, options: tuple[str, ...], code: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2, nothing printed, the place told."""
    assert 2 == main(["expand", write(tmp_path, content), *options])
    printed = capsys.readouterr()
    assert "" == printed.out
    assert f"error[{code}]" in printed.err
