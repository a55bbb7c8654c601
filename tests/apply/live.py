"""`cloison apply` against an emulator over HTTPS: what leaves is recorded, and held against the plan.

The article's first attempt, repaired in 11 steps of 5 waves. Names and ids that Azure chooses depend on the request
only, so that two runs which sent the same come to the same.
"""

from __future__ import annotations

import contextlib
import io
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from cloison.arm.ids import ResourceId
from cloison.cli._edge import guarded
from cloison.emulator import Emulator
from cloison.emulator.clock import Clock
from cloison.emulator.server import Server, in_background
from cloison.emulator.store import plant
from cloison.emulator.wire import Answer, Asked, Fate
from cloison.model.snapshot import Snapshot
from cloison.plan.document import PlanDocument
from cloison.sources import read
from tests.apply.azure import Known
from tests.apply.memory import mark
from tests.cli.shell import EXAMPLE, environment

SUBSCRIPTION = "00000000-0000-0000-0000-000000000001"
READING_POSTS = re.compile(r"/providers/microsoft\.resourcegraph/resources", re.IGNORECASE)
SECRET_WORDS = re.compile(
    r"/(list\w*(key|secret|cred|sas|token|connection)|regenerate|generate|rotate)", re.IGNORECASE
)
TIMEOUT_S = 120


class Violation(AssertionError):
    """Something left that is not in the plan, or was sent twice."""


class Ended(msgspec.Struct, frozen=True):
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def all(self) -> str:
        """Everything that it printed."""
        return self.out + self.err


class Recorded(Emulator):
    """An emulator that keeps every request whole, and lets a test do something at each of them."""

    asked: list[Asked]
    about: str
    times: Counter[str]
    hook: Callable[[int, Asked, str], bool | None] | None = None
    """Called with the number of a request, the request, and `before` or `after` its effect. True: it has none, and no
    answer comes."""
    tamper: Callable[[Asked, Answer], Answer] | None = None
    """Changes an answer on its way."""

    def answer(self, asked: Asked) -> Answer:
        """The answer, after noting the request."""
        if asked.path.startswith(("/_cloison/", "/metadata", "/common")) or "/oauth2/" in asked.path:
            return super().answer(asked)
        self.asked.append(asked)
        number = len(self.asked)
        self.about = f"{asked.method} {asked.path.lower()}"
        self.times[self.about] += 1
        if self.hook is not None and self.hook(number, asked, "before"):
            return Answer(fate=Fate.RESET)
        answer = super().answer(asked)
        if self.tamper is not None:
            answer = self.tamper(asked, answer)
        if self.hook is not None:
            self.hook(number, asked, "after")
        return answer

    def prepare(self) -> None:
        """Let what Azure chooses depend on the request alone."""
        self.asked, self.times, self.about = [], Counter(), ""

        def chance(*about: str) -> Known:
            told = "/".join(("live", self.about, *about))
            return Known(told, now=self.world.now, nth=self.times[self.about])

        self.world.chance = chance  # type: ignore[method-assign]  # names must not depend on how many came before

    @property
    def writes(self) -> list[Asked]:
        """Requests that may change something."""
        return [one for one in self.asked if one.method != "GET" and not READING_POSTS.fullmatch(one.path)]

    @property
    def mark(self) -> int:
        """Equal for equal states."""
        found = 0
        for id in self.state:
            found ^= mark(id, _still(self.state.get(id)))[0]
        return found


def _still(value: Any) -> Any:
    """Without marks of versions and times: two runs are at different ones."""
    if isinstance(value, dict):
        return {name: _still(inner) for name, inner in value.items() if name.lower() != "etag"}
    if isinstance(value, list):
        return [_still(one) for one in value]
    return "" if isinstance(value, str) and TIME.match(value) else value


TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:")


