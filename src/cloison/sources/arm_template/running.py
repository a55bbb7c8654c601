"""What `reference()`, `list…()` and their like give: what the template states of a resource; the rest stays open.

A running state is a symbol whose members are known as far as the template states them: Azure adds members, but
does not change stated ones. Objects inside are such symbols again, since Azure fills in members there as well.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Final

from cloison.sources.arm_template import nested
from cloison.sources.arm_template.errors import Fault
from cloison.sources.arm_template.grammar import Literal, accessor, quote
from cloison.sources.arm_template.identity import relative_id
from cloison.sources.arm_template.symbols import (
    ARRAY,
    NOTHING,
    OBJECT,
    Symbol,
    Value,
    bound,
    unknown,
)
from cloison.sources.arm_template.symbols import show as show_value
from cloison.sources.arm_template.values import MISSING, find

if TYPE_CHECKING:
    from cloison.sources.arm_template.deployment import Deployment
    from cloison.sources.arm_template.evaluation import Runtime
    from cloison.sources.arm_template.records import Record

_STATED_IN_FULL: Final = frozenset(
    {"location", "tags", "sku", "kind", "identity", "zones", "plan", "managedby"}
)
"""Members of `reference(…, 'Full')` beside `properties` that a template states."""
Member = Callable[[str], Value]


class Index:
    """Resources of one template by what its expressions call them; texts in lower case."""

    def __init__(self, records: Sequence[Record]) -> None:
        self._records = records
        self.by_symbol: dict[str, list[Record]] = {}
        self.by_id: dict[str, list[Record]] = {}
        self.by_name: dict[str, list[Record]] = {}
        self.by_loop: dict[str, list[Record]] = {}
        for record in records:
            self._add(record)

    def _add(self, record: Record) -> None:
        self.by_id.setdefault(record.id.lower(), []).append(record)
        for name in dict.fromkeys((str(record.full_name), str(record.written_name))):
            self.by_name.setdefault(name.lower(), []).append(record)
        if record.symbol:
            self.by_symbol.setdefault(record.symbol.lower(), []).append(record)
            if record.loop:
                self.by_symbol.setdefault(f"{record.symbol}[{record.index}]".lower(), []).append(record)
        if record.loop:
            self.by_loop.setdefault(record.loop.lower(), []).append(record)

    @cached_property
    def by_relative(self) -> dict[str, list[Record]]:
        """By `Namespace/kind/name`, as templates call them that put type and name together."""
        found: dict[str, list[Record]] = {}
        for record in self._records:
            found.setdefault(str(relative_id(record.kinds, record.names)).lower(), []).append(record)
        return found

    @cached_property
    def is_open(self) -> bool:
        """A resource has a name that is not known."""
        return any(isinstance(record.full_name, Symbol) for record in self._records)

    def called(self, key: str) -> list[Record]:
        """Resources of that symbolic name, name, or type and name."""
        return self.by_symbol.get(key) or self.by_name.get(key) or self.by_relative.get(key) or []


def find_record(deployment: Deployment, wanted: Value, near: Runtime | None) -> Record | None:
    """The resource that an id, a name or a symbolic name means; None where it is no one resource of this expansion."""
    key = str(wanted).lower().rstrip("/")
    is_id = key.startswith("/")
    for index in _indexes(deployment, near):
        found = _one(index.by_id.get(key, ()) if is_id else index.called(key))
        if found is not None:
            if not is_id:
                deployment.world.depends(found)
            return found
    return _one(deployment.world.by_id.get(key, ()))


def _indexes(deployment: Deployment, near: Runtime | None) -> list[Index]:
    return [deployment.index] if near is None else [near.index, deployment.index]


def _one(records: Sequence[Record]) -> Record | None:
    if len(records) < 2:
        return records[0] if records else None
    there = [record for record in records if record.exists is not False]
    made = [record for record in there if not record.existing] or there
    return made[0] if len(made) == 1 else None


def reference(deployment: Deployment, wanted: Value, *, full: bool, near: Runtime | None) -> Value:
    """The running state of a resource, looked for in `near` first. Raises Fault for what is no name or id."""
    if not isinstance(wanted, (str, Symbol)):
        raise Fault("the template language function 'reference' expects the name or id of a resource")
    record = find_record(deployment, wanted, near)
    if record is not None:
        return _state(record, full=full)
    running = _runs(deployment, wanted)
    if running is not None:
        return _told(running, wanted, "") if full else _inside(running)
    _refuse_nobody(deployment, wanted, near)
    text, needs = _called(wanted), NOTHING
    if isinstance(wanted, Symbol) and wanted.resource_id is None:
        needs = wanted.needs
    body = deployment.world.existing.get(str(wanted).lower())
    return _full(text, body, needs) if full else _properties(text, body, needs)


def _refuse_nobody(deployment: Deployment, wanted: str | Symbol, near: Runtime | None) -> None:
    """Raise Fault for a name that no resource of the template has."""
    if isinstance(wanted, Symbol) or "/" in wanted or not wanted:
        return
    key = wanted.lower()
    loop = key.partition("[")[0] if key.endswith("]") else ""
    indexes = _indexes(deployment, near)
    turns = [record for index in indexes for record in index.by_symbol.get(loop, ())]
    if not turns or any(record.repeats is not None for record in turns):
        if any(index.is_open or index.called(key) for index in indexes) or {key, loop} & deployment.names:
            return
    raise Fault(
        f"the template reference '{wanted}' is not valid: could not find template resource or resource copy with "
        "this name",
        hint="reference() takes the name of a resource of the same template, or an id",
    )


def _called(wanted: str | Symbol) -> str:
    if isinstance(wanted, Symbol) and wanted.resource_id is None:
        return bound(f"reference({wanted.text})")
    return bound(f"reference({quote(str(wanted))})")


def _runs(deployment: Deployment, id: Value) -> Mapping[str, Value] | None:
    """The body of a resource that runs where the template is being deployed."""
    live = deployment.world.live
    return live.state(id) if live is not None and isinstance(id, str) and id.startswith("/") else None


def _inside(running: Mapping[str, Value]) -> Value:
    found = find(running, "properties")
    return {} if found is MISSING else found


def _told(running: Mapping[str, Value], id: Value, version: str) -> dict[str, Value]:
    """`reference(…, 'Full')` of a resource that runs."""
    parts = str(id).split("/")
    return {
        "apiVersion": version,
        **{key: value for key, value in running.items() if key.lower() not in {"id", "name", "type"}},
        "subscriptionId": parts[2] if len(parts) > 2 else "",
        "resourceGroupName": parts[4] if len(parts) > 4 and parts[3].lower() == "resourcegroups" else "",
        "scope": "",
        "resourceId": str(id).partition("/providers/")[2],
        "referenceApiVersion": version,
        "condition": True,
    }


def _state(record: Record, *, full: bool) -> Value:
    running = None if record.is_deployment else _runs(record.holder, record.id_value)
    if running is not None:
        return _told(running, record.id_value, record.api_version) if full else _inside(running)
    text = _called(record.id_value)
    if not full:
        return _record_properties(record, text)
    shown = text[:-1] + ", '', 'full')"

    def member(key: str) -> Value:
        lower = key.lower()
        if lower == "properties":
            return _record_properties(record, text)
        plain = {
            "apiversion": record.api_version,
            "resourceid": record.id_value,
            "subscriptionid": record.target.subscription,
            "resourcegroupname": record.target.resource_group,
        }
        if lower in plain:
            return plain[lower]
        there = _lives(record)
        if there is not None:
            return view(f"{shown}.{key}", _stated(there, key))
        if lower not in _STATED_IN_FULL or record.existing or record.is_busy(key):
            raise KeyError(key)
        found = record.member(key)
        if found is MISSING:
            raise KeyError(key)
        return view(f"{shown}.{key}", found)

    return Symbol(shown, kind=OBJECT, nullable=False, member=member)


def _stated(body: Mapping[str, Value], key: str) -> Value:
    found = find(body, key)
    if found is MISSING:
        raise KeyError(key)
    return found


def _lives(record: Record) -> Mapping[str, Value] | None:
    """The body of a resource that the template does not deploy, where somebody told it."""
    if record.existing or record.exists is False:
        return record.holder.world.existing.get(record.id.lower())
    return None


def _record_properties(record: Record, text: str) -> Value:
    deployed = record
    if record.existing:
        others = [one for one in record.holder.world.by_id.get(record.id.lower(), ()) if not one.existing]
        deployed = _one(others) or record
    there = _lives(deployed)
    if there is not None or deployed.existing or deployed.exists is False:
        return _properties(text, there, NOTHING)
    if deployed.is_deployment:
        return _deployment(deployed, text)

    def member(key: str) -> Value:
        if deployed.is_busy("properties"):
            raise KeyError(key)
        found = deployed.member("properties")
        if isinstance(found, dict):
            return view(text + accessor(Literal(key)), _stated(found, key))
        raise KeyError(key)

    return Symbol(text, kind=OBJECT, nullable=False, member=member)


def _properties(text: str, body: Mapping[str, Value] | None, needs: frozenset[str]) -> Symbol:
    properties = find(body, "properties") if body is not None else MISSING
    if not isinstance(properties, dict):
        return Symbol(text, needs=needs, kind=OBJECT, nullable=False)
    return Symbol(text, kind=OBJECT, nullable=False, member=_members(text, properties))


def _full(text: str, body: Mapping[str, Value] | None, needs: frozenset[str]) -> Symbol:
    shown = text[:-1] + ", '', 'full')"

    def member(key: str) -> Value:
        if key.lower() == "properties":
            return _properties(text, body, needs)
        return view(f"{shown}.{key}", _stated(body or {}, key))

    return Symbol(shown, needs=needs, kind=OBJECT, nullable=False, member=member)


def _members(text: str, values: Mapping[str, Value]) -> Member:
    return lambda key: view(text + accessor(Literal(key)), _stated(values, key))


def view(text: str, value: Value) -> Value:
    """A stated value of a running resource: scalars as they are, containers open for what Azure adds."""
    if isinstance(value, dict):
        return Symbol(bound(text), kind=OBJECT, nullable=False, member=_members(text, value))
    if isinstance(value, list):
        items = value

        def member(key: str) -> Value:
            if key.isdecimal() and int(key) < len(items):
                return view(f"{text}[{key}]", items[int(key)])
            raise KeyError(key)

        return Symbol(bound(text), kind=ARRAY, nullable=False, member=member)
    if value is None:
        return Symbol(bound(text))
    return value


def _deployment(record: Record, text: str) -> Value:
    """The state of a deployment: its outputs are those of its template."""
    outputs = f"{text}.outputs"

    def output(key: str) -> Value:
        child = nested.child(record)
        if child is None:
            raise KeyError(key)
        if key.lower() not in child.output_names():
            return MISSING
        made = child.output(key)
        return MISSING if made is None else {"type": made.type, "value": made.value}

    def member(key: str) -> Value:
        if key.lower() == "outputs":
            return Symbol(outputs, kind=OBJECT, nullable=False, member=output)
        if key.lower() == "provisioningstate":
            return "Succeeded"
        raise KeyError(key)

    return Symbol(text, kind=OBJECT, nullable=False, member=member)


def references(deployment: Deployment, loop: str, *, full: bool) -> Value:
    """The running states of a copy loop's resources, in order; a symbol when their number is open."""
    index = deployment.index
    found = index.by_symbol.get(loop.lower()) or index.by_loop.get(loop.lower())
    if found is None:
        raise Fault(
            f"the template function 'references' names '{loop}', which is no resource loop of the template"
        )
    if any(record.repeats is not None for record in found):
        return unknown("references", (loop,), ARRAY)
    return [_state(record, full=full) for record in found]


