"""The checks besides rights: locks, quotas, addresses in subnets, and what Azure Policy makes by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from cloison.arm.ids import ResourceId
from cloison.kinds import folders, kind_of, limits_of, rights_of
from cloison.model.behaviour import Json, Method, Request, Write
from cloison.model.limits import Limit
from cloison.model.snapshot import Gap
from cloison.plan.options import PlanOptions
from cloison.plan.preflight.check import Answers, Ask, Obstacle, Silent, Situation
from cloison.plan.preflight.checks import checks
from cloison.plan.preflight.checks.quotas import CHECK as QUOTAS
from cloison.plan.preflight.look import questions
from cloison.plan.preflight.split import preflight
from cloison.plan.world import World
from tests.preflight.estate import HUB_GROUP, OWNER, SPOKE, asking, azure, role, spoke
from tests.reference import GROUP, REFERENCES, SUBSCRIPTION, Body, id_of, resource, snapshot

ENDPOINT = id_of("privateEndpoints/new")
SUBNET = f"{id_of('virtualNetworks/aks-net')}/subnets/aks"
LOCKS = "Microsoft.Authorization/locks"


def endpoint(target: str = "vaults/mlvault", group: str = "vault") -> Request:
    """A request for a private endpoint."""
    connection = {"privateLinkServiceId": id_of(target), "groupIds": [group]}
    body = {
        "location": "westeurope",
        "properties": {
            "subnet": {"id": SUBNET},
            "privateLinkServiceConnections": [{"name": "new", "properties": connection}],
        },
    }
    return Request(method="PUT", id=ResourceId(ENDPOINT), body=body, api_version="2024-05-01")


def lock(level: str, scope: str = GROUP) -> Body:
    name = "keep"
    return {
        "id": f"{scope}/providers/{LOCKS}/{name}",
        "name": name,
        "type": LOCKS,
        "properties": {"level": level},
    }


def obstacles(
    check: str,
    request: Request,
    bodies: Sequence[Body],
    answered: Mapping[Ask, Any] | None = None,
    gaps: Sequence[Gap] = (),
) -> list[Obstacle]:
    """What one check says of one request on a state."""
    start = World(snapshot(list(bodies)))
    answers = Answers(live=answered is not None)
    answers.add(answered or {})
    situation = Situation(
        request=request, azure=World(snapshot(list(bodies))), start=start, gaps=gaps, answers=answers
    )
    one = next(one for one in checks() if one.name == check)
    return list(one.judge(situation))


def one_question(check: str, request: Request, bodies: Sequence[Body]) -> Ask:
    """The one thing that a check asks."""
    asks = next(one.asks for one in checks() if one.name == check)
    assert asks is not None
    found = [
        ask for ask in questions(World(snapshot(list(bodies))), [request]) if ask.path.endswith(LAST[check])
    ]
    assert 1 == len(found)
    return found[0]


LAST = {
    "quotas": "/locations/westeurope/usages",
    "addresses": "aks-net/usages",
    "policy": "/policyAssignments",
}


# --- locks -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("level", "scope", "method", "path", "action", "held"),
    [
        ("ReadOnly", GROUP, "PUT", ENDPOINT, "", True),
        ("ReadOnly", SPOKE, "PATCH", id_of("vaults/mlvault"), "", True),
        ("ReadOnly", GROUP, "POST", id_of("managedClusters/aks"), "start", True),
        ("ReadOnly", id_of("vaults/mlvault"), "PATCH", id_of("storageAccounts/mlstore"), "", False),
        ("CanNotDelete", GROUP, "PATCH", id_of("vaults/mlvault"), "", False),
        ("CanNotDelete", GROUP, "DELETE", id_of("vaults/mlvault"), "", True),
        (
            "ReadOnly",
            id_of("storageAccounts/mlstore"),
            "PUT",
            f"{id_of('storageAccounts/mlstore')}/providers/Microsoft.Authorization/roleAssignments/x",
            "",
            True,
        ),
    ],
)
def test_what_a_lock_forbids(
    level: str, scope: str, method: Method, path: str, action: str, *, held: bool
) -> None:
    """A lock holds at its scope and below: ReadOnly for changes and actions, both for deletions."""
    request = Request(
        method=method, id=ResourceId(path), body={} if method in ("PUT", "PATCH") else None, action=action
    )
    found = obstacles("locks", request, [*REFERENCES["peered"](), lock(level, scope)])

    assert held == any(one.sure and one.held for one in found)
    assert all(one.place == ResourceId(scope) for one in found)


def test_what_a_request_only_names_may_be_locked() -> None:
    """Nobody documents whether an endpoint can lead to a locked vault: it is told, and not held back."""
    found = obstacles(
        "locks", endpoint(), [*REFERENCES["peered"](), lock("ReadOnly", id_of("vaults/mlvault"))]
    )

    assert [(False, False)] == [(one.sure, one.held) for one in found]
    assert "mlvault, which it names, is locked" in found[0].why


def test_locks_that_could_not_be_read_are_not_taken_for_none() -> None:
    """A gap where locks should be is told at every request below it."""
    gap = Gap("locks", "403 AuthorizationFailed", "ask", type=LOCKS.lower(), scope=SPOKE)
    found = obstacles("locks", endpoint(), REFERENCES["peered"](), gaps=[gap])

    assert [(False, False)] == [(one.sure, one.held) for one in found]
    assert "403" in found[0].why


def test_a_locked_group_is_asked_to_be_unlocked() -> None:
    """What a lock forbids is planned all the same: the request names the lock, and the rest can be applied."""
    bodies = [*spoke(), lock("ReadOnly", HUB_GROUP)]
    emulator = azure(bodies, [role(OWNER, SPOKE), role(OWNER, HUB_GROUP)])
    found = preflight(snapshot(bodies), PlanOptions(), asking(emulator))

    assert {"virtualNetworkLinks"} == {one.step.request.path.split("/")[-2] for one in found.held}
    assert [("unlock", HUB_GROUP)] == [(one.way, one.place) for one in found.sections]
    assert found.now.steps
    assert not any(HUB_GROUP in step.request.path for step in found.now.steps)


# --- quotas ----------------------------------------------------------------------------------------------


def usages(current: float, limit: float) -> list[Json]:
    return [{"name": {"value": "PrivateEndpoints"}, "currentValue": current, "limit": limit}]


@pytest.mark.parametrize(("current", "limit", "full"), [(10, 11, False), (11, 11, True), (5, 64_000, False)])
def test_azure_tells_how_many_endpoints_a_subscription_has(current: int, limit: int, *, full: bool) -> None:
    """One more goes in as long as it is not more than there may be."""
    request, bodies = endpoint(), REFERENCES["peered"]()
    ask = one_question("quotas", request, bodies)
    found = obstacles("quotas", request, bodies, {ask: usages(current, limit)})

    assert full == any(one.held for one in found)


def test_what_the_plan_makes_before_counts_too() -> None:
    """With room for one more, the second endpoint of a plan has none."""
    request, bodies = endpoint(), REFERENCES["peered"]()
    ask = one_question("quotas", request, bodies)
    start, later = World(snapshot(bodies)), World(snapshot(bodies))
    answers = Answers(live=True)
    answers.add({ask: usages(10, 11)})

    def full() -> bool:
        situation = Situation(request=request, azure=later, start=start, gaps=(), answers=answers)
        return any(one.held for one in QUOTAS.judge(situation))

    assert not full()
    made = ResourceId(id_of("privateEndpoints/first"))
    later.write(
        Write(made, {**(request.body or {}), "id": made.text, "type": "Microsoft.Network/privateEndpoints"})
    )
    assert full()


def test_a_quota_that_could_not_be_read_is_not_known() -> None:
    """403 on the usages: said, and not held back."""
    request, bodies = endpoint(), REFERENCES["peered"]()
    ask = one_question("quotas", request, bodies)
    found = obstacles("quotas", request, bodies, {ask: Silent("403 AuthorizationFailed", 403)})

    assert [(False, False)] == [(one.sure, one.held) for one in found]


def test_a_vault_takes_64_endpoints() -> None:
    """The sixty-fifth is refused, wherever the others stand."""
    bodies = REFERENCES["peered"]()
    there = sum("vaults/mlvault" in str(one) and one["type"].endswith("privateEndpoints") for one in bodies)
    connection = {"properties": {"privateLinkServiceId": id_of("vaults/mlvault"), "groupIds": ["vault"]}}
    others = [
        resource(f"privateEndpoints/other-{number}", {"privateLinkServiceConnections": [connection]})
        for number in range(64 - there)
    ]

    assert [] == obstacles("quotas", endpoint(), [*bodies, *others[:-1]])
    found = obstacles("quotas", endpoint(), [*bodies, *others])
    assert ["there are 64 private endpoints to mlvault, and there may be 64"] == [one.why for one in found]


def test_a_zone_says_itself_how_many_networks_it_may_have() -> None:
    """The zone's own number counts, for not every link was read."""
    zone = f"{GROUP}/providers/Microsoft.Network/privateDnsZones/z.example"
    body = {
        "id": zone,
        "name": "z.example",
        "type": "Microsoft.Network/privateDnsZones",
        "location": "global",
        "properties": {"maxNumberOfVirtualNetworkLinks": 3, "numberOfVirtualNetworkLinks": 3},
    }
    link = Request(
        method="PUT",
        id=ResourceId(f"{zone}/virtualNetworkLinks/l"),
        body={"properties": {"virtualNetwork": {"id": id_of("virtualNetworks/aks-net")}}},
    )

    assert ["there are 3 networks linked to zone z.example, and there may be 3"] == [
        one.why for one in obstacles("quotas", link, [body])
    ]


