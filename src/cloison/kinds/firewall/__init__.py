"""Microsoft.Network/azureFirewalls: an appliance that packets are routed to, with the rules it applies to them."""

from __future__ import annotations

from collections.abc import Iterable

from cloison.kinds._read import network_of
from cloison.kinds.firewall import facts
from cloison.kinds.firewall.policy import Policies, dns_servers, keeps_source, proxies_dns
from cloison.kinds.firewall.rules import rules
from cloison.model.kind import Kind
from cloison.model.network import Appliance
from cloison.model.snapshot import Resource, Snapshot


def facets(resource: Resource, snapshot: Snapshot) -> Iterable[Appliance]:
    """The firewall with its own rules, or those of its policy and the policies that one is based on."""
    body = resource.body
    policies = Policies.of(resource, snapshot)
    found, known = rules(resource, snapshot, policies)
    subnet = facts.subnet(body)
    yield Appliance(
        id=resource.id,
        maybe=resource.maybe,
        network=network_of(subnet),
        subnet=subnet,
        addresses=facts.addresses(body),
        proxies_dns=proxies_dns(body, policies),
        dns_servers=dns_servers(body, policies),
        rules=found,
        rules_known=known,
        keeps_source=keeps_source(body, policies),
    )


KIND = Kind(type="Microsoft.Network/azureFirewalls", facets=facets, title="firewall")
