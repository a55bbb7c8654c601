"""From end to end over HTTPS: plan with a preflight, apply, let the hub's owner do theirs, plan and apply the rest."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from cloison.cli import main
from cloison.emulator import Emulator
from cloison.emulator.server import in_background
from cloison.plan.document import RequestReport, StepReport
from tests.preflight.estate import HUB_GROUP, JOINER, NETWORK_TEAM, READER, SPOKE, azure, spoke, team
from tests.preflight.test_split import send

SOURCES = (f"azure:{SPOKE}", f"azure:{HUB_GROUP}")


@pytest.fixture
def emulator(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Emulator]:
    """A spoke whose team may join the hub's zones and read its group, behind the address that commands use."""
    made = azure(spoke(), team(READER, JOINER))
    with in_background(made, folder=tmp_path / "tls") as server:
        monkeypatch.setenv("CLOISON_ENDPOINT", server.url)
        monkeypatch.setenv("CLOISON_CA", str(server.authority.file))
        yield made


def writes(emulator: Emulator) -> list[str]:
    """Requests that may have changed something."""
    return [one.path for one in emulator.log if one.method in ("PUT", "PATCH", "DELETE")]


def apply(file: Path) -> int:
    digest = json.loads(file.read_text())["digest"]
    return main(["apply", str(file), "--yes", "--hash", digest, "--accept-asks"])


def test_a_team_and_the_owner_of_the_hub(
    emulator: Emulator, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two plans and one request between them, none of it refused; then there is nothing to do."""
    plan, request = tmp_path / "plan.json", tmp_path / "request.md"
    told = ["--accept-asks", "--request-file", str(request), "-o", str(plan)]

    assert 1 == main(["plan", *SOURCES, *told])
    assert "8 of 28 are for others" in " ".join(capsys.readouterr().out.split())
    assert "az rest" in request.read_text()
    assert 0 == apply(plan)
    assert "as promised" in capsys.readouterr().out

    from_the_request(emulator, request)
    rest = tmp_path / "rest.json"
    assert 0 == main(["plan", *SOURCES, *told, "-o", str(rest)])
    assert 0 == apply(rest)
    assert "as promised" in capsys.readouterr().out
    assert 0 == main(["plan", *SOURCES, *told])
    assert "Nothing to do." in capsys.readouterr().out
    assert 403 not in {one.status for one in emulator.log if one.method != "GET"}


def from_the_request(emulator: Emulator, file: Path) -> None:
    """Send what the commands in a request send, as the owner of the hub."""
    lines = file.read_text().split("\n")
    sent = 0
    for at, line in enumerate(lines):
        if not line.startswith("send put "):
            continue
        url = next(word for word in shlex.split(line) if word.startswith("/"))
        path, _, query = url.partition("?")
        end = lines.index("JSON", at + 1)
        body = json.loads("\n".join(lines[at + 1 : end]))
        report = RequestReport(method="PUT", path=path, api_version=query.partition("=")[2], body=body)
        step = StepReport(
            number=1, wave=1, summary="", request=report, makes=True, because=(), settings=(), safety="safe",
            why="", closes=False, seconds=0.0, base=None,
        )  # fmt: skip
        assert {200, 201, 202} >= set(send(emulator, [step], NETWORK_TEAM))
        sent += 1
    assert 8 == sent


def test_nothing_is_sent_where_a_step_would_be_refused(
    emulator: Emulator, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A plan without a preflight ends before its first request, with the right that is missing and what to do."""
    plan = tmp_path / "plan.json"
    main(["plan", *SOURCES, "--accept-asks", "-o", str(plan)])
    capsys.readouterr()

    assert 2 == apply(plan)
    said = " ".join(capsys.readouterr().err.split())
    assert "E541" in said
    assert "you lack Microsoft.Network/privateDnsZones/virtualNetworkLinks/write" in said
    assert "--preflight" in said
    assert [] == writes(emulator)


def test_an_export_has_a_preflight_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without Azure the plan is whole, and what cannot be known is said."""
    file = tmp_path / "export.json"
    file.write_text(json.dumps({"cloison": "snapshot/1", "resources": spoke(), "gaps": []}))

    main(["plan", str(file), "--preflight"])
    out = " ".join(capsys.readouterr().out.split())
    assert "Preflight: nothing is in the way that is known" in out
    assert "not known: which rights you have" in out


def test_an_environment_file_has_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """E542, and where it is looked at instead."""
    assert 2 == main(["plan", "environment.toml", "--preflight"])
    assert "E542" in capsys.readouterr().err
