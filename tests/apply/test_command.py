"""`cloison apply` as people and pipelines use it: what it refuses, how it ends, how it is stopped and goes on."""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path

import msgspec
import pytest

from cloison.apply.file import JournalFile
from cloison.apply.journal import reserve
from cloison.apply.plans import planned
from cloison.emulator.clock import AtOnce, Manual
from cloison.emulator.wire import Asked
from cloison.plan.document import PlanDocument, sealed
from cloison.plan.make import make
from cloison.plan.options import PlanOptions
from cloison.sources import read
from tests.apply.live import READING_POSTS, Ended, Site, azure, cloison, set_setting
from tests.apply.tampering import text
from tests.apply.terminal import terminal
from tests.cli.shell import EXAMPLE

NOWHERE = ["--endpoint", "https://127.0.0.1:1"]
"""Nobody answers there: whoever is refused before does not come so far."""
VAULT = "vaults/kv-ml-scoring"
ACCESS = "properties/publicNetworkAccess"


@pytest.fixture(scope="module")
def document() -> PlanDocument:
    return make(read([str(EXAMPLE)]), PlanOptions(accept_asks=True))


def written(folder: Path, document: PlanDocument) -> str:
    file = folder / "plan.json"
    file.write_bytes(text(document))
    return str(file)


def code(ended: Ended) -> str:
    """The code of an error."""
    return ended.err.partition("error[")[2][:4]


def is_write(asked: Asked) -> bool:
    return asked.method != "GET" and not READING_POSTS.fullmatch(asked.path)


class Patient(Manual):
    """Time that stands still, and asks nobody to wait."""

    def wait(self, seconds: int) -> dict[str, str]:  # noqa: ARG002  # as the clock has it
        return {"x-ms-retry-after-ms": "10"}


def at_once(site: Site) -> None:
    """From now on every operation has ended when somebody looks."""
    site.emulator.world.clock = site.emulator.world.operations.clock = AtOnce()


# --- what was agreed -----------------------------------------------------------------------------------------


def test_without_a_person_a_hash_is_needed(document: PlanDocument, tmp_path: Path) -> None:
    """E515 where nobody agreed: neither a person at a terminal nor a hash."""
    file = written(tmp_path, document)
    for given in ([], ["--yes"]):
        ended = cloison("apply", file, *given, *NOWHERE)
        assert (2, "E515") == (ended.code, code(ended))
        assert document.digest[:16] in ended.err
    assert not (tmp_path / "plan.json.journal").exists()


def test_another_hash_is_refused(document: PlanDocument, tmp_path: Path) -> None:
    """E513 before anything is asked of Azure."""
    ended = cloison("apply", written(tmp_path, document), "--yes", "--hash", "0" * 16, *NOWHERE)
    assert (2, "E513") == (ended.code, code(ended))


def test_whoever_may_be_interrupted(tmp_path: Path) -> None:
    """E512 names how many steps ask; --accept-asks says that they were asked."""
    document = make(read([str(EXAMPLE)]), PlanOptions())
    given = [written(tmp_path, document), "--yes", "--hash", document.digest, *NOWHERE]
    ended = cloison("apply", *given)
    assert (2, "E512") == (ended.code, code(ended))
    assert f"{document.asks} of {len(document.steps)} steps" in ended.err
    # With it, the next thing is to read what is there, which nobody answers here.
    assert "E12" == code(cloison("apply", *given, "--accept-asks"))[:3]


def test_a_plan_that_is_not_proven(document: PlanDocument, tmp_path: Path) -> None:
    """E511, whatever was agreed."""
    other = sealed(
        msgspec.structs.replace(document, proof=msgspec.structs.replace(document.proof, proven=False))
    )
    ended = cloison("apply", written(tmp_path, other), "--yes", "--hash", other.digest, *NOWHERE)
    assert (2, "E511") == (ended.code, code(ended))


def test_nothing_to_do(document: PlanDocument, tmp_path: Path) -> None:
    """A plan without steps asks nobody and ends with 0."""
    none = sealed(msgspec.structs.replace(document, steps=()))
    ended = cloison("apply", written(tmp_path, none), "--yes", *NOWHERE)
    assert (0, "nothing to do\n") == (ended.code, ended.err)


