"""A plan's file: read with suspicion, held against its own hash, and turned into steps.

A file may have been changed by anybody since it was reviewed. What is not exactly as Cloison writes it is refused.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from cloison.apply.step import Planned, Step
from cloison.arm.errors import NotAllowed
from cloison.arm.gate import Sent, reads_only, refuse_secrets
from cloison.arm.ids import NotAnId, ResourceId
from cloison.kinds import behaviour_of, kind_of
from cloison.model.errors import CloisonError
from cloison.plan.document import VERSION, PlanDocument, StepReport, digest

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
        raise _no_plan(
            name, "its content does not come to the hash that it bears: it was changed since it was made"
        )
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
        steps.append(_step(told, name))
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
    behaviour = behaviour_of(id.type)
    if not _is_known(id.type) or (
        action and (action.lower() not in behaviour.actions or reads_only(asked.path))
    ):
        raise _no_plan(name, f"step {told.number}: {asked.method} {asked.path} is nothing that Cloison plans")
    if not asked.api_version or (asked.method in ("PUT", "PATCH")) != (asked.body is not None):
        raise _no_plan(name, f"step {told.number}: {asked.method} {asked.path} is not whole")
    return Sent(
        method=asked.method,
        id=id,
        action=action,
        api_version=asked.api_version,
        body=asked.body,
        query=asked.query,
    )


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
