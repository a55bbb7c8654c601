"""The article's table, filled in for one environment: who is reached by which kind of address.

Source: Microsoft Learn, "Secure an Azure Kubernetes Service inferencing environment", table of scenarios,
checked 2026-01-05.
"""

from __future__ import annotations

from cloison.arm.ids import ResourceId
from cloison.check.document import Scenario, ScenarioRow, ScenarioWord, ServiceWord
from cloison.model.facts import Known, Unknown
from cloison.model.verdict import PathVerdict
from cloison.reach.walk import WORST_FIRST
from cloison.requirements.case import Case

ACCESS = {
    PathVerdict.PRIVATE: "private IP (private endpoint)",
    PathVerdict.SERVICE_ENDPOINT: "public IP (service endpoint)",
    PathVerdict.PUBLIC: "public IP",
    PathVerdict.BLOCKED: "blocked",
    PathVerdict.UNKNOWN: "unknown",
}
TITLES = {
    "no-virtual-network": "no virtual network: everything is reached by public addresses",
    "public-workspace": "public workspace, all other resources in a virtual network",
    "all-private": "private workspace, all other resources in a virtual network",
    "mixed": "mixed: matches no row of the article's table",
    "unknown": "unknown: what decides it is not in the input",
}
OWN_NETWORK = (PathVerdict.PRIVATE, PathVerdict.SERVICE_ENDPOINT)


def classify(case: Case) -> Scenario:
    """Which row of the table the environment is, with one line for each of its resources."""
    environment = case.environment
    named: tuple[tuple[ServiceWord, ResourceId | None], ...] = (
        ("workspace", environment.workspace),
        ("storage", environment.storage),
        ("key vault", environment.vault),
        ("container registry", environment.registry),
    )
    verdicts = {what: _worst(case, id) for what, id in named}
    rows = [
        ScenarioRow(what=what, resource=id.text if id is not None else None, access=ACCESS[verdicts[what]])
        for what, id in named
    ]
    rows.append(ScenarioRow(what="cluster", resource=environment.cluster.text, access=_cluster(case)))
    id = _row(verdicts.pop("workspace"), list(verdicts.values()))
    return Scenario(id=id, title=TITLES[id], rows=tuple(rows))


def _worst(case: Case, id: ResourceId | None) -> PathVerdict:
    """The worst verdict of the names that pods always need from one service."""
    found = [one.verdict for one in case.paths if one.resource == id and one.needed]
    return min(found, key=WORST_FIRST.index, default=PathVerdict.UNKNOWN)


def _row(workspace: PathVerdict, others: list[PathVerdict]) -> ScenarioWord:
    if workspace is PathVerdict.PRIVATE and all(one in OWN_NETWORK for one in others):
        return "all-private"
    if workspace is PathVerdict.PUBLIC and all(one in OWN_NETWORK for one in others):
        return "public-workspace"
    if workspace is PathVerdict.PUBLIC and all(one is PathVerdict.PUBLIC for one in others):
        return "no-virtual-network"
    if PathVerdict.UNKNOWN in (workspace, *others):
        return "unknown"
    return "mixed"


def _cluster(case: Case) -> str:
    cluster = case.cluster
    if isinstance(cluster.is_private, Unknown):
        return "unknown"
    if cluster.is_private.value:
        return "private IP (private cluster)"
    subnets = [pool.node_subnet for pool in cluster.pools]
    if any(isinstance(fact, Known) and fact.value is not None for fact in subnets):
        return "private IP (own virtual network), public API server"
    return "private IP (network of the cluster's own), public API server"
