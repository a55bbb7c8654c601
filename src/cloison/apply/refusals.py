"""What an error of a write means: may it have happened, may it be sent again, or is a person needed.

Sources: terraform-provider-azurerm #8135, #21293, #28715, #29351, #1635, #18268; ARM RPC contract v1.0; exchanges
recorded by azure-cli (2020-2023); checked 2026-11-24.
"""

from __future__ import annotations

from enum import Enum

from cloison.arm.errors import Answered, ArmError, NotAllowed, NotSignedIn


class Meaning(Enum):
    """What an error means for the request that it answers."""

    BUSY = "refused for now: something else is under way, or too much was asked"
    UNCLEAR = "whether it happened is not known"
    LAGGING = "refused, because something made a moment ago is not known everywhere yet"
    STALE = "refused: the resource is another one than was looked at"
    SIGN_IN = "refused: somebody has to sign in"
    FINAL = "refused for good"


LAGS = frozenset({"principalnotfound", "resourcenotfound", "parentresourcenotfound", "resourcegroupnotfound"})
STALE = frozenset({"preconditionfailed"})
BUSY_WORDS = ("in progress", "queued")
"""Words of a 409 that passes: private DNS says `Conflict`, AKS `OperationNotAllowed`, for that and for other things."""
UNCLEAR_STATUSES = frozenset({408, 500, 502, 503, 504})
"""Statuses after which a provider may go on with what it was given."""


def meaning(problem: ArmError) -> Meaning:
    """What the error of a write means."""
    if isinstance(problem, NotSignedIn):
        return Meaning.SIGN_IN
    if isinstance(problem, NotAllowed):
        return Meaning.FINAL
    if not isinstance(problem, Answered):
        # No answer, or one that cannot be used: it may have happened all the same.
        return Meaning.UNCLEAR
    code = problem.code.lower()
    if problem.status == 412 or code in STALE:
        return Meaning.STALE
    if problem.status == 407:
        return Meaning.SIGN_IN
    if problem.status in UNCLEAR_STATUSES and problem.retryable:
        return Meaning.UNCLEAR
    if problem.retryable or (problem.status == 409 and _says_busy(problem.message)):
        return Meaning.BUSY
    if code in LAGS or (problem.status == 404 and not code):
        return Meaning.LAGGING
    return Meaning.FINAL


def _says_busy(message: str) -> bool:
    return any(words in message.lower() for words in BUSY_WORDS)


def advice(problem: ArmError) -> str:
    """What a person can do about an error that stays."""
    code = problem.code.lower() if isinstance(problem, Answered) else ""
    return _ADVICE.get(code, "see what it says, then go on with --resume, or plan again")


_ADVICE = {
    "": "see what stands between here and Azure, then go on with --resume",
    "authorizationfailed": "ask for that right (cloison roles --plan tells all), then go on with --resume",
    "linkedauthorizationfailed": "ask for that right on what it names, then go on with --resume",
    "requestdisallowedbypolicy": "ask whoever owns the policy for an exemption, then go on with --resume",
    "scopelocked": "have the lock removed, then go on with --resume",
    "quotaexceeded": "have the quota raised, then go on with --resume",
    "missingsubscriptionregistration": "register the provider (az provider register), then go on with --resume",
}
