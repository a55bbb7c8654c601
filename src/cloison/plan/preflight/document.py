"""What a preflight found, as plain data: the part of a plan to apply now, and what others are asked for."""

from __future__ import annotations

import msgspec

from cloison.plan.document import PlanDocument, StepReport
from cloison.plan.preflight.check import Obstacle, Way

HOLDS = "these hold for whoever asked, when they asked; deny assignments and policies that deny are not told by Azure"


class Stopped(msgspec.Struct, frozen=True, kw_only=True):
    """One step of the whole plan with what is in its way, or may be."""

    step: StepReport
    obstacles: tuple[Obstacle, ...]

    @property
    def held(self) -> bool:
        """It is split off."""
        return any(one.held for one in self.obstacles)


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """What one owner is asked for at once."""

    number: int
    """From 1."""
    place: str
    """Id of what the owner looks after."""
    way: Way
    steps: tuple[Stopped, ...]
    """In an order that is safe once the plan is applied and the sections before are done; see `waves`."""
    waves: tuple[int, ...]
    """For each step: those of one wave may be sent side by side."""
    after: tuple[int, ...] = ()
    """Numbers of the sections that have to be done before."""


class CheckReport(msgspec.Struct, frozen=True, kw_only=True):
    """How one check stands."""

    name: str
    title: str
    """True where nothing is in the way."""
    blind: str
    """What it could not know; empty: it knew all that it asks for."""


class Preflight(msgspec.Struct, frozen=True, kw_only=True):
    """What a preflight found."""

    live: bool
    """Azure was asked."""
    now: PlanDocument
    """What the caller can apply, proven by itself."""
    steps: int
    """Steps of the whole plan."""
    checks: tuple[CheckReport, ...]
    held: tuple[Stopped, ...]
    """Steps of the whole plan that others have to help with."""
    unsure: tuple[Stopped, ...]
    """Steps to apply now of which something is not known."""
    later: tuple[StepReport, ...]
    """Steps of the whole plan that wait for those: plan again once they are done."""
    sections: tuple[Section, ...]
    """What to ask for, and from whom; together with `waiting` these are all that is held."""
    waiting: tuple[Stopped, ...]
    """Held steps that are safe only after some of `later`: the next request has them."""
