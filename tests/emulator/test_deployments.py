"""Deployments: templates whose resources are put in order, seen beforehand on a copy, and told of afterwards."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cloison.emulator import Emulator
from cloison.emulator.clock import Manual
from tests.emulator.speaking import ACCOUNT, GROUP, NET, NETWORK, ROOT, STORE, Client, code, furnished, of

AT = f"{GROUP}/providers/Microsoft.Resources/deployments/made"
SCHEMA = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"
NETWORKS = "Microsoft.Network/virtualNetworks"


def template(*resources: Any, **sections: Any) -> dict[str, Any]:
    return {"$schema": SCHEMA, "contentVersion": "1.0.0.0", "resources": list(resources), **sections}


def wanted(told: Any, mode: str = "Incremental", **parameters: Any) -> dict[str, Any]:
    given = {name: {"value": value} for name, value in parameters.items()}
    return {"properties": {"mode": mode, "template": told, "parameters": given}}


def network(name: str, **more: Any) -> dict[str, Any]:
    return {"type": NETWORKS, "apiVersion": VERSION, "name": name, **NETWORK, **more}


def subnet(name: str, prefix: str, *needs: str) -> dict[str, Any]:
    return {
        "type": f"{NETWORKS}/subnets",
        "apiVersion": VERSION,
        "name": name,
        "properties": {"addressPrefix": prefix},
        "dependsOn": list(needs),
    }


VERSION = "2024-05-01"
ENDPOINT = {
    "type": "Microsoft.Network/privateEndpoints",
    "apiVersion": VERSION,
    "name": "pe-blob",
    "location": "westeurope",
    "dependsOn": ["[resourceId('Microsoft.Storage/storageAccounts', 'mlstore')]", "pe"],
    "properties": {
        "subnet": {
            "id": "[reference(resourceId('Microsoft.Resources/deployments', 'pe')).outputs.subnet.value]"
        },
        "privateLinkServiceConnections": [
            {
                "name": "link",
                "properties": {
                    "privateLinkServiceId": "[resourceId('Microsoft.Storage/storageAccounts', 'mlstore')]",
                    "groupIds": ["blob"],
                },
            }
        ],
    },
}
ACCOUNT_HERE = {
    "type": "Microsoft.Storage/storageAccounts",
    "apiVersion": "2023-05-01",
    "name": "mlstore",
    **ACCOUNT,
}
INNER = template(
    network("net"),
    subnet("net/pe", "10.0.1.0/24", "net"),
    outputs={
        "subnet": {
            "type": "string",
            "value": "[resourceId('Microsoft.Network/virtualNetworks/subnets', 'net', 'pe')]",
        }
    },
)
NESTED: dict[str, Any] = {
    "type": "Microsoft.Resources/deployments",
    "apiVersion": "2022-09-01",
    "name": "pe",
    "properties": {
        "mode": "Incremental",
        "expressionEvaluationOptions": {"scope": "inner"},
        "template": INNER,
    },
}
WHOLE = template(
    ENDPOINT,
    NESTED,
    ACCOUNT_HERE,
    outputs={
        "card": {"type": "string", "value": "[reference('pe-blob').networkInterfaces[0].id]"},
        "region": {"type": "string", "value": "[reference('mlstore', '2023-05-01', 'Full').location]"},
    },
)
"""An endpoint whose subnet is an output of a nested deployment, written first although it comes last."""


@pytest.fixture
def client() -> Client:
    return Client()


def test_resources_are_put_in_the_order_of_their_needs(client: Client) -> None:
    """What depends on something is put after it, and what an expression reads of it is what Azure made of it."""
    first = client.put(AT, wanted(WHOLE))
    assert 201 == first.status
    assert "Accepted" == first.body["properties"]["provisioningState"]
    assert {"status": "Succeeded"} == client.ended(first).body
    told = client.get(AT).body["properties"]
    assert "Succeeded" == told["provisioningState"]
    assert "/networkInterfaces/pe-blob.nic." in told["outputs"]["card"]["value"]
    assert "westeurope" == told["outputs"]["region"]["value"]
    assert {"mlstore", "net", "pe", "pe-blob"} == {
        one["id"].rpartition("/")[2] for one in told["outputResources"]
    }
    assert 200 == client.get(of("Network/privateEndpoints/pe-blob")).status


def test_the_body_of_az_is_read(client: Client) -> None:
    """`az` sends the template's own text behind a name without quotes, comments and all."""
    text = json.dumps(template(network("net"))).replace("{", '{ // it begins, "template: here"\n', 1)
    body = '{"properties": {"parameters": {}, "mode": "Incremental", template:' + text + "}}"
    answer = client.put(AT, body.encode())
    assert 201 == answer.status, answer.body
    assert 200 == client.get(NET).status


