"""Rights: what a request takes, and whether the permissions that Azure tells hold it."""

from __future__ import annotations

import json
import re
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cloison.arm.ids import ResourceId
from cloison.cli import main
from cloison.emulator import Emulator, rights
from cloison.emulator.emulator import ask
from cloison.emulator.signin import Caller
from cloison.emulator.wire import Asked
from cloison.emulator.world import PRINCIPAL
from cloison.model.behaviour import Method, Refused, Request, Write
from cloison.plan.document import StepReport
from cloison.plan.make import make
from cloison.plan.options import PlanOptions
from cloison.plan.preflight.check import Answers, Obstacle, Silent, Situation
from cloison.plan.preflight.checks.rights import CHECK
from cloison.plan.preflight.look import questions
from cloison.plan.preflight.rights import Allowed, allowed, fits, needed
from cloison.plan.puts import request_of
from cloison.plan.world import World
from tests.preflight.estate import (
    CONTRIBUTOR,
    HUB,
    HUB_GROUP,
    OWNER,
    READER,
    SPOKE,
    ZONE,
    asking,
    azure,
    definition,
    role,
    spoke,
    team,
)
from tests.reference import GROUP, id_of, snapshot

WORDS = st.sampled_from(
    ["Microsoft.Network", "privateDnsZones", "join", "action", "write", "*", "a", "b", "ab", "*b*"]
)
PATTERNS = st.lists(WORDS, min_size=1, max_size=5).map("/".join) | st.text("ab*/", max_size=12)
ACTIONS = st.lists(WORDS.filter(lambda one: "*" not in one), min_size=1, max_size=5).map("/".join) | st.text(
    "ab/", max_size=12
)
NETWORK = id_of("virtualNetworks/aks-net")


def by_regex(pattern: str, action: str) -> bool:
    """What Microsoft says a wildcard is, as the slowest thing that does it."""
    return (
        re.fullmatch("".join(".*" if c == "*" else re.escape(c) for c in pattern), action, re.IGNORECASE)
        is not None
    )


@settings(max_examples=2_000, deadline=None)
@given(PATTERNS, ACTIONS)
def test_wildcards_are_those_of_a_regular_expression(pattern: str, action: str) -> None:
    """A star stands for any text, slashes too; case means nothing."""
    assert by_regex(pattern, action) == fits(pattern, action)


@pytest.mark.parametrize(
    ("pattern", "action", "expected"),
    [
        ("a*a", "a", False),
        ("a*a", "aa", True),
        ("ab*ba", "aba", False),
        ("*/read", "x/y/READ", True),
        ("*", "", True),
        ("a**b", "ab", True),
        ("a*b*c", "acb", False),
    ],
)
def test_what_stands_before_and_after_a_star_is_apart(pattern: str, action: str, *, expected: bool) -> None:
    """No letter stands for two of a pattern's."""
    assert expected == by_regex(pattern, action) == fits(pattern, action)


def test_a_permission_does_not_take_away_what_another_gives() -> None:
    """Exceptions hold within their own permission only: roles add up."""
    contributor = {"actions": ["*"], "notActions": ["Microsoft.Authorization/*/Write"]}
    admin = {"actions": ["Microsoft.Authorization/roleAssignments/*"], "notActions": []}
    giving = "Microsoft.Authorization/roleAssignments/write"

    assert Allowed.NO is allowed([contributor], giving)
    assert Allowed.YES is allowed([contributor, admin], giving)
    assert Allowed.NO is allowed([], giving)


def test_a_condition_is_not_judged() -> None:
    """A role that holds under a condition gives a right perhaps; one without gives it surely."""
    admin = {"actions": ["*"], "notActions": [], "condition": "@Resource[…] StringEquals 'x'"}

    assert Allowed.PERHAPS is allowed([admin], "a/write")
    assert Allowed.YES is allowed([admin, {"actions": ["*"], "notActions": []}], "a/write")


