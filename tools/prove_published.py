"""Proves that the published reference template, deployed by the real az, stands as `check` says of its file.

    python tools/prove_published.py [--installed]

az comes from the hash-pinned requirements/clients.txt, as for prove_clients.py; --installed takes the one on the path.
The template is one of the corpora; where these are not there, nothing is proven, and the last line says so.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import prove_clients

from cloison.check.run import run
from cloison.emulator.server import Server, in_background
from cloison.emulator.shell import exports
from cloison.sources import ReadOptions, read
from tests.plan.environments import weighty
from tests.plan.test_published import GIVEN, TEMPLATE, paths

GROUP, REGION = "rg-published", "westeurope"


def main(arguments: list[str]) -> int:
    """Deploy, read, compare; the exit code."""
    if not TEMPLATE.exists():
        print(f"nothing proven: {TEMPLATE} is not here; set CLOISON_CORPORA")
        return 0
    az = shutil.which("az") if "--installed" in arguments else None
    programs = Path(az).parent if az is not None else prove_clients.installed()
    with (
        tempfile.TemporaryDirectory(prefix="cloison-published-") as folder,
        in_background(folder=Path(folder) / "state") as server,
    ):
        seconds = deploy(server, programs)
        wrong = differences(server)
    for text in wrong:
        print(text)
    print(f"deployed by az in {seconds:.0f} s; {len(wrong)} differences between file and live")
    return 1 if wrong else 0


def deploy(server: Server, programs: Path) -> float:
    """Seconds that it took. Raises CalledProcessError where az fails."""
    variables = prove_clients.environment(programs, exports(server.port, server.authority))
    start = time.monotonic()
    given = [f"{name}={value}" for name, value in GIVEN.items()]
    for command in (
        ["group", "create", "--name", GROUP, "--location", REGION],
        ["deployment", "group", "create", "-g", GROUP, "--template-file", str(TEMPLATE), "-p", *given],
    ):
        subprocess.run([str(programs / "az"), *command, "--output", "none"], env=variables, check=True)
    return time.monotonic() - start


def differences(server: Server) -> list[str]:
    """What the check of the file and the check of what is there say differently, of all that weighs."""
    live = read(["azure:"], ReadOptions(endpoint=server.url, ca=str(server.authority.file)))
    subscription = next(iter(live.resources)).subscription
    options = ReadOptions(set=GIVEN, subscription=subscription, resource_group=GROUP, location=REGION)
    told, found = run(read([str(TEMPLATE)], options)), run(live)
    ways = [f"not read: {gap.what}" for gap in (*told.gaps, *found.gaps)]
    ways += _apart(weighty(told), weighty(found))
    return ways + _apart(set(paths(told).items()), set(paths(found).items()))


def _apart(of_file: set[Any], of_live: set[Any]) -> list[str]:
    both = of_file ^ of_live
    return [f"{'file' if one in of_file else 'live'} only: {one}" for one in sorted(both, key=str)]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
