"""What docs/templates.md says is so."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import msgspec
import pytest

from cloison.sources.arm_template import Limits, TemplateError, expand

PAGE = (Path(__file__).parents[2] / "docs" / "templates.md").read_text(encoding="utf-8")


def rows(heading: str) -> dict[str, str]:
    """The first two columns of the table below a heading of a column, without the marks."""
    table = PAGE.split(f"| {heading} | ", 1)[1].split("\n\n", 1)[0]
    return dict(re.findall(r"^\| `(\w+)` \| ([^|]*) \|", table, re.MULTILINE))


def test_the_example_runs() -> None:
    """As it stands there."""
    (example,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)

    exec(compile(example, "docs/templates.md", "exec"), {})


def test_every_option_is_there() -> None:
    """And no other."""
    taken = [name for name in inspect.signature(expand).parameters if name != "template"]

    assert taken == list(rows("option"))


def test_limits_are_those_of_the_code() -> None:
    """Their names and defaults."""
    told = {name: int(value.replace(",", "")) for name, value in rows("`Limits`").items()}

    assert msgspec.structs.asdict(Limits()) == told


def test_errors_have_the_codes_that_it_lists() -> None:
    """One of each that ends an expansion."""
    schema = '"$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"'
    wrong = {
        "InvalidTemplate": "[]",
        "InvalidRequestContent": "{",
        "DeploymentFailed": f'{{{schema}, "variables": {{"v": "[fail(\'no\')]"}}, "resources": []}}',
        "LimitExceeded": "[" * 100_000 + "]" * 100_000,
    }
    for code, text in wrong.items():
        with pytest.raises(TemplateError) as caught:
            expand(text)
        assert code == caught.value.code

    assert {*wrong, "DeploymentOutputEvaluationFailed"} == {*rows("code")}
