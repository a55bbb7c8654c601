"""S16: the workspace has a system-assigned identity, the only kind that a closed storage account trusts."""

from __future__ import annotations

from collections.abc import Iterable

from cloison.arm.ids import ResourceId
from cloison.kinds.ml_workspace.facts import MlWorkspace, facts
from cloison.kinds.storage_account.facts import facts as storage_facts
from cloison.model.facts import Known
from cloison.model.verdict import Finding, Fix, Safety, Severity
from cloison.reach.fabric import known
from cloison.requirements import Requirement, fixes, say
from cloison.requirements.case import Case

ID = "S16"
SYSTEM = "systemassigned"


def subjects(case: Case) -> Iterable[ResourceId]:
    """The workspace."""
    return [case.environment.workspace] if case.environment.workspace is not None else []


def decide(case: Case, subject: ResourceId) -> Iterable[Finding]:
    """Broken by any other identity; a note where the storage lets everybody in, so that no trust is needed."""
    own = facts(case.resource(subject))
    if SYSTEM not in own.identity.value:
        yield _without(case, subject, own)
        return
    primary = known(own.primary_identity)
    if primary is None:
        yield say.met(ID, subject, f"{subject.name} has a system-assigned identity", *say.cites(own.identity))
        return
    message = (
        f"{subject.name} has a system-assigned identity as the article asks, but works as {primary.name}: "
        f"{_trust(case)}"
    )
    summary = f"Make {subject.name} work as its system-assigned identity"
    fix = fixes.by_hand(subject, summary, "how a primary identity is taken back is not documented")
    cites = say.cites(own.primary_identity, own.identity)
    severity = Severity.NOTE if _lets_everybody_in(case) else Severity.WARNING
    yield say.broken(ID, subject, message, *cites, severity=severity, fixes=[fix])


def _without(case: Case, workspace: ResourceId, own: MlWorkspace) -> Finding:
    has = "user-assigned identities only" if own.identity.value else "no managed identity"
    message = f"{workspace.name} has {has}: {_trust(case)}"
    severity = Severity.NOTE if _lets_everybody_in(case) else Severity.ERROR
    cites = say.cites(own.identity)
    return say.broken(ID, workspace, message, *cites, severity=severity, fixes=[_add(workspace, own)])


def _trust(case: Case) -> str:
    name = case.environment.storage.name if case.environment.storage is not None else "its storage"
    if _lets_everybody_in(case):
        return f"without effect while {name} lets everybody in"
    return f"behind a private endpoint, {name} trusts system-assigned ones alone"


def _lets_everybody_in(case: Case) -> bool:
    """True where that is surely so, as it takes weight from the finding."""
    storage = case.snapshot.get(case.environment.storage) if case.environment.storage is not None else None
    if storage is None:
        return False
    account = storage_facts(storage)
    return say.told(account.public) is True and say.told(account.open_to_all) is True


def _add(workspace: ResourceId, own: MlWorkspace) -> Fix:
    kept = own.user_identities.value if isinstance(own.user_identities, Known) else ()
    type = "SystemAssigned,UserAssigned" if own.identity.value else "SystemAssigned"
    identity: dict[str, object] = {"type": type}
    if kept:
        identity["userAssignedIdentities"] = {id: {} for id in kept}
    return Fix(
        action="update",
        target=workspace.text,
        summary=f"Give {workspace.name} a system-assigned identity, and keep those it has",
        safety=Safety.ASKS,
        why="Azure documents the way from system-assigned to both, not this one; and until the new identity has the "
        "roles of the old one, whoever runs jobs may be refused",
        pointer="/identity",
        body={"identity": identity},
    )


REQUIREMENT = Requirement(
    id=ID, title="The workspace has a system-assigned identity", subjects=subjects, decide=decide
)
