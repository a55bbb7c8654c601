"""Private zones, links and records; resolvers and rulesets."""

from __future__ import annotations

import pytest

from cloison.model.behaviour import Json, Refused
from tests.behaviour.desk import Desk, id_of, ref, refused

BLOB = "privatelink.blob.core.windows.net"
ZONE = "privateDnsZones/contoso.com"


@pytest.fixture
def desk() -> Desk:
    """Networks `net` and `far`, and the zone `contoso.com`."""
    desk = Desk()
    desk.network("net", "10.0.0.0/16", inside="10.0.0.0/28", outside="10.0.0.16/28", large="10.0.16.0/20")
    desk.network("far", "10.1.0.0/16")
    desk.zone("contoso.com")
    return desk


def test_a_new_zone_has_its_soa_record(desk: Desk) -> None:
    """A new zone counts one record set, the SOA record."""
    assert 1 == desk.at(ZONE, "numberOfRecordSets")
    assert "contoso.com." == desk.at(f"{ZONE}/SOA/@", "fqdn")
    assert "azureprivatedns-host.microsoft.com" == desk.at(f"{ZONE}/SOA/@", "soaRecord/email")


def test_zones_count_what_is_in_them(desk: Desk) -> None:
    """A zone counts its record sets, links and links with registration."""
    desk.put(f"{ZONE}/A/www", {"aRecords": [{"ipv4Address": "10.0.0.4"}]})
    desk.link("contoso.com", "net", registrationEnabled=True)
    desk.link("contoso.com", "far")
    counts = [
        desk.at(ZONE, f"numberOf{what}")
        for what in ("RecordSets", "VirtualNetworkLinks", "VirtualNetworkLinksWithRegistration")
    ]
    assert [2, 2, 1] == counts


def test_zones_are_global(desk: Desk) -> None:
    """A zone in a region is refused."""
    with refused("LocationNotAvailableForResourceType", "list of available regions".capitalize()):
        desk.put("privateDnsZones/fabrikam.com", location="westeurope")


@pytest.mark.parametrize("name", ["core.windows.net", "azure.com", "single", "a..b", "-a.com"])
def test_reserved_and_malformed_names_are_refused(desk: Desk, name: str) -> None:
    """A zone cannot have a reserved name, one label, or a label that is none."""
    with refused("BadRequest"):
        desk.put(f"privateDnsZones/{name}")


def test_below_reserved_names_there_may_be_zones(desk: Desk) -> None:
    """The zones of private link lie below reserved names."""
    desk.zone(BLOB)


def test_linked_zones_stay(desk: Desk) -> None:
    """A zone with a link cannot be deleted; the refusal names the link."""
    desk.link("contoso.com", "net")
    with refused(
        "CannotDeleteResource", "Microsoft.Network/privateDnsZones/contoso.com/virtualNetworkLinks/net"
    ):
        desk.delete(ZONE)
    desk.delete(f"{ZONE}/virtualNetworkLinks/net")
    assert 202 == desk.delete(ZONE).status
    assert desk.get(f"{ZONE}/SOA/@") is None


def test_new_links_say_what_azure_fills_in(desk: Desk) -> None:
    """A link that names its network only does not register, does not fall back, and is completed."""
    desk.link("contoso.com", "net")
    link = f"{ZONE}/virtualNetworkLinks/net"
    assert [False, "Completed"] == [
        desk.at(link, one) for one in ("registrationEnabled", "virtualNetworkLinkState")
    ]
    assert "Default" == desk.get(link, "2024-06-01")["properties"]["resolutionPolicy"]  # type: ignore[index]
    assert "resolutionPolicy" not in desk.get(link, "2020-06-01")["properties"]  # type: ignore[index]


def test_a_network_is_linked_to_one_zone_of_a_name(desk: Desk) -> None:
    """A second link of a network to a zone of the same name is refused at the end, whatever group the zone is in."""
    desk.link("contoso.com", "net")
    with refused("BadRequest", "multiple zones with overlapping namespaces", late=True) as info:
        desk.put(f"{ZONE}/virtualNetworkLinks/again", {"virtualNetwork": ref("virtualNetworks/net")})
    expected = "You tried to link virtual network with 'contoso.com' and 'contoso.com' zones."
    assert info.value.message.endswith(expected)


