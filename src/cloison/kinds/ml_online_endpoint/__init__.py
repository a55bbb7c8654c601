"""Microsoft.MachineLearningServices/workspaces/onlineEndpoints: an address where models answer."""

from __future__ import annotations

from cloison.model.kind import Kind

KIND = Kind(type="Microsoft.MachineLearningServices/workspaces/onlineEndpoints", title="online endpoint")
