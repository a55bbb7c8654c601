"""Names: who answers a network's queries, and with what.

Sources: Microsoft Learn, "What is a private Azure DNS zone", "Fallback to internet for Azure Private DNS zones",
"Azure Private Endpoint private DNS zone values", "Azure DNS Private Resolver endpoints and rulesets"; checked
2026-01-05.
"""

from __future__ import annotations

import msgspec

from cloison.arm.ids import ResourceId
from cloison.model.facts import Cite, Known, Origin, Unknown
from cloison.model.network import (
    Appliance,
    Door,
    Endpoint,
    EndpointAddress,
    ForwardingRule,
    Host,
    Record,
    ZoneLink,
)
from cloison.model.verdict import HopKind, Outcome, Step, unknown_step
from cloison.reach import peerings, spans
from cloison.reach.fabric import Fabric, known
from cloison.reach.filters import Match
from cloison.reach.packets import Source

MOST_ALIASES = 16
MOST_SERVERS = 6
PLATFORM_TEXT = "168.63.129.16"
PUBLIC_DNS = "the service's public name, Microsoft Learn, Azure Private Endpoint DNS, checked 2026-01-05"


class Answer(msgspec.Struct, frozen=True):
    """One possible answer. Without address, endpoint and public flag the name leads nowhere, or nobody knows."""

    steps: tuple[Step, ...]
    address: str = ""
    planned: tuple[Endpoint, EndpointAddress] | None = None
    """An endpoint whose address is decided at deployment."""
    public: bool = False

    def after(self, *steps: Step) -> Answer:
        """The same answer with steps before its own."""
        return Answer((*steps, *self.steps), self.address, self.planned, self.public)


class Server(msgspec.Struct, frozen=True):
    """A DNS server and what it answers."""

    address: str
    """Empty for Azure DNS, which every network reaches."""
    network: ResourceId | None
    answers: tuple[Answer, ...]


def ask(fabric: Fabric, source: Source, door: Door, host: Host) -> tuple[Server, ...]:
    """The servers that pods on the source's subnet may ask for a host, each with its possible answers."""
    key = ("name", source.network, door.id, host.name)
    found = fabric.memo.get(key)
    if found is None:
        found = fabric.memo[key] = _ask(fabric, source.network, door, host)
    return found  # type: ignore[return-value]  # filed under this key only here


def approved(fabric: Fabric, door: Door) -> tuple[Match, Step]:
    """Whether the sub-resource has an approved private endpoint connection, so that its public name has an alias."""
    maybe: Step | None = None
    for endpoint in fabric.endpoints_to.get(door.id, ()):
        if isinstance(endpoint.groups, Known) and door.subresource not in endpoint.groups.value:
            continue
        facts = (endpoint.groups, endpoint.status)
        unread = endpoint.maybe or next((fact for fact in facts if isinstance(fact, Unknown)), None)
        if unread is not None:
            maybe = unknown_step(HopKind.NAME, unread)
        elif isinstance(endpoint.status, Known) and endpoint.status.value == "approved":
            text = f"{door.id.name} has an approved private endpoint for {door.subresource}"
            return Match.YES, Step(HopKind.NAME, Outcome.PASS, text, (endpoint.status.cite,))
    if maybe is None:
        maybe = _endpoint_elsewhere(fabric, door)
    if maybe is not None:
        return Match.MAYBE, maybe
    text = f"{door.id.name} has no approved private endpoint for {door.subresource}"
    return Match.NO, Step(
        HopKind.NAME, Outcome.PASS, text, (Cite(door.id, "/properties/privateEndpointConnections"),)
    )


def _endpoint_elsewhere(fabric: Fabric, door: Door) -> Step | None:
    """A doubt when an approved connection may exist that no endpoint in the input accounts for."""
    for endpoint in fabric.endpoints_to.get(None, ()):
        if isinstance(endpoint.target, Unknown):
            return unknown_step(HopKind.NAME, endpoint.target)
    if isinstance(door.connections, Unknown):
        return unknown_step(HopKind.NAME, door.connections)
    for id_text, state in door.connections.value:
        if state == "approved" and id_text not in fabric.endpoints:
            text = f"{door.id.name} lists an approved private endpoint that is not in the input: {id_text}"
            return Step(HopKind.NAME, Outcome.UNKNOWN, text, (door.connections.cite,), f"add {id_text}")
    return None


