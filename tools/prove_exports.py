"""Proof of a plan's exports with the tools they are for: az sends the script to the emulator, Terraform formats.

    python tools/prove_exports.py [SOURCE...]        default: the embedded example and a reference nobody secured

The clients are those of tools/prove_clients.py. What az leaves on the emulator is what the plan's own requests leave.
Terraform is run where the machine has it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from prove_clients import environment, installed

from cloison.emulator.server import in_background
from cloison.emulator.shell import exports
from cloison.emulator.store import plant
from cloison.model.snapshot import Snapshot
from cloison.plan.make import make
from cloison.plan.puts import puts
from cloison.plan_exports import export
from cloison.sources import read
from tests.plan.environments import public
from tests.plan_exports.sending import carry_out, planted, send, state
from tests.reference import snapshot

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = ROOT / "src/cloison/examples/first_attempt.json"


def main(arguments: list[str]) -> int:
    """Prove; the exit code."""
    cases: dict[str, Snapshot] = {name: read([name]) for name in arguments}
    if not cases:
        cases["embedded example"] = read([str(EXAMPLE)])
        cases["reference, zones linked, nobody secured it"] = snapshot(public("same network", zones=True))
    wrong = 0
    for name, source in cases.items():
        for check in (by_az, by_terraform):
            start = time.monotonic()
            told = check(source)
            wrong += bool(told)
            print(f"{name}, {check.__name__}: {told or 'the same'} ({time.monotonic() - start:.0f} s)")
    print(f"{len(cases)} plans as a script that az sent and as Terraform's configuration: {wrong} differ")
    return 1 if wrong else 0


def by_az(source: Snapshot) -> str:
    """What differs between an emulator that az sent the script to, and one that got the plan's requests."""
    plan = make(source)
    with tempfile.TemporaryDirectory(prefix="cloison-exports-") as temporary:
        folder = Path(temporary)
        script = folder / "plan.sh"
        script.write_text(export("az", plan, puts(source, plan)).files["plan.sh"], encoding="utf-8")
        with in_background(folder=folder / "state") as server:
            plant(server.emulator.world, source)
            variables = environment(installed(), exports(server.port, server.authority))
            done = subprocess.run(
                ["/bin/sh", str(script)],
                env={**variables, "CLOISON_WAIT": "0.1"},
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode:
                return f"the script ended with {done.returncode}: {done.stderr[-500:]}"
            send(server.emulator, "GET", "/subscriptions?api-version=2022-12-01")
            there = state(server.emulator)
    emulator = planted(source)
    carry_out(emulator, plan)
    wanted = state(emulator)
    return ", ".join(sorted(id for id in {*there, *wanted} if there.get(id) != wanted.get(id)))


def by_terraform(source: Snapshot) -> str:
    """What `terraform fmt` would write otherwise."""
    program = shutil.which("terraform")
    if program is None:
        return ""
    plan = make(source)
    with tempfile.TemporaryDirectory(prefix="cloison-exports-") as temporary:
        file = Path(temporary) / "main.tf"
        file.write_text(export("terraform", plan, puts(source, plan)).files["main.tf"], encoding="utf-8")
        bare = {name: value for name, value in os.environ.items() if name != "TF_CLI_CONFIG_FILE"}
        done = subprocess.run(
            [program, "fmt", "-check", "-diff", str(file)],
            env=bare,
            capture_output=True,
            text=True,
            check=False,
        )
        return (done.stdout + done.stderr)[:500] if done.returncode else ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
