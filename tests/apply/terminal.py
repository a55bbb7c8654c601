"""A command on a terminal: what a person at it sees, and answers."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import time

import msgspec

from tests.cli.shell import ROOT, environment

COLUMNS = 100
QUESTION = b"[y/N]"
WAIT_S = 60.0


class Seen(msgspec.Struct, frozen=True):
    """What came of it."""

    code: int
    text: str


def terminal(*arguments: str, answer: bytes = b"") -> Seen:
    """Run a command on a terminal of its own. answer: to its question."""
    here, there = os.openpty()
    command = [sys.executable, "-m", "cloison", *arguments]
    child = subprocess.Popen(
        command,
        stdin=there,
        stdout=there,
        stderr=there,
        env=environment(COLUMNS=str(COLUMNS), TERM="xterm", NO_COLOR="1"),
        cwd=ROOT,
        start_new_session=True,
    )
    os.close(there)
    try:
        text = _watched(here, child, answer)
        return Seen(child.wait(WAIT_S), text)
    finally:
        child.kill()
        os.close(here)


def _watched(here: int, child: subprocess.Popen[bytes], answer: bytes) -> str:
    seen, end = b"", time.monotonic() + WAIT_S
    while time.monotonic() < end:
        ready, _, _ = select.select([here], [], [], 0.2)
        if not ready:
            if child.poll() is not None:
                break
            continue
        try:
            piece = os.read(here, 1 << 16)
        except OSError:
            # The other end is closed.
            break
        if not piece:
            break
        seen += piece
        if answer and QUESTION in seen:
            os.write(here, answer)
            answer = b""
    return seen.decode().replace("\r\n", "\n")
