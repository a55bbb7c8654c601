"""S18: the workspace's registry is a Premium one, which alone can have private endpoints."""

from __future__ import annotations

from collections.abc import Iterable

from cloison.arm.ids import ResourceId
from cloison.kinds.container_registry.facts import facts
from cloison.model.verdict import Finding, Fix, Safety, Severity
from cloison.requirements import Requirement, fixes, owned, say
from cloison.requirements.case import Case

ID = "S18"
PREMIUM = "premium"


def subjects(case: Case) -> Iterable[ResourceId]:
    """The workspace's registry; the workspace itself while it has none."""
    registry = owned.registry(case)
    if registry is not None:
        return [registry]
    return [case.environment.workspace] if case.environment.workspace is not None else []


def decide(case: Case, subject: ResourceId) -> Iterable[Finding]:
    """Broken by any other SKU; unknown of a registry that Azure is still to make."""
    if subject == case.environment.workspace:
        yield _none_yet(case, subject)
        return
    sku = facts(owned.read(case, subject)).sku
    if sku.value == PREMIUM:
        yield say.met(ID, subject, f"{subject.name} is Premium", *say.cites(sku))
        return
    yield say.broken(
        ID, subject, _message(case, subject, sku.value), *say.cites(sku), fixes=[_raise(subject)]
    )


def _message(case: Case, registry: ResourceId, sku: str) -> str:
    message = f"{registry.name} is {sku.capitalize()}: only Premium registries can have private endpoints"
    asking = [endpoint.id.name for endpoint in case.endpoints_to(registry)]
    return f"{message}, and {asking[0]} asks for one" if asking else message


def _none_yet(case: Case, workspace: ResourceId) -> Finding:
    message = f"{workspace.name} has no registry yet, and which SKU Azure gives the one it will make is not documented"
    cites = say.cites(case.workspace.registry) if case.workspace is not None else ()
    ask = (
        "make a Premium registry and name it: "
        f"az ml workspace update -g {workspace.resource_group} -n {workspace.name} --container-registry ID"
    )
    return say.unknown(ID, workspace, message, ask=ask, cites=cites, severity=Severity.NOTE)


def _raise(registry: ResourceId) -> Fix:
    return fixes.set_property(
        registry,
        "/sku/name",
        "Premium",
        f"Make {registry.name} a Premium registry",
        Safety.SAFE,
        "done in place, and images, names and keys stay; it costs more, and must come before the private endpoint",
    )


REQUIREMENT = Requirement(
    id=ID, title="The workspace's registry is a Premium one", subjects=subjects, decide=decide
)
