"""S15: every private endpoint stands in the cluster's own network, with private DNS integration.

The article's last paragraph is stricter than its list: "same" without "or peered".
"""

from __future__ import annotations

from collections.abc import Iterable

from cloison.arm.ids import ResourceId
from cloison.model.facts import Known
from cloison.model.network import Endpoint
from cloison.model.verdict import Finding, Severity
from cloison.requirements import Requirement, say
from cloison.requirements.case import Case
from cloison.requirements.placing import Place, Placed, cites, in_words, placed, standing
from cloison.requirements.resolving import integrate

ID = "S15"


def subjects(case: Case) -> Iterable[ResourceId]:
    """Private endpoints to the environment's services."""
    return [endpoint.id for endpoint in case.endpoints]


def decide(case: Case, subject: ResourceId) -> Iterable[Finding]:
    """A note for another network, which the rest of the article allows if it is peered; a warning without zones."""
    endpoint = case.fabric.endpoints[subject]
    one = placed(case, endpoint)
    if one.place is not Place.SAME:
        served_by = _for_the_cluster(case, one)
        if served_by is not None:
            message = f"{subject.name} is for others: the cluster has {served_by.endpoint.id.name}"
            yield say.not_applicable(ID, subject, message, *say.cites(endpoint.subnet))
            return
        yield _elsewhere(case, subject, endpoint)
    if endpoint.zones_known.value and not endpoint.zones:
        message = f"{subject.name} is not integrated with private DNS: it has no zone group"
        mends = integrate(case, endpoint)
        yield say.broken(ID, subject, message, severity=Severity.WARNING, fixes=mends)
    elif one.place is Place.SAME:
        yield say.met(ID, subject, f"{in_words(case, one)}, and has a zone group", *cites(one))


def _for_the_cluster(case: Case, one: Placed) -> Placed | None:
    """Another endpoint that serves the cluster for the same thing, and nearer than this one."""
    endpoint = one.endpoint
    target = endpoint.target.value
    groups = endpoint.groups.value if isinstance(endpoint.groups, Known) else ()
    serving = standing(case, target, *groups).serving if target is not None and groups else ()
    others = (other for other in serving if other.endpoint.id != endpoint.id)
    return next((other for other in others if other.place is Place.SAME or not one.serves), None)


def _elsewhere(case: Case, subject: ResourceId, endpoint: Endpoint) -> Finding:
    subnet = endpoint.subnet.value
    where = subnet.parent.name if subnet is not None else "no network"
    message = (
        f"{subject.name} stands in {where}, not in {case.networks[0].name}: the article's list allows a peered "
        "network, its last paragraph does not"
    )
    return say.broken(ID, subject, message, *say.cites(endpoint.subnet), severity=Severity.NOTE)


REQUIREMENT = Requirement(
    id=ID,
    title="Every private endpoint stands in the cluster's own network, with private DNS integration",
    subjects=subjects,
    decide=decide,
)
