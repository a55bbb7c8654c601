"""The guide for carrying out plans: its commands are run in their order, and what it shows is what comes out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.apply.live import SUBSCRIPTION, Site, azure, cloison, set_setting
from tests.apply.terminal import terminal
from tests.apply.test_command import CONNECTION, VAULT, interrupted
from tests.cli.shell import ROOT

GUIDE = (ROOT / "docs/guides/apply.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(console|text)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(kind: str) -> list[str]:
    return [found[2] for found in BLOCK.finditer(GUIDE) if found[1] == kind]


def commands() -> list[tuple[str, list[str]]]:
    """Each command of the page with the lines that it shows."""
    found: list[tuple[str, list[str]]] = []
    for line in "".join(blocks("console")).splitlines():
        if line.startswith("$ "):
            found.append((line[2:], []))
        else:
            found[-1][1].append(line)
    return found


def shown(site: Site, text: str, hash: str) -> str:
    """What came out, as the page writes it: names of places and of this very plan left open."""
    for told, written in (
        (str(site.plan_file), "plan.json"),
        (SUBSCRIPTION, "GUID"),
        (hash, "HASH"),
        (hash[:16], "HASH"),
        (hash[:12], "HASH"),
    ):
        text = text.replace(told, written)
    return text


def test_its_commands_and_what_they_show(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the plan to going on with a run that is done, every line that the page shows comes out, in its order."""
    monkeypatch.setenv("COLUMNS", "100")
    with azure(tmp_path) as site:
        for command, lines in commands():
            hash = site.document.digest if site.plan_file.exists() else ""
            name, *rest = command.removeprefix("cloison ").split()
            given = [
                one.replace("plan.json", str(site.plan_file))
                .replace("GUID", SUBSCRIPTION)
                .replace("HASH", hash)
                for one in rest
            ]
            where = [] if name == "roles" else site.where
            if command == "cloison apply plan.json":
                # It asks, which only a terminal can; the next one answers for it.
                assert "[y/N]" in terminal(name, *given, *where, answer=b"n\n").text
                continue
            ended = cloison(name, *given, *where)
            out = shown(site, ended.err + ended.out, site.document.digest).splitlines()
            for line in lines:
                assert line in out, (command, line, "\n".join(out))
                out = out[out.index(line) + 1 :]


def test_it_shows_interrupts_as_they_are(tmp_path: Path) -> None:
    """The lines that the page shows of a run that was stopped come out of one."""
    with azure(tmp_path) as site:
        site.plan()
        _, err = interrupted(site, at=5)
    assert_shown(blocks("text")[0], err)


def test_it_shows_drift_as_it_is(tmp_path: Path) -> None:
    """The lines that the page shows of changes by others come out where somebody made them."""
    with azure(tmp_path) as site:
        site.plan()
        set_setting(site.emulator, VAULT, "properties/enableRbacAuthorization", value=False)
        assert_shown(blocks("text")[1], site.apply().err)
    (tmp_path / "again").mkdir()
    with azure(tmp_path / "again") as site:
        site.plan()
        set_setting(site.emulator, "privateEndpoints/pe-kv", CONNECTION, "Rejected")
        assert_shown(blocks("text")[2], " ".join(site.apply().err.split()))


def assert_shown(block: str, text: str) -> None:
    for line in block.splitlines():
        assert line in text


def test_it_tells_every_option_and_exit_code() -> None:
    """What the command's help lists is told on the page."""
    told = cloison("apply", "--help").out
    for option in set(re.findall(r"--[a-z-]+", told)) - {"--help", "--color"}:
        assert option in GUIDE, option
    for code in ("0", "1", "2", "3"):
        assert f"| {code} |" in GUIDE
