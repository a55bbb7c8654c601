"""A live ARM, Azure's or an emulator's: `azure:` with a subscription, a resource group, a workspace or a cluster.

Reads and never writes: the client it makes has no gate.
"""

from __future__ import annotations

import os
from pathlib import Path

from cloison.arm.hosts import shown
from cloison.model.errors import CloisonError
from cloison.sources._reading import Reading, ReadOptions
from cloison.sources.arm_live.scope import PREFIX, scope_of


def claims(text: str) -> bool:
    """The argument is the address of something live, not a file's name."""
    return text.startswith(PREFIX)


def gather(text: str, options: ReadOptions) -> Reading:
    """The resources near the environments in scope. Raises CloisonError where ARM cannot be used."""
    scope = scope_of(text)
    # The event loop and HTTP take a tenth of a second to import, and only live reading needs them.
    import asyncio

    from cloison.arm.client import PUBLIC_ARM, Arm
    from cloison.arm.errors import ArmError, NotSignedIn
    from cloison.sources.arm_live.gathering import Gathering

    base = options.endpoint or os.environ.get("CLOISON_ENDPOINT") or PUBLIC_ARM
    ca = options.ca or os.environ.get("CLOISON_CA")

    async def read() -> Reading:
        async with Arm(base, ca=Path(ca) if ca else None) as arm:
            return await Gathering(arm, scope, options.progress).read()

    try:
        return asyncio.run(read())
    except ArmError as problem:
        raise _coded(base, problem, signed_in=not isinstance(problem, NotSignedIn)) from problem
    except ExceptionGroup as several:
        first = next((one for one in _leaves(several) if isinstance(one, ArmError)), None)
        if first is None:
            raise
        raise _coded(base, first, signed_in=not isinstance(first, NotSignedIn)) from several


def rights() -> list[str]:
    """Every action that the calls of this source need: one for each type that is read, and those of finding them."""
    from cloison.kinds import folders, kind_of, live_of

    found = ["Microsoft.ResourceGraph/resources/read", "Microsoft.Resources/subscriptions/read"]
    for type in folders():
        live, kind = live_of(type), kind_of(type)
        if live is not None and kind is not None:
            found.append(live.right or f"{kind.type}/read")
            if not live.log_days:
                # A resource that something names is read by itself as well.
                found.append(f"{kind.type}/read")
            if live.connects:
                found.append(f"{kind.type}/privateEndpointConnections/read")
    return found


def _coded(base: str, problem: Exception, *, signed_in: bool) -> CloisonError:
    return CloisonError(
        "E121" if signed_in else "E122",
        f"{shown(base)} cannot be read" if signed_in else f"not signed in to {shown(base)}",
        because=str(problem),
        help="check the address, the network and the certificates (--endpoint, --ca)"
        if signed_in
        else "run `az login`, or set the variables of a service principal or a managed identity",
    )


def _leaves(group: BaseExceptionGroup[BaseException]) -> list[BaseException]:
    found: list[BaseException] = []
    for one in group.exceptions:
        found.extend(_leaves(one) if isinstance(one, BaseExceptionGroup) else [one])
    return found