def test_resuming_what_was_never_begun(document: PlanDocument, tmp_path: Path) -> None:
    """E505 names the journal that is not there, and leaves nothing behind."""
    given = [written(tmp_path, document), "--yes", "--hash", document.digest, "--resume", *NOWHERE]
    ended = cloison("apply", *given)
    assert (2, "E505") == (ended.code, code(ended))
    assert ["plan.json"] == [one.name for one in tmp_path.iterdir()]


def test_an_empty_journal_is_no_agreement(document: PlanDocument, tmp_path: Path) -> None:
    """A run that was killed before its first record is gone on with only where somebody agrees."""
    (tmp_path / "plan.json.journal").write_bytes(bytes(1000))
    ended = cloison("apply", written(tmp_path, document), "--resume", *NOWHERE)
    assert (2, "E515") == (ended.code, code(ended))


@pytest.mark.parametrize("minutes", ["0", "-1", "nan", "inf", "x", ""])
def test_deadlines_that_are_none(minutes: str, document: PlanDocument, tmp_path: Path) -> None:
    """E302 for a deadline that is no number of minutes above 0."""
    ended = cloison("apply", written(tmp_path, document), f"--deadline={minutes}", *NOWHERE)
    assert (2, "E302") == (ended.code, code(ended))
    ended = cloison("recover", "azure:", f"--deadline={minutes}", *NOWHERE)
    assert (2, "E302") == (ended.code, code(ended))


def test_nobody_answers(document: PlanDocument, tmp_path: Path) -> None:
    """Where Azure cannot be reached, nothing was begun, and no journal says otherwise."""
    ended = cloison("apply", written(tmp_path, document), "--yes", "--hash", document.digest, *NOWHERE)
    assert (2, "E121") == (ended.code, code(ended)), ended.err
    assert not (tmp_path / "plan.json.journal").exists()


# --- how it ends ---------------------------------------------------------------------------------------------


def test_carried_out_and_told(tmp_path: Path) -> None:
    """A line for each step, the verdicts beside the promise, 0; no sign that only a terminal understands."""
    with azure(tmp_path) as site:
        document = site.plan()
        ended = site.apply()
        assert 0 == ended.code
        for step in document.steps:
            assert f"{step.number:4} done    {step.summary}\n" in ended.err
        assert "\x1b" not in ended.all
        assert "\r" not in ended.all
        assert f"done: all {len(document.steps)} steps are done\n" in ended.err
        assert "Measured afterwards: as promised\n" in ended.out
        for environment in document.environments:
            assert len(environment.stands) == ended.out.count("→ met")
        assert 0o600 == site.journal.stat().st_mode & 0o777


def test_a_plan_from_an_export_is_carried_out_live(tmp_path: Path) -> None:
    """What was planned offline is proven once more on what is there, and carried out when it is the same."""
    with azure(tmp_path) as site:
        site.plan_file.write_bytes(text(make(read([str(EXAMPLE)]), PlanOptions(accept_asks=True))))
        ended = site.apply()
        assert 0 == ended.code, ended.all


def test_the_same_plan_again_needs_to_be_said(tmp_path: Path) -> None:
    """E505 where a journal was begun. With another journal it is a new run, which repeats nothing."""
    with azure(tmp_path) as site:
        site.plan()
        assert 0 == site.apply().code
        again = site.apply()
        assert (2, "E505") == (again.code, code(again))
        count = len(site.emulator.writes)
        other = site.apply("--journal", str(tmp_path / "other"))
        # What Azure filled in meanwhile was not there when the plan was made, so a person has to look.
        assert (1, True) == (other.code, "needs a person: " in other.err), other.all
        assert count == len(site.emulator.writes)


