"""What can go wrong with Azure Resource Manager, told apart by what a caller can do about it.

    ArmError
    ├── NotSignedIn      no token, or one that was refused
    ├── Unreachable      no answer: name, connection, TLS, proxy, time
    ├── BadAnswer        an answer that no caller can use: not JSON, too large, an impossible header
    ├── Foreign          an address that is not the one we were told; nothing was sent there
    ├── NotAllowed       ours: a write without a gate, or one the gate does not know
    └── Answered         ARM said no: status, code, message

Sources: Microsoft Learn, "Understand how Resource Manager errors are structured"; the RPC contract v1.0, "Error
responses"; error bodies recorded by azure-cli (2020-2023); checked 2026-11-24.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cloison.arm.hiding import hidden

RETRYABLE = frozenset(
    {
        "anotheroperationinprogress",
        "conflicterror",
        "internalservererror",
        "operationnotallowedduetoanotheroperation",
        "referencedresourcenotprovisioned",
        "requesttimeout",
        "retryableerror",
        "retryableerrorduetoanotheroperation",
        "serverbusy",
        "servertimeout",
        "serviceunavailable",
        "storageaccountoperationinprogress",
        "subscriptionrequeststhrottled",
        "toomanyrequests",
    }
)
"""Codes after which the same request may succeed later. The status alone does not tell: there are 429 that are no
throttling and 409 that are.
Sources: terraform-provider-azurerm #8135, #21293, #28715, #29351; azure-cli recordings; checked 2026-11-24."""

FINAL = frozenset(
    {"authorizationfailed", "linkedauthorizationfailed", "requestdisallowedbypolicy", "scopelocked"}
)
"""Codes that stay, whatever the status."""

BUSY_STATUSES = frozenset({408, 429, 500, 502, 503, 504})


class ArmError(Exception):
    """Something about ARM that stops a call. `retryable`: the same call may succeed later.

    Its text is shown and written down, so what has the form of a secret is not in it.
    """

    retryable = False

    def __init__(self, message: str = "") -> None:
        super().__init__(hidden(message))


class NotSignedIn(ArmError):
    """There is no token for this ARM, or it was refused and a fresh one too."""


class Unreachable(ArmError):
    """No answer came. A read may be tried again; whether a write happened is not known."""

    retryable = True


class BadAnswer(ArmError):
    """An answer that cannot be used. It is never guessed at."""


class Foreign(ArmError):
    """An address on another host than the pinned one. Nothing was sent there, a token least of all."""


class NotAllowed(ArmError):
    """A request that this client was not made for. Nothing was sent."""


class Answered(ArmError):
    """ARM refused the request.

    status: HTTP status; 200 where an operation failed in an answer of 200. code: ARM's, as written; '' without one.
    wait_s: what `Retry-After` asked for, None where it did not.
    """

    def __init__(
        self, status: int, code: str, message: str, details: Sequence[str] = (), wait_s: float | None = None
    ) -> None:
        super().__init__(f"{status} {code}: {message}" if code else f"{status}: {message}")
        self.status = status
        self.code = code
        self.message = hidden(message)
        self.details = tuple(details)
        self.wait_s = wait_s

    @property
    def retryable(self) -> bool:  # type: ignore[override]  # decided by its code
        """The code, or that of a detail, says so; without a code the status does."""
        codes = {code.lower() for code in (self.code, *self.details) if code}
        if codes & FINAL:
            return False
        if codes & RETRYABLE:
            return True
        return self.status in BUSY_STATUSES


def answered(status: int, body: Any, wait_s: float | None = None) -> Answered:
    """The error in an answer's body, with or without ARM's envelope; providers write both."""
    told = _lower(body)
    inner = told.get("error")
    if isinstance(inner, Mapping):
        told = _lower(inner)
    code = _text(told.get("code"))
    message = _text(told.get("message")) or "no message"
    details = tuple(_codes(told.get("details")))
    return Answered(status, code, message, details, wait_s)


def _codes(details: Any, depth: int = 4) -> list[str]:
    found: list[str] = []
    if not isinstance(details, list) or not depth:
        return found
    for one in details[:50]:
        told = _lower(one)
        if code := _text(told.get("code")):
            found.append(code)
        found += _codes(told.get("details"), depth - 1)
    return found


def _lower(value: Any) -> dict[str, Any]:
    return {str(name).lower(): inner for name, inner in value.items()} if isinstance(value, Mapping) else {}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
