"""What does not hold, requirement by requirement, with its trace and its fixes; then doubts, notes and the rest.

Findings that say the same of different resources are told once, with what is different in the others.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import takewhile

from cloison.check.document import EnvironmentReport, Evidence, FixReport, Hop, RequirementReport
from cloison.reports.escape import safe
from cloison.reports.layout import Sheet
from cloison.reports.names import Names
from cloison.reports.standing import Standing
from cloison.reports.words import STYLE

Group = list[RequirementReport]

ID_AT = 7
INDENT = 6
"""Of everything below a message."""
HOP_AT = 21
"""Where the text of a hop starts; its label is `filter unknown` at the longest."""
TEXT_AT = 13
"""Where other texts start; their label is `manual` at the longest."""


FEW = 4
"""Words that a difference has at most to be told whole."""


def findings(sheet: Sheet, environment: EnvironmentReport, names: Names) -> None:
    """The sections of one environment."""
    standing = Standing(environment.requirements)
    told: set[tuple[str, str]] = set()
    if standing.broken:
        sheet.heading("Broken", "bold red")
        for id, groups in _by_requirement(standing.broken, names):
            _title(sheet, id, groups)
            for group in groups:
                _broken(sheet, group, names, told)
    if standing.unknown:
        sheet.heading("Unknown", "bold yellow")
        for id, groups in _by_requirement(standing.unknown, names):
            _title(sheet, id, groups)
            for group in groups:
                _unknown(sheet, group, names)
        _supplies(sheet, standing.unknown)
    _notes(sheet, standing.notes, names)
    sheet.blank()
    for word, label in (("met", "met"), ("not-applicable", "not applicable")):
        ids = standing.ids(word)
        if ids:
            sheet.entry(label, " ".join(ids), at=len(label) + 2, label_style=STYLE[word])


def _by_requirement(found: Iterable[RequirementReport], names: Names) -> list[tuple[str, list[Group]]]:
    """Groups of findings that say the same of different resources, under their requirement's id."""
    groups: dict[str, dict[object, Group]] = {}
    for one in found:
        fixes = tuple(names.pattern(fix.summary) for fix in one.fixes)
        same = (one.verdict, one.severity, fixes, _decided_by(one, names))
        groups.setdefault(one.id, {}).setdefault(same, []).append(one)
    return [(id, list(same.values())) for id, same in groups.items()]


def _decided_by(finding: RequirementReport, names: Names) -> object:
    """What decides: the hops that do not pass, else all of them; a single one says what the message says."""
    hops = finding.evidence
    if len(hops) < 2:
        return names.pattern(finding.message)
    stops = [hop for hop in hops if hop.outcome != "pass"]
    return tuple((hop.hop, hop.outcome, names.pattern(hop.text)) for hop in stops or hops)


def _others(group: Group, names: Names) -> str:
    """What is different in the other findings of a group."""
    first, *others = group
    told = names.text(first.message)
    parts = (_difference(told, names.text(one.message)) or names.resource(one.subject) for one in others)
    return ", ".join(dict.fromkeys(parts))


def _difference(first: str, other: str) -> str:
    """The words of `other` between those that both begin and end with; the first of them where they are many."""
    one, two = first.split(), other.split()
    start = _shared(one, two)
    end = _shared(one[start:][::-1], two[start:][::-1])
    words = two[start : len(two) - end]
    return " ".join(words if len(words) <= FEW else words[:1])


