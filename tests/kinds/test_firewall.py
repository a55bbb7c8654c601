"""Firewalls: which rules they ask, in which order, and what their policies tell."""

from __future__ import annotations

from typing import Any

from cloison.model.facts import Known, Unknown
from cloison.model.network import Appliance
from cloison.model.snapshot import Resource
from tests.kinds.world import facets, named, one

SUBNET = named("virtualNetworks/hub/subnets/AzureFirewallSubnet").text


def wall(address: str | None = "10.0.0.4", **properties: Any) -> Resource:
    told = {"subnet": {"id": SUBNET}, **({"privateIPAddress": address} if address else {})}
    body = {"ipConfigurations": [{"name": "first", "properties": told}], **properties}
    return one("azureFirewalls/wall", body, planned=address is None)


def policy(name: str, base: str = "", groups: tuple[str, ...] = (), **properties: Any) -> Resource:
    told = {
        "ruleCollectionGroups": [
            {"id": named(f"firewallPolicies/{name}/ruleCollectionGroups/{one}").text} for one in groups
        ]
    }
    based = {"basePolicy": {"id": named(f"firewallPolicies/{base}").text}} if base else {}
    return one(f"firewallPolicies/{name}", {**told, **based, **properties})


def rule(name: str, **told: Any) -> dict[str, Any]:
    return {
        "ruleType": "NetworkRule",
        "name": name,
        "ipProtocols": ["TCP"],
        "destinationPorts": ["443"],
        **told,
    }


def group(tail: str, priority: int, *collections: tuple[int, dict[str, Any]]) -> Resource:
    listed = [{"priority": at, "action": {"type": "Allow"}, "rules": [one]} for at, one in collections]
    return one(f"firewallPolicies/{tail}", {"priority": priority, "ruleCollections": listed})


def taking(name: str) -> dict[str, Any]:
    return {"firewallPolicy": {"id": named(f"firewallPolicies/{name}").text}}


def appliance(*resources: Resource) -> Appliance:
    (found,) = facets(Appliance, *resources)
    return found


def test_rules_come_in_the_order_they_are_asked() -> None:
    """The base policy first, whatever its priorities; then groups, then collections by priority."""
    found = appliance(
        wall(**taking("team")),
        policy("team", base="company", groups=("late", "early")),
        policy("company", groups=("base",)),
        group("team/ruleCollectionGroups/late", 300, (100, rule("d", sourceAddresses=["4"]))),
        group(
            "team/ruleCollectionGroups/early",
            200,
            (190, rule("c", sourceAddresses=["3"])),
            (110, rule("b", sourceAddresses=["2"])),
        ),
        group("company/ruleCollectionGroups/base", 900, (100, rule("a", sourceAddresses=["1"]))),
    )

    assert ["1", "2", "3", "4"] == [one.sources.value[0] for one in found.rules]
    assert isinstance(found.rules_known, Known)


def test_rules_that_were_not_read_are_not_none() -> None:
    """A policy, a base or a group that is missing leaves the rules unknown."""
    team = policy("team", groups=("scoring",))
    based = policy("team", base="company")

    assert isinstance(appliance(wall(**taking("team"))).rules_known, Unknown)
    assert isinstance(appliance(wall(**taking("team")), team).rules_known, Unknown)
    assert isinstance(appliance(wall(**taking("team")), based).rules_known, Unknown)


def test_a_policy_based_on_itself_ends() -> None:
    """A circle of policies is unknown, not endless."""
    circle = [policy("team", base="company"), policy("company", base="team")]

    assert isinstance(appliance(wall(**taking("team")), *circle).rules_known, Unknown)


def test_ip_groups_become_their_addresses() -> None:
    """One that was not read leaves the rule's sources unknown, and the rule in its place."""
    scorers = named("ipGroups/scorers").text
    team = policy("team", groups=("g",))
    rules = group(
        "team/ruleCollectionGroups/g",
        200,
        (100, rule("a", sourceAddresses=["10.9.0.1"], sourceIpGroups=[scorers])),
    )
    addresses = one("ipGroups/scorers", {"ipAddresses": ["10.1.0.0/24"]})

    (known,) = appliance(wall(**taking("team")), team, rules, addresses).rules
    (unknown,) = appliance(wall(**taking("team")), team, rules).rules

    assert ("10.9.0.1", "10.1.0.0/24") == known.sources.value
    assert isinstance(unknown.sources, Unknown)


def test_application_rules_state_their_ports_or_take_the_usual() -> None:
    """Https without a port is 443; a rule of categories or paths does not tell its hosts."""
    web = {
        "ruleType": "ApplicationRule",
        "protocols": [{"protocolType": "Https"}, {"protocolType": "Http", "port": 8080}],
    }
    named = {**web, "targetFqdns": ["*.Azurecr.io"], "sourceAddresses": ["*"]}
    sorted_ = {**web, "webCategories": ["Business"], "sourceAddresses": ["*"]}
    rules = group("team/ruleCollectionGroups/g", 200, (100, named), (200, sorted_))

    first, second = appliance(wall(**taking("team")), policy("team", groups=("g",)), rules).rules

    assert ("443", "8080") == first.ports.value
    assert ("*.azurecr.io",) == first.names.value
    assert isinstance(second.names, Unknown)


def test_classic_settings_stand_in_the_firewall() -> None:
    """DNS proxy, servers and private ranges of a firewall without a policy."""
    told = {
        "Network.DNS.EnableProxy": "true",
        "Network.DNS.Servers": "10.0.3.4, 10.0.3.5",
        "Network.SNAT.PrivateRanges": "255.255.255.255/32",
    }
    found = appliance(wall(additionalProperties=told))
    bare = appliance(wall())

    assert found.proxies_dns.value is True
    assert ("10.0.3.4", "10.0.3.5") == found.dns_servers.value
    assert ("255.255.255.255/32",) == found.keeps_source.value
    assert bare.proxies_dns.value is False
    assert ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10") == bare.keeps_source.value
    assert isinstance(bare.rules_known, Known)


def test_what_only_the_base_tells_is_unknown() -> None:
    """Whether DNS settings are taken from a base policy is not documented."""
    company = policy("company", dnsSettings={"enableProxy": True})
    silent = policy("team", base="company")
    outspoken = policy("team", base="company", dnsSettings={"enableProxy": False})

    assert isinstance(appliance(wall(**taking("team")), silent, company).proxies_dns, Unknown)
    assert appliance(wall(**taking("team")), outspoken, company).proxies_dns.value is False


def test_a_planned_firewall_does_not_know_its_address() -> None:
    """Azure chooses it at deployment."""
    found = appliance(wall(address=None))

    assert isinstance(found.addresses, Unknown)
    assert found.network.value == named("virtualNetworks/hub")


def test_a_firewall_of_a_hub_stands_in_no_network() -> None:
    """Its address is the hub's."""
    body = {
        "virtualHub": {"id": named("virtualHubs/hub").text},
        "hubIPAddresses": {"privateIPAddress": "10.5.0.132"},
    }
    found = appliance(one("azureFirewalls/wall", body))

    assert found.network.value is None
    assert ("10.5.0.132",) == found.addresses.value
