"""Tokens: from Entra for Azure, from the emulator for the emulator, and never the one for the other.

Azure's come from azure-identity with its whole default chain. Nothing is stored, and no token is ever printed.
"""

from __future__ import annotations

import base64
import binascii
import time
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

import msgspec

from cloison.arm.errors import NotSignedIn
from cloison.arm.hosts import Host

EMULATOR_ISSUER = "cloison-emulator"
"""What the issuer of an emulator's token begins with, after its scheme and host; no Entra token has it."""
EARLY_S = 300.0
"""Seconds before its end from which on a token is taken anew: long enough for the longest single call."""


class Token(msgspec.Struct, frozen=True):
    """One bearer token. It shows nothing of itself."""

    text: str
    expires_s: float
    """Seconds since 1970."""

    def __repr__(self) -> str:
        return "<token>"


class TokenSource(Protocol):
    """Where tokens come from."""

    async def token(self, *, claims: str = "", fresh: bool = False) -> Token:
        """A token that holds for the next minutes. Raises NotSignedIn."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...


class Entra:
    """Tokens of Entra ID, by azure-identity's default chain: environment, workload and managed identity, az, …"""

    def __init__(self, host: Host, credential: Any = None) -> None:
        """credential: one of azure.identity.aio, None for the default chain. Raises NotSignedIn for a loopback host."""
        if host.is_loopback:
            raise NotSignedIn(f"{host} is this machine: a token of Azure is not sent to an emulator")
        self._scope = f"{host}/.default"
        self._credential = credential
        self._held: Token | None = None

    async def token(self, *, claims: str = "", fresh: bool = False) -> Token:
        """A token that holds for the next minutes. Raises NotSignedIn."""
        if (
            self._held is not None
            and not claims
            and not fresh
            and self._held.expires_s - EARLY_S > time.time()
        ):
            return self._held
        from azure.core.exceptions import AzureError

        credential = self._made()
        try:
            given = await credential.get_token(self._scope, **({"claims": claims} if claims else {}))
        except (AzureError, OSError) as problem:
            raise NotSignedIn(_first_line(str(problem))) from problem
        if is_emulators(given.token):
            raise NotSignedIn("the credential gave a token of an emulator; it is not sent to Azure")
        self._held = Token(given.token, float(given.expires_on))
        return self._held

    def _made(self) -> Any:
        if self._credential is None:
            # 0.15 s to import: only who reads Azure pays.
            from azure.identity.aio import DefaultAzureCredential

            self._credential = DefaultAzureCredential()
        return self._credential

    async def close(self) -> None:
        """Close the credential's connections."""
        if self._credential is not None:
            await self._credential.close()


class Emulator:
    """Tokens of an emulator on this machine, by the client credentials that every emulator takes."""

    def __init__(self, host: Host, fetch: Callable[[str, dict[str, str]], Awaitable[Any]]) -> None:
        """fetch: posts a form to a path of that host and gives the JSON. Raises NotSignedIn for any other host."""
        if not host.is_loopback:
            raise NotSignedIn(f"{host} is not this machine: an emulator runs nowhere else")
        self._host = host
        self._fetch = fetch
        self._held: Token | None = None

    async def token(self, *, claims: str = "", fresh: bool = False) -> Token:
        """A token that holds for the next minutes. Raises NotSignedIn, also for claims, which no emulator knows."""
        if claims:
            raise NotSignedIn(f"{self._host} asks for claims, which no emulator does")
        if self._held is None or fresh or self._held.expires_s - EARLY_S < time.time():
            form = {
                "grant_type": "client_credentials",
                "client_id": "cloison",
                "client_secret": "none",
                "scope": f"{self._host}/.default",
            }
            told = await self._fetch("/common/oauth2/v2.0/token", form)
            text = told.get("access_token") if isinstance(told, dict) else None
            if not isinstance(text, str) or not is_emulators(text):
                raise NotSignedIn(
                    f"{self._host} gave no token of an emulator; is another program listening there?"
                )
            self._held = Token(text, time.time() + float(told.get("expires_in", 3600)))
        return self._held

    async def close(self) -> None:
        """Nothing is open."""


def is_emulators(token: str) -> bool:
    """The token says that an emulator issued it. A token that cannot be read is taken for a real one."""
    parts = token.split(".")
    if len(parts) != 3:
        return False
    try:
        claims = msgspec.json.decode(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (msgspec.DecodeError, binascii.Error, ValueError):
        return False
    issuer = claims.get("iss") if isinstance(claims, dict) else None
    return isinstance(issuer, str) and f"/{EMULATOR_ISSUER}/" in f"{issuer}/"


def _first_line(text: str) -> str:
    """The first line of a library's message; the rest lists every credential it tried, with hints for its own users."""
    return text.strip().splitlines()[0][:300] if text.strip() else "no credential gave a token"