def _shared(one: list[str], two: list[str]) -> int:
    """How many words both begin with."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, two, strict=False)))


def _title(sheet: Sheet, id: str, groups: list[Group]) -> None:
    first = groups[0][0]
    warning = all(one.severity == "warning" for group in groups for one in group)
    weight = " (warning)" if warning and first.verdict == "broken" else ""
    sheet.blank()
    sheet.entry(id, f"{safe(first.title)}{weight}", indent=2, at=ID_AT, style="bold", label_style="bold")


def _broken(sheet: Sheet, group: Group, names: Names, told: set[tuple[str, str]]) -> None:
    """The first finding of a group in full, and of which others the same is so."""
    first = group[0]
    _message(sheet, first, names)
    if len(first.evidence) > 1:
        passes = all(hop.outcome == "pass" for hop in first.evidence)
        for hop in dict.fromkeys(first.evidence):
            _hop(sheet, hop, names, cited=hop.outcome != "pass" or (passes and hop.hop == "door"))
    else:
        _cited(sheet, first.evidence, names)
    for fix in first.fixes:
        _fix(sheet, fix, names, told)
    _likewise(sheet, group, names)


def _unknown(sheet: Sheet, group: Group, names: Names) -> None:
    first = group[0]
    _message(sheet, first, names)
    _cited(sheet, (hop for hop in first.evidence if hop.outcome == "unknown"), names)
    _likewise(sheet, group, names)


def _message(sheet: Sheet, finding: RequirementReport, names: Names) -> None:
    sheet.text(f"{names.text(finding.message)} ({safe(finding.finding)})", indent=INDENT - 2)


def _likewise(sheet: Sheet, group: Group, names: Names) -> None:
    if len(group) > 1:
        sheet.text(f"likewise {_others(group, names)}", indent=INDENT - 2)


def _hop(sheet: Sheet, hop: Hop, names: Names, *, cited: bool) -> None:
    """One line where the packet passes, all of it where it does not. What names lead to decides most: always all."""
    passes = hop.outcome == "pass"
    sheet.entry(
        f"{hop.hop:7}{hop.outcome}",
        names.text(hop.text),
        indent=INDENT,
        at=HOP_AT,
        label_style=STYLE[hop.outcome],
        style="dim" if passes else "",
        cut=passes and hop.hop != "name",
    )
    for evidence in dict.fromkeys(hop.evidence if cited else ()):
        sheet.entry("", _where(evidence, names), indent=INDENT, at=HOP_AT, style="dim")


def _cited(sheet: Sheet, hops: Iterable[Hop], names: Names) -> None:
    """The settings that decided, each once."""
    for evidence in dict.fromkeys(one for hop in hops for one in hop.evidence):
        sheet.entry("by", _where(evidence, names), indent=INDENT, at=TEXT_AT, style="dim")


def _where(evidence: Evidence, names: Names) -> str:
    """The setting that decided, with its place."""
    place = names.place(evidence)
    return f"{names.setting(evidence)} ({place})" if place else names.setting(evidence)


def _fix(sheet: Sheet, fix: FixReport, names: Names, told: set[tuple[str, str]]) -> None:
    key = (fix.target, fix.summary)
    again = " (as above)" if key in told else ""
    sheet.entry("fix", f"{names.text(fix.summary)}{again}", indent=INDENT, at=TEXT_AT, label_style="bold")
    if not again:
        told.add(key)
        style = STYLE[fix.safety]
        sheet.entry(
            fix.safety, names.text(fix.why), indent=INDENT, at=TEXT_AT, label_style=style, style="dim"
        )


def _supplies(sheet: Sheet, found: Iterable[RequirementReport]) -> None:
    """What to supply, each thing once, with the requirements that wait for it."""
    asked: dict[str, dict[str, None]] = {}
    for one in found:
        for ask in dict.fromkeys((one.ask, *(hop.ask for hop in one.evidence))):
            if ask:
                asked.setdefault(ask, {})[one.id] = None
    if not asked:
        return
    sheet.blank()
    sheet.text("What to supply to decide them", indent=2, style="bold")
    for ask, ids in asked.items():
        sheet.text(f"{safe(ask)}  ({' '.join(ids)})", indent=4)


def _notes(sheet: Sheet, found: Iterable[RequirementReport], names: Names) -> None:
    groups = _by_requirement(found, names)
    if not groups:
        return
    sheet.heading("Notes, which break nothing")
    for id, same in groups:
        for number, group in enumerate(same):
            doubt = "not decided: " if group[0].verdict == "unknown" else ""
            also = f"; likewise {_others(group, names)}" if len(group) > 1 else ""
            label = id if number == 0 else ""
            sheet.entry(label, f"{doubt}{names.text(group[0].message)}{also}", indent=2, at=ID_AT)
