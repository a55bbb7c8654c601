"""The emulator on the wire: TLS of its own authority, loopback only, connections that are cut, many clients at once."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import ssl
import stat
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from cryptography import x509

from cloison.emulator import Emulator
from cloison.emulator.faults import planned
from cloison.emulator.server import Server, in_background, serving
from cloison.emulator.signin import issued
from cloison.emulator.tls import authority
from cloison.model.errors import CloisonError
from tests.emulator.speaking import GROUP, NET, NETWORK, VERSION, of

QUERY = f"?api-version={VERSION}"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "state"


@asynccontextmanager
async def connected(server: Server, **headers: str) -> AsyncIterator[aiohttp.ClientSession]:
    """A session that trusts the server's authority and has a token."""
    trust = ssl.create_default_context(cafile=str(server.authority.file))
    token = issued(server.emulator.world, "https://localhost", "test")
    told = {"Authorization": f"Bearer {token}", **headers}
    connector = aiohttp.TCPConnector(ssl=trust, limit=0)
    async with aiohttp.ClientSession(server.url, connector=connector, headers=told) as session:
        yield session
    # TLS takes a turn or two to say goodbye. Source: aiohttp documentation, "Graceful Shutdown".
    await asyncio.sleep(0.1)


async def put(session: aiohttp.ClientSession, path: str, body: Any, **headers: str) -> int:
    async with session.put(path + QUERY, json=body, headers=headers) as answer:
        await answer.read()
        return answer.status


# --- where it listens ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address", ["0.0.0.0", "::", "", "10.0.0.1", "127.0.0.2", "example.com", "LOCALHOST"]
)
def test_it_listens_on_loopback_only(address: str, folder: Path) -> None:
    """Every other address is refused with a code, before anything listens."""
    with pytest.raises(CloisonError) as refused:
        Server(Emulator(), address=address, folder=folder)
    assert "E401" == refused.value.code


def test_its_sockets_are_loopback(folder: Path) -> None:
    """What it listens on are the loopback addresses, all on one port."""
    with in_background(folder=folder) as server:
        names = [one.getsockname()[:2] for one in server.sockets]
        assert {name for name, _ in names} <= {"127.0.0.1", "::1"}
        assert {server.port} == {port for _, port in names}


def test_a_taken_port_is_told(folder: Path) -> None:
    """A port that somebody else has ends in a coded error."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(CloisonError) as refused:
            Server(Emulator(), port=other.getsockname()[1], folder=folder)
    assert "E403" == refused.value.code


@pytest.mark.parametrize(
    "host", ["attacker.example", "localhost.attacker.example", "127.0.0.1.nip.io:9443", "0", ""]
)
def test_other_names_are_misdirected(host: str, folder: Path) -> None:
    """A page whose name was made to lead here does not get in, token or not."""

    async def asked() -> int:
        async with (
            serving(folder=folder) as server,
            connected(server, Host=host) as session,
            session.get(f"/subscriptions{QUERY}") as answer,
        ):
            return answer.status

    assert asyncio.run(asked()) in (400, 421)


# --- certificates ------------------------------------------------------------------------------------------------


def test_the_authority_stays_and_keeps_its_key(folder: Path) -> None:
    """The first start makes the authority, later ones use it; its key is its owner's alone."""
    first, second = authority(folder), authority(folder)
    assert first.certificate == second.certificate
    assert 0o600 == stat.S_IMODE((folder / "ca" / "ca.key").stat().st_mode)
    assert 0o700 == stat.S_IMODE(folder.stat().st_mode)


def test_the_authority_vouches_for_loopback_only(folder: Path) -> None:
    """The certificate itself says that the authority may sign nothing but the loopback names."""
    found = authority(folder).certificate.extensions.get_extension_for_class(x509.NameConstraints)
    permitted = found.value.permitted_subtrees or []
    assert found.critical
    assert ["localhost", "127.0.0.1/32", "::1/128"] == [str(one.value) for one in permitted]


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
def test_libraries_take_its_certificate(name: str, folder: Path) -> None:
    """A client that trusts the authority connects by either name; one that does not is told so."""
    with in_background(folder=folder) as server:
        trust = ssl.create_default_context(cafile=str(server.authority.file))
        for context, wanted in ((trust, True), (ssl.create_default_context(), False)):
            with socket.create_connection(("127.0.0.1", server.port)) as raw:
                try:
                    with context.wrap_socket(raw, server_hostname=name):
                        taken = True
                except ssl.SSLCertVerificationError:
                    taken = False
            assert wanted is taken


def test_a_broken_authority_is_made_anew(folder: Path) -> None:
    """Half a folder, as a crash leaves it, is replaced by a whole one."""
    authority(folder)
    (folder / "ca" / "ca.key").write_text("half", encoding="utf-8")
    authority(folder).serving(folder)


def test_the_bundle_has_the_systems_authorities(folder: Path) -> None:
    """Tools that read one file only still trust what the system trusts."""
    trusted = authority(folder)
    text = trusted.bundle().read_bytes()
    assert trusted.file.read_bytes() in text
    ssl.create_default_context(cadata=text.decode("utf-8", "ignore"))


# --- the wire ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One emulator for the tests that only cut connections."""
    with in_background(folder=tmp_path_factory.mktemp("state")) as server:
        yield server


