"""What taking a lock away takes.

Source: Microsoft Learn, Lock your resources, "Who can create or delete locks"; checked 2026-11-25.
"""

from __future__ import annotations

from cloison.model.rights import Rights

RIGHTS = Rights(role="User Access Administrator")
