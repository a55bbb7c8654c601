"""Where a firewall stands and which address it has there."""

from __future__ import annotations

from cloison.arm.ids import ResourceId
from cloison.model.body import Body
from cloison.model.facts import Fact, Known, Unknown


def subnet(body: Body) -> Fact[ResourceId | None]:
    """Its subnet; Known(None) for a firewall of a virtual hub, which has none.

    Source: REST reference 2025-09-01, AzureFirewall.virtualHub; checked 2026-11-24.
    """
    place = body.at("properties/ipConfigurations")
    for config in _in_subnet(place):
        return config.at("properties/subnet/id").id()
    hub = body.at("properties/virtualHub/id").id()
    return place.id() if isinstance(hub, Unknown) else Known(None, hub.cite)


def addresses(body: Body) -> Fact[tuple[str, ...]]:
    """Private addresses. Azure chooses one at deployment, so that of a planned firewall is Unknown."""
    places = [
        config.at("properties/privateIPAddress")
        for config in _in_subnet(body.at("properties/ipConfigurations"))
    ]
    if not places:
        places = [body.at("properties/hubIPAddresses/privateIPAddress")]
    found: list[str] = []
    for place in places:
        fact = place.text()
        if isinstance(fact, Unknown):
            return _to_come(place) if place.is_absent and body.planned else fact
        found.append(fact.value)
    return Known(tuple(found), places[0].cite())


def _in_subnet(place: Body) -> list[Body]:
    """Only the first configuration names the subnet; the others add public addresses."""
    return [config for config in place.each() if not config.at("properties/subnet").is_absent]


def _to_come(place: Body) -> Unknown:
    text = f"the private address of {place.resource.name} is decided at deployment"
    return Unknown(text, f"state it as {place.pointer}, or deploy the firewall first", place.cite())
