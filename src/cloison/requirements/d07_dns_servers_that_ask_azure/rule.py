"""D07: every DNS server of the cluster's network answers from Azure's private zones."""

from __future__ import annotations

from collections.abc import Iterable

from cloison.arm.ids import ResourceId
from cloison.model.facts import Cite
from cloison.model.network import Host
from cloison.model.verdict import Finding, Fix, Outcome, Severity, Step
from cloison.reach import names
from cloison.reach.packets import Source
from cloison.requirements import Requirement, fixes, say
from cloison.requirements.case import Case

ID = "D07"


def subjects(case: Case) -> Iterable[ResourceId]:
    """The cluster's networks."""
    return case.networks


def decide(case: Case, subject: ResourceId) -> Iterable[Finding]:
    """Broken by a server that does not answer, and by a mixture of Azure DNS with others."""
    servers = list(dict.fromkeys(case.network(subject).dns_servers.value))
    cite = Cite(subject, "/properties/dhcpOptions/dnsServers")
    if not set(servers) - {names.PLATFORM_TEXT}:
        yield say.not_applicable(ID, subject, f"{subject.name} asks Azure DNS itself", cite)
        return
    sound = True
    if names.PLATFORM_TEXT in servers:
        sound = False
        yield _mixture(subject, cite, [text for text in servers if text != names.PLATFORM_TEXT])
    for step in _steps(case, subject):
        if step.outcome is Outcome.STOP:
            sound = False
            yield say.broken(ID, subject, step.text, evidence=[step], fixes=[_one_kind(subject)])
        elif step.outcome is Outcome.UNKNOWN:
            sound = False
            yield say.unknown(ID, subject, step.text, ask=step.ask, cites=step.cites)
    if sound:
        told = "; ".join(step.text for step in _steps(case, subject)) or ", ".join(servers)
        yield say.met(ID, subject, told, cite)


def _mixture(network: ResourceId, cite: Cite, others: list[str]) -> Finding:
    message = f"{network.name} asks Azure DNS and {', '.join(others)} at once, so answers differ from query to query"
    mend = _one_kind(network)
    return say.broken(ID, network, message, cite, severity=Severity.WARNING, fixes=[mend])


def _steps(case: Case, network: ResourceId) -> list[Step]:
    """What the network's own servers are and whom they ask, once each, told by their answers to a name of no zone."""
    subnet = next((one for one in case.pool_subnets if one.network == network), None)
    door = next((door for id in case.services for door in case.doors(id) if door.hosts), None)
    if subnet is None or door is None:
        return []
    stranger = Host(name=f"-.{door.hosts[0].name}", alias="", zone="", member="", ports=())
    servers = names.ask(case.fabric, Source(subnet, ()), door, stranger)
    steps = [step for one in servers if one.address for answer in one.answers for step in answer.steps]
    return list(dict.fromkeys(step for step in steps if not _is_public(step)))


def _is_public(step: Step) -> bool:
    return any(cite.source == names.PUBLIC_DNS for cite in step.cites)


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
