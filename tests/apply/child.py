"""A process that carries a plan out for real: `python -m tests.apply.child SCENE JOURNAL ENDPOINT CA [resume]`."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from cloison.apply.drive import ONCE, Driver
from cloison.apply.executor import Result, Who, execute
from cloison.apply.file import JournalFile
from cloison.apply.journal import read, reserve
from cloison.apply.run import NEAR
from cloison.arm.client import Arm
from cloison.arm.gate import Gate
from tests.apply.plans import scene


async def carried_out(name: str, journal: Path, endpoint: str, ca: Path, *, resume: bool) -> Result:
    planned = scene(name).planned
    file = JournalFile(journal, resume=resume, reserve=reserve(planned))
    gate = Gate(one.request for one in planned.steps)
    try:
        async with Arm(endpoint, gate=gate, ca=ca, timing=ONCE) as arm:
            run = execute(planned, read(file.content, str(journal)), arm.host, Who(run="r", tool="t"), NEAR)
            return await Driver(arm, file, print).drive(run)
    finally:
        file.close()


def main(given: list[str]) -> int:
    name, journal, endpoint, ca, *rest = given
    result = asyncio.run(carried_out(name, Path(journal), endpoint, Path(ca), resume=bool(rest)))
    print(result.outcome.value, "|", result.line)
    return 0 if result.outcome.value == "done" else 3


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
