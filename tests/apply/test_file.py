"""A journal's file: one process at a time, room from the start, and no file that is something else."""

from __future__ import annotations

import os
import resource
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from cloison.apply.file import BYTES_MAX, JournalFile
from cloison.apply.journal import MAGIC
from cloison.model.errors import CloisonError
from tests.apply.damage import Left, Place, damaged, left, tears
from tests.apply.live import azure
from tests.cli.shell import environment

ROOM = 10_000


def refused(path: Path, *, resume: bool = False) -> str:
    """The code with which a file is refused; '' where it is taken."""
    try:
        JournalFile(path, resume=resume, reserve=ROOM).close()
    except CloisonError as problem:
        return problem.code
    return ""


def begun(path: Path) -> Path:
    path.write_bytes(MAGIC + b"something\n")
    return path


# --- opening -------------------------------------------------------------------------------------------------


def test_a_new_journal_is_its_owner_s_alone(tmp_path: Path) -> None:
    """Nobody else may read the addresses of operations that stand in it."""
    file = JournalFile(tmp_path / "journal", resume=False, reserve=ROOM)
    assert 0o600 == stat.S_IMODE((tmp_path / "journal").stat().st_mode)
    file.close()


def test_what_is_begun_is_gone_on_with_and_nothing_else(tmp_path: Path) -> None:
    """A new run takes no journal that was begun; going on takes none that is not there."""
    assert "E505" == refused(begun(tmp_path / "begun"))
    assert "" == refused(tmp_path / "begun", resume=True)
    assert "E505" == refused(tmp_path / "none", resume=True)
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("zeros", [0, 1, 70_000])
def test_a_journal_without_a_record_was_not_begun(zeros: int, tmp_path: Path) -> None:
    """Room that was made, and nothing written into it: a run may begin with it, and going on may, too."""
    for resume in (False, True):
        (tmp_path / "journal").write_bytes(bytes(zeros))
        assert "" == refused(tmp_path / "journal", resume=resume)


def test_a_file_that_nothing_was_written_to_is_taken_away(tmp_path: Path) -> None:
    """A run that is refused before it begins leaves no journal that would say it had begun."""
    assert "" == refused(tmp_path / "journal")
    assert [] == list(tmp_path.iterdir())


def test_files_that_are_none(tmp_path: Path) -> None:
    """A folder, a link, a pipe, a device, a folder that is not there, a name with a NUL: each has its code."""
    (tmp_path / "folder").mkdir()
    begun(tmp_path / "begun")
    (tmp_path / "link").symlink_to(tmp_path / "begun")
    (tmp_path / "dangling").symlink_to(tmp_path / "elsewhere")
    os.mkfifo(tmp_path / "pipe")
    assert {"E507"} == {
        refused(tmp_path / one) for one in ("folder", "link", "dangling", "none/journal", "a\0b")
    }
    assert {"E507"} == {refused(tmp_path / one, resume=True) for one in ("folder", "link", "dangling")}
    assert "E501" == refused(tmp_path / "pipe", resume=True)
    assert "E501" == refused(Path("/dev/full"))
    assert not (tmp_path / "elsewhere").exists()


def test_a_file_that_is_too_large(tmp_path: Path) -> None:
    """It is refused before it is read."""
    with (tmp_path / "journal").open("wb") as file:
        file.truncate(BYTES_MAX + 1)
    assert "E501" == refused(tmp_path / "journal", resume=True)


@pytest.mark.skipif(os.getuid() == 0, reason="the system refuses nothing to root")
def test_files_that_may_not_be_written(tmp_path: Path) -> None:
    """E507 for a journal without the right to write, and for a folder without it."""
    begun(tmp_path / "journal").chmod(0o400)
    assert "E507" == refused(tmp_path / "journal", resume=True)
    tmp_path.chmod(0o500)
    assert "E507" == refused(tmp_path / "new")
    tmp_path.chmod(0o700)


# --- one process ---------------------------------------------------------------------------------------------


def test_one_process_at_a_time(tmp_path: Path) -> None:
    """E506 as long as another has it open."""
    first = JournalFile(tmp_path / "journal", resume=False, reserve=ROOM)
    assert ("E506", "E506") == (refused(tmp_path / "journal"), refused(tmp_path / "journal", resume=True))
    first.close()
    assert "" == refused(tmp_path / "journal")


def test_a_journal_that_was_taken_away_meanwhile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between opening and locking, the one who had it may have ended and taken it away: it is not written to."""
    import fcntl

    path = tmp_path / "journal"
    lock = fcntl.flock

    def late(fd: int, how: int) -> None:
        path.unlink()
        lock(fd, how)

    monkeypatch.setattr(fcntl, "flock", late)
    assert "E506" == refused(path)


# --- room ----------------------------------------------------------------------------------------------------


def test_room_is_taken_from_the_start(tmp_path: Path) -> None:
    """What a run will write fits, whatever else fills the disk meanwhile."""
    file = JournalFile(tmp_path / "journal", resume=False, reserve=ROOM)
    file.cut(0)
    assert ROOM == (tmp_path / "journal").stat().st_size
    assert (tmp_path / "journal").stat().st_blocks * 512 >= ROOM
    file.append(b"record\n")
    file.sync()
    file.close()
    assert b"record\n" + bytes(ROOM - 7) == (tmp_path / "journal").read_bytes()


def test_what_was_torn_is_cut_off(tmp_path: Path) -> None:
    """Going on writes behind the last whole record, and nothing of the torn one stays behind it."""
    (tmp_path / "journal").write_bytes(b"whole\ntorn")
    file = JournalFile(tmp_path / "journal", resume=True, reserve=ROOM)
    file.cut(6)
    file.append(b"next\n")
    file.close()
    assert b"whole\nnext\n" == (tmp_path / "journal").read_bytes().rstrip(b"\0")


def test_a_disk_without_room(tmp_path: Path) -> None:
    """Where the journal does not fit, nothing is sent: 3, with what to do, and no file that says it had begun."""
    with azure(tmp_path) as site:
        site.plan()
        limit = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))  # noqa: E731
        command = [sys.executable, "-m", "cloison", "apply", *site.agreed, *site.where]
        child = subprocess.run(
            command, env=environment(), preexec_fn=limit, capture_output=True, check=False, timeout=60
        )
        assert 3 == child.returncode, child.stderr
        assert b"the journal cannot be written: file too large; make room" in child.stderr
        assert [] == site.emulator.writes
        assert not site.journal.exists()
        assert 0 == site.apply().code


# --- damaged ones --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Left:
    return left(tmp_path_factory.mktemp("left") / "run", 6)


def test_torn_at_every_byte(known: Left) -> None:
    """A journal torn anywhere is read as what was whole before, with or without zeros or half a record behind."""
    torn, ends = tears(known.journal)
    assert torn > 20_000
    assert len(ends) > 10


def test_damaged_journals_of_real_runs(known: Left, tmp_path: Path) -> None:
    """A sample of `make prove ARGS=journal`: refused with a code before anything is sent, or gone on with correctly."""
    with azure(tmp_path) as site:
        place = Place(site, known)
        assert "continued" == place.again("undamaged", known.journal)
        for seed in range(16):
            name, raw = damaged(known.journal, seed)
            told = place.again(f"seed {seed}, {name}", raw)
            expected = EXPECTED.get(name)
            assert expected in (None, told), name


EXPECTED = {
    "without_a_line": "refused E503",
    "of_another_plan": "refused E504",
    "of_fewer_steps": "refused E504",
    "of_another_version": "refused E502",
    "with_another_host": "continued",
    "ending_twice": "refused E503",
    "anything": "refused E501",
}
