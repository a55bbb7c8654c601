"""Names: who answers a network's queries, and with what.

Sources: Microsoft Learn, "Name resolution for resources in Azure virtual networks", "Azure Private Endpoint private
DNS zone values", "Azure DNS Private Resolver endpoints and rulesets", "Azure Firewall DNS settings"; checked
2026-11-24.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from cloison.arm.ids import ResourceId
from cloison.model.facts import Cite, Known, Origin, Unknown
from cloison.model.network import Appliance, Door, ForwardingRule, Host, ResolverInbound, Ruleset
from cloison.model.verdict import HopKind, Outcome, Step, unknown_step
from cloison.reach import doors, peerings, spans, zones
from cloison.reach.fabric import Fabric, known
from cloison.reach.filters import Match
from cloison.reach.packets import Source
from cloison.reach.zones import Answer, Relay

MOST_ALIASES = 16
MOST_SERVERS = 6
PLATFORM_TEXT = "168.63.129.16"
PUBLIC_DNS = "the service's public name, Microsoft Learn, Azure Private Endpoint DNS, checked 2026-01-05"


class Server(msgspec.Struct, frozen=True):
    """A DNS server and what it answers."""

    address: str
    """Empty for Azure DNS, which every network reaches."""
    network: ResourceId | None
    answers: tuple[Answer, ...]


class Question(msgspec.Struct, frozen=True):
    """What is asked, where, and from behind how many servers."""

    door: Door
    host: Host
    name: str
    """The host's own name, or an alias that led here."""
    network: ResourceId
    """The network in which it is asked."""
    asker: ResourceId | None = None
    """The subnet of a server that asks; None for the pods themselves."""
    servers: int = 0
    aliases: int = 0

    def at(self, network: ResourceId, asker: ResourceId | None) -> Question:
        """The same question asked by a server in another network."""
        return msgspec.structs.replace(self, network=network, asker=asker, servers=self.servers + 1)

    def alias(self, name: str) -> Question:
        """The question for an alias, with the same eyes."""
        return msgspec.structs.replace(self, name=name, aliases=self.aliases + 1)


def ask(fabric: Fabric, source: Source, door: Door, host: Host) -> tuple[Server, ...]:
    """The servers that pods on the source's subnet may ask for a host, each with its possible answers."""
    key = ("name", source.network, door.id, host.name)
    found = fabric.memo.get(key)
    if found is None:
        found = fabric.memo[key] = _ask(fabric, Question(door, host, host.name, source.network))
    return found  # type: ignore[return-value]  # filed under this key only here


def told_to(fabric: Fabric, appliance: Appliance, host: str) -> tuple[Answer, ...]:
    """What a firewall itself is told when it asks for a host; nothing for names that are no host's."""
    home, asked = known(appliance.network), fabric.host_doors.get(host)
    if home is None or asked is None:
        return ()
    key = ("told", appliance.id, host)
    found = fabric.memo.get(key)
    if found is None:
        question = Question(*asked, host, home, known(appliance.subnet))
        found = fabric.memo[key] = tuple(_behind(fabric, appliance, question))
    return found  # type: ignore[return-value]  # filed under this key only here


def approved(fabric: Fabric, door: Door) -> tuple[Match, Step]:
    """Whether the sub-resource has an approved private endpoint connection, so that its public name has an alias."""
    maybe: Step | None = None
    for endpoint in fabric.endpoints_to.get(door.id, ()):
        if isinstance(endpoint.groups, Known) and door.subresource not in endpoint.groups.value:
            continue
        facts = (endpoint.groups, endpoint.status)
        unread = endpoint.maybe or next((fact for fact in facts if isinstance(fact, Unknown)), None)
        against = doors.listed(door, endpoint)
        if unread is not None:
            maybe = unknown_step(HopKind.NAME, unread)
        elif isinstance(endpoint.status, Known) and endpoint.status.value == "approved":
            if against is None:
                text = f"{door.id.name} has an approved private endpoint for {door.subresource}"
                return Match.YES, Step(HopKind.NAME, Outcome.PASS, text, (endpoint.status.cite,))
            if against.outcome is Outcome.UNKNOWN:
                maybe = msgspec.structs.replace(against, hop=HopKind.NAME)
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
    return doors.unseen(fabric, door)


