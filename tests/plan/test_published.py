"""The published reference template, as far as Cloison goes: deployed, read live, planned, mended, and read again.

Its parameter file leaves names and a password open, and its subnet for Azure Bastion is a /27 by default, which Azure
takes no longer; what is given here stands for those. Where the corpora are not there, these tests are skipped.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cloison.check.document import Report
from cloison.check.run import run
from cloison.emulator import Emulator
from cloison.emulator.server import Server, in_background
from cloison.emulator.store import load
from cloison.model.errors import CloisonError
from cloison.model.snapshot import Snapshot
from cloison.plan.document import PlanDocument
from cloison.plan.make import make
from cloison.sources import ReadOptions, read
from tests.behaviour.recordings import CORPORA
from tests.plan.environments import offences, promised, weighty
from tests.plan_exports.sending import carry_out
from tests.reference import SUBSCRIPTION

TEMPLATE = (
    CORPORA
    / "templates/Azure__azure-quickstart-templates/quickstarts/microsoft.machinelearningservices"
    / "machine-learning-end-to-end-secure/azuredeploy.json"
)
GIVEN = {
    "prefix": "mlsec",
    "dsvmJumpboxUsername": "azureuser",
    "dsvmJumpboxPassword": "never-used-anywhere-1A",
    "azureBastionSubnetPrefix": "192.168.250.0/26",
}
OPTIONS = ReadOptions(
    set=GIVEN, subscription=SUBSCRIPTION, resource_group="rg-published", location="westeurope"
)
ONLY_DEPLOYED = {
    "D06": "a file holds no records and no addresses, so nothing says which address a record has",
    "D13": "a file holds no records",
    "S14": "a file shows that workspace and cluster are made together, a live reading what is there",
    "S22": "AKS makes its own endpoint when the cluster is made",
    "S23": "a cluster that is not there was never restarted",
    "S24": "AKS makes its own endpoint when the cluster is made",
}
"""Requirements that a file and what was deployed from it may answer otherwise, as `met`, as not applicable or, where
it is advice, as unknown; and why."""

pytestmark = pytest.mark.skipif(not TEMPLATE.exists(), reason=f"{TEMPLATE} is not here; set CLOISON_CORPORA")


@contextmanager
def deployed(folder: Path) -> Iterator[tuple[Emulator, Server]]:
    """The template on an emulator that answers over HTTPS."""
    emulator = Emulator(subscriptions=(SUBSCRIPTION,))
    load(emulator.world, [str(TEMPLATE)], OPTIONS)
    with in_background(emulator, folder=folder) as server:
        yield emulator, server


def live(server: Server) -> Snapshot:
    return read([f"azure:{SUBSCRIPTION}"], ReadOptions(endpoint=server.url, ca=str(server.authority.file)))


def verdicts(report: Report) -> Counter[tuple[str, str, str, str]]:
    """How requirements stand, advice too."""
    return Counter(
        (one.id, one.subject.lower(), one.verdict, one.severity)
        for environment in report.environments
        for one in environment.requirements
    )


def paths(report: Report) -> dict[tuple[str, str], str]:
    """How pods reach names, GUIDs of the workspace aside: a file has none."""
    return {
        (one.pool, one.service + one.host.partition(".")[2]): one.verdict
        for environment in report.environments
        for one in environment.paths
        if one.service != "workspace"
    }


def planned(server: Server) -> PlanDocument:
    return make(live(server))


def test_what_is_deployed_stands_as_its_file_said(tmp_path: Path) -> None:
    """The check of the file and of what was read live agree in all that weighs; where they differ, neither is wrong."""
    of_file = run(read([str(TEMPLATE)], OPTIONS))
    with deployed(tmp_path) as (_, server):
        of_live = run(live(server))

    assert ((), ()) == (of_file.gaps, of_live.gaps)
    assert weighty(of_file) == weighty(of_live)
    assert paths(of_file) == paths(of_live)
    before, after = verdicts(of_file), verdicts(of_live)
    for id, subject, verdict, severity in {*(before - after), *(after - before)}:
        assert (id, "note") == (id if id in ONLY_DEPLOYED else "", severity), subject
        assert "broken" != verdict


def test_what_is_deployed_is_mended_but_for_what_has_to_be_deployed_anew(tmp_path: Path) -> None:
    """Planned, sent and read again: all is met but for computes of the older kind, and a second plan is empty."""
    with deployed(tmp_path) as (emulator, server):
        read_ = live(server)
        plan = make(read_)
        carry_out(emulator, plan)
        end = run(live(server))
        second = planned(server)

    assert plan.proof.proven
    assert [] == offences(read_, plan)
    assert {"S04", "D03", "S07", "S24"} <= {
        one.requirement for each in plan.environments for one in each.stands
    }
    assert {("S24", "broken")} == {(id, verdict) for id, _, verdict in weighty(end)}
    assert promised(plan) == end.verdict
    ((left, options),) = [(one.kind, [option.summary for option in one.options]) for one in plan.left]
    assert "manual" == left
    assert any("attach it as Kubernetes" in one for one in options)
    assert ((), plan.left) == (second.steps, second.left)


def test_the_template_as_published_is_refused_for_its_bastion() -> None:
    """With its own default the template does not deploy, as it would not on Azure: Bastion takes a /26 or larger."""
    bare = {name: value for name, value in GIVEN.items() if name != "azureBastionSubnetPrefix"}
    with pytest.raises(CloisonError) as refused:
        load(
            Emulator(subscriptions=(SUBSCRIPTION,)).world,
            [str(TEMPLATE)],
            ReadOptions(
                set=bare, subscription=SUBSCRIPTION, resource_group="rg-published", location="westeurope"
            ),
        )

    assert "AzureBastionSubnetTooSmall" in str(refused.value.because)
