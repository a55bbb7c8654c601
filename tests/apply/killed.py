"""A process that is killed by the system at a chosen request, and what another makes of it afterwards.

The requests are counted where they arrive. Killed `before`, the request has no effect; killed `after`, it has, and
nobody hears the answer.
"""

from __future__ import annotations

import logging
import os
import shutil
import signal
import subprocess
from pathlib import Path
from typing import Literal

import msgspec

from cloison.emulator.wire import Asked
from tests.apply.live import Ended, Site, Violation, azure

When = Literal["before", "after"]
WAIT_S = 120


class Undisturbed(msgspec.Struct, frozen=True):
    """A run that nobody killed."""

    plan: Path
    requests: int
    mark: int
    writes: dict[str, int]


def undisturbed(folder: Path) -> Undisturbed:
    """Plan, and carry the plan out in a process of its own, to the end."""
    folder.mkdir()
    with azure(folder) as site:
        site.plan()
        site.emulator.prepare()
        child = site.child()
        _, err = child.communicate(timeout=WAIT_S)
        if child.returncode != 0:
            raise Violation(f"it ends with {child.returncode}: {err.decode()}")
        site.check()
        plan = folder / "kept.json"
        shutil.copy(site.plan_file, plan)
        return Undisturbed(plan, len(site.emulator.asked), site.emulator.mark, dict(site.taken()))


def killed(known: Undisturbed, folder: Path, number: int, when: When) -> str:
    """Kill it at that request, go on, and go on once more. How it was: `nothing begun` or `gone on`.

    Raises Violation where the end is another than that of an undisturbed run, where a write had its effect twice, or
    where going on once more sends anything.
    """
    about = f"killed {when} request {number}"
    folder.mkdir()
    with azure(folder) as site:
        shutil.copy(known.plan, site.plan_file)
        _kill(site, number, when, about)
        begun = site.journal.exists()
        again = ["--resume"] if begun else []
        _ends_well(site, site.apply(*again), about)
        if site.emulator.mark != known.mark:
            raise Violation(f"{about}: it ends in another state")
        if dict(site.taken()) != known.writes:
            raise Violation(f"{about}: {_more(site, known)}")
        before = len(site.emulator.writes)
        _ends_well(site, site.apply("--resume"), f"{about}, gone on twice")
        if len(site.emulator.writes) != before:
            raise Violation(f"{about}: going on once more sends something")
    shutil.rmtree(folder)
    return "gone on" if begun else "nothing begun"


def _kill(site: Site, number: int, when: When, about: str) -> None:
    child = site.child()
    # The server tells of each connection that it was made to cut.
    logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)

    def hook(asked_number: int, asked: Asked, place: str) -> bool:
        if asked_number != number or place != when or child.poll() is not None:
            return False
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
        return when == "before"

    site.emulator.hook = hook
    try:
        child.communicate(timeout=WAIT_S)
    except subprocess.TimeoutExpired:
        child.kill()
        raise Violation(f"{about}: it does not end") from None
    finally:
        site.emulator.hook = None
    if child.returncode != -signal.SIGKILL:
        raise Violation(f"{about}: it ended with {child.returncode} before")


def _ends_well(site: Site, ended: Ended, about: str) -> None:
    if ended.code != 0:
        raise Violation(f"{about}: going on ends with {ended.code}: {ended.err}")


def _more(site: Site, known: Undisturbed) -> str:
    return ", ".join(
        f"{name} {count} times, not {known.writes.get(name, 0)}"
        for name, count in site.taken().items()
        if count != known.writes.get(name)
    )
