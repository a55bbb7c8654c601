"""S25: what the other articles of the series ask of an inference environment.

The article ends with a list of others. Where they repeat it, other requirements speak; what is left is the scoring
router, the way out, telemetry, public doors beside private ones, and the older generation of the API. What decides
nothing about private paths is a warning at most, and what cannot be told of it a note.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from cloison.arm.ids import ResourceId
from cloison.kinds._index import children
from cloison.kinds.app_insights.facts import facts as insights_facts
from cloison.kinds.kubernetes_extension.facts import KubernetesExtension, is_machine_learning
from cloison.kinds.kubernetes_extension.facts import facts as extension_facts
from cloison.kinds.ml_workspace.facts import facts as workspace_facts
from cloison.model.facts import Fact, Known, Unknown
from cloison.model.network import Appliance, Route
from cloison.model.snapshot import Resource
from cloison.model.verdict import Finding, Fix, PathVerdict, Safety, Severity
from cloison.reach.fabric import known
from cloison.requirements import Requirement, fixes, say
from cloison.requirements.case import Case
from cloison.requirements.placing import new_endpoints
from cloison.requirements.waysin import into

ID = "S25"
INSIGHTS = "microsoft.insights/components"
EXTENSIONS = "microsoft.kubernetesconfiguration/extensions"
OWN_ROUTES = "userdefinedrouting"
ANYWHERE = "0.0.0.0/0"


def subjects(case: Case) -> Iterable[ResourceId]:
    """The cluster, its azureml extension, the workspace's services and its Application Insights, those read."""
    environment = case.environment
    extensions = [
        one.id
        for one in children(case.snapshot, EXTENSIONS).get(environment.cluster, ())
        if say.told(is_machine_learning(one)) is not False
    ]
    telemetry = [environment.insights] if environment.insights in case.snapshot.resources else []
    return [environment.cluster, *extensions, *case.services, *(id for id in telemetry if id is not None)]


def decide(case: Case, subject: ResourceId) -> Iterable[Finding]:
    """Each by its own article."""
    resource = case.resource(subject)
    if subject == case.environment.cluster:
        yield from _way_out(case, subject)
    elif resource.type == EXTENSIONS:
        yield from _router(resource)
    elif resource.type == INSIGHTS:
        yield from _telemetry(resource)
    else:
        if subject == case.environment.workspace:
            yield from _generation(resource)
        yield from _public_door(case, subject)


def _doubt(subject: ResourceId, fact: Unknown) -> Finding:
    cites = (fact.cite,) if fact.cite is not None else ()
    return say.unknown(ID, subject, fact.why, ask=fact.ask, cites=cites, severity=Severity.NOTE)


# --- the way out: "Use a firewall", and AKS's own page on outbound types -------------------------------


def _way_out(case: Case, cluster: ResourceId) -> Iterator[Finding]:
    """With outboundType userDefinedRouting, no pool's route for everything else may end at the Internet."""
    outbound = case.cluster.outbound
    if isinstance(outbound, Unknown):
        yield _doubt(cluster, outbound)
        return
    if outbound.value != OWN_ROUTES:
        message = f"{cluster.name} goes out as Azure arranges it, not by routes of its own"
        yield say.met(ID, cluster, message, *say.cites(outbound))
        return
    found = list(_ends_at_the_internet(case, cluster))
    yield from found
    if not found:
        message = f"no route of {cluster.name} for {ANYWHERE} ends at the Internet"
        yield say.met(ID, cluster, message, *say.cites(outbound))


def _ends_at_the_internet(case: Case, cluster: ResourceId) -> Iterator[Finding]:
    for subnet in case.pool_subnets:
        table = known(subnet.routes)
        routes = case.fabric.routes_of.get(table, []) if table is not None else []
        default = next((route for route in routes if say.told(route.prefix) == ANYWHERE), None)
        if default is not None and say.told(default.hop) == "internet":
            yield _to_the_internet(case, cluster, subnet.id, default)


