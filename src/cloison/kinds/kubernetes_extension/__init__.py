"""Microsoft.KubernetesConfiguration/extensions: an extension of a cluster, such as Azure Machine Learning's."""

from __future__ import annotations

from cloison.model.kind import Kind

KIND = Kind(type="Microsoft.KubernetesConfiguration/extensions", title="cluster extension")
