"""A deployment: one template with its parameters, variables, functions, resources and outputs, each made on demand.

Nothing is evaluated that nobody asks for, and nothing twice. What is asked for while it is being made goes in a
circle, and that is a fault.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Final, Protocol

from cloison.sources.arm_template import functions_of_template, layout, running
from cloison.sources.arm_template.errors import Fault, Steps
from cloison.sources.arm_template.evaluation import Evaluation, Runtime, copied, evaluate
from cloison.sources.arm_template.outputs import Output, made_output
from cloison.sources.arm_template.parameters import (
    KINDS,
    SECURE,
    fill,
    is_nullable,
    is_plain,
    open_parameter,
    resolved,
)
from cloison.sources.arm_template.records import Record
from cloison.sources.arm_template.scope import Level, Scope, Target
from cloison.sources.arm_template.symbols import OBJECT, STRING, Symbol, Value
from cloison.sources.arm_template.text import Source
from cloison.sources.arm_template.types import conforms
from cloison.sources.arm_template.values import MISSING, find, type_name
from cloison.sources.arm_template.world import World

_LANGUAGES: Final = re.compile(r"1\.(?:0|\d+-experimental)|2\.(?:0|\d+-experimental)")
"""Values of `languageVersion` that ARM takes or that Bicep writes (1.9- to 2.2-experimental; checked 2026-01-05)."""


class Given(Protocol):
    """The parameter values that somebody gives to a deployment."""

    def names(self) -> Sequence[str]:
        """Names of the parameters it has a value for."""
        ...

    def value(self, name: str, kind: str) -> Value:
        """The value of a parameter of that declared type, or MISSING. Raises Fault with its place."""
        ...

    @property
    def may_be_open(self) -> bool:
        """A parameter that has no value is open; else its lack is an error."""
        ...

    def open(self, name: str) -> tuple[str, frozenset[str]]:
        """What to call a parameter without a value, and which parameters of the outermost template decide it."""
        ...


class Deployment:
    """One template in one scope; a `Runtime`."""

    def __init__(
        self,
        world: World,
        source: Source,
        path: Steps,
        template: Value,
        *,
        target: Target,
        name: str | Symbol,
        given: Given,
        outer: Evaluation | None = None,
    ) -> None:
        """outer: where its expressions are evaluated, when that is the parent."""
        self.world = world
        self.source = source
        self.path = path
        self.target = target
        self.name = name
        self.record: Record | None = None
        """The resource that this deployment is, in its parent."""
        self._given = given
        if not isinstance(template, dict):
            fault = Fault(f"a template must be an object; it is of type '{type_name(template)}'")
            raise fault.anchored(source, path)
        self.template: dict[str, Value] = template
        self.own = Evaluation(self, world.budget)
        self.context = self.own if outer is None else outer.inside(self)
        self.is_outer = outer is not None
        """Its parent evaluates its expressions."""
        self._parameters: dict[str, Value] = {}
        self._variables: dict[str, Value] = {}
        self._outputs: dict[str, Output | None] = {}
        self._busy: set[tuple[str, str]] = set()
        self._records: list[Record] | None = None
        self.names: set[str] = set()
        """Symbolic names and names of copy loops, in lower case, also of what makes no resource."""

    # --- sections ------------------------------------------------------------------------------------------

    def section(self, key: str, kinds: tuple[type, ...] = (dict,)) -> Value:
        """A part of the template, or an empty object. Raises Fault when it is of another type."""
        found = find(self.template, key)
        if found is MISSING or found is None:
            return {}
        if not isinstance(found, kinds):
            fault = Fault(f"the template's '{key}' are of type '{type_name(found)}'; an object is expected")
            raise fault.within(key).anchored(self.source, self.path)
        return found

    @cached_property
    def language_two(self) -> bool:
        """Resources have symbolic names. Raises Fault for a language version that ARM does not know."""
        version = find(self.template, "languageVersion")
        if version is MISSING:
            return False
        if not isinstance(version, str) or not _LANGUAGES.fullmatch(version):
            fault = Fault(f"the template's language version '{version}' is not supported", hint="write 2.0")
            raise fault.within("languageVersion").anchored(self.source, self.path)
        return not version.startswith("1.0")

    @cached_property
    def definitions(self) -> dict[str, Value]:
        """Types that declarations refer to."""
        found: dict[str, Value] = self.section("definitions")
        return found

    @cached_property
    def declared(self) -> dict[str, str]:
        """Spelling of each parameter by its name in lower case."""
        return {name.lower(): name for name in self.section("parameters")}

    # --- parameters and variables ----------------------------------------------------------------------------

    @property
    def scope(self) -> Scope:
        """What the caller said of the outermost deployment."""
        return self.world.scope

    @property
    def assumed(self) -> Mapping[str, Value]:
        """Values that somebody says open expressions will have, by their text."""
        return self.world.assumed

    def check_given(self) -> None:
        """Raise Fault for values that no parameter takes."""
        unknown = [name for name in self._given.names() if name.lower() not in self.declared]
        if unknown:
            known = ", ".join(self.declared.values()) or "none"
            raise Fault(
                f"the template parameters '{', '.join(unknown)}' in the parameters file are not valid; they are not "
                f"present in the original template and can therefore not be provided at deployment time. The only "
                f"supported parameters for this template are '{known}'"
            )

    def parameter(self, name: str) -> Value:
        """A parameter's value. Raises Fault when the template declares none of that name."""
        key = name.lower()
        if key in self._parameters:
            return self._parameters[key]
        spelled = self.declared.get(key)
        if spelled is None:
            raise Fault(f"the template parameter '{name}' is not found", hint="declare it in 'parameters'")
        self._enter("parameter", spelled)
        try:
            value = self._parameters[key] = self._parameter(spelled, self.section("parameters")[spelled])
        except Fault as fault:
            raise fault.within(spelled).within("parameters").anchored(self.source, self.path)  # noqa: B904
        finally:
            self._busy.discard(("parameter", spelled))
        return value

    def _parameter(self, name: str, written: Value) -> Value:
        if not isinstance(written, dict):
            raise Fault(f"the declaration of parameter '{name}' must be an object")
        declaration = resolved(written, self.definitions)
        value = self._given.value(name, str(declaration.get("type", "")).lower())
        if value is MISSING or value is None or isinstance(value, Symbol):
            value = fill(value, lambda: self._default(name, declaration))
        if value is MISSING:
            if is_nullable(declaration):
                value = None
            elif self._given.may_be_open:
                return open_parameter(self._given.open(name), declaration)
            else:
                raise Fault(f"the value for the template parameter '{name}' is not provided")
        return conforms(name, declaration, value, self.definitions, self.world.budget)

    def _default(self, name: str, declaration: Mapping[str, Value]) -> Value:
        default = find(declaration, "defaultValue")
        kind = str(declaration.get("type", "")).lower()
        if kind in SECURE and self._given.may_be_open and is_plain(default):
            # A secret that somebody wrote into the template is as little shown as one that is handed to it.
            return Symbol(f"parameters('{name}')", kind=KINDS[kind], nullable=False)
        if default is MISSING or default is None:
            # A default of null is no default: published templates ask for such parameters.
            return MISSING
        try:
            return evaluate(default, self.own.for_default())
        except Fault as fault:
            raise fault.within("defaultValue")  # noqa: B904 (the same fault, one step further out)

    def _enter(self, what: str, name: str) -> None:
        if (what, name) in self._busy:
            raise Fault(f"circular dependency detected: the {what} '{name}' needs its own value")
        self._busy.add((what, name))

    @cached_property
    def _variable_places(self) -> dict[str, tuple[str, int | None]]:
        """Each variable by its name in lower case: its spelling, and its place among the copy loops, if it is one."""
        found: dict[str, tuple[str, int | None]] = {}
        for name, value in self.section("variables").items():
            if name.lower() != "copy" or not isinstance(value, list):
                found[name.lower()] = (name, None)
                continue
            for at, loop in enumerate(value):
                made = find(loop, "name") if isinstance(loop, dict) else MISSING
                if not isinstance(made, str):
                    fault = Fault("a copy loop of the variables has no 'name'")
                    raise fault.within(at).within(name).within("variables").anchored(self.source, self.path)
                found[made.lower()] = (made, at)
        return found

    def variable(self, name: str) -> Value:
        """A variable's value. Raises Fault when the template has none of that name."""
        key = name.lower()
        if key in self._variables:
            return self._variables[key]
        if key not in self._variable_places:
            raise Fault(f"the template variable '{name}' is not found", hint="declare it in 'variables'")
        spelled, at = self._variable_places[key]
        self._enter("variable", spelled)
        try:
            value = self._variables[key] = self._variable(spelled, at)
        except Fault as fault:
            raise fault.within("variables").anchored(self.source, self.path)  # noqa: B904 (the same, with its place)
        finally:
            self._busy.discard(("variable", spelled))
        return value

    def _variable(self, spelled: str, at: int | None) -> Value:
        written = self.section("variables")
        key = spelled if at is None else next(name for name in written if name.lower() == "copy")
        context = self.own.before_running()
        try:
            if at is None:
                return evaluate(written[key], context)
            return copied(spelled, written[key][at], "input", context)
        except Fault as fault:
            raise (fault if at is None else fault.within(at)).within(key)  # noqa: B904 (the same fault)

    def check_unused(self) -> None:
        """Evaluate all variables and read all functions, as ARM does, whether anything uses them. Raises Fault."""
        _ = self.functions
        for name, _ in self._variable_places.values():
            self.variable(name)

    def user_function(self, name: str, args: Sequence[Value], context: Evaluation) -> Value:
        """Result of a function of the template; MISSING when there is none of that name."""
        return self.functions.call(name, args, context)

    @cached_property
    def functions(self) -> functions_of_template.UserFunctions:
        """The functions that the template defines."""
        return functions_of_template.UserFunctions(self)

    # --- what it says of itself ----------------------------------------------------------------------------

    @property
    def link_text(self) -> str:
        """What expressions call the link to its template."""
        if self.record is None:
            return "deployment().properties.templateLink"
        return f"reference('{self.record.id}').templateLink"

    def described(self) -> Value:
        """What deployment() gives."""
        template: dict[str, Value] = {
            key: value
            for key, value in self.template.items()
            if key in {"$schema", "contentVersion", "languageVersion", "metadata"}
        }
        made: dict[str, Value] = {
            "name": self.name,
            "properties": {
                "template": template,
                "templateHash": Symbol("deployment().properties.templateHash", kind=STRING, nullable=False),
                "templateLink": Symbol(self.link_text, kind=OBJECT),
                "parameters": Symbol("deployment().properties.parameters", kind=OBJECT),
                "mode": "Incremental",
                "provisioningState": "Accepted",
            },
        }
        if self.target.level is not Level.RESOURCE_GROUP:
            made["location"] = self.target.location
        return made

    # --- resources and outputs -----------------------------------------------------------------------------

    @property
    def records(self) -> list[Record]:
        """Its resources, identified. Raises Fault."""
        if self._records is None:
            self._enter("deployment", str(self.name))
            try:
                self._records = list(layout.records(self))
            finally:
                self._busy.discard(("deployment", str(self.name)))
        return self._records

    @cached_property
    def index(self) -> running.Index:
        """Its resources by what expressions call them."""
        return running.Index(self.records)

    def output_names(self) -> dict[str, str]:
        """Spelling of each output by its name in lower case."""
        return {name.lower(): name for name in self.section("outputs")}

    def output(self, name: str) -> Output | None:
        """An output by its name, or None when its condition is false. Raises Fault, also when there is none."""
        spelled = self.output_names().get(name.lower())
        if spelled is None:
            known = ", ".join(self.output_names().values())
            raise Fault(
                f"the language expression property '{name}' doesn't exist, available properties are '{known}'"
            )
        if spelled not in self._outputs:
            self._enter("output", spelled)
            try:
                self._outputs[spelled] = made_output(spelled, self.section("outputs")[spelled], self)
            except Fault as fault:
                raise fault.within(spelled).within("outputs").anchored(self.source, self.path)  # noqa: B904
            finally:
                self._busy.discard(("output", spelled))
        return self._outputs[spelled]

    # --- running states --------------------------------------------------------------------------------------

    def reference(self, wanted: Value, *, full: bool, near: Runtime | None) -> Value:
        """The running state of a resource, looked for in `near` first."""
        return running.reference(self, wanted, full=full, near=near)

    def references(self, loop: str, *, full: bool) -> Value:
        """The running states of a copy loop's resources."""
        return running.references(self, loop, full=full)

    def resource_info(self, name: str) -> Value:
        """What resourceInfo() gives."""
        return running.resource_info(self, name)

    def runtime_function(self, name: str, args: Sequence[Value], *, near: Runtime | None) -> Value:
        """Result of a `list…` function."""
        return running.listed(self, name, args, near)