# Servers


def _ask(fabric: Fabric, question: Question) -> tuple[Server, ...]:
    network = question.network
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
    return tuple(_server(fabric, question, text, cite) for text in servers)


def _server(fabric: Fabric, question: Question, text: str, cite: Cite) -> Server:
    """One server by its address, as it is seen from the network of the question."""
    network = question.network
    if question.servers > MOST_SERVERS:
        text_ = f"DNS servers forward {question.host.name} round in a circle"
        return Server(text, None, (Answer((Step(HopKind.NAME, Outcome.STOP, text_, (cite,)),)),))
    if text == PLATFORM_TEXT:
        return Server("", network, tuple(_azure(fabric, question)))
    number = spans.address(text)
    told = fabric.forwarders.get(text)
    if told is not None:
        said = f"{text} answers with the eyes of {told.name}, as told by --dns"
        return _with_eyes(fabric, question, told, text, Step(HopKind.NAME, Outcome.PASS, said, (cite,)))
    holder = _holder(fabric, network, number) if number is not None else None
    home = known(holder.network) if holder is not None else None
    if holder is None or home is None:
        ask = f"say whose eyes it has: --dns {text}=NETWORK, the network in which it asks Azure DNS"
        said = f"what the DNS server {text} of {network.name} answers is not in the input"
        step = Step(HopKind.NAME, Outcome.UNKNOWN, said, (cite,), ask)
        return Server(text, _home(fabric, network, number), (Answer((step,)),))
    if isinstance(holder, ResolverInbound):
        step = Step(HopKind.NAME, Outcome.PASS, f"{text} is DNS resolver endpoint {holder.id.name}", (cite,))
        return _with_eyes(fabric, question, home, text, step)
    return _proxy(fabric, question, holder, home, text, cite)


def _holder(fabric: Fabric, network: ResourceId, number: int) -> ResolverInbound | Appliance | None:
    """What answers at an address: nearest first, as networks that do not see each other may reuse addresses."""
    holders = (*fabric.inbound.get(number, ()), *fabric.appliances.get(number, ()))
    near = [one for one in holders if known(one.network) == network]
    near = near or [one for one in holders if _peered(fabric, network, known(one.network))]
    found = near or list(holders)
    return found[0] if len({known(one.network) for one in found}) == 1 else None


def _peered(fabric: Fabric, network: ResourceId, home: ResourceId | None) -> bool:
    return home is not None and ((network, home) in fabric.peering or (home, network) in fabric.peering)


def _with_eyes(fabric: Fabric, question: Question, eyes: ResourceId, text: str, step: Step) -> Server:
    answers = _azure(fabric, question.at(eyes, question.asker))
    return Server(text, eyes, tuple(answer.after(step) for answer in answers))


def _proxy(
    fabric: Fabric, question: Question, appliance: Appliance, home: ResourceId, text: str, cite: Cite
) -> Server:
    proxies = appliance.proxies_dns
    if isinstance(proxies, Unknown):
        return Server(text, home, (Answer((unknown_step(HopKind.NAME, proxies),)),))
    if not proxies.value:
        said = f"firewall {appliance.id.name} is no DNS proxy, so {text} does not answer"
        step = Step(HopKind.NAME, Outcome.STOP, said, (proxies.cite,))
        return Server(text, home, (Answer((step,)),))
    said = f"{text} is the DNS proxy of firewall {appliance.id.name}"
    step = Step(HopKind.NAME, Outcome.PASS, said, (cite, proxies.cite))
    behind = _behind(fabric, appliance, question.at(home, known(appliance.subnet)))
    return Server(text, home, tuple(answer.after(step) for answer in behind))


def _behind(fabric: Fabric, appliance: Appliance, question: Question) -> Iterator[Answer]:
    """What the servers behind a firewall answer; its subnet is where the questions come from."""
    servers = appliance.dns_servers
    if isinstance(servers, Unknown):
        yield Answer((unknown_step(HopKind.NAME, servers),))
        return
    for text in servers.value or (PLATFORM_TEXT,):
        yield from _relayed(fabric, question, text, servers.cite)