def test_every_limit_says_what_it_counts() -> None:
    """Each limit of each type can be told to people, and is above nothing."""
    limits: list[Limit] = [one for type in folders() for one in limits_of(type)]

    assert limits
    for one in limits:
        assert "{name}" in one.what
        assert one.remedy
        assert callable(one.most) or one.most > 0


# --- addresses -------------------------------------------------------------------------------------------


def subnet_usage(current: float, limit: float) -> list[Json]:
    return [{"id": SUBNET, "currentValue": current, "limit": limit, "name": {"value": "SubnetSpace"}}]


@pytest.mark.parametrize(
    ("target", "group", "left", "full"),
    [
        ("vaults/mlvault", "vault", 1, False),
        ("vaults/mlvault", "vault", 0, True),
        ("registries/mlreg", "registry", 2, False),
        ("registries/mlreg", "registry", 1, True),
        ("workspaces/mlw", "amlworkspace", 8, False),
        ("workspaces/mlw", "amlworkspace", 0, True),
    ],
)
def test_an_endpoint_takes_an_address_for_each_member(
    target: str, group: str, left: int, *, full: bool
) -> None:
    """A vault takes one, a registry one more for its data, a workspace several; Azure tells how many are left."""
    request, bodies = endpoint(target, group), REFERENCES["peered"]()
    ask = one_question("addresses", request, bodies)
    found = obstacles("addresses", request, bodies, {ask: subnet_usage(251 - left, 251)})

    assert full == any(one.held and one.sure for one in found)


