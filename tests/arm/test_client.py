"""The client reads until it has an answer or a reason, and writes only what its gate knows."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from aiohttp import web

from cloison.arm.client import Arm, Timing
from cloison.arm.errors import Answered, BadAnswer, NotAllowed, NotSignedIn, Unreachable, answered
from cloison.arm.gate import Gate, Sent
from cloison.arm.ids import ResourceId
from cloison.arm.operations import left, wait
from tests.arm.answers import Server, Told, client, serving

VNET = ResourceId("/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v")
PUT = Sent(method="PUT", id=VNET, api_version="1", body={"location": "westeurope"})
BUSY: Told = (429, {"Retry-After": "1"}, {"error": {"code": "TooManyRequests", "message": "slow down"}})
DONE: Told = (200, {}, {"properties": {"provisioningState": "Succeeded"}})


def run(
    tmp_path: Path,
    answers: list[Told] | Callable[[web.Request], Told],
    does: Callable[[Arm, Server], Coroutine[Any, Any, Any]],
    gate: Gate | None = None,
) -> tuple[Any, Server]:
    async def inner() -> tuple[Any, Server]:
        told = answers if callable(answers) else iter(answers)
        async with serving(tmp_path, told) as server, client(server, gate) as arm:
            return await does(arm, server), server

    return asyncio.run(inner())


def test_a_busy_arm_is_asked_again(tmp_path: Path) -> None:
    """A read that is throttled, or meets an operation under way, is sent again until it is answered."""
    other = (409, {}, {"error": {"code": "AnotherOperationInProgress", "message": "wait"}})
    answer, server = run(tmp_path, [BUSY, other, DONE], lambda arm, _: arm.get(VNET.text, "1"))
    assert 200 == answer.status
    assert 3 == len(server.sent)


def test_a_deadline_begins_with_the_first_try(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A read that waits its turn behind many others still has its whole time for trying again."""
    rare = Timing(deadline_s=30.0)
    # A clock that only the server moves: a second for each request, however fast this machine is.
    now = 0.0
    monkeypatch.setattr("cloison.arm.client.time", SimpleNamespace(monotonic=lambda: now))
    busy = (
        429,
        {"x-ms-retry-after-ms": "10"},
        {"error": {"code": "TooManyRequests", "message": "slow down"}},
    )
    seen: set[str] = set()

    def told(request: web.Request) -> Told:
        nonlocal now
        now += 1.0
        fresh = request.path not in seen
        seen.add(request.path)
        return busy if fresh else DONE

    async def inner() -> list[int]:
        async with serving(tmp_path, told) as server, Arm(server.base, ca=server.ca, timing=rare) as arm:
            reads = [arm.get(f"{VNET.text}{number}", "1") for number in range(150)]
            return [answer.status for answer in await asyncio.gather(*reads)]

    assert [200] * 150 == asyncio.run(inner())


def test_a_final_no_is_no(tmp_path: Path) -> None:
    """A 403 is not tried again, and neither is a 429 whose code says that waiting does not help."""
    for status in (403, 429):
        no = (status, {}, {"error": {"code": "AuthorizationFailed", "message": "no"}})

        async def asks(arm: Arm, server: Server) -> None:
            with pytest.raises(Answered) as caught:
                await arm.get(VNET.text, "1")
            assert "AuthorizationFailed" == caught.value.code

        _, server = run(tmp_path, [no, DONE], asks)
        assert 1 == len(server.sent)


def test_a_write_is_sent_once(tmp_path: Path) -> None:
    """A write that is refused is not sent again by the client: who sent it has to look first."""

    async def writes(arm: Arm, server: Server) -> None:
        with pytest.raises(Answered) as caught:
            await arm.write(PUT)
        assert caught.value.retryable

    _, server = run(tmp_path, [BUSY, DONE], writes, Gate([PUT]))
    assert 1 == len(server.sent)


