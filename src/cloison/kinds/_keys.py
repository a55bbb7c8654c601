"""Keys that open nothing: what actions like `listKeys` answer where Azure would hand out a secret.

They are made from the resource's id, the same every time, and no service anywhere takes them. Knows no resource type.
"""

from __future__ import annotations

import base64
import hashlib

from cloison.arm.ids import ResourceId

TURN = "_turns"
"""How often each key was made anew, by its name."""


def made(id: ResourceId, name: str, turn: int = 0) -> str:
    """64 bytes in base64, the form of a storage account's key."""
    text = f"a key of nothing\n{id}\n{name}\n{turn}"
    return base64.b64encode(hashlib.sha512(text.encode()).digest()).decode()


def turns(body: dict[str, object] | None) -> dict[str, int]:
    """How often each key of a resource was made anew."""
    held = (body or {}).get(TURN)
    return dict(held) if isinstance(held, dict) else {}