@pytest.mark.parametrize("name", ["reset", "half-answer"])
def test_connections_are_cut(running: Server, name: str) -> None:
    """A client whose connection is cut sees no answer, or half of one, and never a whole one."""

    async def cut() -> None:
        async with connected(running) as session:
            await put(session, GROUP, {"location": "westeurope"})
            running.emulator.faults.waiting[:] = [planned(f"{name}:after@PUT *virtualNetworks*")]
            try:
                with pytest.raises(aiohttp.ClientError):
                    await put(session, NET, NETWORK)
            finally:
                running.emulator.faults.waiting.clear()
            async with session.get(NET + QUERY) as answer:
                assert 200 == answer.status

    asyncio.run(cut())


def test_a_short_answer_keeps_a_client_waiting(running: Server) -> None:
    """The head promises more than comes, so that only a deadline ends the wait."""

    async def waited() -> None:
        timeout = aiohttp.ClientTimeout(total=0.5)
        async with connected(running) as session:
            running.emulator.faults.waiting[:] = [planned("short-answer@GET")]
            try:
                with pytest.raises(TimeoutError):
                    async with session.get(f"/subscriptions{QUERY}", timeout=timeout) as answer:
                        await answer.read()
            finally:
                running.emulator.faults.waiting.clear()

    asyncio.run(waited())


def test_its_own_address_serves_tests(running: Server) -> None:
    """Over the wire faults can be set, the log read, and everything saved; with a token only."""

    async def used() -> None:
        async with connected(running) as session:
            async with session.post("/_cloison/faults", json={"faults": ["throttled@1"]}) as answer:
                assert 1 == (await answer.json())["waiting"]
            statuses = []
            for _ in range(2):
                async with session.get(f"/subscriptions{QUERY}") as answer:
                    statuses.append(answer.status)
            assert [429, 200] == statuses
            async with session.get("/_cloison/log") as answer:
                assert "throttled" in {one["fault"] for one in (await answer.json())["value"]}
            async with session.get("/_cloison/state") as answer:
                assert "snapshot/1" == (await answer.json())["cloison"]
            async with session.get("/_cloison/state", headers={"Authorization": ""}) as answer:
                assert 401 == answer.status
            async with session.get("/_cloison/health", headers={"Authorization": ""}) as answer:
                assert 200 == answer.status

    asyncio.run(used())


# --- many at once --------------------------------------------------------------------------------------------------


def test_two_hundred_clients_lose_nothing(folder: Path) -> None:
    """Two hundred clients write three resources each at the same time; all are there, each as it was written."""

    async def client(server: Server, session: aiohttp.ClientSession, number: int) -> None:
        for turn in range(3):
            path = of(f"Network/routeTables/t{number:03}-{turn}")
            body = {"location": "westeurope", "tags": {"client": str(number)}}
            assert 201 == await put(session, path, body)
            async with session.get(path + QUERY) as answer:
                assert str(number) == (await answer.json())["tags"]["client"]

    async def all_at_once() -> list[Any]:
        async with serving(folder=folder) as server, connected(server) as session:
            await put(session, GROUP, {"location": "westeurope"})
            await asyncio.gather(*(client(server, session, number) for number in range(200)))
            async with session.get(of("Network/routeTables") + QUERY) as answer:
                found: list[Any] = (await answer.json())["value"]
                return found

    names = {one["name"] for one in asyncio.run(all_at_once())}
    assert {f"t{number:03}-{turn}" for number in range(200) for turn in range(3)} == names


def test_conditional_writes_lose_no_update(folder: Path) -> None:
    """Clients that add one to a counter, each only where nobody was quicker, count every addition once."""

    async def add(session: aiohttp.ClientSession) -> None:
        while True:
            async with session.get(NET + QUERY) as answer:
                body = await answer.json()
            body["tags"] = {"count": str(int(body["tags"]["count"]) + 1)}
            status = await put(session, NET, body, **{"If-Match": body["etag"]})
            if status == 200:
                return
            assert 412 == status

    async def counted() -> str:
        async with serving(folder=folder) as server, connected(server) as session:
            await put(session, GROUP, {"location": "westeurope"})
            await put(session, NET, {**NETWORK, "tags": {"count": "0"}})
            await asyncio.gather(*(add(session) for _ in range(20)))
            async with session.get(NET + QUERY) as answer:
                return str((await answer.json())["tags"]["count"])

    assert "20" == asyncio.run(counted())


# --- the command ---------------------------------------------------------------------------------------------------


@pytest.mark.skipif(os.name == "nt", reason="signals are those of POSIX")
def test_the_command_ends_with_what_was_asked_of_it(folder: Path, tmp_path: Path) -> None:
    """`cloison emulator` says where it answers, and a signal ends it with the snapshot written and exit code 0."""
    saved = tmp_path / "saved.json"
    command = [sys.executable, "-m", "cloison", "emulator", "--port", "0", "--save", str(saved)]
    told = {**os.environ, "CLOISON_STATE": str(folder)}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=told
    ) as process:
        assert process.stdout is not None
        greeting = process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=20)
    assert greeting.startswith("Azure Resource Manager answers on https://127.0.0.1:")
    assert 0 == process.returncode, errors
    assert '"cloison": "snapshot/1"' in saved.read_text(encoding="utf-8")
