"""How the requirements stand: each by the worst of its findings that weighs."""

from __future__ import annotations

from collections.abc import Iterable

from cloison.check.document import RequirementReport


class Standing:
    """How the requirements stand over some findings: each by the worst that weighs."""

    def __init__(self, found: Iterable[RequirementReport]) -> None:
        self.broken: list[RequirementReport] = []
        self.unknown: list[RequirementReport] = []
        self.notes: list[RequirementReport] = []
        seen: dict[str, set[str]] = {}
        for one in found:
            told = seen.setdefault(one.id, set())
            if one.verdict in ("met", "not-applicable"):
                told.add(one.verdict)
            elif one.severity == "note":
                told.add("note")
                self.notes.append(one)
            else:
                told.add(one.verdict)
                (self.broken if one.verdict == "broken" else self.unknown).append(one)
        self._by_id = {id: next(word for word in _WORST_FIRST if word in told) for id, told in seen.items()}

    def ids(self, word: str) -> list[str]:
        """Requirements that stand so: `broken`, `unknown`, `note`, `met` or `not-applicable`."""
        return [id for id, found in self._by_id.items() if found == word]

    @property
    def counts(self) -> str:
        """`requirements: 4 broken, 1 unknown, 16 met, 2 with notes only, 1 not applicable`."""
        told = [f"{len(self.ids(word)):,} {text}" for word, text in _STANDINGS.items() if self.ids(word)]
        return f"requirements: {', '.join(told) or 'none judged'}"

    @property
    def example(self) -> str | None:
        """A finding that is worth explaining: one with a fix, else the first; None where nothing weighs."""
        for found in (self.broken, self.unknown):
            for one in (*(one for one in found if one.fixes), *found):
                return one.finding
        return None


_WORST_FIRST = ("broken", "unknown", "note", "met", "not-applicable")
_STANDINGS = {
    "broken": "broken",
    "unknown": "unknown",
    "met": "met",
    "note": "with notes only",
    "not-applicable": "not applicable",
}
