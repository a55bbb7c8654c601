"""What every kind promises: found by its docstring, and never surprised by a body."""

from __future__ import annotations

import ast
import copy
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from cloison import kinds
from cloison.arm.ids import ResourceId
from cloison.model.body import Open
from cloison.model.facts import Cite, Known, Unknown
from cloison.model.kind import Kind
from cloison.model.network import Facet
from cloison.model.snapshot import Resource, Snapshot

HERE = Path(kinds.__file__).parent
FOLDERS = sorted(
    path.parent.name for path in HERE.glob("*/__init__.py") if not path.parent.name.startswith("_")
)
SAMPLES = sorted(HERE.glob("*/samples/*.json"))
WRONG: tuple[Any, ...] = (
    None,
    7,
    True,
    "neither here nor there",
    [],
    [None],
    {},
    Open("{parameters('asked')}", "--set asked=…"),
)

Json = dict[str, Any]
Steps = tuple[str | int, ...]


def id_of(body: Json, kind: Kind) -> ResourceId:
    """The sample's own id, or one made from its type and name."""
    if "id" in body:
        return ResourceId(body["id"])
    namespace, *segments = kind.type.split("/")
    names = ["outer"] * (len(segments) - 1) + [str(body.get("name", "sample"))]
    pairs = [part for pair in zip(segments, names, strict=True) for part in pair]
    return ResourceId("/".join(["/subscriptions/1/resourceGroups/rg/providers", namespace, *pairs]))


def resource(path: Path, change: Callable[[Json], Any] = lambda body: body, **how: Any) -> Resource:
    """The sample as a resource, its body changed."""
    body = json.loads(path.read_text(encoding="utf-8"))
    kind = kind_in(path.parent.parent.name)
    return Resource(id_of(body, kind), kind.type.lower(), lambda: change(body), **how)


def kind_in(folder: str) -> Kind:
    types = [type for type, found in kinds.folders().items() if found == folder]
    assert 1 == len(types), f"{folder} begins its docstring with no resource type"
    kind = kinds.kind_of(types[0])
    assert kind is not None
    return kind


def world(changed: Resource) -> Snapshot:
    """All samples together, one of them in another state."""
    others = [one for path in SAMPLES if (one := resource(path)).id != changed.id]
    return Snapshot(kinds.expand_nested([changed, *others]))


def places(value: Any, steps: Steps = ()) -> Iterator[Steps]:
    """Every place below a JSON value."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, below in pairs:
        yield (*steps, key)
        yield from places(below, (*steps, key))


def without(body: Json, steps: Steps) -> Json:
    changed = copy.deepcopy(body)
    inner: Any = changed
    for step in steps[:-1]:
        inner = inner[step]
    del inner[steps[-1]]
    return changed


def replaced(body: Json, steps: Steps, value: Any) -> Json:
    changed = copy.deepcopy(body)
    inner: Any = changed
    for step in steps[:-1]:
        inner = inner[step]
    inner[steps[-1]] = value
    return changed


def flattened(value: Any) -> Any:
    """The body as the command line prints it: without its `properties` envelopes."""
    if isinstance(value, list):
        return [flattened(item) for item in value]
    if not isinstance(value, dict):
        return value
    inner = value.get("properties")
    whole = {**value, **inner} if isinstance(inner, dict) else value
    return {key: flattened(item) for key, item in whole.items() if key != "properties" or item is not inner}


def told(value: Any) -> Any:
    """What a facet says, without the places it cites."""
    if isinstance(value, Known):
        return ("known", told(value.value))
    if isinstance(value, Unknown):
        return ("unknown",)
    if isinstance(value, Cite):
        return ()
    if isinstance(value, msgspec.Struct):
        names = [name for name in value.__struct_fields__ if name != "pointer"]
        return (type(value).__name__, *((name, told(getattr(value, name))) for name in names))
    if isinstance(value, tuple):
        return tuple(told(item) for item in value)
    return value


def all_told(resources: list[Resource]) -> list[Any]:
    return sorted(
        (told(facet) for facet in kinds.all_facets(Snapshot(kinds.expand_nested(resources)))), key=repr
    )


def loose(facets: list[Facet]) -> Iterator[str]:
    """Fields that are Known to be a list where a tuple belongs, or hold an input's open value."""
    for facet in facets:
        for name in facet.__struct_fields__:
            value = getattr(facet, name)
            inner = value.value if isinstance(value, Known) else value
            if isinstance(inner, list | dict | Open):
                yield f"{type(facet).__name__}.{name} of {facet.id} is {inner!r}"
            if isinstance(inner, tuple) and any(isinstance(item, list | dict | Open) for item in inner):
                yield f"{type(facet).__name__}.{name} of {facet.id} holds {inner!r}"


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_folder_begins_with_its_type(folder: str) -> None:
    """The first word of the docstring is the type of the KIND, so that it is known without an import."""
    text = ast.get_docstring(ast.parse((HERE / folder / "__init__.py").read_text(encoding="utf-8")))
    kind = kind_in(folder)

    assert text is not None
    assert text.split()[0].rstrip(":") == kind.type
    assert kind.title
    assert kind is kinds.kind_of(kind.type.upper())


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_kind_has_samples(folder: str) -> None:
    """One to three bodies show what the type looks like."""
    assert 1 <= len(list((HERE / folder / "samples").glob("*.json"))) <= 3