@pytest.mark.parametrize(
    "request_",
    [
        Sent(method="PUT", id=VNET, api_version="1", body={"location": "northeurope"}),
        Sent(method="PUT", id=VNET, api_version="2", body={"location": "westeurope"}),
        Sent(
            method="PUT", id=VNET, api_version="1", body={"location": "westeurope"}, query={"force": "true"}
        ),
        Sent(method="DELETE", id=VNET, api_version="1"),
        Sent(method="PATCH", id=VNET, api_version="1", body={"location": "westeurope"}),
        Sent(method="POST", id=VNET, action="start", api_version="1"),
        Sent(method="PUT", id=VNET.child("subnets", "s"), api_version="1", body={"location": "westeurope"}),
    ],
)
def test_the_gate_knows_whole_requests(request_: Sent, tmp_path: Path) -> None:
    """A request that differs in method, path, version or body from every one of the plan is not sent."""

    async def writes(arm: Arm, server: Server) -> None:
        with pytest.raises(NotAllowed):
            await arm.write(request_)

    _, server = run(tmp_path, [DONE], writes, Gate([PUT]))
    assert [] == server.sent


def test_without_a_gate_nothing_is_written(tmp_path: Path) -> None:
    """A client that was made for reading refuses every write and every POST that may change something."""

    async def writes(arm: Arm, server: Server) -> None:
        with pytest.raises(NotAllowed):
            await arm.write(PUT)
        with pytest.raises(NotAllowed):
            await arm.ask(f"{VNET.text}/start", "1", {})
        await arm.ask("/providers/Microsoft.ResourceGraph/resources", "1", {"query": "Resources"})

    _, server = run(tmp_path, [DONE], writes)
    assert ["POST"] == [method for method, _, _ in server.sent]


@pytest.mark.parametrize(
    "action",
    ["listKeys", "listkeys", "listCredentials", "listAccountSas", "listClusterAdminCredential",
     "listClusterUserCredential", "regenerateKey", "listConnectionStrings"],
)  # fmt: skip
def test_secrets_are_never_asked_for(action: str, tmp_path: Path) -> None:
    """What answers with secrets is refused even when a plan would ask for it."""
    sent = Sent(method="POST", id=VNET, action=action, api_version="1")

    async def asks(arm: Arm, server: Server) -> None:
        with pytest.raises(NotAllowed):
            await arm.write(sent)
        with pytest.raises(NotAllowed):
            await arm.ask(f"{VNET.text}/{action}", "1", {})
        with pytest.raises(NotAllowed):
            await arm.get(f"{VNET.text}/{action}", "1")

    _, server = run(tmp_path, [DONE], asks, Gate([sent]))
    assert [] == server.sent


def test_pages_are_followed_to_the_end(tmp_path: Path) -> None:
    """A list is read page by page, on the host that was named."""

    def answer(request: web.Request) -> Told:
        page = int(request.query.get("page", "0"))
        link = f"https://{request.host}/list?api-version=1&page={page + 1}"
        return 200, {}, {"value": [page], **({"nextLink": link} if page < 3 else {})}

    async def reads(arm: Arm, _: Server) -> list[Any]:
        return [one async for page in arm.pages("/list", "1") for one in page]

    found, _ = run(tmp_path, answer, reads)
    assert [0, 1, 2, 3] == found


def test_a_list_that_leads_in_a_circle_ends(tmp_path: Path) -> None:
    """A next link to a page that was read already is an error, not an endless list."""

    async def reads(arm: Arm, _: Server) -> None:
        with pytest.raises(BadAnswer):
            _ = [page async for page in arm.pages("/list", "1")]

    run(tmp_path, lambda _: (200, {}, {"value": [], "nextLink": "/list?api-version=1"}), reads)


def test_an_old_token_is_renewed_once(tmp_path: Path) -> None:
    """A 401 makes the client take a new token; a second one ends in `not signed in`."""
    stale: Told = (401, {"WWW-Authenticate": "Bearer"}, {"error": {"code": "ExpiredAuthenticationToken"}})
    _, server = run(tmp_path, [stale, DONE], lambda arm, _: arm.get(VNET.text, "1"))
    assert 2 == server.tokens

    async def refused(arm: Arm, _: Server) -> None:
        with pytest.raises(NotSignedIn):
            await arm.get(VNET.text, "1")

    run(tmp_path, [stale, stale, DONE], refused)


def test_a_token_of_azure_is_not_taken_from_this_machine(tmp_path: Path) -> None:
    """A server on this machine that gives a token which is no emulator's is not believed."""

    async def inner() -> list[str]:
        async with serving(tmp_path, iter([DONE])) as server, client(server) as arm:
            server.issuer = "https://sts.windows.net/tenant/"
            with pytest.raises(NotSignedIn):
                await arm.get(VNET.text, "1")
            return server.authorizations

    assert [] == asyncio.run(inner())


