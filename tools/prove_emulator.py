"""Proves what the emulator promises: wrong requests break nothing, resources keep their rules, it starts at once.

    python tools/prove_emulator.py [REQUESTS]        default: 60000 wrong requests

Ends in one line with its figures; exit 1 when a promise is broken. Speeds are told and judged by nobody, but
the start: ready within a second, and within three where the machine has other work. The median of five counts.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import random
import ssl
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import NamedTuple

from cloison.arm.ids import ResourceId

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

READY_S = 1.0
STARTS = 5
IN_FLIGHT = 16


class Bad(NamedTuple):
    """What wrong requests came to."""

    sent: int
    refused: int
    broken: list[str]


def bad_requests(count: int) -> Bad:
    """Send wrong requests; every answer of 500, exception and change by a refused request is broken."""
    from tests.emulator import bad

    ground = bad.Ground()
    broken: list[str] = []
    statuses: Counter[int] = Counter()
    seed = random.SystemRandom().randrange(1 << 32)
    print(f"seed {seed}", flush=True)
    for asked in itertools.islice(bad.bad_requests(ground, seed), count):
        try:
            answer, same = ground.send(asked)
            bad.encodes(answer)
        except Exception as problem:  # noqa: BLE001  # counted, and the run goes on
            broken.append(f"{type(problem).__name__} {problem}: {bad.shown(asked)}")
            ground = bad.Ground()
            continue
        statuses[answer.status] += 1
        if answer.status >= 500 or (answer.status >= 400 and not same):
            broken.append(f"{answer.status}, the state {'stayed' if same else 'changed'}: {bad.shown(asked)}")
    for line in broken[:10]:
        print(line[:500])
    return Bad(count, sum(number for status, number in statuses.items() if status >= 400), broken)


def rules() -> int:
    """Search long for a sequence of requests that breaks one of the four rules; the number of sequences."""
    from hypothesis import HealthCheck, settings
    from hypothesis.stateful import run_state_machine_as_test

    from tests.emulator.test_rules import Rules

    examples = 300
    run_state_machine_as_test(
        Rules,
        settings=settings(
            max_examples=examples,
            stateful_step_count=60,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    return examples


def starts(folder: Path) -> float:
    """Seconds from the start of the command to its first line, which says that it answers: the median."""
    took: list[float] = []
    told = {**os.environ, "CLOISON_STATE": str(folder)}
    for _ in range(STARTS + 1):
        begin = time.perf_counter()
        command = [sys.executable, "-m", "cloison", "emulator", "--port", "0"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=told) as process:
            assert process.stdout is not None
            process.stdout.readline()
            took.append(time.perf_counter() - begin)
            process.terminate()
    # The first one compiles and makes the authority.
    return statistics.median(took[1:])


async def speeds(folder: Path) -> tuple[float, float, int]:
    """GET and PUT per second over TLS, and how many resources of 200 clients were lost."""
    import aiohttp

    from cloison.emulator import Emulator
    from cloison.emulator.server import serving
    from cloison.emulator.signin import issued
    from tests.emulator.speaking import GROUP, NETWORK, of

    async with serving(Emulator(), folder=folder) as server:
        trust = ssl.create_default_context(cafile=str(server.authority.file))
        token = issued(server.emulator.world, "https://localhost", "prove")
        headers = {"Authorization": f"Bearer {token}"}
        connector = aiohttp.TCPConnector(ssl=trust, limit=0)
        async with aiohttp.ClientSession(server.url, connector=connector, headers=headers) as session:

            async def put(path: str) -> None:
                body = NETWORK if path != GROUP else {"location": "westeurope"}
                async with session.put(f"{path}?api-version=2024-05-01", json=body) as answer:
                    await answer.read()
                    assert answer.status in (200, 201), answer.status

            async def get(path: str) -> None:
                async with session.get(f"{path}?api-version=2024-05-01") as answer:
                    await answer.read()
                    assert answer.status == 200, answer.status

            await put(GROUP)
            paths = [of(f"Network/virtualNetworks/n{number:04}") for number in range(2000)]
            writes = await _rate(put, paths, IN_FLIGHT)
            reads = await _rate(get, paths * 2, IN_FLIGHT)
            many = [of(f"Network/virtualNetworks/c{number:04}") for number in range(2000)]
            await _rate(put, many, 200)
            lost = sum(1 for path in many if server.emulator.world.operations.show(ResourceId(path)) is None)
        await asyncio.sleep(0.2)
    return reads, writes, lost


async def _rate(do: Callable[[str], Awaitable[None]], paths: list[str], clients: int) -> float:
    left = iter(paths)

    async def client() -> None:
        for path in left:
            await do(path)

    begin = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(clients)))
    return len(paths) / (time.perf_counter() - begin)


def main(arguments: list[str]) -> int:
    """Run all; the exit code."""
    count = int(arguments[0]) if arguments else 60_000
    begin = time.perf_counter()
    found = bad_requests(count)
    print(
        f"{found.sent:,} wrong requests, {found.refused:,} refused, {len(found.broken)} broken promises",
        flush=True,
    )
    sequences = rules()
    print(f"{sequences} sequences of up to 60 requests keep the four rules", flush=True)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "state"
        ready = starts(folder)
        reads, writes, lost = asyncio.run(speeds(folder))
    print(
        f"{found.sent:,} wrong requests, {len(found.broken)} broken; {sequences} sequences keep the rules; ready in "
        f"{ready:.2f} s; {reads:,.0f} GET/s, {writes:,.0f} PUT/s; 200 clients lost {lost} of 2,000; "
        f"{time.perf_counter() - begin:.0f} s"
    )
    return 1 if found.broken or lost or ready > READY_S * 3 else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
