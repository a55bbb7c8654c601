"""Functions that a template defines, in namespaces."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from cloison.sources.arm_template.errors import TOO_MUCH, Fault, Steps
from cloison.sources.arm_template.evaluation import Evaluation, evaluate
from cloison.sources.arm_template.parameters import resolved
from cloison.sources.arm_template.symbols import Value
from cloison.sources.arm_template.types import conforms
from cloison.sources.arm_template.values import MISSING, find

if TYPE_CHECKING:
    from cloison.sources.arm_template.deployment import Deployment

DEPTH: Final = 32
"""User functions inside each other; ARM refuses recursion, so that no sound template comes near it."""


class _Member(NamedTuple):
    written: Mapping[str, Value]
    parameters: list[tuple[str, dict[str, Value]]]
    path: Steps


class UserFunctions:
    """The functions of one template."""

    def __init__(self, deployment: Deployment) -> None:
        self._deployment = deployment
        self._members: dict[str, _Member] = {}
        for at, space in enumerate(deployment.section("functions", (list,)) or []):
            namespace, members = (
                (find(space, "namespace"), find(space, "members")) if isinstance(space, dict) else (0, 0)
            )
            if not isinstance(namespace, str) or not isinstance(members, dict):
                fault = (
                    Fault("a namespace of functions needs 'namespace' and 'members'")
                    .within(at)
                    .within("functions")
                )
                raise fault.anchored(deployment.source, deployment.path)
            for name, written in members.items():
                path: Steps = ("functions", at, "members", name)
                self._members[f"{namespace}.{name}".lower()] = self._member(name, written, path)

    def _member(self, name: str, written: Value, path: Steps) -> _Member:
        parameters: list[tuple[str, dict[str, Value]]] = []
        declared = find(written, "parameters") if isinstance(written, dict) else 0
        for one in [] if declared is MISSING else declared if isinstance(declared, list) else [None]:
            called = find(one, "name") if isinstance(one, dict) else None
            if not isinstance(one, dict) or not isinstance(called, str):
                fault = Fault(f"the parameters of function '{name}' need a 'name' and a 'type' each")
                raise fault.anchored(self._deployment.source, (*self._deployment.path, *path))
            parameters.append((called, one))
        return _Member(written, parameters, path)

    def call(self, name: str, args: Sequence[Value], context: Evaluation) -> Value:
        """Result of a call; MISSING when there is no such function. Raises Fault."""
        member = self._members.get(name.lower())
        if member is None:
            return MISSING
        if context.depth >= DEPTH:
            raise Fault(
                f"the function '{name}' calls itself, or functions are nested too deeply", code=TOO_MUCH
            )
        if len(args) != len(member.parameters):
            raise Fault(
                f"the function '{name}' takes {len(member.parameters)} argument(s), {len(args)} were given"
            )
        given: dict[str, Value] = {}
        for (key, declaration), value in zip(member.parameters, args, strict=True):
            definitions = self._deployment.definitions
            given[key] = conforms(key, resolved(declaration, definitions), value, definitions, context.budget)
        inner = msgspec.structs.replace(
            self._deployment.own.before_running(), arguments=given, depth=context.depth + 1
        )
        output = find(member.written, "output")
        value = find(output, "value") if isinstance(output, dict) else MISSING
        try:
            if value is MISSING:
                raise Fault(f"the function '{name}' has no output value")
            return evaluate(value, inner)
        except Fault as fault:
            made = fault.within("value").within("output")
            raise made.anchored(self._deployment.source, (*self._deployment.path, *member.path))  # noqa: B904
