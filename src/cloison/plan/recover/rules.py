"""What has to hold after a restart: the requirements, and beside them what was noted before it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeAlias

import msgspec

from cloison.arm.ids import ResourceId
from cloison.model.verdict import Finding
from cloison.requirements import Decide, Requirement, after_restart, requirements
from cloison.requirements.after_restart import Before
from cloison.requirements.case import Case

MENDED = ("S22", "S23", "S24")
"""Requirements that a restart breaks."""
ZONES = "microsoft.network/privatednszones"


class Noted(msgspec.Struct, frozen=True, kw_only=True):
    """What was noted, and what of it is asked."""

    before: Sequence[Before]
    restarted: bool
    """The cluster was stopped by this run, so that a compute that stands as before has to be attached again."""
    read: frozenset[str]
    """Addresses of API servers as they were read."""


More: TypeAlias = Callable[[Case, ResourceId, Before, Noted], Iterable[Finding]]


def rules(noted: Noted) -> list[Requirement]:
    """All requirements; those on endpoints and on computes hold what is there against what was noted, too."""
    return [
        msgspec.structs.replace(rule, decide=_also(rule, more, noted))
        if (more := _MORE.get(rule.id)) is not None
        else rule
        for rule in requirements()
    ]


def _also(rule: Requirement, more: More, noted: Noted) -> Decide:
    def decide(case: Case, subject: ResourceId) -> Iterator[Finding]:
        for one in noted.before:
            if one.cluster.lower() == case.environment.cluster and _is_of(one, case):
                yield from more(case, subject, one, noted)
        for finding in rule.decide(case, subject):
            if not _rests_on_a_guess(finding, case, noted):
                yield finding

    return decide


def _rests_on_a_guess(finding: Finding, case: Case, noted: Noted) -> bool:
    """A record that is wrong only if the API server gets the address that was predicted for it."""
    of_zone = finding.subject.type == ZONES and finding.requirement == "S22"
    return of_zone and not set(after_restart.addresses(case)) <= noted.read


def _is_of(before: Before, case: Case) -> bool:
    return before.workspace.lower() == (case.environment.workspace or "")


def _endpoints(case: Case, subject: ResourceId, before: Before, noted: Noted) -> Iterable[Finding]:
    """Said once, with the first of what S22 speaks of."""
    subjects = case.endpoints_to(case.environment.cluster)
    if not subjects or subjects[0].id == subject:
        yield from after_restart.misled(case, before, noted.read)


def _computes(case: Case, subject: ResourceId, before: Before, noted: Noted) -> Iterable[Finding]:
    for former in before.computes:
        if former.compute.lower() == subject:
            if noted.restarted:
                yield from after_restart.still_attached(case, former)
            yield from after_restart.lacking(case, former)


_MORE: dict[str, More] = {"S22": _endpoints, "S23": _computes}
