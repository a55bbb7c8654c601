"""Proof of a plan's exports with the tools they are for: az sends the script to the emulator, Terraform formats.

    python tools/prove_exports.py [SOURCE...]        default: the embedded example and a reference nobody secured
    python tools/prove_exports.py --catalogue        every fault of the catalogue instead, without az

The clients are those of tools/prove_clients.py. What az leaves on the emulator is what the plan's own requests leave.
Terraform is run where the machine has it. Over the catalogue, the ARM template deployed on the emulator comes to the
same as the requests up to where it ends, Bicep says what the template says, and Terraform has a resource for each step.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import cache, partial
from pathlib import Path

import msgspec

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from prove_clients import environment, installed
from prove_plan import alone, opened

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
from tests.plan_exports.test_bicep import of_arm, template
from tests.plan_exports.test_templates import GROUP, deployed
from tests.plan_exports.test_terraform import RESOURCE
from tests.reference import snapshot

CATALOGUE = "--catalogue"
ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = ROOT / "src/cloison/examples/first_attempt.json"


def main(arguments: list[str]) -> int:
    """Prove; the exit code."""
    if arguments == [CATALOGUE]:
        return over_the_catalogue()
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
        done = subprocess.run(
            [program, "fmt", "-check", "-diff", str(file)],
            env=bare(),
            capture_output=True,
            text=True,
            check=False,
        )
        return (done.stdout + done.stderr)[:500] if done.returncode else ""


# --- the whole catalogue -------------------------------------------------------------------------------


def over_the_catalogue() -> int:
    """Prove every fault's plan and those of environments that nobody secured; the exit code."""
    wrong, whole, steps, kept = 0, 0, 0, 0
    with tempfile.TemporaryDirectory(prefix="cloison-exports-") as temporary, ProcessPoolExecutor() as pool:
        told = pool.map(partial(in_all_formats, temporary), range(len(environments())), chunksize=4)
        for name, (differences, planned, exported) in zip(environments(), told, strict=True):
            wrong += bool(differences)
            whole += planned == exported
            steps, kept = steps + planned, kept + exported
            for one in differences:
                print(f"{name}: {one}", flush=True)
        program = shutil.which("terraform")
        laid_out = "terraform is not here"
        if program is not None:
            done = subprocess.run(
                [program, "fmt", "-check", temporary], env=bare(), capture_output=True, text=True, check=False
            )
            wrong += bool(done.returncode)
            laid_out = "terraform would lay it out otherwise" if done.returncode else "terraform fmt agrees"
            print(done.stdout, end="")
    print(
        f"{len(environments())} plans with {steps} steps: {whole} wholly as a template, {kept} steps in all, each "
        f"deployed to the state of the requests; Bicep says the same, Terraform has a resource for each step "
        f"({laid_out}); {wrong} differ"
    )
    return 1 if wrong else 0


@cache
def environments() -> dict[str, Callable[[], Snapshot]]:
    """Every fault on every reference that it fits, and every reference that nobody secured."""
    return {name: read_ for name, read_, _ in (*alone(), *opened())}


def in_all_formats(folder: str, at: int) -> tuple[list[str], int, int]:
    """What differs between the exports of one plan, how many steps it has, and how many its template tells."""
    environment = list(environments().values())[at]()
    plan = make(environment)
    bodies = puts(environment, plan)
    arm, bicep, terraform = (export(format, plan, bodies) for format in ("arm", "bicep", "terraform"))
    kept = tuple(step for step in plan.steps if not arm.first_left or step.number < arm.first_left)
    emulator = planted(environment)
    carry_out(emulator, msgspec.structs.replace(plan, steps=kept))
    wanted, told = state(emulator), deployed(environment, json.loads(arm.files["plan.json"]), GROUP)
    found = [
        f"the template leaves another {id}"
        for id in sorted({*wanted, *told})
        if wanted.get(id) != told.get(id)
    ]
    if (arm.first_left, arm.why) != (bicep.first_left, bicep.why):
        found.append("Bicep ends elsewhere")
    if of_arm(arm.files["plan.json"]) != template(bicep.files):
        found.append("Bicep says something else")
    numbers = [int(label[5:]) for _, label, _ in RESOURCE.findall(terraform.files["main.tf"])]
    if numbers != [step.number for step in plan.steps] or terraform.first_left:
        found.append("Terraform has not a resource for each step")
    (Path(folder) / f"{at}.tf").write_text(terraform.files["main.tf"], encoding="utf-8")
    return found, len(plan.steps), len(kept)


def bare() -> dict[str, str]:
    """The environment without a configuration that Terraform would look for."""
    return {name: value for name, value in os.environ.items() if name != "TF_CLI_CONFIG_FILE"}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
