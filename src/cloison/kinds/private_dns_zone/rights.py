"""What writing a private zone and all in it takes.

Source: Microsoft Learn, Azure built-in roles for Networking; checked 2026-11-25.
"""

from __future__ import annotations

from cloison.model.rights import Rights

RIGHTS = Rights(role="Private DNS Zone Contributor")
