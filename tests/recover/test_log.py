"""The activity log: read live, read from what `az` prints, and never more of it than is needed."""

from __future__ import annotations

import json
import time
from pathlib import Path

from cloison.check.run import CheckOptions, run
from cloison.emulator import Emulator
from cloison.emulator.emulator import ask
from cloison.emulator.server import in_background
from cloison.emulator.store import plant, saved
from cloison.kinds.cluster_event.facts import facts, moment
from cloison.model.facts import Known
from cloison.model.snapshot import Snapshot
from cloison.plan.recover.make import RecoverOptions, mending
from cloison.sources import ReadOptions, read, rights
from tests.recover.azure import CLUSTER, Restarted, Wanted
from tests.reference import REFERENCES, SUBSCRIPTION, snapshot

EVENTS = "Microsoft.ContainerService/managedClusters/events/ticks"
DAY_S = 86_400
RIGHT = "Microsoft.Insights/eventtypes/values/Read"
ENTRY = {
    "caller": "somebody@example.org",
    "claims": {"name": "Somebody"},
    "eventDataId": "11111111-0000-0000-0000-000000000001",
    "eventTimestamp": "2026-02-03T10:15:00.123456+00:00",
    "id": f"{CLUSTER}/events/11111111-0000-0000-0000-000000000001/ticks/639070000000000000",
    "operationName": {
        "localizedValue": "Start Managed Cluster",
        "value": "Microsoft.ContainerService/managedClusters/start/action",
    },
    "properties": None,
    "resourceId": CLUSTER,
    "status": {"localizedValue": "Succeeded", "value": "Succeeded"},
}
"""As `az monitor activity-log list` prints it."""


def restarted(tmp_path: Path, *faults: str) -> tuple[Snapshot, list[str]]:
    """A cluster that was stopped and started, read live; and the paths that were asked."""
    azure = Restarted(Wanted(endpoints=0), time.time() - DAY_S)
    azure.restart()
    emulator = Emulator(subscriptions=(SUBSCRIPTION,), faults=faults)
    file = tmp_path / "azure.json"
    file.write_text(saved(azure.emulator.world), encoding="utf-8")
    plant(emulator.world, read([str(file)], ReadOptions()))
    with in_background(emulator, folder=tmp_path) as server:
        found = read(
            [f"azure:{SUBSCRIPTION}"], ReadOptions(endpoint=server.url, ca=str(server.authority.file))
        )
        return found, [one.path for one in emulator.log]


def verdict(read: Snapshot) -> tuple[str, str]:
    """What S23 says of the compute, and how it weighs."""
    (environment,) = run(read, CheckOptions(only=("S23",))).environments
    (one,) = environment.requirements
    return one.verdict, one.severity


def test_starts_are_read_live(tmp_path: Path) -> None:
    """The log of the cluster is asked once, and tells that the compute was attached before the last start."""
    found, paths = restarted(tmp_path)

    operations = {facts(one).operation for one in found.of(EVENTS)}
    assert {"start", "stop"} == {one.value.split("/")[-2] for one in operations if isinstance(one, Known)}
    assert 1 == sum("eventtypes" in one.lower() for one in paths)
    assert ("broken", "error") == verdict(found)


def test_a_log_that_may_not_be_read_is_a_gap(tmp_path: Path) -> None:
    """It names the right, and the verdict is unknown: it never counts as a log without starts."""
    found, _ = restarted(tmp_path, "forbidden@GET eventtypes")

    (gap,) = (one for one in found.gaps if one.type == EVENTS.lower())
    assert RIGHT in gap.ask
    assert "403" in gap.why
    assert ("unknown", "note") == verdict(found)


def test_the_role_for_reading_holds_the_log() -> None:
    """`cloison roles` lists the right that the call takes."""
    assert RIGHT in rights()


def test_what_az_prints_is_read_as_it_is(tmp_path: Path) -> None:
    """The list beside an export; a body without properties is whole, so a plan can be made of both."""
    export, log = tmp_path / "export.json", tmp_path / "log.json"
    azure = Emulator(subscriptions=(SUBSCRIPTION,))
    plant(azure.world, snapshot(REFERENCES["peered"]()))
    export.write_text(saved(azure.world), encoding="utf-8")
    log.write_text(json.dumps([ENTRY]), encoding="utf-8")

    found = read([str(export), str(log)], ReadOptions())

    assert ("broken", "error") == verdict(found)
    assert ["DELETE", "PUT"] == [one.request.method for one in mending(found, RecoverOptions()).steps]


def test_nobodys_name_is_kept_of_a_live_log(tmp_path: Path) -> None:
    """Callers and claims are neither asked for nor kept."""
    found, _ = restarted(tmp_path)

    (one, *_) = found.of(EVENTS)
    body = one.body.value
    assert isinstance(body, dict)
    assert {"id", "eventDataId", "eventTimestamp", "operationName", "resourceId", "status"} == set(body)


def test_the_emulator_lists_what_a_filter_asks_for() -> None:
    """By time and resource; a filter without a time is refused, as Azure does."""
    azure = Restarted(Wanted(endpoints=0))
    at = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Insights/eventtypes/management/values"

    def listed(text: str) -> tuple[int, int]:
        answer = ask(azure.emulator, "GET", f"{at}?api-version=2015-04-01&$filter={text}")
        return answer.status, len(answer.body.get("value", ()))

    since = "eventTimestamp ge '2026-01-01T00:00:00Z'"
    assert (200, 2) == listed(since)
    assert (200, 2) == listed(f"{since} and resourceUri eq '{CLUSTER.upper()}'")
    assert (200, 0) == listed(f"{since} and resourceUri eq '{CLUSTER}-other'")
    assert (200, 0) == listed("eventTimestamp ge '2030-01-01T00:00:00Z'")
    assert (200, 0) == listed("eventTimestamp ge '2020-01-01' and eventTimestamp le '2020-02-01'")
    assert (400, 0) == listed(f"resourceUri eq '{CLUSTER}'")


def test_times_are_read_as_azure_writes_them() -> None:
    """With seven digits, with a zone, without one; other texts are no times."""
    assert moment("2026-02-03T10:15:00.1234567Z") == moment("2026-02-03T11:15:00.123456+01:00")
    assert moment("2026-02-03T10:15:00") == moment("2026-02-03T10:15Z")
    assert moment("yesterday") is None
    assert moment("") is None
