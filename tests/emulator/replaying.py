"""The guide in a shell in which `az` is a stand-in: it asks for what the real one asked for, and wants its answers.

What each command of az asks for was recorded by `tools/prove_clients.py record`. The shell, its variables and whatever
else the guide types are real.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import ssl
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO, Any, NamedTuple
from urllib.parse import urlencode

from tools import prove_clients

_SHELL = r"""
exec 3>&1 4<&0 >output 2>&1 </dev/null
az() { # each word, NUL behind it; then 1; the answer is the exit code
    { printf '%s\0' "$@"; printf '\001'; } >&3
    read -r code <&4
    return "$code"
}
cloison() { # 1 and 3 are verdicts, 2 is a failure to run
    code=0
    command cloison "$@" || code=$?
    case $code in 0 | 1 | 3) return 0 ;; *) exit "$code" ;; esac
}
set -eu
eval "$(cloison emulator env --port "$PORT" | sed '/^if command -v az/,/^fi/d')"
"""
"""Signing in is a matter of the real az: the requests that follow bring a token of their own."""


class Command(NamedTuple):
    """One command of az, as it was recorded."""

    words: list[str]
    asked: list[dict[str, Any]]


def recorded() -> dict[int, Command]:
    """The commands of az by their number among all commands of the guide."""
    lines = map(json.loads, prove_clients.RECORDED.read_text(encoding="utf-8").splitlines())
    return {line["number"]: Command(line["az"], line["asked"]) for line in lines}


class Wire:
    """A connection to the emulator, and what it answered so far."""

    def __init__(self, port: int, ca: Path) -> None:
        context = ssl.create_default_context(cafile=str(ca))
        self._connection = http.client.HTTPSConnection("127.0.0.1", port, context=context, timeout=30)
        self._headers: dict[tuple[int, int], Mapping[str, str]] = {}
        form = {"grant_type": "client_credentials", "client_id": "a", "client_secret": "b"}
        scope = urlencode({**form, "scope": f"https://127.0.0.1:{port}/.default"})
        told = self._send("POST", "/common/oauth2/v2.0/token", scope.encode(), {})[2]
        self._token = str(told["access_token"])

    def differences(self, number: int, command: Command) -> Iterator[str]:
        """Send what a command asked for; what is answered otherwise than az was content with."""
        for at, one in enumerate(command.asked):
            target = one.get("target") or self._address(*one["follows"])
            if not target:
                yield f"az {' '.join(command.words)}: no answer gave the address that is asked next"
                return
            body = one.get("body", "").encode()
            told = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
            status, headers, answer = self._send(one["method"], target, body, told)
            self._headers[number, at] = headers
            found = {"status": status, **prove_clients.outline(answer)}
            wanted = {name: one[name] for name in prove_clients.OUTLINE if name in one}
            if "follows" in one:
                found.pop("id", None)
            if found != wanted:
                yield f"{one['method']} {target}: {found}, and not {wanted}"

    def close(self) -> None:
        """Hang up."""
        self._connection.close()

    def _address(self, number: int, at: int, header: str) -> str:
        """Path and query of an address that an answer gave; '' where it gave none."""
        _, _, path = (
            self._headers.get((number, at), {})
            .get(header.lower(), "")
            .removeprefix("https://")
            .partition("/")
        )
        return f"/{path}" if path else ""

    def _send(
        self, method: str, target: str, body: bytes, headers: Mapping[str, str]
    ) -> tuple[int, Mapping[str, str], Any]:
        self._connection.request(method, target, body or None, dict(headers))
        with self._connection.getresponse() as response:
            raw = response.read()
            told = {name.lower(): value for name, value in response.getheaders()}
            return response.status, told, json.loads(raw) if raw else None


@contextmanager
def emulator(folder: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """`cloison emulator` on a port of its own; the port, and the variables of shells beside it."""
    programs = str(Path(sys.executable).parent)
    bare = {name: value for name, value in os.environ.items() if not name.startswith(("AZURE_", "ARM_"))}
    variables = {
        **bare,
        "CLOISON_STATE": str(folder),
        "PYTHONUNBUFFERED": "1",
        "PATH": os.pathsep.join([programs, bare.get("PATH", "")]),
    }
    command = [sys.executable, "-m", "cloison", "emulator", "--port", "0", "--address", "127.0.0.1"]
    process = subprocess.Popen(command, env=variables, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        told = re.search(r"https://127\.0\.0\.1:(\d+)", process.stdout.readline())
        assert told is not None
        yield int(told.group(1)), variables
    finally:
        process.terminate()
        process.communicate(timeout=30)


def replayed(folder: Path) -> tuple[int, int, list[str]]:
    """Run the guide; the shell's exit code, how many commands of az it came to, and every difference."""
    with emulator(folder / "state") as (port, variables):
        script = folder / "guide.sh"
        guide = prove_clients.GUIDE.read_text(encoding="utf-8")
        script.write_text(_SHELL + "\n".join(prove_clients.commands(guide)), encoding="utf-8")
        with (
            closing(Wire(port, next((folder / "state").rglob("ca.pem")))) as wire,
            subprocess.Popen(
                ["/bin/sh", str(script)],
                cwd=folder,
                env={**variables, "PORT": str(port)},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
            ) as shell,
        ):
            assert shell.stdout is not None
            assert shell.stdin is not None
            count, differences = _answered(wire, shell.stdout, shell.stdin)
        return shell.returncode, count, differences


def _answered(wire: Wire, typed: IO[bytes], answers: IO[bytes]) -> tuple[int, list[str]]:
    """Stand in for az until the shell ends; how many commands it typed, and every difference."""
    waiting = list(recorded().items())
    differences: list[str] = []
    count = 0
    while command := _next(typed):
        number, known = waiting[count] if count < len(waiting) else (-1, Command([], []))
        count += 1
        if command != known.words:
            differences.append(f"az {' '.join(command)} is not what was recorded: record the guide again")
        else:
            differences += wire.differences(number, known)
        answers.write(b"0\n")
        answers.flush()
    return count, differences


def _next(typed: IO[bytes]) -> list[str]:
    """The words of the command that the shell comes to; none when it has ended."""
    found = bytearray()
    while (one := typed.read(1)) not in (b"", b"\1"):
        found += one
    return [word.decode() for word in bytes(found).split(b"\0")[:-1]]
