"""How fast a live ARM is read, and how fast the emulator answers: both in processes of their own on this machine.

The emulator is the slower half on purpose of nobody: what counts is the share of the time that is ours, and what
Azure's own throttles would allow for the same calls.
"""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import estates

from cloison.arm.client import Arm
from cloison.arm.gate import Gate, Sent
from cloison.arm.ids import ResourceId
from cloison.arm.waiting import READS, READS_A_SECOND
from cloison.sources import ReadOptions, read

SUBSCRIPTION = re.compile(rb"/subscriptions/([0-9a-f-]{36})")
QUERIES_A_SECOND = 3.0
"""Queries of Resource Graph: 15 in five seconds. Source: Microsoft Learn, guidance for throttled requests."""
TICKS = os.sysconf("SC_CLK_TCK")
API = "2024-05-01"


class Running:
    """An emulator with an estate in it."""

    def __init__(self, process: subprocess.Popen[str], url: str, ca: Path) -> None:
        self.process = process
        self.url = url
        self.ca = ca

    def cpu_s(self) -> float:
        """Seconds of processor time that it has used."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def peak_mb(self) -> float:
        """Its peak memory."""
        found = re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{self.process.pid}/status").read_text())
        return int(found.group(1)) / 1024 if found else 0.0


@contextmanager
def emulator(environments: int) -> Iterator[tuple[Running, str]]:
    """An emulator with that many environments; and their subscription."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "estate.json"
        estates.write(environments, path)
        found = Counter(SUBSCRIPTION.findall(path.read_bytes()))
        subscription = found.most_common(1)[0][0].decode()
        variables = {**os.environ, "CLOISON_STATE": folder, "PYTHONUNBUFFERED": "1"}
        command = [sys.executable, "-m", "cloison", "emulator", "--port", "0", "--address", "127.0.0.1"]
        process = subprocess.Popen(
            [*command, "--load", str(path)],
            env=variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        try:
            assert process.stdout is not None
            url = ""
            for line in process.stdout:
                told = re.search(r"https://[\w.\[\]:]+:\d+", line)
                if told:
                    url = told.group()
                    break
            ca = next(Path(folder).rglob("ca.pem"))
            yield Running(process, url, ca), subscription
        finally:
            process.terminate()
            process.wait(30)


def requests(running: Running, subscription: str, count: int) -> tuple[float, float]:
    """GETs and PUTs a second, 32 at a time."""

    async def all_of(arm: Arm, call: object, total: int) -> float:
        slots = asyncio.Semaphore(32)

        async def one(number: int) -> None:
            async with slots:
                await call(arm, number)  # type: ignore[operator]

        start = time.perf_counter()
        await asyncio.gather(*(one(number) for number in range(total)))
        return total / (time.perf_counter() - start)

    group = f"/subscriptions/{subscription}/resourceGroups/bench"
    made = Sent(method="PUT", id=ResourceId(group), api_version="2024-03-01", body={"location": "westeurope"})
    base = f"{group}/providers/Microsoft.Network/applicationSecurityGroups/a"
    puts = [
        Sent(method="PUT", id=ResourceId(f"{base}{number}"), api_version=API, body={"location": "westeurope"})
        for number in range(count)
    ]

    async def run() -> tuple[float, float]:
        async with Arm(running.url, ca=running.ca, gate=Gate([made, *puts])) as arm:
            await arm.write(made)
            written = await all_of(arm, lambda arm, number: arm.write(puts[number]), count)
            read_ = await all_of(arm, lambda arm, number: arm.get(puts[number].id.text, API), count)
            return read_, written

    return asyncio.run(run())


def figures(environments: int, count: int) -> list[str]:
    """Lines for people."""
    with emulator(environments) as (running, subscription):
        got, put = requests(running, subscription, count)
        before, own = running.cpu_s(), time.process_time()
        start = time.perf_counter()
        options = ReadOptions(endpoint=running.url, ca=str(running.ca))
        snapshot = read([f"azure:{subscription}"], options)
        seconds = time.perf_counter() - start
        own, theirs = time.process_time() - own, running.cpu_s() - before
        peak = running.peak_mb()
    calls = _calls(len(snapshot.resources), environments)
    least = max(0.0, calls - READS) / READS_A_SECOND
    return [
        f"{got:>9,.0f} GETs a second, {put:,.0f} PUTs a second, 32 at a time",
        f"{seconds:>9.1f} s to read {len(snapshot.resources):,} resources of {environments:,} environments",
        f"{100 * own / (own + theirs):>8.0f} % of the processor time is the reader's, the rest the emulator's",
        f"{peak:>9.0f} MB at most in the emulator",
        f"{least:>9.1f} s at the least, if Azure's throttles took about {calls:,} reads",
    ]


def _calls(resources: int, environments: int) -> int:
    """About how many calls a reading takes: pages of 1,000 rows, and the lists that no table has."""
    return resources // 1000 + 25 * environments
