"""Container registries: names of the data endpoints, and what only some tiers can do."""

from __future__ import annotations

from typing import Any

from cloison.kinds.container_registry.facts import facts as read
from cloison.model.facts import Unknown
from cloison.model.network import Door
from cloison.model.snapshot import Resource
from tests.kinds.azure import ASKED, facets, made, printed

IMAGES = "Microsoft.ContainerRegistry/registries/Images"


def registry(**properties: Any) -> Resource:
    return made(IMAGES, properties, body={"sku": {"name": "Premium"}})


def names(*resources: Resource) -> dict[str, tuple[str, str, str]]:
    (door,) = facets(Door, *resources)
    return {host.member: (host.name, host.alias, host.zone) for host in door.hosts}


def test_log_in_and_layers_have_names_of_their_own() -> None:
    """Both lie in one zone; the member tells them apart."""
    zone = "privatelink.azurecr.io"

    assert {
        "registry": ("images.azurecr.io", "images.privatelink.azurecr.io", zone),
        "registry_data_westeurope": (
            "images.westeurope.data.azurecr.io",
            "images.westeurope.data.privatelink.azurecr.io",
            zone,
        ),
    } == names(registry())


def test_each_replica_has_a_data_name() -> None:
    """A replica adds its region once, its home region none."""
    there = made(f"{IMAGES}/replications/north", {}, body={"location": "North Europe"})
    home = made(f"{IMAGES}/replications/west", {})

    assert ["registry", "registry_data_westeurope", "registry_data_northeurope"] == list(
        names(registry(), there, home)
    )


def test_an_unknown_region_stands_in_braces() -> None:
    """A template's region becomes part of the data name once it is known."""
    found = names(made(IMAGES, {}, body={"location": ASKED}, planned=True))

    assert "images.{parameters('asked')}.data.azurecr.io" in {name for name, *_ in found.values()}


def test_defaults_of_a_registry() -> None:
    """It is public, lets trusted services pass, and has no admin user."""
    found = read(registry())

    assert True is found.public.value
    assert True is found.open_to_all.value
    assert ("azureservices",) == found.bypass.value
    assert False is found.admin.value
    assert "premium" == found.sku.value


def test_what_is_stated_wins() -> None:
    """Each setting is taken as written, in lower case; a missing tier is not guessed."""
    rules = {"defaultAction": "Deny", "ipRules": [{"action": "Allow", "value": "198.51.100.7"}]}
    found = read(registry(networkRuleSet=rules, networkRuleBypassOptions="None", adminUserEnabled=True))

    assert False is found.open_to_all.value
    assert ("198.51.100.7",) == found.addresses.value
    assert () == found.bypass.value
    assert True is found.admin.value
    assert isinstance(read(made(IMAGES, {})).sku, Unknown)


def test_a_flat_registry_says_the_same() -> None:
    """As `az acr show` prints it."""
    found = read(printed(IMAGES, {"publicNetworkAccess": "Disabled", "adminUserEnabled": True}))

    assert False is found.public.value
    assert True is found.admin.value
