"""Requests and answers as the emulator sees them: no sockets, no framework, so that a test can hand them over."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum
from typing import Any
from urllib.parse import parse_qsl, quote

import msgspec

from cloison.emulator.operations import Operation
from cloison.model.behaviour import Json, Refused

BODY_MAX = 4 << 20
"""Bytes of one request. Source: Microsoft Learn, "Azure subscription and service limits", 4 MB; checked 2026-11-24."""
ENCODER = msgspec.json.Encoder()


class Fate(Enum):
    """What happens to an answer on its way to the client."""

    ARRIVES = "arrives"
    RESET = "the connection is cut before the first byte"
    HALF = "the connection is cut within the body"
    SHORT = "the body ends before the length that the headers promise"
    SLOW = "the body comes in small pieces, some time apart"


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """One HTTP request."""

    method: str
    path: str
    """Decoded, with single slashes and none at its end."""
    query: Mapping[str, str] = {}
    """Names in lower case; of a name that comes twice the last."""
    headers: Mapping[str, str] = {}
    """Names in lower case."""
    body: bytes = b""
    base: str = "https://localhost"
    """Scheme, host and port that the client knows us by."""

    @classmethod
    def of(
        cls,
        method: str,
        target: str,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        base: str = "https://localhost",
    ) -> Asked:
        """A request from a path with its query. body: JSON, or bytes as they are."""
        path, _, query = target.partition("?")
        raw = body if isinstance(body, bytes) else b"" if body is None else ENCODER.encode(body)
        return cls(
            method=method.upper(),
            path=single_slashes(path),
            query=queried(query),
            headers={name.lower(): value for name, value in (headers or {}).items()},
            body=raw,
            base=base,
        )

    @property
    def version(self) -> str:
        """`api-version`, or ''."""
        return self.query.get("api-version", "")

    def json(self) -> Any:
        """The decoded body, None where there is none. Raises Refused as ARM does for what is no JSON."""
        return decoded(self.body)

    def object(self) -> Json:
        """The body as an object. Raises Refused for anything else, and for no body."""
        value = self.json()
        if not isinstance(value, dict):
            raise Refused(
                400,
                "InvalidRequestContent",
                "The request content was invalid and could not be deserialized: "
                + ("the body is empty." if value is None else "the outermost value is no object."),
            )
        return value


class Answer(msgspec.Struct, kw_only=True):
    """One HTTP answer."""

    status: int = 200
    body: Any = None
    """Anything JSON; None for an empty body; bytes as they are."""
    headers: dict[str, str] = {}
    fate: Fate = Fate.ARRIVES
    operation: Operation | None = None
    """The operation that the request began."""

    def raw(self) -> bytes:
        """The bytes of the body."""
        if self.body is None:
            return b""
        return self.body if isinstance(self.body, bytes) else ENCODER.encode(self.body)


def refusal(refused: Refused) -> Answer:
    """The answer that a refusal is."""
    return Answer(status=refused.status, body=refused.body)


def decoded(raw: bytes) -> Any:
    """JSON of a request's body; None for an empty one. Raises Refused as ARM does."""
    text = raw.removeprefix(b"\xef\xbb\xbf")
    if not text.strip():
        return None
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as problem:
        raise Refused(
            400,
            "InvalidRequestContent",
            f"The request content was invalid and could not be deserialized: '{problem}'.",
        ) from problem


_SLASHES = re.compile("//+")


def single_slashes(path: str) -> str:
    """The path as ARM reads it: `az resource create` sends two slashes where a parent would stand."""
    return (_SLASHES.sub("/", path) if "//" in path else path).rstrip("/") or "/"


def queried(text: str) -> dict[str, str]:
    """A query string by name in lower case."""
    return {name.lower(): value for name, value in parse_qsl(text, keep_blank_values=True)}


def link(base: str, path: str, **query: str) -> str:
    """An address of ours for a header or a `nextLink`. Names of the query: `api_version` stands for `api-version`."""
    pairs = [f"{_QUERY.get(name, name)}={quote(value, safe='')}" for name, value in query.items()]
    return f"{base}{quote(path, safe=_SAFE)}" + (f"?{'&'.join(pairs)}" if pairs else "")


_QUERY = {"api_version": "api-version"}
_SAFE = "/:@!$&'()*+,;=-._~"
