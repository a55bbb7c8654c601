"""Proves that nothing leaves but what was reviewed: changes plans, carries them out, and counts what arrives.

    python tools/prove_gate.py [--plans N] [--requests N]

Every plan is given to `cloison apply` as a file, with an address that counts who connects. A third is changed without
care for its hash; a third asks for what no plan asks for and has a hash that fits and was approved; a third is another
plan than the one whose hash was approved. Every one has to be refused with a code before anybody connects. Then single
requests that differ from a planned one are held against the gate. Exit 1 when anything passes.
"""

from __future__ import annotations

import argparse
import socket
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import msgspec

from cloison.apply.plans import load
from cloison.arm.errors import NotAllowed
from cloison.arm.gate import Gate
from cloison.model.errors import CloisonError
from cloison.plan.document import PlanDocument
from tests.apply.live import cloison
from tests.apply.tampering import at_the_gate as planned_and_other
from tests.apply.tampering import resealed, swapped, unsealed

CODES = ("E510", "E513")


class Door:
    """An address on this machine that counts who comes."""

    def __init__(self, listening: socket.socket) -> None:
        self.url = f"https://127.0.0.1:{listening.getsockname()[1]}"
        self.came = 0
        self._listening = listening

    def wait(self) -> None:
        """Count until it is closed."""
        while True:
            try:
                came, _ = self._listening.accept()
            except OSError:
                return
            self.came += 1
            came.close()


@contextmanager
def door() -> Iterator[Door]:
    """An open door."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        made = Door(listening)
        threading.Thread(target=made.wait, daemon=True).start()
        yield made


def approved(kind: object, document: PlanDocument, raw: bytes) -> str:
    """The hash that somebody gives: of what was reviewed, or of the very file where that is what is tried."""
    if kind is not resealed:
        return document.digest
    try:
        return str(msgspec.json.decode(raw)["digest"])
    except (msgspec.DecodeError, LookupError, TypeError):
        return document.digest


def says_the_same(file: Path, document: PlanDocument) -> bool:
    """What was changed does not change what it says."""
    try:
        return load(file) == document
    except CloisonError:
        return False


def through_the_command(count: int) -> tuple[Counter[str], int]:
    """How so many changed plans end, and how many connected."""
    found: Counter[str] = Counter()
    with door() as counting, tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "plan.json"
        seed = 0
        while found.total() - found["the same"] < count:
            kind = (unsealed, resealed, swapped)[seed % 3]
            name, document, raw = kind(seed)
            seed += 1
            file.write_bytes(raw)
            if says_the_same(file, document):
                found["the same"] += 1
                continue
            hash = approved(kind, document, raw)
            ended = cloison("apply", str(file), "--yes", "--hash", hash, "--endpoint", counting.url)
            code = ended.err.partition("error[")[2][:4]
            if ended.code != 2 or code not in CODES or counting.came:
                print(f"seed {seed - 1}, {name}: exit {ended.code}, {ended.err[:400]}")
                found["passed"] += 1
            found[code] += 1
        # A second: whoever was on the way has come.
        time.sleep(1)
        return found, counting.came


def at_the_gate(count: int) -> int:
    """How many of so many requests that are not planned pass."""
    passed = 0
    for seed in range(count):
        requests, _, other = planned_and_other(seed)
        try:
            Gate(requests).check(other)
        except NotAllowed:
            continue
        print(f"seed {seed}: {other.method} {other.path} passes")
        passed += 1
    return passed


def main() -> int:
    """Try all; 1 when something passes."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--plans", type=int, default=12_000)
    parser.add_argument("--requests", type=int, default=20_000)
    asked = parser.parse_args()
    found, came = through_the_command(asked.plans)
    passed = at_the_gate(asked.requests)
    refused = sum(found[code] for code in CODES)
    told = ", ".join(f"{count:,} {name}" for name, count in sorted(found.items()))
    print(told)
    print(
        f"{refused:,} changed plans refused before {came} connections, {asked.requests - passed:,} of "
        f"{asked.requests:,} requests that differ from the plan's stopped at the gate"
    )
    return 1 if passed or came or found["passed"] or refused < asked.plans else 0


if __name__ == "__main__":
    sys.exit(main())
