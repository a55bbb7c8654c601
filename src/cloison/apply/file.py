"""A journal's file: locked for one process, as large from the start as it will get, and on the disk when it says so."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from pathlib import Path

from cloison.model.errors import CloisonError

BYTES_MAX = 64 << 20
"""Of one journal: a hundred thousand records."""
ZEROS = bytes(1 << 16)


class JournalFile:
    """An open journal. Raises OSError from whatever touches the disk."""

    def __init__(self, path: Path, *, resume: bool, reserve: int) -> None:
        """Open it, or make it. resume: it was begun before. reserve: bytes that it will take.

        Raises CloisonError E505 for one that was begun and is not to be resumed, or the other way round, E506 for one
        that another process works on, E507 for a file that cannot be opened.
        """
        self.path = path
        self.reserve = reserve
        self._at = 0
        self._fd = _opened(path, resume=resume)
        try:
            self._lock()
            self.content = self._read()
            self._check(resume=resume)
        except BaseException:
            os.close(self._fd)
            raise

    def append(self, data: bytes) -> None:
        """Write bytes behind what stands."""
        os.lseek(self._fd, self._at, os.SEEK_SET)
        rest = memoryview(data)
        while rest:
            written = os.write(self._fd, rest)
            self._at += written
            rest = rest[written:]

    def sync(self) -> None:
        """Return when everything is on the disk."""
        os.fsync(self._fd)

    def cut(self, length: int) -> None:
        """Drop what stands from there on, and take the space that the rest will need."""
        os.ftruncate(self._fd, length)
        self._fill(length, length + self.reserve)
        self._at = length
        os.fsync(self._fd)
        _sync_folder(self.path.parent)

    def close(self) -> None:
        """Let others have it. A file in which nothing was written is gone: nothing began with it."""
        if not self.content and not self._at:
            with contextlib.suppress(OSError):
                os.unlink(self.path)
        os.close(self._fd)

    def _lock(self) -> None:
        try:
            from fcntl import LOCK_EX, LOCK_NB, flock
        except ImportError:
            # Windows has none. The lock is a courtesy: nothing rests on it.
            return
        try:
            flock(self._fd, LOCK_EX | LOCK_NB)
        except OSError as problem:
            raise _in_use(self.path) from problem
        if not _is_still(self.path, self._fd):
            # Another process ended between our opening it and our locking it, and took it away.
            raise _in_use(self.path)

    def _read(self) -> bytes:
        found = os.fstat(self._fd)
        if not stat.S_ISREG(found.st_mode) or found.st_size > BYTES_MAX:
            raise CloisonError(
                "E501",
                f"{self.path} is no journal",
                because="it is no file"
                if not stat.S_ISREG(found.st_mode)
                else f"it has {found.st_size:,} bytes",
                help="name another file with --journal; nothing was written to this one",
                file=str(self.path),
            )
        pieces = []
        while piece := os.read(self._fd, 1 << 20):
            pieces.append(piece)
        return b"".join(pieces)

    def _check(self, *, resume: bool) -> None:
        begun = bool(self.content.strip(b"\0"))
        if begun and not resume:
            raise CloisonError(
                "E505",
                f"{self.path} was begun already",
                because="a run of this plan wrote it",
                help="go on with --resume, or name another file with --journal",
                file=str(self.path),
            )

    def _fill(self, start: int, end: int) -> None:
        """Take space: allocated where the system can, else written."""
        if hasattr(os, "posix_fallocate"):
            os.posix_fallocate(self._fd, start, end - start)
            return
        os.lseek(self._fd, start, os.SEEK_SET)
        while start < end:
            start += os.write(self._fd, ZEROS[: end - start])


def _opened(path: Path, *, resume: bool) -> int:
    flags = (
        os.O_RDWR | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)
    )
    try:
        return os.open(path, flags if resume else flags | os.O_CREAT, 0o600)
    except FileNotFoundError as problem:
        if not resume:
            raise _cannot(path, problem) from problem
        raise CloisonError(
            "E505",
            f"there is no journal {path}",
            because="nothing was begun with it",
            help="leave --resume out, or name the file with --journal",
            file=str(path),
        ) from problem
    except (OSError, ValueError) as problem:
        raise _cannot(path, problem) from problem


def _is_still(path: Path, fd: int) -> bool:
    """The name still leads to what was opened."""
    try:
        return os.path.samestat(os.stat(path), os.fstat(fd))
    except OSError:
        return False


def _in_use(path: Path) -> CloisonError:
    return CloisonError(
        "E506",
        f"{path} is in use",
        because="another process is carrying out the same plan",
        help="wait for it to end, or stop it; then go on with --resume",
        file=str(path),
    )


def _sync_folder(folder: Path) -> None:
    """A file's name is on the disk when its folder is. Systems that cannot sync a folder do it by themselves."""
    with contextlib.suppress(PermissionError, IsADirectoryError):
        fd = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)


def _cannot(path: Path, problem: OSError | ValueError) -> CloisonError:
    reason = getattr(problem, "strerror", None) or str(problem)
    if getattr(problem, "errno", None) == errno.ELOOP:
        reason = "it is a link, and where that leads may change"
    return CloisonError(
        "E507",
        f"{path} cannot be written",
        because=reason.lower(),
        help="name a file with --journal, in a folder that exists and that you may write to",
        file=str(path),
    )
