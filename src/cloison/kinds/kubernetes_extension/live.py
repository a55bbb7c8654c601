"""How a live ARM is asked for extensions.

Sources: REST reference of Microsoft.KubernetesConfiguration, 2023-05-01; Resource Graph table reference;
checked 2026-11-24.
"""

from __future__ import annotations

from cloison.model.live import Live

LIVE = Live(
    api="2023-05-01",
    below="Microsoft.ContainerService/managedClusters",
    path="providers/Microsoft.KubernetesConfiguration/extensions",
)
