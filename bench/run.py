"""How fast, as ratios: every figure next to the same work done by something that everybody has.

    python bench/run.py [--quick] [--profile] [--only WORD]

Rounds are interleaved, so that a machine that is busy for a moment is busy for both sides of a ratio. Ratios are of
medians. `aim` is what we hold ourselves to; the exit code is 0 all the same, as a shared machine proves nothing.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import estates

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = ROOT / "src/cloison/examples/first_attempt.json"
TEMPLATE = (
    "templates/Azure__azure-quickstart-templates/quickstarts/microsoft.machinelearningservices/"
    "machine-learning-end-to-end-secure/azuredeploy.json"
)
"""The reference template, below the folder that CLOISON_CORPORA names."""
SMALL_TEMPLATE = ROOT / "bench/small_template.json"
MEASURE = ROOT / "bench/measure.py"

Run = Callable[[], float]


def main(arguments: list[str]) -> int:
    """Run the bench; 0."""
    parser = argparse.ArgumentParser(description="How fast, as ratios.")
    parser.add_argument(
        "--quick", action="store_true", help="few rounds, and no estate of 10,000 environments"
    )
    parser.add_argument(
        "--profile", action="store_true", help="only the ten functions that take most of a check"
    )
    parser.add_argument(
        "--only",
        choices=["processes", "engine", "reading", "templates", "estate", "live", "plans", "apply"],
        help="one part",
    )
    options = parser.parse_args(arguments)
    if options.profile:
        return _profile()
    parts: dict[str, Callable[[bool], None]] = {
        "processes": _processes,
        "engine": _engine,
        "reading": _reading,
        "templates": _templates,
        "estate": _estate,
        "live": _live,
        "plans": _plans,
        "apply": _apply,
    }
    for name, part in parts.items():
        if options.only in (None, name):
            part(options.quick)
    return 0


def corpora() -> Path:
    """The folder with other people's templates; it may be missing."""
    return Path(os.environ.get("CLOISON_CORPORA", ROOT.parent / "shared" / "corpora"))


def rounds(count: int, runs: dict[str, Run]) -> dict[str, list[float]]:
    """Seconds of each run, interleaved, after one round that only warms caches."""
    times: dict[str, list[float]] = {name: [] for name in runs}
    for number in range(count + 1):
        for name, run in runs.items():
            taken = run()
            if number:
                times[name].append(taken)
    return times


def _show(name: str, taken: list[float], base: list[float] | None = None, aim: str = "") -> None:
    ratio = f"{median(taken) / median(base):7.2f}x" if base else " " * 8
    print(f"  {name:44}{_ms(min(taken))}{_ms(median(taken))}{ratio}  {aim and 'aim ' + aim}")


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:11.2f}"


def _title(text: str) -> None:
    print(f"\n{text}\n  {'':44}{'min ms':>11}{'median ms':>11}{'ratio':>8}")


def _processes(quick: bool) -> None:
    """Whole processes against an interpreter that does nothing."""
    _title("whole processes, against `python -c pass`")
    template = corpora() / TEMPLATE
    found = template if template.is_file() else SMALL_TEMPLATE
    times = rounds(
        5 if quick else 21,
        {
            "python -c pass": _process([sys.executable, "-c", "pass"]),
            "cloison --version": _process([*_cloison(), "--version"]),
            "cloison check, embedded example": _process([*_cloison(), "check", str(EXAMPLE)]),
            f"cloison check, {'reference' if found is template else 'our small'} template": _process(
                [*_cloison(), "check", str(found)]
            ),
        },
    )
    base, *others = times.items()
    _show(*base)
    for (name, taken), aim in zip(others, ("<= 3x", "<= 8x", "<= 12x"), strict=True):
        _show(name, taken, base[1], aim)


def _cloison() -> list[str]:
    script = Path(sys.executable).with_name("cloison")
    if script.is_file():
        return [str(script)]
    return [sys.executable, "-c", "from cloison.cli import main; raise SystemExit(main())"]


def _process(command: list[str]) -> Run:
    # Installed packages have their bytecode, whatever this shell says about writing it; the first round makes ours.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}

    def run() -> float:
        start = time.perf_counter()
        done = subprocess.run(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment, check=False
        )
        taken = time.perf_counter() - start
        # An interpreter that fails also ends with 1, which is our code for "something is broken".
        if done.returncode not in (0, 1, 3) or b"Traceback" in done.stderr:
            raise SystemExit(
                f"{' '.join(command)} ended with {done.returncode}: {done.stderr.decode()[-500:]}"
            )
        return taken

    return run


def _engine(quick: bool) -> None:
    """`check.run` alone, on a snapshot that was read just before: bodies are still undecoded."""
    from cloison.check.run import run
    from cloison.sources import read

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "estate.json"
        estates.write(1, path)
        _title("the engine alone, reading left out; bodies are decoded when it asks")
        for name, source in (("one sound environment", path), ("embedded example", EXAMPLE)):
            size = len(read([str(source)]).resources)

            def once(source: Path = source) -> float:
                snapshot = read([str(source)])
                # Of this process only: there is nothing beside it here that a busy machine would slow down as well.
                start = time.process_time()
                run(snapshot)
                return time.process_time() - start

            taken = rounds(10 if quick else 100, {name: once})[name]
            _show(f"{name}, {size} resources", taken, aim="<= 5 ms")


