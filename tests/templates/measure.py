"""How long each hostile template takes, and how much memory: one process for each, started from this one.

    python tests/templates/measure.py

Prints one JSON line for each: name, seconds of the processor (whatever else runs beside it), megabytes
beyond what the process had, how it ended.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from cloison.sources.arm_template import TemplateError, expand
from tests.templates.hostile import HOSTILE, text_of


def main() -> None:
    """Measure them all."""
    for name in HOSTILE:
        sys.stdout.flush()
        child = os.fork()
        if child:
            _, status = os.waitpid(child, 0)
            if status:
                print(json.dumps({"name": name, "ended": f"the process ended with {status}"}))
            continue
        measure(name)
        sys.stdout.flush()
        os._exit(0)


def measure(name: str) -> None:
    """Expand one, and say what it took."""
    text = text_of(name)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.process_time()
    try:
        expand(text, name="itself.json", folder=".")
        ended = "expanded"
    except TemplateError as error:
        ended = error.code if error.line and error.column else f"{error.code} without a place"
    seconds = time.process_time() - start
    megabytes = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(json.dumps({"name": name, "seconds": seconds, "megabytes": megabytes, "ended": ended}))


if __name__ == "__main__":
    main()