def test_parent_and_child_zones_are_linked_together(desk: Desk) -> None:
    """A network may be linked to a zone and to one below it."""
    desk.zone("a.contoso.com")
    desk.link("contoso.com", "net")
    desk.link("a.contoso.com", "net")


def test_a_network_registers_in_one_zone(desk: Desk) -> None:
    """A second link of a network with registration is refused at the end."""
    desk.zone("fabrikam.com")
    desk.link("contoso.com", "net", registrationEnabled=True)
    with refused(
        "Conflict", "only be linked to 1 Private DNS zone(s) with auto-registration enabled", late=True
    ):
        desk.link("fabrikam.com", "net", registrationEnabled=True)


def test_only_zones_of_private_link_fall_back(desk: Desk) -> None:
    """A link of another zone that asks for the fallback is refused at the end."""
    desk.zone(BLOB)
    desk.link(BLOB, "net", resolutionPolicy="NxDomainRedirect")
    with refused("BadRequest", "private link zones only", late=True):
        desk.link("contoso.com", "net", resolutionPolicy="NxDomainRedirect")


def test_links_need_a_network_and_keep_it(desk: Desk) -> None:
    """A link to no network is refused, and one to another network as well."""
    with refused("BadRequest", "was not found", late=True):
        desk.link("contoso.com", "none")
    desk.link("contoso.com", "net")
    with refused("BadRequest", "cannot be changed", late=True):
        desk.put(f"{ZONE}/virtualNetworkLinks/net", {"virtualNetwork": ref("virtualNetworks/far")})


# --- preconditions -------------------------------------------------------------------------------------

STALE = "11111111-0000-0000-0000-000000000000"
LATE = [
    (ZONE, "*", "The Zone contoso.com exists already and hence cannot be created again."),
    (ZONE, "", "The Zone contoso.com has been modified (etag mismatch)."),
    (
        f"{ZONE}/virtualNetworkLinks/net",
        "*",
        "The Virtual Network link net for the Private DNS zone contoso.com exists already and hence cannot be",
    ),
    (
        f"{ZONE}/virtualNetworkLinks/net",
        "",
        "The Virtual Network link 'net' for the Private DNS zone 'contoso.com' has been modified (etag mismatch).",
    ),
]


@pytest.mark.parametrize(("path", "none_match", "message"), LATE)
def test_preconditions_of_zones_and_links_fail_late(
    desk: Desk, path: str, none_match: str, message: str
) -> None:
    """A precondition of a zone or link that does not hold ends the operation, in the service's words."""
    desk.link("contoso.com", "net")
    more = {"if_none_match": none_match} if none_match else {"if_match": STALE}
    with refused("PreconditionFailed", message, late=True):
        desk.put(path, {"virtualNetwork": ref("virtualNetworks/net")}, **more)


def test_preconditions_of_records_fail_at_once_without_envelope(desk: Desk) -> None:
    """A precondition of a record set that does not hold is answered at once with 412, without an envelope."""
    record = f"{ZONE}/A/www"
    desk.put(record, {"aRecords": [{"ipv4Address": "10.0.0.4"}]}, if_none_match="*")
    with pytest.raises(Refused) as again:
        desk.put(record, {}, if_none_match="*")
    text = "The Record set www exists already and hence cannot be created again."
    assert (412, {"code": "PreconditionFailed", "message": text}) == (again.value.status, again.value.body)
    with pytest.raises(Refused) as stale:
        desk.put(record, {}, if_match=STALE)
    text = "The Record set www has been modified (etag mismatch)."
    assert {"code": "PreconditionFailed", "message": text} == stale.value.body
    assert not stale.value.late


def test_a_present_etag_is_taken(desk: Desk) -> None:
    """A request with the present etag is carried out; the etag is another one then."""
    record = f"{ZONE}/A/www"
    first = desk.put(record, {"aRecords": []}).body["etag"]
    second = desk.put(record, {"ttl": 60}, if_match=first).body["etag"]
    assert first != second


# --- records -------------------------------------------------------------------------------------------