@pytest.mark.parametrize(
    ("method", "path", "body", "expected"),
    [
        (
            "PUT",
            id_of("privateEndpoints/pe"),
            {
                "properties": {
                    "subnet": {"id": f"{NETWORK}/subnets/aks"},
                    "privateLinkServiceConnections": [
                        {"properties": {"privateLinkServiceId": id_of("vaults/mlvault")}}
                    ],
                }
            },
            {
                "Microsoft.Network/privateEndpoints/write",
                "Microsoft.Network/virtualNetworks/subnets/join/action",
                "Microsoft.KeyVault/vaults/privateEndpointConnectionsApproval/action",
            },
        ),
        (
            "PUT",
            f"{HUB_GROUP}/providers/{ZONE}/z/virtualNetworkLinks/l",
            {"properties": {"virtualNetwork": {"id": NETWORK}}},
            {f"{ZONE}/virtualNetworkLinks/write", "Microsoft.Network/virtualNetworks/join/action"},
        ),
        ("DELETE", id_of("privateEndpoints/pe"), None, {"Microsoft.Network/privateEndpoints/delete"}),
        (
            "PUT",
            f"{id_of('storageAccounts/mlstore')}/providers/Microsoft.Authorization/roleAssignments/x",
            {"properties": {}},
            {"Microsoft.Authorization/roleAssignments/write"},
        ),
        (
            "PATCH",
            id_of("workspaces/mlw"),
            {"identity": {"userAssignedIdentities": {id_of("userAssignedIdentities/me"): {}}}},
            {
                "Microsoft.MachineLearningServices/workspaces/write",
                "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action",
            },
        ),
    ],
)
def test_what_a_request_takes(
    method: Method, path: str, body: dict[str, object] | None, expected: set[str]
) -> None:
    """The action of the request itself, and one for each thing that it names in certain places."""
    assert expected == {one.action for one in needed(Request(method=method, id=ResourceId(path), body=body))}


def test_an_action_takes_itself() -> None:
    """POST …/start takes managedClusters/start/action."""
    request = Request(method="POST", id=ResourceId(id_of("managedClusters/aks")), action="start")

    assert ["Microsoft.ContainerService/managedClusters/start/action"] == [
        one.action for one in needed(request)
    ]


# --- beside the emulator, which computes rights from role assignments in code of its own -------------------


@cache
def requests() -> tuple[StepReport, ...]:
    """The steps of a plan that touches a spoke and a hub."""
    return make(snapshot(spoke()), PlanOptions()).steps


SCOPES = (
    SPOKE,
    GROUP,
    f"/subscriptions/{HUB}",
    HUB_GROUP,
    NETWORK,
    f"{NETWORK}/subnets/aks",
    id_of("storageAccounts/mlstore"),
    f"{HUB_GROUP}/providers/{ZONE}/privatelink.blob.core.windows.net",
)
HELD = (
    "*",
    "*/read",
    "*/write",
    "Microsoft.Network/*",
    "Microsoft.Network/*/join/action",
    "Microsoft.Network/privateEndpoints/*",
    "Microsoft.Network/privateDnsZones/*",
    "Microsoft.Network/privateDnsZones/*/write",
    "Microsoft.Network/virtualNetworks/subnets/join/action",
    "*/privateEndpointConnectionsApproval/action",
    "Microsoft.Storage/storageAccounts/*",
    "microsoft.keyvault/VAULTS/write",
    "Microsoft.Authorization/permissions/read",
)
GIVEN = st.lists(
    st.tuples(
        st.sampled_from(SCOPES),
        st.lists(st.sampled_from(HELD), min_size=1, max_size=3),
        st.lists(st.sampled_from(HELD), max_size=2),
    ),
    max_size=4,
)
READS = st.lists(st.sampled_from([SPOKE, f"/subscriptions/{HUB}"]), max_size=2, unique=True)


@cache
def world() -> tuple[Emulator, World]:
    return azure(spoke()), World(snapshot(spoke()))


