"""How rules say what they found: findings with their evidence, in few words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

import msgspec

from cloison.arm.ids import ResourceId
from cloison.model.facts import Cite, Fact, Known
from cloison.model.verdict import Finding, Fix, HopKind, Outcome, Severity, Step, Verdict

T = TypeVar("T")


def broken(
    requirement: str,
    subject: ResourceId,
    message: str,
    *cites: Cite,
    severity: Severity = Severity.ERROR,
    evidence: Iterable[Step] = (),
    fixes: Iterable[Fix] = (),
) -> Finding:
    """The requirement does not hold for the subject."""
    steps = tuple(evidence) or (Step(HopKind.DOOR, Outcome.STOP, message, cites),)
    return Finding(
        requirement=requirement,
        verdict=Verdict.BROKEN,
        subject=subject,
        message=message,
        severity=severity,
        evidence=steps,
        fixes=tuple(fixes),
    )


def met(requirement: str, subject: ResourceId, message: str, *cites: Cite) -> Finding:
    """The requirement holds, and this is what decided it."""
    return Finding(
        requirement=requirement,
        verdict=Verdict.MET,
        subject=subject,
        message=message,
        severity=Severity.NOTE,
        evidence=(Step(HopKind.DOOR, Outcome.PASS, message, cites),) if cites else (),
    )


def unknown(
    requirement: str,
    subject: ResourceId,
    message: str,
    *,
    ask: str,
    cites: Iterable[Cite] = (),
    severity: Severity = Severity.WARNING,
) -> Finding:
    """What decides it is not in the input; `ask` says what to supply."""
    return Finding(
        requirement=requirement,
        verdict=Verdict.UNKNOWN,
        subject=subject,
        message=message,
        severity=severity,
        evidence=(Step(HopKind.DOOR, Outcome.UNKNOWN, message, tuple(cites), ask),),
        ask=ask,
    )


def not_applicable(requirement: str, subject: ResourceId, message: str, *cites: Cite) -> Finding:
    """The requirement does not speak of this subject, for this reason."""
    return Finding(
        requirement=requirement,
        verdict=Verdict.NOT_APPLICABLE,
        subject=subject,
        message=message,
        severity=Severity.NOTE,
        evidence=(Step(HopKind.DOOR, Outcome.PASS, message, cites),) if cites else (),
    )


def lighter(finding: Finding) -> Finding:
    """The same finding as a note: what it speaks of is not needed by every workload."""
    return msgspec.structs.replace(finding, severity=Severity.NOTE)


def cites(*facts: Fact[Any]) -> tuple[Cite, ...]:
    """The settings behind facts that are known."""
    return tuple(fact.cite for fact in facts if isinstance(fact, Known))


def told(fact: Fact[T]) -> T | None:
    """The value, for a message or a fix; None where it is not known. What decides asks the fact itself."""
    return fact.value if isinstance(fact, Known) else None
