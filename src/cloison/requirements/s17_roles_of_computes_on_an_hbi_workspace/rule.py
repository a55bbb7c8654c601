"""S17: computes on a workspace of high business impact have an identity with both roles on its storage.

The article says "a system-assigned identity" and not whose; Azure/AML-Kubernetes says the compute's, so that one is
asked.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator

from cloison.arm.ids import ResourceId
from cloison.kinds.ml_compute.facts import MlCompute
from cloison.kinds.ml_compute.facts import facts as compute_facts
from cloison.kinds.ml_workspace.facts import facts as workspace_facts
from cloison.kinds.role_assignment.facts import ROLES
from cloison.model.facts import NotKnown
from cloison.model.verdict import Finding, Fix, Safety
from cloison.requirements import Requirement, owned, restart, roles, say
from cloison.requirements.case import Case

ID = "S17"
SYSTEM = "systemassigned"
NAMES = ("Storage Blob Data Contributor", "Storage Account Contributor")


def subjects(case: Case) -> Iterable[ResourceId]:
    """Computes on the cluster, if the workspace is of high business impact; else the workspace. Raises NotKnown."""
    workspace = case.environment.workspace
    if workspace is None:
        return []
    hbi = workspace_facts(case.resource(workspace)).hbi.value
    return (restart.computes(case) if hbi else None) or [workspace]


def decide(case: Case, subject: ResourceId) -> Iterable[Finding]:
    """Broken without the identity, or without a role; unknown where role assignments were not read."""
    if subject == case.environment.workspace:
        yield _nothing_to_ask(case, subject)
        return
    compute, storage = compute_facts(case.resource(subject)), owned.storage(case)
    if compute.cluster.value != case.environment.cluster:
        return
    if SYSTEM not in compute.identity.value:
        yield _without_identity(case, subject, compute)
    elif storage is None:
        yield say.not_applicable(ID, subject, "the workspace names no storage to have a role on")
    else:
        yield from _roles(case, roles.Identity(subject, compute.principal), storage)


def _nothing_to_ask(case: Case, workspace: ResourceId) -> Finding:
    hbi = workspace_facts(case.resource(workspace)).hbi
    why = "has no compute on the cluster yet" if hbi.value else "is not marked as of high business impact"
    return say.not_applicable(ID, workspace, f"{workspace.name} {why}", *say.cites(hbi))


def _without_identity(case: Case, subject: ResourceId, compute: MlCompute) -> Finding:
    has = "user-assigned identities only" if compute.identity.value else "no identity"
    message = (
        f"{subject.name} has {has}, and a workspace of high business impact asks for a system-assigned one"
    )
    fix = Fix(
        action="update",
        target=subject.text,
        summary=f"Give {subject.name} a system-assigned identity, then both roles on the workspace's storage",
        safety=Safety.ASKS,
        why="whoever deploys on it meanwhile may be refused, and a user-assigned identity that it had is replaced",
        pointer="/identity",
        body={
            "identity": {"type": "SystemAssigned"},
            "properties": {"computeType": "Kubernetes", "resourceId": case.environment.cluster.text},
        },
    )
    return say.broken(ID, subject, message, *say.cites(compute.identity), fixes=[fix])


def _roles(case: Case, identity: roles.Identity, storage: ResourceId) -> Iterator[Finding]:
    held = {name: roles.held(case, identity, name, storage) for name in NAMES}
    missing = [name for name, one in held.items() if one.by is None and one.doubt is None]
    if missing:
        yield _missing(case, identity, storage, missing)
    for one in held.values():
        if one.doubt is not None:
            raise NotKnown(one.doubt)
    if not missing:
        cites = say.cites(*(one.by.role for one in held.values() if one.by is not None))
        yield say.met(ID, identity.owner, f"{identity.owner.name} has both roles on {storage.name}", *cites)


def _missing(case: Case, identity: roles.Identity, storage: ResourceId, names: list[str]) -> Finding:
    subject, workspace = identity.owner, case.environment.workspace
    message = f"{subject.name} lacks {' and '.join(names)} on {storage.name}"
    if workspace is not None:
        other = roles.Identity(workspace, workspace_facts(case.resource(workspace)).principal)
        if all(roles.held(case, other, name, storage).by is not None for name in names):
            them = "it" if len(names) == 1 else "them"
            message += f"; that {workspace.name} itself has {them} does not help, as that is another identity"
    mends = [_assign(identity, storage, name) for name in names]
    return say.broken(ID, subject, message, *say.cites(identity.principal), fixes=mends)


def _assign(identity: roles.Identity, storage: ResourceId, name: str) -> Fix:
    role = ROLES[name.lower()]
    # Made from what it says, so that a second try finds the first instead of adding another.
    own = uuid.uuid5(uuid.NAMESPACE_URL, f"{storage}|{identity.owner}|{role}")
    who = say.told(identity.principal)
    definitions = f"/subscriptions/{storage.subscription}/providers/Microsoft.Authorization/roleDefinitions"
    return Fix(
        action="create",
        target=f"{storage.text}/providers/{roles.ASSIGNMENTS}/{own}",
        summary=f"Give {identity.owner.name} the role {name} on {storage.name}",
        safety=Safety.SAFE,
        why="a role adds a right and takes none away",
        body={
            "properties": {
                "roleDefinitionId": f"{definitions}/{role}",
                "principalId": who or f"{{principal of {identity.owner.name}}}",
                # Azure looks the identity up unless told what it is, and does not find one that was just made.
                "principalType": "ServicePrincipal",
            }
        },
    )


REQUIREMENT = Requirement(
    id=ID,
    title="Computes on a workspace of high business impact have an identity with both roles on its storage",
    subjects=subjects,
    decide=decide,
)
