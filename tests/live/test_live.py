"""Reading a live ARM: the same verdicts as from a snapshot, few requests, and a gap for whatever may not be read."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cloison.arm.ids import ResourceId
from cloison.check.document import Report
from cloison.check.run import run
from cloison.emulator import Emulator
from cloison.emulator.server import Server, in_background
from cloison.emulator.store import plant
from cloison.model.behaviour import Write
from cloison.model.errors import CloisonError
from cloison.model.snapshot import Snapshot
from cloison.sources import ReadOptions, document, read, rights
from tests.cli.shell import EXAMPLE
from tests.reference import GROUP, REFERENCES, SUBSCRIPTION, Body, changed, id_of, snapshot

WORKSPACE = id_of("workspaces/mlw")
CLUSTER = id_of("managedClusters/aks")


@contextmanager
def azure(bodies: list[Body], tmp_path: Path, *faults: str) -> Iterator[tuple[Emulator, Server]]:
    emulator = Emulator(subscriptions=(SUBSCRIPTION,), faults=faults)
    plant(emulator.world, snapshot(bodies))
    with in_background(emulator, folder=tmp_path) as server:
        yield emulator, server


def live(server: Server, scope: str = SUBSCRIPTION) -> Snapshot:
    return read([f"azure:{scope}"], ReadOptions(endpoint=server.url, ca=str(server.authority.file)))


def verdicts(report: Report) -> Counter[tuple[str, str, str, str]]:
    return Counter(
        (one.id, one.verdict, one.severity, one.subject.lower())
        for environment in report.environments
        for one in environment.requirements
    )


def paths(report: Report) -> dict[tuple[str, str], str]:
    return {(one.pool, one.host): one.verdict for each in report.environments for one in each.paths}


@pytest.mark.parametrize("name", REFERENCES)
@pytest.mark.parametrize(
    "scope", [SUBSCRIPTION, GROUP, WORKSPACE, CLUSTER], ids=["all", "group", "ws", "aks"]
)
def test_live_and_snapshot_agree(name: str, scope: str, tmp_path: Path) -> None:
    """An environment has the verdicts of its snapshot, from whichever of its parts the reading starts."""
    bodies = REFERENCES[name]()
    with azure(bodies, tmp_path) as (_, server):
        report = run(live(server, scope))
    expected = run(snapshot(bodies))
    assert () == report.gaps
    assert verdicts(expected) == verdicts(report)
    assert paths(expected) == paths(report)


def test_a_reading_takes_few_requests(tmp_path: Path) -> None:
    """Seventy resources take two queries and a list for each thing that no table has; nothing is written."""
    with azure(REFERENCES["same network"](), tmp_path) as (emulator, server):
        live(server)
        assert len(emulator.log) <= 30
        assert {"GET", "POST"} == {one.method for one in emulator.log}
        assert {"/providers/microsoft.resourcegraph/resources"} == {
            one.path.lower() for one in emulator.log if one.method == "POST"
        }


@pytest.mark.parametrize(
    ("path", "right", "unknown"),
    [
        ("privateDnsZoneGroups", "Microsoft.Network/privateEndpoints/privateDnsZoneGroups/read", False),
        ("computes", "Microsoft.MachineLearningServices/workspaces/computes/read", True),
        ("/ALL", "Microsoft.Network/privateDnsZones/", False),
        ("locks", "Microsoft.Authorization/locks/read", False),
        ("trustedAccessRoleBindings", "trustedAccessRoleBindings/read", False),
    ],
)
def test_what_may_not_be_read_is_a_gap(path: str, right: str, *, unknown: bool, tmp_path: Path) -> None:
    """A 403 becomes a gap that names the right; it is never taken for an empty list, so nothing turns met by it."""
    bodies = REFERENCES["same network"]()
    with azure(bodies, tmp_path, f"forbidden@GET {path}") as (_, server):
        report = run(live(server))
    assert any(right.lower() in gap.ask.lower() and "403" in gap.why for gap in report.gaps)
    before, now = verdicts(run(snapshot(bodies))), verdicts(report)
    turned = {(id, subject) for id, verdict, _, subject in now - before if verdict == "met"}
    assert set() == turned
    assert "broken" != report.verdict
    if unknown:
        assert "unknown" in {verdict for _, verdict, _, _ in now - before}


def test_environments_out_of_scope_are_left_out(tmp_path: Path) -> None:
    """Of two workspaces in one subscription, a reading of the one does not judge the other."""
    other = changed(
        REFERENCES["same network"](),
        {
            "workspaces/other": {"location": "westeurope", "properties": {"publicNetworkAccess": "Enabled"}},
            "managedClusters/second": {"location": "westeurope", "properties": {"agentPoolProfiles": []}},
        },
    )
    with azure(other, tmp_path) as (_, server):
        one = run(live(server, WORKSPACE))
        both = run(live(server))
    assert [WORKSPACE.lower()] == [(each.workspace or "").lower() for each in one.environments]
    assert len(both.environments) > 1


def test_what_is_in_another_subscription_is_followed(tmp_path: Path) -> None:
    """Zones of a hub in another subscription are read there, and only what is needed of it."""
    foreign = "00000000-0000-0000-0000-000000000009"
    bodies = REFERENCES["same network"]()
    emulator = Emulator(subscriptions=(SUBSCRIPTION, foreign))
    plant(emulator.world, snapshot(bodies))
    state = emulator.state
    for id in [one for one in state if "/privatednszones/" in one]:
        body = state.get(id)
        assert body is not None
        state.write(Write(id, None))
        moved = ResourceId(id.text.replace(SUBSCRIPTION, foreign))
        state.write(Write(moved, {**body, "id": moved.text}))
    group = ResourceId(GROUP.replace(SUBSCRIPTION, foreign))
    state.write(Write(group, {"id": group.text, "name": group.name, "location": "westeurope"}))
    for id in list(state.of("Microsoft.Network/privateEndpoints/privateDnsZoneGroups")):
        body = state.get(id)
        assert body is not None
        configs = [
            {
                **one,
                "properties": {
                    **one["properties"],
                    "privateDnsZoneId": one["properties"]["privateDnsZoneId"].replace(SUBSCRIPTION, foreign),
                },
            }
            for one in body["properties"]["privateDnsZoneConfigs"]
        ]
        state.write(
            Write(id, {**body, "properties": {**body["properties"], "privateDnsZoneConfigs": configs}})
        )
    with in_background(emulator, folder=tmp_path) as server:
        report = run(live(server, WORKSPACE))
    assert paths(run(snapshot(bodies))) == paths(report)


def test_a_snapshot_is_the_same_every_time_and_keeps_no_secret(tmp_path: Path) -> None:
    """Two readings give the same bytes, and a secret that ARM answers is in none of them."""
    canary = "canary-7f3a"
    bodies = changed(
        REFERENCES["same network"](),
        {
            "components/mlinsights": {
                "properties": {
                    "InstrumentationKey": canary,
                    "ConnectionString": f"InstrumentationKey={canary}",
                }
            },
            "workspaces/mlw": {"properties": {"credentials": {"secrets": {"key": canary}}}},
        },
    )
    with azure(bodies, tmp_path) as (_, server):
        one, other = document(live(server)), document(live(server))
    assert one == other
    assert canary not in one
    saved = tmp_path / "saved.json"
    saved.write_text(one)
    assert "met" == run(read([str(saved)])).verdict


def test_every_request_is_covered_by_the_role(tmp_path: Path) -> None:
    """The role that `cloison roles` prints has the action of each list and resource that a reading asks for."""
    granted = {right.lower() for right in rights()}
    with azure(REFERENCES["hub and spoke"](), tmp_path) as (emulator, server):
        live(server)
        for one in emulator.log:
            if one.method != "GET" or one.path.count("/") <= 2:
                continue
            parts = one.path.lower().rpartition("/providers/")[2].split("/")
            type = "/".join([parts[0], *parts[1::2]])
            assert any(right.startswith(type.removesuffix("/all")) for right in granted), one.path


def test_records_that_may_not_be_listed_are_unknown(tmp_path: Path) -> None:
    """A zone whose list is refused does not lack the records that nobody could read, though one was read by itself."""
    example = json.loads(EXAMPLE.read_text())["resources"]
    with azure(example, tmp_path) as (_, server):
        known = lacking(run(live(server)))
    with azure(example, tmp_path, "forbidden@GET /ALL") as (_, server):
        report = run(live(server))
    assert set() == lacking(report) - known
    assert any("privateDnsZones/ALL/read" in gap.ask for gap in report.gaps)


def lacking(report: Report) -> set[str]:
    """What is broken for want of a record."""
    found = [one for each in report.environments for one in each.requirements if one.verdict == "broken"]
    return {one.message for one in found if "has no record" in one.message}


@pytest.mark.parametrize(
    "text",
    ["azure:nonsense", "azure:/subscriptions/x", "azure:/resourceGroups/rg", "azure:/subscriptions/x/y/z"],
)
def test_a_scope_that_names_nothing(text: str) -> None:
    """It ends in one coded error before anything is sent."""
    with pytest.raises(CloisonError) as caught:
        read([text])
    assert "E120" == caught.value.code


def test_nobody_answers(tmp_path: Path) -> None:
    """An ARM that cannot be reached is one coded error that names it."""
    with azure([], tmp_path) as (_, server):
        authority, url = server.authority.file, server.url
    with pytest.raises(CloisonError) as caught:
        read([f"azure:{SUBSCRIPTION}"], ReadOptions(endpoint=url, ca=str(authority)))
    assert "E121" == caught.value.code
    assert url in caught.value.what
