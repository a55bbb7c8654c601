"""Computes, datastores and online endpoints of a workspace."""

from __future__ import annotations

from typing import Any

import pytest

from cloison.kinds.ml_compute.facts import facts as compute_of
from cloison.kinds.ml_online_deployment.facts import facts as deployment_of
from cloison.kinds.ml_online_endpoint.facts import facts as endpoint_of
from cloison.model.environment import Attachment, ExtraStorage
from cloison.model.facts import Unknown
from cloison.model.snapshot import Resource
from tests.kinds.azure import ASKED, NODES, facets, id_of, made

SCORES = "Microsoft.MachineLearningServices/workspaces/scores"
CLUSTER = id_of("Microsoft.ContainerService/managedClusters/scorers")


def compute(**properties: Any) -> Resource:
    return made(f"{SCORES}/computes/scorers", properties)


def store(**properties: Any) -> Resource:
    return made(f"{SCORES}/datastores/lake", properties)


@pytest.mark.parametrize("type", ["Kubernetes", "kubernetes", "AKS"])
def test_a_compute_on_a_cluster_attaches_it(type: str) -> None:
    """Both generations do; the case of the type does not count."""
    (found,) = facets(Attachment, compute(computeType=type, resourceId=CLUSTER.text))

    assert CLUSTER == found.cluster.value
    assert id_of(SCORES) == found.workspace


def test_other_computes_attach_nothing() -> None:
    """Machines that Azure makes stand on no cluster."""
    machines = compute(computeType="AmlCompute", properties={"subnet": {"id": NODES}})

    assert [] == facets(Attachment, machines)
    assert NODES.lower() == compute_of(machines).subnet.value


def test_a_compute_of_unknown_type_may_attach() -> None:
    """It is not left out."""
    (found,) = facets(Attachment, compute(computeType=ASKED, resourceId=CLUSTER.text))

    assert CLUSTER == found.cluster.value


def test_a_kubernetes_compute_always_has_a_cluster() -> None:
    """Left out it is a gap; a compute of the older generation may have made its own."""
    assert isinstance(compute_of(compute(computeType="Kubernetes")).cluster, Unknown)
    assert None is compute_of(compute(computeType="AKS")).cluster.value


def test_a_compute_printed_flat_keeps_both_levels_apart() -> None:
    """Its type stands beside the inner properties, the namespace within them."""
    body = {"computeType": "Kubernetes", "resourceId": CLUSTER.text, "provisioningState": "Failed"}
    flat = made(f"{SCORES}/computes/scorers", {"namespace": "scoring"}, body=body, flat=True)
    found = compute_of(flat)

    assert "kubernetes" == found.type.value
    assert "scoring" == found.namespace.value
    assert "failed" == found.state.value


def test_errors_are_told_by_code() -> None:
    """Without any the list is empty."""
    failed = compute(computeType="Kubernetes", provisioningErrors=[{"error": {"code": "SubnetFull"}}])

    assert ("SubnetFull",) == compute_of(failed).errors.value
    assert () == compute_of(compute(computeType="Kubernetes", provisioningErrors=None)).errors.value
    assert "default" == compute_of(compute()).namespace.value


@pytest.mark.parametrize(
    ("type", "expected"),
    [("AzureBlob", ("blob",)), ("AzureFile", ("file",)), ("AzureDataLakeGen2", ("dfs", "blob"))],
)
def test_a_datastore_asks_its_account(type: str, expected: tuple[str, ...]) -> None:
    """At the sub-resources of its type; a data lake at two."""
    (found,) = facets(ExtraStorage, store(datastoreType=type, accountName="ScoreLake"))

    assert expected == found.subresources
    assert "scorelake" == found.account.value


def test_stores_elsewhere_ask_no_account() -> None:
    """OneLake is no storage account; a type that is not known may be one."""
    assert [] == facets(ExtraStorage, store(datastoreType="OneLake"))
    (unsure,) = facets(ExtraStorage, store(datastoreType=ASKED, accountName=ASKED))

    assert isinstance(unsure.account, Unknown)


def test_endpoints_answer_on_a_compute() -> None:
    """Managed ones on none; a deployment belongs to its endpoint."""
    on = id_of(f"{SCORES}/computes/scorers")
    answer = made(f"{SCORES}/onlineEndpoints/answer", {"compute": on.text, "authMode": "Key"})
    managed = made(f"{SCORES}/onlineEndpoints/managed", {}, planned=True)
    blue = made(f"{SCORES}/onlineEndpoints/answer/deployments/blue", {"endpointComputeType": "Kubernetes"})

    assert on == endpoint_of(answer).compute.value
    assert None is endpoint_of(managed).compute.value
    assert None is endpoint_of(managed).state.value
    assert answer.id == deployment_of(blue).endpoint
    assert "kubernetes" == deployment_of(blue).type.value
