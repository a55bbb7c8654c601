"""What exports share: the waves that a tool can say, where a resource stands, and comments that stay comments."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from cloison.plan.document import PlanDocument, StepReport
from cloison.reports.escape import safe

Waves = list[tuple[StepReport, ...]]


class Place(NamedTuple):
    """A resource's id in parts, as tools ask for them."""

    subscription: str
    group: str
    """Empty for what stands in no resource group."""
    scope: str
    """Id of the resource that it extends; empty where it extends none."""
    type: str
    names: tuple[str, ...]

    @property
    def name(self) -> str:
        """All its names, outermost first: `zone/link`."""
        return "/".join(self.names)


class Told(NamedTuple):
    """The part of a plan that a tool can say."""

    waves: Waves
    first_left: int
    why: str


def place(path: str) -> Place:
    """The parts of a resource's id."""
    scope, _, tail = path.rpartition("/providers/")
    namespace, *pairs = tail.split("/")
    parts = path.split("/")
    group = parts[4] if len(parts) > 4 and parts[3].lower() == "resourcegroups" else ""
    return Place(
        subscription=parts[2],
        group=group,
        scope=scope if "/providers/" in scope else "",
        type="/".join((namespace, *pairs[::2])),
        names=tuple(pairs[1::2]),
    )


def parent(path: str) -> str:
    """Id of what a resource stands in: its parent, the resource that it extends, or its group."""
    told = place(path)
    if len(told.names) > 1:
        return path.rsplit("/", 2)[0]
    return path.rpartition("/providers/")[0]


def target(step: StepReport) -> str:
    """Id of the resource that a step is about."""
    path = step.request.path
    return path.rpartition("/")[0] if step.request.method == "POST" else path


def told(plan: PlanDocument, why_not: Callable[[StepReport], str]) -> Told:
    """Waves up to the first that holds a step which cannot be said.

    why_not: why a step cannot be said; empty where it can.
    """
    waves: dict[int, list[StepReport]] = {}
    for step in plan.steps:
        waves.setdefault(step.wave, []).append(step)
    can: Waves = []
    for wave in waves.values():
        for step in wave:
            if why := why_not(step):
                return Told(can, wave[0].number, f"step {step.number}: {why}")
        can.append(tuple(wave))
    return Told(can, 0, "")


def heading(plan: PlanDocument) -> list[str]:
    """What every export says at its top, a line each."""
    asks = f"; {plan.asks} may interrupt somebody" if plan.asks else ""
    return [
        f"A plan of Cloison {plan.tool}: {len(plan.steps)} steps{asks}.",
        f"sha256 {plan.digest}",
        "It holds for the environment as it was read: plan again if that has changed, or where this stops halfway.",
    ]


def about(step: StepReport) -> list[str]:
    """What is said of a step beside it, a line each."""
    return [
        f"{step.number}. {safe(step.summary)}",
        f"{'asks' if step.safety == 'asks' else 'safe'}: {safe(step.why)}",
    ]


def comments(lines: Iterable[str], mark: str) -> list[str]:
    """Lines as comments; none can end one, as none holds a line break."""
    return [f"{mark} {safe(line)}" for line in lines]