class Site:
    """One emulator with what is needed to plan and apply on it."""

    def __init__(self, emulator: Recorded, server: Server, folder: Path) -> None:
        self.emulator = emulator
        self.server = server
        self.folder = folder
        self.plan_file = folder / "plan.json"
        self.journal = folder / "plan.json.journal"

    @property
    def where(self) -> list[str]:
        """The options that name this emulator."""
        return ["--endpoint", self.server.url, "--ca", str(self.server.authority.file)]

    def plan(self, *more: str, accept: bool = True) -> PlanDocument:
        """A plan of what is there now, written to a file."""
        asked = ["plan", f"azure:{SUBSCRIPTION}", "-o", str(self.plan_file), *self.where, *more]
        ended = cloison(*asked, *(["--accept-asks"] if accept else []))
        assert ended.code in (0, 1), ended.all
        return self.document

    @property
    def document(self) -> PlanDocument:
        """The plan in the file."""
        return msgspec.json.decode(self.plan_file.read_bytes(), type=PlanDocument)

    @property
    def agreed(self) -> list[str]:
        """The plan, and that it was reviewed."""
        return [str(self.plan_file), "--yes", "--hash", self.document.digest[:16]]

    def apply(self, *more: str, plan: Sequence[str] | None = None) -> Ended:
        """Carry it out in this process. Raises Violation where something leaves that is not in the plan."""
        ended = cloison("apply", *(plan if plan is not None else self.agreed), *self.where, *more)
        self.check()
        return ended

    def child(self, *more: str, **how: Any) -> subprocess.Popen[bytes]:
        """Carry it out in a process of its own."""
        command = [sys.executable, "-m", "cloison", "apply", *self.agreed, *self.where, *more]
        pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        return subprocess.Popen(command, env=environment(), cwd=self.folder, **{**pipes, **how})

    def check(self) -> None:
        """Raises Violation where something left that is not in the plan, and for whatever asks for a secret."""
        check(self.emulator.asked, self.document)

    def taken(self) -> Counter[str]:
        """How often each write was sent and not refused."""
        return Counter(
            f"{one.method} {one.path.lower()}"
            for one in self.emulator.log
            if one.method != "GET" and one.status < 400 and not READING_POSTS.fullmatch(one.path)
        )


def check(asked: Sequence[Asked], document: PlanDocument) -> None:
    """Raises Violation where something left that is not in the plan, and for whatever asks for a secret."""
    planned = {_whole(step.request) for step in document.steps}
    for one in asked:
        if SECRET_WORDS.search(one.path):
            raise Violation(f"{one.method} {one.path} asks for a secret")
        if one.method == "GET" or READING_POSTS.fullmatch(one.path):
            continue
        query = {name: value for name, value in one.query.items() if name != "api-version"}
        told = _text(one.method, one.path, one.version, query, one.json())
        if told not in planned:
            raise Violation(f"{one.method} {one.path} is not in the plan")


def _whole(request: Any) -> str:
    query = {name.lower(): value for name, value in request.query.items()}
    return _text(request.method, request.path, request.api_version, query, request.body)


def _text(*parts: Any) -> str:
    return msgspec.json.encode(parts, order="deterministic").decode()


@contextlib.contextmanager
def azure(
    folder: Path, *faults: str, source: Snapshot | None = None, clock: Clock | None = None
) -> Iterator[Site]:
    """An emulator with the article's first attempt, or another environment."""
    emulator = Recorded(subscriptions=(SUBSCRIPTION,), faults=faults, clock=clock)
    emulator.prepare()
    plant(emulator.world, source if source is not None else read([str(EXAMPLE)]))
    with in_background(emulator, folder=authority(folder)) as server:
        yield Site(emulator, server, folder)


def authority(folder: Path) -> Path:
    """Where certificates lie: beside the folder of the test, so that they are made once for all of them."""
    made = folder.parent / "authority"
    made.mkdir(exist_ok=True)
    return made


def cloison(*arguments: str) -> Ended:
    """Run a command in this process."""
    out, err = _pipe(), _pipe()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = guarded(arguments)
    return Ended(code, _read(out), _read(err))


def _pipe() -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)


def _read(stream: io.TextIOWrapper) -> str:
    stream.flush()
    buffer = stream.buffer
    assert isinstance(buffer, io.BytesIO)
    return buffer.getvalue().decode()


def set_setting(emulator: Emulator, id: str, pointer: str, value: Any) -> None:
    """Somebody changes a setting beside the plan."""
    from cloison.model.behaviour import Write, laid

    where = next(one for one in emulator.state if one.endswith(id.lower()))
    body = emulator.state.get(ResourceId(where))
    assert body is not None
    emulator.state.write(Write(ResourceId(where), laid(body, pointer, value)))
