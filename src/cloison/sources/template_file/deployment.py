"""What a template deploys, in the model's words: planned resources, open values, gaps, coded errors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from cloison.arm.ids import NotAnId, ResourceId
from cloison.model.body import Open
from cloison.model.facts import Cite, Unknown
from cloison.model.snapshot import Gap, Place, Resource
from cloison.sources._input import Input
from cloison.sources._reading import Reading, ReadOptions
from cloison.sources.arm_template import Scope, Symbol
from cloison.sources.templates import ask, bare, expansion, typed

if TYPE_CHECKING:
    from cloison.sources.arm_template import DeployedResource


def planned(given: Input, options: ReadOptions) -> Reading:
    """The resources that the template deploys or names. Raises CloisonError, with the place."""
    scope = Scope(
        subscription=options.subscription,
        resource_group=options.resource_group,
        location=options.location,
    )
    made, files = expansion(given, options, scope)
    bridge = Bridge(given, options)
    resources = [found for one in made.resources if (found := bridge.resource(one)) is not None]
    gaps = [Gap(gap.what, gap.why, gap.ask) for gap in made.gaps]
    return Reading(resources, (*gaps, *bridge.gaps), inputs=files)


class Bridge:
    """One template's answers on their way into the model."""

    def __init__(self, given: Input, options: ReadOptions) -> None:
        self.gaps: list[Gap] = []
        self._given = given
        self._assumed = {bare(text): typed(value) for text, value in options.assume.items()}

    def resource(self, deployed: DeployedResource) -> Resource | None:
        """The resource, or None where its condition is false."""
        exists = self._decided(deployed.exists)
        if exists is False:
            return None
        try:
            id = ResourceId.parse(deployed.id)
        except NotAnId as problem:
            self.gaps.append(
                Gap(f"a resource of {self._given.name}", str(problem), "correct its type and name")
            )
            return None
        body = self.value(deployed.body)
        partial = None
        if deployed.existing:
            partial = Unknown(
                f"the template only refers to {id.name}", f"add an export of {id.text}", Cite(id)
            )
        return Resource(
            id,
            id.type,
            lambda: body,
            planned=True,
            partial=partial,
            maybe=_maybe(exists, id) if isinstance(exists, Symbol) else None,
            locate=_places(deployed),
        )

    def value(self, value: object) -> object:
        """A value with `Open` in the place of every symbol; ids with open parts stay ids, their parts in braces."""
        if isinstance(value, Symbol):
            return self._symbol(value)
        if isinstance(value, Mapping):
            return {key: self.value(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [self.value(inner) for inner in value]
        return value

    def _symbol(self, symbol: Symbol) -> object:
        if symbol.text in self._assumed:
            return self._assumed[symbol.text]
        id = symbol.resource_id
        if id is not None:
            return id
        return Open(f"{{{symbol.text}}}", ask(symbol), symbol.prefix, symbol.suffix)

    def _decided(self, exists: bool | Symbol) -> bool | Symbol:
        """The condition, or what a person said it will be."""
        told = self._assumed.get(exists.text) if isinstance(exists, Symbol) else None
        return exists if told is None else str(told).lower() == "true"


def _maybe(condition: Symbol, id: ResourceId) -> Unknown:
    return Unknown(f"whether {id.name} is deployed depends on {condition.text}", ask(condition), Cite(id))


def _places(deployed: DeployedResource) -> Callable[[str], Place]:
    def locate(pointer: str) -> Place:
        place = deployed.place(pointer)
        return Place(place.file, place.line, place.column)

    return locate
