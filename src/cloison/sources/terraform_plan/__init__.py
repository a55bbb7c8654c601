"""Terraform plans in JSON: recognised, so that the message is better than "unknown shape"; not read yet."""

from __future__ import annotations

from typing import NoReturn

from cloison.model.errors import CloisonError
from cloison.sources._input import Input, has
from cloison.sources._reading import ReadOptions


def recognises(given: Input) -> bool:
    """The output of `terraform show -json`, of a plan or of a state."""
    return has(given.outline.members.terraform_version) or has(given.outline.members.planned_values)


def read(given: Input, options: ReadOptions) -> NoReturn:
    """Raises CloisonError: not yet."""
    raise CloisonError(
        "E109",
        f"{given.name} is a Terraform plan, which is not read yet",
        help="export the live resources, or give an ARM template",
        file=given.name,
    )