def _relayed(fabric: Fabric, question: Question, text: str, cite: Cite) -> Iterator[Answer]:
    """Answers of a server that another server asks, with the way between them still to be judged."""
    server = _server(fabric, question, text, cite)
    relay = Relay(question.asker, server.address, server.network) if server.address else None
    for answer in server.answers:
        yield answer.after(relay=relay)


def _home(fabric: Fabric, network: ResourceId, number: int | None) -> ResourceId | None:
    if number is None:
        return None
    for candidate in (network, *peerings.neighbours(fabric, network)):
        if spans.covers(fabric.prefixes(candidate), ((number, number),)):
            return candidate
    return None


# Azure DNS


def _azure(fabric: Fabric, question: Question) -> list[Answer]:
    """Azure DNS with the eyes of one network, following aliases; every one is tested against private zones again."""
    eyes, name = question.network, question.name
    if question.aliases > MOST_ALIASES:
        return [Answer((Step(HopKind.NAME, Outcome.STOP, f"{name} is an alias of itself"),))]
    links, doubts = zones.links_for(fabric, eyes, name)
    if len(links) > 1:
        return [zones.two_zones(eyes, links).after(*doubts)]
    if links:
        found = zones.in_zone(fabric, links[0], name, doors.unseen(fabric, question.door))
        onward = [one for answer in found for one in _onward(fabric, question, answer)]
        return [answer.after(*doubts) for answer in onward]
    rules = list(_forwarding_rules(fabric, eyes, name))
    forwarded = [answer for rule in rules for answer in _forwarded(fabric, question, rule)]
    return [answer.after(*doubts) for answer in forwarded or _public(fabric, question)]


def _onward(fabric: Fabric, question: Question, answer: Answer) -> list[Answer]:
    """An answer that needs no more asking, or what follows from an alias or from public DNS."""
    if answer.alias:
        return [one.after(*answer.steps) for one in _azure(fabric, question.alias(answer.alias))]
    if answer.public:
        return [one.after(*answer.steps) for one in _public(fabric, question)]
    return [answer]


def _public(fabric: Fabric, question: Question) -> list[Answer]:
    """What public DNS says: known for the host and for its alias, which leads to the public address."""
    door, host, name = question.door, question.host, question.name
    if name not in (host.name, host.alias):
        text = f"what public DNS says of {name} is not in the input"
        return [Answer((Step(HopKind.NAME, Outcome.UNKNOWN, text, (), f"resolve {name}"),))]
    if name == host.alias or not host.alias:
        return [Answer((_public_step(fabric, question),), public=True)]
    match, why = approved(fabric, door)
    if match is Match.NO:
        return [Answer((why, _public_step(fabric, question)), public=True)]
    onward = _azure(fabric, question.alias(host.alias))
    if match is Match.YES:
        step = Step(HopKind.NAME, Outcome.PASS, f"{name} is an alias of {host.alias}", why.cites)
        return [answer.after(step) for answer in onward]
    in_public = Answer((_public_step(fabric, question),), public=True, doubt=why, without=True)
    return [*(msgspec.structs.replace(answer, doubt=why) for answer in onward), in_public]


def _public_step(fabric: Fabric, question: Question) -> Step:
    """The public answer, with what would have caught the name here: a zone that is not linked to this network."""
    eyes, name = question.network, question.name
    namesakes = fabric.zones_named.get(question.host.zone, ())
    cites = [Cite(eyes, "", Origin.DERIVED, PUBLIC_DNS)]
    why = f"no private zone linked to {eyes.name} takes in {name}"
    if namesakes:
        linked = {
            network
            for zone in namesakes
            for link in fabric.links_of_zone.get(zone.id, ())
            if (network := known(link.network)) is not None
        }
        names = ", ".join(sorted(network.name for network in linked))
        where = f"to {names} only" if linked else "to no network"
        why = f"zone {namesakes[0].name} is linked {where}, not to {eyes.name}"
        if eyes in linked:
            why = f"zone {namesakes[0].name} leaves it to public DNS"
        cites = [Cite(zone.id, "", Origin.DERIVED) for zone in namesakes[:3]] + cites
    return Step(HopKind.NAME, Outcome.PASS, f"{why}: {name} resolves to its public address", tuple(cites))


