"""What writing routes takes.

Source: Microsoft Learn, Azure permissions for Networking; checked 2026-11-25.
"""

from __future__ import annotations

from cloison.model.rights import Rights

RIGHTS = Rights(role="Network Contributor")
