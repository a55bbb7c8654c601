"""Microsoft.MachineLearningServices/workspaces/computes: a compute of a workspace; some stand on a cluster."""

from __future__ import annotations

from collections.abc import Iterable

from cloison.kinds.ml_compute.facts import facts
from cloison.model.environment import Attachment
from cloison.model.facts import Known
from cloison.model.kind import Kind, Naming
from cloison.model.snapshot import Resource, Snapshot

ON_A_CLUSTER = ("kubernetes", "aks")


def facets(resource: Resource, snapshot: Snapshot) -> Iterable[Attachment]:
    """The attachment of a compute that stands on a cluster, or that may."""
    compute = facts(resource)
    if isinstance(compute.type, Known) and compute.type.value not in ON_A_CLUSTER:
        return
    yield Attachment(
        id=resource.id,
        maybe=resource.maybe,
        workspace=resource.id.parent,
        cluster=compute.cluster,
    )


KIND = Kind(
    type="Microsoft.MachineLearningServices/workspaces/computes",
    facets=facets,
    title="compute",
    naming=Naming(
        pattern=r"[a-zA-Z](?![a-zA-Z0-9-]*-\d+$)[a-zA-Z0-9-]{2,23}",
        words="3 to 24 letters, digits and hyphens, with no number behind the last hyphen",
    ),
)
