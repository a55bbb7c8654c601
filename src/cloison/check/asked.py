"""What a person asked for, held against what there is. A name that means nothing ends in an error: a check of
nothing would be a check that passes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from ipaddress import ip_address

from cloison.arm.ids import ResourceId
from cloison.model.environment import Environment
from cloison.model.errors import CloisonError, near
from cloison.reach.fabric import Fabric
from cloison.requirements import Requirement, ids, requirements


def rules(only: Iterable[str]) -> list[Requirement]:
    """The requirements of these ids, in any case; all for none. Raises CloisonError E211 for an id that is none."""
    known = ids()
    wanted = list(only)
    for name in wanted:
        if name.upper() not in known:
            raise CloisonError(
                "E211",
                f"no requirement '{name}'{near(name, known)}",
                help="cloison explain lists all of them",
            )
    return requirements(wanted)


def environments(
    found: Sequence[Environment], workspace: str | None, cluster: str | None
) -> list[Environment]:
    """Those with that workspace and that cluster, by name or id. Raises CloisonError E210 where none has."""
    chosen = [one for one in found if _is(one.cluster, cluster) and _is(one.workspace, workspace)]
    asked = " and ".join(
        f"{what} '{name}'"
        for what, name in (("workspace", workspace), ("cluster", cluster))
        if name is not None
    )
    if asked and not chosen:
        names = sorted({_named(one) for one in found})
        raise CloisonError(
            "E210",
            f"no environment has {asked}",
            because=f"the input holds {', '.join(names) or 'no environment'}",
            help="name one of these, by name or id" if names else "add the files that hold its resources",
        )
    return chosen


def forwarders(told: Mapping[str, str], fabric: Fabric) -> dict[str, ResourceId]:
    """Network by the address of a DNS server that answers with its eyes. Raises CloisonError E212."""
    return {_address(address): _network(name, fabric) for address, name in told.items()}


def _address(text: str) -> str:
    try:
        return str(ip_address(text.strip()))
    except ValueError as problem:
        raise CloisonError(
            "E212",
            f"'{text}' is no address of a DNS server",
            help="give an IP address and a network: 10.0.0.4=vnet-hub",
        ) from problem


def _network(name: str, fabric: Fabric) -> ResourceId:
    """A network that the input speaks of: that it holds, or that a zone or a ruleset is linked to."""
    linked = (*fabric.links_of, *fabric.rulesets_of)
    spoken = dict.fromkeys((*fabric.networks, *(id for id in linked if id is not None)))
    found = [id for id in spoken if _is(id, name)]
    if len(found) == 1:
        return found[0]
    if found:
        raise CloisonError(
            "E212",
            f"{len(found)} networks are called '{name}'",
            because=", ".join(id.text for id in found),
            help="give the id of one of them",
        )
    raise CloisonError(
        "E212",
        f"no network '{name}' in the input{near(name, (id.name for id in spoken))}",
        because=f"it speaks of {', '.join(sorted({id.name for id in spoken})) or 'no network'}",
        help="give the name or the id of one of these",
    )


def _is(id: ResourceId | None, wanted: str | None) -> bool:
    if wanted is None:
        return True
    return id is not None and wanted.strip().rstrip("/").lower() in (id.name.lower(), str(id))


def _named(one: Environment) -> str:
    return f"{one.workspace.name if one.workspace else '-'} with {one.cluster.name}"