def test_a_verdict_that_is_not_as_promised(tmp_path: Path) -> None:
    """1 where somebody undid meanwhile what the plan had made, with what check says of it."""
    with azure(tmp_path) as site:
        document = site.plan()

        def meddle(number: int, asked: Asked, place: str) -> None:
            if place == "after" and len(site.emulator.writes) == len(document.steps):
                set_setting(
                    site.emulator, "storageAccounts/stmlscoring", "properties/networkAcls/bypass", "None"
                )
                site.emulator.hook = None

        # The last write is a step alone, so everything else was looked at before it.
        site.emulator.hook = meddle
        ended = site.apply()
        assert 1 == ended.code
        assert "1 of 11 not as promised" in ended.out
        assert "broken → broken, promised met" in ended.out


def test_a_setting_changed_since_the_plan(tmp_path: Path) -> None:
    """What somebody changed in a target is noticed before it is overwritten: 1, with the setting's name; it stays."""
    with azure(tmp_path) as site:
        site.plan()
        set_setting(site.emulator, VAULT, "properties/enableRbacAuthorization", value=False)
        ended = site.apply()
        assert 1 == ended.code
        assert "kv-ml-scoring was changed since the plan was made" in ended.err
        assert "properties/enablerbacauthorization: plan again" in ended.err
        assert not any(one.path.endswith(VAULT) for one in site.emulator.writes)


def test_something_beside_the_targets_changed(tmp_path: Path) -> None:
    """E514 where what was proven is not so any more, though every target is as it was: nothing is sent."""
    with azure(tmp_path) as site:
        site.plan()
        set_setting(site.emulator, "privateEndpoints/pe-kv", CONNECTION, "Rejected")
        ended = site.apply()
        assert (2, "E514") == (ended.code, code(ended)), ended.all
        assert [] == site.emulator.writes
        assert not site.journal.exists()


CONNECTION = "properties/privateLinkServiceConnections/0/properties/privateLinkServiceConnectionState/status"


def test_a_right_that_is_missing(tmp_path: Path) -> None:
    """1 with the right that was refused; with it, --resume does what is left, and nothing twice."""
    with azure(tmp_path, "forbidden@PUT virtualNetworkLinks") as site:
        document = site.plan()
        ended = site.apply()
        assert 1 == ended.code
        assert "needs a person: Link" in ended.err
        assert "go on with --resume" in ended.err
        site.emulator.faults.waiting = []
        assert 0 == site.apply("--resume").code
        assert {1} == set(site.taken().values())
        assert len(document.steps) == len(site.taken())


def test_another_plan_s_journal(tmp_path: Path) -> None:
    """E504 names both plans."""
    with azure(tmp_path) as site:
        first = site.plan()
        assert 0 == site.apply().code
        set_setting(site.emulator, VAULT, ACCESS, "Enabled")
        second = site.plan()
        site.emulator.asked.clear()
        ended = site.apply("--resume")
        assert (2, "E504") == (ended.code, code(ended))
        assert first.digest[:12] in ended.err
        assert second.digest[:12] in ended.err


# --- stopping and going on -----------------------------------------------------------------------------------


def interrupted(site: Site, at: int, *, twice: bool = False) -> tuple[int, str]:
    """A process that gets SIGINT at its n-th write, and once more soon after; its exit code, and what it said."""
    child = site.child()
    writes = 0

    def hook(number: int, asked: Asked, place: str) -> None:
        nonlocal writes
        if is_write(asked) and place == "after":
            writes += 1
            if writes == at:
                child.send_signal(signal.SIGINT)
                if twice:
                    threading.Timer(1.0, child.send_signal, [signal.SIGINT]).start()

    site.emulator.hook = hook
    try:
        _, err = child.communicate(timeout=100)
    finally:
        site.emulator.hook = None
        child.kill()
    site.check()
    return child.returncode, err.decode()


def test_stopped_at_a_safe_point(tmp_path: Path) -> None:
    """After Ctrl-C nothing new is sent and what is under way is waited for: 3. Then --resume does the rest: 0."""
    with azure(tmp_path) as site:
        document = site.plan()
        exit_code, err = interrupted(site, at=5)
        assert 3 == exit_code, err
        assert "stopped safely: interrupted: nothing new is sent; go on with --resume" in err
        sent = len(site.emulator.writes)
        assert 5 <= sent < len(document.steps)
        ended = site.apply("--resume")
        assert 0 == ended.code, ended.all
        assert f"of {len(document.steps)} steps are done" in ended.err
        assert {1} == set(site.taken().values())


