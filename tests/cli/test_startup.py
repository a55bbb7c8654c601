"""A command loads what it needs and nothing else; `make bench` says what that is worth."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.cli.shell import EXAMPLE, environment

HEAVY = {
    "aiohttp",
    "asyncio",
    "azure",
    "cryptography",
    "markdown_it",
    "pygments",
    "rich",
    "ssl",
    "starlette",
    "uvicorn",
}


def loaded(*arguments: str) -> set[str]:
    """The modules that a command has loaded when it ends."""
    code = (
        "import sys; from cloison.cli import main; code = main(sys.argv[1:]);"
        "sys.stderr.write(' '.join(sys.modules)); sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, 1), done.stderr[:500]
    return set(done.stderr.split())


def test_version_loads_two_modules_of_ours() -> None:
    """And none of anybody else but what the interpreter itself starts with."""
    ours = {name for name in loaded("--version") if name.partition(".")[0] == "cloison"}

    assert {"cloison", "cloison.cli"} == ours
    assert set() == loaded("--version") & {"argparse", "msgspec", "pathlib", "re", "typing", *HEAVY}


@pytest.mark.parametrize(
    "arguments", [["check", str(EXAMPLE)], ["explain"], ["check", "--help"], ["emulator", "--help"]]
)
def test_no_command_loads_what_it_does_not_use(arguments: list[str]) -> None:
    """Checking files needs neither HTTP nor a library for printing."""
    assert set() == loaded(*arguments) & HEAVY


def test_a_check_loads_only_the_report_that_is_asked_for() -> None:
    """The other formats stay on disk."""
    formats = {
        name for name in loaded("check", str(EXAMPLE), "--format", "json") if "cloison.reports." in name
    }

    assert not any(word in name for name in formats for word in ("terminal", "sarif", "junit"))
