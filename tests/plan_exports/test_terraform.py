"""Terraform: one resource for each step, after all of the wave before, with nothing in it that Terraform evaluates."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import msgspec
import pytest

from cloison.plan.document import PlanDocument
from cloison.plan.make import make
from cloison.plan_exports import export
from tests.fault_catalogue import FAULTS
from tests.plan.environments import faulty, public
from tests.reference import REFERENCES, snapshot

RESOURCE = re.compile(r'^resource "(\w+)" "(step_\d+)" \{\n(.*?)^\}', re.MULTILINE | re.DOTALL)
OPEN = {reference: make(snapshot(public(reference, zones=True))) for reference in REFERENCES}


def written(plan: PlanDocument) -> str:
    told = export("terraform", plan, {})
    assert not told.first_left
    return told.files["main.tf"]


@pytest.mark.parametrize("plan", OPEN.values(), ids=OPEN)
def test_resources_match_the_steps_one_for_one(plan: PlanDocument) -> None:
    """Each has the number of its step, and waits for every step of the wave before and no other."""
    found = RESOURCE.findall(written(plan))
    address = {int(label[5:]): f"{type}.{label}" for type, label, _ in found}
    assert [step.number for step in plan.steps] == list(address)
    for step, (_, _, text) in zip(plan.steps, found, strict=True):
        before = [address[one.number] for one in plan.steps if one.wave == step.wave - 1]
        waits = re.search(r"^  depends_on = \[\n(.*?)^  \]", text, re.MULTILINE | re.DOTALL)
        assert before == (re.findall(r"[\w.]+", waits[1]) if waits else [])
        # The last name of what a step is about stands in it.
        assert step.request.path.split("/")[-1] in text


def test_what_azurerm_has_a_resource_for_is_told_with_it() -> None:
    """Zones, links, records and endpoints are azurerm's; zone groups and changes are azapi's."""
    types = {type for type, _, _ in RESOURCE.findall(written(OPEN["same network"]))}
    assert types >= {
        "azurerm_private_dns_a_record",
        "azurerm_private_endpoint",
        "azapi_resource",
        "azapi_resource_action",
    }


def test_a_body_that_says_more_than_azurerm_takes_is_azapis() -> None:
    """Nothing of a request is lost for want of an argument."""
    plan = OPEN["same network"]
    first = next(step for step in plan.steps if step.request.path.lower().endswith("/a/mlstore"))
    assert first.request.body is not None
    body = {**first.request.body, "properties": {**first.request.body["properties"], "extra": "kept"}}
    step = msgspec.structs.replace(first, request=msgspec.structs.replace(first.request, body=body))
    ((type, _, text),) = RESOURCE.findall(written(msgspec.structs.replace(plan, steps=(step,))))
    assert "azapi_resource" == type
    assert 'extra = "kept"' in re.sub(" +", " ", text)


def test_text_of_strangers_is_not_evaluated() -> None:
    """Templates, quotes and line breaks in a value or a summary stay text."""
    plan = OPEN["same network"]
    strange = '${file("/etc/passwd")} %{ if true } "} \n resource \\'
    step = msgspec.structs.replace(
        plan.steps[-1],
        summary=strange,
        request=msgspec.structs.replace(plan.steps[-1].request, body={"tags": {strange: strange}}),
    )
    text = written(msgspec.structs.replace(plan, steps=(step,)))
    kept = r'"$${file(\"/etc/passwd\")} %%{ if true } \"} \n resource \\"'
    assert f"{kept} = {kept}" in text
    assert 1 == len(RESOURCE.findall(text))


@pytest.mark.skipif(shutil.which("terraform") is None, reason="terraform is not on this machine")
def test_terraform_would_lay_it_out_the_same(tmp_path: Path) -> None:
    """`terraform fmt -check` finds nothing to change, for plans of all kinds."""
    faults = [faulty(fault.on[0], fault.changes) for fault in FAULTS[::9]]
    for number, plan in enumerate([*OPEN.values(), *map(make, faults)]):
        (tmp_path / f"{number}.tf").write_text(written(plan), encoding="utf-8")
    bare = {name: value for name, value in os.environ.items() if name != "TF_CLI_CONFIG_FILE"}
    command = ["terraform", "fmt", "-check", "-diff", str(tmp_path)]
    done = subprocess.run(command, env=bare, capture_output=True, text=True, check=False)
    assert (0, "") == (done.returncode, done.stdout + done.stderr)
