"""A preflight for people: what of a plan can be applied now, what others are asked for, what is not known.

Renders what was found and decides nothing. Stands below the plan, readable in 80 columns and without colours.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from cloison.plan.preflight.document import HOLDS, Preflight, Section, Stopped
from cloison.reports import View
from cloison.reports.escape import safe
from cloison.reports.layout import Sheet
from cloison.reports.words import STYLE, counted

AT = 14
WAYS = {
    "grant": "grant rights",
    "send": "send, or grant rights",
    "unlock": "lift a lock",
    "room": "make room",
    "wait": "wait for Azure Policy",
}
"""What others are asked for."""
MOST = 3
"""Reasons, and steps, that are told of one thing; the request has all."""


def render(found: Preflight, view: View) -> str:
    """The preflight for a terminal of that width, ending in a line break."""
    sheet = Sheet(view)
    if found.held:
        now, whole = counted(len(found.now.steps), "step"), f"{len(found.held)} of {found.steps}"
        sheet.heading(f"Preflight: {now} can be applied now, {whole} are for others", "bold yellow")
    else:
        sheet.heading("Preflight: nothing is in the way that is known", f"bold {STYLE['met']}")
    for check in found.checks:
        _check(sheet, found, check.name, check.title, check.blind)
    for section in found.sections:
        _section(sheet, section)
    _rest(sheet, "Asked for after the next plan", [one.step.summary for one in found.waiting])
    _rest(sheet, "After that, by you", [step.summary for step in found.later])
    if found.live:
        sheet.blank()
        sheet.text(f"Known as far as Azure tells: {HOLDS}.", style="dim")
    return sheet.lines()


def _check(sheet: Sheet, found: Preflight, name: str, title: str, blind: str) -> None:
    """How one check stands: in a line, with the reasons below it."""
    held, unsure = _whys(found.held, name, held=True), _whys((*found.held, *found.unsure), name, held=False)
    if held:
        sheet.entry(name, "others have to help", indent=2, at=AT, label_style="bold", style="yellow")
    elif blind:
        sheet.entry(name, f"not known: {blind}", indent=2, at=AT, label_style="bold", style=STYLE["unknown"])
    elif unsure:
        sheet.entry(name, "not known", indent=2, at=AT, label_style="bold", style=STYLE["unknown"])
    else:
        sheet.entry(name, f"{title}.", indent=2, at=AT, label_style="bold", style=STYLE["met"])
    for why in (*held, *(f"not known: {one}" for one in unsure))[:MOST]:
        sheet.entry("", safe(why), at=AT)
    if len(held) + len(unsure) > MOST:
        sheet.entry("", f"and {counted(len(held) + len(unsure) - MOST, 'other reason')}", at=AT)


def _whys(stopped: Iterable[Stopped], check: str, *, held: bool) -> list[str]:
    """The reasons that a check gives, each once; a right that is missing at many places together."""
    told = [one for each in stopped for one in each.obstacles if one.check == check and one.held is held]
    lacked = Counter((right.action, one.place.name) for one in told if one.sure for right in one.missing)
    places = (
        f"you lack {action} in {place}" + (f", {counted(count, 'time')}" if count > 1 else "")
        for (action, place), count in lacked.items()
    )
    others = dict.fromkeys(one.why for one in told if not (one.sure and one.missing))
    return [*places, *others]


def _section(sheet: Sheet, section: Section) -> None:
    place = safe(section.place.rpartition("/")[2])
    sheet.heading(f"Ask for {place}: {WAYS[section.way]}")
    if section.after:
        sheet.text(f"once {', '.join(map(str, section.after))} is done", indent=2)
    _steps(sheet, [one.step.summary for one in section.steps])


def _rest(sheet: Sheet, title: str, summaries: Sequence[str]) -> None:
    if summaries:
        sheet.heading(title)
        _steps(sheet, summaries)


def _steps(sheet: Sheet, summaries: Sequence[str]) -> None:
    for summary in summaries[: MOST * 3]:
        sheet.entry("-", safe(summary), indent=2, at=4)
    if len(summaries) > MOST * 3:
        sheet.text(f"and {counted(len(summaries) - MOST * 3, 'other')}", indent=4)
