"""One resource of a deployment: its identity, whether it exists, and its body when somebody asks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from cloison.sources.arm_template.errors import Fault, Steps
from cloison.sources.arm_template.evaluation import Evaluation, evaluate
from cloison.sources.arm_template.identity import Text, resource_id, segments, target_of
from cloison.sources.arm_template.scope import Level
from cloison.sources.arm_template.symbols import Symbol, Value, join
from cloison.sources.arm_template.text import Source
from cloison.sources.arm_template.values import MISSING, find, type_name

if TYPE_CHECKING:
    from cloison.sources.arm_template.deployment import Deployment

DEPLOYMENTS: Final = "microsoft.resources/deployments"
_NOT_BODY: Final = frozenset({
    "id", "name", "type", "apiversion", "condition", "copy", "resources", "dependson", "comments", "existing", "import",
    "extension", "scope", "subscriptionid", "resourcegroup", "properties", "asserts", "metadata", "@options",
})  # fmt: skip
"""Members of a resource in a template that are not members of the resource in Azure, or are made apart."""


class Record:
    """A resource as the template states it, evaluated piece by piece."""

    __slots__ = (
        "_busy", "_exists", "_members", "api_version", "child", "child_known", "context", "existing", "full_name",
        "holder", "id", "id_value", "index", "kinds", "loop", "names", "path", "plain", "raw", "reads", "repeats",
        "symbol", "target", "type", "written_name",
    )  # fmt: skip

    def __init__(self, raw: dict[str, Value], path: Steps, context: Evaluation, holder: Deployment) -> None:
        self.raw = raw
        self.path = path
        self.context = context
        """For its body: running states may be asked for."""
        self.plain = context.before_running()
        """For what must be known before anything runs: name, type, condition, counts."""
        self.holder = holder
        self.target = holder.target
        self.symbol = ""
        """Its symbolic name."""
        self.loop = ""
        """Name of the copy loop that makes it."""
        self.index: Value = None
        self.repeats: Symbol | None = None
        """Whether the copy loop that makes it has any turn, where its count is open."""
        self.names: list[Text] = []
        self.type = ""
        self.kinds = ""
        self.written_name: Text = ""
        """The name as its resource in the template has it: a nested child's without its parent's."""
        self.full_name: Text = ""
        self.id = ""
        self.id_value: Text = ""
        self.existing = raw.get("existing") is True
        self.api_version = ""
        self.reads: set[Record] = set()
        """Resources of the same template whose running state it reads by name."""
        self.child: Deployment | None = None
        """The deployment that it is, once it is known."""
        self.child_known = False
        self._exists: Value = MISSING
        self._members: dict[str, Value] = {}
        self._busy: set[str] = set()

    @property
    def source(self) -> Source:
        """The file it stands in."""
        return self.holder.source

    def identify(self, parent: Record | None) -> None:
        """Evaluate type, name and id. Raises Fault where they are missing or do not match."""
        kind, name = "/".join(filter(None, str(self._text("type")).split("/"))), self._text("name")
        self.written_name = name
        if parent is not None and not _is_full(kind):
            kind, name = f"{parent.kinds}/{kind}", join([parent.full_name, "/", name])
        self.kinds, self.full_name = kind, name
        count = self.kinds.count("/")
        names = segments(name, count) if count else None
        if names is None:
            raise Fault(
                f"the resource '{name}' of type '{kind}' has incorrect segment lengths: a type has one segment more "
                "than its name",
                hint="give a nested resource one name for each '/' in its full type",
            ).within("name")
        if "" in names:
            raise Fault(f"the name of a resource of type '{kind}' is empty, or a segment of it").within(
                "name"
            )
        self.names = names
        version = find(self.raw, "apiVersion")
        made = "" if version is MISSING else evaluate(version, self.plain)
        self.api_version = made if isinstance(made, str) else str(made)
        self._aim()
        self._place(parent)

    def _text(self, key: str) -> Text:
        value = find(self.raw, key)
        if value is MISSING:
            raise Fault(
                f"the resource has no '{key}'", hint="every resource needs 'type', 'apiVersion' and 'name'"
            )
        return self._string(key, value)

    def _string(self, key: str, value: Value) -> Text:
        try:
            made = evaluate(value, self.plain)
            if not isinstance(made, (str, Symbol)):
                raise Fault(f"the '{key}' of a resource must be a string; it is of type '{type_name(made)}'")
        except Fault as fault:
            raise fault.within(key)  # noqa: B904 (the same fault, one step further out)
        return made

    def _aim(self) -> None:
        """The scope it stands in, where it is not its template's: another group, subscription or level."""
        group, subscription = find(self.raw, "resourceGroup"), find(self.raw, "subscriptionId")
        here = self.target
        if subscription is MISSING and group is MISSING:
            if self.is_deployment and (scope := find(self.raw, "scope")) is not MISSING:
                self.target = target_of(self._string("scope", scope), here) or here
            return
        where = here.subscription if subscription is MISSING else self._string("subscriptionId", subscription)
        if group is MISSING:
            self.target = here.at(Level.SUBSCRIPTION, subscription=where)
        else:
            self.target = here.group(self._string("resourceGroup", group), where)

    def _place(self, parent: Record | None) -> None:
        base = self.target.id
        if "scope" in self.raw and not self.is_deployment:
            base = self.base_id()
        elif parent is not None:
            base = parent.base_id()
        self.id_value = resource_id(base, self.kinds, self.names, self.target.subscription)
        self.id = str(self.id_value)
        # An extension written the old way names its provider inside the type: its own type follows the last one.
        plain = self.kinds.split("/")
        lower = [kind.lower() for kind in plain]
        if "providers" in lower[1:]:
            at = len(lower) - 1 - lower[::-1].index("providers")
            # Types and names alternate in an id, so the namespace is the name beside `providers`.
            self.type = "/".join([str(self.names[at - 1]), *plain[at + 1 :]])
        else:
            self.type = self.kinds

    def base_id(self) -> Text:
        """The id of the scope this resource stands on."""
        scope = find(self.raw, "scope")
        if scope is MISSING or self.is_deployment:
            return self.target.id
        return self._scope_id(self._string("scope", scope))

    def _scope_id(self, scope: Text) -> Text:
        shape = str(scope)
        if shape in {"", "/"}:
            return ""
        if shape.startswith("/") or (isinstance(scope, Symbol) and not scope.prefix):
            return scope.rstrip("/") if isinstance(scope, str) else scope
        lower = shape.lower()
        if lower.startswith(("subscriptions/", "providers/")):
            return join(["/", scope])
        if lower.startswith("microsoft.management/managementgroups/"):
            return join(["/providers/", scope])
        return join([self.target.id, "/providers/", scope])

    @property
    def name(self) -> str:
        """Last segment of the name."""
        return str(self.names[-1]) if self.names else ""

    @property
    def is_deployment(self) -> bool:
        """It deploys a template of its own."""
        return self.kinds.lower() == DEPLOYMENTS

    @property
    def exists(self) -> bool | Symbol:
        """Whether the condition holds. Raises Fault for a condition that is no boolean."""
        if self._exists is MISSING:
            self._exists = self._condition()
            if self.repeats is not None and self._exists is True:
                self._exists = self.repeats
        made: bool | Symbol = self._exists
        return made

    def _condition(self) -> Value:
        raw = find(self.raw, "condition")
        if raw is MISSING:
            return True
        try:
            value = evaluate(raw, self.plain)
            if isinstance(value, str) and value.lower() in {"true", "false"}:
                return value.lower() == "true"
            if not isinstance(value, (bool, Symbol)):
                raise Fault(
                    f"the condition of a resource must be a boolean; it is of type '{type_name(value)}'"
                )
        except Fault as fault:
            raise fault.within("condition")  # noqa: B904 (the same fault, one step further out)
        return value

    def is_busy(self, key: str) -> bool:
        """The member is being evaluated further out: whoever asks for it now goes in a circle."""
        return key in self._busy

    def member(self, key: str) -> Value:
        """One evaluated member of the resource, or MISSING; not while it is busy. Raises Fault."""
        if key in self._members:
            return self._members[key]
        raw = find(self.raw, key)
        if raw is MISSING:
            return MISSING
        self._busy.add(key)
        try:
            with self.holder.world.making(self):
                self._members[key] = evaluate(raw, self.context)
        except Fault as fault:
            raise fault.within(key).anchored(self.source, self.path)  # noqa: B904 (the same, with its place)
        finally:
            self._busy.discard(key)
        return self._members[key]

    def body(self) -> dict[str, Value]:
        """The resource as ARM shows it, with symbols for what is open. Raises Fault."""
        made: dict[str, Value] = {"id": self.id, "name": self.name, "type": self.type}
        for key in self.raw:
            if key.lower() not in _NOT_BODY:
                made[key] = self.member(key)
        properties = find(self.raw, "properties")
        if properties is MISSING:
            return made
        made["properties"] = (
            self._deployment_properties(properties) if self.is_deployment else self.member("properties")
        )
        return made

    def _deployment_properties(self, raw: Value) -> Value:
        """What a nested deployment says of itself; its template became resources, its parameters may be secret."""
        if not isinstance(raw, Mapping):
            return {}
        kept = {key: value for key, value in raw.items() if key.lower() in {"mode", "debugsetting"}}
        return evaluate(kept, self.context)


def _is_full(kind: str) -> bool:
    """A nested resource's type is written in full, from its provider on."""
    provider, _, rest = kind.partition("/")
    return "." in provider and bool(rest)