def test_addresses_are_counted_down_along_a_plan() -> None:
    """Where a subnet has room for a part of the endpoints only, the rest are held, and room is asked for."""
    bodies = spoke(linked=True)
    emulator = azure(bodies, [role(OWNER, SPOKE), role(OWNER, HUB_GROUP)])
    truly = asking(emulator)

    def nearly_full(asks: Any) -> Any:
        told = truly(asks)
        return {
            ask: subnet_usages(value, left=4) if ask.path.endswith("aks-net/usages") else value
            for ask, value in told.items()
        }

    found = preflight(snapshot(bodies), PlanOptions(), nearly_full)
    held = [one for one in found.held if any(each.check == "addresses" for each in one.obstacles)]
    made = [one for one in found.now.steps if one.request.path.split("/")[-2] == "privateEndpoints"]

    assert held
    assert len(made) < 7
    assert "room" in {one.way for one in found.sections}


def subnet_usages(lines: list[Json], left: int) -> list[Json]:
    return [{**one, "currentValue": one["limit"] - left} for one in lines]


def test_how_many_addresses_a_workspace_takes_is_not_documented() -> None:
    """With room for one only it is told that there may be too few, and it is not held back."""
    request, bodies = endpoint("workspaces/mlw", "amlworkspace"), REFERENCES["peered"]()
    ask = one_question("addresses", request, bodies)
    found = obstacles("addresses", request, bodies, {ask: subnet_usage(250, 251)})

    assert [(False, False)] == [(one.sure, one.held) for one in found]
    assert "may take up to" in found[0].why


# --- policies --------------------------------------------------------------------------------------------


def group(name: str = "default", of: str = "pe-vault") -> Request:
    """A request for a zone group of an endpoint."""
    zone = id_of("privateDnsZones/privatelink.vaultcore.azure.net")
    body = {
        "properties": {"privateDnsZoneConfigs": [{"name": "z", "properties": {"privateDnsZoneId": zone}}]}
    }
    path = f"{id_of(f'privateEndpoints/{of}')}/privateDnsZoneGroups/{name}"
    return Request(method="PUT", id=ResourceId(path), body=body, api_version="2024-05-01")


def without_groups() -> list[Body]:
    return [one for one in REFERENCES["peered"]() if not one["type"].endswith("/privateDnsZoneGroups")]


def assignment(definition: str, **more: Any) -> Json:
    properties = {"displayName": "zone groups", "policyDefinitionId": definition, "scope": SPOKE, **more}
    return {"id": f"{SPOKE}/providers/Microsoft.Authorization/policyAssignments/p", "properties": properties}


