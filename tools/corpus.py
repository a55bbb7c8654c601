"""Expands every ARM template of a folder, and says which do not expand, and why.

    python tools/corpus.py [FOLDER...] [--json FILE]

FOLDER: default is the folder `templates` of the corpora, at `../shared/corpora` or where CLOISON_CORPORA says. Each
template is expanded twice: with the values of the parameter file beside it, and with nothing but its defaults. A
template is *decided* when each of its parameters has a value or a default. Exit 1 when one ends in anything but a
result or a coded error.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from cloison.sources.arm_template import Scope, TemplateError, expand
from cloison.sources.arm_template.errors import Fault
from cloison.sources.arm_template.parameters import values_of
from cloison.sources.arm_template.symbols import Symbol
from cloison.sources.arm_template.text import lenient

ROOT = Path(__file__).resolve().parent.parent
HERE = Scope(
    subscription="00000000-0000-0000-0000-000000000001",
    resource_group="rg",
    management_group="mg",
    tenant="00000000-0000-0000-0000-00000000000a",
    location="westeurope",
    deployment="main",
    utc_now="2026-01-05T10:00:00Z",
)
EXPANDED = "expanded"
OUTSIDE = "expanded; parts stand in other files or extensions"
GAPS = "expanded with other gaps"
REFUSED = "refused, as Azure Resource Manager would"
LIMIT = "over a limit"
CRASHED = "neither result nor coded error"
OUTCOMES = (EXPANDED, OUTSIDE, GAPS, REFUSED, LIMIT, CRASHED)


class Template(NamedTuple):
    """One template of the folder."""

    path: Path
    data: bytes
    values: Mapping[str, Any]
    decided: bool


class Result(NamedTuple):
    """How one expansion ended."""

    outcome: str
    reason: str
    seconds: float
    resources: int


def corpora() -> Path:
    """The folder with other people's templates; it may be missing."""
    return Path(os.environ.get("CLOISON_CORPORA", ROOT.parent / "shared" / "corpora"))


def decoded(data: bytes) -> object:
    """JSON with ARM's leniencies, or None."""
    try:
        return msgspec.json.decode(lenient(data.decode("utf-8-sig")))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def templates(folder: Path) -> Iterator[Template]:
    """The templates below a folder, by name."""
    for path in sorted([*folder.rglob("*.json"), *folder.rglob("*.jsonc")]):
        data = path.read_bytes()
        content = decoded(data)
        if (
            not isinstance(content, dict)
            or "deploymenttemplate.json" not in str(content.get("$schema")).lower()
        ):
            continue
        values = parameters_beside(path)
        yield Template(path, data, values, _decided(content, values))


def parameters_beside(path: Path) -> Mapping[str, Any]:
    """Values of the parameter file that belongs to a template by its name; none where there is no such file."""
    names = [f"{path.stem}.parameters.json"]
    found = next((path.with_name(name) for name in names if path.with_name(name).is_file()), None)
    content = decoded(found.read_bytes()) if found else None
    if not isinstance(content, dict):
        return {}
    try:
        return values_of(content)
    except Fault:
        return {}


def _decided(content: Mapping[str, Any], values: Mapping[str, Any]) -> bool:
    given = {name.lower() for name, value in values.items() if not isinstance(value, Symbol)}
    declared = content.get("parameters") or {}
    return isinstance(declared, dict) and all(
        name.lower() in given or (isinstance(one, dict) and ("defaultValue" in one or one.get("nullable")))
        for name, one in declared.items()
    )


def run(template: Template, values: Mapping[str, Any], folder: Path) -> Result:
    """Expand one template; what it raises becomes its outcome."""
    start = time.perf_counter()
    resources, reason = 0, ""
    try:
        made = expand(template.data, parameters=values, scope=HERE, name=str(template.path), folder=folder)
        resources = len(made.resources)
        inner = [gap for gap in made.gaps if not gap.outside]
        outcome = GAPS if inner else OUTSIDE if made.gaps else EXPANDED
        reason = "; ".join(f"{gap.what}: {gap.why}" for gap in (inner or made.gaps)[:3])
    except TemplateError as error:
        outcome = LIMIT if error.code == "LimitExceeded" else REFUSED
        reason = f"{error.line}:{error.column}: {error.code}: {error.message}"
    except Exception as error:  # noqa: BLE001 (this is what is looked for)
        outcome, reason = CRASHED, repr(error)
    return Result(outcome, reason, time.perf_counter() - start, resources)


