"""What giving a role takes.

Source: Microsoft Learn, Azure built-in roles for Privileged; checked 2026-11-25.
"""

from __future__ import annotations

from cloison.model.rights import Rights

RIGHTS = Rights(role="Role Based Access Control Administrator")
