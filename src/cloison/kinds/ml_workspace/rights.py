"""What writing a workspace and its computes takes.

Source: Microsoft Learn, Manage access to Azure Machine Learning workspaces; Azure built-in roles for AI + machine
learning; checked 2026-11-25.
"""

from __future__ import annotations

from cloison.model.rights import Rights

RIGHTS = Rights(role="Contributor")
