"""Requirements: the article's statements, one folder each. A folder is found, never registered.

A folder `s04_private_cluster_without_public_name` holds `rule.py` with `REQUIREMENT`, `README.md` (the page that
`cloison explain S04` prints) and `cases.md` (its cases, which run as tests).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib import import_module
from pathlib import Path

import msgspec

from cloison.arm.ids import ResourceId
from cloison.model.verdict import Finding
from cloison.requirements.case import Case

Subjects = Callable[[Case], Iterable[ResourceId]]
Decide = Callable[[Case, ResourceId], Iterable[Finding]]

HERE = Path(__file__).parent


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
    for folder in HERE.iterdir():
        head = folder.name.partition("_")[0]
        if head[1:].isdigit() and head[0] in "sd" and (folder / "rule.py").exists():
            found[head.upper()] = folder.name
    order = sorted(found, key=lambda name: (name[0] != "S", name))
    return {name: found[name] for name in order}


def requirements(only: Iterable[str] = ()) -> list[Requirement]:
    """Every requirement, S before D, or only those of the given ids."""
    wanted = {name.upper() for name in only}
    return [
        import_module(f"cloison.requirements.{folder}.rule").REQUIREMENT
        for name, folder in ids().items()
        if not wanted or name in wanted
    ]