def _to_the_internet(case: Case, cluster: ResourceId, subnet: ResourceId, route: Route) -> Finding:
    message = (
        f"route {route.name} of subnet {subnet.name} sends {ANYWHERE} to the Internet, which AKS refuses for clusters "
        "that bring their own routes: an appliance or a gateway must come next"
    )
    cites = say.cites(route.hop, route.prefix)
    mends = [_through_the_firewall(case, route, subnet.parent)]
    return say.broken(ID, cluster, message, *cites, severity=Severity.WARNING, fixes=mends)


def _through_the_firewall(case: Case, route: Route, network: ResourceId) -> Fix:
    """The route leads to the only firewall in reach; which one, where there are several or none, is a choice."""
    near = {network, *(known(side.remote) for side in case.fabric.peerings_of.get(network, ()))}
    found = [
        (one, address)
        for one in case.fabric.all(Appliance)
        if known(one.network) in near
        for address in say.told(one.addresses) or ()
    ]
    if len(found) != 1:
        return fixes.by_hand(
            route.table, f"Send {ANYWHERE} to a firewall", "it has to exist and to let the cluster out"
        )
    firewall, address = found[0]
    return Fix(
        action="update",
        target=route.id.text,
        summary=f"Send {ANYWHERE} of route {route.name} to firewall {firewall.id.name}",
        safety=Safety.ASKS,
        why="from then on it decides what leaves: what it does not let out stops",
        pointer="/properties/nextHopType",
        body={"properties": {"nextHopType": "VirtualAppliance", "nextHopIpAddress": address}},
    )


# --- the scoring router: "Secure online endpoints", "Deploy the extension" ----------------------------


def _router(resource: Resource) -> Iterator[Finding]:
    own, id = extension_facts(resource), resource.id
    if say.told(own.inference) is False:
        message = f"{id.name} serves no models, so it has no router"
        yield say.not_applicable(ID, id, message, *say.cites(own.inference))
        return
    found = list(_router_faults(own, id))
    yield from found
    if not found:
        message = f"{id.name} answers scoring requests over HTTPS, at no public address"
        yield say.met(ID, id, message, *say.cites(own.insecure_connections, own.router_service))


def _router_faults(own: KubernetesExtension, id: ResourceId) -> Iterator[Finding]:
    for fact in (own.insecure_connections, own.router_service, own.internal_load_balancer):
        if isinstance(fact, Unknown):
            yield _doubt(id, fact)
    if say.told(own.insecure_connections):
        message = f"{id.name} answers scoring requests over HTTP: allowInsecureConnections is on"
        fix = fixes.by_hand(
            id, "Give the router a certificate and a name (sslSecret, sslCname)", "clients change too"
        )
        cites = say.cites(own.insecure_connections)
        yield say.broken(ID, id, message, *cites, severity=Severity.WARNING, fixes=[fix])
    if say.told(own.router_service) == "loadbalancer" and say.told(own.internal_load_balancer) is False:
        message = (
            f"{id.name} publishes the scoring router at a public address: its load balancer is not internal"
        )
        fix = fixes.set_property(
            id,
            "/properties/configurationSettings/internalLoadBalancerProvider",
            "azure",
            f"Give the scoring router of {id.name} an internal load balancer (internalLoadBalancerProvider)",
            Safety.ASKS,
            "its address changes: whoever scores by the public one is refused, and names of endpoints have to follow",
        )
        cites = say.cites(own.router_service, own.internal_load_balancer)
        yield say.broken(ID, id, message, *cites, severity=Severity.WARNING, fixes=[fix])


# --- telemetry: "Secure the workspace", on Azure Monitor private link scopes --------------------------


def _telemetry(resource: Resource) -> Iterator[Finding]:
    own, id = insights_facts(resource), resource.id
    if isinstance(own.public_ingestion, Unknown):
        yield _doubt(id, own.public_ingestion)
    elif own.public_ingestion.value:
        message = f"{id.name} takes telemetry at its public address, which the article does not speak of"
        summary = "Make an Azure Monitor private link scope with an endpoint, then disable public ingestion"
        fix = fixes.by_hand(
            id, summary, "one scope serves every network that shares its DNS, so it is a choice"
        )
        cites = say.cites(own.public_ingestion)
        yield say.broken(ID, id, message, *cites, severity=Severity.NOTE, fixes=[fix])
    else:
        message = f"{id.name} takes telemetry through private link scopes only"
        yield say.met(ID, id, message, *say.cites(own.public_ingestion))