def _ask(fabric: Fabric, network: ResourceId, door: Door, host: Host) -> tuple[Server, ...]:
    facet = fabric.networks.get(network)
    if facet is None:
        step = Step(
            HopKind.NAME, Outcome.UNKNOWN, f"{network.name} is not in the input", (), f"add {network.text}"
        )
        return (Server("", None, (Answer((step,)),)),)
    if isinstance(facet.dns_servers, Unknown):
        return (Server("", None, (Answer((unknown_step(HopKind.NAME, facet.dns_servers),)),)),)
    cite = facet.dns_servers.cite
    servers = [text for text in dict.fromkeys(facet.dns_servers.value) if text] or [PLATFORM_TEXT]
    return tuple(_server(fabric, network, text, cite, door, host, 0) for text in servers)


def _server(
    fabric: Fabric, network: ResourceId, text: str, cite: Cite, door: Door, host: Host, depth: int
) -> Server:
    if text == PLATFORM_TEXT:
        return Server("", network, tuple(_azure(fabric, network, host.name, door, depth)))
    if depth > MOST_SERVERS:
        step = Step(HopKind.NAME, Outcome.STOP, f"DNS servers forward {host.name} round in a circle", (cite,))
        return Server(text, None, (Answer((step,)),))
    number = spans.address(text) or 0
    told = fabric.forwarders.get(text)
    if told is not None:
        step = Step(
            HopKind.NAME,
            Outcome.PASS,
            f"{text} answers with the eyes of {told.name}, as told by --dns",
            (cite,),
        )
        return _with_eyes(fabric, told, text, step, door, host, depth)
    inbound = [one for one in fabric.inbound.get(number, ()) if _near(fabric, network, known(one.network))]
    if inbound and (home := known(inbound[0].network)) is not None:
        step = Step(
            HopKind.NAME, Outcome.PASS, f"{text} is DNS resolver endpoint {inbound[0].id.name}", (cite,)
        )
        return _with_eyes(fabric, home, text, step, door, host, depth)
    for appliance in fabric.appliances.get(number, ()):
        home = known(appliance.network)
        if home is not None and _near(fabric, network, home):
            return _proxy(fabric, appliance, home, text, cite, door, host, depth)
    step = Step(
        HopKind.NAME,
        Outcome.UNKNOWN,
        f"what the DNS server {text} of {network.name} answers is not in the input",
        (cite,),
        f"say whose eyes it has: --dns {text}=NETWORK, the network in which it asks Azure DNS",
    )
    return Server(text, _home(fabric, network, number), (Answer((step,)),))


def _with_eyes(
    fabric: Fabric, eyes: ResourceId, text: str, step: Step, door: Door, host: Host, depth: int
) -> Server:
    answers = _azure(fabric, eyes, host.name, door, depth + 1)
    return Server(text, eyes, tuple(answer.after(step) for answer in answers))


def _proxy(
    fabric: Fabric,
    appliance: Appliance,
    home: ResourceId,
    text: str,
    cite: Cite,
    door: Door,
    host: Host,
    depth: int,
) -> Server:
    proxies, servers = appliance.proxies_dns, appliance.dns_servers
    if isinstance(proxies, Unknown):
        return Server(text, home, (Answer((unknown_step(HopKind.NAME, proxies),)),))
    if not proxies.value:
        step = Step(
            HopKind.NAME,
            Outcome.STOP,
            f"firewall {appliance.id.name} is no DNS proxy, so {text} does not answer",
            (proxies.cite,),
        )
        return Server(text, home, (Answer((step,)),))
    step = Step(
        HopKind.NAME,
        Outcome.PASS,
        f"{text} is the DNS proxy of firewall {appliance.id.name}",
        (cite, proxies.cite),
    )
    if isinstance(servers, Unknown):
        return Server(text, home, (Answer((step, unknown_step(HopKind.NAME, servers))),))
    onward = servers.value or (PLATFORM_TEXT,)
    behind = [_server(fabric, home, one, servers.cite, door, host, depth + 1) for one in onward]
    return Server(text, home, tuple(answer.after(step) for server in behind for answer in server.answers))


