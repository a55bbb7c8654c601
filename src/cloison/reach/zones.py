"""Zones: which private zone takes a name in, and what it answers. Knows no DNS server and no public name.

Sources: Microsoft Learn, "What is a private Azure DNS zone", "Fallback to internet for Azure Private DNS zones",
"Azure Private Endpoint DNS integration", "DNS zones and records" (wildcards); RFC 4592; checked 2026-11-24.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from cloison.arm.ids import ResourceId
from cloison.model.facts import Cite, Known, Unknown
from cloison.model.network import Endpoint, EndpointAddress, Host, Record, ZoneLink
from cloison.model.verdict import HopKind, Outcome, Step, unknown_step
from cloison.reach.fabric import Fabric, known


class Relay(msgspec.Struct, frozen=True):
    """One DNS server that asked another, which packets have to reach."""

    asker: ResourceId | None
    """The subnet that the question comes from; None: not known."""
    server: str
    network: ResourceId | None
    """The network that the asked server stands in, where known."""


class Answer(msgspec.Struct, frozen=True):
    """One possible answer. Without address, endpoint, alias and public flag the name leads nowhere, or nobody knows."""

    steps: tuple[Step, ...]
    address: str = ""
    planned: tuple[Endpoint, EndpointAddress] | None = None
    """An endpoint whose address is decided at deployment."""
    public: bool = False
    alias: str = ""
    """The name to ask for next."""
    relays: tuple[Relay, ...] = ()
    doubt: Step | None = None
    """Why it is not known whether public DNS has the alias that this answer depends on."""
    without: bool = False
    """True when this is the answer if it has not."""

    def after(self, *steps: Step, relay: Relay | None = None) -> Answer:
        """The same answer with steps before its own, from behind one more server."""
        relays = (relay, *self.relays) if relay is not None else self.relays
        return msgspec.structs.replace(self, steps=(*steps, *self.steps), relays=relays)


def links_for(fabric: Fabric, eyes: ResourceId, name: str) -> tuple[list[ZoneLink], list[Step]]:
    """The links of the longest zones that take in a name, of which there should be one, with doubts about it."""
    best: list[ZoneLink] = []
    for link in fabric.links_of.get(eyes, ()):
        if isinstance(link.ready, Known) and not link.ready.value:
            continue
        zone = link.zone.name.lower()
        if name != zone and not name.endswith(f".{zone}"):
            continue
        if not best or len(zone) > len(best[0].zone.name):
            best = [link]
        elif len(zone) == len(best[0].zone.name) and link.zone != best[0].zone:
            best.append(link)
    doubts = _open_links(fabric, name, best[0] if best else None)
    return best, doubts + (_link_doubts(fabric, best[0]) if len(best) == 1 else [])


def two_zones(eyes: ResourceId, links: list[ZoneLink]) -> Answer:
    """The answer where two zones of one name are linked: which of them answers nobody knows."""
    text = f"two zones {links[0].zone.name} are linked to {eyes.name}, which Azure does not allow"
    cites = tuple(Cite(link.id) for link in links)
    return Answer((Step(HopKind.NAME, Outcome.UNKNOWN, text, cites, "read the links again"),))


def _open_links(fabric: Fabric, name: str, best: ZoneLink | None) -> list[Step]:
    """Links whose network is not known, of zones that would take the name in before the one found."""
    for link in fabric.links_of.get(None, ()):
        zone = link.zone.name.lower()
        takes = name == zone or name.endswith(f".{zone}")
        longer = best is None or len(zone) > len(best.zone.name)
        if takes and longer and isinstance(link.network, Unknown):
            return [unknown_step(HopKind.NAME, link.network)]
    return []


def _link_doubts(fabric: Fabric, link: ZoneLink) -> list[Step]:
    zone = fabric.zones.get(link.zone)
    conditions = (link.maybe, zone.maybe if zone is not None else None)
    doubts = [unknown_step(HopKind.NAME, one) for one in conditions if one is not None]
    if isinstance(link.ready, Unknown):
        doubts.append(unknown_step(HopKind.NAME, link.ready))
    if isinstance(link.state, Unknown):
        doubts.append(unknown_step(HopKind.NAME, link.state))
    elif link.state.value not in (None, "completed"):
        text = f"link {link.id.name} of {link.zone.name} is {link.state.value}, so answers may differ"
        doubts.append(
            Step(HopKind.NAME, Outcome.UNKNOWN, text, (link.state.cite,), "wait until it is Completed")
        )
    return doubts


def in_zone(fabric: Fabric, link: ZoneLink, name: str, unseen: Step | None) -> list[Answer]:
    """Answers of a linked zone for a name: addresses, an alias, or that public DNS is to be asked.

    unseen: a doubt where an endpoint of the asked service was not read, which may have written the record.
    """
    relative = "@" if name == link.zone.name.lower() else name[: -len(link.zone.name) - 1]
    planned = _planned(fabric, link, name, relative)
    if planned:
        return planned
    records, doubts = _records(fabric, link.zone, relative)
    if records:
        return [answer.after(*doubts) for answer in _from_records(link, name, records)]
    if doubts:
        return [Answer(tuple(doubts))]
    written = _written(fabric, link.zone, relative) if records is None else []
    if written:
        return [answer.after(*((unseen,) if unseen is not None else ())) for answer in written]
    if records is None:
        return [Answer((_unread(fabric, link.zone),))]
    if _exists(fabric, link.zone, relative):
        text = f"{link.zone.name} holds {relative} without an address, so {name} leads nowhere"
        return [Answer((Step(HopKind.NAME, Outcome.STOP, text, (Cite(link.zone),)),))]
    return [_missing(link, name, relative)]


def _missing(link: ZoneLink, name: str, relative: str) -> Answer:
    """What a name without a record gets: the public answer where the link falls back, else none."""
    fallback = link.fallback
    if isinstance(fallback, Unknown):
        return Answer((unknown_step(HopKind.NAME, fallback),))
    if fallback.value and "privatelink" in link.zone.name.lower():
        text = f"{link.zone.name} has no record {relative}, and its link falls back to public DNS"
        return Answer((Step(HopKind.NAME, Outcome.PASS, text, (fallback.cite,)),), public=True)
    text = f"{link.zone.name} has no record {relative}, so {name} does not exist for these pods"
    cites = (Cite(link.zone), Cite(link.id, "/properties/resolutionPolicy"))
    return Answer((Step(HopKind.NAME, Outcome.STOP, text, cites),))


def _records(fabric: Fabric, zone: ResourceId, relative: str) -> tuple[list[Record] | None, list[Step]]:
    """Record sets that answer for a name, with doubts: [] for none, None when the zone's records were not read."""
    exact = fabric.records.get((zone, relative), ())
    if exact:
        return list(exact), []
    if relative == "@" or _exists(fabric, zone, relative):
        return _if_read(fabric, zone), []
    wild = [one for one in fabric.wildcards.get(zone, ()) if one == "*" or relative.endswith(one[1:])]
    if not wild:
        return _if_read(fabric, zone), []
    longest = max(wild, key=len)
    if not _read(fabric, zone):
        return None, []
    return fabric.records[zone, longest], _nearer(fabric, zone, relative, longest)


