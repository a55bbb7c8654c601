"""The house: the lock, the import contracts and the budgets do what they promise."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import budgets
import contracts
import modules
import prove
import pytest

ROOT = Path(__file__).parents[2]
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}\b")
PIN = re.compile(r"^(?P<name>[a-z0-9][a-z0-9._-]*)==(?P<version>[^\s;\\]+)", re.IGNORECASE)


def entries(lock: Path) -> list[str]:
    """The requirements of a lock file, each as one line without comments."""
    lines = (
        line for line in lock.read_text(encoding="utf-8").splitlines() if not line.lstrip().startswith("#")
    )
    return [entry for entry in "\n".join(lines).replace("\\\n", " ").split("\n") if entry.strip()]


def pins(lock: Path) -> dict[str, str]:
    """Version by name."""
    return {match["name"]: match["version"] for entry in entries(lock) if (match := PIN.match(entry))}


def write(root: Path, files: dict[str, str]) -> list[modules.Module]:
    """The modules of a package tree made for one test."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return modules.read(root)


# --- the lock ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.stem)
def test_every_entry_is_pinned_and_hashed(lock: Path) -> None:
    """Each entry of the lock names one version and the hashes of its files."""
    assert [] == [entry[:60] for entry in entries(lock) if not PIN.match(entry) or not HASH.search(entry)]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.stem)
def test_lock_names_no_host(lock: Path) -> None:
    """The lock installs from whichever index a machine is set up for: no address, no option, no folder."""
    text = lock.read_text(encoding="utf-8")

    assert None is re.search(r"://|\bwww\.|@\s|[a-z0-9-]\.(org|com|net|io)\b", text)
    assert [] == [entry for entry in entries(lock) if entry.lstrip().startswith("-")]


def test_groups_agree_on_versions() -> None:
    """What runs is what was tested: the run and build groups have the versions of the test group."""
    tested = pins(ROOT / "requirements" / "test.txt")

    for group in ("run", "build"):
        assert pins(ROOT / "requirements" / f"{group}.txt").items() <= tested.items()


