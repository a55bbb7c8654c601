"""D07: every DNS server of the cluster's network answers from Azure's private zones."""

from __future__ import annotations

from collections.abc import Iterable

from cloison.arm.ids import ResourceId
from cloison.model.facts import Cite
from cloison.model.verdict import Finding, Fix, Outcome, Severity, Step
from cloison.reach import names
from cloison.reach.packets import Source
from cloison.requirements import Requirement, fixes, say
from cloison.requirements.case import Case

ID = "D07"


def subjects(case: Case) -> Iterable[ResourceId]:
    """The cluster's networks that name DNS servers of their own."""
    return [network for network in case.networks if _own_servers(case, network)]


def decide(case: Case, subject: ResourceId) -> Iterable[Finding]:
    """Broken by a server that does not answer, and by a mixture of Azure DNS with others."""
    facet = case.network(subject)
    servers = facet.dns_servers.value
    cite = Cite(subject, "/properties/dhcpOptions/dnsServers")
    if names.PLATFORM_TEXT in servers and len(set(servers)) > 1:
        message = (
            f"{subject.name} asks Azure DNS and other servers at once, so answers differ from query to query"
        )
        yield say.broken(ID, subject, message, cite, severity=Severity.WARNING, fixes=[_one_kind(subject)])
    for step in _steps(case, subject):
        if step.outcome is Outcome.STOP:
            yield say.broken(ID, subject, step.text, evidence=[step], fixes=[_one_kind(subject)])
        elif step.outcome is Outcome.UNKNOWN:
            yield say.unknown(ID, subject, step.text, ask=step.ask, cites=step.cites)


def _own_servers(case: Case, network: ResourceId) -> bool:
    facet = case.fabric.networks.get(network)
    return facet is not None and bool(set(facet.dns_servers.value) - {names.PLATFORM_TEXT})


def _steps(case: Case, network: ResourceId) -> list[Step]:
    """What each server does before it comes to a zone: the first step of its answers."""
    subnet = next((one for one in case.pool_subnets if one.network == network), None)
    door = next((door for id in case.services for door in case.doors(id) if door.hosts), None)
    if subnet is None or door is None:
        return []
    found: list[Step] = []
    for server in names.ask(case.fabric, Source(subnet, ()), door, door.hosts[0]):
        if server.address:
            found.extend(answer.steps[0] for answer in server.answers if answer.steps)
    return list(dict.fromkeys(found))


def _one_kind(network: ResourceId) -> Fix:
    summary = (
        f"Name servers in {network.name} that forward to Azure DNS, such as a DNS resolver's inbound endpoint"
    )
    return fixes.by_hand(
        network, summary, "which servers is a choice; nodes take a new list when they are renewed"
    )


REQUIREMENT = Requirement(
    id=ID,
    title="Every DNS server of the cluster's network answers from Azure's private zones",
    subjects=subjects,
    decide=decide,
)
