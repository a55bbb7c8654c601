"""Outputs of a deployment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from cloison.sources.arm_template.errors import Fault
from cloison.sources.arm_template.evaluation import copied, evaluate
from cloison.sources.arm_template.parameters import resolved
from cloison.sources.arm_template.symbols import Symbol, Value
from cloison.sources.arm_template.values import MISSING, find, type_name

if TYPE_CHECKING:
    from cloison.sources.arm_template.deployment import Deployment

_NAMES: Final = {
    "string": "String", "securestring": "SecureString", "int": "Int", "bool": "Bool",
    "object": "Object", "secureobject": "SecureObject", "array": "Array",
}  # fmt: skip
"""How ARM writes the type of a parameter or output in its answer."""


class Output(msgspec.Struct, frozen=True):
    """One output: its type as ARM answers it, and its value, with symbols for what is open."""

    type: str
    value: Value
    exists: bool | Symbol = True


def shown_type(written: Value, deployment: Deployment) -> str:
    """The type of a parameter or output as ARM answers it; empty where none is written."""
    kind = resolved(written, deployment.definitions).get("type") if isinstance(written, dict) else None
    return _NAMES.get(kind.lower(), kind) if isinstance(kind, str) else ""


def made_output(name: str, written: Value, deployment: Deployment) -> Output | None:
    """The output, or None when its condition is false. Raises Fault, with the path below the output."""
    if not isinstance(written, dict):
        raise Fault(f"the output '{name}' must be an object")
    context = deployment.context
    exists: Value = True
    condition = find(written, "condition")
    if condition is not MISSING:
        try:
            exists = evaluate(condition, context)
        except Fault as fault:
            raise fault.within("condition")  # noqa: B904 (the same fault, one step further out)
        if not isinstance(exists, (bool, Symbol)):
            raise Fault(
                f"the condition of output '{name}' must be a boolean; it is of type '{type_name(exists)}'"
            )
        if exists is False:
            return None
    return Output(shown_type(written, deployment), _value(name, written, deployment), exists)


def _value(name: str, written: dict[str, Value], deployment: Deployment) -> Value:
    loop = find(written, "copy")
    if isinstance(loop, dict):
        try:
            return copied(name, loop, "input", deployment.context)
        except Fault as fault:
            raise fault.within("copy")  # noqa: B904 (the same fault, one step further out)
    value = find(written, "value")
    if value is MISSING:
        raise Fault(f"the output '{name}' has no 'value'")
    try:
        return evaluate(value, deployment.context)
    except Fault as fault:
        raise fault.within("value")  # noqa: B904 (the same fault, one step further out)
