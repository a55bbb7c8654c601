"""Addresses of a private endpoint: from its network interface, else from what the endpoint itself tells.

The network interface is the authority: only there do addresses stand with the member they belong to, and the
endpoint's own list is empty while its connection is pending.
Source: Microsoft Learn, What is a private endpoint; answers recorded by azure-cli; checked 2026-11-24.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from weakref import WeakKeyDictionary

from cloison.arm.ids import ResourceId
from cloison.kinds._read import lower_all, resource_id
from cloison.model.body import Body
from cloison.model.facts import Cite, Default, Fact, Known, Origin, Unknown
from cloison.model.network import EndpointAddress
from cloison.model.snapshot import Resource, Snapshot

NOT_TOLD = "left out by older API versions"

_interfaces: WeakKeyDictionary[Snapshot, Mapping[ResourceId, list[Resource]]] = WeakKeyDictionary()


def addresses(resource: Resource, snapshot: Snapshot) -> tuple[EndpointAddress, ...]:
    """Every address, or one Unknown that says what to add. A planned one without static addresses: Known(None)."""
    body = resource.body
    found = [one for card in _cards(resource, snapshot) for one in _of_card(card)]
    found = found or list(_told(body)) or list(_static(body))
    if found:
        return tuple(found)
    return (EndpointAddress(_nowhere(resource), "", ()),)


def _nowhere(resource: Resource) -> Fact[str | None]:
    place = resource.body.at("properties/networkInterfaces")
    if resource.partial is not None:
        return Unknown(resource.partial.why, resource.partial.ask, place.cite())
    if resource.planned:
        return Known(None, resource.body.at("properties/subnet/id").cite(Origin.DERIVED))
    cards = [item.at("id").value for item in place.each()]
    name = next(
        (card for card in cards if isinstance(card, str)), f"the network interface of {resource.id.text}"
    )
    return Unknown(f"the address of {resource.name} is not in the input", f"add {name}", place.cite())


def _cards(resource: Resource, snapshot: Snapshot) -> list[Resource]:
    """The network interfaces that were read: named by the endpoint, or naming it."""
    named = (item.at("id").value for item in resource.body.at("properties/networkInterfaces").each())
    found = [
        card for id in named if isinstance(id, str) and (card := snapshot.get(resource_id(id))) is not None
    ]
    if found or resource.planned:
        return found
    return _by_endpoint(snapshot).get(resource.id, [])


def _by_endpoint(snapshot: Snapshot) -> Mapping[ResourceId, list[Resource]]:
    known = _interfaces.get(snapshot)
    if known is None:
        made: dict[ResourceId, list[Resource]] = {}
        for card in snapshot.of("microsoft.network/networkInterfaces"):
            owner = card.body.at("properties/privateEndpoint/id").id(
                Default(None, "only an endpoint's has one")
            )
            if isinstance(owner, Known) and owner.value is not None:
                made.setdefault(owner.value, []).append(card)
        known = _interfaces[snapshot] = made
    return known


def _of_card(card: Resource) -> Iterator[EndpointAddress]:
    for config in card.body.at("properties/ipConfigurations").each():
        told = config.at("properties/privateLinkConnectionProperties")
        yield EndpointAddress(
            _address(config.at("properties/privateIPAddress")),
            _word(told.at("requiredMemberName")),
            _names(told),
        )


def _told(body: Body) -> Iterator[EndpointAddress]:
    """What the endpoint lists for DNS; one entry for each address, with all its names."""
    place = body.at("properties/customDnsConfigs")
    by_address: dict[str, tuple[Cite, list[str]]] = {}
    for config in place.each():
        listed = config.at("ipAddresses").texts(Default((), NOT_TOLD))
        if isinstance(listed, Unknown):
            yield EndpointAddress(listed, "", ())
            continue
        name = _word(config.at("fqdn"))
        for address in listed.value:
            by_address.setdefault(address, (listed.cite, []))[1].extend([name] if name else [])
    for address, (cite, names) in by_address.items():
        yield EndpointAddress(Known(address, cite), "", tuple(names))


def _static(body: Body) -> Iterator[EndpointAddress]:
    """Addresses that the user asked for, each for one member."""
    place = body.at("properties/ipConfigurations")
    known = place.items_known()
    if isinstance(known, Unknown) and not place.is_absent:
        yield EndpointAddress(known, "", ())
    for config in place.each():
        told = config.at("properties")
        yield EndpointAddress(_address(told.at("privateIPAddress")), _word(told.at("memberName")), ())


def _address(place: Body) -> Fact[str | None]:
    fact = place.text()
    return fact if isinstance(fact, Unknown) else Known(fact.value, fact.cite)


def _word(place: Body) -> str:
    """A text in lower case, '' where it is not told."""
    return place.value.lower() if isinstance(place.value, str) else ""


def _names(told: Body) -> tuple[str, ...]:
    names = lower_all(told.at("fqdns").texts(Default((), NOT_TOLD)))
    return names.value if isinstance(names, Known) else ()
