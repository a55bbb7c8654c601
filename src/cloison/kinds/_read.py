"""What the readers of several kinds share: facts from places that Azure shapes alike in every type.

Knows no resource type.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from cloison.arm.ids import ResourceId
from cloison.model.body import Body
from cloison.model.facts import Default, Fact, Known, Origin, Unknown

T = TypeVar("T")
U = TypeVar("U")

READY_STATES = {"succeeded": True, "updating": True, "failed": False, "canceled": False, "deleting": False}
"""Whether a provisioning state leaves a resource working; an update keeps what stands.
Source: REST reference of Microsoft.Network 2025-09-01, ProvisioningState; checked 2026-11-24."""


def mapped(fact: Fact[T], change: Callable[[T], U]) -> Fact[U]:
    """The fact with its value changed; an Unknown stays as it is."""
    return fact if isinstance(fact, Unknown) else Known(change(fact.value), fact.cite)


def lower(fact: Fact[str]) -> Fact[str]:
    """A text in lower case."""
    return mapped(fact, str.lower)


def lower_all(fact: Fact[tuple[str, ...]]) -> Fact[tuple[str, ...]]:
    """Texts in lower case."""
    return mapped(fact, lambda texts: tuple(text.lower() for text in texts))


def one_of(place: Body, choices: Mapping[str, T], default: Default[str] | None = None) -> Fact[T]:
    """What a text means by a table with lower-case keys; Unknown for a text that the table lacks."""
    fact = place.text(default)
    if isinstance(fact, Unknown):
        return fact
    found = choices.get(fact.value.lower())
    if found is None:
        expected = ", ".join(choices)
        text = f"{place.pointer} of {place.resource.name} is {fact.value!r}, none of {expected}"
        return Unknown(text, "correct it", fact.cite)
    return Known(found, fact.cite)


def region(body: Body) -> Fact[str]:
    """Region of a body, lower case without spaces.

    Source: `West Europe` and `westeurope` are one region; ARM answers both, checked 2026-11-24.
    """
    return mapped(body.at("location").text(), lambda text: text.lower().replace(" ", ""))


def ready(body: Body) -> Fact[bool]:
    """False when provisioning failed; True while only planned; Unknown while it is not finished."""
    place = body.at("properties/provisioningState")
    if body.planned and body.partial is None and place.is_absent:
        return Known(True, place.cite(Origin.DERIVED))
    fact = place.text()
    if isinstance(fact, Unknown):
        return fact
    state = READY_STATES.get(fact.value.lower())
    if state is None:
        return Unknown(
            f"{body.resource.name} is still {fact.value}", "wait until it has Succeeded", fact.cite
        )
    return Known(state, fact.cite)


def gathered(
    place: Body, path: str, default: Default[tuple[str, ...]] | None = None
) -> Fact[tuple[str, ...]]:
    """The text at `path` of each object in a list, in order; Unknown when one of them is."""
    if place.is_absent:
        return place.texts(default)
    known = place.items_known()
    if isinstance(known, Unknown):
        return known
    texts: list[str] = []
    for item in place.each():
        fact = item.at(path).text()
        if isinstance(fact, Unknown):
            return fact
        texts.append(fact.value)
    return Known(tuple(texts), place.cite())


def ids(place: Body, source: str) -> Fact[tuple[str, ...]]:
    """Ids (lower case) of a list of references; none where it is left out, which `source` says."""
    return lower_all(gathered(place, "id", Default((), source)))


def joined(*facts: Fact[tuple[str, ...]]) -> Fact[tuple[str, ...]]:
    """All texts of several lists; Unknown when one of them is. Cites the first list that has any."""
    texts: list[str] = []
    cite = None
    for fact in facts:
        if isinstance(fact, Unknown):
            return fact
        if cite is None or (fact.value and not texts):
            cite = fact.cite
        texts.extend(fact.value)
    assert cite is not None, "joined() needs a fact"
    return Known(tuple(texts), cite)


def resource_id(text: str) -> ResourceId:
    """The id that a text stands for, to look it up; a text that is none gives an id that no resource has."""
    return ResourceId(text if text.startswith("/") else f"/{text}")


def either(body: Body, one: str, many: str, source: str) -> Fact[tuple[str, ...]]:
    """A property that Azure takes in the singular or the plural; empty texts are left out.

    source: which document says that both may be left out.
    """
    single: Fact[tuple[str, ...]] = mapped(body.at(one).text(Default("", source)), lambda text: (text,))
    several = body.at(many).texts(Default((), source))
    return mapped(joined(single, several), lambda texts: tuple(dict.fromkeys(text for text in texts if text)))


def reference(body: Body, path: str, source: str) -> Fact[ResourceId | None]:
    """The id of another resource at `<path>/id`; Known(None) where it is left out, which `source` says."""
    return body.at(f"{path}/id").id(Default(None, source))


def network_of(subnet: Fact[ResourceId | None]) -> Fact[ResourceId | None]:
    """The network a subnet lies in: the parent of its id."""
    return mapped(subnet, lambda id: id.parent if id is not None else None)


def children_listed(place: Body, source: str) -> Fact[bool]:
    """Known(True) when every child inside this list can be read; left out means none, as `source` says."""
    if place.is_absent:
        return place.flag(Default(True, source))
    known = place.items_known()
    if isinstance(known, Unknown):
        return known
    for item in place.each():
        if not isinstance(item.value, Mapping):
            told = item.text()
            ask = told.ask if isinstance(told, Unknown) else "correct it"
            return Unknown(f"{item.pointer} of {item.resource.name} cannot be read", ask, item.cite())
    return Known(True, place.cite())
