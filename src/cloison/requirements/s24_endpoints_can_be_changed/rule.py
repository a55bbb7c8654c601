"""S24: online endpoints and deployments on the cluster can be created, changed and deleted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from cloison.arm.ids import ResourceId
from cloison.kinds._index import children
from cloison.kinds.ml_compute.facts import facts as compute_facts
from cloison.kinds.ml_online_deployment.facts import facts as deployment_facts
from cloison.kinds.ml_online_endpoint.facts import facts as endpoint_facts
from cloison.model.facts import Fact, NotKnown, Unknown
from cloison.model.snapshot import Resource
from cloison.model.verdict import Finding, Fix, Safety, Severity
from cloison.requirements import Requirement, fixes, restart, say
from cloison.requirements.case import Case

ID = "S24"
ENDPOINTS = "microsoft.machinelearningservices/workspaces/onlineendpoints"
DEPLOYMENTS = f"{ENDPOINTS}/deployments"
LEGACY = "aks"
GIVEN_UP = ("failed", "canceled")
MOVING = ("starting", "stopping", "deleting", "creating")
"""States of a cluster in which its API server may not answer; during the others it does."""


def subjects(case: Case) -> Iterable[ResourceId]:
    """The cluster, computes on it, and online endpoints on those with their deployments."""
    endpoints = _endpoints(case)
    held = children(case.snapshot, DEPLOYMENTS)
    deployments = [one.id for endpoint in endpoints for one in held.get(endpoint, ())]
    return [case.environment.cluster, *restart.computes(case), *endpoints, *deployments]


def decide(case: Case, subject: ResourceId) -> Iterable[Finding]:
    """Each by what Azure says of its state; nothing that is only planned has failed yet."""
    resource = case.resource(subject)
    if resource.type in _READERS:
        yield from _served(resource, _READERS[resource.type](resource))
    elif subject == case.environment.cluster:
        yield from _cluster(case, resource)
    else:
        yield from _compute(resource)


def _cluster(case: Case, resource: Resource) -> Iterator[Finding]:
    own = restart.cluster(case)
    power, state = own.power.value, own.state.value
    if state in MOVING:
        raise NotKnown(Unknown(f"{resource.name} is {state.capitalize()}", "wait until it has Succeeded"))
    if power == restart.STOPPED:
        message = f"{resource.name} is stopped, so nothing on it can be created, changed or deleted"
        yield say.broken(ID, resource.id, message, *say.cites(own.power), fixes=[_start(resource.id)])
    elif state in GIVEN_UP:
        message = f"the last operation on {resource.name} {state}"
        mends = [_try_again(resource.id)]
        cites = say.cites(own.state)
        yield say.broken(ID, resource.id, message, *cites, severity=Severity.WARNING, fixes=mends)
    elif power is None:
        yield say.not_applicable(ID, resource.id, f"{resource.name} is not deployed yet")
    else:
        yield say.met(ID, resource.id, f"{resource.name} is running", *say.cites(own.power))


def _compute(resource: Resource) -> Iterator[Finding]:
    type = compute_facts(resource).type
    if type.value != LEGACY:
        message = f"{resource.name} is of the kind on which online endpoints can be created"
        yield say.met(ID, resource.id, message, *say.cites(type))
        return
    message = f"{resource.name} is of the older kind AKS, on which no online endpoint can be created any more"
    summary = (
        f"Install the azureml extension on the cluster and attach it as Kubernetes instead of {resource.name}"
    )
    mends = [fixes.by_hand(resource.id, summary, "services of the older kind have to be deployed anew")]
    yield say.broken(ID, resource.id, message, *say.cites(type), fixes=mends)


def _served(resource: Resource, state: Fact[str | None]) -> Iterator[Finding]:
    if state.value in GIVEN_UP:
        message = f"{resource.name} says {state.value.capitalize()}: its last change did not come through"
        summary = f"Deploy {resource.name} again once cluster and compute work"
        mends = [fixes.by_hand(resource.id, summary, "its error code tells the cause: cloison explain S24")]
        yield say.broken(ID, resource.id, message, *say.cites(state), fixes=mends)
    elif state.value == "succeeded":
        yield say.met(ID, resource.id, f"{resource.name} says Succeeded", *say.cites(state))
    else:
        now = (state.value or "without a state").capitalize()
        raise NotKnown(Unknown(f"{resource.name} is still {now}", "wait until it has Succeeded"))


def _endpoints(case: Case) -> list[ResourceId]:
    """Deployed online endpoints of the workspace on computes of the cluster. Raises NotKnown."""
    computes, workspace = restart.computes(case), case.environment.workspace
    found = []
    for resource in children(case.snapshot, ENDPOINTS).get(workspace, ()) if workspace is not None else ():
        if not resource.planned and endpoint_facts(resource).compute.value in computes:
            found.append(resource.id)
    return found


def _start(cluster: ResourceId) -> Fix:
    return Fix(
        action="post",
        target=f"{cluster.text}/start",
        summary=f"Start {cluster.name}",
        safety=Safety.ASKS,
        why="it costs again, and endpoints and computes are to be made again afterwards; "
        "wait half an hour after a stop before a start",
    )


def _try_again(cluster: ResourceId) -> Fix:
    """The cluster is sent as it is, as `az aks update` without options does."""
    return Fix(
        action="update",
        target=cluster.text,
        summary=f"Let AKS try again, as az aks update -g {cluster.resource_group} -n {cluster.name} does",
        safety=Safety.ASKS,
        why="nodes may be renewed on the way; what failed is in its activity log",
    )


_READERS: dict[str, Callable[[Resource], Fact[str | None]]] = {
    ENDPOINTS: lambda resource: endpoint_facts(resource).state,
    DEPLOYMENTS: lambda resource: deployment_facts(resource).state,
}

REQUIREMENT = Requirement(
    id=ID,
    title="Online endpoints and deployments on the cluster can be created, changed and deleted",
    subjects=subjects,
    decide=decide,
)