def _exists(fabric: Fabric, zone: ResourceId, relative: str) -> bool:
    """Whether the name has a record set of a type that gives no address."""
    facet = fabric.zones.get(zone)
    return facet is not None and relative in facet.other_names


def _read(fabric: Fabric, zone: ResourceId) -> bool:
    facet = fabric.zones.get(zone)
    return facet is not None and isinstance(facet.records_known, Known) and facet.records_known.value


def _if_read(fabric: Fabric, zone: ResourceId) -> list[Record] | None:
    return [] if _read(fabric, zone) else None


def _nearer(fabric: Fabric, zone: ResourceId, relative: str, wildcard: str) -> list[Step]:
    """A doubt when some name stands between the wildcard and the asked one.

    By RFC 4592 a wildcard answers only right below the closest name that exists, names without records of their
    own included. Azure's text says "unless there's a closer match", which may mean less.
    """
    above = "" if wildcard == "*" else wildcard[2:]
    for name in _names(fabric, zone):
        parts = name.split(".")
        for cut in range(len(parts)):
            node = ".".join(parts[cut:])
            inside = relative == node or relative.endswith(f".{node}")
            if inside and len(node) > len(above) and parts[cut] != "*":
                text = f"whether {wildcard} of {zone.name} answers for {relative} beside {name} is not documented"
                ask = f"give {relative} a record of its own"
                return [Step(HopKind.NAME, Outcome.UNKNOWN, text, (Cite(zone),), ask)]
    return []


