"""From the `resources` of a template to records: copy loops turned, children unfolded, each identified."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from cloison.sources.arm_template.errors import TOO_MUCH, Fault, Steps
from cloison.sources.arm_template.evaluation import Evaluation, count_of, evaluate
from cloison.sources.arm_template.records import Record
from cloison.sources.arm_template.symbols import BOOL, INT, Symbol, Value, unknown
from cloison.sources.arm_template.values import MISSING, find, type_name
from cloison.sources.arm_template.world import Gap, supply

if TYPE_CHECKING:
    from cloison.sources.arm_template.deployment import Deployment

_DEPTH: Final = 16
"""Resources nested in each other; ARM's types have at most five names."""


def records(deployment: Deployment) -> Iterator[Record]:
    """The resources of a deployment, children included. Raises Fault with its place."""
    written = find(deployment.template, "resources")
    by_name = deployment.language_two and isinstance(written, dict)
    if not written and isinstance(written, dict):
        # Tools that only count deployments write an empty object in the first language too.
        by_name = True
    if not isinstance(written, list) and not by_name:
        shown = "is missing" if written is MISSING else f"is of type '{type_name(written)}'"
        fault = Fault(
            f"the template's 'resources' {shown}; an array of resources is expected",
            hint="an object of symbolic names needs languageVersion 2.0" if isinstance(written, dict) else "",
        )
        raise (fault if written is MISSING else fault.within("resources")).anchored(
            deployment.source, deployment.path
        )
    path = (*deployment.path, _spelled(deployment.template))
    number = 0
    for record in _several(written, path, deployment.context, deployment, None, 0):
        number += not record.existing
        try:
            deployment.world.budget.resource(number)
        except Fault as fault:
            raise fault.anchored(deployment.source, record.path)  # noqa: B904 (the same fault, with its place)
        deployment.world.found(record)
        yield record


def _spelled(holder: dict[str, Value]) -> str:
    return next(key for key in holder if key.lower() == "resources")


def _several(
    written: Value,
    path: Steps,
    context: Evaluation,
    deployment: Deployment,
    parent: Record | None,
    depth: int,
) -> Iterator[Record]:
    if depth > _DEPTH:
        raise Fault(f"resources are nested more than {_DEPTH} deep").anchored(deployment.source, path)
    pairs: Iterator[tuple[str | int, Value]] = (
        iter(written.items()) if isinstance(written, dict) else enumerate(written)
    )
    for step, raw in pairs:
        here = (*path, step)
        if isinstance(step, str):
            deployment.names.add(step.lower())
        if not isinstance(raw, dict):
            fault = Fault(f"a resource must be an object; it is of type '{type_name(raw)}'")
            raise fault.anchored(deployment.source, here)
        if find(raw, "import") is not MISSING or find(raw, "extension") is not MISSING:
            deployment.world.gaps.append(_foreign(raw, here, deployment))
            continue
        try:
            for record in _turns(raw, here, context, deployment):
                record.symbol = step if isinstance(step, str) else ""
                if _identified(record, parent):
                    yield record
                    yield from _children(record, deployment, depth)
        except Fault as fault:
            raise fault.anchored(deployment.source, here)  # noqa: B904 (the same fault, with its place)


def _foreign(raw: dict[str, Value], path: Steps, deployment: Deployment) -> Gap:
    kind = raw.get("type")
    return Gap(
        f"a resource of type {kind}",
        "an extension of Bicep deploys it, and not Azure Resource Manager",
        "check it where the extension puts it",
        deployment.source,
        path,
        outside=True,
    )


def _turns(
    raw: dict[str, Value], path: Steps, context: Evaluation, deployment: Deployment
) -> Iterator[Record]:
    """The record of a resource, or one for each turn of its copy loop."""
    loop = find(raw, "copy")
    if loop is MISSING:
        yield Record(raw, path, context, deployment)
        return
    try:
        if not isinstance(loop, dict):
            raise Fault(f"the 'copy' of a resource must be an object; it is of type '{type_name(loop)}'")
        plain = context.before_running()
        name = evaluate(find(loop, "name"), plain)
        if not isinstance(name, (str, Symbol)):
            raise Fault("a copy loop needs a 'name'", hint='write "copy": {"name": "each", "count": 2}')
        count = count_of(loop, plain)
    except Fault as fault:
        raise fault.within("copy")  # noqa: B904 (the same fault, one step further out)
    label = str(name)
    deployment.names.add(label.lower())
    if isinstance(count, Symbol):
        yield _any_turn(raw, path, context, deployment, label, count)
        return
    deployment.world.budget.node(count)
    for index in range(count):
        record = Record(raw, path, context.with_copy(label, index, own=True), deployment)
        record.loop, record.index = label, index
        yield record


def _any_turn(
    raw: dict[str, Value], path: Steps, context: Evaluation, deployment: Deployment, label: str, count: Symbol
) -> Record:
    """One record that stands for the turns of a loop whose count is open."""
    first = deployment.world.loops.setdefault(count.text, label)
    index = Symbol(f"copyIndex('{first}')", needs=count.needs, kind=INT, nullable=False)
    record = Record(raw, path, context.with_copy(label, index, own=True), deployment)
    record.loop, record.index = label, index
    record.repeats = unknown("greater", (count, 0), BOOL)
    deployment.world.gaps.append(
        Gap(
            f"the number of resources that the copy loop {label} makes",
            f"it is {count.text}",
            supply(count),
            deployment.source,
            path,
        )
    )
    return record


def _identified(record: Record, parent: Record | None) -> bool:
    """The record has its id now; False when it does not exist and what would be its name is a fault."""
    try:
        record.identify(parent)
    except Fault as fault:
        if record.exists is False:
            return False
        if not record.existing or fault.code == TOO_MUCH:
            raise
        # ARM looks at a resource that it does not deploy only when something asks for it.
        record.holder.world.gaps.append(
            Gap(f"a resource of type {record.raw.get('type')} that the template refers to", fault.message,
                "correct its name, or give the parameters that it is made from", record.source, record.path)
        )  # fmt: skip
        return False
    return True


def _children(record: Record, deployment: Deployment, depth: int) -> Iterator[Record]:
    written = find(record.raw, "resources")
    if written is MISSING or written is None:
        return
    key = _spelled(record.raw)
    if not isinstance(written, (list, dict)):
        raise Fault(
            f"the 'resources' of a resource are of type '{type_name(written)}'; an array is expected"
        ).within(key)
    yield from _several(written, (*record.path, key), record.context, deployment, record, depth + 1)
