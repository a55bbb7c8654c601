"""What goes wrong in real environments, one function each: it changes a draft in a random place."""

from __future__ import annotations

from collections.abc import Callable

from tests.oracle.environments import Draft

from .doors import (
    by_identity,
    clash,
    door,
    far_service,
    managed_network,
    outbound,
    second_cluster,
    service_endpoint,
)
from .endpoints import (
    endpoint_state,
    interface_changes,
    list_unread,
    never_connected,
    no_endpoint,
    second_endpoint,
    two_minds,
)
from .filters import (
    application_groups,
    endpoint_policy,
    endpoint_rules,
    firewall_rules,
    firewall_snat,
    firewall_unread,
    group_unread,
    resolver_rules,
    source_rules,
)
from .names import (
    alias_record,
    azure_dns_rules,
    dns_servers,
    falls_back,
    firewall_proxy,
    forwarding,
    link_changes,
    narrow_zone,
    nearer_record,
    no_link,
    no_record,
    other_record,
    records_unread,
    second_address,
    stale_record,
    twin_zone,
    wildcard,
    zone_group_changes,
)
from .networks import (
    firewall_route,
    gateway,
    inspected,
    network_unread,
    one_sided,
    overlap,
    peering_changes,
    some_route,
    subnet_unread,
    table_unread,
)

Mutation = Callable[[Draft], None]

_RECORDS: list[Mutation] = [
    stale_record,
    second_address,
    no_record,
    wildcard,
    nearer_record,
    other_record,
    alias_record,
    link_changes,
    link_changes,
    no_link,
    falls_back,
    twin_zone,
    narrow_zone,
    records_unread,
    records_unread,
    zone_group_changes,
]
_SERVERS: list[Mutation] = [
    dns_servers,
    dns_servers,
    firewall_proxy,
    forwarding,
    forwarding,
    forwarding,
    no_link,
    link_changes,
    clash,
    source_rules,
    peering_changes,
    resolver_rules,
    resolver_rules,
    azure_dns_rules,
    firewall_rules,
]
_ENDPOINTS: list[Mutation] = [
    endpoint_state,
    endpoint_state,
    no_endpoint,
    never_connected,
    list_unread,
    interface_changes,
    interface_changes,
    second_endpoint,
    two_minds,
    clash,
    stale_record,
    door,
]
_NETWORKS: list[Mutation] = [
    peering_changes,
    peering_changes,
    peering_changes,
    one_sided,
    network_unread,
    subnet_unread,
    second_cluster,
    overlap,
    gateway,
    gateway,
    managed_network,
    some_route,
    clash,
]
_ROUTES: list[Mutation] = [
    some_route,
    some_route,
    firewall_route,
    table_unread,
    inspected,
    inspected,
    firewall_rules,
    firewall_rules,
    firewall_unread,
    firewall_snat,
    firewall_snat,
    peering_changes,
    gateway,
    endpoint_policy,
]
_FILTERS: list[Mutation] = [
    source_rules,
    source_rules,
    endpoint_rules,
    endpoint_rules,
    endpoint_policy,
    group_unread,
    application_groups,
    peering_changes,
    some_route,
]
_DOORS: list[Mutation] = [
    door,
    door,
    service_endpoint,
    service_endpoint,
    by_identity,
    never_connected,
    outbound,
    far_service,
    source_rules,
    some_route,
    firewall_rules,
    no_link,
]
THEMES: list[list[Mutation]] = [_RECORDS, _SERVERS, _ENDPOINTS, _NETWORKS, _ROUTES, _FILTERS, _DOORS]
"""What tends to go wrong together; a mutation of several themes is in each."""
