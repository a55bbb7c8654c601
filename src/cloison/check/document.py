"""The report document: what `check` found, as versioned plain data. Reports render it and decide nothing.

Field names and verdict words are a promise to users; the JSON Schema in `schema.py` is made from these types.
"""

from __future__ import annotations

from typing import Literal

import msgspec

VERSION = "cloison.report/1"

PathWord = Literal["private", "service-endpoint", "public", "blocked", "unknown"]
VerdictWord = Literal["met", "broken", "unknown", "not-applicable"]
SeverityWord = Literal["error", "warning", "note"]
OutcomeWord = Literal["pass", "stop", "unknown"]
HopWord = Literal["source", "name", "route", "filter", "door"]
OriginWord = Literal["stated", "default", "null", "derived"]
SafetyWord = Literal["safe", "asks", "manual"]
ScenarioWord = Literal["no-virtual-network", "public-workspace", "all-private", "mixed", "unknown"]
ServiceWord = Literal["workspace", "storage", "key vault", "container registry", "cluster"]


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """One setting that decided: resource id, JSON pointer into its ARM body, and the place in the input file."""

    resource: str
    pointer: str
    origin: OriginWord
    source: str = ""
    """For a default: the document that says so."""
    file: str | None = None
    line: int | None = None
    column: int | None = None


class Hop(msgspec.Struct, frozen=True, kw_only=True):
    """One decision on the way."""

    hop: HopWord
    outcome: OutcomeWord
    text: str
    evidence: tuple[Evidence, ...] = ()
    ask: str = ""


class PathReport(msgspec.Struct, frozen=True, kw_only=True):
    """The answer for one pool and one host name."""

    pool: str
    resource: str
    service: str
    subresource: str
    host: str
    ports: tuple[int, ...]
    needed: bool
    verdict: PathWord
    address: str
    endpoint: str | None
    hops: tuple[Hop, ...]


class FixReport(msgspec.Struct, frozen=True, kw_only=True):
    """One change that would mend a finding."""

    action: Literal["create", "update", "delete", "post"]
    target: str
    summary: str
    safety: SafetyWord
    why: str
    pointer: str = ""
    body: dict[str, object] = {}


class RequirementReport(msgspec.Struct, frozen=True, kw_only=True):
    """What one requirement says of one subject."""

    id: str
    title: str
    verdict: VerdictWord
    severity: SeverityWord
    subject: str
    message: str
    evidence: tuple[Hop, ...] = ()
    fixes: tuple[FixReport, ...] = ()
    ask: str = ""
    finding: str = ""
    """Stable short name of this finding, for `cloison explain`: `S04-3f9a1c`."""


class ScenarioRow(msgspec.Struct, frozen=True, kw_only=True):
    """One cell of the article's table, filled in for this environment."""

    what: ServiceWord
    resource: str | None
    access: str
    """`private IP (private endpoint)`, `public IP (service endpoint)`, `public IP`, `blocked`, `unknown`, …"""


class Scenario(msgspec.Struct, frozen=True, kw_only=True):
    """Which row of the article's table this is."""

    id: ScenarioWord
    title: str
    rows: tuple[ScenarioRow, ...]


class EnvironmentReport(msgspec.Struct, frozen=True, kw_only=True):
    """One workspace with one cluster."""

    workspace: str | None
    cluster: str
    link: Literal["attached", "intended"]
    verdict: VerdictWord
    scenario: Scenario
    paths: tuple[PathReport, ...]
    requirements: tuple[RequirementReport, ...]


class GapReport(msgspec.Struct, frozen=True, kw_only=True):
    """Something that could not be read or decided."""

    what: str
    why: str
    ask: str
    scope: str = ""


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """Everything one `check` found. `version` changes when a reader could misread the document."""

    version: str = VERSION
    tool: str
    inputs: tuple[str, ...]
    verdict: VerdictWord
    environments: tuple[EnvironmentReport, ...]
    gaps: tuple[GapReport, ...]
    notes: tuple[str, ...] = ()
    """What else a reader should know: `no Azure Machine Learning environment in …`."""

    @property
    def exit_code(self) -> int:
        """0 all met, 1 something broken, 3 nothing broken but something unknown.

        Findings of severity note advise and break nothing. Without an environment: 3 when gaps may hide one, else 0.
        """
        if self.verdict == "broken":
            return 1
        return 3 if self.verdict == "unknown" else 0
