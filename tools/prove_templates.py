"""Proves two promises of the template language on random input: it never breaks, and what it leaves open is open.

    python tools/prove_templates.py [--seconds S] [--seed FIRST]

Half of the time goes to damaged templates and expressions, of our own and of the corpora where they are there: each
must end in a result or a coded error, within a second of processor time and 512 MiB. The other half goes to sound
expressions, evaluated with parameters open and given: no known part of the first may contradict the second, and the
printed form of each must parse to the same tree. Everything comes from seeds, so that a finding can be repeated with
`--seed N --seconds 1`.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import resource
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from cloison.sources.arm_template import TemplateError, expand
from tests.templates.language import HERE, template
from tests.templates.mutation import damaged, expression
from tests.templates.programs import DECLARED, disagreement

SLOW_S = 1.0
MEMORY = 512 << 20
STOP = 3 << 30
"""Bytes of address space at which a process is stopped: memory without end must not take the machine with it."""


def arguments() -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=660.0)
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


def bases() -> list[Any]:
    """Small templates of the corpora, to be damaged; none where the corpora are not there."""
    root = Path(os.environ.get("CLOISON_CORPORA", Path(__file__).resolve().parents[2] / "shared" / "corpora"))
    found: list[Any] = []
    for path in sorted(root.glob("templates/Azure__bicep/**/main.json"))[:400]:
        if path.stat().st_size < 60_000:
            try:
                content = json.loads(path.read_text(encoding="utf-8-sig"))
            except ValueError:
                continue
            if isinstance(content, dict) and "resources" in content:
                found.append(content)
    return found


def broken(text: str) -> str:
    """What is wrong with how a template ends; empty when it ends as it must."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.process_time()
    try:
        expand(text, scope=HERE, strict=len(text) % 2 == 0)
    except TemplateError as error:
        if not (error.code and error.message and error.line and error.column):
            return f"an error without code, words or place: {error}"
    except MemoryError:
        return "no memory left"
    except Exception as error:  # noqa: BLE001 (this is what is looked for)
        return repr(error)
    took = time.process_time() - start
    if took > SLOW_S:
        return f"{took:.1f} s"
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024
    return f"{grown >> 20} MiB" if grown > MEMORY else ""


def seeds(first: int, worker: int, workers: int, until: float) -> Iterator[int]:
    """Seeds of one worker, as long as there is time; at least one hundred."""
    seed = first + worker
    while time.monotonic() < until or seed < first + 100 * workers:
        yield seed
        seed += workers


def work(worker: int, workers: int, first: int, seconds: float) -> tuple[Counter[str], list[str]]:
    """One worker's share: what it counted, what it found."""
    resource.setrlimit(resource.RLIMIT_AS, (STOP, STOP))
    counted: Counter[str] = Counter()
    found: list[str] = []
    others = bases()
    start = time.monotonic()
    for seed in seeds(first, worker, workers, start + seconds / 2):
        base = others[seed % len(others)] if others and seed % 3 == 0 else None
        odd = template(
            outputs={"it": {"type": "object", "value": expression(seed)}}, parameters=dict(DECLARED)
        )
        for text in (damaged(seed, base), json.dumps(odd)):
            counted["damaged"] += 1
            if wrong := broken(text):
                found.append(f"seed {seed}: {wrong}: {text[:600]}")
    for seed in seeds(first, worker, workers, start + seconds):
        counted["expressions"] += 1
        if wrong := disagreement(seed):
            found.append(f"seed {seed}: {wrong}")
    return counted, found


def main() -> int:
    """Prove and print; 1 when something was found."""
    asked = arguments()
    start = time.monotonic()
    workers = os.cpu_count() or 1
    with multiprocessing.get_context("spawn").Pool(workers) as pool:
        jobs = [(worker, workers, asked.seed, asked.seconds) for worker in range(workers)]
        results = pool.starmap(work, jobs)
    counted: Counter[str] = Counter()
    found: list[str] = []
    for counts, wrongs in results:
        counted.update(counts)
        found += wrongs
    for one in found[:20]:
        print(one)
    print(
        f"{counted['damaged']:,} damaged templates, {counted['expressions']:,} expressions open and known, "
        f"{len(found):,} findings in {time.monotonic() - start:.0f} s"
    )
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
