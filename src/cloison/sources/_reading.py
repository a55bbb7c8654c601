"""What a source is given besides its input, and what it gives."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from cloison.model.snapshot import Gap, Resource


def _silent(what: str, done: int, known: int) -> None:
    """Nobody watches."""


class ReadOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What a person says about the sources, for those that leave something open."""

    parameters: tuple[str, ...] = ()
    """Parameter files for templates; empty: the one beside the template, if there is one."""
    set: dict[str, str] = {}
    """Template parameter -> value, as typed; wins over files."""
    assume: dict[str, str] = {}
    """Open expression -> value that it will have once deployed, as typed."""
    subscription: str | None = None
    """Subscription that templates are deployed to; None: left open."""
    resource_group: str | None = None
    """Resource group that templates are deployed to; None: left open."""
    location: str | None = None
    """Region of that resource group; None: left open."""
    endpoint: str | None = None
    """Address of the ARM that `azure:` reads; None: `CLOISON_ENDPOINT`, else the public cloud's."""
    ca: str | None = None
    """File of certificates to trust beside the system's; None: `CLOISON_CA`."""
    progress: Callable[[str, int, int], None] = _silent
    """Told while something live is read: what, how many are done, how many are known so far."""


class Reading(msgspec.Struct, frozen=True):
    """What one source gives: resources without their nested children expanded, and what it could not read."""

    resources: Sequence[Resource]
    gaps: Sequence[Gap] = ()
    inputs: tuple[str, ...] = ()
    """Files it read besides its input: the parameter file beside a template."""
