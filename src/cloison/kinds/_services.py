"""What services shape alike: their firewalls, the connections they list, identities, names of hosts.

Knows no resource type; each kind says which places and which defaults.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cloison.kinds._index import children
from cloison.kinds._read import lower, lower_all, mapped, one_of
from cloison.model.body import Body, Open
from cloison.model.facts import Default, Fact, Known, Origin, Unknown
from cloison.model.network import Admission, Host
from cloison.model.snapshot import Resource, Snapshot

Connections = tuple[tuple[str, str], ...]

HTTPS = (443,)
PERIMETER = "securedbyperimeter"
GONE = frozenset({"failed", "networksourcedeleted", "deprovisioning"})
"""States of a subnet's rule that let nobody in.
Source: REST reference of Microsoft.Storage 2023-05-01, VirtualNetworkRule.state; checked 2026-11-24."""


# --- firewalls -----------------------------------------------------------------------------------------


def public_access(place: Body, source: str) -> Fact[bool]:
    """False when the public address is shut. Left out means open, as `source` says.

    Unknown when a network security perimeter decides, which is no setting of the service.
    Source: Microsoft Learn, Transition to a network security perimeter; checked 2026-11-24.
    """
    told = place.text(Default("Enabled", source))
    if isinstance(told, Known) and told.value.lower() == PERIMETER:
        text = f"{place.pointer} of {place.resource.name} is {told.value}: its perimeter's rules decide"
        return Unknown(text, "compare the access rules of its network security perimeter", told.cite)
    return one_of(place, {"enabled": True, "disabled": False}, Default("Enabled", source))


def open_to_all(rules: Body, source: str) -> Fact[bool]:
    """True when callers that no rule names are let in. Left out means so, as `source` says."""
    return one_of(rules.at("defaultAction"), {"allow": True, "deny": False}, Default("Allow", source))


def addresses(rules: Body, source: str) -> Fact[tuple[str, ...]]:
    """Public CIDR blocks and addresses let in; `az` prints them under a name of its own."""
    return _listed(rules.at("ipRules"), ("value", "ipAddressOrRange"), source)


def subnets(rules: Body, source: str) -> Fact[tuple[str, ...]]:
    """Ids (lower case) of subnets let in, those left out whose rule is dead."""
    names = ("id", "virtualNetworkResourceId")
    return lower_all(_listed(rules.at("virtualNetworkRules"), names, source))


def admission(
    public: Fact[bool],
    rules: Body,
    source: str,
    *,
    endpoint_services: tuple[str, ...] = (),
    ignores_addresses_in_region: bool = False,
) -> Admission:
    """A service's firewall from its block of rules: `networkAcls`, `networkRuleSet`.

    source: which document says that every part of the block may be left out, and lets everybody in then.
    """
    return Admission(
        public=public,
        open_to_all=open_to_all(rules, source),
        addresses=addresses(rules, source),
        subnets=subnets(rules, source),
        endpoint_services=endpoint_services,
        ignores_addresses_in_region=ignores_addresses_in_region,
    )


def bypass(place: Body, source: str) -> Fact[tuple[str, ...]]:
    """Who passes a firewall without a rule, in lower case: `azureservices`, `logging`, `metrics`; none: ().

    The value is one text with commas. Left out means Azure's trusted services, as `source` says.
    """
    return mapped(lower(place.text(Default("AzureServices", source))), _parts)


def _parts(text: str) -> tuple[str, ...]:
    parts = (part.strip() for part in text.split(","))
    return tuple(part for part in parts if part not in ("", "none"))


def _listed(place: Body, names: tuple[str, ...], source: str) -> Fact[tuple[str, ...]]:
    if place.is_absent:
        return place.texts(Default((), source))
    known = place.items_known()
    if isinstance(known, Unknown):
        return known
    found: list[str] = []
    for item in place.each():
        state = item.at("state").value
        if isinstance(state, str) and state.lower() in GONE:
            continue
        fact = first(item, *names).text()
        if isinstance(fact, Unknown):
            return fact
        found.append(fact.value)
    return Known(tuple(found), place.cite())


def first(body: Body, *paths: str) -> Body:
    """The first of several places that is told, else the first."""
    places = [body.at(path) for path in paths]
    return next((place for place in places if not place.is_absent), places[0])


# --- connections ---------------------------------------------------------------------------------------


def connections(resource: Resource, snapshot: Snapshot) -> Fact[Connections]:
    """(endpoint id, state), both in lower case, that the service lists; '' where it hides the endpoint.

    From the service's own list, else from children that were read. None while only planned.
    """
    place = resource.body.at("properties/privateEndpointConnections")
    if not place.is_absent:
        known = place.items_known()
        return known if isinstance(known, Unknown) else _states(place.each(), place)
    if resource.planned and resource.partial is None:
        return Known((), place.cite(Origin.DERIVED))
    type = f"{resource.type.lower()}/privateendpointconnections"
    held = [one for one in children(snapshot, type).get(resource.id, []) if not one.planned]
    if held:
        return _states((one.body for one in held), place)
    return Unknown(
        f"which private endpoints {resource.name} knows is not in the input",
        f"add privateEndpointConnections of {resource.id.text}",
        place.cite(),
    )


def _states(items: Iterable[Body], place: Body) -> Fact[Connections]:
    found: list[tuple[str, str]] = []
    for item in items:
        endpoint = item.at("properties/privateEndpoint/id").text(Default("", "hidden from other tenants"))
        state = item.at("properties/privateLinkServiceConnectionState/status").text()
        if isinstance(endpoint, Unknown):
            return endpoint
        if isinstance(state, Unknown):
            return state
        found.append((endpoint.value.lower().rstrip("/"), state.value.lower()))
    return Known(tuple(found), place.cite())


# --- names ---------------------------------------------------------------------------------------------


def braced(text: str) -> str:
    """A part of a name that is known only after deployment, in braces and lower case."""
    inner = text.lower()
    return inner if inner.startswith("{") and inner.endswith("}") else f"{{{inner}}}"


def word(place: Body, missing: str) -> str:
    """A text for host names, lower case without spaces; open or absent ones stand in braces."""
    value = place.value
    if isinstance(value, str) and value:
        return value.lower().replace(" ", "")
    return braced(value.text) if isinstance(value, Open) else f"{{{missing}}}"


def region_word(body: Body) -> str:
    """The region as it stands in host names, `{location}` where it is not known."""
    return word(body.at("location"), "location")


def host(label: str, public: str, zone: str, *, member: str = "", needed: bool = True) -> Host:
    """A name under the public suffix whose alias lies in the private zone under the same label, over HTTPS."""
    name = f"{label}.{public}"
    return Host(name=name, alias=f"{label}.{zone}", zone=zone, member=member, ports=HTTPS, needed=needed)


# --- identities ----------------------------------------------------------------------------------------


def identity_types(body: Body) -> Fact[tuple[str, ...]]:
    """`systemassigned`, `userassigned` or both; () for none.

    Source: ARM common types v3, ManagedServiceIdentity: none where left out; checked 2026-11-24.
    """
    place = body.at("identity/type")
    told = lower(place.text(Default("None", "ARM common types v3, managed identity; checked 2026-11-24")))
    return mapped(told, lambda text: _parts(text.replace("_", "").replace(" ", "")))


def principal(body: Body) -> Fact[str | None]:
    """Object id of the system-assigned identity, lower case; Known(None) while planned, or where there is none."""
    place = first(body, "identity/principalId", "identity/principal_id")
    if place.is_absent and body.partial is None:
        types = identity_types(body)
        if isinstance(types, Known) and "systemassigned" not in types.value:
            return Known(None, types.cite)
    told = place.settled()
    return mapped(told, lambda text: text.lower() if text is not None else None)


def user_identities(body: Body) -> Fact[tuple[str, ...]]:
    """Ids (lower case) of user-assigned identities; () where left out."""
    place = first(body, "identity/userAssignedIdentities", "identity/user_assigned_identities")
    if isinstance(place.value, Mapping):
        return Known(tuple(str(name).lower() for name in place.value), place.cite())
    return place.texts(Default((), "ARM common types v3, managed identity; checked 2026-11-24"))
