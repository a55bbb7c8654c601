"""Microsoft.Network/loadBalancers: shares connections out; it filters and routes nothing."""

from __future__ import annotations

from cloison.model.kind import Kind

KIND = Kind(type="Microsoft.Network/loadBalancers", title="load balancer")
