"""From a template to what it deploys."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

import msgspec

from cloison.sources._collector import collector_off
from cloison.sources.arm_template import nested, symbols
from cloison.sources.arm_template.compile import forget
from cloison.sources.arm_template.dependencies import dependencies
from cloison.sources.arm_template.deployment import Deployment
from cloison.sources.arm_template.errors import OUTPUT, TOO_MUCH, Fault, TemplateError
from cloison.sources.arm_template.evaluation import is_copies
from cloison.sources.arm_template.limits import Budget, Limits
from cloison.sources.arm_template.outputs import Output, shown_type
from cloison.sources.arm_template.parameters import Told, values_of
from cloison.sources.arm_template.records import Record
from cloison.sources.arm_template.scope import Level, Scope, Target, level_of_schema, open_name
from cloison.sources.arm_template.symbols import BOOL, Symbol, Value, unknown
from cloison.sources.arm_template.text import Place, Source
from cloison.sources.arm_template.values import spelling
from cloison.sources.arm_template.world import Gap, Live, World

_FRAMES: Final = 12_000
"""Python frames that an expansion may stack; what needs more ends in a coded error."""


class DeployedResource(msgspec.Struct, frozen=True, eq=False):
    """One resource that the template deploys or, if `existing`, only refers to."""

    id: str
    """Open parts stand in braces: `{subscription}`, `{parameters('name')}`."""
    name: str
    """Last segment of its name."""
    type: str
    api_version: str
    body: dict[str, Value]
    """As ARM shows it, with a Symbol for each value that is open."""
    exists: bool | Symbol
    """True, or the symbol of a condition that is open."""
    existing: bool
    """The template refers to it and does not deploy it."""
    symbol: str
    """Its symbolic name, or empty."""
    within: str
    """Id of the nested deployment that deploys it, or empty."""
    depends_on: tuple[str, ...]
    """Ids of the resources of the same template that it waits for."""
    loop: tuple[str, str, int] | None
    """Name, mode (`Parallel`, `Serial`) and batch size of the copy loop that makes it; 0: no batches."""
    place: Callable[[str], Place]
    """Where the value at a JSON pointer into `body` stands; where it is computed, its expression."""


class DeployedOutput(msgspec.Struct, frozen=True, eq=False):
    """One output of the outermost template."""

    type: str
    value: Value
    exists: bool | Symbol
    place: Callable[[], Place]


class Expansion(msgspec.Struct, frozen=True, eq=False):
    """What a template deploys."""

    resources: list[DeployedResource]
    outputs: dict[str, DeployedOutput]
    gaps: list[Gap]
    """What it deploys beyond that, and could not be read."""
    parameters: dict[str, tuple[str, Value]]
    """Type, as ARM answers it, and value of each parameter of the outermost template."""
    target: Target
    """Where it deploys to."""
    files: tuple[str, ...]
    """Linked templates that were read."""
    steps: int
    """Evaluation steps taken."""


def expand(
    template: bytes | str,
    *,
    parameters: Mapping[str, Value] | None = None,
    scope: Scope | None = None,
    name: str = "template",
    folder: str | Path | None = None,
    existing: Mapping[str, Mapping[str, Value]] | None = None,
    assumed: Mapping[str, Value] | None = None,
    deploying: bool = False,
    strict: bool = True,
    live: Live | None = None,
    limits: Limits | None = None,
) -> Expansion:
    """What a template deploys, with symbols for what stays open.

    template: the text of the file. parameters: values by name, or the content of a parameter file. scope: where it
    is deployed; what it does not say stays open. name: of the file, for messages, and where linked templates are
    relative to. folder: linked templates are read from here and below; None reads none. existing: bodies of
    resources by id, for `reference()`. assumed: values that open expressions will have, by the text that they show.
    deploying: as when a client deploys it: a parameter that needs a value and has none is an error, and the values of
    secure parameters are used. Else both stay symbols, and no secret is in the result.
    strict: False leaves a gap for what ARM refuses and nothing depends on, as drafts have it: twins, variables that
    fail, `dependsOn` of nothing.
    live: where it is being deployed to, for `reference()` and `list…()` of what runs there.
    Raises TemplateError, and nothing else.
    """
    limits = limits or Limits()
    source: Source | None = None
    try:
        # All that is made stays until the end; to look for garbage in it takes half as long again.
        with collector_off():
            source = Source(template, name, limits, location=Path(name) if folder is not None else None)
            # Decoded before there is room: what nests deeper than Python has it by default is no template.
            _ = source.value
            with _ROOM:
                world = World(
                    Budget(limits),
                    scope or Scope(),
                    existing or {},
                    None if folder is None else Path(folder),
                    assumed=assumed or {},
                    strict=strict,
                    live=live,
                )
                given = Told(values_of(parameters or {}), deploying=deploying)
                return _Expander(world, source, given).expansion()
    except Fault as fault:
        raise _error(fault, source) from fault
    except RecursionError as problem:
        message = "expressions, variables or values of the template are nested too deeply"
        raise TemplateError(TOO_MUCH, message, 1, 1, "make them shallower", file=name) from problem


class _Room:
    """While one of these is entered, calls may nest deeper than Python has it by default."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._inside = 0
        self._before = 0

    def __enter__(self) -> None:
        with self._lock:
            if self._inside == 0:
                self._before = sys.getrecursionlimit()
                sys.setrecursionlimit(max(self._before, _FRAMES))
            self._inside += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._inside -= 1
            if self._inside == 0:
                sys.setrecursionlimit(self._before)
                symbols.forget()
                forget()


