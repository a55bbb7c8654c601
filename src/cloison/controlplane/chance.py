"""What comes from outside: the time, and the names that Azure chooses; the same seed gives the same names."""

from __future__ import annotations

import uuid

import msgspec

_SPACE = uuid.UUID("5a1c7e0e-9f0b-4d2e-8a55-2f6f3c1d9b10")
EPOCH = "2100-01-01T00:00:00.0000000Z"
"""The time where nobody says another: later than anything that was read, as what is predicted comes after that."""


class Seeded(msgspec.Struct, frozen=True):
    """A `Chance` that its seed decides. Use one seed for each request."""

    seed: str
    now: str = EPOCH

    def guid(self, *about: str) -> str:
        """A GUID made from the seed and what it is about."""
        return str(uuid.uuid5(_SPACE, "\n".join((self.seed, *about))))
