"""How an alias behaves: as record sets do, alone at its name."""

from __future__ import annotations

from cloison.kinds import _recordsets

BEHAVIOUR = _recordsets.behaviour("cnameRecord", _recordsets.text("cname"))
