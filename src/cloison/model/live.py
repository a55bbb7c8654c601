"""How a live ARM is asked for resources of one type. Each kind says it in its `live.py`."""

from __future__ import annotations

import msgspec


class Live(msgspec.Struct, frozen=True, kw_only=True):
    """Where resources of a type are found."""

    api: str
    """Version to read and write them with: the newest stable one whose bodies we know."""
    previews: tuple[str, ...] = ()
    """Versions that a plan may write them with, for settings that no stable one has."""
    table: str = ""
    """Table of Resource Graph that has them, `resources`; empty where none has."""
    below: str = ""
    """Type of the resources that they are listed below, for those no table has; empty: listed by subscription."""
    path: str = ""
    """What stands behind that resource, or the subscription, in the list's path: `computes`."""
    inside: bool = False
    """Its parent's answer holds it already."""
    connects: bool = False
    """Private endpoints lead to it, and it lists their connections."""
    log_days: int = 0
    """Not 0: they are events of that resource, told by the activity log so many days back. Azure keeps 90."""
    log_of: tuple[str, ...] = ()
    """Operations whose events are kept, in lower case: a log has thousands of others."""
    right: str = ""
    """Action that a principal needs to read them; empty: `<type>/read`."""
