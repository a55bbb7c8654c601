"""How a record set of A records behaves: as record sets do, with IPv4 addresses."""

from __future__ import annotations

from cloison.kinds import _recordsets

BEHAVIOUR = _recordsets.behaviour("aRecords", _recordsets.ip(4, "ipv4Address"))
