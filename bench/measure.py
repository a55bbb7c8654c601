"""One measurement in a process of its own: seconds, and for reading also resources and bytes held.

    python bench/measure.py orjson|read|expand FILE
    python bench/measure.py expand FOLDER

Prints one JSON object. The file's bytes are read inside the measured time on both sides.
"""

from __future__ import annotations

import gc
import json
import resource
import sys
import time
from contextlib import suppress
from pathlib import Path

LEAST_S = 0.05
"""Short readings are repeated this long, and the mean is told."""


def main(what: str, path: str) -> None:
    """Measure and print."""
    gc.disable()
    told = {"orjson": _orjson, "read": _read, "expand": _expand}[what](path)
    print(json.dumps(told))


def _orjson(path: str) -> dict[str, float]:
    import orjson

    def once() -> None:
        orjson.loads(Path(path).read_bytes())

    return {"seconds": _seconds(once)}


def _read(path: str) -> dict[str, float]:
    from cloison.sources import read

    example = Path(__file__).resolve().parent.parent / "src/cloison/examples/first_attempt.json"
    # Imports and the kinds' own tables are paid once for each process, not for each resource.
    read([str(example)])
    before = _held()
    start = time.perf_counter()
    snapshot = read([path])
    seconds = time.perf_counter() - start
    held = _held() - before
    resources = len(snapshot.resources)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 - before
    if seconds < LEAST_S:
        del snapshot
        seconds = _seconds(lambda: read([path]) and None)
    return {"seconds": seconds, "resources": resources, "held_bytes": held, "peak_bytes": peak}


def _expand(path: str) -> dict[str, float]:
    """Templates evaluated once each, no expression seen before; those that Azure would refuse count until there."""
    from cloison.sources.arm_template import TemplateError, expand

    expand('{"resources": [], "variables": {"v": "[toLower(concat(\'A\', \'b\'))]"}}')
    named = Path(path)
    files = sorted(named.rglob("*.json")) if named.is_dir() else [named]
    told = {"seconds": 0.0, "bytes": 0, "templates": 0, "resources": 0}
    for file in files:
        data = file.read_bytes()
        if b"eploymentTemplate.json" not in data[:65_536]:
            continue
        start = time.perf_counter()
        with suppress(TemplateError):
            told["resources"] += len(expand(data, name=str(file), folder=file.parent).resources)
        told["seconds"] += time.perf_counter() - start
        told["bytes"] += len(data)
        told["templates"] += 1
    return told


def _seconds(once: object) -> float:
    assert callable(once)
    start = time.perf_counter()
    count = 0
    while count == 0 or time.perf_counter() - start < LEAST_S:
        once()
        count += 1
    return (time.perf_counter() - start) / count


def _held() -> int:
    """Bytes of memory resident now; 0 where the system does not say."""
    try:
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS")), 0)


if __name__ == "__main__":
    main(*sys.argv[1:])
