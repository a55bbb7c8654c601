"""Addresses: whether a subnet has as many free ones as a request takes.

How many it takes is tried on the predicted state: an endpoint takes one for each member of the service that it leads
to; of a workspace nobody documents how many those are. How many are taken Azure tells, with those of nodes, pods and
whatever else was not read; the five of each prefix that it keeps are not among those that there may be.
Source: Microsoft Learn, REST reference of Network 2024-05-01, Virtual Networks - List Usage; Virtual network FAQ;
checked 2026-11-25.
"""

from __future__ import annotations

from collections.abc import Iterator

from cloison.arm.ids import ResourceId
from cloison.controlplane import Seeded, run
from cloison.kinds import api_of
from cloison.kinds._addresses import taken
from cloison.model.behaviour import Refused, Request, ids_in, look
from cloison.model.network import Door, Subnet
from cloison.plan.preflight.check import Ask, Check, Inquiry, Obstacle, Silent, Situation
from cloison.plan.world import World

READ = "Microsoft.Network/virtualNetworks/usages/read"


def _subnets(state: World, request: Request) -> list[ResourceId]:
    """Subnets that a request names."""
    named = dict.fromkeys(ids_in(request.body)) if request.method == "PUT" else {}
    return [id for id in named if any(isinstance(facet, Subnet) for facet in state.facets(id))]


def _ask(subnet: ResourceId) -> Ask:
    network = subnet.parent
    return Ask(f"{network.text}/usages", api_of(network.type), right=READ)


def _asks(inquiry: Inquiry) -> Iterator[Ask]:
    for subnet in _subnets(inquiry.start, inquiry.request):
        yield _ask(subnet)


def _judge(situation: Situation) -> Iterator[Obstacle]:
    # Without Azure's own numbers the prediction alone decides, and it has when the plan was made.
    subnets = _subnets(situation.start, situation.request) if situation.answers.live else []
    for subnet, count in _takes(situation, subnets).items():
        told = situation.answers.items(_ask(subnet))
        if isinstance(told, Silent):
            if told.status:
                why = f"how many addresses {subnet.parent.name}/{subnet.name} has left could not be read: {told.why}"
                yield _obstacle(subnet, why, sure=False)
            continue
        own = next((one for one in told if str(one.get("id", "")).lower() == str(subnet)), {})
        size, used = look(own, "limit"), look(own, "currentValue")
        if not isinstance(size, int | float) or not isinstance(used, int | float):
            continue
        since = len(taken(situation.azure, subnet)) - len(taken(situation.start, subnet))
        free = int(size) - int(used) - since
        if count > free:
            told_free = f"{max(free, 0)} of {int(size)} addresses left"
            why = f"it takes {count} addresses in {subnet.parent.name}/{subnet.name}, which has {told_free}"
            yield _obstacle(subnet, why, sure=True)
        elif count + (more := _more(situation)) > free:
            name = f"{subnet.parent.name}/{subnet.name}"
            why = f"it may take up to {count + more} addresses in {name}, which has {free} left"
            yield _obstacle(subnet, why, sure=False)


def _more(situation: Situation) -> int:
    """How many addresses more an endpoint may take, where nobody says which names of a service share one."""
    named = dict.fromkeys(ids_in(situation.request.body))
    doors = [facet for id in named for facet in situation.azure.facets(id) if isinstance(facet, Door)]
    unsaid = (sum(not host.member for host in door.hosts) for door in doors)
    return sum(count - 1 for count in unsaid if count > 1)


def _takes(situation: Situation, subnets: list[ResourceId]) -> dict[ResourceId, int]:
    """How many addresses a request takes in each of some subnets; nothing where Azure refuses it for another reason."""
    if not subnets:
        return {}
    azure, request = situation.azure, situation.request
    before = {subnet: len(taken(azure, subnet)) for subnet in subnets}
    try:
        undo = run(azure, request, Seeded(f"{request.method} {request.id}/{request.action}")).undo
    except Refused:
        return {}
    after = {subnet: len(taken(azure, subnet)) for subnet in subnets}
    azure.take_back(undo)
    return {subnet: after[subnet] - before[subnet] for subnet in subnets if after[subnet] > before[subnet]}


def _obstacle(subnet: ResourceId, why: str, *, sure: bool) -> Obstacle:
    return Obstacle(
        check="addresses",
        sure=sure,
        held=sure,
        why=why,
        place=subnet,
        way="room",
        help="make room in the subnet, or name another with --private-endpoint-subnet",
    )


CHECK = Check(
    name="addresses",
    title="Subnets have addresses left for what is put into them",
    blind="how many addresses of each subnet are taken by what was not read",
    asks=_asks,
    reads=(READ,),
    judge=_judge,
)
