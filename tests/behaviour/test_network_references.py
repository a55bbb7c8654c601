"""The healthy environments, made by requests: the control plane's state is judged like their snapshots."""

from __future__ import annotations

import re

import pytest

from cloison.arm.ids import ResourceId
from cloison.check.document import Report
from cloison.check.run import run
from cloison.controlplane import Seeded
from cloison.controlplane import run as send
from cloison.model.behaviour import Request
from tests.behaviour.deployed import deployed
from tests.reference import GROUP, NODES, REFERENCES, WORKSPACE_GUID, snapshot

_GUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_ACCOUNT = "/subscriptions/00000000-0000-0000-0000-000000000001/"
OF_THE_NODES = {"S22", "D14"}
"""Requirements that look at what Azure makes for a private cluster: only a deployed one has it."""


def verdicts(report: Report) -> dict[tuple[str, str], list[str]]:
    """Verdicts by requirement and subject; GUIDs that Azure chose stand as such."""
    found: dict[tuple[str, str], list[str]] = {}
    for environment in report.environments:
        for one in environment.requirements:
            subject = _GUID.sub(
                "{guid}", one.subject.lower().replace(_ACCOUNT, "/").replace(WORKSPACE_GUID, "{guid}")
            )
            found.setdefault((one.id, subject), []).append(one.verdict)
    return {key: sorted(listed) for key, listed in found.items()}


@pytest.mark.parametrize("name", REFERENCES)
def test_deployed_and_described_environments_get_the_same_verdicts(name: str) -> None:
    """An environment gets the same verdicts whether it is described or made by requests."""
    bodies = REFERENCES[name]()
    described = verdicts(run(snapshot(bodies)))
    made = verdicts(run(deployed(bodies).snapshot(name)))
    differing = {
        key: (described.get(key), made.get(key))
        for key in {*described, *made}
        if described.get(key) != made.get(key) and key[0] not in OF_THE_NODES
    }
    assert {} == differing


@pytest.mark.parametrize("name", REFERENCES)
def test_what_azure_makes_for_the_nodes_breaks_nothing(name: str) -> None:
    """What Azure makes by itself for a private cluster is found in order."""
    report = run(deployed(REFERENCES[name]()).snapshot(name))
    of_nodes = [
        one.verdict
        for environment in report.environments
        for one in environment.requirements
        if one.id in OF_THE_NODES or NODES.lower() in one.subject.lower()
    ]
    assert {"met", "not-applicable"} >= set(of_nodes)
    assert "met" == report.verdict


@pytest.mark.parametrize("name", REFERENCES)
def test_a_group_goes_with_all_that_is_in_it(name: str) -> None:
    """A group can be deleted whatever holds what in it; only what can be recovered keeps its name."""
    azure = deployed(REFERENCES[name]())
    before = [(id, azure.get(id)) for id in azure]
    outcome = send(azure, Request(method="DELETE", id=ResourceId(GROUP)), Seeded("all"))
    assert [] == [id for id in azure if "/locations/" not in id]
    azure.take_back(outcome.undo)
    assert before == [(id, azure.get(id)) for id in azure]


@pytest.mark.parametrize("name", REFERENCES)
def test_paths_of_pods_are_the_same(name: str) -> None:
    """Each pod reaches each service on the same kind of path, whether described or made by requests."""
    bodies = REFERENCES[name]()
    of_described, of_made = (
        {
            (path.pool, path.service, path.subresource, path.ports): path.verdict
            for environment in report.environments
            for path in environment.paths
        }
        for report in (run(snapshot(bodies)), run(deployed(bodies).snapshot(name)))
    )
    assert of_described == of_made
    assert of_described
