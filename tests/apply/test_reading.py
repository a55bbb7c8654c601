"""Reading a target: what decides whether it is as a step wants it."""

from __future__ import annotations

import copy
from typing import Any

from cloison.apply.reading import as_wanted
from cloison.apply.step import Step
from cloison.arm.gate import Sent
from cloison.arm.ids import ResourceId
from cloison.plan.base import base_of

GROUP = ResourceId(
    "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/privateEndpoints/pe/privateDnsZoneGroups/default"
)
ZONE = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/privateDnsZones/privatelink.vault.azure.net"


def body(*records: str) -> dict[str, Any]:
    """A zone group with what it wrote."""
    sets = [{"recordType": "A", "recordSetName": one, "ipAddresses": ["10.0.0.1"]} for one in records]
    properties = {"privateDnsZoneId": ZONE, "recordSets": sets}
    return {"properties": {"privateDnsZoneConfigs": [{"name": "vault", "properties": properties}]}}


def test_what_a_zone_group_wrote_is_azure_s_to_say() -> None:
    """A step that makes a group anew is done when its zones are there, whatever records it named from before."""
    request = Sent(method="PUT", id=GROUP, api_version="2024-05-01", body=body("old"))
    step = Step(number=1, wave=1, request=request, summary="", base={})
    assert as_wanted(step, body("new"))
    assert as_wanted(step, body())
    other = copy.deepcopy(body("old"))
    other["properties"]["privateDnsZoneConfigs"][0]["properties"]["privateDnsZoneId"] = f"{ZONE}.other"
    assert not as_wanted(step, other)


def test_secrets_have_no_prints() -> None:
    """What is secret is in no base: neither a plan nor a journal holds so much as its print."""
    told = {"properties": {"adminPassword": "x", "deep": {"secret": {"value": "y"}}, "plain": 1}}
    assert {"properties/plain"} == set(base_of(GROUP, told, "PUT"))
    assert {"properties/plain"} == set(base_of(GROUP, told, "DELETE"))