_ROOM: Final = _Room()


def _error(fault: Fault, source: Source | None) -> TemplateError:
    place = Place(1, 1, source.name if source else "template")
    if fault.anchor is not None:
        anchor, path = fault.anchor
        place = anchor.find(path)
    elif source is not None:
        place = source.find(tuple(reversed(fault.path)))
    return TemplateError(fault.code, fault.message, place.line, place.column, fault.hint, file=place.file)


class _Expander:
    """One expansion at work."""

    def __init__(self, world: World, source: Source, given: Told) -> None:
        self.world = world
        template = source.value
        level = world.scope.level or (level_of_schema(template) if isinstance(template, dict) else None)
        target = Target.of(world.scope, level or Level.RESOURCE_GROUP)
        self.root = Deployment(
            world, source, (), template,
            target=target,
            name=world.scope.deployment or open_name("deployment().name", "deployment"),
            given=given,
        )  # fmt: skip
        world.sources_of[f"{self.root.link_text}.uri"] = source
        self.exists: dict[Deployment, bool | Symbol] = {self.root: True}

    def expansion(self) -> Expansion:
        """Everything. Raises Fault."""
        self.root.check_given()
        for name in self.root.declared.values():
            self.root.parameter(name)
        deployments = self._deployments()
        resources: list[DeployedResource] = []
        for deployment in deployments:
            resources += self._resources(deployment)
        for deployment in deployments:
            self._check_unused(deployment)
        outputs = self._outputs()
        world = self.world
        return Expansion(
            resources=resources,
            outputs=outputs,
            gaps=world.gaps,
            parameters=self._parameters(),
            target=self.root.target,
            files=tuple(str(path) for path in world.files),
            steps=world.budget.limits.steps - world.budget.steps,
        )

    def _parameters(self) -> dict[str, tuple[str, Value]]:
        written = self.root.section("parameters")
        return {
            name: (shown_type(written[name], self.root), self.root.parameter(name))
            for name in self.root.declared.values()
        }

    def _check_unused(self, deployment: Deployment) -> None:
        if deployment.is_outer:
            return
        try:
            deployment.check_unused()
        except Fault as fault:
            if deployment.record is None or self.exists[deployment] is True or fault.code == TOO_MUCH:
                self.world.refuse(fault, "a variable or a function")
                return
            self._skip(deployment.record, fault)

    def _outputs(self) -> dict[str, DeployedOutput]:
        """The outputs of the outermost deployment; a gap for one that fails, as its resources are there by then."""
        found: dict[str, DeployedOutput] = {}
        for name in self.root.output_names().values():
            try:
                made = self.root.output(name)
            except Fault as fault:
                if fault.code == TOO_MUCH:
                    raise
                why = f"it cannot be evaluated: {fault.message}"
                steps = ("outputs", name, "value")
                ask = fault.hint or "correct the template"
                self.world.gaps.append(
                    Gap(f"the output {name}", why, ask, self.root.source, steps, code=OUTPUT)
                )
                continue
            if made is not None:
                found[name] = self._output(name, made)
        return found

    def _deployments(self) -> list[Deployment]:
        """All deployments, parents first, their resources identified."""
        found: list[Deployment] = []
        waiting = [self.root]
        while waiting:
            deployment = waiting.pop()
            found.append(deployment)
            nested_ones: list[Deployment] = []
            for record in self._there(deployment):
                if record.is_deployment and not record.existing:
                    made = self._tolerating(record, nested.child)
                    if made is not None:
                        self.exists[made] = _both(self.exists[deployment], record.exists)
                        nested_ones.append(made)
            waiting += reversed(nested_ones)
        return found

    def _there(self, deployment: Deployment) -> list[Record]:
        """The resources that may exist."""
        try:
            return [record for record in deployment.records if self._exists(record) is not False]
        except Fault as fault:
            if deployment.record is None or self.exists[deployment] is True or fault.code == TOO_MUCH:
                raise
            self._skip(deployment.record, fault)
            return []

    def _exists(self, record: Record) -> bool | Symbol:
        try:
            return record.exists
        except Fault as fault:
            raise fault.anchored(record.source, record.path)  # noqa: B904 (the same fault, with its place)

    def _tolerating(self, record: Record, make: Callable[[Record], Value]) -> Value:
        """What is made of the record; None and a gap for a fault that only comes to be if an open condition holds."""
        try:
            return make(record)
        except Fault as fault:
            condition = _both(self.exists[record.holder], record.exists)
            if condition is True or fault.code == TOO_MUCH:
                raise fault.anchored(record.source, record.path)  # noqa: B904 (the same fault, with its place)
            self._skip(record, fault)
            return None

    def _skip(self, record: Record, fault: Fault) -> None:
        condition = _both(self.exists[record.holder], record.exists)
        shown = condition.text if isinstance(condition, Symbol) else "it is deployed"
        self.world.gaps.append(
            Gap(
                f"{record.id or 'a resource'}",
                f"its deployment fails if {shown}: {fault.message}",
                fault.hint or "correct the template, or give the parameters that it is meant for",
                record.source,
                record.path,
            )
        )

    def _resources(self, deployment: Deployment) -> list[DeployedResource]:
        bodies: dict[Record, dict[str, Value]] = {}
        there = self._there(deployment)
        self._refuse_twins(there)
        for record in there:
            body = self._tolerating(record, Record.body)
            if body is not None:
                bodies[record] = body
                self._count(body, record)
        waits = dependencies(deployment)
        return [self._deployed(record, body, waits.get(record, [])) for record, body in bodies.items()]

    def _refuse_twins(self, records: list[Record]) -> None:
        seen: set[str] = set()
        for record in records:
            if record.existing or record.exists is not True or isinstance(record.index, Symbol):
                continue
            if record.id.lower() in seen:
                fault = Fault(f"the resource '{record.id}' is defined multiple times in the template")
                self.world.refuse(fault.anchored(record.source, record.path), record.id)
            seen.add(record.id.lower())

    def _count(self, body: Value, record: Record) -> None:
        """Count the values of a body; shared ones each time, as whoever reads the body does."""
        waiting: list[Value] = [body]
        try:
            while waiting:
                current = waiting.pop()
                self.world.budget.node(len(current))
                members = current.values() if isinstance(current, dict) else current
                waiting += [member for member in members if isinstance(member, (dict, list))]
        except Fault as fault:
            raise fault.anchored(record.source, record.path)  # noqa: B904 (the same fault, with its place)

    def _deployed(self, record: Record, body: dict[str, Value], waits: list[Record]) -> DeployedResource:
        holder = record.holder.record
        return DeployedResource(
            id=record.id,
            name=record.name,
            type=record.type,
            api_version=record.api_version,
            body=body,
            exists=_both(self.exists[record.holder], record.exists),
            existing=record.existing,
            symbol=record.symbol,
            within="" if holder is None else holder.id,
            depends_on=tuple(one.id for one in waits),
            loop=_loop(record),
            place=_places(record),
        )

    def _output(self, name: str, made: Output) -> DeployedOutput:
        source = self.root.source

        def place() -> Place:
            return source.find(("outputs", name, "value"))

        return DeployedOutput(made.type, made.value, made.exists, place)


