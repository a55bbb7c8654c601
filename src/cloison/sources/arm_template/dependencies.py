"""Which resource waits for which: what `dependsOn` names, and what is read by name; and circles among them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from cloison.sources.arm_template.errors import Fault
from cloison.sources.arm_template.evaluation import evaluate
from cloison.sources.arm_template.symbols import Symbol, Value
from cloison.sources.arm_template.values import MISSING, find, type_name

if TYPE_CHECKING:
    from cloison.sources.arm_template.deployment import Deployment
    from cloison.sources.arm_template.records import Record


def dependencies(deployment: Deployment) -> dict[Record, list[Record]]:
    """For each resource those it waits for. Raises Fault for a circle and for a name that nothing has."""
    found: dict[Record, list[Record]] = {}
    for record in deployment.records:
        if record.exists is False:
            continue
        named = _named(deployment, record)
        mine = [
            one for one in (*named, *sorted(record.reads, key=lambda one: one.id)) if one.holder is deployment
        ]
        found[record] = list(dict.fromkeys(one for one in mine if one is not record or record in named))
    _refuse_circles(found)
    return found


def _named(deployment: Deployment, record: Record) -> list[Record]:
    written = find(record.raw, "dependsOn")
    if written is MISSING or written is None:
        return []
    found: list[Record] = []
    try:
        values = evaluate(written, record.plain) if isinstance(written, str) else written
        if isinstance(values, Symbol):
            return []
        if not isinstance(values, list):
            raise Fault(
                f"the 'dependsOn' of a resource is of type '{type_name(values)}'; an array is expected"
            )
    except Fault as fault:
        raise fault.within("dependsOn").anchored(record.source, record.path)  # noqa: B904 (the same, with its place)
    for at, value in enumerate(values):
        try:
            found += _meant(deployment, evaluate(value, record.plain))
        except Fault as fault:
            fault.within(at).within("dependsOn").anchored(record.source, record.path)
            deployment.world.refuse(fault, f"what {record.id} waits for")
    return found


def _meant(deployment: Deployment, value: Value) -> Iterable[Record]:
    if value is None or value == "":
        return ()
    if not isinstance(value, (str, Symbol)):
        raise Fault(f"a member of 'dependsOn' is of type '{type_name(value)}'; a string is expected")
    key = str(value).lower().strip("/")
    index = deployment.index
    found = (
        index.by_symbol.get(key)
        or index.by_id.get("/" + key)
        or index.by_relative.get(key)
        or index.by_loop.get(key)
        or index.by_name.get(key)
    )
    if found is not None:
        return found
    if key in deployment.names:
        return ()
    if isinstance(value, Symbol) or any(isinstance(record.id_value, Symbol) for record in deployment.records):
        # What is open may be one of them.
        return ()
    raise Fault(
        f"the resource '{value}' is not defined in the template",
        hint="dependsOn names resources of the same template",
    )


def _refuse_circles(waits: Mapping[Record, list[Record]]) -> None:
    """Raise Fault for resources that wait for each other."""
    done: set[Record] = set()
    for start in waits:
        if start in done:
            continue
        # Depth first without recursion: the way down, and what is left to visit at each step of it.
        way: list[Record] = [start]
        left = [list(waits.get(start, ()))]
        on_way = {start}
        while way:
            if not left[-1]:
                left.pop()
                last = way.pop()
                on_way.discard(last)
                done.add(last)
                continue
            following = left[-1].pop()
            if following in on_way:
                raise _circle(way[way.index(following) :])
            if following not in done and following in waits:
                way.append(following)
                on_way.add(following)
                left.append(list(waits[following]))


def _circle(records: list[Record]) -> Fault:
    shown = " waits for ".join(record.id for record in (*records, records[0]))
    fault = Fault(
        f"circular dependency detected on resource: '{records[0].id}'",
        hint=f"take one of these away: {shown}" if len(records) < 8 else "",
    )
    return fault.anchored(records[0].source, records[0].path)
