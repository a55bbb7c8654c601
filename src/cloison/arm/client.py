"""The client of Azure Resource Manager: reads freely, writes only through a gate, and trusts no address it is told.

Every call has a deadline. A read is tried again while its error says that this may help; a write is sent once, and
who sent it decides. An operation is followed by its own address when that lies on the pinned host, else by the
resource it changes.
Sources: RPC contract v1.0, async API reference; exchanges recorded by azure-cli (2020-2023); checked 2026-11-24.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import random
import re
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlencode

import aiohttp
import msgspec
from yarl import URL

from cloison.arm.errors import Answered, ArmError, BadAnswer, NotAllowed, NotSignedIn, Unreachable, answered
from cloison.arm.gate import Gate, Sent, reads_only, refuse_secrets
from cloison.arm.hosts import Host
from cloison.arm.tokens import Emulator, Entra, TokenSource
from cloison.arm.waiting import Quota, backoff, retry_after

PUBLIC_ARM = "https://management.azure.com"
ANSWER_MAX = 64 << 20
"""Bytes of one answer. The largest page of Resource Graph we know has 6 MB."""
PAGES_MAX = 100_000
REACH_TRIES = 3
"""Tries of a read that gets no answer at all: a host that is not there is told within seconds."""
IN_FLIGHT = 16
"""Reads at a time. A guess: enough to hide latency, far below ARM's 250."""

Sleep = Callable[[float], Awaitable[None]]


class Timing(msgspec.Struct, frozen=True, kw_only=True):
    """How long one call may take."""

    connect_s: float = 10.0
    answer_s: float = 60.0
    """From request to the end of its answer. ARM cuts calls at 60 seconds itself."""
    deadline_s: float = 180.0
    """For a read with all its tries."""


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """One answer that is no error."""

    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    body: Any = None
    """Decoded JSON; None without a body."""


class Arm:
    """One ARM, as an asynchronous context manager."""

    def __init__(
        self,
        base: str = PUBLIC_ARM,
        *,
        tokens: TokenSource | None = None,
        gate: Gate | None = None,
        ca: Path | None = None,
        timing: Timing | None = None,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        """base: scheme, name and port. tokens: None for the emulator's on this machine, else Entra's default chain.

        ca: a file of certificates to trust beside the system's. Proxies come from the environment. Raises Foreign
        for a base that is not https.
        """
        self.host = Host(base)
        self.timing = timing or Timing()
        self._tokens = tokens
        self._gate = gate
        self._ca = ca
        self.sleep = sleep
        self._quota = Quota()
        self._slots = asyncio.Semaphore(IN_FLIGHT)
        self._session: aiohttp.ClientSession | None = None
        self.calls = 0

    async def __aenter__(self) -> Self:
        timeout = aiohttp.ClientTimeout(total=self.timing.answer_s, sock_connect=self.timing.connect_s)
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(ssl=_trust(self._ca), limit=IN_FLIGHT * 2),
            timeout=timeout,
            # A proxy that is set for the machine must not see what stays on it.
            trust_env=not self.host.is_loopback,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=True,
        )
        if self._tokens is None:
            self._tokens = Emulator(self.host, self._form) if self.host.is_loopback else Entra(self.host)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()
        if self._tokens is not None:
            await self._tokens.close()

    # --- reading -----------------------------------------------------------------------------------------

    async def get(self, path: str, api_version: str, **query: str) -> Answer:
        """The answer to a GET of a path. Raises ArmError."""
        return await self._read("GET", self._url(path, api_version, query), None)

    async def ask(self, path: str, api_version: str, body: Mapping[str, Any]) -> Answer:
        """The answer to a POST that changes nothing: a query of Resource Graph. Raises NotAllowed for others."""
        refuse_secrets(path)
        if not reads_only(path):
            raise NotAllowed(f"POST {path} may change something; nothing was sent")
        return await self._read("POST", self._url(path, api_version, {}), body)

    async def pages(self, path: str, api_version: str, **query: str) -> AsyncIterator[list[Any]]:
        """The `value` of every page of a list, by `nextLink` on the pinned host only. Raises ArmError."""
        url = self._url(path, api_version, query)
        seen: set[str] = set()
        for _ in range(PAGES_MAX):
            seen.add(url)
            body = (await self._read("GET", url, None)).body
            if not isinstance(body, dict) or not isinstance(body.get("value"), list):
                raise BadAnswer(f"{path} answers no list of values")
            yield body["value"]
            link = body.get("nextLink")
            if not link:
                return
            if not isinstance(link, str):
                raise BadAnswer(f"{path} has a nextLink that is no text")
            url = self.host.own(link)
            if url in seen:
                raise BadAnswer(f"{path} leads back to a page that was read already")
        raise BadAnswer(f"{path} has more than {PAGES_MAX:,} pages")

    async def follow(self, link: str) -> Answer:
        """The answer to a GET of an address that an answer gave. Raises Foreign when it is not on the pinned host."""
        return await self._read("GET", self.host.own(link), None)

    # --- writing -----------------------------------------------------------------------------------------

    async def write(self, request: Sent, headers: Mapping[str, str] | None = None) -> Answer:
        """Send a request that changes something, once. Raises NotAllowed without a gate that knows it, or ArmError.

        After Unreachable it is not known whether it happened: look before sending it again.
        """
        if self._gate is None:
            raise NotAllowed(f"{request.method} {request.path}: this client only reads; nothing was sent")
        self._gate.check(request)
        url = self._url(request.path, request.api_version, request.query)
        return await self._once(request.method.upper(), url, request.body, dict(headers or {}))

    # --- one call ----------------------------------------------------------------------------------------

    def _url(self, path: str, api_version: str, query: Mapping[str, str]) -> str:
        refuse_secrets(path)
        return f"{self.host.url(path)}?{urlencode({'api-version': api_version, **query})}"

    async def _read(self, method: str, url: str, body: Any) -> Answer:
        """A read, tried again while that may help and the deadline allows."""
        end = 0.0
        attempt = 0
        while True:
            try:
                async with self._slots:
                    hold = self._quota.hold_s(time.monotonic())
                    if hold:
                        await self.sleep(hold)
                    # While a read waits for its turn among thousands, nothing of it has begun.
                    end = end or time.monotonic() + self.timing.deadline_s
                    return await self._once(method, url, body, {})
            except ArmError as problem:
                asked = problem.wait_s if isinstance(problem, Answered) else None
                # Spread only, nothing that has to be unguessable.
                wait = backoff(attempt, asked, random.random())  # noqa: S311
                attempt += 1
                silent = isinstance(problem, Unreachable) and attempt >= REACH_TRIES
                if silent or not problem.retryable or time.monotonic() + wait > end:
                    raise
                await self.sleep(wait)

    async def _once(self, method: str, url: str, body: Any, headers: dict[str, str]) -> Answer:
        """One request with a token; a second one only where the first token was refused."""
        assert self._tokens is not None, "use `async with`"
        token = await self._tokens.token()
        try:
            return await self._send(method, url, body, {**headers, "Authorization": f"Bearer {token.text}"})
        except _Refused401 as refused:
            fresh = await self._tokens.token(claims=refused.claims, fresh=True)
            told = {**headers, "Authorization": f"Bearer {fresh.text}"}
            try:
                return await self._send(method, url, body, told)
            except _Refused401 as again:
                raise NotSignedIn(f"{self.host} refuses the token: {again}") from again

    async def _send(self, method: str, url: str, body: Any, headers: dict[str, str]) -> Answer:
        assert self._session is not None, "use `async with`"
        data = msgspec.json.encode(body) if body is not None else None
        if data is not None:
            headers["Content-Type"] = "application/json"
        self.calls += 1
        try:
            async with self._session.request(
                method, _whole(url), data=data, headers=headers, allow_redirects=False
            ) as response:
                told = {name.lower(): value for name, value in response.headers.items()}
                raw = await _bounded(response)
        except (aiohttp.ClientError, TimeoutError, OSError, ssl.SSLError) as problem:
            raise Unreachable(_why(self.host, problem)) from problem
        self._quota.hear(told, time.monotonic())
        return _judged(response.status, told, raw)

    async def _form(self, path: str, form: dict[str, str]) -> Any:
        """Post a form to the pinned host, as token endpoints take it; the JSON of the answer."""
        assert self._session is not None, "use `async with`"
        try:
            async with self._session.post(
                _whole(self.host.url(path)), data=form, allow_redirects=False
            ) as response:
                raw = await _bounded(response)
                if response.status != 200:
                    raise NotSignedIn(f"{self.host} gives no token: {response.status}")
        except (aiohttp.ClientError, TimeoutError, OSError, ssl.SSLError) as problem:
            raise Unreachable(_why(self.host, problem)) from problem
        return _json(raw)


