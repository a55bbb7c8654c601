"""Telling: a path that is not private, put into words. What decided it is in the path's steps already."""

from __future__ import annotations

from itertools import pairwise

from cloison.model.verdict import Path, PathVerdict
from cloison.reach import names

TURNS = ("/properties/privateEndpointConnections", "/properties/resolutionPolicy")
"""Settings that send a name to public DNS by themselves; where neither did, no zone took the name in."""


def why_not_private(path: Path) -> str:
    """How a path fares that is not private, and why, as the end of a sentence about it. Not for unknown ones."""
    turned = turn(path)
    if path.verdict is PathVerdict.BLOCKED:
        why = [f"{turned}, so it leads to the public address"] if turned else []
        return f"is blocked: {'; '.join([*why, *(step.text for step in path.obstacles)])}"
    if path.verdict is PathVerdict.SERVICE_ENDPOINT:
        return "goes to the public address through a service endpoint, which the article's table allows"
    return f"is reached at its public address: {turned or path.address}"


def turn(path: Path) -> str:
    """What made the name lead to the public address; empty where it does not."""
    for before, step in pairwise(path.steps):
        if any(cite.source == names.PUBLIC_DNS for cite in step.cites):
            named = any(cite.pointer in TURNS for cite in before.cites)
            return before.text if named else step.text.partition(": ")[0]
    return ""
