"""A plan's file: read with suspicion, held against its own hash, and turned into steps.

A file may have been changed by anybody since it was reviewed. What is not exactly as Cloison writes it is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from cloison import __version__
from cloison.apply.step import Planned, Step
from cloison.arm.errors import NotAllowed
from cloison.arm.gate import Sent, refuse_secrets
from cloison.arm.ids import NotAnId, ResourceId
from cloison.kinds import api_of, behaviour_of, kind_of, live_of
from cloison.model.errors import CloisonError
from cloison.plan.base import base_of
from cloison.plan.document import SETTINGS_MAX, VERSION, PlanDocument, SettingReport, StepReport, digest

BYTES_MAX = 16 << 20
"""Of one plan. The largest that we know, of an estate, has 2 MB."""
STEPS_MAX = 2_000
HASH_MIN = 12
"""Digits of a hash that name a plan: a collision of 48 bits cannot be made in the time of a review."""


def load(path: Path) -> PlanDocument:
    """The plan in a file. Raises CloisonError E510 for what is none, or was changed since it was made."""
    name = str(path)
    try:
        with path.open("rb") as file:
            raw = file.read(BYTES_MAX + 1)
    except (OSError, ValueError) as problem:
        why = getattr(problem, "strerror", None) or str(problem)
        raise _no_plan(name, why.lower(), "check its name") from problem
    if len(raw) > BYTES_MAX:
        raise _no_plan(name, f"it has more than {BYTES_MAX >> 20} MB")
    try:
        head = msgspec.json.decode(raw, type=dict[str, Any])
        version = head.get("version")
        if version != VERSION:
            raise _no_plan(name, f"its version is {str(version)[:40]!r}, and this Cloison reads {VERSION}")
        document = msgspec.json.decode(raw, type=PlanDocument, strict=True)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as problem:
        raise _no_plan(name, str(problem)) from problem
    # What the document's types do not know is in no hash: there must be nothing of it.
    whole = msgspec.json.decode(msgspec.json.encode(document))
    if document.digest != digest(document) or head != whole:
        why = "its content does not come to the hash that it bears: it was changed since it was made"
        if document.tool != __version__:
            why += f", or Cloison {document.tool[:20]} writes other plans than {__version__}"
        raise _no_plan(name, why)
    return document


def planned(document: PlanDocument, name: str) -> Planned:
    """The steps of a plan. Raises CloisonError E510 for steps that no plan has."""
    if len(document.steps) > STEPS_MAX:
        raise _no_plan(name, f"it has more than {STEPS_MAX:,} steps")
    wave = 0
    steps: list[Step] = []
    for number, told in enumerate(document.steps, 1):
        if told.number != number or told.wave not in (wave, wave + 1):
            raise _no_plan(name, f"step {told.number} of wave {told.wave} is out of turn")
        wave = told.wave
        step = _step(told, name)
        if any(one.wave == wave and one.request.id == step.request.id for one in steps):
            raise _no_plan(name, f"steps of wave {wave} change {step.request.id.name} at the same time")
        steps.append(step)
    if steps and steps[0].wave != 1:
        raise _no_plan(name, "its first wave is not wave 1")
    return Planned(hash=document.digest, steps=tuple(steps))


def _step(told: StepReport, name: str) -> Step:
    request = _request(told, name)
    after = {
        _keys(one.pointer): one.after
        for one in told.settings
        if request.method == "POST" and one.after is not None
    }
    if told.makes != (request.method == "PUT" and told.base is None):
        raise _no_plan(name, f"step {told.number} does not say whether it makes something")
    if told.base is None and request.method != "PUT":
        raise _no_plan(name, f"step {told.number} does not say what it changes")
    if request.method == "POST" and not after:
        raise _no_plan(name, f"step {told.number} does not say what becomes of {request.id.name}")
    return Step(
        number=told.number,
        wave=told.wave,
        request=request,
        summary=told.summary,
        base=told.base,
        after=after,
        expected_s=max(0.0, min(told.seconds, 86_400.0)),
    )


def _keys(pointer: str) -> str:
    """A JSON pointer as `look` takes it."""
    return pointer.strip("/").replace("~1", "/").replace("~0", "~")


def _request(told: StepReport, name: str) -> Sent:
    """The request, if it is one that a plan can have."""
    asked = told.request
    path, action = asked.path, ""
    if asked.method == "POST":
        path, _, action = path.rpartition("/")
    try:
        refuse_secrets(asked.path)
        id = ResourceId.parse(path)
    except (NotAnId, NotAllowed) as problem:
        raise _no_plan(name, f"step {told.number}: {problem}") from problem
    if why := _strange(told, id, action):
        raise _no_plan(name, f"step {told.number}: {asked.method} {asked.path[:200]} {why}")
    return Sent(
        method=asked.method,
        id=id,
        action=action,
        api_version=asked.api_version,
        body=asked.body,
        query=asked.query,
    )


def _strange(told: StepReport, id: ResourceId, action: str) -> str:
    """What no request of a plan is like; '' for nothing."""
    asked, behaviour = told.request, behaviour_of(id.type)
    if not _PATH.fullmatch(id.text) or id.text != asked.path.removesuffix(f"/{action}" if action else ""):
        return "is no plain path of a resource"
    scopes = id.split("/providers/")[1:-1]
    if not all(_is_known(type) for type in (id.type, *map(_type, scopes))):
        return "is nothing that Cloison plans"
    if action and (action.lower() not in behaviour.actions or action.lower() in behaviour.reads):
        return "is nothing that Cloison plans"
    live = live_of(id.type)
    if asked.api_version not in (api_of(id.type), *(live.previews if live is not None else ())):
        return f"is of version {asked.api_version[:40]!r}, and Cloison plans with {api_of(id.type)}"
    if any(value not in behaviour.queries.get(one, ()) for one, value in asked.query.items()):
        return "asks for more than Cloison plans"
    if (asked.method in ("PUT", "PATCH")) != (asked.body is not None):
        return "is not whole"
    if asked.body is not None and str(asked.body.get("id", id)).lower() != id:
        return "has the body of another resource"
    if asked.method == "PATCH" and not behaviour.patchable:
        return "is nothing that Cloison plans"
    if asked.body is not None and not all(_is_told(asked.body, one) for one in told.settings):
        return "sends other settings than it tells"
    if untold := _untold(told, id):
        return f"changes {', '.join(untold[:3])} and does not tell"
    return ""


def _is_told(body: Mapping[str, Any], setting: SettingReport) -> bool:
    """What a setting says that it will be is what the body says."""
    sent = _at(body, setting.pointer)
    # As text: to Python, 0 and False are the same.
    return msgspec.json.encode(sent) == msgspec.json.encode(setting.after)


def _untold(told: StepReport, id: ResourceId) -> list[str]:
    """Pointers of what a request would change, by the prints of what is there, and the plan does not show."""
    asked, there = told.request, told.base
    if asked.body is None or there is None or len(told.settings) >= SETTINGS_MAX:
        return []
    wanted = base_of(id, asked.body, asked.method)
    names = {name.lower() for name in asked.body} if asked.method == "PUT" else set()
    # A PUT takes away what it leaves out of the parts that it sends; a PATCH what it says is null.
    replaced = [one for one in there if one not in wanted and one.partition("/")[0] in names]
    nulls = _nulls(asked.body, "") if asked.method == "PATCH" else []
    changed = [one for one, print in wanted.items() if there.get(one) != print]
    shown = [one.pointer.strip("/").lower() for one in told.settings]
    return [
        one
        for one in (*changed, *replaced, *nulls)
        if not one.endswith("provisioningstate")
        and not any(one == other or one.startswith(f"{other}/") for other in shown)
    ]


def _nulls(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _nulls(inner, f"{path}/{name.lower()}".strip("/"))
    elif value is None:
        yield path


def _at(value: Any, pointer: str) -> Any:
    """What a body says at a JSON pointer, names in any case; None for nothing."""
    for name in pointer.split("/")[1:]:
        key = name.replace("~1", "/").replace("~0", "~").lower()
        if not isinstance(value, dict):
            return None
        value = next((inner for own, inner in value.items() if own.lower() == key), None)
    return value


_NAME = r"(?!\.+(?:/|\Z))[\w.()@*~$ -]+"
"""No name that is only dots, no sign that means something in an address, nothing encoded."""
_PATH = re.compile(
    rf"/subscriptions/{_NAME}(/resourceGroups/{_NAME}(/providers/[\w.]+(/\w+/{_NAME})+)*"
    rf"|(/providers/[\w.]+(/\w+/{_NAME})+)+)",
    re.IGNORECASE,
)


def _type(scope: str) -> str:
    """The type of a resource within whose scope another stands."""
    namespace, *rest = scope.split("/")
    return "/".join((namespace, *rest[0::2]))


def _is_known(type: str) -> bool:
    """A type that a kind speaks of: its own, or as a child that has no folder."""
    return kind_of(type) is not None or kind_of(type.rpartition("/")[0]) is not None


def agreed(document: PlanDocument, *, hash: str | None, accept_asks: bool) -> None:
    """Raises CloisonError where a plan must not be carried out as it is: E511 not proven, E512 not agreed to, E513
    not the one that was reviewed.
    """
    if hash is not None and not _is_hash(hash, document.digest):
        raise CloisonError(
            "E513",
            f"the plan's hash is {document.digest[:16]}…, not {hash[:16]}…",
            because="it is another plan than the one that was reviewed",
            help="review this one, and give its hash",
        )
    if not document.proof.proven:
        raise CloisonError(
            "E511",
            "the plan is not proven",
            because="; ".join(one.why for one in document.proof.offending)
            or "something would be worse at its end",
            help="plan again, with --only if a part can be proven",
        )
    if document.asks and not (accept_asks or document.options.accept_asks):
        raise CloisonError(
            "E512",
            f"{document.asks} of {len(document.steps)} steps may interrupt somebody",
            because="nobody said that those agree",
            help="read who may notice, ask them, and add --accept-asks",
        )


def _is_hash(given: str, digest: str) -> bool:
    told = given.strip().lower().removeprefix("sha256:")
    return len(told) >= HASH_MIN and digest.startswith(told)


def _no_plan(
    name: str, why: str, help: str = "make the plan again: cloison plan SOURCE… -o plan.json"
) -> CloisonError:
    return CloisonError(
        "E510", f"{name} is no plan that can be carried out", because=why, help=help, file=name
    )
