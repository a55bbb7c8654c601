"""What goes wrong ends in a message with a code and in exit code 2, never in a traceback."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cloison.cli import main
from tests.cli.shell import EXAMPLE, ROOT, cloison, environment

FIRST = re.compile(r"error\[E\d{3}\]: [^A-Z]")
REPORT = {"version": "cloison.report/9", "verdict": "met"}


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """The message; nothing else is printed, and it ends with 2."""
    code = main(arguments)
    captured = capsys.readouterr()
    assert (2, "") == (code, captured.out)
    assert "Traceback" not in captured.err
    assert captured.err.startswith("error[E")
    assert "\nhelp: " in captured.err
    return captured.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["chekc"], "error[E301]: no command 'chekc'; did you mean check?"),
        (["--format", "json"], "error[E301]: --format stands before a command"),
        (["check"], "error[E302]: the following arguments are required: SOURCE"),
        (["check", "x", "--frmat", "json"], "did you mean --format?"),
        (["check", "x", "--format", "sraif"], "did you mean sarif?"),
        (["check", "x", "--set", "name"], "error[E302]: --set name has no name and value"),
        (["check", "x", "--set", "=value"], "error[E302]: --set =value has no name and value"),
        (["check", str(EXAMPLE), "--only", ","], "error[E302]: --only names no requirement"),
        (["check", str(EXAMPLE), "--only", "S07,S99"], "error[E211]: no requirement 'S99'; did you mean S19?"),
        (["check", str(EXAMPLE), "--cluster", "x"], "error[E210]: no environment has cluster 'x'"),
        (
            ["check", str(EXAMPLE), "--workspace", "mlw", "--cluster", "x"],
            "error[E210]: no environment has workspace 'mlw' and cluster 'x'",
        ),
        (["check", str(EXAMPLE), "--dns", "here=vnet-hub"], "error[E212]: 'here' is no address of a DNS server"),
        (
            ["check", str(EXAMPLE), "--dns", "10.0.0.4=vnet-hob"],
            "error[E212]: no network 'vnet-hob' in the input; did you mean vnet-hub?",
        ),
        (["check", str(EXAMPLE), "--dns", "10.0.0.4=/subscriptions/x"], "error[E212]: no network '/subscriptions/x'"),
        (["check", "nowhere.json"], "error[E101]: nowhere.json does not exist"),
        (["check", str(EXAMPLE), "--output", "/nowhere/x"], "error[E303]: /nowhere/x cannot be written"),
        (["check", str(EXAMPLE), "--output", str(ROOT)], "because: it is a folder"),
        (["explain", "S99"], "error[E211]: no requirement 'S99'; did you mean S19?"),
        (["explain", "S07-3f9a1c02"], "error[E304]: S07-3f9a1c02 is a finding, and no SOURCE says where"),
        (["explain", "S07-3f9a1c02", str(EXAMPLE)], "error[E305]: no finding 'S07-3f9a1c02' in"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_said(
    capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    """With its code, the near miss where there is one, and what to do."""
    assert said in " ".join(refused(capsys, *arguments).split())


def test_a_place_is_told(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """File, line and column, so that an editor can go there; then the reason."""
    path = tmp_path / "bad.json"
    path.write_text('[\n {"id": 1},\n]')

    message = refused(capsys, "check", str(path))

    assert f"  at {path}:3:1\n" in message
    assert "\n  because: " in message


def test_an_asked_cluster_is_never_nothing(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """An input without any environment does not pass when one was asked for by name."""
    path = tmp_path / "empty.json"
    path.write_text('{"cloison": "snapshot/1", "resources": []}')

    assert 0 == main(["check", str(path)])
    capsys.readouterr()
    assert "because: the input holds no environment" in refused(
        capsys, "check", str(path), "--cluster", "aks"
    )


@pytest.mark.parametrize("content", [REPORT, {"version": "cloison.report/1", "tool": 7}])
def test_a_report_that_cannot_be_read_says_why(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, content: dict[str, object]
) -> None:
    """Of another version, or of another shape."""
    path = tmp_path / "report.json"
    path.write_text(json.dumps(content))

    assert "error[E306]" in refused(capsys, "explain", "S07-3f9a1c02", str(path))


def test_hostile_names_do_nothing_to_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """Also in errors."""
    message = refused(capsys, "check", "\x1b[2J\u202eevil\n.json")

    assert set() == {character for character in message if not character.isprintable()} - {"\n"}


def test_a_bug_is_ours_and_says_where_to_report_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One line without traceback; the traceback comes with CLOISON_DEBUG."""

    def fail(*_: object) -> None:
        raise KeyError("who would have thought")

    monkeypatch.setattr("cloison.check.run.run", fail)
    code = main(["check", str(EXAMPLE)])
    captured = capsys.readouterr()

    assert (2, "") == (code, captured.out)
    assert captured.err.startswith("bug: cloison ")
    assert "KeyError: 'who would have thought'" in captured.err
    assert "CLOISON_DEBUG=1" in captured.err
    assert "Traceback" not in captured.err
    monkeypatch.setenv("CLOISON_DEBUG", "1")
    assert 2 == main(["check", str(EXAMPLE)])
    assert "Traceback" in capsys.readouterr().err