def test_operations_are_told(client: Client) -> None:
    """Each resource that was put is an operation with its target; the outputs are one more."""
    client.put(AT, wanted(WHOLE))
    told = [one["properties"] for one in client.pages(f"{AT}/operations")]
    targets = [one["targetResource"]["resourceName"] for one in told if "targetResource" in one]
    assert {"pe-blob", "pe", "mlstore"} == set(targets)
    assert "EvaluateDeploymentOutput" in {one["provisioningOperation"] for one in told}
    inner = f"{GROUP}/providers/Microsoft.Resources/deployments/pe"
    assert {"net", "net/pe"} == {
        one["properties"]["targetResource"]["resourceName"] for one in client.pages(f"{inner}/operations")
    }
    assert client.pages(f"{AT}/operations") == client.pages(f"{GROUP}/deployments/made/operations")
    one = client.pages(f"{AT}/operations")[0]
    assert one == client.get(f"{AT}/operations/{one['operationId']}").body


def test_a_failure_is_told_with_its_cause(client: Client) -> None:
    """A resource that is refused fails the deployment, names itself and why; what was put before stays."""
    bad = subnet("net/outside", "192.168.0.0/24", "net")
    first = client.put(AT, wanted(template(network("net"), bad)))
    ended = client.ended(first).body
    assert ("Failed", "DeploymentFailed") == (ended["status"], ended["error"]["code"])
    (detail,) = ended["error"]["details"]
    assert detail["target"].endswith("/subnets/outside")
    assert "Failed" == client.get(AT).body["properties"]["provisioningState"]
    assert 200 == client.get(NET).status
    failed = [
        one["properties"] for one in client.pages(f"{AT}/operations") if "statusMessage" in one["properties"]
    ]
    assert [detail["code"]] == [one["statusMessage"]["error"]["code"] for one in failed]


def test_a_deployment_that_waits_for_nothing_ends(client: Client) -> None:
    """What is never known inside a nested deployment fails the whole one instead of leaving it running."""
    nowhere = "[reference(resourceId('Microsoft.Network/virtualNetworks', 'nowhere')).addressSpace]"
    told = template(network("net", tags={"k": nowhere}))
    never = {**NESTED, "properties": {**NESTED["properties"], "template": told}}
    ended = client.ended(client.put(AT, wanted(template(ACCOUNT_HERE, never)))).body
    assert ("Failed", "InvalidTemplate") == (ended["status"], ended["error"]["code"])
    assert "Failed" == client.get(AT).body["properties"]["provisioningState"]
    assert 200 == client.put(AT, wanted(template(network("net")))).status


@pytest.mark.parametrize(
    ("body", "wanted_code"),
    [
        ({}, "InvalidRequestContent"),
        ({"properties": {"mode": "Incremental"}}, "InvalidRequestContent"),
        (wanted(template({"type": "x"})), "InvalidTemplate"),
        (wanted(template(network("[parameters('none')]"))), "InvalidTemplate"),
        (wanted(template(parameters={"needed": {"type": "string"}})), "InvalidTemplate"),
        (wanted(template(), odd=1), "InvalidTemplate"),
        (wanted(template(), mode="Other"), "InvalidDeploymentMode"),
        (wanted(template(), mode="incremental", odd=1), "InvalidTemplate"),
        (
            {"properties": {"mode": "Incremental", "templateLink": {"uri": "https://x/?sig=y"}}},
            "InvalidContentLink",
        ),
    ],
)
def test_a_wrong_template_is_refused_at_once(client: Client, body: Any, wanted_code: str) -> None:
    """A template that cannot be evaluated is refused when it is sent, and no deployment remains."""
    answer = client.put(AT, body)
    assert (400, wanted_code) == (answer.status, code(answer))
    assert 404 == client.get(AT).status
    assert "sig=" not in json.dumps(answer.body)


def test_conditions_and_loops_hold(client: Client) -> None:
    """A resource whose condition is false is not put; a loop puts each of its turns."""
    loop = network("[concat('n', copyIndex())]", copy={"name": "all", "count": 3})
    never = network("never", condition=False)
    client.put(AT, wanted(template(loop, never)))
    assert ["n0", "n1", "n2"] == [one["name"] for one in client.pages(of("Network/virtualNetworks"))]


