"""S15: every private endpoint stands in the cluster's own network, with private DNS integration.

The article's last paragraph is stricter than its list: "same" without "or peered".
"""

from __future__ import annotations

from collections.abc import Iterable

from cloison.arm.ids import ResourceId
from cloison.model.verdict import Finding, Severity
from cloison.requirements import Requirement, fixes, say
from cloison.requirements.case import Case
from cloison.requirements.placing import Place, placed

ID = "S15"


def subjects(case: Case) -> Iterable[ResourceId]:
    """Private endpoints to the environment's services."""
    return [endpoint.id for endpoint in case.endpoints]


def decide(case: Case, subject: ResourceId) -> Iterable[Finding]:
    """A note for a peered network, which the rest of the article allows; a warning without integration."""
    endpoint = case.fabric.endpoints[subject]
    one = placed(case, endpoint)
    network = case.network_of(endpoint)
    if one.place is not Place.SAME and network is not None:
        how = "peered with" if one.place is Place.PEERED else "not"
        message = f"{subject.name} stands in {network.name}, {how} {case.networks[0].name}"
        if one.place is Place.PEERED:
            message += ": the article's list allows it, its last paragraph does not"
        yield say.broken(ID, subject, message, *say.cites(endpoint.subnet), severity=Severity.NOTE)
    if endpoint.zones_known.value and not endpoint.zones:
        target = endpoint.target.value
        doors = case.doors(target) if target is not None else []
        wanted = dict.fromkeys(host.zone for door in doors for host in door.hosts)
        ids = [zone.id.text for name in wanted for zone in case.zones_named(name)[:1]]
        message = f"{subject.name} is not integrated with private DNS: it has no zone group"
        mends = [fixes.zone_group(subject, ids)] if ids else []
        yield say.broken(ID, subject, message, severity=Severity.WARNING, fixes=mends)


REQUIREMENT = Requirement(
    id=ID,
    title="Every private endpoint stands in the cluster's own network, with private DNS integration",
    subjects=subjects,
    decide=decide,
)
