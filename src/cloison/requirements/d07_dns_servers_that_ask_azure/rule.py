"""D07: every DNS server of the cluster's network answers from Azure's private zones."""

from __future__ import annotations

from collections.abc import Iterable

from cloison.arm.ids import ResourceId
from cloison.model.facts import Cite, Known
from cloison.model.network import Appliance, Host
from cloison.model.verdict import Finding, Fix, Outcome, Safety, Severity, Step
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
        others = [text for text in servers if text != names.PLATFORM_TEXT]
        doubtful = any(step.outcome is not Outcome.PASS for step in _steps(case, subject))
        yield _mixture(subject, cite, others, doubtful=doubtful)
    for step in _steps(case, subject):
        if step.outcome is Outcome.STOP:
            sound = False
            mends = [*_proxy(case, step), _one_kind(subject)]
            yield say.broken(ID, subject, step.text, evidence=[step], fixes=mends)
        elif step.outcome is Outcome.UNKNOWN:
            sound = False
            yield say.unknown(ID, subject, step.text, ask=step.ask, cites=step.cites)
    if sound:
        told = "; ".join(step.text for step in _steps(case, subject)) or ", ".join(servers)
        yield say.met(ID, subject, told, cite)


def _mixture(network: ResourceId, cite: Cite, others: list[str], *, doubtful: bool) -> Finding:
    """doubtful: what the others answer is not known, or they do not answer."""
    shown = ", ".join(others)
    message = f"{network.name} asks Azure DNS and {shown} at once, so answers differ from query to query"
    mends = [_one_kind(network)]
    if not doubtful:
        pointer, summary = "/properties/dhcpOptions/dnsServers", f"Let {network.name} ask {shown} only"
        why = "machines take the new list when they are restarted or renew their lease; until then either may answer"
        mends.insert(0, fixes.set_property(network, pointer, others, summary, Safety.ASKS, why))
    return say.broken(ID, network, message, cite, severity=Severity.WARNING, fixes=mends)


def _proxy(case: Case, step: Step) -> list[Fix]:
    """The firewall that does not answer is made to, where its policy says so."""
    cites = {(cite.resource, cite.pointer) for cite in step.cites}
    found = []
    for firewall in case.fabric.all(Appliance):
        told = firewall.proxies_dns
        if isinstance(told, Known) and (told.cite.resource, told.cite.pointer) in cites:
            classic = told.cite.resource == firewall.id
            value: object = "true" if classic else True
            summary = f"Let firewall {firewall.id.name} answer DNS queries"
            why = "networks that name it as their DNS server then hear what it hears"
            found.append(
                fixes.set_property(told.cite.resource, told.cite.pointer, value, summary, Safety.ASKS, why)
            )
    return found


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