INITIATIVE = (
    "/providers/Microsoft.Management/managementGroups/m/providers/Microsoft.Authorization/policySetDefinitions/"
    "Deploy-Private-DNS-Zones"
)
BUILT_IN = "/providers/Microsoft.Authorization/policyDefinitions/{}"


@pytest.mark.parametrize(
    ("told", "held"),
    [
        ([], False),
        ([assignment(INITIATIVE)], True),
        ([assignment(INITIATIVE, enforcementMode="DoNotEnforce")], False),
        ([assignment(BUILT_IN.format("ac673a9a-f77d-4846-b2d8-a57f8e1c01d4"))], True),
        ([assignment(BUILT_IN.format("75973700-529f-4de2-b794-fb9b6781b6b0"))], False),
        ([assignment(BUILT_IN.format("0a914e76-4921-4c19-b460-a2d36003525a"))], False),
    ],
    ids=["none", "initiative", "not enforced", "for vaults", "for blobs", "something else"],
)
def test_policies_that_make_zone_groups(told: list[Json], *, held: bool) -> None:
    """The initiative of landing zones, and built-in policies for the endpoint's own sub-resource, make it."""
    request, bodies = group(), without_groups()
    ask = one_question("policy", request, bodies)
    found = obstacles("policy", request, bodies, {ask: told})

    assert held == any(one.held for one in found)
    assert not any(one.sure for one in found)


def test_a_zone_group_that_policy_made_is_left_alone() -> None:
    """What is called deployedByPolicy would be made again."""
    made = resource(
        "privateEndpoints/pe-vault/privateDnsZoneGroups/deployedByPolicy", {"privateDnsZoneConfigs": []}
    )
    found = obstacles("policy", group("deployedByPolicy"), [*without_groups(), made])

    assert [(True, False)] == [(one.held, one.sure) for one in found]


def test_policy_makes_more_of_what_it_made() -> None:
    """Another endpoint of the same sub-resource has one of the policy's: this one gets its own."""
    made = resource(
        "privateEndpoints/pe-vault/privateDnsZoneGroups/deployedByPolicy", {"privateDnsZoneConfigs": []}
    )
    connection = {
        "name": "c",
        "properties": {"privateLinkServiceId": id_of("vaults/other"), "groupIds": ["vault"]},
    }
    second = resource("privateEndpoints/second", {"privateLinkServiceConnections": [connection]})
    bodies = [*without_groups(), made, second]

    assert [True] == [one.held for one in obstacles("policy", group(of="second"), bodies)]
    assert [] == obstacles("policy", group(of="pe-blob"), bodies)


def test_policies_that_could_not_be_read_are_not_known() -> None:
    """403 on the assignments: said, and not held back."""
    request, bodies = group(), without_groups()
    ask = one_question("policy", request, bodies)
    found = obstacles("policy", request, bodies, {ask: Silent("403 AuthorizationFailed", 403)})

    assert [(False, False)] == [(one.held, one.sure) for one in found]


def test_an_endpoint_is_made_for_policy_to_complete() -> None:
    """Zone groups wait for the policy, endpoints do not: the policy acts on them only once they are there."""
    bodies = spoke()
    emulator = azure(bodies, [role(OWNER, SPOKE), role(OWNER, HUB_GROUP)])
    policy = assignment(INITIATIVE)
    ask_truly = asking(emulator)

    def with_policy(asks: Any) -> Any:
        return {
            ask: [policy] if ask.path.endswith("/policyAssignments") else told
            for ask, told in ask_truly(asks).items()
        }

    found = preflight(snapshot(bodies), PlanOptions(), with_policy)
    types = {ResourceId(one.request.path).type for one in found.now.steps}

    assert {"wait"} == {one.way for step in found.held for one in step.obstacles if one.held}
    assert "microsoft.network/privateendpoints" in types
    assert "microsoft.network/privateendpoints/privatednszonegroups" not in types
    assert SUBSCRIPTION in found.sections[0].place


# --- facts -----------------------------------------------------------------------------------------------


def test_every_linked_action_is_one() -> None:
    """What each kind says of rights reads as an action of Azure, and each has a role that people can be given."""
    for type in folders():
        told = rights_of(type)
        for pointer, action in told.joins.items():
            assert action.endswith("/action"), (type, action)
            assert action.startswith(("Microsoft.", "{type}/")), (type, action)
            assert pointer.startswith("properties/"), (type, pointer)
        if told.joins:
            assert told.role or kind_of(type) is not None