# Forwarding rules


def _forwarding_rules(fabric: Fabric, eyes: ResourceId, name: str) -> Iterator[ForwardingRule | Unknown]:
    """The enabled rules with the longest domain of all rulesets linked to a network; or why they are not known."""
    found: list[ForwardingRule] = []
    for link in (*fabric.rulesets_of.get(eyes, ()), *fabric.rulesets_of.get(None, ())):
        if isinstance(link.network, Unknown):
            yield link.network
            continue
        if link.network.value is None:
            continue
        rules = fabric.forwarding_of.get(link.ruleset, ())
        if not rules:
            text = f"the rules of ruleset {link.ruleset.name}, linked to {eyes.name}, are not in the input"
            yield Unknown(text, f"add the forwarding rules of {link.ruleset.text}", Cite(link.id))
        found.extend(rule for rule in rules if not isinstance(rule.enabled, Known) or rule.enabled.value)
        yield from (rule.domain for rule in rules if isinstance(rule.domain, Unknown))
        yield from (one for one in (link.maybe, *(rule.maybe for rule in rules)) if one is not None)
    taking = [(domain, rule) for rule in found if (domain := _domain(rule, name)) is not None]
    longest = max((len(domain) for domain, _ in taking), default=0)
    yield from (rule for domain, rule in taking if len(domain) == longest)


def _domain(rule: ForwardingRule, name: str) -> str | None:
    """The rule's domain where it takes the name in."""
    domain = rule.domain.value if isinstance(rule.domain, Known) else None
    if domain is None:
        return None
    return domain if domain in ("", name) or name.endswith(f".{domain}") else None


def _forwarded(fabric: Fabric, question: Question, rule: ForwardingRule | Unknown) -> Iterator[Answer]:
    if isinstance(rule, Unknown):
        yield Answer((unknown_step(HopKind.NAME, rule),))
        return
    for fact in (rule.enabled, rule.targets):
        if isinstance(fact, Unknown):
            yield Answer((unknown_step(HopKind.NAME, fact),))
            return
    assert isinstance(rule.targets, Known)
    text = f"forwarding rule {rule.id.name} sends {question.name} to {', '.join(rule.targets.value)}"
    step = Step(HopKind.NAME, Outcome.PASS, text, (Cite(rule.id),))
    for asker in _askers(fabric, rule):
        if isinstance(asker, Unknown):
            yield Answer((step, unknown_step(HopKind.NAME, asker)))
            continue
        network, subnet = asker
        for target in rule.targets.value:
            behind = _relayed(fabric, question.at(network, subnet), target, rule.targets.cite)
            yield from (answer.after(step) for answer in behind)


def _askers(fabric: Fabric, rule: ForwardingRule) -> Iterator[tuple[ResourceId, ResourceId | None] | Unknown]:
    """Network and subnet of each outbound endpoint that the rule's ruleset asks from."""
    ruleset = fabric.rulesets.get(rule.ruleset)
    if ruleset is None:
        yield Unknown(f"ruleset {rule.ruleset.name} is not in the input", f"add {rule.ruleset.text}")
        return
    yield from _outbound(fabric, ruleset)


def _outbound(fabric: Fabric, ruleset: Ruleset) -> Iterator[tuple[ResourceId, ResourceId | None] | Unknown]:
    named = ruleset.outbound
    if isinstance(named, Unknown):
        yield named
        return
    if not named.value:
        text = f"from which network ruleset {ruleset.id.name} asks is not in the input"
        yield Unknown(text, f"state dnsResolverOutboundEndpoints of {ruleset.id.text}", named.cite)
    for id in named.value:
        endpoint = fabric.outbound.get(ResourceId(id))
        if endpoint is None:
            text = (
                f"outbound endpoint {id.rpartition('/')[2]} of ruleset {ruleset.id.name} is not in the input"
            )
            yield Unknown(text, f"add {id}", named.cite)
        elif isinstance(endpoint.network, Unknown):
            yield endpoint.network
        elif endpoint.network.value is None:
            yield Unknown(f"outbound endpoint {endpoint.id.name} stands in no subnet", "state its subnet")
        else:
            yield endpoint.network.value, known(endpoint.subnet)
