"""Key vaults: the zone that is named unlike the suffix, and defaults that depend on the API version."""

from __future__ import annotations

from typing import Any

from cloison.kinds.key_vault.facts import KeyVault
from cloison.kinds.key_vault.facts import facts as read
from cloison.model.facts import Unknown
from cloison.model.network import Door
from cloison.model.snapshot import Resource
from tests.kinds.azure import ASKED, NODES, facets, made

KEYS = "Microsoft.KeyVault/vaults/Keys"


def vault(body: dict[str, Any] | None = None, **properties: Any) -> Resource:
    return made(KEYS, properties, body=body)


def door(resource: Resource) -> Door:
    (found,) = facets(Door, resource)
    return found


def said(**properties: Any) -> KeyVault:
    return read(vault(**properties))


def test_the_alias_lies_in_vaultcore() -> None:
    """The public suffix is `vault`, the zone is `vaultcore`."""
    (host,) = door(vault()).hosts

    assert "keys.vault.azure.net" == host.name
    assert "keys.privatelink.vaultcore.azure.net" == host.alias
    assert "privatelink.vaultcore.azure.net" == host.zone


def test_a_vault_without_rules_is_open() -> None:
    """No `networkAcls`, a null one and one that allows let everybody in."""
    assert True is said().open_to_all.value
    assert True is said(networkAcls=None).open_to_all.value
    assert False is said(networkAcls={"defaultAction": "Deny"}).open_to_all.value
    assert isinstance(said(networkAcls={"defaultAction": ASKED}).open_to_all, Unknown)


def test_public_access_may_be_written_in_any_case() -> None:
    """Azure answers `enabled` and `Enabled`."""
    assert True is said(publicNetworkAccess="enabled").public.value
    assert False is said(publicNetworkAccess="disabled").public.value
    assert isinstance(said(publicNetworkAccess="perhaps").public, Unknown)


def test_trusted_services_pass_unless_shut_out() -> None:
    """Left out means AzureServices, None means nobody."""
    assert ("azureservices",) == said().bypass.value
    assert () == said(networkAcls={"bypass": "None"}).bypass.value


def test_a_subnet_is_let_in_by_its_service_endpoint() -> None:
    """The vault's service endpoint carries the subnet's identity; case of ids does not count."""
    found = door(vault(networkAcls={"defaultAction": "Deny", "virtualNetworkRules": [{"id": NODES.upper()}]}))

    assert ("microsoft.keyvault",) == found.admission.endpoint_services
    assert (NODES.lower(),) == found.admission.subnets.value


def test_new_vaults_use_roles_since_2026() -> None:
    """A template of API version 2026-02-01 that leaves it out makes a vault with role assignments."""
    newer = made(KEYS, {}, body={"apiVersion": "2026-02-01"}, planned=True)
    older = made(KEYS, {}, body={"apiVersion": "2023-07-01"}, planned=True)

    assert True is read(newer).role_based.value
    assert False is read(older).role_based.value
    assert False is said().role_based.value
