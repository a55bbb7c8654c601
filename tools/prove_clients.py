"""Proves that stock clients use the emulator unmodified: az as the guide shows it, and the typed libraries.

    python tools/prove_clients.py [az | typed]        default: both

Makes an environment of its own from the hash-pinned requirements/clients.txt (a few minutes and 700 MB the first time),
starts the emulator, runs every command of docs/guides/try-it-with-az.md in one shell, and tools/clients/typed.py. Ends
in one line with its figures; exit 1 when a step fails.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
GUIDE = ROOT / "docs" / "guides" / "try-it-with-az.md"
PINS = ROOT / "requirements" / "clients.txt"
HOME = ROOT / ".venv" / "clients"
BIN = "Scripts" if os.name == "nt" else "bin"

_BLOCK = re.compile(r"^```(sh|console)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_WRAPPERS = r"""
note() { # note CODE COMMAND...: one line for each command
    code=$1
    shift
    echo "$code $(printf '%s ' "$@" | tr '\n' ' ' | cut -c1-160)" >> "$STEPS"
    if [ "$code" != 0 ]; then sed 's/^/        /' "$ERRORS" | head -20 >> "$STEPS"; fi
}
az() {
    code=0
    command az "$@" 2> "$ERRORS" || code=$?
    note $code az "$@"
    return 0
}
cloison() { # 1 and 3 are verdicts, 2 is a failure to run
    code=0
    command cloison "$@" 2> "$ERRORS" || code=$?
    case $code in 0 | 1 | 3) note 0 cloison "$@" "($code)" ;; *) note $code cloison "$@" ;; esac
}
"""


class Part(NamedTuple):
    """How the steps of one client went."""

    name: str
    passed: int
    failed: int
    seconds: float


def installed() -> Path:
    """The folder with the clients' programs, made or made anew where the pins have changed."""
    mark = HOME / "pins"
    wanted = hashlib.sha256(PINS.read_bytes()).hexdigest()
    if not mark.is_file() or mark.read_text(encoding="utf-8") != wanted:
        shutil.rmtree(HOME, ignore_errors=True)
        print(f"installing the clients into {HOME.relative_to(ROOT)}", flush=True)
        subprocess.run([sys.executable, "-m", "venv", str(HOME)], check=True)
        pip = [str(HOME / BIN / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "--require-hashes", "-r", str(PINS)], check=True)
        mark.write_text(wanted, encoding="utf-8")
    return HOME / BIN


def commands(text: str) -> Iterator[str]:
    """What the guide has a reader type, in order: whole blocks of shell, and what Cloison is asked in between."""
    for kind, body in _BLOCK.findall(text):
        if kind == "sh":
            yield body
        else:
            yield from (line[2:] for line in body.splitlines() if line.startswith("$ cloison check"))


def environment(programs: Path, exports: str) -> dict[str, str]:
    """The variables of a shell that was told to use the emulator, with the clients' programs first."""
    bare = {name: value for name, value in os.environ.items() if not name.startswith(("AZURE_", "ARM_"))}
    bare["PATH"] = os.pathsep.join([str(programs), str(Path(sys.executable).parent), bare.get("PATH", "")])
    told = subprocess.run(
        ["/bin/sh", "-c", 'eval "$1" >&2; env -0', "sh", exports], env=bare, capture_output=True, check=True
    )
    pairs = (one.partition("=") for one in told.stdout.decode().split("\0") if one)
    return {name: value for name, _, value in pairs}


def run_az(variables: dict[str, str], folder: Path) -> Part:
    """Every command of the guide in one shell."""
    steps = folder / "steps"
    steps.touch()
    script = _WRAPPERS + "\n".join(commands(GUIDE.read_text(encoding="utf-8")))
    told = {**variables, "STEPS": str(steps), "ERRORS": str(folder / "errors")}
    start = time.monotonic()
    with (folder / "output").open("wb") as output:
        process = subprocess.Popen(
            ["/bin/sh", "-u"], cwd=folder, env=told, stdin=subprocess.PIPE, stdout=output
        )
        assert process.stdin is not None
        process.stdin.write(script.encode())
        process.stdin.close()
        shown = _follow(process, steps)
    lines = [line for line in shown if line[:1].isdigit()]
    failed = sum(not line.startswith("0 ") for line in lines)
    if process.returncode and not failed:
        failed = 1
        print(f"the shell ended with {process.returncode}")
    return Part("az", len(lines) - failed, failed, time.monotonic() - start)


def _follow(process: subprocess.Popen[bytes], steps: Path) -> list[str]:
    """The lines of a growing file, printed as they come, until the process ends."""
    shown: list[str] = []
    while True:
        ended = process.poll() is not None
        lines = steps.read_text(encoding="utf-8", errors="replace").splitlines()
        for line in lines[len(shown) :]:
            print(line.replace("0 ", "ok ", 1) if line.startswith("0 ") else line, flush=True)
        shown = lines
        if ended:
            return shown
        time.sleep(0.2)


def run_typed(variables: dict[str, str], programs: Path) -> Part:
    """The typed libraries."""
    start = time.monotonic()
    command = [str(programs / "python"), str(ROOT / "tools" / "clients" / "typed.py")]
    done = subprocess.run(command, env=variables, stdout=subprocess.PIPE, text=True, check=False)
    lines = [line for line in done.stdout.splitlines() if line.startswith(("ok ", "FAILED "))]
    print("\n".join(lines), flush=True)
    failed = sum(line.startswith("FAILED") for line in lines)
    if done.returncode and not failed:
        failed = 1
        print(f"the libraries' steps ended with {done.returncode}")
    return Part("typed libraries", len(lines) - failed, failed, time.monotonic() - start)


def main(arguments: list[str]) -> int:
    """Run and summarise; the exit code."""
    from cloison.emulator.server import in_background
    from cloison.emulator.shell import exports

    wanted = arguments or ["az", "typed"]
    programs = installed()
    parts: list[Part] = []
    with tempfile.TemporaryDirectory(prefix="cloison-clients-") as temporary:
        folder = Path(temporary)
        with in_background(folder=folder / "state") as server:
            variables = environment(programs, exports(server.port, server.authority))
            if "typed" in wanted:
                parts.append(run_typed(variables, programs))
            if "az" in wanted:
                parts.append(run_az(variables, folder))
    figures = "; ".join(
        f"{part.name}: {part.passed} of {part.passed + part.failed} steps in {part.seconds:.0f} s"
        for part in parts
    )
    print(figures)
    return 1 if any(part.failed for part in parts) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
