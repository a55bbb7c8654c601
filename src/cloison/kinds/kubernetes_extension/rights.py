"""What writing an extension of a cluster takes.

Source: Microsoft Learn, Azure built-in roles for Containers; checked 2026-11-25.
"""

from __future__ import annotations

from cloison.model.rights import Rights

RIGHTS = Rights(role="Kubernetes Extension Contributor")
