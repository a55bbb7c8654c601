"""D03: endpoints write into zones of the names that Azure asks for."""

from __future__ import annotations

from collections.abc import Iterable

from cloison.arm.ids import ResourceId
from cloison.model.facts import Cite
from cloison.model.network import Endpoint, ZoneConfig
from cloison.model.verdict import Finding, Severity
from cloison.requirements import Requirement, say
from cloison.requirements.case import Case
from cloison.requirements.resolving import integrate, missing_zones, wanted_zones

ID = "D03"
ONCE = {"privatelink.vaultcore.chinacloudapi.cn": "privatelink.vaultcore.azure.cn"}
"""Names that an older page of Azure China gives, with those of today.
Source: azure.cn, Azure Private Endpoint DNS configuration, in two versions; checked 2026-11-24."""


def subjects(case: Case) -> Iterable[ResourceId]:
    """Private endpoints of the environment that have a zone group."""
    return [endpoint.id for endpoint in case.endpoints if endpoint.zones]


def decide(case: Case, subject: ResourceId) -> Iterable[Finding]:
    """Broken for each zone in the group that holds none of the target's names."""
    endpoint = case.fabric.endpoints[subject]
    target = endpoint.target.value
    case.resource(target)
    wanted = wanted_zones(case, endpoint)
    named = {config: zone for config in endpoint.zones if (zone := config.zone.value) is not None}
    wrong = {config: zone for config, zone in named.items() if wanted and zone.name.lower() not in wanted}
    for config, zone in wrong.items():
        yield _wrong(case, endpoint, config, zone, wanted)
    if not wrong:
        names = ", ".join(zone.name for zone in named.values())
        yield say.met(ID, subject, f"{subject.name} writes into {names}, as Azure asks", *_cites(endpoint))


def _wrong(
    case: Case, endpoint: Endpoint, config: ZoneConfig, zone: ResourceId, wanted: list[str]
) -> Finding:
    name, severity = endpoint.id.name, Severity.ERROR
    message = f"{name} writes into {zone.name}, which Azure never asks for its names; they go into {', '.join(wanted)}"
    if ONCE.get(zone.name.lower()) in wanted:
        message = (
            f"{name} writes into {zone.name}, a name of older pages; those of today say {', '.join(wanted)}"
        )
        severity = Severity.WARNING
    elif not missing_zones(case, endpoint):
        # The right ones are there as well, so no name is lost.
        message = f"{name} writes into {zone.name} as well, which Azure never asks for its names"
        severity = Severity.NOTE
    cites = (*_cites(endpoint), Cite(zone))
    return say.broken(ID, endpoint.id, message, *cites, severity=severity, fixes=integrate(case, endpoint))


def _cites(endpoint: Endpoint) -> tuple[Cite, ...]:
    return tuple(
        Cite(group, "/properties/privateDnsZoneConfigs") for group in {one.group for one in endpoint.zones}
    )


REQUIREMENT = Requirement(
    id=ID,
    title="Endpoints write into zones of the names that Azure asks for",
    subjects=subjects,
    decide=decide,
)
