"""What a subnet's body says, and what Azure takes where it says nothing."""

from __future__ import annotations

from cloison.kinds._read import either, lower
from cloison.model.body import Body
from cloison.model.facts import Default, Fact, Known, Unknown

NOTHING_ASSOCIATED = "REST reference 2025-09-01, Subnet: associated only when named; checked 2026-11-24"
NONE: Default[tuple[str, ...]] = Default(
    (), "REST reference 2025-09-01, Subnet: optional list; checked 2026-11-24"
)

POLICIES = Default(
    "disabled",
    "Microsoft Learn, Manage network policies for private endpoints: disabled by default; answers to requests of "
    "2020-11-01 that leave it out, recorded by azure-service-operator; checked 2026-11-24",
)
POLICIES_SINCE = "2020-11-01"
"""Requests of 2020-05-01 that left the policies out were answered `Enabled`, recorded by azure-cli in 2020;
checked 2026-11-24. Whether the version or the time made the difference is not known."""

OUTBOUND_OPEN = Default(
    True, "Azure networking blog, Private subnets by default: existing networks unchanged; checked 2026-11-24"
)
OUTBOUND_SHUT = Default(
    False,
    "Azure networking blog, Private subnets by default: new networks since 2025-07-01; checked 2026-11-24",
)
OUTBOUND_SHUT_SINCE = "2025-07-01"


def prefixes(body: Body) -> Fact[tuple[str, ...]]:
    """CIDR blocks, from the singular and the plural property; Unknown when neither tells any."""
    found = either(
        body, "properties/addressPrefix", "properties/addressPrefixes", "one of the two is required"
    )
    if isinstance(found, Unknown) or found.value:
        return found
    place = body.at("properties/addressPrefix")
    return Unknown(
        f"no address prefix of {body.resource.name} is in the input",
        f"add {place.pointer} of {body.resource.text}",
        place.cite(),
    )


def service_endpoints(body: Body) -> Fact[tuple[str, ...]]:
    """Services in lower case, `microsoft.storage`; those whose provisioning failed left out."""
    place = body.at("properties/serviceEndpoints")
    if place.is_absent:
        return place.texts(NONE)
    known = place.items_known()
    if isinstance(known, Unknown):
        return known
    services: list[str] = []
    for item in place.each():
        service = item.at("service").text()
        state = item.at("provisioningState").text(Default("Succeeded", "left out of requests"))
        if isinstance(service, Unknown):
            return service
        if isinstance(state, Unknown):
            return state
        if state.value.lower() != "failed":
            services.append(service.value.lower())
    return Known(tuple(services), place.cite())


def endpoint_policies(body: Body) -> Fact[str]:
    """`disabled`, `networksecuritygroupenabled`, `routetableenabled` or `enabled`.

    Unknown for a planned subnet of an API version whose default was `Enabled` at its time.
    """
    place = body.at("properties/privateEndpointNetworkPolicies")
    version = _version(body)
    if body.planned and place.is_absent and version and version < POLICIES_SINCE:
        text = f"{place.pointer} of {body.resource.name} is left out, and its default changed about {POLICIES_SINCE}"
        return Unknown(text, f"state {place.pointer}", place.cite())
    return lower(place.text(POLICIES))


def default_outbound(body: Body) -> Fact[bool]:
    """True where machines without any other way out get one from Azure.

    For a planned subnet the API version decides; Unknown where it is not told.
    """
    place = body.at("properties/defaultOutboundAccess")
    if not (body.planned and place.is_absent):
        return place.flag(OUTBOUND_OPEN)
    version = _version(body)
    if version:
        return place.flag(OUTBOUND_OPEN if version < OUTBOUND_SHUT_SINCE else OUTBOUND_SHUT)
    text = f"{place.pointer} of {body.resource.name} is left out, and its default depends on the API version"
    return Unknown(text, f"state {place.pointer}", place.cite())


def _version(body: Body) -> str:
    """API version of the request as `YYYY-MM-DD…`, '' where not told."""
    told = body.at("apiVersion").value
    return told if isinstance(told, str) else ""
