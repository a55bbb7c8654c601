"""D14: no network is linked to two zones of one name."""

from __future__ import annotations

from collections.abc import Iterable

from cloison.arm.ids import ResourceId
from cloison.model.facts import Cite, Unknown
from cloison.model.network import ZoneLink
from cloison.model.verdict import Finding, Fix, Safety
from cloison.reach.fabric import known
from cloison.requirements import Requirement, say
from cloison.requirements.case import Case
from cloison.requirements.zones import linked_twice, written

ID = "D14"


def subjects(case: Case) -> Iterable[ResourceId]:
    """The cluster's networks and those that answer it, as far as zones are linked to them."""
    near = dict.fromkeys([*case.networks, *case.eyes])
    return [network for network in near if case.fabric.links_of.get(network)]


def decide(case: Case, subject: ResourceId) -> Iterable[Finding]:
    """Broken for each pair of links; Azure refuses the second, so a template with both fails."""
    sound = True
    for first, second in linked_twice(case):
        if known(first.network) == subject:
            sound = False
            yield _twice(case, subject, first, second)
    for link in case.fabric.links_of.get(None, ()):
        held = {other.zone.name.lower(): other.zone for other in case.fabric.links_of[subject]}
        if isinstance(link.network, Unknown) and held.get(link.zone.name.lower(), link.zone) != link.zone:
            sound = False
            message = f"whether a second zone {link.zone.name} is linked to {subject.name} depends: {link.network.why}"
            yield say.unknown(ID, subject, message, ask=link.network.ask, cites=[Cite(link.id)])
    if sound:
        yield say.met(ID, subject, f"{subject.name} is linked to no two zones of one name")


def _twice(case: Case, network: ResourceId, first: ZoneLink, second: ZoneLink) -> Finding:
    """Of the two, the link of a zone that no endpoint writes into is the one to remove."""
    maybe = first.maybe or second.maybe
    message = (
        f"{network.name} is linked to two zones {first.zone.name}, of {first.zone.resource_group} "
        f"and of {second.zone.resource_group}: Azure refuses the second link"
    )
    cites = (Cite(first.id), Cite(second.id))
    if maybe is not None:
        return say.unknown(
            ID, network, f"{message}, if both are made: {maybe.why}", ask=maybe.ask, cites=cites
        )
    used = written(case)
    spare = first if second.zone in used and first.zone not in used else second
    mend = Fix(
        action="delete",
        target=spare.id.text,
        summary=f"Remove link {spare.id.name} of {spare.zone.name} in {spare.zone.resource_group}",
        safety=Safety.ASKS,
        why="names that only this zone holds stop resolving; never do it to a zone that the cluster made",
    )
    return say.broken(ID, network, message, *cites, fixes=[mend])


REQUIREMENT = Requirement(
    id=ID, title="No network is linked to two zones of one name", subjects=subjects, decide=decide
)
