"""Options: what a person may choose, and what happens to a choice that means nothing."""

from __future__ import annotations

import pytest

from cloison.model.errors import CloisonError
from cloison.plan.document import PlanDocument
from cloison.plan.make import make
from cloison.plan.options import PlanOptions
from tests.fault_catalogue import FAULTS
from tests.faults import NET, OTHER, storage
from tests.plan.environments import end, faulty, public, verdict, weighty
from tests.reference import REFERENCES, changed, id_of, snapshot

NO_VAULT = next(one for one in FAULTS if one.name == "the vault has no endpoint").changes
NO_TRUST = {**storage("networkAcls/bypass", "None"), **storage("networkAcls/resourceAccessRules", [])}


def made(plan: PlanDocument, type: str) -> list[str]:
    """Ids of resources of a type that a plan makes."""
    paths = [step.request.path for step in plan.steps if step.makes]
    return [path for path in paths if path.split("/")[-2] == type]


def test_only_what_is_named_is_mended() -> None:
    """--only S21 leaves the vault without its endpoint, and says nothing of it."""
    plan = make(faulty("peered", NO_VAULT, NO_TRUST), PlanOptions(only=("s21",)))

    assert ["Let trusted services pass the firewall of mlstore"] == [step.summary for step in plan.steps]
    assert ((), ("S21",)) == (plan.left, plan.options.only)
    assert "broken" == plan.environments[0].promised


def test_what_is_named_brings_what_follows_from_it() -> None:
    """--only S11 makes an endpoint, and then what that needs, so that nothing is worse than before."""
    plan = make(faulty("peered", NO_VAULT), PlanOptions(only=("S11",)))
    after = end(faulty("peered", NO_VAULT), plan)

    assert 1 == len(made(plan, "privateEndpoints"))
    assert not weighty(verdict(after)) - weighty(verdict(faulty("peered", NO_VAULT)))


def test_endpoints_stand_where_they_are_wished() -> None:
    """By NETWORK/NAME, by name, and by id."""
    for told in ("aks-net/aks", "aks", id_of(f"{NET}/aks-net/subnets/aks")):
        plan = make(faulty("peered", NO_VAULT), PlanOptions(private_endpoint_subnet=told))
        (path,) = made(plan, "privateEndpoints")
        (step,) = [one for one in plan.steps if one.request.path == path]
        assert id_of(f"{NET}/aks-net/subnets/aks") == step.request.body["properties"]["subnet"]["id"]  # type: ignore[index]


def test_endpoints_stand_beside_the_others() -> None:
    """Where nobody says, in the network and subnet of the environment's other endpoints."""
    plan = make(faulty("peered", NO_VAULT))
    (path,) = made(plan, "privateEndpoints")
    (step,) = [one for one in plan.steps if one.request.path == path]

    assert id_of(f"{NET}/ml-net/subnets/endpoints") == step.request.body["properties"]["subnet"]["id"]  # type: ignore[index]


def test_zones_are_made_where_they_are_wished() -> None:
    """--dns-zones-in takes a group by name or by id; zones that are there are used all the same."""
    hub = {
        f"{OTHER}/providers/{NET_TYPE}/hub": {
            "properties": {"addressSpace": {"addressPrefixes": ["10.99.0.0/16"]}}
        }
    }
    read = lambda: snapshot(changed(public("same network"), hub))  # noqa: E731  # read anew each time
    for told in ("rg-hub", OTHER):
        plan = make(read(), PlanOptions(dns_zones_in=told))
        zones = made(plan, "privateDnsZones")
        assert zones
        assert all(path.startswith(f"{OTHER}/") for path in zones)
        assert set() == weighty(verdict(end(read(), plan)))


NET_TYPE = "Microsoft.Network/virtualNetworks"


def test_endpoints_are_called_as_wished() -> None:
    """--naming says how; their connections bear the same name."""
    plan = make(faulty("peered", NO_VAULT), PlanOptions(naming="pep-{service}-{group}-{network}"))
    (step,) = [one for one in plan.steps if one.request.path.endswith("/pep-mlvault-vault-ml-net")]

    (connection,) = step.request.body["properties"]["privateLinkServiceConnections"]  # type: ignore[index]
    assert "pep-mlvault-vault-ml-net" == connection["name"]
    assert "pep-mlvault-vault-ml-net" in step.summary


def test_names_that_are_taken_get_a_number() -> None:
    """An endpoint of somebody else's has the name: the new one is called otherwise, and that one is left alone."""
    stranger = {
        "privateEndpoints/pe-mlvault-vault": {
            "properties": {
                "subnet": {"id": id_of(f"{NET}/ml-net/subnets/AzureBastionSubnet")},
                "privateLinkServiceConnections": [
                    {
                        "name": "x",
                        "properties": {
                            "privateLinkServiceId": id_of("storageAccounts/mlstore"),
                            "groupIds": ["web"],
                            "privateLinkServiceConnectionState": {"status": "Approved"},
                        },
                    }
                ],
                "customDnsConfigs": [],
            }
        }
    }
    plan = make(faulty("peered", NO_VAULT, stranger))

    assert "pe-mlvault-vault-2" in {path.rpartition("/")[2] for path in made(plan, "privateEndpoints")}
    assert not [step for step in plan.steps if step.request.path.endswith("/pe-mlvault-vault")]


def test_who_has_agreed_is_recorded() -> None:
    """--accept-asks changes no step, only what the plan says of itself."""
    plain, accepted = (
        make(faulty("peered", NO_VAULT)),
        make(faulty("peered", NO_VAULT), PlanOptions(accept_asks=True)),
    )

    assert plain.steps == accepted.steps
    assert (False, True) == (plain.options.accept_asks, accepted.options.accept_asks)
    assert plain.digest != accepted.digest


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (PlanOptions(only=("S99",)), "E211"),
        (PlanOptions(workspace="nobody"), "E210"),
        (PlanOptions(dns={"10.0.0.4": "nowhere"}), "E212"),
        (PlanOptions(private_endpoint_subnet="nowhere"), "E204"),
        (PlanOptions(private_endpoint_subnet="AzureBastionSubnet/x"), "E204"),
        (PlanOptions(dns_zones_in="rg-nobody"), "E205"),
        (PlanOptions(naming="pe"), "E206"),
        (PlanOptions(naming="pe-{service}-{group}-{region}"), "E206"),
        (PlanOptions(naming="../{service}{group}"), "E206"),
        (PlanOptions(naming="{service} {group}"), "E206"),
    ],
    ids=str,
)
def test_choices_that_mean_nothing_are_errors(options: PlanOptions, code: str) -> None:
    """Each with its code, what there is instead, and what to do."""
    with pytest.raises(CloisonError) as caught:
        make(faulty("peered", NO_VAULT), options)

    assert code == caught.value.code
    assert caught.value.help


def test_a_template_is_not_planned() -> None:
    """What is not deployed is changed by its author."""
    with pytest.raises(CloisonError) as caught:
        make(snapshot(REFERENCES["peered"](), planned=True))

    assert "E201" == caught.value.code


def test_nothing_to_plan_for_is_an_error() -> None:
    """An input without an environment gives no empty plan, which would look like a good one."""
    with pytest.raises(CloisonError) as caught:
        make(snapshot([one for one in REFERENCES["peered"]() if "/workspaces/" not in one["id"]]))

    assert "E203" == caught.value.code
