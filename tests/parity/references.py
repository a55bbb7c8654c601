"""Names that Azure chose and names that we chose, matched where they stand in answers to the same request."""

from __future__ import annotations

import re
from typing import Any

NIL = "00000000-0000-0000-0000-000000000000"
"""What recorders write in the place of ids that they hide; it stands for many, so it is matched with none."""
TOKEN = re.compile(
    r"(?<![0-9a-zA-Z])([0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}|[0-9a-fA-F]{32}|[0-9a-fA-F]{8})(?![0-9a-zA-Z])"
)
"""GUIDs with and without hyphens, and the eight digits that make host names unique."""
TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?\s*(Z|[+-]\d\d:\d\d)?")


class References:
    """What stands for what."""

    def __init__(self) -> None:
        self._ours: dict[str, str] = {}
        self._theirs: dict[str, str] = {}

    def learn(self, theirs: Any, ours: Any) -> None:
        """Match the names of two answers to one request."""
        if isinstance(theirs, dict) and isinstance(ours, dict):
            lower = {name.lower(): value for name, value in ours.items()}
            for name, value in theirs.items():
                self.learn(value, lower.get(name.lower()))
        elif isinstance(theirs, list) and isinstance(ours, list):
            for one, other in zip(theirs, ours, strict=False):
                self.learn(one, other)
        elif isinstance(theirs, str) and isinstance(ours, str):
            self._match(theirs, ours)

    def _match(self, theirs: str, ours: str) -> None:
        if _form(theirs) != _form(ours):
            return
        for one, other in zip(TOKEN.findall(theirs), TOKEN.findall(ours), strict=True):
            if one != NIL:
                self._ours.setdefault(one.lower(), other)
                self._theirs.setdefault(other.lower(), one)

    def is_free(self, text: str) -> bool:
        """None of the names in a text of ours stands for one of Azure's yet."""
        return not any(one.lower() in self._theirs for one in TOKEN.findall(text))

    def ours(self, text: str) -> str:
        """A text with our names in the place of Azure's."""
        return TOKEN.sub(lambda found: self._ours.get(found.group().lower(), found.group()), text)

    def rewritten(self, value: Any) -> Any:
        """A body with our names in the place of Azure's."""
        if isinstance(value, dict):
            return {self.ours(name): self.rewritten(inner) for name, inner in value.items()}
        if isinstance(value, list):
            return [self.rewritten(inner) for inner in value]
        return self.ours(value) if isinstance(value, str) else value

    def same(self, theirs: Any, ours: Any, name: str = "") -> bool:
        """Two values are equal but for names that stand for one another, times, and the case of ids."""
        if not isinstance(theirs, str) or not isinstance(ours, str):
            return bool(theirs == ours)
        if name.lower() in ("etag", "lastupdatedtime") or (TIME.fullmatch(theirs) and TIME.fullmatch(ours)):
            return True
        if _form(theirs) != _form(ours):
            return False
        return all(
            one == NIL
            or one.lower() == other.lower()
            or self._ours.get(one.lower(), "").lower() == other.lower()
            for one, other in zip(TOKEN.findall(theirs), TOKEN.findall(ours), strict=True)
        )


def _form(text: str) -> str:
    """A text with its chosen names blotted out; ids in lower case."""
    blotted = TOKEN.sub("*", text)
    return blotted.lower() if text.startswith("/") else blotted
