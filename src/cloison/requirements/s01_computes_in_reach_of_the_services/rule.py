"""S01: the workspace's own computes are secured by the cluster's network or one peered with it, like its services.

Of the services, other requirements speak one by one; this one speaks of computes that Azure makes: clusters and
instances, on which images are built. It asks the letter, which network, and the fact, whether the services are
reached from there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cloison.arm.ids import ResourceId
from cloison.kinds.ml_compute.facts import MlCompute
from cloison.kinds.ml_compute.facts import facts as compute_facts
from cloison.kinds.ml_workspace.facts import MlWorkspace
from cloison.kinds.ml_workspace.facts import facts as workspace_facts
from cloison.model.facts import Cite, Known, NotKnown, Unknown
from cloison.model.network import Cluster, Pool, SourceMode
from cloison.model.snapshot import Resource
from cloison.model.verdict import Finding, Fix, Outcome, Path, PathVerdict, Severity
from cloison.reach import peerings, walk
from cloison.requirements import Requirement, fixes, say
from cloison.requirements.case import Case
from cloison.requirements.resolving import best_zone, linked

ID = "S01"
COMPUTES = "Microsoft.MachineLearningServices/workspaces/computes"
MADE_BY_AZURE = ("amlcompute", "computeinstance")
UNMANAGED = "disabled"


def subjects(case: Case) -> Iterable[ResourceId]:
    """Computes that Azure makes for the workspace; the workspace where it names one that was not read, or has none."""
    workspace = case.environment.workspace
    if workspace is None:
        return []
    computes = [one.id for one in _computes(case, workspace)]
    builder = say.told(workspace_facts(case.resource(workspace)).image_build_compute) or ""
    return computes if computes and _is_read(case, workspace, builder) else [workspace, *computes]


def decide(case: Case, subject: ResourceId) -> Iterable[Finding]:
    """By the compute's network and by what is reached from its subnet."""
    if subject == case.environment.workspace:
        yield _of_workspace(case, subject)
        return
    compute = compute_facts(case.resource(subject))
    if compute.type.value not in MADE_BY_AZURE:
        return
    subnet = compute.subnet.value
    if subnet is None:
        yield _without_network(case, subject, compute)
    elif subnet in [one.id for one in case.pool_subnets]:
        message = f"{subject.name} stands in {subnet.parent.name}/{subnet.name}, beside the cluster's nodes"
        yield say.met(ID, subject, message, *say.cites(compute.subnet))
    else:
        yield _in_network(case, subject, compute, subnet)


def _all(case: Case, workspace: ResourceId) -> list[Resource]:
    return [one for one in case.of(COMPUTES) if one.id.parent == workspace]


def _is_read(case: Case, workspace: ResourceId, builder: str) -> bool:
    """Whether the compute that builds images was read, if one is named."""
    return builder == "" or builder.lower() in [one.id.name.lower() for one in _all(case, workspace)]


def _computes(case: Case, workspace: ResourceId) -> list[Resource]:
    """Those that Azure makes, or may make."""
    found = _all(case, workspace)
    return [one for one in found if (say.told(compute_facts(one).type) or MADE_BY_AZURE[0]) in MADE_BY_AZURE]


def _of_workspace(case: Case, workspace: ResourceId) -> Finding:
    own = workspace_facts(case.resource(workspace))
    builder = own.image_build_compute.value
    if _is_read(case, workspace, builder):
        message = (
            f"{workspace.name} has no compute in the input that Azure makes; of its services, S02 speaks"
        )
        return say.not_applicable(ID, workspace, message)
    if _owner(case, own).isolation.value != UNMANAGED:
        return _managed(case, workspace, builder, own)
    message = f"{workspace.name} builds its images on compute {builder}, which is not in the input"
    ask = f"add what this prints: az ml compute show -g {workspace.resource_group} -w {workspace.name} -n {builder}"
    return say.unknown(ID, workspace, message, ask=ask, cites=say.cites(own.image_build_compute))


def _managed(case: Case, subject: ResourceId, compute: str, own: MlWorkspace) -> Finding:
    isolation = _owner(case, own).isolation
    message = (
        f"{compute} stands in the network that Microsoft manages for the workspace, with endpoints of its own"
    )
    return say.met(ID, subject, message, *say.cites(isolation))


def _owner(case: Case, own: MlWorkspace) -> MlWorkspace:
    """Whose network settings hold: a project's are its hub's. Raises NotKnown."""
    hub = own.hub.value
    return workspace_facts(case.resource(hub)) if hub is not None else own


def _without_network(case: Case, subject: ResourceId, compute: MlCompute) -> Finding:
    own = workspace_facts(case.resource(compute.workspace))
    if _owner(case, own).isolation.value != UNMANAGED:
        return _managed(case, subject, subject.name, own)
    shut = _shut(case)
    message = f"{subject.name} stands in no network of yours, so it comes to the services by public addresses"
    message += f", which {', '.join(shut)} refuse" if shut else ": without effect while they let everybody in"
    severity = Severity.ERROR if shut else Severity.NOTE
    cites = say.cites(compute.subnet)
    return say.broken(ID, subject, message, *cites, severity=severity, fixes=[_again(case, subject)])


