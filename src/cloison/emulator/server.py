"""The emulator on a socket: TLS, loopback addresses only, ready within a second, gone without losing an answer."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import tempfile
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, cast

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from cloison.emulator.app import App
from cloison.emulator.emulator import Emulator
from cloison.emulator.tls import Authority, authority, folder_of
from cloison.model.errors import CloisonError

ADDRESSES = ("127.0.0.1", "::1", "localhost")
"""Where it may listen. There is no way around this: everybody may do everything in it."""
DRAIN_S = 3
"""Seconds for answers that are under way when it is told to stop."""


class Server:
    """One emulator on one port."""

    def __init__(
        self,
        emulator: Emulator,
        *,
        port: int = 0,
        address: str = "localhost",
        folder: Path | None = None,
    ) -> None:
        """port: 0 for a free one. address: `localhost` is both loopback addresses.

        Raises CloisonError E401 for any other address, E403 for a port that is taken, E404 without certificates.
        """
        self.sockets = _sockets(address, port)
        self.emulator = emulator
        self.authority: Authority = authority(folder_of(folder))
        self._keys = tempfile.TemporaryDirectory(prefix="cloison-")
        certificate, key = self.authority.serving(Path(self._keys.name))
        app = App(emulator)
        config = uvicorn.Config(
            app,
            http=_protocol(app),
            ws="none",
            ssl_certfile=str(certificate),
            ssl_keyfile=str(key),
            log_level="warning",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=DRAIN_S,
            timeout_keep_alive=75,
        )
        self._server = _Quiet(config)

    @property
    def port(self) -> int:
        """Where it listens."""
        number: int = self.sockets[0].getsockname()[1]
        return number

    @property
    def url(self) -> str:
        """Scheme, address and port, as `--endpoint` takes them."""
        name = self.sockets[0].getsockname()[0]
        return f"https://{f'[{name}]' if ':' in name else name}:{self.port}"

    async def serve(self) -> None:
        """Serve until `stop`."""
        try:
            await self._server.serve(sockets=self.sockets)
        finally:
            for one in self.sockets:
                one.close()
            self._keys.cleanup()

    async def ready(self) -> None:
        """Return when connections are taken."""
        await self._server.begun.wait()

    def stop(self) -> None:
        """Take no more connections, and end when those that are open have their answers."""
        self._server.should_exit = True


class _Quiet(uvicorn.Server):
    """A server that leaves signals to whoever started it, and says when it has begun."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.begun = asyncio.Event()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        self.begun.set()


def _protocol(app: App) -> type[asyncio.Protocol]:
    """Uvicorn's, which besides tells the application what cuts each connection."""

    class Protocol(H11Protocol):
        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(cast(asyncio.Transport, _Whole(transport)))
            self._peer = _peer(transport)
            app.connections[self._peer] = transport

        def connection_lost(self, exc: Exception | None) -> None:
            super().connection_lost(exc)
            app.connections.pop(self._peer, None)

    return Protocol


class _Whole:
    """A transport that sends the head of an answer together with what follows it: one packet in place of two."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._head = b""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Send, or hold back a head until the end of this turn of the loop."""
        if not self._head and data.startswith(b"HTTP/1.1 "):
            self._head = data
            asyncio.get_running_loop().call_soon(self._flush)
            return
        head, self._head = self._head, b""
        self._transport.write(head + data if head else data)

    def _flush(self) -> None:
        if self._head and not self._transport.is_closing():
            head, self._head = self._head, b""
            self._transport.write(head)

    def close(self) -> None:
        """Send what is held back, and close."""
        self._flush()
        self._transport.close()


def _peer(transport: asyncio.Transport) -> tuple[str, int]:
    told: Any = transport.get_extra_info("peername") or ("", 0)
    return (str(told[0]), int(told[1]))


def _sockets(address: str, port: int) -> list[socket.socket]:
    if address not in ADDRESSES:
        raise CloisonError(
            "E401",
            f"the emulator does not listen on {address}",
            because="whoever reaches it may do everything in it, without a password",
            help="leave the address out, or name 127.0.0.1 or ::1; forward the port where another machine needs it",
        )
    if address != "localhost":
        return [_socket(address, port)]
    first = _socket("127.0.0.1", port)
    try:
        return [first, _socket("::1", first.getsockname()[1])]
    except (CloisonError, OSError):
        # A machine without IPv6, or one where somebody else has the port there: the first address is enough.
        return [first]


def _socket(address: str, port: int) -> socket.socket:
    made = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((address, port))
        made.listen(1024)
    except OSError as problem:
        made.close()
        raise CloisonError(
            "E403",
            f"port {port} of {address} is not free",
            because=(problem.strerror or str(problem)).lower(),
            help="name another with --port, or none for one that is free",
        ) from problem
    made.setblocking(False)
    return made


@contextlib.asynccontextmanager
async def serving(emulator: Emulator | None = None, **how: Any) -> AsyncIterator[Server]:
    """A running emulator within this event loop. how: as `Server` takes it."""
    server = Server(emulator or Emulator(), **how)
    task = asyncio.create_task(server.serve())
    ready = asyncio.create_task(server.ready())
    await asyncio.wait({task, ready}, return_when=asyncio.FIRST_COMPLETED)
    try:
        if task.done():
            task.result()
        yield server
    finally:
        ready.cancel()
        server.stop()
        await task


@contextlib.contextmanager
def in_background(emulator: Emulator | None = None, **how: Any) -> Iterator[Server]:
    """A running emulator in a thread of its own, for callers without an event loop. how: as `Server` takes it."""
    server = Server(emulator or Emulator(), **how)
    ready = threading.Event()
    failed: list[BaseException] = []

    async def run() -> None:
        task = asyncio.create_task(server.serve())
        first = asyncio.create_task(server.ready())
        await asyncio.wait({task, first}, return_when=asyncio.FIRST_COMPLETED)
        ready.set()
        first.cancel()
        await task

    def main() -> None:
        try:
            asyncio.run(run())
        except BaseException as problem:  # noqa: BLE001  # handed to the thread that waits, which raises it
            failed.append(problem)
            ready.set()

    thread = threading.Thread(target=main, name="cloison-emulator", daemon=True)
    thread.start()
    ready.wait()
    try:
        if failed:
            raise failed[0]
        yield server
    finally:
        server.stop()
        thread.join()
