"""Long-running operations: what an answer leaves to wait for, and waiting for it.

Azure-AsyncOperation is asked first: its body says how the operation stands. A lone Location answers 202 until the
end. An address on another host is not asked; the resource itself then tells. At the end the resource is read, because
an operation that `Succeeded` may leave a resource that is still `Updating`.
Sources: RPC contract v1.0, async API reference; terraform-provider-azurerm #30197; azure-cli recordings (private DNS:
202 while it runs, 200 with `Failed`; AKS: Location ends in 204); checked 2026-11-24.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from cloison.arm.client import Answer, Arm
from cloison.arm.errors import Answered, ArmError, Foreign, answered
from cloison.arm.gate import Sent
from cloison.arm.hosts import Host
from cloison.arm.waiting import polls, retry_after

ENDED = frozenset({"succeeded", "failed", "canceled", "cancelled"})


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """What has to be waited for. Plain data, so that a journal can keep it."""

    request: Sent
    operation: str = ""
    """Address of the Azure-AsyncOperation, when it lies on the pinned host."""
    location: str = ""
    """Address of the Location, likewise."""
    asked_s: float | None = None
    """The first `Retry-After`."""


class Late(ArmError):
    """The deadline passed while the operation was under way. It goes on in Azure; ask again with the same `Waiting`."""

    def __init__(self, waiting: Waiting, seconds: float) -> None:
        super().__init__(f"{waiting.request.method} {waiting.request.path} is not done after {seconds:.0f} s")
        self.waiting = waiting


def left(host: Host, request: Sent, answer: Answer, now: datetime | None = None) -> Waiting | None:
    """What the answer to a write leaves to wait for; None: it is done. now: to read dates by; None: the clock's."""
    operation = _own(host, answer.headers.get("azure-asyncoperation", ""))
    location = _own(host, answer.headers.get("location", "")) if answer.status == 202 else ""
    asked = retry_after(answer.headers, now or datetime.now(UTC))
    state = state_of(answer.body)
    if answer.status in (200, 201, 204) and not operation and (not state or state in ENDED):
        return None
    return Waiting(request=request, operation=operation, location=location, asked_s=asked)


async def wait(arm: Arm, waiting: Waiting, *, expected_s: float = 0.0, deadline_s: float = 3600.0) -> Any:
    """The resource as it is after the operation; None when it is gone or the operation was an action.

    expected_s: how long such an operation usually takes. Raises Answered when it failed, Late after the deadline.
    """
    start = time.monotonic()
    for pause in polls(expected_s, waiting.asked_s):
        if time.monotonic() + pause - start > deadline_s:
            raise Late(waiting, deadline_s)
        await arm.sleep(pause)
        ended, body = await _look(arm, waiting)
        if ended:
            return body
    raise AssertionError("polls never end")


async def _look(arm: Arm, waiting: Waiting) -> tuple[bool, Any]:
    """Whether the operation ended, and what it left."""
    if waiting.operation:
        if not ended(await arm.follow(waiting.operation)):
            return False, None
    elif waiting.location:
        told = await arm.follow(waiting.location)
        if told.status == 202:
            return False, None
    return await _settled(arm, waiting)


async def _settled(arm: Arm, waiting: Waiting) -> tuple[bool, Any]:
    """The resource, once it says itself that it is done."""
    request = waiting.request
    if request.method.upper() == "POST":
        return True, None
    try:
        body = (await arm.get(request.id.text, request.api_version)).body
    except Answered as problem:
        if problem.status == 404:
            # After a DELETE that is the end. After a PUT it is a replica that has not heard yet.
            return request.method.upper() == "DELETE", None
        raise
    state = state_of(body)
    if request.method.upper() == "DELETE":
        return False, None
    if state in ("failed", "canceled", "cancelled"):
        raise Answered(200, "ProvisioningFailed", f"{request.id.name} is {state} after {request.method}")
    return not state or state == "succeeded", body


def ended(answer: Answer) -> bool:
    """Whether an operation has succeeded, by the answer of its address. Raises Answered for one that did not."""
    state = _status(answer.body)
    if not state:
        # An answer without a status still says by its own: 202 goes on, 200 and 204 end.
        return answer.status != 202
    if state in ENDED and state != "succeeded":
        problem = answered(200, answer.body)
        raise problem if problem.code else Answered(200, state.capitalize(), "the operation says no more")
    return state in ENDED


def _status(body: Any) -> str:
    status = body.get("status") if isinstance(body, Mapping) else None
    return status.lower() if isinstance(status, str) else ""


def state_of(body: Any) -> str:
    """`provisioningState` in lower case; '' where there is none, which means done."""
    properties = body.get("properties") if isinstance(body, Mapping) else None
    state = properties.get("provisioningState") if isinstance(properties, Mapping) else None
    return state.lower() if isinstance(state, str) else ""


def _own(host: Host, link: str) -> str:
    """The address when it lies on the pinned host, else ''."""
    if not link:
        return ""
    try:
        return host.own(link)
    except Foreign:
        return ""
