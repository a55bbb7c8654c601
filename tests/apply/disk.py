"""A disk that loses what was not synced, fills up, breaks and lies, as told."""

from __future__ import annotations

import errno
from typing import Literal

import msgspec

Loss = Literal["keeps", "loses", "tears"]
LOSSES: tuple[Loss, ...] = ("keeps", "loses", "tears")


class SimDisk:
    """One file."""

    def __init__(
        self, content: bytes = b"", *, fails_at: int = 0, error: int = errno.ENOSPC, lies: bool = False
    ) -> None:
        """fails_at: the n-th action fails, and all after it. lies: a sync says that it is done, and nothing is."""
        self.durable = content
        self.pending: list[bytes] = []
        self.fails_at = fails_at
        self.error = error
        self.lies = lies
        self.actions = 0

    def _act(self) -> None:
        self.actions += 1
        if self.fails_at and self.actions >= self.fails_at:
            raise OSError(
                self.error, "No space left on device" if self.error == errno.ENOSPC else "Input/output error"
            )

    def append(self, data: bytes) -> None:
        try:
            self._act()
        except OSError:
            # A short write: half of it is there.
            self.pending.append(data[: len(data) // 2])
            raise
        self.pending.append(data)

    def sync(self) -> None:
        self._act()
        if not self.lies:
            self.durable += b"".join(self.pending)
            self.pending = []

    def cut(self, length: int) -> None:
        self._act()
        self.durable = self.durable[:length]
        self.pending = []

    @property
    def seen(self) -> bytes:
        """What another process reads while the machine stays up."""
        return self.durable + b"".join(self.pending)

    def after(self, loss: Loss) -> bytes:
        """What is there after a crash."""
        waiting = b"".join(self.pending)
        if loss == "keeps":
            return self.durable + waiting
        if loss == "loses":
            return self.durable
        return self.durable + waiting[: len(waiting) // 2]

    def copied(self) -> SimDisk:
        made = SimDisk(self.durable, fails_at=self.fails_at, error=self.error, lies=self.lies)
        made.pending = list(self.pending)
        made.actions = self.actions
        return made


class Placed(msgspec.Struct, frozen=True):
    """Where a disk's trouble is put."""

    fails_at: int = 0
    error: int = errno.ENOSPC
    lies: bool = False


TROUBLES = [Placed(), Placed(error=errno.EIO), Placed(error=errno.EROFS), Placed(lies=True)]
"""Full, broken, no longer writable, and full after syncs that did nothing."""
