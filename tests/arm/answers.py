"""A server on this machine that answers as told, over TLS, and remembers what it was sent."""

from __future__ import annotations

import base64
import datetime as dt
import ipaddress
import json
import ssl
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from cloison.arm.client import Arm
from cloison.arm.gate import Gate
from cloison.arm.tokens import EMULATOR_ISSUER

Told = tuple[int, dict[str, str], Any]
"""Status, headers, body: JSON, or bytes as they are."""


def token(issuer: str = f"https://127.0.0.1/{EMULATOR_ISSUER}/") -> str:
    claims = base64.urlsafe_b64encode(json.dumps({"iss": issuer}).encode()).decode().rstrip("=")
    return f"e30.{claims}.x"


class Server:
    """Answers one request after the other from a list; the last answer repeats."""

    def __init__(self, answers: Iterator[Told] | Callable[[web.Request], Told]) -> None:
        self.answers = answers
        self.last: Told = (500, {}, {"error": {"code": "Empty", "message": "no answer left"}})
        self.sent: list[tuple[str, str, Any]] = []
        self.authorizations: list[str] = []
        self.issuer = f"https://127.0.0.1/{EMULATOR_ISSUER}/"
        self.tokens = 0
        self.base = ""
        self.ca = Path()

    async def handle(self, request: web.Request) -> web.Response:
        body = await request.read()
        if request.path.endswith("/oauth2/v2.0/token"):
            self.tokens += 1
            return web.json_response({"access_token": token(self.issuer), "expires_in": 3600})
        self.sent.append((request.method, request.path_qs, json.loads(body) if body else None))
        self.authorizations.append(request.headers.get("Authorization", ""))
        if callable(self.answers):
            self.last = self.answers(request)
        else:
            self.last = next(self.answers, self.last)
        status, headers, told = self.last
        data = told if isinstance(told, bytes) else json.dumps(told).encode() if told is not None else b""
        return web.Response(status=status, headers=headers, body=data)


@asynccontextmanager
async def serving(
    tmp_path: Path, answers: Iterator[Told] | Callable[[web.Request], Told]
) -> AsyncIterator[Server]:
    server = Server(answers)
    server.ca = tmp_path / "ca.pem"
    context = _certificate(tmp_path)
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", server.handle)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context)
    await site.start()
    port = runner.addresses[0][1]
    server.base = f"https://127.0.0.1:{port}"
    try:
        yield server
    finally:
        await runner.cleanup()


async def at_once(seconds: float) -> None:
    """A sleep that does not."""


def client(server: Server, gate: Gate | None = None) -> Arm:
    return Arm(server.base, ca=server.ca, gate=gate, sleep=at_once)


def _certificate(folder: Path) -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "test")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "ca.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "ca.pem", folder / "key.pem")
    return context
