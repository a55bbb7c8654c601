"""Microsoft.MachineLearningServices/workspaces/datastores: storage that a workspace's workloads use."""

from __future__ import annotations

from collections.abc import Iterable

from cloison.kinds.ml_datastore.facts import SUBRESOURCES, facts
from cloison.model.environment import ExtraStorage
from cloison.model.facts import Known
from cloison.model.kind import Kind
from cloison.model.snapshot import Resource, Snapshot


def facets(resource: Resource, snapshot: Snapshot) -> Iterable[ExtraStorage]:
    """The account it names, with the sub-resources asked; nothing for stores that are no storage account."""
    store = facts(resource)
    asked: tuple[str, ...] = ("blob",)
    if isinstance(store.type, Known):
        asked = SUBRESOURCES.get(store.type.value, ())
    if asked:
        yield ExtraStorage(
            id=resource.id,
            maybe=resource.maybe,
            workspace=resource.id.parent,
            account=store.account,
            subresources=asked,
        )


KIND = Kind(type="Microsoft.MachineLearningServices/workspaces/datastores", facets=facets, title="datastore")