@pytest.mark.parametrize(
    "told",
    [
        (200, {}, b"<html>"),
        (200, {}, b'{"a": '),
        (200, {}, b"[" * 100_000),
        (200, {}, b"\xff\xfe"),
        (302, {"Location": "/elsewhere"}, None),
    ],
    ids=["html", "cut short", "deep", "no text", "redirect"],
)
def test_answers_that_cannot_be_used(told: Told, tmp_path: Path) -> None:
    """What is no JSON, or leads elsewhere, is an error of its own and never a guess."""

    async def reads(arm: Arm, _: Server) -> None:
        with pytest.raises(BadAnswer):
            await arm.get(VNET.text, "1")

    run(tmp_path, [told], reads)


def test_nobody_listens() -> None:
    """A host that does not answer is unreachable, and says so."""

    async def reads() -> None:
        async def quick(_: float) -> None:
            raise asyncio.CancelledError

        async with Arm("https://127.0.0.1:9", sleep=quick) as arm:
            with pytest.raises(Unreachable, match=r"127\.0\.0\.1:9"):
                await arm._form("/token", {})

    asyncio.run(reads())


OPERATION = "/subscriptions/s/providers/Microsoft.Network/locations/westeurope/operations/1?api-version=1"


def operation(answers: list[Told], resource: list[Told]) -> Callable[[web.Request], Told]:
    """A write that takes time; what its operation and its resource answer, the last one again and again."""
    polled, read = iter(answers), iter(resource)
    last: dict[str, Told] = {}

    def answer(request: web.Request) -> Told:
        if request.method != "GET":
            return 201, {"Azure-AsyncOperation": f"https://{request.host}{OPERATION}"}, {}
        which = "operation" if "/operations/" in request.path else "resource"
        source = polled if which == "operation" else read
        last[which] = next(source, last.get(which, DONE))
        return last[which]

    return answer


async def _written(arm: Arm, _: Server) -> Any:
    waiting = left(arm.host, PUT, await arm.write(PUT))
    assert waiting is not None
    return await wait(arm, waiting)


def test_an_operation_is_followed_to_its_end(tmp_path: Path) -> None:
    """The operation is asked until it ends, then the resource until it says so itself."""
    updating: Told = (200, {}, {"properties": {"provisioningState": "Updating"}})
    under_way: list[Told] = [(200, {}, {"status": "InProgress"}), (202, {}, {}), BUSY]
    answers = operation([*under_way, (200, {}, {"status": "Succeeded"})], [updating, DONE])
    body, _ = run(tmp_path, answers, _written, Gate([PUT]))
    assert {"properties": {"provisioningState": "Succeeded"}} == body


def test_a_failure_may_come_in_an_answer_of_200(tmp_path: Path) -> None:
    """Private DNS tells a failed precondition as a failed operation in a 200; it is a failure all the same."""
    failed = {
        "status": "Failed",
        "error": {"code": "PreconditionFailed", "message": "modified (etag mismatch)"},
    }

    async def writes(arm: Arm, server: Server) -> None:
        with pytest.raises(Answered) as caught:
            await _written(arm, server)
        assert "PreconditionFailed" == caught.value.code

    run(
        tmp_path,
        operation([(202, {}, {"status": "InProgress"}), (200, {}, failed)], [DONE]),
        writes,
        Gate([PUT]),
    )


def test_a_replica_that_has_not_heard_yet(tmp_path: Path) -> None:
    """A 404 after a successful PUT is not an absence: the resource is asked again."""
    missing: Told = (404, {}, {"error": {"code": "ResourceNotFound", "message": "gone"}})
    answers = operation([(200, {}, {"status": "Succeeded"})], [missing, missing, DONE])
    body, _ = run(tmp_path, answers, _written, Gate([PUT]))
    assert "Succeeded" == body["properties"]["provisioningState"]


def test_errors_come_with_and_without_envelope() -> None:
    """Both forms of error body give the same code, and details decide whether to try again."""
    bare = {"code": "PreconditionFailed", "message": "modified"}
    assert answered(412, bare).code == answered(412, {"error": bare}).code
    nested = {
        "error": {"code": "X", "message": "", "details": [{"code": "ReferencedResourceNotProvisioned"}]}
    }
    assert answered(400, nested).retryable
    assert not answered(400, {"error": {"code": "X"}}).retryable
    assert answered(503, "<html>").retryable
