"""A plan for people: the steps in waves, why each is there, who may notice, the proof, and what is left.

Renders the plan document and decides nothing. Readable in 80 columns and without colours.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from cloison.plan.document import BackReport, LeftReport, PlanDocument, SettingReport, StepReport, VerdictWord
from cloison.reports import View
from cloison.reports.aliases import Aliases
from cloison.reports.escape import safe, safe_json
from cloison.reports.layout import Sheet
from cloison.reports.parts import legend
from cloison.reports.words import STYLE, counted

PART = (
    "Until others have done their part, check may tell more as broken than now; nobody is worse off by that."
)
"""Of the end of a plan of which a part was split off."""
AT = 12
BRIEF_AT = 19
MOST_SETTINGS = 4
MOST_BECAUSE = 4
MOST_NAMES = 6
VALUE_MAX = 60
"""Characters of a value that are shown; the document has it whole."""

WORDS = {
    "manual": "by hand",
    "unsafe": "not safely",
    "refused": "refused",
    "later": "next time",
    "unknown": "not known",
}
"""How the sorts of what is left are told."""


def render(document: PlanDocument, view: View) -> str:
    """The plan for a terminal of that width, ending in a line break."""
    sheet, aliases = Sheet(view), Aliases(_texts(document))
    _opening(sheet, document, aliases)
    waves: dict[int, list[StepReport]] = defaultdict(list)
    for step in document.steps:
        waves[step.wave].append(step)
    for number, steps in waves.items():
        _wave(sheet, number, steps, aliases)
    _left(sheet, document.left, aliases)
    _proof(sheet, document)
    legend(sheet, aliases.legend)
    _closing(sheet, document)
    return sheet.lines()


def brief(document: PlanDocument, view: View) -> str:
    """The plan in a line for each step, with its proof and what is left."""
    sheet, aliases = Sheet(view), Aliases(_texts(document))
    _opening(sheet, document, aliases)
    sheet.blank()
    wave = 0
    for step in document.steps:
        place = f"wave {step.wave}" if step.wave != wave else ""
        wave = step.wave
        label = f"{place:8}{step.number:2} {step.safety}"
        told = safe(aliases.applied(step.summary))
        sheet.entry(label, told, indent=2, at=BRIEF_AT, label_style=STYLE[step.safety], cut=True)
    _left(sheet, document.left, aliases)
    _proof(sheet, document)
    legend(sheet, aliases.legend)
    sheet.blank()
    sheet.verbatim(f"sha256 {document.digest}", style="dim")
    return sheet.lines()


def _texts(document: PlanDocument) -> Iterator[str]:
    for step in document.steps:
        yield from (step.summary, step.why, step.request.path)
    for one in document.left:
        yield from (one.message, one.why)
    if document.back is not None:
        yield from document.back.less


def _opening(sheet: Sheet, document: PlanDocument, aliases: Aliases) -> None:
    read = ", ".join(safe(one.rpartition("/")[2]) for one in document.inputs[:4])
    sheet.text(f"Cloison {safe(document.tool)} read {read or 'what was given'}")
    for one in document.environments:
        workspace = _name(one.workspace) if one.workspace is not None else "no workspace"
        style = STYLE[one.promised]
        sheet.heading(
            f"{workspace} on {_name(one.cluster)}: {_stands(one.start)} now, {_stands(one.promised)} after this plan",
            f"bold {style}",
        )
    if document.back is not None:
        _back(sheet, document.back, aliases)
    if not document.steps:
        sheet.text("Nothing to do." if not document.left else "Nothing that could be done here.", indent=2)
        return
    waves = document.steps[-1].wave
    told = f"{counted(len(document.steps), 'step')} in {counted(waves, 'wave')}, {_time(document.seconds)}"
    asking = f"; {document.asks:,} of them may interrupt somebody" if document.asks else ""
    sheet.text(f"{told}{asking}", indent=2)


def _back(sheet: Sheet, back: BackReport, aliases: Aliases) -> None:
    """What is taken back, and what stands open again: whoever undoes must see it."""
    steps = f"{counted(len(back.steps), 'step')} of" if back.steps else "nothing of"
    sheet.text(f"Takes back {steps} plan {safe(back.plan[:12])}, run {safe(back.run[:12])}", indent=2)
    if back.opens:
        names = ", ".join(_name(one) for one in back.opens)
        sheet.entry("PUBLIC AGAIN", names, indent=2, at=16, label_style="bold red", style="bold red")
    if back.less:
        names = ", ".join(safe(aliases.applied(one)) for one in back.less[:MOST_NAMES])
        more = f" and {len(back.less) - MOST_NAMES} more" if len(back.less) > MOST_NAMES else ""
        sheet.entry("LESS PRIVATE", f"{names}{more}", indent=2, at=16, label_style="bold red")


def _wave(sheet: Sheet, number: int, steps: list[StepReport], aliases: Aliases) -> None:
    beside = ", side by side" if len(steps) > 1 else ""
    sheet.heading(f"Wave {number}{beside}, {_time(max(step.seconds for step in steps))}")
    for step in steps:
        _step(sheet, step, aliases)


def _step(sheet: Sheet, step: StepReport, aliases: Aliases) -> None:
    label = f"{step.number:3} {step.safety}"
    sheet.entry(
        label,
        safe(aliases.applied(step.summary)),
        indent=1,
        at=AT,
        label_style=STYLE[step.safety],
        style="bold",
    )
    # What a deletion takes away is all of it, as its summary says.
    changed = step.settings if step.request.method != "DELETE" else ()
    told = [one for one in changed if _is_plain(one.before) and _is_plain(one.after)]
    for setting in told[:MOST_SETTINGS]:
        sheet.entry("", _setting(step, setting), at=AT, style="cyan")
    if len(told) > MOST_SETTINGS:
        sheet.entry("", f"and {counted(len(told) - MOST_SETTINGS, 'other setting')}", at=AT, style="cyan")
    who = "may notice" if step.safety == "asks" else "nobody notices"
    sheet.entry("", f"{who}: {safe(aliases.applied(step.why))}", at=AT)
    if not step.because:
        return
    named = ", ".join(map(safe, step.because[:MOST_BECAUSE]))
    more = f" and {len(step.because) - MOST_BECAUSE} more" if len(step.because) > MOST_BECAUSE else ""
    sheet.entry("", f"because of {named}{more}", at=AT, style="dim")


def _setting(step: StepReport, setting: SettingReport) -> str:
    return f"{_name(step.request.path)}#{safe(setting.pointer)}: {_value(setting.before)} → {_value(setting.after)}"


def _is_plain(value: object) -> bool:
    """A value that can be read on a line."""
    listed = value if isinstance(value, (list, tuple)) else [value]
    return not any(isinstance(one, (dict, list)) for one in listed)


def _value(value: object) -> str:
    if value is None:
        return "not set"
    text = safe(value) if isinstance(value, str) else " ".join(safe_json(value).split())
    return text if len(text) <= VALUE_MAX else f"{text[: VALUE_MAX - 1]}…"


def _left(sheet: Sheet, left: Iterable[LeftReport], aliases: Aliases) -> None:
    told = list(left)
    if not told:
        return
    sheet.heading("Left as it is", "bold yellow")
    # What one reason keeps from being mended is told together.
    same: dict[tuple[str, str, str], list[LeftReport]] = defaultdict(list)
    for one in told:
        same[one.requirement, one.kind, one.why].append(one)
    for (requirement, kind, why), ones in same.items():
        first = ones[0]
        also = f" (and {len(ones) - 1:,} more)" if len(ones) > 1 else ""
        sheet.entry(
            safe(requirement),
            f"{safe(aliases.applied(first.message))}{also}",
            indent=2,
            at=7,
            label_style="bold",
        )
        label = WORDS[kind]
        sheet.entry(label, safe(aliases.applied(why)), indent=7, at=7 + 12, label_style="yellow")
        for option in first.options:
            sheet.entry(
                "you can", safe(aliases.applied(option.summary)), indent=7, at=7 + 12, label_style="yellow"
            )


def _proof(sheet: Sheet, document: PlanDocument) -> None:
    proof = document.proof
    if not document.steps and not proof.offending:
        return
    if not proof.proven:
        sheet.heading("Not proven", "bold red")
        sheet.text("This plan would make something worse, and is not to be applied.", indent=2)
    elif document.back is not None:
        sheet.heading("Proof", "bold green")
        sheet.text(
            f"In each of the {proof.prefixes:,} states that these steps can come to, nobody comes in who is kept out "
            "both now and before the run, and pods lose no name that they reach now and reached before it.",
            indent=2,
        )
        if document.back.exact:
            sheet.text(
                "At the end, who comes in and what pods reach is as before the run, print for print.",
                indent=2,
            )
    else:
        sheet.heading("Proof", "bold green")
        sheet.text(
            f"In each of the {proof.prefixes:,} states that these steps can come to, nobody comes in who is kept out "
            "now, and pods reach every name that they reach now, no less privately.",
            indent=2,
        )
        smallest = (
            "No smaller set of these changes mends as much."
            if proof.smallest
            else "None of these steps can be spared."
        )
        sheet.text(PART if proof.part else f"{_end(document)} {smallest}", indent=2)
    for one in proof.offending:
        sheet.entry("left out", safe(one.why), indent=2, at=12, label_style="yellow")


def _end(document: PlanDocument) -> str:
    """What can be said of the end; only the first round of a restart leaves anything worse there."""
    stands = [stand for one in document.environments for stand in one.stands]
    if any(stand.promised == "broken" and stand.start != "broken" for stand in stands):
        return "What is broken at the end and was not before is what the next round puts right."
    return "Nothing is worse at the end."


def _closing(sheet: Sheet, document: PlanDocument) -> None:
    sheet.blank()
    if document.steps and document.asks and not document.options.accept_asks:
        sheet.text("Whoever may be interrupted should know; plan again with --accept-asks once they do.")
    sheet.verbatim(f"sha256 {document.digest}", style="dim")


def _name(id: str) -> str:
    """The end of an id; a child's with what it stands below."""
    tail = id.rpartition("/providers/")[2].split("/")
    return safe("/".join(tail[-3::2])) if len(tail) > 3 else safe(tail[-1])


def _stands(word: VerdictWord) -> str:
    """The verdict of an environment; one that is not there, or not whole, has none."""
    return "not there" if word == "not-applicable" else word


def _time(seconds: float) -> str:
    if seconds < 1:
        return "at once"
    if seconds < 45:
        return f"about {seconds:.0f} s"
    minutes = round(seconds / 60) or 1
    return f"about {counted(minutes, 'minute')}"
