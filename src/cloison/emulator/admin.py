"""The emulator's own address below `/_cloison/`: for tests and tools that reach it over the wire only.

    GET  /_cloison/health               that it answers
    GET  /_cloison/log                  requests so far
    GET  /_cloison/state                everything as a snapshot document
    GET  /_cloison/faults               faults that wait, and which have struck
    POST /_cloison/faults               {"faults": ["throttled@3"]}: these wait from now on, numbers from now
    POST /_cloison/clock                {"advance_s": 30}: let time pass, where it stands still by itself
    POST /_cloison/operations/cancel    {"key": …}: cancel an operation, as its owner could

A token is asked for here too, so that no page in a browser gets at it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from cloison import __version__
from cloison.emulator import signin
from cloison.emulator.clock import Manual
from cloison.emulator.faults import FaultPlan, planned
from cloison.emulator.store import saved
from cloison.emulator.wire import Answer, Asked, refusal
from cloison.emulator.world import World
from cloison.model.behaviour import Refused
from cloison.model.errors import CloisonError

if TYPE_CHECKING:
    from cloison.emulator.emulator import Logged


def answer(world: World, faults: FaultPlan, log: Iterable[Logged], asked: Asked) -> Answer:
    """The answer of the private address."""
    if (asked.method, asked.path) == ("GET", "/_cloison/health"):
        return Answer(body={"cloison": __version__, "resources": len(world.state)})
    try:
        signin.caller(world, asked)
        return _answer(world, faults, log, asked)
    except Refused as refused:
        return refusal(refused)
    except CloisonError as error:
        return refusal(Refused(400, error.code, error.what))


def _answer(world: World, faults: FaultPlan, log: Iterable[Logged], asked: Asked) -> Answer:
    match asked.method, asked.path:
        case "GET", "/_cloison/log":
            return Answer(body={"value": [one._asdict() for one in log]})
        case "GET", "/_cloison/state":
            return Answer(body=saved(world).encode())
        case "GET", "/_cloison/faults":
            return Answer(
                body={
                    "waiting": [one.fault.name for one in faults.waiting if one.left != 0],
                    "struck": [{"number": number, "name": name} for number, name in faults.struck],
                }
            )
        case "POST", "/_cloison/faults":
            texts = asked.object().get("faults")
            found = [planned(str(text)) for text in texts] if isinstance(texts, list) else []
            for one in found:
                one.numbers = frozenset(number + world.number for number in one.numbers)
            faults.waiting = found
            return Answer(body={"waiting": len(found), "number": world.number})
        case "POST", "/_cloison/clock":
            return _advance(world, asked)
        case "POST", "/_cloison/operations/cancel":
            operation = world.operations.find(str(asked.object().get("key", "")))
            if operation is None:
                raise Refused(404, "NotFound", "no operation has that key")
            world.operations.cancel(operation)
            return Answer(body={"status": operation.status.value})
    raise Refused(404, "NotFound", f"{asked.method} {asked.path[:100]} is nothing here")


def _advance(world: World, asked: Asked) -> Answer:
    seconds = asked.object().get("advance_s")
    if not isinstance(world.clock, Manual) or not isinstance(seconds, int | float):
        raise Refused(400, "BadRequest", "time passes by itself here, or 'advance_s' is no number of seconds")
    world.clock.advance(float(seconds))
    world.settle()
    return Answer(body={"seconds": world.clock.seconds()})