def _near(fabric: Fabric, network: ResourceId, home: ResourceId | None) -> bool:
    """Whether a server's network is this one or has any peering with it; networks elsewhere may reuse addresses."""
    if home is None:
        return False
    return home == network or (network, home) in fabric.peering or (home, network) in fabric.peering


def _home(fabric: Fabric, network: ResourceId, number: int) -> ResourceId | None:
    for candidate in (network, *peerings.neighbours(fabric, network)):
        if spans.covers(fabric.prefixes(candidate), ((number, number),)):
            return candidate
    return None


def _azure(fabric: Fabric, eyes: ResourceId, name: str, door: Door, depth: int) -> list[Answer]:
    """Azure DNS with the eyes of one network, following aliases; every one is tested against private zones again."""
    steps: list[Step] = []
    for _ in range(MOST_ALIASES):
        zone, doubts = _zone_for(fabric, eyes, name)
        steps.extend(doubts)
        if zone is not None:
            answers, alias = _in_zone(fabric, zone, name)
            if alias:
                steps.extend(answers[0].steps)
                name = alias
                continue
            return [answer.after(*steps) for answer in answers]
        rule = _forwarding_rule(fabric, eyes, name)
        if rule is not None:
            return [answer.after(*steps) for answer in _forwarded(fabric, eyes, rule, name, door, depth)]
        known_as = _public_alias(fabric, eyes, name, door)
        if known_as.alternatives is not None:
            onward = _azure(fabric, eyes, known_as.alias, door, depth)
            return [answer.after(*steps, *known_as.steps) for answer in (*onward, *known_as.alternatives)]
        steps.extend(known_as.steps)
        if not known_as.alias:
            return [Answer(tuple(steps), public=known_as.resolves)]
        name = known_as.alias
    steps.append(Step(HopKind.NAME, Outcome.STOP, f"{name} is an alias of itself"))
    return [Answer(tuple(steps))]


class _Alias(msgspec.Struct):
    """What public DNS says of a name."""

    alias: str = ""
    steps: tuple[Step, ...] = ()
    resolves: bool = True
    alternatives: tuple[Answer, ...] | None = None
    """Set when the alias may not be in effect: the answers without it."""


def _public_alias(fabric: Fabric, eyes: ResourceId, name: str, door: Door) -> _Alias:
    asked = next((host for host in door.hosts if host.name == name), None)
    if asked is None:
        other = fabric.host_doors.get(name)
        if other is not None:
            door, asked = other
    public = _public_step(fabric, eyes, name, door)
    if asked is None:
        if any(host.alias == name for host in door.hosts):
            return _Alias(steps=(public,))
        text = f"what public DNS says of {name} is not in the input"
        return _Alias(
            steps=(Step(HopKind.NAME, Outcome.UNKNOWN, text, (), f"resolve {name}"),), resolves=False
        )
    if not asked.alias:
        return _Alias(steps=(public,))
    match, why = approved(fabric, door)
    if match is Match.NO:
        return _Alias(steps=(why, public))
    step = Step(HopKind.NAME, Outcome.PASS, f"{name} is an alias of {asked.alias}", why.cites)
    if match is Match.YES:
        return _Alias(asked.alias, (step,))
    return _Alias(asked.alias, (why,), alternatives=(Answer((public,), public=True),))


