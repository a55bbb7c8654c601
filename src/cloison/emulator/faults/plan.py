"""Which request is struck by which fault, and whether before or after it has had its effect.

Written as `NAME[:before|:after][@WHICH][*TIMES]`:

    throttled@3                 the third request to Resource Manager
    reset:after@5,9             the fifth and the ninth, when they have been carried out
    forbidden@GET privateDns*   every GET whose path has that in it, in any case, `*` being anything
    missing@PUT*2               the first two PUTs
"""

from __future__ import annotations

import difflib
import fnmatch
import re

import msgspec

from cloison.arm.ids import ResourceId
from cloison.emulator.faults.catalogue import CATALOGUE, Fault
from cloison.emulator.wire import Answer, Asked
from cloison.emulator.world import World
from cloison.model.errors import CloisonError

_SPEC = re.compile(
    r"(?P<name>[a-z0-9-]+)(?::(?P<when>before|after))?(?:@(?P<which>.+?))?(?:\*(?P<times>\d+))?"
)
_METHODS = frozenset({"GET", "HEAD", "PUT", "PATCH", "POST", "DELETE"})


class Planned(msgspec.Struct, kw_only=True):
    """One fault that waits for its request."""

    fault: Fault
    after: bool = False
    """The request has its effect; only its answer is lost or changed."""
    numbers: frozenset[int] = frozenset()
    """Requests by number, from 1; empty: by method and path."""
    method: str = ""
    path: str = ""
    """Part of the path, in lower case, with `*` for anything; '' for every path."""
    left: int | None = None
    """How often it still strikes; None: as often as a request fits."""

    def fits(self, number: int, asked: Asked) -> bool:
        """It strikes this request."""
        if self.left == 0:
            return False
        if self.numbers:
            return number in self.numbers
        if self.method and self.method != asked.method:
            return False
        return not self.path or fnmatch.fnmatchcase(asked.path.lower(), f"*{self.path}*")

    def spend(self) -> None:
        """It has struck once more."""
        if self.left is not None:
            self.left -= 1


def planned(text: str) -> Planned:
    """A fault as it is written. Raises CloisonError E402 for a name that there is none of, and for a strange form."""
    found = _SPEC.fullmatch(text.strip())
    if found is None:
        raise CloisonError(
            "E402",
            f"'{text[:80]}' plans no fault",
            help="write NAME@NUMBER, NAME:after@NUMBER or NAME@METHOD PATH, such as throttled@3",
        )
    name = found["name"]
    if name not in CATALOGUE:
        near = difflib.get_close_matches(name, CATALOGUE, 1)
        hint = f"; did you mean '{near[0]}'?" if near else ""
        raise CloisonError(
            "E402", f"no fault '{name}'{hint}", help="cloison emulator --list-faults lists all faults"
        )
    made = Planned(fault=CATALOGUE[name], after=found["when"] == "after" or not CATALOGUE[name].replaces)
    which = (found["which"] or "").strip()
    if re.fullmatch(r"[\d,\s]+", which):
        made.numbers = frozenset(int(one) for one in which.split(",") if one.strip())
    else:
        word, _, rest = which.partition(" ")
        made.method = word.upper() if word.upper() in _METHODS else ""
        made.path = (rest if made.method else which).strip().lower()
    made.left = int(found["times"]) if found["times"] else 1 if not which else None
    return made


class FaultPlan:
    """All faults that wait, and what those that struck have left behind."""

    def __init__(self, faults: tuple[Planned, ...] = ()) -> None:
        self.waiting: list[Planned] = list(faults)
        self.hidden: dict[ResourceId, int] = {}
        """Resources that reads do not find yet, and how many reads."""
        self.struck: list[tuple[int, str]] = []
        """Number of the request, name of the fault."""

    def before(self, world: World, asked: Asked) -> Answer | None:
        """The answer of a fault that keeps the request from having any effect; None: it goes on."""
        for one in self.waiting:
            if not one.after and one.fits(world.number, asked):
                one.spend()
                self.struck.append((world.number, one.fault.name))
                return one.fault.strike(world, asked, Answer())
        return self._hide(world, asked)

    def _hide(self, world: World, asked: Asked) -> Answer | None:
        if not self.hidden or asked.method not in ("GET", "HEAD"):
            return None
        for id, left in list(self.hidden.items()):
            if asked.path.lower() == id:
                self.hidden[id] = left - 1
                if left < 2:
                    del self.hidden[id]
                return CATALOGUE["missing"].strike(world, asked, Answer())
        return None

    def after(self, world: World, asked: Asked, answer: Answer) -> Answer:
        """The answer after faults have changed or replaced it."""
        for one in self.waiting:
            if one.after and one.fits(world.number, asked):
                if one.fault.begins and answer.operation is None:
                    continue
                one.spend()
                self.struck.append((world.number, one.fault.name))
                if one.fault.hides and answer.status < 300:
                    self.hidden[ResourceId(asked.path)] = one.fault.hides
                answer = one.fault.strike(world, asked, answer)
        return answer
