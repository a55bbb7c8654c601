"""Microsoft.Network/privateDnsZones/virtualNetworkLinks: makes a private zone answer queries from a network."""

from __future__ import annotations

from collections.abc import Iterable

from cloison.kinds._read import mapped, one_of, ready, reference
from cloison.model.body import Body
from cloison.model.facts import Default, Fact, Unknown
from cloison.model.kind import Kind
from cloison.model.network import ZoneLink
from cloison.model.snapshot import Resource, Snapshot

NO_NETWORK = "REST reference of private DNS 2024-06-01: nothing is linked without it; checked 2026-11-24"
NO_REGISTRATION = Default(
    False, "Microsoft Learn, What is a virtual network link: optional, off unless set; checked 2026-11-24"
)
NO_FALLBACK = Default(
    "Default",
    "Microsoft Learn, Fallback to internet for private DNS zones: off unless set; checked 2026-11-24",
)
POLICIES = {"default": False, "nxdomainredirect": True}


def fallback(body: Body) -> Fact[bool]:
    """True when names without a record are asked in public.

    Versions before 2024-06-01 do not tell it, so a deployed link of a zone that can fall back is Unknown
    where the property does not stand at all (private DNS REST reference, checked 2026-11-24).
    """
    place = body.at("properties/resolutionPolicy")
    zone = body.resource.parent.name.lower()
    if place.is_absent and place.value is not None and not body.planned and "privatelink" in zone:
        text = f"whether link {body.resource.name} of {zone} falls back to public DNS is not in the input"
        ask = f"add resolutionPolicy of {body.resource.text}, read with API version 2024-06-01 or later"
        return Unknown(text, ask, place.cite())
    return one_of(place, POLICIES, NO_FALLBACK)


def facets(resource: Resource, snapshot: Snapshot) -> Iterable[ZoneLink]:
    """The link."""
    body = resource.body
    state = body.at("properties/virtualNetworkLinkState").settled()
    yield ZoneLink(
        id=resource.id,
        maybe=resource.maybe,
        zone=resource.id.parent,
        network=reference(body, "properties/virtualNetwork", NO_NETWORK),
        registration=body.at("properties/registrationEnabled").flag(NO_REGISTRATION),
        state=mapped(state, lambda text: text.lower() if text else None),
        ready=ready(body),
        fallback=fallback(body),
    )


KIND = Kind(
    type="Microsoft.Network/privateDnsZones/virtualNetworkLinks", facets=facets, title="private DNS zone link"
)