def _reading(quick: bool) -> None:
    """Reading snapshots against decoding the same bytes and throwing them away."""
    _title("reading snapshots, against orjson.loads of the same bytes, both without garbage collector")
    memory: list[str] = []
    for environments, count in ((1, 11), (100, 11), (10_000, 3)):
        if quick and environments > 100:
            continue
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "estate.json"
            estates.write(environments, path)
            found: list[dict[str, float]] = []

            def ours(path: Path = path, found: list[dict[str, float]] = found) -> float:
                found.append(_measure("read", path))
                return found[-1]["seconds"]

            runs: dict[str, Run] = {
                "orjson": lambda path=path: _measure("orjson", path)["seconds"],  # type: ignore[misc]
                "cloison": ours,
            }
            times = rounds(count, runs)
            megabytes = path.stat().st_size / 1e6
            _show(f"{environments:,} environments, {megabytes:,.1f} MB, orjson", times["orjson"])
            _show(f"{environments:,} environments, cloison", times["cloison"], times["orjson"], "<= 3x")
            memory.append(_memory(environments, path.stat().st_size, median(times["cloison"]), found[-1]))
    print("\n  memory and linearity (aim <= 2 KB for each resource, the file's bytes included)")
    for line in memory:
        print(line)


LARGEST = (
    "Azure__AKS-Landing-Zone-Accelerator/Scenarios/AKS-Secure-Baseline-PrivateCluster/Bicep/All-in-One-Bicep/main.json",
    "Azure__bicep-registry-modules/avm/ptn/azd/ml-ai-environment/main.json",
    "Azure__bicep-registry-modules/avm/ptn/ai-ml/ai-foundry/main.json",
    "Azure__bicep-registry-modules/avm/ptn/data/private-analytical-workspace/main.json",
)
"""The largest templates of the corpora, below their folder of templates."""


def _templates(quick: bool) -> None:
    """Evaluating templates against decoding their JSON and throwing it away, each process seeing each template once."""
    _title("evaluating templates, against orjson.loads of the same bytes, no expression seen before")
    folder = corpora() / "templates"
    found = [folder / name for name in LARGEST if (folder / name).is_file()] or [SMALL_TEMPLATE]
    for path in found:
        runs: dict[str, Run] = {
            "orjson": lambda path=path: _measure("orjson", path)["seconds"],  # type: ignore[misc]
            "expand": lambda path=path: _measure("expand", path)["seconds"],  # type: ignore[misc]
        }
        times = rounds(3 if quick else 11, runs)
        _show(
            f"{path.stat().st_size / 1e6:.1f} MB, {path.parent.name}",
            times["expand"],
            times["orjson"],
            "<= 500 ms",
        )
    if not folder.is_dir():
        return
    told = [_measure("expand", folder) for _ in range(1 if quick else 3)]
    size = told[0]["bytes"] / 1e6
    _show(
        f"{told[0]['templates']:,.0f} templates, {size:.1f} MB",
        [one["seconds"] for one in told],
        aim=">= 5 MB/s",
    )
    speed = max(size / one["seconds"] for one in told)
    print(f"  {speed:.1f} MB of template text a second, {told[0]['resources']:,.0f} resources")


def _memory(environments: int, size: int, seconds: float, found: dict[str, float]) -> str:
    resources = found["resources"]
    held = found["held_bytes"] / resources
    return (
        f"  {environments:>7,} environments {resources:>9,.0f} resources {seconds / resources * 1e6:6.2f} us each, "
        f"{held:6,.0f} bytes each, of which {size / resources:5,.0f} are the file; "
        f"peak {found['peak_bytes'] / resources:6,.0f}"
    )


def _measure(what: str, path: Path) -> dict[str, float]:
    """One reading in a process of its own, so that nothing is left over from the last."""
    done = subprocess.run([sys.executable, str(MEASURE), what, str(path)], capture_output=True, check=True)
    told: dict[str, float] = json.loads(done.stdout)
    return told


def _estate(quick: bool) -> None:
    """The check of many environments as a whole process."""
    _title("a whole estate")
    environments = 10 if quick else 100
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "estate.json"
        estates.write(environments, path)
        command = [*_cloison(), "check", str(path)]
        taken = rounds(1 if quick else 3, {"check": _process(command)})["check"]
        _show(f"cloison check, {environments} environments", taken)
        _show("… for each environment", [one / environments for one in taken])


def _live(quick: bool) -> None:
    """A live reading from the emulator."""
    import live

    _title("the emulator over HTTPS, and reading a subscription live from it")
    for line in live.figures((20,) if quick else (20, 200, 1_000), 500 if quick else 3_000):
        print(line)


def _plans(quick: bool) -> None:
    """Making plans and proving them, against one check of the same environment."""
    import plans

    _title("plans and their proofs, against one check of the same environment, processor time")
    for name, source in plans.SOURCES.items():
        made: list[plans.PlanDocument] = []
        times = rounds(
            2 if quick else 7,
            {
                "check": lambda source=source: plans.checking(source),  # type: ignore[misc]
                "plan": lambda source=source, made=made: plans.planning(source, made),  # type: ignore[misc]
            },
        )
        _show(name, times["plan"], times["check"], "<= 300 ms")
        print(f"    {plans.size(made[-1])}")


def _apply(quick: bool) -> None:
    """Carrying plans out on time of the bench's own, against the critical path of their order."""
    import applying
    import plans

    print(
        "\ncarrying plans out, in seconds as Azure takes them, against the critical path of the proven order"
    )
    for line in applying.figures(plans.SOURCES, 3 if quick else 20):
        print(line)


def _profile() -> int:
    """The ten functions that take most time in checks of the embedded example, reading included."""
    import cProfile
    import pstats

    from cloison.check.run import run
    from cloison.sources import read

    run(read([str(EXAMPLE)]))
    profile = cProfile.Profile()
    profile.enable()
    for _ in range(50):
        run(read([str(EXAMPLE)]))
    profile.disable()
    pstats.Stats(profile).sort_stats("tottime").print_stats(10)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