def test_lock_has_what_the_project_asks_for() -> None:
    """Nobody added a dependency and forgot `make lock`."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    asked = [*project["project"]["dependencies"], *project["build-system"]["requires"]]
    asked += [
        one
        for group in ("build", "test")
        for one in project["dependency-groups"][group]
        if isinstance(one, str)
    ]

    names = {re.split(r"[\s<>=!~\[;]", one)[0].lower() for one in asked}

    assert set() == names - pins(ROOT / "requirements" / "test.txt").keys()


# --- who may import whom -------------------------------------------------------------------------------------


def test_a_kind_named_from_outside_is_reported(tmp_path: Path) -> None:
    """A kind may be named by itself and by requirements; by a sibling, the model or a command it may not."""
    found = write(
        tmp_path,
        {
            "cloison/kinds/subnet/__init__.py": "from cloison.kinds.subnet.facts import prefix\n",
            "cloison/kinds/subnet/facts.py": "from cloison.kinds import shared\n",
            "cloison/kinds/shared.py": "",
            "cloison/kinds/route_table/__init__.py": "from cloison.kinds.subnet import facts\n",
            "cloison/requirements/s01/rule.py": "from cloison.kinds.subnet.facts import prefix\n",
            "cloison/cli/check.py": "def run() -> None:\n    import cloison.kinds.subnet\n",
        },
    )

    broken = [line.removeprefix(f"{tmp_path}/cloison/") for line in contracts.broken(found)]

    assert [
        "cli/check.py:2: cloison.kinds.subnet is found by its folder; only itself may name it",
        "kinds/route_table/__init__.py:1: cloison.kinds.subnet is found by its folder; only itself may name it",
    ] == broken


def test_an_import_beyond_the_table_is_reported(tmp_path: Path) -> None:
    """Also one that only the type checker sees, and one written as relative."""
    found = write(
        tmp_path,
        {
            "cloison/reach/walk.py": "import typing\nif typing.TYPE_CHECKING:\n    from cloison.kinds import load\n",
            "cloison/kinds/load.py": "from ..reach import walk\nfrom ..model import facts\n",
            "cloison/model/facts.py": "from cloison.arm import ids\n",
            "cloison/arm/ids.py": "",
        },
    )

    broken = [line.removeprefix(f"{tmp_path}/cloison/") for line in contracts.broken(found)]

    assert [
        "kinds/load.py:1: kinds may not import reach (cloison.reach.walk)",
        "reach/walk.py:3: reach may not import kinds (cloison.kinds.load)",
    ] == broken


def test_the_prober_stands_alone(tmp_path: Path) -> None:
    """It runs in a cluster with a bare interpreter."""
    found = write(
        tmp_path, {"cloison/probe/main.py": "import socket\nimport msgspec\nfrom cloison.arm import ids\n"}
    )

    broken = [line.partition(" ")[2] for line in contracts.broken(found)]

    assert [
        "the prober uses the standard library only, not msgspec",
        "probe may not import arm (cloison.arm.ids)",
    ] == broken


def test_the_oracle_shares_nothing_with_reach() -> None:
    """A second opinion is worth something only when it was formed alone."""
    oracle = modules.read(ROOT / "tests" / "oracle")

    shared = {
        one.target for module in oracle for one in module.imports if one.target.startswith("cloison.reach")
    }

    assert set() == shared


# --- the budgets ---------------------------------------------------------------------------------------------


def test_a_cycle_is_found_around_a_corner(tmp_path: Path) -> None:
    """Three modules in a ring are one cycle; an import inside a function closes none."""
    found = write(
        tmp_path,
        {
            "ring/__init__.py": "",
            "ring/a.py": "from ring import b\n",
            "ring/b.py": "from ring.c import thing\n",
            "ring/c.py": "import ring.a\n",
            "ring/d.py": "def later() -> None:\n    import ring.e\n",
            "ring/e.py": "import ring.d\n",
        },
    )

    assert [["ring.a", "ring.b", "ring.c"]] == modules.cycles(modules.graph(found))


def test_budgets_count_what_they_say(tmp_path: Path) -> None:
    """Docstrings and decorators do not lengthen a function; `self` needs no type; private names no docstring."""
    long = "".join(f"    x = {n}\n" for n in range(60))
    found = write(
        tmp_path,
        {
            "one.py": '"""One."""\n'
            "class Door:\n"
            '    """A door."""\n'
            "    def open(self) -> None:\n"
            '        """Open it.\n\n        Gently.\n        """\n'
            "    def _shut(self): ...\n"
            "def bare() -> None:\n" + long,
        },
    )

    length, file, cycles, docstrings, typed = budgets.measures(found)

    assert 61 == length.value
    assert f"61 lines  {tmp_path}/one.py:10 bare" == length.worst[0]
    assert not length.kept
    assert 70 == file.value
    assert 0 == cycles.value
    assert 75.0 == docstrings.value
    assert 66.6 == typed.value
    assert (f"{tmp_path}/one.py:9 _shut",) == typed.worst


# --- the proofs ----------------------------------------------------------------------------------------------


def test_one_failing_proof_fails_them_all(tmp_path: Path) -> None:
    """All run to the end, the table shows each one's figures, and the exit code is that of the worst."""
    (tmp_path / "prove_good.py").write_text("print('3 worlds, 0 disagreements')")
    (tmp_path / "prove_bad.py").write_text("print('3 worlds, 1 disagreement'); raise SystemExit(1)")
    driver = f"import prove, pathlib; raise SystemExit(prove.main([], pathlib.Path({str(tmp_path)!r})))"

    done = subprocess.run(
        [sys.executable, "-c", driver], capture_output=True, text=True, cwd=ROOT / "tools", check=False
    )

    assert 1 == done.returncode
    assert re.search(r"^bad +FAILED .* 3 worlds, 1 disagreement$", done.stdout, re.MULTILINE)
    assert re.search(r"^good +holds .* 3 worlds, 0 disagreements$", done.stdout, re.MULTILINE)


def test_an_unknown_proof_is_named(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """A misspelt name ends in a message, not in nothing having been proven."""
    assert 2 == prove.main(["orakel"], tmp_path)
    assert "tools/prove_orakel.py" in capsys.readouterr().err
