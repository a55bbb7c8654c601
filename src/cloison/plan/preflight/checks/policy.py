"""Policies: what Azure Policy makes by itself, so that whoever makes it too only fights with it.

An organisation may have zone groups made by policy, in zones of its own: soon after an endpoint is there, by an
identity that has the rights. Seen by what it made already, and by which policies are assigned.
Sources: Microsoft Learn, Private Link and DNS integration at scale; reports on zone groups that Terraform and policies
take from each other (terraform-provider-azurerm #24681, terraform-azurerm-caf #559); checked 2026-11-25.
"""

from __future__ import annotations

from collections.abc import Iterator

from cloison.arm.ids import ResourceId
from cloison.kinds import rights_of
from cloison.model.behaviour import Json, look
from cloison.model.facts import Known
from cloison.model.network import Endpoint
from cloison.model.rights import ByPolicy
from cloison.plan.preflight.check import Ask, Check, Inquiry, Obstacle, Silent, Situation
from cloison.plan.world import World

API = "2022-06-01"
READ = "Microsoft.Authorization/policyAssignments/read"
WAIT = "wait some minutes until the policy has made it; where it does not, ask for a remediation task of the policy"


def _ask(id: ResourceId) -> Ask:
    path = f"/subscriptions/{id.subscription}/providers/Microsoft.Authorization/policyAssignments"
    return Ask(path, API, right=READ)


def _asks(inquiry: Inquiry) -> Iterator[Ask]:
    request = inquiry.request
    if rights_of(request.id.type).by_policy is not None and request.method == "PUT":
        yield _ask(request.id)


def _judge(situation: Situation) -> Iterator[Obstacle]:
    request = situation.request
    policy = rights_of(request.id.type).by_policy
    if policy is None:
        return
    subscription = ResourceId(f"/subscriptions/{request.id.subscription}")
    if request.id.name.lower() == policy.name.lower() and request.id in situation.start:
        why = f"Azure Policy made {request.id.name} of {request.id.parent.name}, and would make it again"
        yield _held(why, subscription, "have the policy's parameters changed, or an exemption made")
    elif request.method == "PUT" and situation.azure.get(request.id) is None:
        yield from _new(situation, policy, subscription)


def _new(situation: Situation, policy: ByPolicy, subscription: ResourceId) -> Iterator[Obstacle]:
    """A resource that policy makes by itself."""
    start, id = situation.start, situation.request.id
    groups = _groups(situation.azure, id.parent)
    for other in start.of(id.type):
        same = other.subscription == id.subscription and groups & _groups(start, other.parent)
        if other.name.lower() == policy.name.lower() and same:
            yield _held(f"Azure Policy makes it here, as it did for {other.parent.name}", subscription, WAIT)
            return
    told = situation.answers.items(_ask(id))
    if isinstance(told, Silent):
        if told.status:
            yield _unknown(f"whether Azure Policy makes it could not be read: {told.why}", subscription)
        return
    for one in told:
        if _makes(one, policy, groups):
            name = str(look(one, "properties/displayName") or one.get("name") or "a policy")
            scope = str(look(one, "properties/scope") or subscription.text)
            yield _held(f"the policy '{name}' makes it", ResourceId(scope), WAIT)
            return


def _groups(state: World, endpoint: ResourceId) -> frozenset[str]:
    """The sub-resources that an endpoint leads to."""
    for facet in state.facets(endpoint):
        if isinstance(facet, Endpoint) and isinstance(facet.groups, Known):
            return frozenset(facet.groups.value)
    return frozenset()


def _makes(assignment: Json, policy: ByPolicy, groups: frozenset[str]) -> bool:
    """Whether what is assigned makes the resources of these sub-resources."""
    if str(look(assignment, "properties/enforcementMode")).lower() == "donotenforce":
        return False
    definition = str(look(assignment, "properties/policyDefinitionId") or "").lower().rpartition("/")[2]
    return definition in policy.initiatives or policy.definitions.get(definition) in groups


def _held(why: str, place: ResourceId, help: str) -> Obstacle:
    return Obstacle(check="policy", sure=False, held=True, why=why, place=place, way="wait", help=help)


def _unknown(why: str, place: ResourceId) -> Obstacle:
    return Obstacle(
        check="policy",
        sure=False,
        held=False,
        why=why,
        place=place,
        way="wait",
        help="ask whether a policy makes zone groups",
    )


CHECK = Check(
    name="policy",
    title="Azure Policy makes nothing of this by itself",
    blind="which policies are assigned",
    asks=_asks,
    reads=(READ,),
    judge=_judge,
)