# --- public doors beside private ones: "Secure the workspace" ----------------------------------------


def _public_door(case: Case, subject: ResourceId) -> Iterator[Finding]:
    """A note for a service that pods reach privately while everybody else may still come in publicly."""
    needed = [path.verdict for path in case.paths_to(subject) if path.needed]
    door = next(iter(case.doors(subject)), None)
    if door is None or not needed or any(verdict is not PathVerdict.PRIVATE for verdict in needed):
        message = f"pods do not reach {subject.name} privately, so its public address is not judged here"
        yield say.not_applicable(ID, subject, message)
        return
    public, everybody = door.admission.public, door.admission.open_to_all
    for fact in (public, everybody):
        if isinstance(fact, Unknown):
            yield _doubt(subject, fact)
            return
    if public.value and everybody.value:
        message = f"pods reach {subject.name} privately, but it still lets everybody in by its public address"
        cites = say.cites(public, everybody)
        yield say.broken(ID, subject, message, *cites, severity=Severity.NOTE, fixes=_shut(case, subject))
    else:
        message = f"{subject.name} does not let everybody in by its public address"
        yield say.met(ID, subject, message, *say.cites(everybody if public.value else public))


def _shut(case: Case, subject: ResourceId) -> Iterator[Fix]:
    """Endpoints for what pods still reach publicly, then the door; a workspace stays open while people need it."""
    if subject == case.environment.workspace and not _is_entered(case, subject):
        summary = "Make a VPN gateway, an ExpressRoute gateway or a Bastion host, then disable public access"
        why = "without a way into the network nobody reaches the studio any more"
        yield replace(fixes.by_hand(subject, summary, why), closes=True)
        return
    public = (PathVerdict.PUBLIC, PathVerdict.SERVICE_ENDPOINT)
    groups = dict.fromkeys(path.subresource for path in case.paths_to(subject) if path.verdict in public)
    yield from new_endpoints(case, subject, [one for one in groups if not case.endpoints_to(subject, one)])
    shut = fixes.set_property(
        subject,
        "/properties/publicNetworkAccess",
        "Disabled",
        f"Disable public access to {subject.name}",
        Safety.ASKS,
        "whoever comes by the public address today is refused: people without a way in, pipelines, other networks",
    )
    yield replace(shut, closes=True)


def _is_entered(case: Case, workspace: ResourceId) -> bool:
    """Whether people get into a network of the workspace's endpoints. A way that is in doubt is none."""
    homes = {home for one in case.endpoints_to(workspace) if (home := case.network_of(one)) is not None}
    return any(isinstance(way, Known) for home in homes for way in into(case, home))


# --- the older generation: "API platform network isolation" ------------------------------------------


def _generation(resource: Resource) -> Iterator[Finding]:
    legacy: Fact[bool] = workspace_facts(resource).legacy_mode
    if isinstance(legacy, Unknown):
        yield _doubt(resource.id, legacy)
    elif legacy.value:
        message = f"v1LegacyMode of {resource.name} is on, which blocks the API that Kubernetes endpoints are made by"
        fix = fixes.set_property(
            resource.id,
            "/properties/v1LegacyMode",
            False,
            f"Turn v1LegacyMode of {resource.name} off",
            Safety.ASKS,
            "it takes up to an hour, and resource operations then go by public ARM",
        )
        cites = say.cites(legacy)
        yield say.broken(ID, resource.id, message, *cites, severity=Severity.WARNING, fixes=[fix])


REQUIREMENT = Requirement(
    id=ID,
    title="What the other articles of the series ask of an inference environment holds",
    subjects=subjects,
    decide=decide,
)