def share(counts: Counter[str], outcomes: Iterable[str]) -> str:
    """Percent of all that ended so."""
    total = counts.total()
    return f"{100 * sum(counts[one] for one in outcomes) / total:6.1f} %" if total else f"{'–':>8}"


def table(columns: Mapping[str, Counter[str]]) -> None:
    """Outcomes down, kinds of runs across."""
    width = max(len(outcome) for outcome in (*OUTCOMES, "of those not refused: expanded without other gaps"))
    print(f"{'':{width}}" + "".join(f"{name:>16}" for name in columns))
    for outcome in OUTCOMES:
        print(f"{outcome:{width}}" + "".join(f"{counts[outcome]:16,}" for counts in columns.values()))
    print(f"{'templates':{width}}" + "".join(f"{counts.total():16,}" for counts in columns.values()))
    for name, outcomes in (
        ("expanded", (EXPANDED, OUTSIDE, GAPS)),
        ("expanded without other gaps", (EXPANDED, OUTSIDE)),
    ):
        print(f"{name:{width}}" + "".join(f"{share(counts, outcomes):>16}" for counts in columns.values()))
        kept = [
            Counter({key: n for key, n in counts.items() if key != REFUSED}) for counts in columns.values()
        ]
        label = f"of those not refused: {name}"
        print(f"{label:{width}}" + "".join(f"{share(counts, outcomes):>16}" for counts in kept))


def main(arguments: list[str]) -> int:
    """Expand, print, and say whether all ended as they must."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--json", type=Path, help="write one line for each template here")
    asked = parser.parse_args(arguments)
    folders: list[Path] = asked.folders or [corpora() / "templates"]
    missing = [folder for folder in folders if not folder.is_dir()]
    if missing:
        print(f"corpus: there is no folder {missing[0]}; name one, or set CLOISON_CORPORA", file=sys.stderr)
        return 2
    columns: dict[str, Counter[str]] = {
        "decided": Counter(),
        "with values": Counter(),
        "with defaults": Counter(),
    }
    lines: list[dict[str, Any]] = []
    size, start, slowest = 0, time.perf_counter(), (0.0, "")
    for folder in folders:
        for template in templates(folder):
            size += len(template.data)
            name = str(template.path.relative_to(folder))
            given = run(template, template.values, folder)
            bare = run(template, {}, folder) if template.values else given
            columns["with values"][given.outcome] += 1
            columns["with defaults"][bare.outcome] += 1
            if template.decided:
                columns["decided"][given.outcome] += 1
            slowest = max(slowest, (given.seconds, name), (bare.seconds, name))
            lines.append(
                {
                    "template": name,
                    "decided": template.decided,
                    "given": given._asdict(),
                    "bare": bare._asdict(),
                }
            )
    _list(lines)
    table(columns)
    print(
        f"{size / 1e6:,.1f} MB, {time.perf_counter() - start:.1f} s; slowest {slowest[0]:.2f} s: {slowest[1]}"
    )
    if asked.json:
        asked.json.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return 1 if any(counts[CRASHED] for counts in columns.values()) else 0


def _list(lines: list[dict[str, Any]]) -> None:
    """Every template that does not expand, or not wholly, with its reason."""
    for outcome in (CRASHED, LIMIT, REFUSED, GAPS):
        shown = dict.fromkeys(
            (line["template"], line[kind]["reason"])
            for line in lines
            for kind in ("given", "bare")
            if line[kind]["outcome"] == outcome
        )
        if shown:
            print(f"--- {outcome}")
        for name, reason in shown:
            print(f"{name}:{'' if reason[:1].isdigit() else ' '}{reason[:300]}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
