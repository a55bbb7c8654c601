"""Judge an example environment, to see what Cloison does.

The example is a first attempt as many make it: a private cluster and private endpoints, half of which pods never
reach. It comes with Cloison; nothing is needed but this command.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from cloison.cli.check import FOR_PEOPLE, report_arguments, show

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from cloison.emulator.server import Server
    from cloison.model.snapshot import Snapshot

EXAMPLE = "examples/first_attempt.json"

INTRODUCTION = """\
An Azure Machine Learning workspace, its storage, key vault and registry, and an
AKS cluster whose pods are to reach all of them by private addresses only, as
Microsoft's article "Secure an Azure Kubernetes Service inferencing environment"
asks. Somebody has made the private endpoints and the DNS zones. Is it done?

"""
LIVE = """\
It stands in an Azure of its own on this machine, {url},
ready after {ready:.2f} seconds. Cloison reads it as it would read the real one.

"""
NEXT = """
What next
  cloison check azure:ID    judge an environment of your own, by the id of its
                            subscription, resource group, workspace or cluster
  cloison check FILE        judge an export or an ARM template of your own
  cloison check --help      what it reads, and how to report for CI
  cloison explain           every requirement, with its id
  cloison emulator          an Azure of your own on this machine, for az too
"""


def arguments(parser: ArgumentParser) -> None:
    """Say what it takes."""
    parser.usage = "cloison demo [OPTION…]"
    report_arguments(parser)
    parser.epilog = "It ends as `cloison check` does: with 1, since something in the example is broken."


def run(options: Namespace) -> int:
    """Check the example live and show the report, with words around it for people; the exit code of the check."""
    import msgspec

    from cloison.check.run import run as check
    from cloison.cli import _output

    told = options.format == FOR_PEOPLE and options.output is None
    if told:
        _output.show(INTRODUCTION)
    with emulated() as azure:
        if told:
            _output.show(LIVE.format(url=azure.url, ready=azure.ready_s))
        report = check(azure.read())
    # The emulator is gone by then; what it held is in the file, so that is what `explain` can be asked about.
    show(msgspec.structs.replace(report, inputs=(example(),)), options)
    if told:
        _output.show(NEXT)
    return report.exit_code


class Emulated:
    """The example, live on this machine."""

    def __init__(self, server: Server, ready_s: float) -> None:
        self.url = server.url
        self.ready_s = ready_s
        """Seconds from nothing to the first request that it could answer."""
        self._ca = str(server.authority.file)

    def read(self) -> Snapshot:
        """Everything there, read over HTTPS."""
        from cloison.sources import ReadOptions, read

        return read(["azure:"], ReadOptions(endpoint=self.url, ca=self._ca))


@contextmanager
def emulated() -> Iterator[Emulated]:
    """An emulator with the example in it, for as long as this lasts. It leaves nothing behind."""
    import tempfile
    import time
    from pathlib import Path

    from cloison.emulator import Emulator
    from cloison.emulator.server import in_background
    from cloison.emulator.store import load

    start = time.perf_counter()
    emulator = Emulator()
    load(emulator.world, [example()])
    with (
        tempfile.TemporaryDirectory(prefix="cloison-") as folder,
        in_background(emulator, folder=Path(folder)) as server,
    ):
        yield Emulated(server, time.perf_counter() - start)


def example() -> str:
    """The example's file, as it is called from here where that is shorter."""
    whole = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), *EXAMPLE.split("/"))
    try:
        relative = os.path.relpath(whole)
    except ValueError:
        # On another drive than the one we stand on.
        return whole
    return min(relative, whole, key=len)
