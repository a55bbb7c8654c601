"""Owned: what the workspace names as its own. A project uses what its hub names."""

from __future__ import annotations

from collections.abc import Callable

from cloison.arm.ids import ResourceId
from cloison.model.environment import Workspace
from cloison.model.facts import Fact, NotKnown, Unknown
from cloison.model.snapshot import Resource
from cloison.reach.fabric import known
from cloison.requirements.case import Case

Pick = Callable[[Workspace], Fact[ResourceId | None]]


def registry(case: Case) -> ResourceId | None:
    """The workspace's registry; None: it has none yet. Raises NotKnown."""
    return _owned(case, lambda workspace: workspace.registry)


def storage(case: Case) -> ResourceId | None:
    """The workspace's own storage account. Raises NotKnown."""
    return _owned(case, lambda workspace: workspace.storage)


def read(case: Case, id: ResourceId) -> Resource:
    """A service that was read and surely exists. Raises NotKnown."""
    found = case.resource(id)
    if found.maybe is not None:
        raise NotKnown(found.maybe)
    return found


def named(case: Case, pick: Pick) -> Fact[ResourceId | None]:
    """What the workspace, or the hub of a project, names as its own; Known(None): nothing yet."""
    workspace = case.workspace
    if workspace is None:
        return Unknown("the workspace is not in the input", f"add the workspace of {case.cluster.id.text}")
    hub = known(workspace.hub)
    owner = case.fabric.workspaces.get(hub, workspace) if hub is not None else workspace
    found = pick(owner)
    if isinstance(found, Unknown) or found.value is not None or owner is not workspace:
        return found
    if isinstance(workspace.hub, Unknown):
        return workspace.hub
    if hub is not None:
        # Projects name nothing of their own, so silence says nothing about the hub.
        why = f"{workspace.id.name} is a project, and what its hub {hub.name} names is not in the input"
        return Unknown(why, f"add {hub.text}")
    return found


def _owned(case: Case, pick: Pick) -> ResourceId | None:
    return named(case, pick).value if case.workspace is not None else None
