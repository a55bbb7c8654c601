"""The plan document: what will be sent, in which order, why, and the proof, as versioned plain data.

Field names and words are a promise to users and to `apply`; the JSON Schema is made from these types.
"""

from __future__ import annotations

import hashlib
from typing import Any, Literal

import msgspec

from cloison.requirements.after_restart import Before

VERSION = "cloison.plan/1"

SETTINGS_MAX = 40
"""Settings told of one step; a step that changes more is told by its request."""

MethodWord = Literal["PUT", "PATCH", "DELETE", "POST"]
SafetyWord = Literal["safe", "asks"]
VerdictWord = Literal["met", "broken", "unknown", "not-applicable"]
LeftWord = Literal["manual", "unsafe", "refused", "later", "unknown"]


class RequestReport(msgspec.Struct, frozen=True, kw_only=True):
    """One request, exactly as it will be sent."""

    method: MethodWord
    path: str
    """The resource's id; for POST the action stands behind it."""
    api_version: str
    query: dict[str, str] = {}
    """Further parameters of the query."""
    body: dict[str, Any] | None = None


class SettingReport(msgspec.Struct, frozen=True, kw_only=True):
    """One setting that a step changes."""

    pointer: str
    """JSON pointer into the resource's body."""
    before: Any = None
    after: Any = None


class StepReport(msgspec.Struct, frozen=True, kw_only=True):
    """One request of the plan, with its reasons."""

    number: int
    """From 1, in the order in which steps begin."""
    wave: int
    """From 1. Steps of one wave may run side by side; a wave begins when the one before has ended."""
    summary: str
    request: RequestReport
    makes: bool
    """The resource is not there yet."""
    because: tuple[str, ...]
    """Findings that are broken without it, as `cloison check` names them: `S21-420e5e11`; of what an environment file
    asks for, its table: `[network]`."""
    settings: tuple[SettingReport, ...]
    """What it changes of a resource that is there; of an action what becomes of the resource; of a deletion all that
    can be written."""
    safety: SafetyWord
    why: str
    """Who may notice, or why nobody does."""
    closes: bool
    """It keeps somebody out who comes in today."""
    seconds: float
    """How long Azure usually takes."""
    base: dict[str, str] | None
    """What the resource is right before this step: prints of its settings by pointer; null where it is not there."""


class StandReport(msgspec.Struct, frozen=True, kw_only=True):
    """How one requirement stands for one subject."""

    requirement: str
    subject: str
    start: VerdictWord
    promised: VerdictWord
    """Once all steps are done."""


class EnvironmentPlan(msgspec.Struct, frozen=True, kw_only=True):
    """One workspace with one cluster."""

    workspace: str | None
    cluster: str
    start: VerdictWord
    promised: VerdictWord
    stands: tuple[StandReport, ...]
    """Requirements that are broken or unknown, and more than advice, at the start or at the end."""


class OptionReport(msgspec.Struct, frozen=True, kw_only=True):
    """Something that a person can do."""

    summary: str
    why: str
    target: str


class LeftReport(msgspec.Struct, frozen=True, kw_only=True):
    """What the plan does not mend."""

    finding: str
    """As `cloison check` names it; of what an environment file asks for, its table."""
    requirement: str
    """Its id; `file` for what an environment file asks for."""
    subject: str
    message: str
    kind: LeftWord
    """`manual`: not in place, or a choice; `unsafe`: no order is safe; `refused`: Azure would not take it; `later`: the
    next plan mends it; `unknown`: what decides was not read."""
    why: str
    options: tuple[OptionReport, ...] = ()


class WaveProof(msgspec.Struct, frozen=True, kw_only=True):
    """The state after one wave."""

    wave: int
    """0: before the first."""
    exposure: str
    """SHA-256 of who may come in to which service by its public address."""
    working: str
    """SHA-256 of how pods of every cluster reach every name."""


class ReachReport(msgspec.Struct, frozen=True, kw_only=True):
    """Names that pods of one pool reach, or may reach."""

    cluster: str
    pool: str
    names: dict[str, str]
    """How each is reached: `private`, `service-endpoint`, `public`, `unknown`."""


class OffenceReport(msgspec.Struct, frozen=True, kw_only=True):
    """A step that has no safe place in any order."""

    summary: str
    request: RequestReport
    why: str


