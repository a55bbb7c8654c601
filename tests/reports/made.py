"""Reports that tests look at: one of each kind that a reader meets, and the same with a stranger's names."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import msgspec

from cloison.check.document import Report
from cloison.check.run import run
from cloison.cli.demo import example
from cloison.model.snapshot import Gap, Snapshot
from cloison.sources import read
from tests.reference import REFERENCES, changed, snapshot

PARAMETER = {"?": "parameters('access')"}
CLOSED = {
    "Report": {"version", "verdict"},
    "EnvironmentReport": {"verdict", "link"},
    "Scenario": {"id"},
    "ScenarioRow": {"what"},
    "PathReport": {"verdict"},
    "RequirementReport": {"verdict", "severity", "id"},
    "Hop": {"hop", "outcome"},
    "Evidence": {"origin"},
    "FixReport": {"action", "safety"},
}
"""Fields that hold words of ours."""


@cache
def broken() -> Report:
    """The embedded example: half of its names are private, and each fault is a known one."""
    return run(read([example()]))


@cache
def met() -> Report:
    """A sound environment."""
    return run(snapshot(REFERENCES["same network"]()))


@cache
def undecided() -> Report:
    """An environment whose names are answered by a server that nobody knows."""
    asked = {"virtualNetworks/aks-net#/properties/dhcpOptions": {"dnsServers": ["10.0.1.30"]}}
    return run(snapshot(changed(REFERENCES["same network"](), asked), planned=True))


@cache
def several() -> Report:
    """Two clusters of one workspace; the second is in another region, which the article forbids."""
    bodies = REFERENCES["same network"]()
    ours = [one for one in bodies if "/managedClusters/aks" in one["id"] or one["name"] == "aks-compute"]
    text = msgspec.json.encode(ours).decode()
    text = text.replace("managedClusters/aks", "managedClusters/far").replace("aks-compute", "far-compute")
    others: list[dict[str, Any]] = msgspec.json.decode(text)
    for one in others:
        if one["id"].endswith("managedClusters/far"):
            one.update(name="far", location="northeurope")
    return run(snapshot([*bodies, *others]))


@cache
def hidden() -> Report:
    """Nothing to judge, and gaps that may hide an environment."""
    gaps = [
        Gap("workspaces of rg-ml", "403 AuthorizationFailed", "Reader on rg-ml"),
        Gap("private DNS zones of rg-hub", "403 AuthorizationFailed", "Reader on rg-hub"),
    ]
    return run(Snapshot([], gaps, ["hub.json"]))


@cache
def nothing() -> Report:
    """Nothing to judge, and nothing that could hide it."""
    return run(Snapshot([], (), ["empty.json"]))


REPORTS: dict[str, Callable[[], Report]] = {
    "broken": broken,
    "met": met,
    "undecided": undecided,
    "several": several,
    "hidden": hidden,
    "nothing": nothing,
}


def retold(value: Any, told: Callable[[str], str]) -> Any:
    """A report with everything that a stranger may have written put differently."""
    if isinstance(value, str):
        return told(value)
    if isinstance(value, tuple):
        return tuple(retold(one, told) for one in value)
    if isinstance(value, msgspec.Struct):
        closed = CLOSED.get(type(value).__name__, set())
        fields = {
            name: getattr(value, name) if name in closed else retold(getattr(value, name), told)
            for name in value.__struct_fields__
        }
        return type(value)(**fields)
    if isinstance(value, dict):
        return {retold(name, told): retold(one, told) for name, one in value.items()}
    return value
