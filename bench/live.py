"""How fast a live ARM is read, and how fast the emulator answers: both in processes of their own on this machine.

The emulator is the slower half on purpose of nobody: what counts is the share of the time that is ours, and what
Azure's own throttles would allow for the same calls.
"""

from __future__ import annotations

import asyncio
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

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


class Rate(NamedTuple):
    """How requests of one kind are answered."""

    a_second: float
    ms: float
    """Processor time of the emulator for each, in milliseconds."""


def requests(running: Running, subscription: str, count: int) -> tuple[Rate, Rate]:
    """GETs and PUTs, 32 at a time: of small resources, and of accounts whose names are the whole world's."""

    async def all_of(arm: Arm, call: object, total: int) -> Rate:
        slots = asyncio.Semaphore(32)

        async def one(number: int) -> None:
            async with slots:
                await call(arm, number)  # type: ignore[operator]

        start, before = time.perf_counter(), running.cpu_s()
        await asyncio.gather(*(one(number) for number in range(total)))
        return Rate(total / (time.perf_counter() - start), 1000 * (running.cpu_s() - before) / total)

    group = f"/subscriptions/{subscription}/resourceGroups/bench"
    made = Sent(method="PUT", id=ResourceId(group), api_version="2024-03-01", body={"location": "westeurope"})
    puts = [_put(group, number) for number in range(count)]

    async def run() -> tuple[Rate, Rate]:
        async with Arm(running.url, ca=running.ca, gate=Gate([made, *puts])) as arm:
            await arm.write(made)
            written = await all_of(arm, lambda arm, number: arm.write(puts[number]), count)
            read_ = await all_of(
                arm, lambda arm, number: arm.get(puts[number].id.text, puts[number].api_version), count
            )
            return read_, written

    return asyncio.run(run())


def _put(group: str, number: int) -> Sent:
    if number % 2:
        id = f"{group}/providers/Microsoft.Network/applicationSecurityGroups/a{number}"
        return Sent(
            method="PUT", id=ResourceId(id), api_version="2024-05-01", body={"location": "westeurope"}
        )
    id = f"{group}/providers/Microsoft.Storage/storageAccounts/bench{number}"
    body = {"location": "westeurope", "kind": "StorageV2", "sku": {"name": "Standard_LRS"}}
    return Sent(method="PUT", id=ResourceId(id), api_version="2023-05-01", body=body)


def figures(sizes: Sequence[int], count: int) -> Iterator[str]:
    """Lines for people: how fast requests are answered beside so many environments; of the last, how it is read."""
    for environments in sizes:
        with emulator(environments) as (running, subscription):
            if environments == sizes[-1]:
                yield from _reading(running, subscription, environments)
            got, put = requests(running, subscription, count)
            yield (
                f"{got.a_second:>9,.0f} GETs a second ({got.ms:.2f} ms of the emulator each), {put.a_second:,.0f} PUTs "
                f"({put.ms:.2f} ms), 32 at a time, beside {environments:,} environments"
            )


def _reading(running: Running, subscription: str, environments: int) -> Iterator[str]:
    """How the whole subscription is read live."""
    before, own = running.cpu_s(), time.process_time()
    start = time.perf_counter()
    snapshot = read([f"azure:{subscription}"], ReadOptions(endpoint=running.url, ca=str(running.ca)))
    seconds = time.perf_counter() - start
    own, theirs = time.process_time() - own, running.cpu_s() - before
    mine = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    reads, queries = asyncio.run(_asked(running))
    least = max(reads - READS, 0) / READS_A_SECOND
    yield f"{seconds:>9.1f} s to read {len(snapshot.resources):,} resources of {environments:,} environments"
    yield (
        f"{own + theirs:>9.1f} s of processor time, {100 * own / (own + theirs):.0f} % of it the reader's, the rest "
        "the emulator's"
    )
    yield f"{mine:>9.0f} MB at most in the reader, {running.peak_mb():.0f} MB in the emulator"
    yield (
        f"{max(least, queries / QUERIES_A_SECOND):>9.1f} s at the least in Azure, whose throttles let {reads:,} reads "
        f"and {queries:,} queries pass"
    )


async def _asked(running: Running) -> tuple[int, int]:
    """How many reads and how many queries of Resource Graph the emulator was asked for."""
    async with Arm(running.url, ca=running.ca) as arm:
        told = (await arm.get("/_cloison/log", "")).body["value"]
    queries = sum(one["method"] == "POST" for one in told)
    return len(told) - queries, queries