class Proof(msgspec.Struct, frozen=True, kw_only=True):
    """What was tried on the predicted states."""

    proven: bool
    """After every prefix of the steps, and after every choice of steps within a wave: nobody comes in who was kept out
    at the start, and every name that pods reached, they reach, no less privately. At the end nothing is worse. Of a
    plan that takes a run back: nobody comes in who is kept out both at the start and before the run, and of the names
    that pods reach at the start and reached before the run they lose none."""
    states: int
    """States that were judged in search of the order."""
    prefixes: int
    """States that the order can come to: all choices of steps within each wave."""
    smallest: bool
    """No smaller set of these changes mends as much."""
    waves: tuple[WaveProof, ...]
    reached: tuple[ReachReport, ...] = ()
    """At the start; what is not told of is not reached."""
    offending: tuple[OffenceReport, ...] = ()
    """Steps that were left out for want of a safe place."""
    part: bool = False
    """What others have to do is split off: at the end a requirement may be broken that is not now, until they have."""


class OptionsReport(msgspec.Struct, frozen=True, kw_only=True):
    """What the person who planned asked for."""

    only: tuple[str, ...] = ()
    accept_asks: bool = False
    """Whoever planned has accepted that steps marked `asks` may interrupt somebody."""
    keep_public: bool = False
    private_endpoint_subnet: str | None = None
    dns_zones_in: str | None = None
    naming: str | None = None


class BackReport(msgspec.Struct, frozen=True, kw_only=True):
    """What a plan takes back: the run of another plan."""

    plan: str
    """Hash of that plan."""
    run: str
    """The run, as its journal calls it."""
    steps: tuple[int, ...]
    """Steps of that plan that were done, and are taken back in whole or in part."""
    opens: tuple[str, ...]
    """Services that will let in, by their public address, somebody who is kept out now."""
    less: tuple[str, ...]
    """Names that pods will reach less privately than now, or no longer, as before the run."""
    exact: bool
    """At the end everything is as exposed, and works, as before the run: the prints are those of that plan."""


class RecoverReport(msgspec.Struct, frozen=True, kw_only=True):
    """What a plan of `recover` has noted, so that the plans after it can go on where it ends."""

    round: int
    """From 1. A round ends when its plan is carried out and everything is read again."""
    restarts: str | None
    """The cluster that this run stops and starts; null: it found what it mends."""
    before: tuple[Before, ...]
    """How everything stood before the run began."""
    foresees: tuple[str, ...]
    """`METHOD path` of all that this plan and those after it may send: whoever agrees to it agrees to these."""


class PlanDocument(msgspec.Struct, frozen=True, kw_only=True):
    """Everything one plan says. `version` changes when a reader could misread the document."""

    version: str = VERSION
    tool: str
    inputs: tuple[str, ...]
    options: OptionsReport
    environments: tuple[EnvironmentPlan, ...]
    steps: tuple[StepReport, ...]
    left: tuple[LeftReport, ...]
    proof: Proof
    seconds: float
    """How long all waves usually take, one after the other."""
    back: BackReport | None = None
    """Of a plan that takes a run back: which."""
    recover: RecoverReport | None = None
    """Of a plan that puts right what a restart left."""
    digest: str = ""
    """SHA-256 of this document in canonical JSON, without this field."""

    @property
    def exit_code(self) -> int:
        """0: proven, and nothing is left that weighs; 1: not proven, or something is left."""
        return 0 if self.proof.proven and not self.left else 1

    @property
    def asks(self) -> int:
        """Steps that may interrupt somebody."""
        return sum(step.safety == "asks" for step in self.steps)


def sealed(document: PlanDocument) -> PlanDocument:
    """The document with its digest."""
    return msgspec.structs.replace(document, digest=digest(document))


def digest(document: PlanDocument) -> str:
    """SHA-256 of a document, whatever digest it bears."""
    return sha256(msgspec.structs.replace(document, digest=""))


def sha256(value: object) -> str:
    """SHA-256 of a value in canonical JSON: keys in order, no spaces, UTF-8."""
    return hashlib.sha256(msgspec.json.encode(value, order="deterministic")).hexdigest()
