"""What all deployments of one expansion share: limits, scope, what exists already, and every resource found so far."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from cloison.sources.arm_template.errors import TOO_MUCH, Fault, Steps
from cloison.sources.arm_template.limits import Budget
from cloison.sources.arm_template.scope import Scope
from cloison.sources.arm_template.symbols import Value, needs_of
from cloison.sources.arm_template.text import Place, Source

if TYPE_CHECKING:
    from cloison.sources.arm_template.records import Record


class Gap:
    """Something that the expansion leaves out: what, why, what to supply, and where the template says so."""

    __slots__ = ("_path", "_source", "ask", "code", "outside", "what", "why")

    def __init__(
        self,
        what: str,
        why: str,
        ask: str,
        source: Source,
        path: Steps,
        *,
        code: str = "",
        outside: bool = False,
    ) -> None:
        self.what = what
        self.why = why
        self.ask = ask
        self.code = code
        """What ARM would answer, where it refuses the template for it or the deployment ends with it; else empty."""
        self.outside = outside
        """What is missing stands in another file, a template spec or an extension."""
        self._source = source
        self._path = path

    @property
    def place(self) -> Place:
        """Where the template says so."""
        return self._source.find(self._path)

    def __repr__(self) -> str:
        return f"Gap({self.what!r}, {self.why!r}, {self.ask!r})"


class Live(Protocol):
    """An Azure that the template is being deployed to: what runs there by now."""

    def state(self, id: str) -> Mapping[str, Value] | None:
        """The body of a resource; None where it does not run yet, or never will."""
        ...

    def call(self, name: str, id: str, args: Sequence[Value]) -> Value | None:
        """What a `list…` function of a resource gives; None where it cannot be asked yet."""
        ...


class World:
    """The shared state of one expansion."""

    def __init__(
        self,
        budget: Budget,
        scope: Scope,
        existing: Mapping[str, Mapping[str, Value]],
        folder: Path | None,
        *,
        assumed: Mapping[str, Value],
        strict: bool = True,
        live: Live | None = None,
    ) -> None:
        """strict: refuse what ARM refuses, also where no resource depends on it."""
        self.assumed = assumed
        self.strict = strict
        self.live = live
        self.budget = budget
        self.scope = scope
        self.existing = {id.lower(): body for id, body in existing.items()}
        self.folder = folder
        self.gaps: list[Gap] = []
        self.by_id: dict[str, list[Record]] = {}
        """Every resource found so far by its id in lower case."""
        self.loops: dict[str, str] = {}
        """For the text of an open count, the loop that had it first: loops of one count turn together."""
        self.files: dict[Path, Source] = {}
        """Linked templates read so far."""
        self.sources_of: dict[str, Source] = {}
        """The file that an open template link stands for, by the link's text."""
        self._making: list[Record] = []

    @contextmanager
    def making(self, record: Record) -> Iterator[None]:
        """While this lasts, a reference by name is a dependency of the record."""
        self._making.append(record)
        try:
            yield
        finally:
            self._making.pop()

    def depends(self, record: Record) -> None:
        """The record being made reads the running state of another one."""
        if self._making and self._making[-1] is not record:
            self._making[-1].reads.add(record)

    def refuse(self, fault: Fault, what: str) -> None:
        """Raise the fault, which has its place, or leave a gap for it where drafts are read as well."""
        if self.strict or fault.code == TOO_MUCH or fault.anchor is None:
            raise fault
        source, path = fault.anchor
        self.gaps.append(
            Gap(what, fault.message, fault.hint or "correct the template", source, path, code=fault.code)
        )

    def found(self, record: Record) -> None:
        """Keep a record that has its id."""
        self.by_id.setdefault(record.id.lower(), []).append(record)


def supply(*values: Value) -> str:
    """What a person supplies to decide the values."""
    needs = needs_of(values)
    return " ".join(f"--set {name}=…" for name in sorted(needs)) if needs else "check the live environment"
