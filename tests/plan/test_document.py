"""The document: versioned, described by a schema, the same bytes for the same input, and nothing in it that leaks."""

from __future__ import annotations

import json
import re
from typing import Any

import jsonschema
import msgspec
import pytest
import schema as tool
from hypothesis import example, given
from hypothesis import strategies as st

from cloison.model.errors import CloisonError
from cloison.plan.base import base_of
from cloison.plan.document import PlanDocument, digest
from cloison.plan.make import make
from cloison.plan.schema import schema
from cloison.plan.world import World
from tests.fault_catalogue import FAULTS
from tests.faults import NET, storage
from tests.plan.environments import carry_out, faulty, public
from tests.reference import REFERENCES, Body, changed, snapshot

SECRET = "canary-5f2b7c"
STRANGE = [
    "",
    " ",
    "null",
    "\u202egnp",
    "a" * 5000,
    "{subnet}",
    "../..",
    "\x00",
    "<b>",
    "'; drop",
    "é漢字",
    "{connection of x}",
]


def planned(bodies: list[Body]) -> PlanDocument | CloisonError:
    """A plan, or why there is none."""
    try:
        return make(snapshot(bodies))
    except CloisonError as error:
        return error


def is_whole(told: PlanDocument | CloisonError) -> bool:
    """A document with its digest, or an error with its code."""
    return bool(told.code) if isinstance(told, CloisonError) else told.digest == digest(told)


@pytest.fixture(scope="module")
def plan() -> PlanDocument:
    """A large plan."""
    return make(snapshot(public("same network", zones=True)))


def test_it_is_as_its_schema_says(plan: PlanDocument) -> None:
    """Every member is described, and a reader that checks is content."""
    jsonschema.Draft202012Validator.check_schema(schema())
    jsonschema.Draft202012Validator(schema()).validate(json.loads(msgspec.json.encode(plan)))


def test_the_schema_is_current() -> None:
    """`python tools/schema.py` would write what docs/plan.schema.json holds."""
    assert tool.text(schema()) == tool.PLAN_FILE.read_text(encoding="utf-8"), "run python tools/schema.py"


def test_it_reads_back(plan: PlanDocument) -> None:
    """Written and read, it is the same, and its digest is right."""
    again = msgspec.json.decode(msgspec.json.encode(plan), type=PlanDocument)

    assert plan == again
    assert plan.digest == digest(again)


def test_the_same_input_gives_the_same_bytes(plan: PlanDocument) -> None:
    """Nothing in it depends on time, or on what was tried before."""
    assert msgspec.json.encode(plan) == msgspec.json.encode(
        make(snapshot(public("same network", zones=True)))
    )


def test_a_changed_document_has_another_digest(plan: PlanDocument) -> None:
    """A step less, another body, another order: the digest tells."""
    others = [
        msgspec.structs.replace(plan, steps=plan.steps[1:]),
        msgspec.structs.replace(plan, steps=plan.steps[::-1]),
        msgspec.structs.replace(plan, proof=msgspec.structs.replace(plan.proof, states=1)),
    ]

    assert plan.digest not in map(digest, others)


def test_steps_name_versions_and_whole_ids(plan: PlanDocument) -> None:
    """Each request can be sent as it stands: a path from the subscription on, an API version, no open places."""
    for step in plan.steps:
        assert step.request.path.startswith("/subscriptions/")
        assert step.request.api_version
        assert "{" not in step.request.path
        assert "{subnet" not in json.dumps(step.request.body)


def test_bases_are_those_right_before(plan: PlanDocument) -> None:
    """What a step says of its resource is what a GET answers right before its wave."""
    azure = World(snapshot(public("same network", zones=True)))
    waves = sorted({step.wave for step in plan.steps})
    for wave in waves:
        own = [step for step in plan.steps if step.wave == wave]
        for step in own:
            id = step.request.path
            body = next(
                (azure.show(one, step.request.api_version) for one in azure if one == id.lower()), None
            )
            expected = (
                None
                if body is None
                else dict(base_of(next(one for one in azure if one == id.lower()), body, step.request.method))
            )
            assert expected == step.base
            assert step.makes == (body is None)
        for step in own:
            carry_out(azure, step)