def _public_step(fabric: Fabric, eyes: ResourceId, name: str, door: Door) -> Step:
    """The public answer, with what would have caught the name here: a zone that is not linked to this network."""
    asked = next((host for host in door.hosts if name in (host.name, host.alias)), None)
    zones = [zone for zone in fabric.zones.values() if asked is not None and zone.name == asked.zone]
    cites = [Cite(eyes, "", Origin.DERIVED, PUBLIC_DNS)]
    why = f"no private zone linked to {eyes.name} takes in {name}"
    if zones:
        linked = [
            network.name
            for zone in zones
            for link in fabric.links_of_zone.get(zone.id, ())
            if (network := known(link.network)) is not None
        ]
        where = f"to {', '.join(sorted(set(linked)))} only" if linked else "to no network"
        why = f"zone {zones[0].name} is linked {where}, not to {eyes.name}"
        cites = [Cite(zone.id, "", Origin.DERIVED) for zone in zones[:3]] + cites
    return Step(HopKind.NAME, Outcome.PASS, f"{why}: {name} resolves to its public address", tuple(cites))


def _zone_for(fabric: Fabric, eyes: ResourceId, name: str) -> tuple[ZoneLink | None, list[Step]]:
    """The link of the longest zone that takes in a name, with doubts about it."""
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
    if not best:
        return None, doubts
    if len(best) > 1:
        text = f"two zones {best[0].zone.name} are linked to {eyes.name}, which Azure does not allow"
        doubts.append(
            Step(
                HopKind.NAME,
                Outcome.UNKNOWN,
                text,
                tuple(Cite(link.id) for link in best),
                "read the links again",
            )
        )
    return best[0], doubts + _link_doubts(best[0])


def _open_links(fabric: Fabric, name: str, best: ZoneLink | None) -> list[Step]:
    """Links whose network is not known, of zones that would take the name in before the one found."""
    for link in fabric.links_of.get(None, ()):
        zone = link.zone.name.lower()
        takes = name == zone or name.endswith(f".{zone}")
        longer = best is None or len(zone) > len(best.zone.name)
        if takes and longer and isinstance(link.network, Unknown):
            return [unknown_step(HopKind.NAME, link.network)]
    return []


def _link_doubts(link: ZoneLink) -> list[Step]:
    doubts = [unknown_step(HopKind.NAME, link.maybe)] if link.maybe else []
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


def _in_zone(fabric: Fabric, link: ZoneLink, name: str) -> tuple[list[Answer], str]:
    """Answers of a linked zone for a name; or the alias that its record names."""
    relative = "@" if name == link.zone.name.lower() else name[: -len(link.zone.name) - 1]
    planned = _planned(fabric, link, name, relative)
    if planned:
        return planned, ""
    records, doubt = _records(fabric, link.zone, relative)
    if doubt is not None:
        return [Answer((doubt,))], ""
    written = [] if records is not None else _written(fabric, link.zone, relative)
    if records:
        return _from_records(link, name, records)
    if written:
        return written, ""
    fallback = link.fallback
    if isinstance(fallback, Unknown):
        return [Answer((unknown_step(HopKind.NAME, fallback),))], ""
    if fallback.value and "privatelink" in link.zone.name.lower():
        text = f"{link.zone.name} has no record {relative}, and its link falls back to public DNS"
        return [Answer((Step(HopKind.NAME, Outcome.PASS, text, (fallback.cite,)),), public=True)], ""
    text = f"{link.zone.name} has no record {relative}, so {name} does not exist for these pods"
    cites = (Cite(link.zone), Cite(link.id, "/properties/resolutionPolicy"))
    return [Answer((Step(HopKind.NAME, Outcome.STOP, text, cites),))], ""


def _records(fabric: Fabric, zone_id: ResourceId, relative: str) -> tuple[list[Record] | None, Step | None]:
    """Record sets of a name that were read: [] for none, None when the zone's records were not read; or a doubt."""
    exact = [one for one in fabric.records.get((zone_id, relative), ()) if one.type in ("a", "cname")]
    if exact:
        return exact, None
    wild = [name for name in fabric.wildcards.get(zone_id, ()) if _matches(name, relative)]
    if wild:
        longest = max(wild, key=len)
        return [one for one in fabric.records[zone_id, longest] if one.type in ("a", "cname")], None
    zone = fabric.zones.get(zone_id)
    if zone is not None and isinstance(zone.records_known, Known) and zone.records_known.value:
        return [], None
    if _written(fabric, zone_id, relative):
        return None, None
    if zone is not None and isinstance(zone.records_known, Unknown):
        return None, unknown_step(HopKind.NAME, zone.records_known)
    text = f"the records of {zone_id.name} are not in the input"
    return None, Step(
        HopKind.NAME, Outcome.UNKNOWN, text, (Cite(zone_id),), f"add {zone_id.text} with its records"
    )


