"""Zones of the environment: those that endpoints write into and those linked to where names are answered."""

from __future__ import annotations

from cloison.arm.ids import ResourceId
from cloison.model.network import ZoneLink
from cloison.reach.fabric import known
from cloison.requirements.case import Case
from cloison.requirements.resolving import Integrated, integrations


def wanted_names(case: Case) -> set[str]:
    """Names of the private zones that hold the environment's names."""
    return {host.zone for id in case.services for door in case.doors(id) for host in door.hosts if host.zone}


def written(case: Case) -> list[ResourceId]:
    """Zones that the environment's endpoints write into, once each. Azure writes nothing into one of a wrong name."""
    return list(dict.fromkeys(one.zone for one in integrations(case) if _takes_names(case, one)))


def _takes_names(case: Case, one: Integrated) -> bool:
    target = known(one.endpoint.target)
    doors = case.doors(target) if target is not None else []
    # Of a service that was not read the names are not known, and any zone may be right.
    return not doors or one.zone.name.lower() in {host.zone for door in doors for host in door.hosts}


def links(case: Case) -> list[ZoneLink]:
    """Links of every zone that holds the environment's names, to the networks that answer or hold the pods."""
    names = wanted_names(case)
    near = {*case.networks, *case.eyes}
    found = [link for network in near for link in case.fabric.links_of.get(network, ())]
    found += case.fabric.links_of.get(None, ())
    return sorted((link for link in found if link.zone.name.lower() in names), key=lambda link: link.id)


def linked_twice(case: Case) -> list[tuple[ZoneLink, ZoneLink]]:
    """Pairs of links that tie two zones of one name to one network."""
    pairs = []
    by_network: dict[tuple[ResourceId | None, str], ZoneLink] = {}
    near = {*case.networks, *case.eyes}
    for network in sorted(near):
        for link in case.fabric.links_of.get(network, ()):
            key = (known(link.network), link.zone.name.lower())
            first = by_network.setdefault(key, link)
            if first.zone != link.zone:
                pairs.append((first, link))
    return pairs