def test_reasons_are_findings_of_the_check(plan: PlanDocument) -> None:
    """Every step is there because of something; what follows from the first steps may have a name of its own."""
    assert all(step.because for step in plan.steps)
    assert all(len(one.split("-")) == 2 for step in plan.steps for one in step.because)


def test_time_is_that_of_the_longest_of_each_wave(plan: PlanDocument) -> None:
    """Waves follow each other; within one the longest counts."""
    longest = {step.wave: 0.0 for step in plan.steps}
    for step in plan.steps:
        longest[step.wave] = max(longest[step.wave], step.seconds)

    assert sum(longest.values()) == plan.seconds > 0


def test_the_proof_tells_each_wave(plan: PlanDocument) -> None:
    """Before the first and after each: prints of who may come in and of what works; all choices are counted."""
    waves: dict[int, int] = {}
    for step in plan.steps:
        waves[step.wave] = waves.get(step.wave, 0) + 1

    assert list(range(len(waves) + 1)) == [one.wave for one in plan.proof.waves]
    assert 1 + sum(2**count - 1 for count in waves.values()) == plan.proof.prefixes
    assert plan.proof.waves[0].exposure != plan.proof.waves[-1].exposure


def test_secrets_of_the_input_are_not_in_it() -> None:
    """What a source should have dropped and did not: no key of a cluster or an account reaches a plan by the whole."""
    changes = {
        "managedClusters/aks#/properties/servicePrincipalProfile": {"clientId": "msi", "secret": SECRET},
        "managedClusters/aks#/properties/apiServerAccessProfile/enablePrivateClusterPublicFQDN": True,
        **storage("networkAcls/bypass", "None"),
        **storage("networkAcls/resourceAccessRules", []),
    }
    found = make(faulty("peered", changes))

    assert any(step.request.path.endswith("/aks") for step in found.steps)
    assert SECRET not in msgspec.json.encode(found).decode()


@pytest.mark.parametrize("name", STRANGE, ids=repr)
def test_strange_values_end_in_a_plan_or_a_coded_error(name: str) -> None:
    """Settings that nobody would write are no reason to break a promise."""
    for place in (
        "storageAccounts/mlstore#/properties/publicNetworkAccess",
        f"{NET}/aks-net#/properties/dhcpOptions/dnsServers/-",
    ):
        assert is_whole(planned(changed(REFERENCES["peered"](), {place: name})))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 70000) | st.text(max_size=8) | st.sampled_from(STRANGE),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)
PLACES = [
    "virtualNetworks/aks-net#/properties/subnets/0/properties/addressPrefix",
    "virtualNetworks/aks-net#/properties/subnets",
    "virtualNetworks/aks-net/virtualNetworkPeerings/to-ml-net#/properties",
    "privateEndpoints/pe-vault#/properties/privateLinkServiceConnections",
    "privateEndpoints/pe-vault#/properties/subnet",
    "privateEndpoints/pe-vault/privateDnsZoneGroups/default#/properties/privateDnsZoneConfigs",
    "privateDnsZones/privatelink.vaultcore.azure.net/A/mlvault#/properties/aRecords",
    "privateDnsZones/privatelink.vaultcore.azure.net/virtualNetworkLinks/aks-net#/properties",
    "storageAccounts/mlstore#/properties/networkAcls",
    "vaults/mlvault#/properties",
    "registries/mlreg#/sku",
    "workspaces/mlw#/identity",
    "managedClusters/aks#/properties/agentPoolProfiles",
    "workspaces/mlw/computes/aks-compute#/properties",
]


@given(place=st.sampled_from(PLACES), value=JSON)
@example(place="virtualNetworks/aks-net#/properties/subnets/0/properties/addressPrefix", value=None)
def test_hostile_bodies_end_in_a_plan_or_a_coded_error(place: str, value: Any) -> None:
    """Whatever stands where a setting should: a plan that is whole, or an error with a code."""
    assert is_whole(planned(changed(REFERENCES["peered"](), {place: value})))


def test_parts_that_are_never_read_on_their_own_have_a_version_to_be_sent_with() -> None:
    """A connection of a service is sent with the service's API version."""
    fault = next(one for one in FAULTS if one.name == "the vault's endpoint waits for approval")
    approval = make(faulty(fault.on[0], fault.changes)).steps[0].request
    assert "/privateEndpointConnections/" in approval.path
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", approval.api_version)