def _matches(wildcard: str, relative: str) -> bool:
    return wildcard == "*" or relative.endswith(wildcard[1:])


def _planned(fabric: Fabric, link: ZoneLink, name: str, relative: str) -> list[Answer]:
    """Answers that planned zone groups will write for a name: one for each endpoint."""
    answers: list[Answer] = []
    for endpoint in fabric.groups_into.get(link.zone, ()):
        configs = [one for one in endpoint.zones if one.planned and known(one.zone) == link.zone]
        if not configs:
            continue
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
                    (Cite(configs[0].group, "/properties/privateDnsZoneConfigs"), Cite(link.id)),
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
    for endpoint in fabric.groups_into.get(zone_id, ()):
        for config in endpoint.zones:
            if known(config.zone) != zone_id or isinstance(config.written, Unknown):
                continue
            for record_name, addresses in config.written.value:
                if record_name == relative or (
                    record_name.startswith("*") and _matches(record_name, relative)
                ):
                    text = f"zone group of {endpoint.id.name} wrote {record_name} into {zone_id.name}"
                    step = Step(HopKind.NAME, Outcome.PASS, text, (config.written.cite,))
                    answers.extend(Answer((step,), address=one) for one in addresses)
    return answers


def _from_records(link: ZoneLink, name: str, records: list[Record]) -> tuple[list[Answer], str]:
    answers: list[Answer] = []
    for record in records:
        cites = (Cite(record.id), Cite(link.id, "/properties/virtualNetwork/id"))
        doubts = (unknown_step(HopKind.NAME, record.maybe),) if record.maybe else ()
        if isinstance(record.values, Unknown):
            answers.append(Answer((*doubts, unknown_step(HopKind.NAME, record.values))))
            continue
        shown = ", ".join(record.values.value)
        step = Step(HopKind.NAME, Outcome.PASS, f"{link.zone.name} answers {name} with {shown}", cites)
        if record.type == "cname" and record.values.value:
            return [Answer((step, *doubts))], record.values.value[0].lower().rstrip(".")
        answers.extend(Answer((step, *doubts), address=one) for one in record.values.value)
    if not answers:
        text = f"the record of {name} in {link.zone.name} is empty"
        answers = [Answer((Step(HopKind.NAME, Outcome.STOP, text, (Cite(records[0].id),)),))]
    return answers, ""


def _forwarding_rule(fabric: Fabric, eyes: ResourceId, name: str) -> ForwardingRule | None:
    best: ForwardingRule | None = None
    for link in fabric.rulesets_of.get(eyes, ()):
        for rule in fabric.forwarding_of.get(link.ruleset, ()):
            if isinstance(rule.enabled, Known) and not rule.enabled.value:
                continue
            domain = rule.domain.value if isinstance(rule.domain, Known) else ""
            takes = domain in ("", name) or name.endswith(f".{domain}")
            if takes and (best is None or len(domain) > len(best.domain.value)):
                best = rule
    return best


def _forwarded(
    fabric: Fabric, eyes: ResourceId, rule: ForwardingRule, name: str, door: Door, depth: int
) -> list[Answer]:
    for fact in (rule.enabled, rule.domain, rule.targets):
        if isinstance(fact, Unknown):
            return [Answer((unknown_step(HopKind.NAME, fact),))]
    assert isinstance(rule.targets, Known)
    text = f"forwarding rule {rule.id.name} sends {name} to {', '.join(rule.targets.value)}"
    step = Step(HopKind.NAME, Outcome.PASS, text, (Cite(rule.id),))
    asked = Host(name=name, alias="", zone="", member="", ports=())
    answers: list[Answer] = []
    for target in rule.targets.value:
        server = _server(fabric, eyes, target, rule.targets.cite, door, asked, depth + 1)
        answers.extend(answer.after(step) for answer in server.answers)
    return answers