# --- files ---------------------------------------------------------------------------------------------------


def test_a_file_is_written_whole_or_not_at_all(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A disk that is full leaves the old report as it was, and nothing else behind."""
    path = tmp_path / "report.json"
    path.write_text("old")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("pathlib.Path.replace", full)
        assert "because: no space left on device" in refused(
            capsys, "check", str(EXAMPLE), "--output", str(path)
        )
    assert ["report.json"] == [one.name for one in tmp_path.iterdir()]
    assert "old" == path.read_text()


def test_links_and_devices_stay_what_they_are(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """A link still leads to the file, which is now new; a pipe is written to."""
    link, file, pipe = (tmp_path / name for name in ("link", "file", "pipe"))
    file.write_text("old")
    link.symlink_to(file)
    os.mkfifo(pipe)

    assert 1 == main(["check", str(EXAMPLE), "--output", str(link)])
    assert link.is_symlink()
    assert file.read_text().startswith("Cloison ")
    with subprocess.Popen(["cat", str(pipe)], stdout=subprocess.PIPE) as reader:
        assert 1 == main(["check", str(EXAMPLE), "--output", str(pipe)])
        assert reader.stdout is not None
        assert file.read_bytes() == reader.stdout.read()
    assert pipe.is_fifo()


def test_a_new_file_has_the_usual_rights(tmp_path: Path) -> None:
    """Those that any program of this user would give it, not those of a temporary file."""
    (tmp_path / "usual").write_text("")
    main(["check", str(EXAMPLE), "--output", str(tmp_path / "report")])

    assert (tmp_path / "usual").stat().st_mode == (tmp_path / "report").stat().st_mode


# --- processes -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("arguments", [["check", str(EXAMPLE)], ["check", str(EXAMPLE), "--format", "json"]])
def test_a_reader_may_leave(arguments: list[str]) -> None:
    """`| head` is no error: nothing is said about it, and the exit code is that of the check."""
    with subprocess.Popen(
        [sys.executable, "-m", "cloison", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert b"" == process.stderr.read()
    assert 1 == process.returncode


def test_an_interruption_ends_quietly(tmp_path: Path) -> None:
    """With 130, as shells expect, and without a traceback."""
    pipe = tmp_path / "never.json"
    os.mkfifo(pipe)
    with subprocess.Popen(
        [sys.executable, "-m", "cloison", "check", "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
    ) as process:
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=20)
    assert (130, b"interrupted\n") == (process.returncode, err)


def test_old_terminals_are_spared_signs_they_lack() -> None:
    """Where the terminal knows ASCII only, people get ASCII; programs still get UTF-8."""
    ascii = {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    people = cloison("check", str(EXAMPLE), **ascii)
    programs = cloison("check", str(EXAMPLE), "--format", "json", **ascii)

    assert (1, b"") == (people.returncode, people.stderr)
    assert people.stdout.isascii()
    assert b"-> 10.0.1.10" in people.stdout
    assert cloison("check", str(EXAMPLE), "--format", "json").stdout == programs.stdout


def test_a_file_with_an_odd_name_is_read(tmp_path: Path) -> None:
    """Bytes that are no text in the system's encoding stand in the report as their codes."""
    path = os.fsencode(tmp_path) + b"/\xff.json"
    Path(os.fsdecode(path)).write_bytes(EXAMPLE.read_bytes())

    for format in ("terminal", "json", "sarif", "junit"):
        done = cloison("check", os.fsdecode(path), "--format", format)
        assert (1, b"") == (done.returncode, done.stderr), format


def test_colours_come_when_wanted() -> None:
    """Never where output is no terminal, unless one insists; NO_COLOR is heard."""
    check = ("check", str(EXAMPLE))

    assert b"\x1b" not in cloison(*check).stdout
    assert b"\x1b[31m" in cloison(*check, "--color", "always").stdout
    assert b"\x1b[31m" in cloison(*check, FORCE_COLOR="1").stdout
    assert b"\x1b" not in cloison(*check, FORCE_COLOR="1", NO_COLOR="1").stdout
    assert b"\x1b" not in cloison(*check, "--color", "never", FORCE_COLOR="1").stdout


def test_a_terminal_gets_its_width_and_colours() -> None:
    """On a terminal of 100 columns the report is coloured, and wider than where nobody looks."""
    import pty

    main_end, other_end = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "cloison", "check", str(EXAMPLE)],
        stdout=other_end,
        env=environment(COLUMNS="100", TERM="xterm"),
    ) as process:
        os.close(other_end)
        seen = b""
        while True:
            try:
                piece = os.read(main_end, 65536)
            except OSError:
                break
            if not piece:
                break
            seen += piece
    os.close(main_end)
    lines = re.sub(rb"\x1b\[[0-9;]*m", b"", seen).decode().splitlines()

    assert 1 == process.returncode
    assert b"\x1b[31m" in seen
    assert 80 < max(map(len, lines)) <= 100
