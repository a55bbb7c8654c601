"""A stranger's template ends at once: in a result or a coded error, in less than 2 seconds and 512 MiB."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cloison.sources.arm_template import Limits, TemplateError
from tests.templates.hostile import HOSTILE
from tests.templates.language import expanded, resource, template

CODES = {"LimitExceeded", "InvalidTemplate", "InvalidRequestContent"}


@pytest.fixture(scope="module")
def measured() -> dict[str, dict[str, Any]]:
    """What each hostile template took."""
    script = Path(__file__).with_name("measure.py")
    done = subprocess.run(
        [sys.executable, str(script)], capture_output=True, text=True, timeout=300, check=True
    )
    return {line["name"]: line for line in map(json.loads, done.stdout.splitlines())}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_template_ends_at_once(name: str, measured: dict[str, dict[str, Any]]) -> None:
    """In a result or a coded error with its place, within time and memory."""
    found = measured[name]

    assert found["ended"] in {"expanded", *CODES}
    assert found["seconds"] < 2
    assert found["megabytes"] < 512


@pytest.mark.parametrize(
    ("limits", "content"),
    [
        (Limits(steps=10), template(variables={"v": "[" + "not(" * 20 + "true()" + ")" * 20 + "]"})),
        (Limits(nodes=10), template(resource("A.B/c", "d", properties={"x": list(range(20))}))),
        (Limits(text_chars=10), template(variables={"v": "[concat('abcdefgh', 'abcdefgh')]"})),
        (Limits(expression_chars=10), template(variables={"v": "[concat('abcdefgh')]"})),
        (Limits(expression_depth=3), template(variables={"v": "[not(not(not(true())))]"})),
        (Limits(source_bytes=10), template()),
        (
            Limits(deployments=0),
            template(resource("Microsoft.Resources/deployments", "d", properties={"template": template()})),
        ),
    ],
)
def test_each_limit_is_a_coded_error(limits: Limits, content: dict[str, Any]) -> None:
    """What is over a limit of ours says so, and says what to do."""
    with pytest.raises(TemplateError) as caught:
        expanded(content, limits=limits)

    assert "LimitExceeded" == caught.value.code
    assert caught.value.line


@pytest.mark.parametrize(
    ("limits", "content"),
    [
        (
            Limits(copies=2),
            template(resource("A.B/c", "[string(copyIndex())]", copy={"name": "c", "count": 3})),
        ),
        (Limits(resources=2), template(*[resource("A.B/c", f"r{at}") for at in range(3)])),
    ],
)
def test_a_limit_that_azure_has_is_the_error_that_azure_gives(
    limits: Limits, content: dict[str, Any]
) -> None:
    """More turns of a loop, or more resources in a template, than ARM takes: the template is not valid."""
    with pytest.raises(TemplateError) as caught:
        expanded(content, limits=limits)

    assert "InvalidTemplate" == caught.value.code


def test_the_limits_leave_room_for_what_azure_takes() -> None:
    """800 turns of a loop with a property loop in each are no attack."""
    loop = {"copy": [{"name": "x", "count": 100, "input": "[concat(copyIndex(), '-', copyIndex('x'))]"}]}
    made = expanded(
        template(
            resource("A.B/c", "[concat('n', copyIndex())]", copy={"name": "c", "count": 800}, properties=loop)
        )
    )

    assert 800 == len(made.resources)
    assert "799-99" == made.resources[-1].body["properties"]["x"][-1]
