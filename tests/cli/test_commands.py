"""What each command prints, and the code that it ends with."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from cloison import __version__
from cloison.check.pages import page
from cloison.cli import commands, main
from cloison.cli._edge import command
from cloison.cli._parser import parse
from cloison.cli._sources import judged
from cloison.reports import formats
from cloison.requirements import ids
from tests.cli.shell import EXAMPLE, cloison
from tests.reference import REFERENCES, changed

Bodies = list[dict[str, Any]]
SOUND = REFERENCES["same network"]()
ALIEN_DNS = {"virtualNetworks/aks-net#/properties/dhcpOptions": {"dnsServers": ["10.0.1.30"]}}


def export(folder: Path, bodies: Bodies, gaps: list[dict[str, str]] | None = None) -> str:
    """A snapshot file; its name."""
    path = folder / "export.json"
    path.write_text(json.dumps({"cloison": "snapshot/1", "resources": bodies, "gaps": gaps or []}))
    return str(path)


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Exit code, output and errors of a run in this process."""
    code = main(arguments)
    captured = capsys.readouterr()
    return code, captured.out, captured.err


# --- the whole -----------------------------------------------------------------------------------------------


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    """Its own."""
    assert (0, f"cloison {__version__}\n", "") == printed(capsys, "--version")


def test_commands_are_found_by_their_files() -> None:
    """One module each; those with an underscore are shared."""
    assert {"check", "demo", "explain"} <= set(commands())
    assert not any(name.startswith("_") for name in commands())


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    """With what it does, and the exit codes."""
    code, out, err = printed(capsys, "--help")

    assert (0, "") == (code, err)
    for name in commands():
        assert re.search(rf"^  {name} +[A-Z]", out, re.MULTILINE)
    assert "  3  nothing is broken, but something is unknown" in out
    assert 80 >= max(map(len, out.splitlines()))


def test_no_command_is_no_success(capsys: pytest.CaptureFixture[str]) -> None:
    """A script that forgot the command must not go on as if all were well; a person sees the help."""
    code, out, _ = printed(capsys)

    assert 2 == code
    assert "usage: cloison COMMAND" in out


@pytest.mark.parametrize("name", commands())
def test_every_command_has_help(capsys: pytest.CaptureFixture[str], name: str) -> None:
    """In the same words whichever way it is asked for."""
    code, out, err = printed(capsys, name, "--help")

    assert (0, "") == (code, err)
    assert f"usage: cloison {name}" in out
    assert (0, out, "") == printed(capsys, "help", name)


# --- check ---------------------------------------------------------------------------------------------------


