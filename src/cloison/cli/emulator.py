"""Run Azure Resource Manager on this machine, for trying and for tests.

Answers az, the Azure libraries and Cloison itself over HTTPS on this machine only: resources, deployments, Resource
Graph, roles and locks, with the consequences that requests have in Azure. Everybody may do everything in it unless
--rbac is given, nothing is kept but what --save writes. In another shell, eval "$(cloison emulator env)" signs az in
and leaves your own configuration alone.
"""

from __future__ import annotations

import gc
import sys
from typing import TYPE_CHECKING, Any

from cloison.model.errors import CloisonError

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from cloison.emulator import Emulator
    from cloison.emulator.server import Server

PORT = 9443
EXAMPLES = """\
examples
  cloison emulator                                  start from nothing
  cloison emulator --load before.json --save after.json
  cloison emulator --load azuredeploy.json --set location=westeurope
  cloison emulator --realistic 10 --fault throttled@7 --fault "reset:after@PUT *privateEndpoints*"
  eval "$(cloison emulator env)"                    in another shell: az and the libraries use it
"""


def arguments(parser: ArgumentParser) -> None:
    """Say what it takes."""
    parser.usage = "cloison emulator [OPTION…]\n       cloison emulator env [--port PORT]"
    parser.add_argument(
        "what", nargs="?", choices=["run", "env"], default="run", help="env: print what a shell needs"
    )
    where = parser.add_argument_group("where it listens")
    where.add_argument(
        "--port", type=int, default=PORT, metavar="PORT", help="default: %(default)s; 0: a free one"
    )
    where.add_argument("--address", default="localhost", help="127.0.0.1 or ::1 (default: both)")
    content = parser.add_argument_group("what is in it")
    content.add_argument(
        "--load",
        action="append",
        default=[],
        metavar="FILE",
        help="start with an export, a snapshot, or a template, which is deployed; repeat for several",
    )
    content.add_argument("--save", metavar="FILE", help="write a snapshot of everything there when it ends")
    many: dict[str, Any] = {"action": "append", "default": []}
    content.add_argument("--parameters", metavar="FILE", help="parameter file of templates", **many)
    content.add_argument("--set", metavar="NAME=VALUE", help="value of a template parameter", **many)
    content.add_argument("--subscription", metavar="GUID", help="subscription that templates deploy to")
    content.add_argument("--resource-group", metavar="NAME", help="resource group that templates deploy to")
    content.add_argument("--location", metavar="REGION", help="region of that resource group")
    conduct = parser.add_argument_group("how it behaves")
    conduct.add_argument(
        "--realistic",
        nargs="?",
        type=float,
        const=1.0,
        metavar="SPEED",
        help="operations take as long as in Azure, divided by SPEED, and requests are throttled (default: they end at "
        "once)",
    )
    conduct.add_argument(
        "--fault", metavar="FAULT", help="NAME@WHICH: a fault at a request; repeat for several", **many
    )
    conduct.add_argument(
        "--rbac",
        action="store_true",
        help="callers may do what role assignments give them (default: everybody may do everything)",
    )
    conduct.add_argument("--list-faults", action="store_true", help="list all faults and end")
    parser.epilog = EXAMPLES


def run(options: Namespace) -> int:
    """Serve until a signal; or print what a shell needs, or the faults."""
    if options.list_faults:
        return _list_faults()
    if options.what == "env":
        from cloison.cli import _output
        from cloison.emulator.shell import exports
        from cloison.emulator.tls import authority, folder_of

        _output.show(exports(options.port or PORT, authority(folder_of())), exact=True)
        return 0
    return _serve(options)


def _list_faults() -> int:
    from cloison.cli import _output
    from cloison.emulator.faults import CATALOGUE

    width = max(map(len, CATALOGUE))
    _output.show("".join(f"{name:{width}}  {fault.says}\n" for name, fault in CATALOGUE.items()))
    return 0


def _serve(options: Namespace) -> int:
    import asyncio

    from cloison.emulator.server import Server

    if options.realistic is not None and options.realistic <= 0:
        raise CloisonError(
            "E302", "--realistic takes a speed above 0", help="10 ends operations ten times sooner"
        )
    emulator = _emulator(options)
    server = Server(emulator, port=options.port, address=options.address)
    asyncio.run(_until_signal(server))
    if options.save:
        _save(emulator, options.save)
    return 0


def _emulator(options: Namespace) -> Emulator:
    from cloison.cli._sources import pairs
    from cloison.emulator import Emulator
    from cloison.emulator.clock import AtOnce, Realistic
    from cloison.emulator.store import load
    from cloison.sources import ReadOptions

    emulator = Emulator(
        clock=AtOnce() if options.realistic is None else Realistic(options.realistic),
        throttled=options.realistic is not None,
        limited=options.rbac,
        faults=options.fault,
    )
    reading = ReadOptions(
        parameters=tuple(options.parameters),
        set=pairs("--set", options.set),
        subscription=options.subscription,
        resource_group=options.resource_group,
        location=options.location,
    )
    loaded = load(emulator.world, options.load, reading)
    for note in loaded.notes[:20]:
        print(note, file=sys.stderr)
    if len(loaded.notes) > 20:
        print(f"and {len(loaded.notes) - 20} more like these", file=sys.stderr)
    # What was loaded stays: looking for garbage in it now and then would take longer the more it is.
    gc.freeze()
    return emulator


async def _until_signal(server: Server) -> None:
    import asyncio
    import signal

    loop = asyncio.get_running_loop()
    for one in (signal.SIGINT, signal.SIGTERM):
        signal.signal(one, lambda *_: loop.call_soon_threadsafe(server.stop))
    serving = asyncio.create_task(server.serve())
    ready = asyncio.create_task(server.ready())
    await asyncio.wait({serving, ready}, return_when=asyncio.FIRST_COMPLETED)
    if ready.done():
        _greet(server)
    ready.cancel()
    await serving


def _greet(server: Server) -> None:
    world = server.emulator.world
    port = "" if server.port == PORT else f" --port {server.port}"
    first = next(iter(world.subscriptions))
    print(
        f"Azure Resource Manager answers on {server.url}, with {len(world.state):,} resources.\n"
        f'  az, libraries  eval "$(cloison emulator env{port})"   in another shell\n'
        f"  cloison        cloison check azure:{first} --endpoint {server.url} --ca {server.authority.file}\n"
        "  to end it      Ctrl-C",
        flush=True,
    )


def _save(emulator: Emulator, file: str) -> None:
    from cloison.cli import _output
    from cloison.emulator.store import saved

    _output.write(file, saved(emulator.world))
    print(f"{len(emulator.state):,} resources written to {file}", file=sys.stderr)
