"""How a record set of AAAA records behaves: as record sets do, with IPv6 addresses."""

from __future__ import annotations

from cloison.kinds import _recordsets

BEHAVIOUR = _recordsets.behaviour("aaaaRecords", _recordsets.ip(6, "ipv6Address"))
