"""Children inside a body become resources of their own."""

from __future__ import annotations

from typing import Any

from cloison import kinds
from cloison.model.facts import Known, Unknown
from cloison.model.network import Filter, FilterRule, Network, Route, Subnet
from cloison.model.snapshot import Place
from tests.kinds.world import facets, named, one

RULE = {"direction": "Outbound", "access": "Deny", "priority": 300, "protocol": "Tcp"}


def test_a_child_stands_where_its_parent_says() -> None:
    """A nested subnet has its own id, its parent's state, and its own place in the file."""
    body = {
        "addressSpace": {"addressPrefixes": ["10.0.0.0/16"]},
        "subnets": [{"name": "doors", "properties": {}}],
    }
    places = {
        "/properties/subnets/0": Place("net.json", 7, 3),
        "/properties/subnets/0/name": Place("net.json", 8, 5),
    }
    spoke = one(
        "virtualNetworks/spoke",
        body,
        planned=True,
        locate=lambda pointer: places.get(pointer, Place("net.json")),
    )

    _, doors = kinds.expand_nested([spoke])

    assert named("virtualNetworks/spoke/subnets/doors") == doors.id
    assert "microsoft.network/virtualnetworks/subnets" == doors.type
    assert doors.planned
    assert Place("net.json", 8, 5) == doors.place("/name")


def test_a_child_of_its_own_wins() -> None:
    """A subnet that also stands on its own is taken from there, once."""
    inside = {"name": "doors", "properties": {"addressPrefix": "10.0.1.0/24"}}
    network = one("virtualNetworks/spoke", {"subnets": [inside]})
    doors = one("virtualNetworks/SPOKE/subnets/doors", {"addressPrefix": "10.0.2.0/24"})

    (subnet,) = facets(Subnet, doors, network)

    assert isinstance(subnet.prefixes, Known)
    assert ("10.0.2.0/24",) == subnet.prefixes.value


def test_a_whole_child_beats_a_partial_one() -> None:
    """An `existing` subnet of a template takes what its network's body says of it."""
    inside = {"name": "doors", "properties": {"addressPrefix": "10.0.1.0/24"}}
    network = one("virtualNetworks/spoke", {"subnets": [inside]})
    doors = one("virtualNetworks/spoke/subnets/doors", {}, partial=Unknown("only named", "add it"))

    (subnet,) = facets(Subnet, doors, network)

    assert isinstance(subnet.prefixes, Known)
    assert ("10.0.1.0/24",) == subnet.prefixes.value


def test_a_child_that_is_only_named_decides_nothing() -> None:
    """A parent that lists ids leaves its children's settings unknown, and says what to add."""
    network = one(
        "virtualNetworks/spoke", {"subnets": [{"id": named("virtualNetworks/spoke/subnets/doors").text}]}
    )

    (subnet,) = facets(Subnet, network)

    assert isinstance(subnet.filter, Unknown)
    assert subnet.filter.ask.startswith("add /subscriptions/")


def test_the_order_of_rules_does_not_matter() -> None:
    """Two listings of the same rules give the same facets."""
    rules = [
        {"name": "first", "properties": RULE},
        {"name": "second", "properties": {**RULE, "priority": 200}},
    ]

    def told(listed: list[dict[str, Any]]) -> set[tuple[str, object]]:
        found = facets(FilterRule, one("networkSecurityGroups/nodes", {"securityRules": listed}))
        return {(rule.name, rule.priority.value) for rule in found}

    assert told(rules) == told(rules[::-1])


def test_a_list_that_cannot_be_read_is_not_empty() -> None:
    """A filter whose rules are no list does not know its rules; one without the list has none."""
    (odd,) = facets(Filter, one("networkSecurityGroups/odd", {"securityRules": "none"}))
    (bare,) = facets(Filter, one("networkSecurityGroups/bare", {}))

    assert isinstance(odd.rules_known, Unknown)
    assert isinstance(bare.rules_known, Known)


def test_a_child_without_a_name_still_counts() -> None:
    """A route whose name is left open is a route."""
    (route,) = facets(
        Route, one("routeTables/out", {"routes": [{"properties": {"addressPrefix": "0.0.0.0/0"}}]})
    )

    assert "{0}" == route.name


def test_types_nobody_knows_give_nothing() -> None:
    """Resources of other types are passed over."""
    assert [] == facets(Network, one("teapots/brown", {}))
    assert kinds.kind_of("Contoso.Kitchen/teapots") is None