def _names(fabric: Fabric, zone: ResourceId) -> Iterator[str]:
    yield from (name for name in fabric.names_of.get(zone, ()) if name != "@")
    facet = fabric.zones.get(zone)
    yield from (name for name in (facet.other_names if facet is not None else ()) if name != "@")


def _unread(fabric: Fabric, zone: ResourceId) -> Step:
    facet = fabric.zones.get(zone)
    if facet is not None and isinstance(facet.records_known, Unknown):
        return unknown_step(HopKind.NAME, facet.records_known)
    text = f"the records of {zone.name} are not in the input"
    return Step(HopKind.NAME, Outcome.UNKNOWN, text, (Cite(zone),), f"add {zone.text} with its records")


def _planned(fabric: Fabric, link: ZoneLink, name: str, relative: str) -> list[Answer]:
    """Answers that planned zone groups will write for a name: one for each endpoint."""
    answers: list[Answer] = []
    for endpoint, config in fabric.planned_into.get(link.zone, ()):
        target = known(endpoint.target)
        groups = endpoint.groups.value if isinstance(endpoint.groups, Known) else ()
        for group in groups:
            asked = fabric.doors.get((target, group)) if target is not None else None
            host = next((one for one in asked.hosts if one.alias == name), None) if asked else None
            if host is not None:
                step = Step(
                    HopKind.NAME,
                    Outcome.PASS,
                    f"zone group of {endpoint.id.name} will write {relative} into {link.zone.name}",
                    (Cite(config.group, "/properties/privateDnsZoneConfigs"), Cite(link.id)),
                )
                doubts = (unknown_step(HopKind.NAME, endpoint.maybe),) if endpoint.maybe else ()
                answers.append(_planned_answer(endpoint, host, (step, *doubts)))
    return answers


def _planned_answer(endpoint: Endpoint, host: Host, steps: tuple[Step, ...]) -> Answer:
    own = [one for one in endpoint.addresses if one.member == host.member and host.member]
    for address in own or endpoint.addresses[:1]:
        if isinstance(address.address, Known) and address.address.value:
            return Answer(steps, address=address.address.value)
        if isinstance(address.address, Unknown):
            return Answer((*steps, unknown_step(HopKind.NAME, address.address)))
        return Answer(steps, planned=(endpoint, address))
    return Answer(steps, planned=(endpoint, EndpointAddress(Known(None, Cite(endpoint.id)), "", ())))


def _written(fabric: Fabric, zone_id: ResourceId, relative: str) -> list[Answer]:
    """Answers that zone groups say they wrote, for zones whose records were not read."""
    answers: list[Answer] = []
    # A wildcard does not count: a record of the name's own would go before it, and was not read.
    for endpoint, cite, addresses in fabric.written.get((zone_id, relative), ()):
        text = f"zone group of {endpoint.id.name} wrote {relative} into {zone_id.name}"
        step = Step(HopKind.NAME, Outcome.PASS, text, (cite,))
        answers.extend(Answer((step,), address=one) for one in addresses)
    return answers


def _from_records(link: ZoneLink, name: str, records: list[Record]) -> list[Answer]:
    answers: list[Answer] = []
    for record in records:
        cites = (Cite(record.id), Cite(link.id, "/properties/virtualNetwork/id"))
        doubts = (unknown_step(HopKind.NAME, record.maybe),) if record.maybe else ()
        if isinstance(record.values, Unknown):
            answers.append(Answer((*doubts, unknown_step(HopKind.NAME, record.values))))
            continue
        if not record.values.value:
            continue
        shown = ", ".join(record.values.value)
        step = Step(HopKind.NAME, Outcome.PASS, f"{link.zone.name} answers {name} with {shown}", cites)
        if record.type == "cname":
            return [Answer((step, *doubts), alias=record.values.value[0].lower().rstrip("."))]
        if record.type == "aaaa":
            text = f"{link.zone.name} answers {name} with {shown}, and IPv6 is not judged"
            ask = f"remove the AAAA record of {name}: private endpoints are reached by their IPv4 addresses"
            answers.append(Answer((Step(HopKind.NAME, Outcome.UNKNOWN, text, cites, ask),)))
            continue
        answers.extend(Answer((step, *doubts), address=one) for one in record.values.value)
    if not answers:
        text = f"the record of {name} in {link.zone.name} is empty"
        answers = [Answer((Step(HopKind.NAME, Outcome.STOP, text, (Cite(records[0].id),)),))]
    return answers