def test_types_are_told_apart() -> None:
    """No two folders know one type."""
    assert len(FOLDERS) == len(kinds.folders())


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: f"{path.parent.parent.name}-{path.stem}")
def test_any_place_may_be_missing_or_odd(path: Path) -> None:
    """With any place of a sample taken out, emptied, or filled with another type, facets are still given."""
    body = json.loads(path.read_text(encoding="utf-8"))
    variants = [without(body, steps) for steps in places(body)]
    variants += [replaced(body, steps, value) for steps in places(body) for value in WRONG]
    sample = resource(path)
    snapshot = world(sample)
    kind = kind_in(path.parent.parent.name)
    touching = [one for one in snapshot.resources.values() if one.id != sample.id and reads(one)]

    for number, variant in enumerate(variants):
        changed = Resource(sample.id, sample.type, lambda body=variant: body, planned=number % 2 == 1)  # type: ignore[misc]
        children = kinds.expand_nested([changed])
        near = Snapshot([*touching, *children])
        facets = [facet for one in children for facet in facets_of(one, near)]
        if kind.facets is kinds_without_facets:
            facets += [facet for one in touching for facet in facets_of(one, near)]
        assert [] == list(loose(facets)), variant


kinds_without_facets = Kind(type="").facets


def facets_of(one: Resource, snapshot: Snapshot) -> list[Facet]:
    kind = kinds.kind_of(one.type)
    return list(kind.facets(one, snapshot)) if kind is not None else []


def reads(one: Resource) -> bool:
    """Whether its kind reads other resources than its own."""
    return one.type in {
        "microsoft.network/azurefirewalls",
        "microsoft.network/firewallpolicies",
        "microsoft.network/firewallpolicies/rulecollectiongroups",
        "microsoft.network/privateendpoints",
        "microsoft.network/privatednszones",
        "microsoft.network/dnsresolvers/inboundendpoints",
    }


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: f"{path.parent.parent.name}-{path.stem}")
def test_flat_printing_says_the_same(path: Path) -> None:
    """A body without `properties` envelopes, as the command line prints it, gives equal facets."""
    whole = all_told([resource(path)])

    assert whole == all_told([resource(path, flattened, flat=True)])


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: f"{path.parent.parent.name}-{path.stem}")
def test_a_condition_reaches_every_facet(path: Path) -> None:
    """What may not exist says so in each of its facets, nested children's included."""
    doubt = Unknown("a condition is not known", "--set wanted=…")

    for one in kinds.expand_nested([resource(path, maybe=doubt)]):
        for facet in facets_of(one, Snapshot([one])):
            assert facet.maybe is not None, facet


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: f"{path.parent.parent.name}-{path.stem}")
def test_an_unread_body_defaults_nothing(path: Path) -> None:
    """Of a resource that is only named, no setting is taken from Azure's defaults."""
    unread = Unknown("only its name is in the input", "add it")
    one = resource(path, lambda _: {}, partial=unread)

    for facet in facets_of(one, Snapshot([one])):
        for name in facet.__struct_fields__:
            value = getattr(facet, name)
            if isinstance(value, Known):
                assert value.cite.origin.value not in ("default", "null"), f"{name} of {facet}"
