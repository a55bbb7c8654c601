"""How many AAAA records a zone may hold: they count with all its others."""

from __future__ import annotations

from cloison.kinds._record_limits import LIMITS

__all__ = ["LIMITS"]
