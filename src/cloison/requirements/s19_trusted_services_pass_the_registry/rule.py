"""S19: Azure's trusted services, of which the workspace is one, pass the registry's firewall."""

from __future__ import annotations

from collections.abc import Iterable

from cloison.arm.ids import ResourceId
from cloison.kinds.container_registry.facts import ContainerRegistry, facts
from cloison.model.verdict import Finding, Fix, Safety, Severity
from cloison.requirements import Requirement, fixes, owned, say
from cloison.requirements.case import Case

ID = "S19"
TRUSTED = "azureservices"


def subjects(case: Case) -> Iterable[ResourceId]:
    """The workspace's registry; the workspace itself while it has none."""
    registry = owned.registry(case)
    if registry is not None:
        return [registry]
    return [case.environment.workspace] if case.environment.workspace is not None else []


def decide(case: Case, subject: ResourceId) -> Iterable[Finding]:
    """Broken without the exception; a note where nothing is shut that it would be an exception from."""
    if subject == case.environment.workspace:
        yield say.not_applicable(
            ID, subject, f"{subject.name} has no registry yet, so no firewall stands before it"
        )
        return
    registry = facts(owned.read(case, subject))
    if TRUSTED in registry.bypass.value:
        yield say.met(
            ID, subject, f"trusted services pass the firewall of {subject.name}", *say.cites(registry.bypass)
        )
        return
    if registry.public.value and registry.open_to_all.value:
        yield _without_effect(subject, registry)
        return
    message = (
        f"{subject.name} is shut and makes no exception for trusted services, "
        "so the workspace itself can neither push nor pull images there"
    )
    shut = registry.open_to_all if registry.public.value else registry.public
    yield say.broken(ID, subject, message, *say.cites(registry.bypass, shut), fixes=[_allow(subject)])


def _without_effect(subject: ResourceId, registry: ContainerRegistry) -> Finding:
    message = (
        f"{subject.name} makes no exception for trusted services: broken by the article's letter, "
        "without effect while it lets everybody in"
    )
    cites = say.cites(registry.bypass, registry.public, registry.open_to_all)
    return say.broken(ID, subject, message, *cites, severity=Severity.NOTE, fixes=[_allow(subject)])


def _allow(registry: ResourceId) -> Fix:
    return fixes.set_property(
        registry,
        "/properties/networkRuleBypassOptions",
        "AzureServices",
        f"Let trusted services pass the firewall of {registry.name}",
        Safety.SAFE,
        "takes nothing from anybody; trusted services still need an identity and a role to pull or push",
    )


REQUIREMENT = Requirement(
    id=ID,
    title="Trusted services pass the firewall of the workspace's registry",
    subjects=subjects,
    decide=decide,
)
