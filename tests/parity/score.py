"""How near two answers are: status, headers, the paths of the bodies, their values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.parity.references import References
from tests.parity.replay import Pair

HEADERS = ("azure-asyncoperation", "location", "retry-after", "etag")
"""Headers that clients act on."""
Path = tuple[str, ...]


@dataclass(frozen=True)
class Difference:
    """One exchange, compared."""

    pair: Pair
    shared: int
    equal: int
    """Of the shared paths, those with the same value."""
    missing: tuple[str, ...]
    """Paths of Azure's answer that ours lacks, items of lists as `*`."""
    extra: tuple[str, ...]
    headers: tuple[str, ...]
    """`- location`: Azure has it; `+ location`: only we have."""

    @property
    def same_status(self) -> bool:
        """Both answer with the same status."""
        return self.pair.exchange.status == self.pair.status

    @property
    def gaps(self) -> Iterator[str]:
        """What differs, each once. Where the statuses differ, that is all there is to say."""
        if not self.same_status:
            yield f"status {self.pair.exchange.status}, here {self.pair.status}"
            return
        yield from (f"{header[:2]}header {header[2:]}" for header in self.headers)
        yield from (f"- {path}" for path in dict.fromkeys(self.missing))
        yield from (f"+ {path}" for path in dict.fromkeys(self.extra))


@dataclass
class Score:
    """How near the answers to one operation are."""

    exchanges: int = 0
    statuses: int = 0
    headers: int = 0
    shared: int = 0
    equal: int = 0
    missing: int = 0
    extra: int = 0
    gaps: Counter[str] = field(default_factory=Counter)
    """By gap, the number of exchanges that have it."""

    def add(self, one: Difference) -> None:
        """Count one exchange."""
        self.exchanges += 1
        self.statuses += one.same_status
        self.headers += not one.headers
        self.shared += one.shared
        self.equal += one.equal
        self.missing += len(one.missing)
        self.extra += len(one.extra)
        self.gaps.update(one.gaps)

    def merge(self, other: Score) -> None:
        """Count another's exchanges too."""
        for name in ("exchanges", "statuses", "headers", "shared", "equal", "missing", "extra"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.gaps.update(other.gaps)

    @property
    def status_share(self) -> float:
        """Share of the exchanges with Azure's status."""
        return share(self.statuses, self.exchanges)

    @property
    def header_share(self) -> float:
        """Share of the exchanges with Azure's headers."""
        return share(self.headers, self.exchanges)

    @property
    def recall(self) -> float:
        """Share of Azure's paths that ours has."""
        return share(self.shared, self.shared + self.missing)

    @property
    def precision(self) -> float:
        """Share of our paths that Azure's has."""
        return share(self.shared, self.shared + self.extra)

    @property
    def values(self) -> float:
        """Share of the paths that both have whose values are the same."""
        return share(self.equal, self.shared)


def share(part: int, whole: int) -> float:
    """1 where there is nothing to have a share of."""
    return part / whole if whole else 1.0


def compared(
    pair: Pair, references: References, *, paced: bool = True, headed: bool = True, whole: bool = True
) -> Difference:
    """The two answers of a pair, compared.

    paced: the recorder kept `Retry-After`. headed: it is told which headers there are. whole: Azure's body is told
    whole; else nothing can be said against what only ours has.
    """
    theirs, ours = pair.exchange.answer, pair.body
    if isinstance(theirs, dict) and isinstance(ours, dict) and "value" in theirs and "value" in ours:
        theirs, ours = _named(theirs, references), _named(ours, None)
    told, own = dict(leaves(theirs)), dict(leaves(ours))
    shared = told.keys() & own.keys()
    equal = sum(references.same(told[path], own[path], path[-1]) for path in shared)
    return Difference(
        pair=pair,
        shared=len(shared),
        equal=equal,
        missing=tuple(sorted(map(any_item, told.keys() - own.keys()))),
        extra=tuple(sorted(map(any_item, own.keys() - told.keys()))) if whole else (),
        headers=tuple(_headers(pair, paced=paced)) if headed else (),
    )


def _headers(pair: Pair, *, paced: bool) -> Iterator[str]:
    for name in HEADERS:
        if name == "retry-after" and not paced:
            continue
        theirs, ours = name in pair.exchange.headers, name in pair.headers
        if theirs != ours:
            yield f"- {name}" if theirs else f"+ {name}"


class Items(dict[str, Any]):
    """The items of a list by their names: the order in which Azure lists resources means nothing."""


def _named(body: Mapping[str, Any], references: References | None) -> dict[str, Any]:
    """A list's answer with its items by name, ours where they have been matched."""
    items = body["value"]
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        return dict(body)
    found = Items()
    for item in items:
        name = str(item.get("name", item.get("id", "")))
        name = (references.ours(name) if references is not None else name).lower()
        found[name if name not in found else f"{name}#{len(found)}"] = item
    return {**body, "value": found or items}


def leaves(value: Any, at: Path = ()) -> Iterator[tuple[Path, Any]]:
    """The path and the value of everything that holds nothing further. A key with a star is that of an item."""
    if isinstance(value, Items):
        for name, inner in value.items():
            yield from leaves(inner, (*at, f"*{name}"))
    elif isinstance(value, dict) and value:
        for name, inner in value.items():
            yield from leaves(inner, (*at, name))
    elif isinstance(value, list) and value:
        for number, inner in enumerate(value):
            yield from leaves(inner, (*at, f"*{number}"))
    elif at:
        yield at, value


def any_item(path: Path) -> str:
    """The path of any item: `properties/subnets/*/name`. Identities, which ids name, are items too."""
    return "/".join("*" if key.startswith(("*", "/")) else key for key in path)
