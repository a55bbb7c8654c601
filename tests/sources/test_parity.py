"""One environment, printed in the ways that Azure has, gets the same verdicts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cloison.check.run import run
from cloison.sources import read

EXAMPLE = Path(__file__).parents[2] / "src/cloison/examples/first_attempt.json"
BODIES: list[dict[str, Any]] = json.loads(EXAMPLE.read_text(encoding="utf-8"))["resources"]
ENVELOPED = (
    "microsoft.keyvault/",
    "microsoft.machinelearningservices/",
    "microsoft.kubernetesconfiguration/",
)
"""Providers whose commands print `properties`, or something else altogether."""
RENAMED = {"microsoft.storage/storageaccounts": {"networkAcls": "networkRuleSet"}}


def verdicts(path: Path) -> list[tuple[str, ...]]:
    """Every verdict of every path and requirement; ids in lower case, as Azure answers them in any."""
    report = run(read([str(path)]))
    paths = [
        (path.pool, path.resource.lower(), path.host, path.verdict)
        for one in report.environments
        for path in one.paths
    ]
    findings = [
        (found.id, found.verdict, found.severity, found.subject.lower())
        for one in report.environments
        for found in one.requirements
    ]
    assert report.gaps == ()
    return sorted([*paths, *findings])


def flattened(value: Any) -> Any:
    """As `az` prints: members of `properties` stand beside the others, at every depth."""
    if isinstance(value, list):
        return [flattened(one) for one in value]
    if not isinstance(value, dict):
        return value
    inner = value.get("properties")
    merged = {**value, **inner} if isinstance(inner, dict) else value
    return {name: flattened(one) for name, one in merged.items() if name != "properties"}


def printed(body: dict[str, Any]) -> dict[str, Any]:
    """As the command line prints one resource."""
    type = body["type"].lower()
    if type.startswith(ENVELOPED):
        return body
    names = RENAMED.get(type, {})
    return {names.get(name, name): value for name, value in flattened(body).items()}


def row(body: dict[str, Any]) -> dict[str, Any]:
    """As Resource Graph answers: types in lower case, columns that are empty, ids in mixed case."""
    columns = {
        "kind": "",
        "managedBy": "",
        "plan": None,
        "zones": None,
        "subscriptionId": "…",
        "tenantId": "…",
    }
    id = body["id"].replace("/resourceGroups/", "/resourcegroups/").replace("Microsoft.", "microsoft.")
    return {**columns, **body, "id": id, "type": body["type"].lower()}


def table(bodies: list[dict[str, Any]]) -> dict[str, Any]:
    """As older Resource Graph clients answer."""
    names = ["id", "name", "type", "location", "kind", "sku", "identity", "properties"]
    columns = [{"name": name, "type": "object"} for name in names]
    return {"data": {"columns": columns, "rows": [[body.get(name) for name in names] for body in bodies]}}


PRINTED: dict[str, Any] = {
    "Resource Graph rows": {"count": len(BODIES), "data": [row(body) for body in BODIES], "skip_token": None},
    "a Resource Graph table": table([row(body) for body in BODIES]),
    "a list answer": {"value": BODIES},
    "what the command line prints": [printed(body) for body in BODIES],
    "in another order": BODIES[::-1],
}


@pytest.mark.parametrize("way", PRINTED)
def test_the_way_of_printing_changes_no_verdict(way: str, tmp_path: Path) -> None:
    """The verdicts are those of our own document."""
    path = tmp_path / "export.json"
    path.write_text(json.dumps(PRINTED[way]), encoding="utf-8")

    assert verdicts(EXAMPLE) == verdicts(path)


def test_several_files_are_one_environment(tmp_path: Path) -> None:
    """Each resource in a file of its own, some of them twice, is still one environment."""
    for number, body in enumerate([*BODIES, *BODIES[:5]]):
        (tmp_path / f"{number}.json").write_text(json.dumps(body), encoding="utf-8")

    assert verdicts(EXAMPLE) == verdicts(tmp_path)


def test_json_lines_are_one_environment(tmp_path: Path) -> None:
    """So is one row on each line."""
    path = tmp_path / "rows.jsonl"
    path.write_text("\n".join(json.dumps(row(body)) for body in BODIES), encoding="utf-8")

    assert verdicts(EXAMPLE) == verdicts(path)