def _shut(case: Case) -> list[str]:
    """Names of services that do not let everybody in, or may not."""
    found = {
        door.id.name
        for id in case.services
        for door in case.doors(id)
        if not (say.told(door.admission.public) is True and say.told(door.admission.open_to_all) is True)
    }
    return sorted(found)


def _in_network(case: Case, subject: ResourceId, compute: MlCompute, subnet: ResourceId) -> Finding:
    network, cites = subnet.parent, say.cites(compute.subnet)
    if subnet not in case.fabric.subnets:
        why = f"{network.name}/{subnet.name}, where {subject.name} stands, is not in the input"
        raise NotKnown(Unknown(why, f"add {network.text} with its peerings", *cites))
    where, near = _place(case, subnet)
    paths = [path for path in _paths(case, subject, compute, subnet) if path.needed]
    bad = [path for path in paths if path.verdict in (PathVerdict.BLOCKED, PathVerdict.PUBLIC)]
    if bad:
        names = ", ".join(dict.fromkeys(path.resource.name for path in bad))
        message = f"{subject.name} stands in {network.name}, {where}, and does not reach {names} privately"
        steps = dict.fromkeys(step for path in bad for step in path.obstacles or path.steps)
        mends = [] if near else fixes.peer_both(case.fabric, case.networks[0], network)
        mends += _reaching(case, network, bad)
        return say.broken(
            ID,
            subject,
            message,
            *cites,
            severity=Severity.WARNING if near else Severity.ERROR,
            evidence=tuple(steps),
            fixes=[*mends, _again(case, subject)],
        )
    for path in paths:
        if path.verdict is PathVerdict.UNKNOWN:
            doubt = next(step for step in path.steps if step.outcome is Outcome.UNKNOWN)
            cite = doubt.cites[0] if doubt.cites else None
            raise NotKnown(Unknown(f"{path.host} from {subject.name}: {doubt.text}", doubt.ask, cite))
    message = f"{subject.name} stands in {network.name}, {where}"
    message += ", and reaches every service" if near else ": against the letter, but it reaches every service"
    return say.met(ID, subject, message, *cites)


def _reaching(case: Case, network: ResourceId, bad: list[Path]) -> Iterator[Fix]:
    """What lets a network that asks Azure's DNS hear of the services' endpoints, and reach them."""
    facet = case.fabric.networks.get(network)
    if facet is not None and isinstance(facet.dns_servers, Known) and not facet.dns_servers.value:
        hosts = [case.fabric.host_doors[path.host][1] for path in bad if path.host in case.fabric.host_doors]
        for name in dict.fromkeys(host.zone for host in hosts):
            zone = best_zone(case, name)
            if zone is not None and linked(case, zone, network) is None:
                yield fixes.link_zone(zone, network)
    ends = [case.fabric.endpoints[path.endpoint] for path in bad if path.endpoint in case.fabric.endpoints]
    for home in dict.fromkeys(case.network_of(end) for end in ends):
        if home not in (None, network):
            yield from fixes.peer_both(case.fabric, network, home)


def _place(case: Case, subnet: ResourceId) -> tuple[str, bool]:
    """Where a subnet lies as the cluster sees it, in words, and whether the letter allows that. Raises NotKnown."""
    if not case.networks:
        raise NotKnown(
            Unknown("the network of the cluster is not known", f"add the network of {case.cluster.id.text}")
        )
    network, home = subnet.parent, case.networks[0]
    if network == home:
        return "the cluster's own network", True
    near = next((one for one in case.pool_subnets if one.network == home), None)
    steps = peerings.status(case.fabric, home, network, near, case.fabric.subnets.get(subnet))
    if not steps:
        return f"which is neither {home.name} nor peered with it", False
    if any(step.outcome is Outcome.STOP for step in steps):
        return f"whose peering with {home.name} carries nothing", False
    return f"which is peered with {home.name}", True


def _paths(case: Case, subject: ResourceId, compute: MlCompute, subnet: ResourceId) -> list[Path]:
    """How each name of the services is reached from the compute's subnet, as if it were a pool without pods' ranges."""
    cite = Cite(subject, "/properties/properties/subnet/id")
    unknown = Unknown(f"how {subject.name} goes out is not in ARM", "see the routes of its subnet", cite)
    pool = Pool(
        name=subject.name,
        cluster=subject,
        node_subnet=Known(subnet, cite),
        pod_subnet=Known(None, cite),
        source_mode=Known(SourceMode.NODE, cite),
        security_groups=Known((), cite),
    )
    machines = Cluster(
        id=subject,
        location=case.cluster.location,
        pools=(pool,),
        pools_known=Known(True, cite),
        node_resource_group=Known(None, cite),
        is_private=Known(False, cite),
        service_prefixes=Known((), cite),
        pod_prefixes=Known((), cite),
        outbound=unknown,
    )
    return walk.paths(case.fabric, machines, case.services)


def _again(case: Case, compute: ResourceId) -> Fix:
    home = case.networks[0].name if case.networks else "the cluster's network"
    return fixes.by_hand(
        compute,
        f"Make {compute.name} again in a subnet of {home}, or of a network peered with it",
        "the subnet of a compute cannot be changed",
    )


REQUIREMENT = Requirement(
    id=ID,
    title="Computes of the workspace stand in the cluster's network or a peered one, and reach its services",
    subjects=subjects,
    decide=decide,
)