def test_records_are_made_at_once(desk: Desk) -> None:
    """A new record set is answered with 201 and its whole name; one that was there with 200."""
    made = desk.put(f"{ZONE}/A/www", {"aRecords": [{"ipv4Address": "10.0.0.4"}]})
    assert (201, "www.contoso.com.", False) == (
        made.status,
        made.body["properties"]["fqdn"],
        made.body["properties"]["isAutoRegistered"],
    )
    assert 200 == desk.put(f"{ZONE}/A/www", {"ttl": 5}).status
    assert 200 == desk.delete(f"{ZONE}/A/www").status
    assert 204 == desk.delete(f"{ZONE}/A/www").status


@pytest.mark.parametrize(
    ("path", "properties"),
    [
        ("A/www", {"aRecords": [{"ipv4Address": "::1"}]}),
        ("AAAA/www", {"aaaaRecords": [{"ipv6Address": "10.0.0.4"}]}),
        ("A/www", {"aRecords": "10.0.0.4"}),
        ("A/www", {"aRecords": [{"ipv4Address": f"10.0.0.{one}"} for one in range(21)]}),
        ("A/www", {"ttl": -1}),
        ("A/w w", {"aRecords": []}),
        ("CNAME/@", {"cnameRecord": {"cname": "there.com"}}),
        ("MX/www", {"mxRecords": [{"preference": 1}]}),
    ],
)
def test_records_that_say_nonsense_are_refused(desk: Desk, path: str, properties: Json) -> None:
    """Addresses, numbers, names and times of a record set are checked."""
    with refused("BadRequest"):
        desk.put(f"{ZONE}/{path}", properties)


def test_an_alias_is_alone_at_its_name(desk: Desk) -> None:
    """No other record set stands at the name of an alias, and no alias at another's."""
    desk.put(f"{ZONE}/CNAME/www", {"cnameRecord": {"cname": "there.com"}})
    with refused("BadRequest", "cannot share its name"):
        desk.put(f"{ZONE}/A/www", {})
    desk.put(f"{ZONE}/A/other", {})
    with refused("BadRequest", "cannot share its name"):
        desk.put(f"{ZONE}/CNAME/other", {"cnameRecord": {"cname": "there.com"}})


def test_a_patch_replaces_metadata_as_a_whole(desk: Desk) -> None:
    """A PATCH of a record set replaces what it names, and leaves the rest."""
    record = f"{ZONE}/TXT/note"
    desk.put(record, {"txtRecords": [{"value": ["text"]}], "metadata": {"one": "1"}})
    desk.patch(record, {"properties": {"metadata": {"two": "2"}}})
    assert {"two": "2"} == desk.at(record, "metadata")
    assert [{"value": ["text"]}] == desk.at(record, "txtRecords")


def test_the_soa_record_stays(desk: Desk) -> None:
    """The SOA record can be changed but for its host and serial number; it cannot be deleted, and not be made."""
    desk.patch(f"{ZONE}/SOA/@", {"properties": {"soaRecord": {"email": "me.contoso.com", "host": "mine"}}})
    told = desk.at(f"{ZONE}/SOA/@", "soaRecord")
    assert ("me.contoso.com", "internal.cloudapp.net", 1) == (
        told["email"],
        told["host"],
        told["serialNumber"],
    )
    with refused("BadRequest"):
        desk.delete(f"{ZONE}/SOA/@")
    with refused("BadRequest"):
        desk.put(f"{ZONE}/SOA/other", {})


def test_records_need_their_zone(desk: Desk) -> None:
    """A record set in no zone is refused with the zone's name."""
    with refused("ParentResourceNotFound", "Parent resource 'none.com' not found"):
        desk.put("privateDnsZones/none.com/A/www", {})


# --- resolvers -----------------------------------------------------------------------------------------


@pytest.fixture
def resolving(desk: Desk) -> Desk:
    """As `desk`, with a resolver in `net`."""
    desk.put("dnsResolvers/resolver", {"virtualNetwork": ref("virtualNetworks/net")})
    return desk


def inbound(desk: Desk, subnet: str, name: str = "in", **more: str) -> None:
    configuration = {"subnet": ref(f"virtualNetworks/{subnet}"), **more}
    path = f"dnsResolvers/resolver/inboundEndpoints/{name}"
    desk.put(path, {"ipConfigurations": [configuration]}, location="westeurope")


