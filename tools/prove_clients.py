"""Proves that stock clients use the emulator unmodified: az as the guide shows it, and the typed libraries.

    python tools/prove_clients.py [az | typed | record]        default: az and typed

Makes an environment of its own from the hash-pinned requirements/clients.txt (a few minutes and 700 MB the first time),
starts the emulator, runs every command of docs/guides/try-it-with-az.md in one shell, and tools/clients/typed.py. Ends
in one line with its figures; exit 1 when a step fails. With --installed the az on the path is used as it is.

`record` runs az, and writes what each of its commands asked for to tests/emulator/guide.jsonl: `make test` holds the
guide and the emulator to that on machines without az.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote

if TYPE_CHECKING:
    from cloison.emulator.emulator import Emulator
    from cloison.emulator.wire import Answer, Asked

ROOT = Path(__file__).resolve().parent.parent
GUIDE = ROOT / "docs" / "guides" / "try-it-with-az.md"
PINS = ROOT / "requirements" / "clients.txt"
HOME = ROOT / ".venv" / "clients"
TYPED = "typed"
"""File with the words of each command so far, NUL behind each word, 1 behind each command."""
BIN = "Scripts" if os.name == "nt" else "bin"

RECORDED = ROOT / "tests" / "emulator" / "guide.jsonl"
"""What each az command of the guide asks for, in order."""

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
    { printf '%s\0' "$@"; printf '\001'; } >> "$TYPED"
    command az "$@" 2> "$ERRORS" || code=$?
    note $code az "$@"
    return 0
}
cloison() { # 1 and 3 are verdicts, 2 is a failure to run
    code=0
    printf '\001' >> "$TYPED"
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
    (folder / TYPED).touch()
    script = _WRAPPERS + "\n".join(commands(GUIDE.read_text(encoding="utf-8")))
    told = {
        **variables,
        "STEPS": str(steps),
        "ERRORS": str(folder / "errors"),
        "TYPED": str(folder / TYPED),
    }
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


class Recorder:
    """Writes down what az asks for, by the command that was typed. Addresses that answers gave are told as such."""

    def __init__(self, emulator: Emulator, typed: Path) -> None:
        self._typed = typed
        self._asked: dict[int, list[dict[str, Any]]] = {}
        self._given: dict[str, tuple[int, int, str]] = {}
        self._answer = emulator.answer
        emulator.answer = self._noting  # type: ignore[method-assign]

    def _noting(self, asked: Asked) -> Answer:
        answer = self._answer(asked)
        if asked.path.startswith("/subscriptions/") or asked.path.startswith("/providers/"):
            self._note(asked, answer)
        return answer

    def _note(self, asked: Asked, answer: Answer) -> None:
        command = self._typed.read_bytes().count(b"\1") - 1
        told = self._asked.setdefault(command, [])
        query = "&".join(f"{name}={quote(value, safe='')}" for name, value in asked.query.items())
        target = f"{quote(asked.path, safe=SAFE)}?{query}"
        given = self._given.get(target)
        one: dict[str, Any] = {"method": asked.method}
        one |= {"follows": given} if given is not None else {"target": target}
        if asked.body:
            # As it is: a template comes with its comments.
            one["body"] = asked.body.decode()
        one["status"] = answer.status
        one |= outline(answer.body)
        if given is not None:
            # Of the operation, which is another each time.
            one.pop("id", None)
        for name in ("Azure-AsyncOperation", "Location"):
            if name in answer.headers:
                self._given[answer.headers[name].removeprefix(asked.base)] = (command, len(told), name)
        told.append(one)

    def write(self, file: Path) -> None:
        """One line for each command of az: what was typed, and what was asked for."""
        with file.open("w", encoding="utf-8") as out:
            for number, typed in enumerate(self._typed.read_bytes().split(b"\1")[:-1]):
                if typed:
                    words = [word.decode() for word in typed.split(b"\0")[:-1]]
                    line = {"number": number, "az": words, "asked": self._asked.get(number, [])}
                    out.write(json.dumps(line, ensure_ascii=False) + "\n")


SAFE = "/:@!$&'()*+,;=-._~"


OUTLINE = ("status", "id", "operation", "state", "code", "items")


def outline(body: object) -> dict[str, Any]:
    """What of an answer has to stay: the id, the state, the code of an error, and how many items a list has."""
    if not isinstance(body, dict):
        return {}
    told: dict[str, Any] = {"id": body["id"]} if isinstance(body.get("id"), str) else {}
    if isinstance(body.get("status"), str):
        told["operation"] = body["status"]
    if isinstance(properties := body.get("properties"), dict) and "provisioningState" in properties:
        told["state"] = properties["provisioningState"]
    if isinstance(error := body.get("error"), dict):
        told["code"] = error.get("code")
    for name in ("value", "data"):
        if isinstance(body.get(name), list):
            told["items"] = len(body[name])
    return told


def main(arguments: list[str]) -> int:
    """Run and summarise; the exit code."""
    from cloison.emulator.server import in_background
    from cloison.emulator.shell import exports

    wanted = [one for one in arguments if one != "--installed"] or ["az", "typed"]
    az = shutil.which("az") if "--installed" in arguments else None
    programs = Path(az).parent if az is not None else installed()
    parts: list[Part] = []
    with tempfile.TemporaryDirectory(prefix="cloison-clients-") as temporary:
        folder = Path(temporary)
        with in_background(folder=folder / "state") as server:
            variables = environment(programs, exports(server.port, server.authority))
            if "typed" in wanted:
                parts.append(run_typed(variables, programs))
            recorder = Recorder(server.emulator, folder / TYPED) if "record" in wanted else None
            if "az" in wanted or recorder is not None:
                parts.append(run_az(variables, folder))
            if recorder is not None and not parts[-1].failed:
                recorder.write(RECORDED)
    figures = "; ".join(
        f"{part.name}: {part.passed} of {part.passed + part.failed} steps in {part.seconds:.0f} s"
        for part in parts
    )
    print(figures)
    return 1 if any(part.failed for part in parts) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
