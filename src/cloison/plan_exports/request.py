"""A request to whoever looks after what a plan's caller may not change: a Markdown file that can be sent as it is.

Says for each of them which changes, why, when, the exact commands, and which rights would let the caller do it. Decides
nothing. Names come from the input, so nothing of it can end a line, a table or a block.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from cloison.plan.document import PlanDocument, sealed
from cloison.plan.preflight.document import HOLDS, Preflight, Section, Stopped
from cloison.plan.preflight.rights import Grant, grants, needed
from cloison.plan.puts import request_of
from cloison.plan_exports import export
from cloison.reports.escape import safe
from cloison.reports.words import counted

TITLES = {
    "grant": "please grant these rights",
    "send": "please send these changes, or grant the rights",
    "unlock": "please lift these locks for a while",
    "room": "please make room",
    "wait": "these are made by Azure Policy",
}
FENCE = "~~~~"
_SPECIAL = re.compile(r"[\\`*_\[\]<>|#~]")


def request(found: Preflight) -> str:
    """The request, ending in a line break; what is asked for in sections, one for each owner and way of helping."""
    lines = [*_opening(found)]
    for section in found.sections:
        lines += ["", *_section(section, found.now)]
    lines += [*_list("Later, in another request", [one.step.summary for one in found.waiting])]
    lines += [*_list("What we do after that", [step.summary for step in found.later])]
    lines += ["", f"Cloison {_text(found.now.tool)}; {_text(HOLDS)}."]
    return "\n".join(lines) + "\n"


def _opening(found: Preflight) -> Iterator[str]:
    named = ", ".join(_name(one.workspace or one.cluster) for one in found.now.environments)
    count = sum(len(one.steps) for one in found.sections)
    yield f"# {counted(count, 'change')} for private access to {named}"
    yield ""
    yield (
        f"We are making {named} reach its services by private addresses only. {len(found.held)} of the {found.steps} "
        "steps touch what you look after; each section says what we ask for, why, and when."
    )
    if found.now.steps:
        yield ""
        yield (
            f"We begin with what we can do ourselves: a plan of {counted(len(found.now.steps), 'step')}, sha256 "
            f"`{found.now.digest}`."
        )


def _section(section: Section, plan: PlanDocument) -> Iterator[str]:
    yield f"## {section.number}. {_place(section.place)}: {TITLES[section.way]}"
    yield ""
    yield f"When: {_when(section, plan)}."
    yield ""
    yield "| change | needed for | why we ask |"
    yield "|---|---|---|"
    for one in section.steps:
        because = ", ".join(dict.fromkeys(name.partition("-")[0] for name in one.step.because))
        yield f"| {_text(one.step.summary)} | {_text(because)} | {_text('; '.join(_whys(one)))} |"
    match section.way:
        case "send":
            yield from _commands(section, plan)
            yield from _elsewhere(section)
            yield from _grants(section.steps, "Or grant us what it takes, and we send them")
        case "grant":
            yield from _grants(section.steps, "What it takes")
        case "unlock" | "room" | "wait":
            yield from _helps(section.steps)


def _when(section: Section, plan: PlanDocument) -> str:
    if section.way == "grant":
        return "at any time; we send the changes ourselves, in their place"
    before = [f"section {number}" for number in section.after]
    if plan.steps and section.way == "send":
        before.insert(0, "we have told you that our plan is applied")
    return f"once {' and '.join(before)}{' is done' if section.after else ''}" if before else "at any time"


def _whys(stopped: Stopped) -> list[str]:
    return list(dict.fromkeys(_ours(one.why) for one in stopped.obstacles if one.held))


def _ours(why: str) -> str:
    """What is said to the caller, as the caller says it."""
    for theirs, ours in (("you lack", "we lack"), ("you may", "we may"), ("you have", "we have")):
        why = why.replace(theirs, ours)
    return why


def _commands(section: Section, plan: PlanDocument) -> Iterator[str]:
    """The script for az: the very requests of the plan, in waves."""
    places = {wave: at for at, wave in enumerate(sorted(set(section.waves)), start=1)}
    ordered = sorted(zip(section.waves, section.steps, strict=True), key=lambda one: one[0])
    steps = tuple(
        msgspec.structs.replace(one.step, number=number, wave=places[wave])
        for number, (wave, one) in enumerate(ordered, start=1)
    )
    part = sealed(msgspec.structs.replace(plan, steps=steps, left=()))
    yield ""
    yield "Commands:"
    yield ""
    yield from _block("sh", export("az", part, {}).files.values())


def _elsewhere(section: Section) -> Iterator[str]:
    """What sending takes beyond the owner's own place: they seldom have that."""
    place = section.place.lower()
    taken = dict.fromkeys(right for one in section.steps for right in needed(request_of(one.step)))
    beyond = [one for one in taken if not f"{one.scope}/".startswith(f"{place}/")]
    if beyond:
        yield ""
        yield "Whoever sends them also needs these rights, which we can see to:"
        yield ""
        yield "| right | where |"
        yield "|---|---|"
        yield from (f"| `{_code(one.action)}` | `{_code(one.scope.text)}` |" for one in beyond)


def _grants(steps: Iterable[Stopped], title: str) -> Iterator[str]:
    missing = {
        right for one in steps for obstacle in one.obstacles if obstacle.held for right in obstacle.missing
    }
    told = grants(missing)
    if not told:
        return
    yield ""
    yield f"{title}:"
    yield ""
    yield "| right | where |"
    yield "|---|---|"
    for right in sorted(missing):
        yield f"| `{_code(right.action)}` | `{_code(right.scope.text)}` |"
    yield ""
    yield "A role of your own that holds these, or the built-in roles that do:"
    yield ""
    yield from _block(
        "sh", ["\n".join(["WHO=  # object id of whoever applies our plan", *map(_grant, told)])]
    )


def _grant(one: Grant) -> str:
    return f"az role assignment create --assignee \"$WHO\" --role '{_quoted(one.role)}' --scope '{_quoted(one.scope)}'"


def _helps(steps: Iterable[Stopped]) -> Iterator[str]:
    held = [one for stopped in steps for one in stopped.obstacles if one.held]
    yield ""
    yield from (f"* {_text(one)}" for one in dict.fromkeys(one.help for one in held))
    commands = dict.fromkeys(command for one in held for command in one.commands)
    if commands:
        yield ""
        yield from _block("sh", ["\n".join(map(safe, commands))])


def _list(title: str, summaries: Sequence[str]) -> Iterator[str]:
    if summaries:
        yield from ("", f"## {title}", "")
        yield from (f"* {_text(one)}" for one in summaries)


def _block(language: str, texts: Iterable[str]) -> Iterator[str]:
    text = "\n".join(one.rstrip("\n") for one in texts)
    fence = FENCE
    while fence in text:
        fence += "~"
    yield f"{fence}{language}"
    yield text
    yield fence


def _place(id: str) -> str:
    """A place as its owner knows it."""
    parts = id.split("/")
    name = _text(parts[-1])
    return f"{name}, subscription {_text(parts[2])}" if len(parts) > 3 else f"subscription {name}"


def _name(id: str) -> str:
    return _text(id.rpartition("/")[2])


def _text(text: str) -> str:
    """A text in which Markdown means nothing."""
    return _SPECIAL.sub(lambda found: f"\\{found.group()}", safe(text))


def _code(text: str) -> str:
    return safe(text).replace("`", "'").replace("|", "\\|")


def _quoted(text: str) -> str:
    """A text between single quotes of a shell."""
    return safe(text).replace("'", "'\\''")