def test_inbound_endpoints_take_an_address(resolving: Desk) -> None:
    """An inbound endpoint gets the first free address of its subnet, or the one that it asks for."""
    inbound(resolving, "net/subnets/inside")
    path = "dnsResolvers/resolver/inboundEndpoints/in"
    assert "10.0.0.4" == resolving.at(path, "ipConfigurations/0/privateIpAddress")
    inbound(
        resolving,
        "net/subnets/outside",
        "other",
        privateIpAddress="10.0.0.25",
        privateIpAllocationMethod="Static",
    )
    other = "dnsResolvers/resolver/inboundEndpoints/other"
    assert "10.0.0.25" == resolving.at(other, "ipConfigurations/0/privateIpAddress")


@pytest.mark.parametrize("subnet", ["net/subnets/large", "far/subnets/none", "net/subnets/none"])
def test_inbound_endpoints_need_a_small_subnet_of_their_network(resolving: Desk, subnet: str) -> None:
    """A subnet that is too large, of another network or not there is refused at the end."""
    with refused("BadRequest", late=True):
        inbound(resolving, subnet)


def test_endpoints_of_resolvers_share_no_subnet(resolving: Desk) -> None:
    """A subnet serves one endpoint, and cannot go while it does."""
    inbound(resolving, "net/subnets/inside")
    with refused("BadRequest", "not currently in use by any other", late=True):
        inbound(resolving, "net/subnets/inside", "again")
    with refused("InUseSubnetCannotBeDeleted"):
        resolving.delete("virtualNetworks/net/subnets/inside")


def test_resolvers_and_outbound_endpoints_stay_while_used(resolving: Desk) -> None:
    """A resolver with endpoints stays, an outbound endpoint of a ruleset too, and a ruleset with links."""
    resolving.put(
        "dnsResolvers/resolver/outboundEndpoints/out",
        {"subnet": ref("virtualNetworks/net/subnets/outside")},
        location="westeurope",
    )
    out = {"id": id_of("dnsResolvers/resolver/outboundEndpoints/out").text}
    resolving.put("dnsForwardingRulesets/rules", {"dnsResolverOutboundEndpoints": [out]})
    link = "dnsForwardingRulesets/rules/virtualNetworkLinks/far"
    resolving.put(link, {"virtualNetwork": ref("virtualNetworks/far")})
    for path, code in (
        ("dnsForwardingRulesets/rules", "CannotDeleteResource"),
        ("dnsResolvers/resolver/outboundEndpoints/out", "Conflict"),
        ("dnsResolvers/resolver", "CannotDeleteResource"),
    ):
        with refused(code):
            resolving.delete(path)
    for path in (link, "dnsForwardingRulesets/rules", "dnsResolvers/resolver/outboundEndpoints/out"):
        resolving.delete(path)
    resolving.delete("dnsResolvers/resolver")


def test_a_network_has_one_resolver_and_one_ruleset(resolving: Desk) -> None:
    """A second resolver in a network is refused at the end."""
    with refused("Conflict", "has the DNS resolver", late=True):
        resolving.put("dnsResolvers/second", {"virtualNetwork": ref("virtualNetworks/net")})


def test_forwarding_rules_are_for_whole_domains(resolving: Desk) -> None:
    """A rule's domain ends with a dot, and no two rules of a ruleset have the same."""
    resolving.put(
        "dnsResolvers/resolver/outboundEndpoints/out",
        {"subnet": ref("virtualNetworks/net/subnets/outside")},
        location="westeurope",
    )
    out = {"id": id_of("dnsResolvers/resolver/outboundEndpoints/out").text}
    resolving.put("dnsForwardingRulesets/rules", {"dnsResolverOutboundEndpoints": [out]})
    rule = {"domainName": "contoso.com.", "targetDnsServers": [{"ipAddress": "10.1.0.4"}]}
    resolving.put("dnsForwardingRulesets/rules/forwardingRules/one", rule)
    told = resolving.at("dnsForwardingRulesets/rules/forwardingRules/one", "targetDnsServers")
    assert [{"ipAddress": "10.1.0.4", "port": 53}] == told
    with refused("Conflict"):
        resolving.put("dnsForwardingRulesets/rules/forwardingRules/two", rule)
    with refused("BadRequest", "must end with a dot"):
        resolving.put(
            "dnsForwardingRulesets/rules/forwardingRules/two", {**rule, "domainName": "contoso.org"}
        )
