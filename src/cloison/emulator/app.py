"""The emulator as an ASGI application: from the wire to a request, from an answer to the wire.

A request with another name in `Host` than loopback's is refused: a page in a browser may resolve its own name to this
machine, and must not get in by that.
Source: the DNS rebinding attack as described in OWASP's cheat sheets; checked 2026-11-24.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Mapping, MutableMapping
from typing import Protocol

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Message, Receive, Scope, Send

from cloison.emulator.emulator import Emulator
from cloison.emulator.wire import BODY_MAX, Answer, Asked, Fate, queried, single_slashes

_LOOPBACK = re.compile(r"(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?", re.IGNORECASE)
_SLOW_S = 2.0
_SLOW_PIECES = 20
_SILENCE_S = 30.0
"""How long a client is kept waiting for the rest of a body that is too short."""
_log = logging.getLogger("cloison.emulator")


class Transport(Protocol):
    """What can cut a connection."""

    def abort(self) -> None:
        """Cut it, without a word."""


class App:
    """The application. connections: what cuts each connection, by the client's address; the server fills it."""

    def __init__(self, emulator: Emulator) -> None:
        self.emulator = emulator
        self.connections: MutableMapping[tuple[str, int], Transport] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; ASGI's interface."""
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
            return
        request = Request(scope, receive)
        host = request.headers.get("host", "")
        if not _LOOPBACK.fullmatch(host):
            text = b'{"error":{"code":"MisdirectedRequest","message":"This server is localhost and nothing else."}}'
            await Response(text, 421, media_type="application/json")(scope, receive, send)
            return
        try:
            body = await _body(request)
        except ClientDisconnect:
            return
        await self._send(scope, receive, send, self._answered(request, host, body))

    def _answered(self, request: Request, host: str, body: bytes) -> Answer:
        asked = Asked(
            method=request.method,
            path=single_slashes(request.scope["path"]),
            query=queried(request.scope["query_string"].decode("latin-1")),
            headers={name.lower(): value for name, value in request.headers.items()},
            body=body,
            base=f"{request.scope['scheme']}://{host}",
        )
        try:
            return self.emulator.answer(asked)
        except Exception:  # noqa: BLE001  # nothing is above this but the server; it is reported
            # Nothing is above this but the server: the client is told, and so is whoever reads our output.
            _log.exception("bug: %s %s broke a promise of the emulator's own", asked.method, asked.path)
            error = {"code": "InternalServerError", "message": "The emulator broke a promise of its own."}
            return Answer(status=500, body={"error": error})

    async def _send(self, scope: Scope, receive: Receive, send: Send, answer: Answer) -> None:
        raw = b"" if answer.status == 204 or scope["method"] == "HEAD" else answer.raw()
        headers = dict(answer.headers)
        if raw:
            headers.setdefault("Content-Type", "application/json; charset=utf-8")
        match answer.fate:
            case Fate.ARRIVES:
                await Response(raw, answer.status, headers)(scope, receive, send)
            case Fate.SLOW:
                await StreamingResponse(_slowly(raw), answer.status, headers)(scope, receive, send)
            case Fate.RESET:
                self._cut(scope)
            case Fate.HALF:
                await _half(send, answer.status, headers, raw)
                self._cut(scope)
            case Fate.SHORT:
                await _half(send, answer.status, headers, raw)
                await _until_gone(receive)
                self._cut(scope)

    def _cut(self, scope: Scope) -> None:
        connection = self.connections.get(tuple(scope["client"]))
        if connection is not None:
            connection.abort()


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message: Message = await receive()
        kind = message["type"]
        await send({"type": f"{kind}.complete"})
        if kind == "lifespan.shutdown":
            return


async def _body(request: Request) -> bytes:
    """The body, or as much of it as shows that it is too long."""
    pieces: list[bytes] = []
    size = 0
    async for piece in request.stream():
        pieces.append(piece)
        size += len(piece)
        if size > BODY_MAX:
            break
    return b"".join(pieces)


async def _slowly(raw: bytes) -> AsyncIterator[bytes]:
    size = max(1, len(raw) // _SLOW_PIECES)
    for at in range(0, len(raw), size):
        await asyncio.sleep(_SLOW_S / _SLOW_PIECES)
        yield raw[at : at + size]


async def _half(send: Send, status: int, headers: Mapping[str, str], raw: bytes) -> None:
    """The head, which promises the whole body, and half of it."""
    told = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    told.append((b"content-length", str(len(raw)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": told})
    await send({"type": "http.response.body", "body": raw[: len(raw) // 2], "more_body": True})


async def _until_gone(receive: Receive) -> None:
    """Until the client hangs up, or has waited long enough."""
    try:
        async with asyncio.timeout(_SILENCE_S):
            while (await receive())["type"] != "http.disconnect":
                continue
    except TimeoutError:
        return