class _Refused401(ArmError):
    """The token was refused. claims: what a new one must satisfy, '' for nothing special."""

    def __init__(self, message: str, claims: str) -> None:
        super().__init__(message)
        self.claims = claims


def _whole(url: str) -> URL:
    """The address as it is: signed queries break when they are quoted anew."""
    return URL(url, encoded=True)


def _judged(status: int, headers: Mapping[str, str], raw: bytes) -> Answer:
    """The answer, or its error."""
    if 300 <= status < 400:
        raise BadAnswer(
            f"{status}: an ARM does not redirect; nothing was sent to {headers.get('location', '')[:60]!r}"
        )
    if status < 400:
        body = _json(raw) if raw.strip() else None
        return Answer(status=status, headers=headers, body=body)
    try:
        body = _json(raw)
    except BadAnswer:
        # A proxy or a front door answers in HTML; its status still counts.
        body = None
    if status == 401:
        raise _Refused401(str(answered(status, body)), _claims(headers.get("www-authenticate", "")))
    raise answered(status, body, retry_after(headers, datetime.now(UTC)))


def _claims(challenge: str) -> str:
    """The claims that a challenge asks for, decoded; '' without any.

    Source: Microsoft Learn, "Claims challenges, claims requests and client capabilities"; checked 2026-11-24.
    """
    found = re.search(r'claims="([A-Za-z0-9+/=_-]{1,8192})"', challenge)
    if found is None:
        return ""
    text = found.group(1)
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""


async def _bounded(response: aiohttp.ClientResponse) -> bytes:
    pieces: list[bytes] = []
    size = 0
    async for piece in response.content.iter_chunked(1 << 16):
        size += len(piece)
        if size > ANSWER_MAX:
            raise BadAnswer(f"an answer has more than {ANSWER_MAX >> 20} MB")
        pieces.append(piece)
    return b"".join(pieces)


def _json(raw: bytes) -> Any:
    try:
        return msgspec.json.decode(raw.removeprefix(b"\xef\xbb\xbf"))
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as problem:
        raise BadAnswer(f"an answer is not JSON: {problem}") from problem


def _trust(ca: Path | None) -> ssl.SSLContext:
    """The system's certificates, and those of the file. Raises NotSignedIn where the file holds none."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if ca is not None:
        try:
            context.load_verify_locations(cafile=str(ca))
        except (OSError, ssl.SSLError) as problem:
            raise Unreachable(f"{ca} holds no certificates that can be read: {problem}") from problem
    return context


def _why(host: Host, problem: BaseException) -> str:
    if isinstance(problem, TimeoutError):
        return f"{host} did not answer in time"
    return f"{host} cannot be reached: {str(problem) or type(problem).__name__}"
