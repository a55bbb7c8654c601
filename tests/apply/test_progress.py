"""Progress: what is under way, how much is done and how long it takes, from what the executor tells."""

from __future__ import annotations

import io

import pytest

from cloison.apply.actions import Tell
from cloison.apply.plans import planned
from cloison.apply.step import Planned
from cloison.cli import _progress
from cloison.cli._progress import Progress
from tests.apply.tampering import plans


class Screen(io.StringIO):
    """Standard error on a terminal."""

    def isatty(self) -> bool:
        return True

    @property
    def line(self) -> str:
        """What stands on the line that changes."""
        return self.getvalue().rpartition("\x1b[K")[2]


@pytest.fixture
def plan() -> Planned:
    return planned(plans()[0], "plan")


class Watched:
    """Progress on a clock that is moved by hand."""

    def __init__(self, plan: Planned, done: frozenset[int] = frozenset()) -> None:
        self.now = 0.0
        self.progress = Progress(plan, done, lambda: self.now)

    def tell(self, step: int, what: str, seconds: float = 0.0, text: str = "") -> None:
        self.progress(Tell(step=step, what=what, seconds=seconds, text=text))


def test_time_left_is_that_of_the_longest_of_each_wave(plan: Planned) -> None:
    """At the start all waves are ahead; a step under way counts what is left of it, one that is done nothing."""
    watched = Watched(plan)
    waves = [max(step.expected_s for step in wave) for wave in plan.waves]
    assert sum(waves) == watched.progress.left_s()
    first = max(plan.waves[0], key=lambda step: step.expected_s)
    for step in plan.waves[0]:
        watched.tell(step.number, "sending", step.expected_s)
    watched.now = first.expected_s - 60
    assert sum(waves[1:]) + 60 == watched.progress.left_s()
    watched.now = first.expected_s * 3
    assert sum(waves[1:]) == watched.progress.left_s()
    for step in plan.waves[0]:
        watched.tell(step.number, "done")
    assert sum(waves[1:]) == watched.progress.left_s()


def test_steps_that_an_earlier_process_did_are_done(plan: Planned) -> None:
    """Going on counts from where it stands."""
    done = frozenset(step.number for wave in plan.waves[:-1] for step in wave)
    assert max(step.expected_s for step in plan.waves[-1]) == Watched(plan, done).progress.left_s()


def test_the_line_on_a_terminal(plan: Planned, monkeypatch: pytest.MonkeyPatch) -> None:
    """It counts down by itself, names the longest step, and fits the terminal."""
    screen = Screen()
    monkeypatch.setattr("sys.stderr", screen)
    monkeypatch.setattr(_progress._output, "columns", lambda: 80)
    watched = Watched(plan)
    for step in plan.waves[0]:
        watched.tell(step.number, "sending", step.expected_s)
    assert screen.line.startswith("0 of 11 done, about 5 minutes left: Take the public name")
    assert screen.line.endswith("and 3 more")
    assert len(screen.line) < 80
    watched.now = plan.waves[0][0].expected_s + 120
    watched.progress.tick()
    assert "about 3 minutes left" in screen.line
    watched.tell(1, "done")
    assert "   1 done    Take the public name from aks-scoring\n" in screen.getvalue()
    watched.progress.end()
    assert "" == screen.line


@pytest.mark.parametrize(
    ("seconds", "told"), [(0.0, "any moment now"), (40.0, "about 40 s left"), (200.0, "about 3 minutes left")]
)
def test_how_durations_are_told(seconds: float, told: str) -> None:
    """In seconds as long as these matter."""
    assert told == _progress._duration(seconds)


def test_where_nobody_looks_there_is_a_line_for_each_end(
    plan: Planned, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No line that changes, and nothing of what only begins."""
    stream = io.StringIO()
    monkeypatch.setattr("sys.stderr", stream)
    watched = Watched(plan)
    watched.tell(1, "sending", 91.0)
    watched.tell(1, "waiting", 91.0)
    watched.progress.tick()
    watched.tell(1, "again", text="409 Busy")
    watched.tell(1, "done")
    watched.progress.end()
    summary = plan.steps[0].summary
    assert f"   1 waits   {summary}: 409 Busy\n   1 done    {summary}\n" == stream.getvalue()


def test_why_it_stopped_is_told_once(plan: Planned, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reason that names its step already is not told behind its name."""
    stream = io.StringIO()
    monkeypatch.setattr("sys.stderr", stream)
    watched = Watched(plan)
    summary = plan.steps[0].summary
    watched.tell(1, "stopped", text=f"{summary}: 403 Forbidden")
    assert f"   1 stopped {summary}: 403 Forbidden\n" == stream.getvalue()
