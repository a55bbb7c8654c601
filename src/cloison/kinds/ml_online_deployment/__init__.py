"""Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments: a model behind an online endpoint."""

from __future__ import annotations

from cloison.model.kind import Kind

KIND = Kind(
    type="Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments", title="online deployment"
)
