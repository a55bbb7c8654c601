"""`cloison undo` as people use it: after `cloison apply`, against an emulator over HTTPS, and back again."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest

from cloison.apply.file import JournalFile
from cloison.arm.ids import ResourceId
from cloison.model.behaviour import Write, laid, look
from cloison.plan.document import PlanDocument
from tests.apply.live import Ended, Site, azure, cloison
from tests.cli.shell import ROOT
from tests.undo.runs import bodies, differences

ZONE = "/providers/microsoft.network/privatednszones/privatelink.notebooks.azure.net"
VAULT = "/vaults/kv-ml-scoring"


def undone(
    site: Site, *more: str, plan: str = "plan.json", output: str = "undo.json"
) -> tuple[Ended, PlanDocument]:
    """The way back, written to a file."""
    file = site.folder / output
    ended = cloison("undo", str(site.folder / plan), "-o", str(file), *site.where, *more)
    assert ended.code in (0, 1), ended.all
    return ended, msgspec.json.decode(file.read_bytes(), type=PlanDocument)


def applied(site: Site, name: str = "undo.json") -> Ended:
    """Carry out a plan that somebody agreed to."""
    document = msgspec.json.decode((site.folder / name).read_bytes(), type=PlanDocument)
    agreed = [str(site.folder / name), "--yes", "--hash", document.digest[:16], "--accept-asks"]
    return cloison("apply", *agreed, *site.where)


def id_in(site: Site, end: str) -> ResourceId:
    """The resource whose id ends so."""
    return next(one for one in site.emulator.state if one.endswith(end.lower()))


def code(ended: Ended) -> str:
    """The code of an error."""
    return ended.err.partition("error[")[2][:4]


def test_there_and_back_and_there_again(tmp_path: Path) -> None:
    """A repair is taken back to where it began, shown and proven; a second undo is empty; undoing the undo repairs."""
    with azure(tmp_path) as site:
        before = bodies(site.emulator.state)
        site.plan()
        assert 0 == site.apply().code
        ended, back = undone(site)

        assert 0 == ended.code
        assert "PUBLIC AGAIN  kv-ml-scoring" in ended.out
        assert back.back is not None
        assert back.back.exact
        assert 11 == len(back.steps)
        assert 0 == applied(site).code
        after = bodies(site.emulator.state)
        # The record in a zone that Azure does not ask was never written by Azure, and rules that let everybody in are
        # answered as none.
        assert {"a/kv-ml-scoring is gone", "vaults/kv-ml-scoring/properties/networkacls was"} == {
            "/".join(one.partition(" {")[0].split("/")[-4 if " {" in one else -2 :])
            for one in differences(before, after)
        }
        assert () == undone(site, output="again.json")[1].steps

        _, forth = undone(site, plan="undo.json", output="forth.json")
        assert ["met"] == [one.promised for one in forth.environments]
        assert 0 == applied(site, "forth.json").code


def test_what_somebody_else_did_stays(tmp_path: Path) -> None:
    """A record in a zone of the run, and another setting: both stay, are told, and the exit code says so."""
    with azure(tmp_path) as site:
        site.plan()
        assert 0 == site.apply().code
        state = site.emulator.state
        zone, vault = id_in(site, ZONE), id_in(site, VAULT)
        record = zone.child("A", "others")
        told = {"properties": {"ttl": 10, "aRecords": [{"ipv4Address": "10.9.9.9"}]}}
        state.write(
            Write(
                record,
                {"id": record.text, "name": "others", "type": "Microsoft.Network/privateDnsZones/A", **told},
            )
        )
        held = state.get(vault)
        assert held is not None
        state.write(Write(vault, laid(held, "properties/publicNetworkAccess", "SecuredByPerimeter")))
        ended, back = undone(site)

        assert 1 == ended.code
        # All that has nothing to do with the vault or that zone goes back all the same.
        assert 6 <= len(back.steps)
        assert 0 == applied(site).code
        assert state.get(record) is not None
        assert state.get(zone) is not None
        assert "SecuredByPerimeter" == look(state.get(vault), "properties/publicNetworkAccess")
        assert {str(zone), str(vault)} <= {one.subject.lower() for one in back.left}


def test_what_somebody_made_again_is_not_deleted(tmp_path: Path) -> None:
    """Between run and undo a link went and came again under its name: it is another one, and stays."""
    with azure(tmp_path) as site:
        site.plan()
        assert 0 == site.apply().code
        link = id_in(site, "privatelink.file.core.windows.net/virtualnetworklinks/vnet-aks")
        held = site.emulator.state.get(link)
        assert held is not None
        site.emulator.state.write(Write(link, {**held, "etag": '"another"'}))
        _, back = undone(site)

        assert link.text not in [one.request.path for one in back.steps]
        assert link.text in [one.subject for one in back.left]


def test_a_file_is_enough(tmp_path: Path) -> None:
    """With a SOURCE nothing is read live; what a file does not tell apart stays."""
    with azure(tmp_path) as site:
        site.plan()
        assert 0 == site.apply().code
        saved = tmp_path / "now.json"
        saved.write_text(cloison("snapshot", site.document.inputs[0], *site.where).out)
        plan, journal = str(site.plan_file), str(site.journal)
    ended = cloison("undo", plan, str(saved), "--journal", journal)

    assert ended.code in (0, 1), ended.all
    assert "Set publicNetworkAccess of kv-ml-scoring back" in ended.out


def test_a_plan_that_was_not_carried_out(tmp_path: Path) -> None:
    """E530: there is no journal, so nothing shows what was made."""
    with azure(tmp_path) as site:
        site.plan()
        ended = cloison("undo", str(site.plan_file), *site.where)

    assert (2, "E530") == (ended.code, code(ended))


def test_a_run_that_is_at_work(tmp_path: Path) -> None:
    """E531: its journal is being written."""
    with azure(tmp_path) as site:
        site.plan()
        assert 0 == site.apply().code
        file = JournalFile(site.journal, resume=True, reserve=0)
        ended = cloison("undo", str(site.plan_file), *site.where)
        file.close()

    assert (2, "E531") == (ended.code, code(ended))


@pytest.mark.parametrize("stop", ["read-fails", ""])
def test_a_target_that_cannot_be_read(stop: str, tmp_path: Path) -> None:
    """E533: what may be the run's or somebody else's is not guessed at."""
    with azure(tmp_path) as site:
        site.plan()
        assert 0 == site.apply().code
        if stop:
            site.emulator.tamper = lambda asked, answer: (
                msgspec.structs.replace(
                    answer, status=403, body={"error": {"code": "AuthorizationFailed", "message": "no"}}
                )
                if asked.method == "GET" and asked.path.lower().endswith(VAULT)
                else answer
            )
        ended = cloison("undo", str(site.plan_file), *site.where)

    assert (2, "E533") == (ended.code, code(ended)) if stop else 0 == ended.code


def test_the_guide_shows_what_is_printed(tmp_path: Path) -> None:
    """What the page shows is what is printed, but for hashes."""
    page = (ROOT / "docs/guides/undo.md").read_text(encoding="utf-8")
    shown = [
        line
        for block in re.findall(r"```text\n(.*?)```", page, re.DOTALL)
        for line in block.splitlines()
        if line
    ]
    with azure(tmp_path) as site:
        site.plan()
        assert 0 == site.apply().code
        printed = undone(site)[0].out.splitlines()

    assert 15 < len(shown)
    assert [] == [line for line in shown if line not in printed and "Takes back" not in line]