def test_secrets_are_not_told(client: Client) -> None:
    """Values of secure parameters and outputs are used and never answered."""
    sections = {
        "parameters": {"key": {"type": "securestring"}},
        "outputs": {"again": {"type": "securestring", "value": "[parameters('key')]"}},
    }
    client.put(
        AT,
        wanted(
            template(network("net", tags={"k": "[length(parameters('key'))]"}), **sections), key="hush-hush"
        ),
    )
    assert "hush-hush" not in json.dumps([client.get(AT).body, client.pages(f"{AT}/operations")])


def test_a_complete_deployment_leaves_nothing_else(client: Client) -> None:
    """In complete mode what the template does not have is deleted."""
    furnished(client)
    client.put(AT, wanted(template(network("other")), "Complete"))
    assert "Succeeded" == client.get(AT).body["properties"]["provisioningState"]
    assert ["other"] == [one["name"] for one in client.pages(f"{GROUP}/resources")]


def test_groups_are_made_by_deployments_to_a_subscription(client: Client) -> None:
    """A deployment to a subscription makes groups, and nested deployments fill them."""
    at = f"{ROOT}/providers/Microsoft.Resources/deployments/made"
    group = {
        "type": "Microsoft.Resources/resourceGroups",
        "apiVersion": "2022-09-01",
        "name": "new",
        "location": "westeurope",
    }
    inner = template(network("net", location="[resourceGroup().location]"))
    nested = {**NESTED, "name": "inside", "resourceGroup": "new", "dependsOn": ["new"]}
    nested["properties"] = {**NESTED["properties"], "template": inner}
    told = template(group, nested)
    told["$schema"] = SCHEMA.replace("deploymentTemplate", "subscriptionDeploymentTemplate")
    answer = client.put(at, {**wanted(told), "location": "westeurope"})
    assert 201 == answer.status, answer.body
    assert "Succeeded" == client.get(at).body["properties"]["provisioningState"], client.get(at).body
    assert 200 == client.get(of("Network/virtualNetworks/net", f"{ROOT}/resourceGroups/new")).status
    assert "LocationRequired" == code(client.put(at, wanted(told)))


# --- beforehand ----------------------------------------------------------------------------------------------


def what_if(client: Client, body: Any) -> Any:
    answer = client.post(f"{AT}/whatIf", body)
    assert 202 == answer.status
    return client.ended(answer).body


def test_what_if_shows_what_would_happen(client: Client) -> None:
    """What is new, what changes with its difference, what stays, and what is left alone."""
    furnished(client)
    client.put(of("Network/routeTables/alone"), {"location": "westeurope"})
    body = wanted(template(network("net", tags={"a": "b"}), ACCOUNT_HERE, network("new")))
    client.get(GROUP)
    state = {id: client.emulator.state.get(id) for id in client.emulator.state}
    changes = {
        one["resourceId"].rpartition("/")[2]: one for one in what_if(client, body)["properties"]["changes"]
    }
    kinds = {name: one["changeType"] for name, one in changes.items()}
    assert {"net": "Modify", "mlstore": "NoChange", "new": "Create", "alone": "Ignore"} == kinds
    assert ["tags"] == [one["path"] for one in changes["net"]["delta"]]
    assert state == {id: client.emulator.state.get(id) for id in client.emulator.state}


def test_what_was_deployed_changes_nothing_a_second_time(client: Client) -> None:
    """After a deployment the same one has no changes to show."""
    client.put(AT, wanted(WHOLE))
    assert "Succeeded" == client.get(AT).body["properties"]["provisioningState"]
    changes = what_if(client, wanted(WHOLE))["properties"]["changes"]
    assert {"NoChange", "Ignore"} == {one["changeType"] for one in changes}


def test_what_if_says_why_it_would_fail(client: Client) -> None:
    """A deployment that would fail shows its error in place of changes."""
    told = what_if(client, wanted(template(subnet("none/x", "10.0.0.0/24"))))
    assert "Failed" == told["status"]
    assert told["error"]["details"]


def test_validation_finds_what_deployment_would(client: Client) -> None:
    """A valid template lists what it would make; one that would be refused is refused, with the cause inside."""
    right = client.post(f"{AT}/validate", wanted(WHOLE))
    assert 200 == right.status
    assert 4 == len(right.body["properties"]["validatedResources"])
    wrong = client.post(f"{AT}/validate", wanted(template(network("net", properties={"addressSpace": 7}))))
    assert (400, "InvalidTemplateDeployment") == (wrong.status, code(wrong))
    assert 404 == client.get(NET).status


# --- time ----------------------------------------------------------------------------------------------------


