"""Templates: deployed on the emulator, they come to the same as the plan's own requests."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from cloison.model.snapshot import Snapshot
from cloison.plan.make import make
from cloison.plan.puts import puts
from cloison.plan_exports import Exported, export
from tests.fault_catalogue import FAULTS
from tests.faults import Fault
from tests.plan.environments import faulty, public
from tests.plan_exports.sending import carry_out, planted, send, state
from tests.reference import REFERENCES, snapshot

GROUP = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-ml"
FAULT = next(one for one in FAULTS if one.name == "storage trusts nobody")


def exported(environment: Snapshot) -> Exported:
    plan = make(environment)
    return export("arm", plan, puts(environment, plan))


def deployed(environment: Snapshot, template: Any, at: str) -> dict[str, str]:
    emulator = planted(environment)
    path = f"{at}/providers/Microsoft.Resources/deployments/repair?api-version=2022-09-01"
    send(emulator, "PUT", path, {"properties": {"mode": "Incremental", "template": template}})
    told = send(emulator, "GET", path)["properties"]
    assert told["provisioningState"] == "Succeeded", told
    send(emulator, "GET", "/subscriptions?api-version=2022-12-01")
    return state(emulator)


@pytest.mark.parametrize("reference", REFERENCES)
@pytest.mark.parametrize("zones", [False, True])
def test_a_template_comes_to_the_same_as_the_requests(reference: str, zones: bool) -> None:
    """An environment that nobody secured is the same afterwards, whoever sends the plan."""
    environment = snapshot(public(reference, zones=zones))
    told = exported(environment)
    assert told.first_left == 0
    emulator = planted(environment)
    carry_out(emulator, make(environment))
    assert state(emulator) == deployed(environment, json.loads(told.files["plan.json"]), GROUP)


SAMPLE = FAULTS[::7]


@pytest.mark.parametrize("fault", SAMPLE, ids=[fault.name for fault in SAMPLE])
def test_a_template_comes_to_the_same_or_says_what_it_cannot(fault: Fault) -> None:
    """A fault's repair is the same as a template, up to the wave in which something is deleted or acted on."""
    environment = faulty(fault.on[0], fault.changes)
    told = exported(environment)
    plan = make(environment)
    kept = [step for step in plan.steps if not told.first_left or step.number < told.first_left]
    left = [step for step in plan.steps if step not in kept]
    assert bool(told.why) is bool(left)
    if left:
        first = [step for step in left if step.wave == left[0].wave]
        assert {"DELETE", "POST"} & {step.request.method for step in first}
    emulator = planted(environment)
    carry_out(emulator, msgspec.structs.replace(plan, steps=tuple(kept)))
    assert state(emulator) == deployed(environment, json.loads(told.files["plan.json"]), GROUP)


def test_text_in_brackets_is_no_expression() -> None:
    """A stranger's description stays what it is when a template says it."""
    environment = faulty("same network", FAULT.changes)
    body = {"location": "westeurope", "tags": {"note": "[subscription().id]", "other": "[a", "more": ["[b]"]}}
    told = export("arm", make(environment), dict.fromkeys(range(99), body)).files["plan.json"]
    tags = json.loads(told)["resources"][0]["properties"]["template"]["resources"][0]["tags"]
    assert tags == {"note": "[[subscription().id]", "other": "[a", "more": ["[[b]"]}


def test_what_a_template_takes_for_itself_is_not_said() -> None:
    """A body with a member that means a loop or a condition in a template ends the export before it."""
    environment = faulty("same network", FAULT.changes)
    plan = make(environment)
    for name in ("copy", "condition", "dependsOn", "scope"):
        told = export("arm", plan, {key: {name: "x"} for key in range(99)})
        assert (told.first_left, f"{name} means something else in a template") == (
            1,
            told.why.partition(": ")[2],
        )
    loop = {"properties": {"a": [{"Copy": [{"name": "b", "count": 800}]}]}}
    assert "loop" in export("arm", plan, dict.fromkeys(range(99), loop)).why