def _both(one: bool | Symbol, other: bool | Symbol) -> bool | Symbol:
    if one is False or other is False:
        return False
    if one is True or one == other:
        return other
    return one if other is True else unknown("and", (one, other), BOOL)


def _loop(record: Record) -> tuple[str, str, int] | None:
    written = record.raw.get("copy")
    if not record.loop or not isinstance(written, dict):
        return None
    mode, size = written.get("mode"), written.get("batchSize")
    serial = isinstance(mode, str) and mode.lower() == "serial"
    return record.loop, "Serial" if serial else "Parallel", size if isinstance(size, int) else 0


def _places(record: Record) -> Callable[[str], Place]:
    def place(pointer: str) -> Place:
        steps = [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]]
        return record.source.find((*record.path, *_written(record.raw, steps)))

    return place


def _written(raw: Value, steps: list[str]) -> Iterator[str | int]:
    """The steps into the source that lead to what the steps into the result are made from."""
    at = 0
    while at < len(steps):
        step = steps[at]
        at += 1
        if isinstance(raw, list) and step.isdecimal() and int(step) < len(raw):
            raw = raw[int(step)]
            yield int(step)
        elif isinstance(raw, dict) and (spelled := spelling(raw, step)) is not None:
            raw = raw[spelled]
            yield spelled
        elif isinstance(raw, dict) and is_copies(raw.get("copy")):
            found = [place for place, loop in enumerate(raw["copy"]) if loop.get("name") == step]
            if not found:
                return
            yield from ("copy", found[0], "input")
            raw = raw["copy"][found[0]]["input"]
            at += 1
        else:
            return
