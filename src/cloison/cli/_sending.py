"""The options of commands that carry a plan out: what was agreed, and how to run."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argparse import ArgumentParser, _ArgumentGroup

MINUTES_MAX = 7 * 24 * 60
"""A week: a run that takes longer is no run."""


def sending_arguments(parser: ArgumentParser, *, ends: str = "stop") -> _ArgumentGroup:
    """The group of how to run, for what is the command's own. ends: what the deadline does, `stop a round`."""
    agreeing = parser.add_argument_group("what was agreed")
    agreeing.add_argument(
        "--hash", metavar="SHA", help="hash of the plan that was reviewed, 12 digits or more of it"
    )
    agreeing.add_argument("--yes", action="store_true", help="do not ask; needs --hash")
    agreeing.add_argument(
        "--accept-asks",
        action="store_true",
        help="those who may be interrupted have agreed, as the plan names them",
    )
    running = parser.add_argument_group("how to run")
    running.add_argument("--resume", action="store_true", help="go on where an earlier run stopped")
    running.add_argument(
        "--deadline",
        metavar="MINUTES",
        type=_minutes,
        default=120.0,
        help=f"{ends} safely after that (default: %(default)g)",
    )
    return running


def _minutes(text: str) -> float:
    """A number of minutes above 0. Raises ValueError."""
    minutes = float(text)
    if not 0 < minutes < MINUTES_MAX:
        raise ValueError(text)
    return minutes