def test_exit_codes(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """0 all met, 1 something broken, 3 only unknown; 3 also where gaps may hide an environment."""
    assert 0 == printed(capsys, "check", export(tmp_path, SOUND))[0]
    assert 1 == printed(capsys, "check", str(EXAMPLE))[0]
    assert 3 == printed(capsys, "check", export(tmp_path, changed(SOUND, ALIEN_DNS)))[0]
    gap = {"what": "workspaces", "why": "403", "ask": "Reader"}
    assert 3 == printed(capsys, "check", export(tmp_path, [], [gap]))[0]
    assert 0 == printed(capsys, "check", export(tmp_path, []))[0]


@pytest.mark.parametrize("format", formats())
def test_every_format_is_a_choice(capsys: pytest.CaptureFixture[str], tmp_path: Path, format: str) -> None:
    """The same bytes on standard output and in a file, and the same code."""
    path = tmp_path / "report"
    code, out, _ = printed(capsys, "check", str(EXAMPLE), "--format", format)
    again, nothing, err = printed(capsys, "check", str(EXAMPLE), "--format", format, "--output", str(path))

    assert (1, 1, "") == (code, again, nothing)
    assert out == path.read_text(encoding="utf-8")
    assert f"broken: {format} report written to {path}\n" == err


def test_only_some_requirements(capsys: pytest.CaptureFixture[str]) -> None:
    """Named with commas or one by one, in any case; only they decide the exit code."""
    code, out, _ = printed(
        capsys, "check", str(EXAMPLE), "--only", "s03,D09", "--only", "S18", "--format", "json"
    )
    findings = json.loads(out)["environments"][0]["requirements"]

    assert 0 == code
    assert {"S03", "D09", "S18"} == {one["id"] for one in findings}


def test_dns_is_told(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """A server of one's own is unknown until one says whose eyes it has, by name or by id."""
    path = export(tmp_path, changed(SOUND, ALIEN_DNS))
    network = next(one["id"] for one in SOUND if one["name"] == "aks-net")

    assert 3 == printed(capsys, "check", path, "--only", "S07")[0]
    assert 0 == printed(capsys, "check", path, "--only", "S07", "--dns", "10.0.1.30=aks-net")[0]
    assert 0 == printed(capsys, "check", path, "--only", "S07", "--dns", f"10.0.1.30={network}")[0]


def test_environment_is_chosen(capsys: pytest.CaptureFixture[str]) -> None:
    """By the name or the id of its cluster or workspace, in any case."""
    cluster = json.loads(printed(capsys, "check", str(EXAMPLE), "--format", "json")[1])["environments"][0][
        "cluster"
    ]

    for options in (["--cluster", "AKS-scoring"], ["--cluster", cluster], ["--workspace", "mlw-scoring"]):
        assert 1 == printed(capsys, "check", str(EXAMPLE), *options)[0]


def test_options_may_stand_anywhere(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Between two sources too."""
    for number, body in enumerate(SOUND):
        (tmp_path / f"{number:02}.json").write_text(json.dumps([body]))
    first, *others = map(str, sorted(tmp_path.iterdir()))

    assert 0 == printed(capsys, "check", first, "--only", "S07", *others)[0]


def test_standard_input_is_a_source() -> None:
    """`-`, as elsewhere."""
    done = cloison("check", "-", "--only", "S03", stdin=EXAMPLE.read_bytes())

    assert (0, b"") == (done.returncode, done.stderr)
    assert done.stdout.startswith(f"Cloison {__version__} read -".encode())


def test_template_options_reach_the_template() -> None:
    """Parameters by file and by hand, assumptions, and where it is deployed to."""
    asked: dict[str, Any] = {}

    def read(sources: Any, reading: Any) -> Any:
        asked.update(sources=sources, reading=reading)
        raise KeyboardInterrupt

    given = [
        "template.json", "--parameters", "a.json", "--parameters", "b.json", "--set", "x=1=2", "--set", "y=",
        "--assume", "[concat('a=', reference('x')['y=z'])]=v", "--assume", "reference('p').ip=10.0.0.4",
        "--subscription", "s", "--resource-group", "rg", "--location", "westeurope",
    ]  # fmt: skip
    options = parse("check", command("check"), given)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("cloison.sources.read", read)
        with pytest.raises(KeyboardInterrupt):
            judged(options.sources, options)

    reading = asked["reading"]
    assert ["template.json"] == asked["sources"]
    assert ("a.json", "b.json") == reading.parameters
    assert {"x": "1=2", "y": ""} == reading.set
    assert {"[concat('a=', reference('x')['y=z'])]": "v", "reference('p').ip": "10.0.0.4"} == reading.assume
    assert ("s", "rg", "westeurope") == (reading.subscription, reading.resource_group, reading.location)


# --- explain -------------------------------------------------------------------------------------------------


def test_explain_lists_requirements(capsys: pytest.CaptureFixture[str]) -> None:
    """Every one, with its title."""
    code, out, _ = printed(capsys, "explain")

    assert 0 == code
    assert list(ids()) == re.findall(r"^  ([SD]\d\d)  \S", out, re.MULTILINE)


@pytest.mark.parametrize("id", ids())
def test_every_requirement_is_explained(capsys: pytest.CaptureFixture[str], id: str) -> None:
    """By its page, in 80 columns, without the marks of Markdown at the beginning of lines."""
    code, out, err = printed(capsys, "explain", id.lower())

    first = (page(id) or id).splitlines()[0].strip("# ").replace("`", "")
    assert (0, "") == (code, err)
    assert first in " ".join(out.split())
    assert "\x1b" not in out
    assert 80 >= max(map(len, out.splitlines()))
    assert not re.search(r"^#", out, re.MULTILINE)


def test_every_finding_is_explained(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Hop by hop with whole ids, pointers and places, and its fixes with their requests; a report is a source too."""
    path = tmp_path / "report.json"
    main(["check", str(EXAMPLE), "--format", "json", "--output", str(path)])
    findings = json.loads(path.read_text())["environments"][0]["requirements"]
    told = [one for one in findings if one["verdict"] == "broken"]
    capsys.readouterr()

    assert told
    for one in told:
        code, out, err = printed(capsys, "explain", one["finding"], str(path))
        assert (0, "") == (code, err)
        for hop in one["evidence"]:
            for cited in hop["evidence"]:
                assert cited["resource"] in out
                assert f"#{cited['pointer']}\n" in out or not cited["pointer"]
                assert f"{cited['file']}:{cited['line']}:{cited['column']}\n" in out
        for fix in one["fixes"]:
            assert f"{fix['action']:8}{fix['target']}" in out
            assert fix["safety"] in out
            for line in json.dumps(fix["body"], indent=2).splitlines() if fix["body"] else ():
                assert line in out
    assert out == printed(capsys, "explain", told[-1]["finding"].lower(), str(EXAMPLE))[1]


def test_a_finding_that_is_unknown_says_what_to_supply(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """At its hop, and at the end."""
    path = export(tmp_path, changed(SOUND, ALIEN_DNS))
    report = json.loads(printed(capsys, "check", path, "--only", "S07", "--format", "json")[1])
    finding = report["environments"][0]["requirements"][0]["finding"]
    code, out, _ = printed(capsys, "explain", finding, path, "--only", "S07")

    assert 0 == code
    assert 2 == out.count("--dns 10.0.1.30=NETWORK")
