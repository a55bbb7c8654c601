"""Deployments inside a template: with inner or outer scope, to other groups and levels, or in files beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec

from cloison.sources.arm_template.calling import step_into
from cloison.sources.arm_template.errors import Fault
from cloison.sources.arm_template.evaluation import evaluate
from cloison.sources.arm_template.parameters import entry_value
from cloison.sources.arm_template.scope import Level, Target, group_id
from cloison.sources.arm_template.symbols import Symbol, Value, choose
from cloison.sources.arm_template.values import MISSING, find, type_name
from cloison.sources.arm_template.world import Gap, supply

if TYPE_CHECKING:
    from cloison.sources.arm_template.deployment import Deployment
    from cloison.sources.arm_template.records import Record


class NestedGiven:
    """The parameters of a nested deployment, evaluated where its parent's expressions are."""

    def __init__(self, record: Record, written: Mapping[str, Value], *, elsewhere: bool) -> None:
        """elsewhere: more values may stand in a file that is not read."""
        self._record = record
        self._written = {name.lower(): name for name in written}
        self._entries = written
        self.may_be_open = elsewhere

    def names(self) -> Sequence[str]:
        """Names of the parameters it has a value for."""
        return list(self._written.values())

    def value(self, name: str, kind: str) -> Value:  # noqa: ARG002 (secrets are told by their expressions)
        """The value of a parameter, or MISSING. Raises Fault with its place."""
        spelled = self._written.get(name.lower())
        if spelled is None:
            return MISSING
        record, entry = self._record, self._entries[spelled]
        try:
            with record.holder.world.making(record):
                made = evaluate(entry, record.context)
            return self._of_entry(spelled, made)
        except Fault as fault:
            fault.within(spelled).within("parameters").within("properties")
            raise fault.anchored(record.source, record.path)  # noqa: B904 (the same fault, with its place)

    def _of_entry(self, name: str, entry: Value) -> Value:
        """The value in a `{"value": …}`, which may be the outcome of an open condition."""
        if isinstance(entry, Symbol) and entry.choice is not None:
            condition, yes, no = entry.choice
            return choose(condition, self._of_entry(name, yes), self._of_entry(name, no))
        if isinstance(entry, Symbol):
            return step_into(entry, "value")
        if not isinstance(entry, dict):
            raise Fault(f"the value of parameter '{name}' must stand in a 'value'")
        if find(entry, "value") is MISSING:
            # A secret of a vault: what it is only Azure knows.
            secret = entry_value(name, entry)
            return Symbol(open_text(self._record, name), kind=secret.kind, nullable=False)
        return entry_value(name, entry)

    def open(self, name: str) -> tuple[str, frozenset[str]]:
        """What to call a parameter without a value, and which parameters of the outermost template decide it."""
        return open_text(self._record, name), frozenset()


def open_text(record: Record, name: str) -> str:
    """What a parameter of a nested deployment is called while its value is open."""
    return f"reference('{record.id}').parameters.{name}.value"


def child(record: Record) -> Deployment | None:
    """The deployment that a resource is; None where its template is not read, which is a gap. Raises Fault."""
    if record.child_known:
        return record.child
    record.child_known = True
    try:
        record.child = _made(record)
    except Fault as fault:
        raise fault.within("properties").anchored(record.source, record.path)  # noqa: B904 (the same, with its place)
    return record.child


def _made(record: Record) -> Deployment | None:
    from cloison.sources.arm_template.deployment import Deployment
    from cloison.sources.arm_template.linked import linked

    record.holder.world.budget.deployment()
    properties = find(record.raw, "properties")
    if isinstance(properties, str):
        properties = record.member("properties")
    if not isinstance(properties, dict):
        raise Fault(
            f"the 'properties' of a deployment are of type '{type_name(properties)}'; an object is expected"
        )
    written = find(properties, "template")
    inner, source, path = _inner(properties, record), record.source, (*record.path, "properties", "template")
    if written is MISSING:
        found = linked(record, properties)
        if found is None:
            return None
        inner, source, path = True, found, ()
        template = source.value
    else:
        template = written
        if isinstance(written, str):
            # Made by an expression: its own expressions are left for the deployment itself.
            inner, template = True, evaluate(written, record.context)
    if isinstance(template, Symbol):
        gap(record, f"its template is {template.text}", supply(template))
        return None
    made = Deployment(
        record.holder.world, source, path, template,
        target=target(record), name=record.full_name,
        given=NestedGiven(record, _parameters(properties, record), elsewhere="parametersLink" in properties),
        outer=None if inner else record.context,
    )  # fmt: skip
    made.record = record
    record.holder.world.sources_of[f"{made.link_text}.uri"] = source
    made.check_given()
    return made


def _inner(properties: Mapping[str, Value], record: Record) -> bool:
    options = find(properties, "expressionEvaluationOptions")
    if not isinstance(options, dict):
        return False
    scope = evaluate(find(options, "scope"), record.plain)
    return isinstance(scope, str) and scope.lower() == "inner"


def _parameters(properties: Mapping[str, Value], record: Record) -> Mapping[str, Value]:
    written = find(properties, "parameters")
    if isinstance(written, str):
        written = evaluate(written, record.context)
    if written is MISSING or written is None:
        return {}
    if not isinstance(written, dict):
        raise Fault(
            f"the 'parameters' of a deployment are of type '{type_name(written)}'; an object is expected"
        )
    return written


def gap(record: Record, why: str, ask: str) -> None:
    """Say that what a nested deployment deploys is not known."""
    what = f"what the nested deployment {record.name} deploys"
    record.holder.world.gaps.append(Gap(what, why, ask, record.source, record.path, outside=True))


def target(record: Record) -> Target:
    """The scope that a nested deployment deploys to, its location told where a template of this expansion tells it."""
    aimed = record.target
    if aimed.level is not Level.RESOURCE_GROUP:
        location = record.member("location")
        return (
            aimed
            if not isinstance(location, (str, Symbol))
            else msgspec.structs.replace(aimed, location=location)
        )
    if aimed is record.holder.target:
        return aimed
    groups = record.holder.world.by_id.get(
        str(group_id(aimed.subscription, aimed.resource_group)).lower(), ()
    )
    for group in groups:
        if not group.existing and not group.is_busy("location"):
            location = group.member("location")
            if isinstance(location, (str, Symbol)):
                return msgspec.structs.replace(aimed, location=location)
    live = record.holder.world.live
    there = live.state(str(group_id(aimed.subscription, aimed.resource_group))) if live is not None else None
    if there is not None and isinstance(there.get("location"), str):
        return msgspec.structs.replace(aimed, location=there["location"])
    return aimed
