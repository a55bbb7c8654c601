"""A step: one request of a plan as the executor needs it, and the steps of one plan together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from cloison.arm.gate import Sent
from cloison.model.behaviour import Request
from cloison.plan.base import Base


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One request."""

    number: int
    """From 1, in the order of the plan."""
    wave: int
    """From 1. Steps of one wave run side by side; any of them may be the first to be done."""
    request: Sent
    summary: str
    """What it does, for people."""
    base: Base | None = None
    """The target right before this step, as planned; None: it is not there, and is made."""
    after: Mapping[str, Any] = {}
    """What an action makes of its target: pointer -> value, any of which shows it. Other requests say it in their
    bodies."""
    expected_s: float = 0.0
    """How long it usually takes; 0: done when answered."""

    @property
    def makes(self) -> bool:
        """It makes a resource that was not there."""
        return self.request.method == "PUT" and self.base is None

    @property
    def asked(self) -> Request:
        """Its request as a control plane in memory takes it."""
        sent = self.request
        return Request(
            method=sent.method,  # type: ignore[arg-type]  # one of the four, as the plan's document says
            id=sent.id,
            body=dict(sent.body) if sent.body is not None else None,
            action=sent.action,
            api_version=sent.api_version,
            query={name.lower(): value for name, value in sent.query.items()},
        )


class Planned(msgspec.Struct, frozen=True, kw_only=True):
    """The steps of one plan."""

    hash: str
    """SHA-256 of the plan, as its reviewer saw it."""
    steps: tuple[Step, ...]

    @property
    def waves(self) -> list[list[Step]]:
        """The steps by wave, in order."""
        found: dict[int, list[Step]] = {}
        for one in self.steps:
            found.setdefault(one.wave, []).append(one)
        return [found[wave] for wave in sorted(found)]

    def step(self, number: int) -> Step:
        """The step of that number."""
        return self.steps[number - 1]