def resource_info(deployment: Deployment, name: str) -> Value:
    """Id, name, type and api-version of a resource with a symbolic name. Raises Fault when there is none."""
    found = _one(deployment.index.called(name.lower()))
    if found is None:
        raise Fault(
            f"the template function 'resourceInfo' names '{name}', which is no resource of the template"
        )
    return {
        "id": found.id_value,
        "name": found.full_name,
        "type": found.type,
        "apiVersion": found.api_version,
        "resourceGroup": found.target.resource_group,
        "subscriptionId": found.target.subscription,
    }


def listed(deployment: Deployment, name: str, args: Sequence[Value], near: Runtime | None) -> Value:
    """The result of a `list…` function, which only Azure knows, called by the resource's id."""
    wanted, *rest = args or [""]
    record = (
        find_record(deployment, wanted, near) if isinstance(wanted, (str, Symbol)) and wanted != "" else None
    )
    shown = wanted if record is None else record.id_value
    if isinstance(shown, Symbol) and shown.resource_id is not None:
        shown = str(shown)
    text = bound(f"{name}({', '.join([show_value(value) for value in (shown, *rest)])})")
    live = deployment.world.live
    if live is not None and isinstance(shown, str) and (record is None or not record.is_deployment):
        given = live.call(name, shown, rest)
        if given is not None:
            return given
    if record is not None and record.is_deployment and name.lower() == "listoutputswithsecurevalues":
        return Symbol(text, kind=OBJECT, nullable=False, member=_secure_outputs(record))
    return Symbol(text, nullable=False)


def _secure_outputs(record: Record) -> Member:
    def member(key: str) -> Value:
        child = nested.child(record)
        if child is None:
            raise KeyError(key)
        if key.lower() not in child.output_names():
            return MISSING
        made = child.output(key)
        return MISSING if made is None else made.value

    return member
