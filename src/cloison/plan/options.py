"""Options: what a person asks of a plan, held against what there is. A name that means nothing ends in an error."""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

from cloison.arm.ids import ResourceId
from cloison.model.errors import CloisonError, near
from cloison.model.network import Subnet
from cloison.plan.change import ENDPOINTS_NAMED, OPEN, Wishes
from cloison.plan.world import World

PLACES = ("service", "group", "network")
_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9_])?\Z")
"""Source: Microsoft Learn, Naming rules for Azure resources, privateEndpoints; checked 2026-11-24."""


class PlanOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What to plan of a snapshot, and how."""

    workspace: str | None = None
    cluster: str | None = None
    dns: dict[str, str] = {}
    """DNS server address -> name or id of the network whose private zones it answers from."""
    only: tuple[str, ...] = ()
    """Requirement ids that are to be mended; empty: all. None may get worse, whichever are named."""
    accept_asks: bool = False
    keep_public: bool = False
    """Leave doors open that let everybody in although pods do not need them."""
    private_endpoint_subnet: str | None = None
    """Name, NETWORK/NAME or id of the subnet for new private endpoints."""
    dns_zones_in: str | None = None
    """Name or id of the resource group for new private zones."""
    naming: str | None = None
    """How new private endpoints are called: `pe-{service}-{group}`."""


def wishes(options: PlanOptions, azure: World) -> Wishes:
    """The options as the planner takes them. Raises CloisonError E204, E205 or E206."""
    subnet, group = options.private_endpoint_subnet, options.dns_zones_in
    return Wishes(
        endpoint_subnet=_subnet(subnet, azure) if subnet is not None else None,
        zones_in=_group(group, azure) if group is not None else None,
        naming=_pattern(options.naming) if options.naming is not None else ENDPOINTS_NAMED,
    )


def _subnet(told: str, azure: World) -> ResourceId:
    wanted = told.strip().strip("/").lower()
    there = [one for one in azure if any(isinstance(facet, Subnet) for facet in azure.facets(one))]
    found = [id for id in there if wanted in _names(id) or str(id).strip("/") == wanted]
    if len(found) == 1:
        return found[0]
    shown = sorted(f"{id.parent.name}/{id.name}" for id in found or there)
    if found:
        raise CloisonError(
            "E204",
            f"{len(found)} subnets are called '{told}'",
            because=", ".join(shown),
            help="give it as NETWORK/NAME, or by its id",
        )
    raise CloisonError(
        "E204",
        f"no subnet '{told}' in the input{near(told, shown)}",
        because=f"it holds {', '.join(shown) or 'no subnet'}",
        help="name one of these as NETWORK/NAME, or by its id",
    )


def _names(id: ResourceId) -> tuple[str, str]:
    return id.name.lower(), f"{id.parent.name}/{id.name}".lower()


def _group(told: str, azure: World) -> ResourceId:
    wanted = told.strip().strip("/").lower()
    there = dict.fromkeys(_group_of(id) for id in azure if id.resource_group)
    found = [id for id in there if wanted in (id.resource_group, str(id).strip("/"))]
    if len(found) == 1:
        return found[0]
    if not found and wanted.startswith("subscriptions/") and "/resourcegroups/" in wanted:
        return ResourceId(f"/{told.strip().strip('/')}")
    shown = ", ".join(sorted(id.name for id in found or there))
    raise CloisonError(
        "E205",
        f"{len(found) or 'no'} resource groups are called '{told}'",
        because=f"the input speaks of {shown or 'none'}",
        help="give its id: /subscriptions/…/resourceGroups/NAME",
    )


def _group_of(id: ResourceId) -> ResourceId:
    return ResourceId(id.text.partition("/providers/")[0])


def _pattern(told: str) -> str:
    unknown = sorted({name for name in OPEN.findall(told) if name not in PLACES})
    plain = OPEN.sub("x", told)
    if unknown or not _NAME.match(plain) or "{service}" not in told or "{group}" not in told:
        raise CloisonError(
            "E206",
            f"--naming {told} is no pattern for names of private endpoints",
            because=f"it names {_listed(unknown)}"
            if unknown
            else "each sub-resource of each service needs a name",
            help="use {service}, {group} and if you like {network}, such as pe-{service}-{group}",
        )
    return told


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in names)
