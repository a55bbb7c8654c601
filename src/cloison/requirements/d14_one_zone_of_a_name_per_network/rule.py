"""D14: no network is linked to two zones of one name."""

from __future__ import annotations

from collections.abc import Iterable

from cloison.arm.ids import ResourceId
from cloison.model.facts import Cite
from cloison.model.verdict import Finding, Fix, Safety
from cloison.reach.fabric import known
from cloison.requirements import Requirement, say
from cloison.requirements.case import Case
from cloison.requirements.zones import linked_twice

ID = "D14"


def subjects(case: Case) -> Iterable[ResourceId]:
    """The cluster's networks and those that answer it, as far as zones are linked to them."""
    near = dict.fromkeys([*case.networks, *case.eyes])
    return [network for network in near if case.fabric.links_of.get(network)]


def decide(case: Case, subject: ResourceId) -> Iterable[Finding]:
    """Broken for each pair of links; Azure refuses the second, so a template with both fails."""
    sound = True
    for first, second in linked_twice(case):
        if known(first.network) != subject:
            continue
        sound = False
        message = (
            f"{subject.name} is linked to two zones {first.zone.name}, of {first.zone.resource_group} "
            f"and of {second.zone.resource_group}: Azure refuses the second link"
        )
        mend = Fix(
            action="delete",
            target=second.id.text,
            summary=f"Remove link {second.id.name} of {second.zone.name} in {second.zone.resource_group}",
            safety=Safety.ASKS,
            why="names that only this zone holds stop resolving; never do it to a zone that the cluster made",
        )
        yield say.broken(ID, subject, message, Cite(first.id), Cite(second.id), fixes=[mend])
    if sound:
        yield say.met(ID, subject, f"{subject.name} is linked to no two zones of one name")


REQUIREMENT = Requirement(
    id=ID, title="No network is linked to two zones of one name", subjects=subjects, decide=decide
)
