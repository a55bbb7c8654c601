"""Names: how a report for people speaks of resources, files and settings without writing whole ids each time.

The short name of a resource is the shortest end of its id that no other resource of the report has.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import chain

from cloison.check.document import EnvironmentReport, Evidence, Hop, Report
from cloison.reports.aliases import Aliases
from cloison.reports.escape import safe

SILENT = {"default"}
"""Names that say nothing without what they stand below."""


class Names:
    """The short names of one report. All of them are escaped."""

    def __init__(self, report: Report) -> None:
        evidence = dict.fromkeys(_evidence(report))
        ids = dict.fromkeys(id for environment in report.environments for id in _ids(environment))
        ids.update(dict.fromkeys(one.resource for one in evidence))
        self._resources = _ends(ids)
        self._files = _ends({*report.inputs, *(one.file for one in evidence if one.file)}, exact=True)
        self._known = {id.rstrip("/").rpartition("/")[2] for id in ids}
        self._known.update(path.host for environment in report.environments for path in environment.paths)
        self._aliases = Aliases(chain(self._resources.values(), _texts(report)))

    def resource(self, id: str | None) -> str:
        """A resource by its short name; `-` for none."""
        if id is None:
            return "-"
        return self.text(self._resources.get(id.lower(), id))

    def environment(self, one: EnvironmentReport) -> str:
        """`mlw on aks`."""
        workspace = self.resource(one.workspace) if one.workspace is not None else "no workspace"
        return f"{workspace} on {self.resource(one.cluster)}"

    def file(self, name: str) -> str:
        """A file by its short name."""
        return safe(self._files.get(name, name))

    def quoted(self, input: str) -> str:
        """An input as one would type it in a shell."""
        name = safe(input)
        plain = re.fullmatch(r"[\w@%+=:,./-]+", name)
        return name if plain else "'" + name.replace("'", "'\"'\"'") + "'"

    def setting(self, evidence: Evidence) -> str:
        """`kv-ml#/properties/publicNetworkAccess`, and whether that is a default."""
        name = self.resource(evidence.resource)
        setting = f"{name}#{safe(evidence.pointer)}" if evidence.pointer else name
        word = {"default": " (left out: the default)", "null": " (null: the default)"}.get(
            evidence.origin, ""
        )
        return f"{setting}{word}"

    def place(self, evidence: Evidence) -> str:
        """`export.json:14`, or nothing where the input is no file."""
        if evidence.file is None:
            return ""
        name = self.file(evidence.file)
        return f"{name}:{evidence.line}" if evidence.line else name

    def text(self, text: str) -> str:
        """A sentence with what would make it unreadable shortened: `…ab01.workspace.westeurope.api.azureml.ms`."""
        return safe(self._aliases.applied(text))

    @property
    def legend(self) -> list[tuple[str, str]]:
        """What was shortened so far: the short form and the whole."""
        return self._aliases.legend

    def pattern(self, text: str) -> str:
        """The sentence with resources and hosts left out: equal for two that say the same of different ones."""
        return " ".join("\0" if word.strip(",;:.()") in self._known else word for word in text.split())


def _evidence(report: Report) -> Iterator[Evidence]:
    # By identity: `check` writes equal hops once, and hashing whole hops takes most of the time of a large report.
    hops: dict[int, Hop] = {}
    for environment in report.environments:
        for path in environment.paths:
            hops.update((id(hop), hop) for hop in path.hops)
        for finding in environment.requirements:
            hops.update((id(hop), hop) for hop in finding.evidence)
    for hop in hops.values():
        yield from hop.evidence


def _ids(environment: EnvironmentReport) -> Iterator[str]:
    yield environment.cluster
    if environment.workspace is not None:
        yield environment.workspace
    for row in environment.scenario.rows:
        if row.resource is not None:
            yield row.resource
    for path in environment.paths:
        yield path.resource
        if path.endpoint is not None:
            yield path.endpoint
    for finding in environment.requirements:
        yield finding.subject


def _texts(report: Report) -> Iterator[str]:
    for environment in report.environments:
        for path in environment.paths:
            yield path.host
        for finding in environment.requirements:
            yield finding.message
            yield from (fix.summary for fix in finding.fixes)


def _ends(names: Iterable[str], *, exact: bool = False) -> dict[str, str]:
    """For each path-like name its shortest end that is no other's. exact: case tells names apart; else keys are lower.

    Where a resource and something deeper down share an end, it is the resource's: a storage account is called by its
    name, and its record in a zone by more than that.
    """
    pending = {name if exact else name.lower(): name.rstrip("/").split("/") for name in names}
    found: dict[str, str] = {}
    taken: set[str] = set()
    count = 0
    while pending:
        count += 1
        by_end: dict[str, list[str]] = defaultdict(list)
        for key, segments in pending.items():
            end = "/".join(segments[-count:])
            by_end[end if exact else end.lower()].append(key)
        for end, keys in by_end.items():
            depth = min(len(pending[key]) for key in keys)
            silent = end.rpartition("/")[2].lower() in SILENT and count < 3
            if end in taken or (silent and count < depth):
                continue
            highest = [key for key in keys if len(pending[key]) == depth]
            if len(highest) == 1 or depth <= count:
                taken.add(end)
                found.update((key, "/".join(pending[key][-count:])) for key in highest)
        pending = {key: segments for key, segments in pending.items() if key not in found}
    return found
