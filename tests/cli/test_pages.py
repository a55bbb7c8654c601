"""What README.md and the pages in docs/ show is so today."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import errors
import picture
import pytest

from cloison.check.document import Report
from cloison.check.run import run
from cloison.cli._edge import command
from cloison.cli._parser import parse
from cloison.reports import formats
from cloison.sources import read
from cloison.sources.arm_live.scope import scope_of
from tests.cli.shell import EXAMPLE, ROOT, cloison

README = (ROOT / "README.md").read_text(encoding="utf-8")
EXPORT = (ROOT / "docs/export.md").read_text(encoding="utf-8")
SHELL = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
COMMANDS = [
    line for block in SHELL.findall(README) for line in block.splitlines() if line.startswith("cloison ")
]
INLINE = re.findall(r"`(cloison [^`]+)`", README + EXPORT)
LINES = [*COMMANDS, *INLINE]
LIVE = ("azure:", "cloison apply", "cloison undo", "cloison emulator --load")
"""What a line has that needs Azure, or an emulator that goes on."""
LINK = re.compile(r"\]\((?!https?:)([^)#]+)\)")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the files that the commands name."""
    made = tmp_path_factory.mktemp("own")
    for name in ("export", "hub"):
        (made / name).mkdir()
    for name in ("export/resources.json", "hub.json", "spoke.json", "hub/resources.json"):
        shutil.copy(EXAMPLE, made / name)
    shutil.copy(ROOT / "bench/small_template.json", made / "azuredeploy.json")
    (made / "azuredeploy.parameters.json").write_text(
        '{"$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#",'
        ' "contentVersion": "1.0.0.0", "parameters": {}}'
    )
    return made


def example() -> Report:
    """The report that the finding's name is taken from."""
    return run(read([str(EXAMPLE)]))


@pytest.mark.parametrize("line", [line for line in LINES if any(one in line for one in LIVE)])
def test_live_commands_are_understood(line: str) -> None:
    """They need a sign-in, which a test has not; their options and what they name are right."""
    _, name, *given = shlex.split(line)
    options = parse(name, command(name), given)

    assert all(scope_of(source) for source in getattr(options, "sources", ()) if source.startswith("azure:"))


@pytest.mark.parametrize("line", [line for line in LINES if not any(one in line for one in LIVE)])
def test_commands_run(folder: Path, line: str) -> None:
    """Each as it stands, but for the name of a finding, which is one that there is."""
    weighty = (one.finding for one in example().environments[0].requirements if one.verdict == "broken")
    line = re.sub(r"\bS\d\d-[0-9a-f]{8}\b", next(weighty), line)
    if line.startswith("cloison init"):
        # It leaves alone what is there, as from the line before.
        (folder / "environment.toml").unlink(missing_ok=True)
    done = cloison(*shlex.split(line)[1:], cwd=folder)

    assert done.returncode in (0, 1, 3), done.stderr.decode()
    assert b"error" not in done.stderr


def test_what_a_newcomer_needs_is_shown() -> None:
    """The commands of a first hour, every format and every exit code."""
    for words in ("make demo", "make test", "cloison check", "cloison explain"):
        assert words in README
    for format in formats():
        assert f"`{format}`" in README
    assert ["0", "1", "2", "3"] == re.findall(r"^\| (\d) \|", README, re.MULTILINE)


def test_make_targets_are_there() -> None:
    """The two commands for a newcomer are targets."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")

    for target in re.findall(r"`?make ([a-z]+)\b", README):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE)


@pytest.mark.parametrize(
    "page", sorted({Path("README.md"), *(Path("docs") / p.name for p in (ROOT / "docs").glob("*.md"))})
)
def test_links_lead_somewhere(page: Path) -> None:
    """Every file that a page points at exists."""
    text = (ROOT / page).read_text(encoding="utf-8")

    assert [] == [link for link in LINK.findall(text) if not (ROOT / page.parent / link).exists()]


def test_picture_is_current() -> None:
    """`python tools/picture.py` would draw what docs/demo.svg shows."""
    current = picture.picture() == picture.FILE.read_text(encoding="utf-8")

    assert current, "run python tools/picture.py"


def test_every_error_code_is_documented() -> None:
    """`python tools/errors.py` lists what the sources raise."""
    documented = set(re.findall(r"\bE\d{3}\b", errors.FILE.read_text(encoding="utf-8")))
    raised = {
        code
        for path in errors.SOURCE.rglob("*.py")
        for code in re.findall(r'"(E\d{3})"', path.read_text(encoding="utf-8"))
    }

    assert set() == raised - documented, "run python tools/errors.py"


def test_export_script_is_shell() -> None:
    """The lines to copy are read by a shell without complaint."""
    for script in SHELL.findall(EXPORT):
        done = subprocess.run(["sh", "-n"], input=script, text=True, capture_output=True, check=False)
        assert (0, "") == (done.returncode, done.stderr)
