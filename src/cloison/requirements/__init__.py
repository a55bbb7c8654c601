"""Requirements: the article's statements, one folder each. A folder is found, never registered.

A folder `s04_private_cluster_without_public_name` holds `rule.py` with `REQUIREMENT`, `README.md` (the page that
`cloison explain S04` prints) and `cases.md` (its cases, which run as tests).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from importlib import import_module

import msgspec

from cloison.arm.ids import ResourceId
from cloison.model.verdict import Finding
from cloison.requirements.case import Case

Subjects = Callable[[Case], Iterable[ResourceId]]
Decide = Callable[[Case, ResourceId], Iterable[Finding]]

HERE = os.path.dirname(__file__)


class Requirement(msgspec.Struct, frozen=True, kw_only=True):
    """One statement that must hold.

    subjects: the resources it speaks of in this environment; none means not applicable.
    decide: findings for one subject; none means met. It may ask `.value` of any fact: what is not known
    becomes the verdict `unknown` for that subject.
    """

    id: str
    """`S04`."""
    title: str
    """A sentence that is true when met."""
    subjects: Subjects
    decide: Decide
    folder: str = ""


def ids() -> dict[str, str]:
    """Requirement ids in order with their folders, without importing any."""
    found = {}
    for folder in sorted(os.listdir(HERE)):
        head = folder.partition("_")[0]
        if head[1:].isdigit() and head[0] in "sd" and os.path.exists(os.path.join(HERE, folder, "rule.py")):
            found[head.upper()] = folder
    order = sorted(found, key=lambda id: (id[0] != "S", id))
    return {id: found[id] for id in order}


def requirements(only: Iterable[str] = ()) -> list[Requirement]:
    """Every requirement, S before D, or only those of the given ids."""
    wanted = {id.upper() for id in only}
    return [
        import_module(f"cloison.requirements.{folder}.rule").REQUIREMENT
        for id, folder in ids().items()
        if not wanted or id in wanted
    ]