def test_left_at_once(tmp_path: Path) -> None:
    """The second Ctrl-C leaves what is under way to Azure; --resume finds it there, and waits for its end."""
    with azure(tmp_path, clock=Patient()) as site:
        site.plan()
        # The last request of the first wave: by then some of it is under way for sure.
        exit_code, err = interrupted(site, at=4, twice=True)
        assert 3 == exit_code, err
        said = [line for line in err.splitlines() if line.startswith("stopp")]
        assert "stopping once what is under way has ended; interrupt again to leave it to Azure" == said[0]
        assert "stopping" == said[1]
        assert said[2].startswith("stopped safely: left at once")
        at_once(site)
        ended = site.apply("--resume")
        assert 0 == ended.code, ended.all
        assert {1} == set(site.taken().values())


def test_interrupted_while_it_reads(tmp_path: Path) -> None:
    """Before anything was begun an interrupt ends it at once, and nothing is left behind."""
    with azure(tmp_path) as site:
        site.plan()
        count = len(site.emulator.asked)
        child = site.child()

        def hook(number: int, asked: Asked, place: str) -> None:
            if number == count + 5:
                os.kill(child.pid, signal.SIGINT)
                time.sleep(0.2)

        site.emulator.hook = hook
        _, err = child.communicate(timeout=60)
        assert b"interrupted" in err
        assert 130 == child.returncode
        assert not site.journal.exists()
        assert [] == site.emulator.writes


def test_the_time_is_over(tmp_path: Path) -> None:
    """At its deadline it stops safely with what is under way, says so with 3, and goes on later."""
    with azure(tmp_path, clock=Patient()) as site:
        site.plan()
        ended = site.apply("--deadline", "0.02")
        assert 3 == ended.code, ended.all
        assert "and the time is over: go on with --resume" in ended.err
        at_once(site)
        assert 0 == site.apply("--resume").code
        assert {1} == set(site.taken().values())


def test_one_process_at_a_time(tmp_path: Path) -> None:
    """E506 while another process has the journal; a new run and going on alike."""
    with azure(tmp_path) as site:
        document = site.plan()
        steps = planned(document, "plan")
        held = JournalFile(site.journal, resume=False, reserve=reserve(steps))
        try:
            for more in ([], ["--resume"]):
                ended = site.apply(*more)
                assert (2, "E506") == (ended.code, code(ended))
        finally:
            held.close()
        assert [] == site.emulator.writes
        assert 0 == site.apply().code


# --- on a terminal -------------------------------------------------------------------------------------------


def test_asked_on_a_terminal(tmp_path: Path) -> None:
    """The plan is shown, somebody is asked, and one line changes: steps done, time left, what is under way."""
    with azure(tmp_path) as site:
        document = site.plan()
        given = ["apply", str(site.plan_file), *site.where]
        no = terminal(*given, answer=b"no\n")
        assert 2 == no.code
        assert "E515" in no.text
        assert [] == site.emulator.writes
        yes = terminal(*given, answer=b"y\n")
        assert 0 == yes.code, yes.text
        assert f"carry out the 11 steps of plan {document.digest[:12]}? [y/N]" in yes.text
        frames = yes.text.split("\r\x1b[K")
        assert any("of 11 done, about" in one and " left: " in one for one in frames)
        assert all(len(one) < 100 for one in frames if "done, " in one)
        shown = "".join(frames[frames.index(next(one for one in frames if "done:" in one)) :])
        assert "done: all 11 steps are done" in shown


def test_resumed_on_a_terminal_without_a_question(tmp_path: Path) -> None:
    """Going on asks nothing: somebody agreed when it was begun."""
    with azure(tmp_path) as site:
        site.plan()
        interrupted(site, at=5)
        ended = terminal("apply", str(site.plan_file), *site.where, "--resume")
        assert 0 == ended.code, ended.text
        assert "[y/N]" not in ended.text
        assert "going on with" in ended.text
