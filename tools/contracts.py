"""Who may import whom, where the layers in pyproject.toml do not say enough.

    python tools/contracts.py [SOURCE]        SOURCE: default src

Four promises, each checked on every import statement, wherever in a file it stands:

1. a package imports only what the table in docs/architecture.md allows it;
2. a kind is named by its own folder and by requirements only, so that adding one edits no other file;
3. a requirement, a source, a report format and an export of plans are named by their own folder only, for the same
   reason;
4. the prober imports the standard library and nothing else, because it runs in a cluster that has nothing else.

Exit 1 with one line per broken promise.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from modules import Import, Module, read

TOP = "cloison"

MAY_IMPORT: dict[str, set[str]] = {
    "arm": set(),
    "probe": set(),
    "model": {"arm"},
    "kinds": {"model", "arm"},
    "reach": {"model", "arm"},
    "sources": {"kinds", "model", "arm"},
    "controlplane": {"kinds", "model", "arm"},
    "emulator": {"sources", "controlplane", "reach", "kinds", "model", "arm"},
    "requirements": {"reach", "kinds", "model", "arm"},
    "check": {"requirements", "reach", "kinds", "model", "arm"},
    "plan": {"check", "requirements", "controlplane", "reach", "kinds", "model", "arm"},
    "apply": {"plan", "check", "controlplane", "kinds", "model", "arm"},
    "reports": {"plan", "check"},
    "plan_exports": {"plan", "reports"},
}
"""The direct imports of each package, itself left out. Packages that are not named may import anything that the
layers allow."""

FOLDERS: dict[str, set[str]] = {
    "kinds": {"requirements"},
    "requirements": set(),
    "sources": set(),
    "reports": set(),
    "plan_exports": set(),
}
"""Packages whose folders are found, not named; and who may name one all the same."""

SHARED = {"cloison.sources.arm_template"}
"""Folders that are found by nobody: what their siblings share, so that naming one registers nothing."""


def broken(modules: list[Module]) -> list[str]:
    """One line for each import that breaks a promise, in the order of the files."""
    folders = found_folders(modules)
    return [
        f"{module.path}:{one.line}: {why}"
        for module in modules
        for one in module.imports
        for why in (*_beyond_table(module, one), *_names_folder(module, one, folders), *_probe(module, one))
    ]


def found_folders(modules: Iterable[Module]) -> dict[str, set[str]]:
    """The folders of each package in FOLDERS. A plain module, or one with an underscore, is shared code."""
    found: dict[str, set[str]] = {package: set() for package in FOLDERS}
    for module in modules:
        parts = module.name.split(".")
        is_folder = len(parts) > 3 or (len(parts) == 3 and module.path.name == "__init__.py")
        if is_folder and parts[1] in found and not parts[2].startswith("_"):
            found[parts[1]].add(parts[2])
    return found


def _beyond_table(module: Module, one: Import) -> Iterable[str]:
    package = _ours(one.target)
    allowed = MAY_IMPORT.get(module.package)
    if package and allowed is not None and package not in {*allowed, module.package}:
        yield f"{module.package} may not import {package} ({one.target})"


def _names_folder(module: Module, one: Import, folders: dict[str, set[str]]) -> Iterable[str]:
    parts = one.target.split(".")
    if len(parts) < 3 or parts[0] != TOP or parts[2] not in folders.get(parts[1], ()):
        return
    own = f"{TOP}.{parts[1]}.{parts[2]}"
    inside = module.name == own or module.name.startswith(f"{own}.")
    if own in SHARED and module.package in (parts[1], "emulator"):
        return
    if not inside and module.package not in FOLDERS[parts[1]]:
        yield f"{own} is found by its folder; only itself may name it"


def _probe(module: Module, one: Import) -> Iterable[str]:
    first = one.target.split(".")[0]
    if module.package == "probe" and first != TOP and first not in sys.stdlib_module_names:
        yield f"the prober uses the standard library only, not {first}"


def _ours(target: str) -> str:
    parts = target.split(".")
    named = len(parts) > 1 and parts[0] == TOP and not parts[1].startswith("__")
    return parts[1] if named else ""


def main(arguments: list[str]) -> int:
    """Print what is broken; the exit code."""
    modules = read(Path(arguments[0] if arguments else "src"))
    found = broken(modules)
    for line in found:
        print(line)
    print(f"contracts: {len(modules)} modules, {len(found)} broken")
    return 1 if found or not modules else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