@settings(max_examples=150, deadline=None)
@given(GIVEN, READS)
def test_preflight_and_emulator_agree(
    given: list[tuple[str, list[str], list[str]]], reads: list[str]
) -> None:
    """For any set of roles: what is surely in the way is refused, what is not in the way is not refused for rights."""
    emulator, start = world()
    bodies = [role(READER, scope) for scope in reads]
    for number, (scope, held, excepted) in enumerate(given):
        guid = f"00000000-0000-0000-0000-00000000f{number:03}"
        bodies += [definition(guid, *held, excepted=excepted), role(guid, scope)]
    undo = [emulator.state.write(Write(ResourceId(one["id"]), one)) for one in bodies]
    try:
        answers = Answers(live=True)
        steps = [request_of(one) for one in requests()]
        answers.add(asking(emulator)(questions(start, steps)))
        for request in steps:
            situation = Situation(request=request, azure=start, start=start, gaps=(), answers=answers)
            found: list[Obstacle] = list(CHECK.judge(situation))
            refused = is_refused(emulator, request)
            if any(one.sure for one in found):
                assert refused
            elif not found:
                assert not refused
    finally:
        emulator.state.take_back(undo)


def is_refused(emulator: Emulator, request: Request) -> bool:
    """Whether the emulator refuses a request for lack of rights."""
    target = f"{request.id.text}/{request.action}" if request.action else request.id.text
    try:
        rights.check(
            emulator.world, Caller(PRINCIPAL, "cloison"), Asked.of(request.method, target, request.body)
        )
    except Refused as refused:
        return refused.code in ("AuthorizationFailed", "LinkedAuthorizationFailed")
    return False


def test_the_emulator_refuses_over_the_wire_what_it_says_nobody_may() -> None:
    """A contributor of the spoke may write there, may give no roles, and sees nothing of the hub."""
    emulator = azure(spoke(), [role(CONTRIBUTOR, SPOKE)])
    name = "00000000-0000-4000-8000-000000000001"
    given = f"{GROUP}/providers/Microsoft.Authorization/roleAssignments/{name}?api-version=2022-04-01"
    body = {"properties": {"roleDefinitionId": OWNER, "principalId": PRINCIPAL}}
    nsg = f"{id_of('networkSecurityGroups/own')}?api-version=2024-05-01"
    zone = f"{HUB_GROUP}/providers/{ZONE}/privatelink.blob.core.windows.net?api-version=2024-06-01"

    assert 403 == ask(emulator, "PUT", given, body).status
    assert 201 == ask(emulator, "PUT", nsg, {"location": "westeurope"}).status
    assert 403 == ask(emulator, "GET", zone).status
    assert [SPOKE.rpartition("/")[2]] == [
        one["subscriptionId"]
        for one in ask(emulator, "GET", "/subscriptions?api-version=2022-12-01").body["value"]
    ]


def test_the_role_that_is_printed_is_enough_to_look_ahead(capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever has the role of `cloison roles`, and nothing else, is answered every question of a preflight."""
    assert 0 == main(["roles"])
    printed = json.loads(capsys.readouterr().out)
    guid = "00000000-0000-0000-0000-0000000000c9"
    given = [definition(guid, *printed["Actions"]), role(guid, SPOKE), role(guid, f"/subscriptions/{HUB}")]
    told = asking(azure(spoke(), given))(questions(World(snapshot(spoke())), map(request_of, requests())))

    assert told
    assert {} == {ask: one for ask, one in told.items() if isinstance(one, Silent)}


def test_resource_graph_shows_what_may_be_read() -> None:
    """Rows of a hub that somebody may not read are not among the answers."""
    query = {"query": "resources | where type =~ 'microsoft.network/privatednszones' | project id"}
    path = "/providers/Microsoft.ResourceGraph/resources?api-version=2022-10-01"
    blind, seeing = azure(spoke(), [role(OWNER, SPOKE)]), azure(spoke(), team(READER))

    assert 0 == ask(blind, "POST", path, query).body["totalRecords"]
    assert 0 < ask(seeing, "POST", path, query).body["totalRecords"]
