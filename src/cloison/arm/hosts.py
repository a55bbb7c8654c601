"""Which addresses are the ARM that we were told, and which are not.

A token goes to one host only. Links and operation headers come from answers, and answers are not trusted with that.
"""

from __future__ import annotations

import ipaddress
from urllib.parse import SplitResult, quote, urlsplit

from cloison.arm.errors import Foreign
from cloison.arm.hiding import hidden

PORT = 443


class Host:
    """One ARM: scheme, name and port, pinned. `https://management.azure.com` and the same with `:443` are one."""

    def __init__(self, base: str) -> None:
        """Raises Foreign unless `base` is https, names a host, and has neither user, path nor query."""
        parts = _split(base)
        if parts.scheme != "https":
            raise Foreign(f"{shown(base)} is not https: tokens are sent over TLS only")
        if parts.path.strip("/") or parts.query or parts.fragment:
            raise Foreign(f"{shown(base)} is more than a host: give scheme, name and port only")
        self.name, self.port = _place(parts, base)

    def __str__(self) -> str:
        shown = f"[{self.name}]" if ":" in self.name else self.name
        return f"https://{shown}" if self.port == PORT else f"https://{shown}:{self.port}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Host) and (self.name, self.port) == (other.name, other.port)

    def __hash__(self) -> int:
        return hash((self.name, self.port))

    @property
    def is_loopback(self) -> bool:
        """An address of this very machine: an emulator. Names other than `localhost` are not looked up."""
        if self.name == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.name).is_loopback
        except ValueError:
            return False

    def url(self, path: str) -> str:
        """The address of a path on this host. Raises Foreign for a path that would lead elsewhere."""
        if not path.startswith("/") or path.startswith("//") or "\\" in path or "@" in path.split("/")[1]:
            raise Foreign(f"{shown(path)} is no path on {self}")
        return f"{self}{quote(path, safe=_SAFE)}"

    def own(self, link: str) -> str:
        """A link from an answer, when it leads to this host. Raises Foreign when it does not, or is malformed."""
        parts = _split(link)
        if not parts.scheme and not parts.netloc:
            return self.url(link)
        if parts.scheme != "https" or _place(parts, link) != (self.name, self.port):
            raise Foreign(f"an answer of {self} points to {shown(link)}; nothing was sent there")
        tail = f"?{parts.query}" if parts.query else ""
        return f"{self}{parts.path}{tail}"


_SAFE = "/:?=&$%()'+,;!*~-._@{}[]"


def _split(text: str) -> SplitResult:
    if any(ord(letter) <= 32 or ord(letter) == 127 for letter in text) or "\\" in text:
        raise Foreign(f"{shown(text)} is no address: it has spaces, control characters or backslashes")
    try:
        return urlsplit(text)
    except ValueError as problem:
        raise Foreign(f"{shown(text)} is no address: {problem}") from problem


def _place(parts: SplitResult, text: str) -> tuple[str, int]:
    if parts.username is not None or parts.password is not None:
        raise Foreign(f"{shown(text)} names a user: an address of ARM never does")
    try:
        port = parts.port
    except ValueError as problem:
        raise Foreign(f"{shown(text)} has no usable port") from problem
    name = (parts.hostname or "").rstrip(".").lower()
    if not name or not name.isascii():
        raise Foreign(f"{shown(text)} names no host in plain letters")
    return name, PORT if port is None else port


def shown(text: str) -> str:
    """For messages: without user, password and query, and without control characters."""
    bare = hidden(text).partition("?")[0]
    return repr(bare[:200]) if not bare.isprintable() else bare[:200]