def test_a_deployment_takes_the_time_of_its_parts() -> None:
    """It runs while its resources are made, one after the other where they need each other."""
    clock = Manual()
    client = Client(Emulator(clock=clock))
    clock.advance(1000)
    client.put(AT, wanted(WHOLE))
    seen: list[int] = []
    for _ in range(60):
        told = client.get(AT).body["properties"]
        if told["provisioningState"] == "Succeeded":
            break
        assert "Running" == told["provisioningState"] or not seen
        seen.append(
            len(
                [
                    one
                    for one in client.pages(f"{AT}/operations")
                    if one["properties"]["provisioningState"] == "Succeeded"
                ]
            )
        )
        clock.advance(3)
    assert "Succeeded" == client.get(AT).body["properties"]["provisioningState"]
    assert sorted(seen) == seen
    assert len(set(seen)) > 2


def test_a_deployment_is_canceled_between_its_parts() -> None:
    """After a cancellation nothing more is begun, what was begun ends, and it can be deployed again."""
    clock = Manual()
    client = Client(Emulator(clock=clock))
    client.put(AT, wanted(WHOLE))
    clock.advance(1)
    client.get(AT)
    assert "DeploymentActive" == code(client.put(AT, wanted(WHOLE)))
    assert 204 == client.post(f"{AT}/cancel").status
    clock.advance(10_000)
    assert "Canceled" == client.get(AT).body["properties"]["provisioningState"]
    assert 404 == client.get(of("Network/privateEndpoints/pe-blob")).status
    assert "DeploymentCannotBeCancelled" == code(client.post(f"{AT}/cancel"))
    assert client.put(AT, wanted(WHOLE)).status in (200, 201)


def test_subnets_of_one_network_wait_for_each_other() -> None:
    """Subnets that a template puts at the same time are retried until the network is free."""
    clock = Manual()
    client = Client(Emulator(clock=clock))
    parts = [subnet(f"net/s{number}", f"10.0.{number}.0/24", "net") for number in range(5)]
    client.put(AT, wanted(template(network("net"), *parts)))
    for _ in range(40):
        client.get(AT)
        clock.advance(5)
    assert "Succeeded" == client.get(AT).body["properties"]["provisioningState"]
    assert 5 == len(client.pages(f"{NET}/subnets"))


# --- afterwards ------------------------------------------------------------------------------------------------


def test_deployments_are_history(client: Client) -> None:
    """Deployments are listed and exported, forgotten when they are deleted, and gone with their group."""
    client.put(AT, wanted(WHOLE))
    assert 204 == client.send("HEAD", AT).status
    assert ["made"] == [one["name"] for one in client.pages(AT.rpartition("/")[0])]
    exported = json.loads(client.post(f"{AT}/exportTemplate").body)
    assert WHOLE == exported["template"]
    assert 202 == client.delete(AT).status
    assert (404, "DeploymentNotFound") == (client.get(AT).status, code(client.get(AT)))
    client.put(AT, wanted(WHOLE))
    client.delete(GROUP)
    client.put(GROUP, {"location": "westeurope"})
    assert 404 == client.get(AT).status


def test_an_exported_group_can_be_deployed_elsewhere(client: Client) -> None:
    """The template of what is there makes the same things again in an empty subscription."""
    client.put(AT, wanted(WHOLE))
    told = client.post(f"{GROUP}/exportTemplate", {"resources": ["*"]}).body["template"]
    other = Client()
    other.put(AT, wanted(told))
    assert "Succeeded" == other.get(AT).body["properties"]["provisioningState"], other.get(AT).body
    names = [
        sorted(
            one["type"] + one["name"].partition(".nic.")[0] for one in one_client.pages(f"{GROUP}/resources")
        )
        for one_client in (client, other)
    ]
    assert names[0] == names[1]
    assert (
        client.get(STORE).body["properties"]["networkAcls"]
        == other.get(STORE).body["properties"]["networkAcls"]
    )


def test_nested_templates_may_put_one_resource_one_after_another() -> None:
    """What the second puts is there in the end, not what the first did."""

    def turn(name: str, prefix: str, *needs: str) -> dict[str, Any]:
        inner = template(network("net") | {"properties": {"addressSpace": {"addressPrefixes": [prefix]}}})
        return {
            "type": "Microsoft.Resources/deployments",
            "apiVersion": "2022-09-01",
            "name": name,
            "dependsOn": list(needs),
            "properties": {"mode": "Incremental", "template": inner},
        }

    client = Client()
    asked = template(turn("second", "10.2.0.0/16", "first"), turn("first", "10.1.0.0/16"))
    assert client.put(AT, wanted(asked)).status == 201
    assert client.get(AT).body["properties"]["provisioningState"] == "Succeeded"
    assert ["10.2.0.0/16"] == client.get(NET).body["properties"]["addressSpace"]["addressPrefixes"]
