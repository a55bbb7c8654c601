"""Workspaces: their names, the two flags for public access, and what a template cannot know."""

from __future__ import annotations

from typing import Any

import pytest

from cloison.kinds.ml_workspace.facts import MlWorkspace
from cloison.kinds.ml_workspace.facts import facts as read
from cloison.model.environment import Workspace
from cloison.model.facts import Known, Origin, Unknown
from cloison.model.network import Door, Host
from cloison.model.snapshot import Resource
from tests.kinds.azure import ASKED, facets, id_of, made, origin

SCORES = "Microsoft.MachineLearningServices/workspaces/Scores"
GUID = "ABCDABCD-0000-0000-0000-000000000001"


def workspace(body: dict[str, Any] | None = None, planned: bool = False, **properties: Any) -> Resource:
    return made(SCORES, properties, body=body, planned=planned)


def said(**properties: Any) -> MlWorkspace:
    return read(workspace(**properties))


def door(resource: Resource) -> Door:
    (found,) = facets(Door, resource)
    return found


def hosts(resource: Resource) -> tuple[Host, ...]:
    return door(resource).hosts


def test_four_names_in_two_zones() -> None:
    """Interface, certificates and notebooks are needed; the wildcard of managed endpoints is not."""
    guid = GUID.lower()
    api, cert, books, inference = hosts(workspace(workspaceId=GUID))

    assert f"{guid}.workspace.westeurope.api.azureml.ms" == api.name
    assert f"{guid}.workspace.westeurope.privatelink.api.azureml.ms" == api.alias
    assert f"{guid}.workspace.westeurope.cert.privatelink.api.azureml.ms" == cert.alias
    assert f"ml-scores-westeurope-{guid}.westeurope.notebooks.azure.net" == books.name
    assert "privatelink.notebooks.azure.net" == books.zone
    assert f"*.{guid}.inference.westeurope.privatelink.api.azureml.ms" == inference.alias
    assert [True, True, True, False] == [host.needed for host in (api, cert, books, inference)]
    assert {""} == {host.member for host in (api, cert, books, inference)}


def test_a_template_leaves_the_guid_in_braces() -> None:
    """So does a region that a parameter decides."""
    api, *_ = hosts(workspace({"location": ASKED}, planned=True))

    assert "{workspaceid}.workspace.{parameters('asked')}.api.azureml.ms" == api.name


def test_the_notebooks_name_is_taken_from_azure() -> None:
    """Where it is told it counts; else a long name of the workspace is shortened to fit a label."""
    told = hosts(workspace(notebookInfo={"fqdn": "ml-Cut-westeurope-1.westeurope.notebooks.azure.net"}))
    long = made(f"{SCORES}-of-the-whole-company", {"workspaceId": GUID})
    label = hosts(long)[2].name.partition(".")[0]

    assert "ml-cut-westeurope-1.westeurope.notebooks.azure.net" == told[2].name
    assert 63 == len(label)
    assert label.startswith("ml-scores")


def test_other_clouds_have_other_suffixes() -> None:
    """A workspace of the government cloud."""
    api, *_ = hosts(workspace({"location": "usgovvirginia"}, workspaceId=GUID))

    assert api.name.endswith(".workspace.usgovvirginia.api.ml.azure.us")
    assert "privatelink.api.ml.azure.us" == api.zone


def test_a_workspace_is_public_unless_shut() -> None:
    """The newer flag decides where it is stated, whatever the older one says."""
    both = said(publicNetworkAccess="Disabled", allowPublicAccessWhenBehindVnet=True)

    assert (True, Origin.DEFAULT) == (said().public.value, origin(said().public))
    assert False is both.public.value
    assert False is said(publicNetworkAccess="Disabled").public.value


def test_the_older_flag_alone_opens_but_does_not_shut() -> None:
    """`true` means public; `false` depends on private endpoints, so it is not known."""
    assert True is said(allowPublicAccessWhenBehindVnet=True).public.value
    assert isinstance(said(allowPublicAccessWhenBehindVnet=False).public, Unknown)
    assert isinstance(said(allowPublicAccessWhenBehindVnet=ASKED).public, Unknown)


def test_no_service_endpoint_leads_to_a_workspace() -> None:
    """A list of addresses is the only rule it can have, and shuts everybody else out."""
    found = door(workspace(ipAllowlist=["198.51.100.7"])).admission

    assert () == found.endpoint_services
    assert False is found.open_to_all.value
    assert ("198.51.100.7",) == found.addresses.value
    assert True is door(workspace(ipAllowlist=[])).admission.open_to_all.value
    assert True is door(workspace()).admission.open_to_all.value


@pytest.mark.parametrize(
    ("version", "expected"), [("2021-07-01", None), ("2022-05-01", False), ("2024-10-01", False)]
)
def test_legacy_mode_by_version(version: str, expected: bool | None) -> None:
    """Left out it is off, except before 2022-05-01, where that depends on private endpoints."""
    mode = read(workspace({"apiVersion": version}, planned=True)).legacy_mode

    assert expected == (mode.value if isinstance(mode, Known) else None)


def test_a_registry_that_is_not_named_does_not_exist_yet() -> None:
    """Null and left out are the same; an id of a parameter is not known."""
    (found,) = facets(Workspace, workspace(containerRegistry=None, keyVault=ASKED))

    assert None is found.registry.value
    assert isinstance(found.vault, Unknown)


def test_a_project_names_its_hub() -> None:
    """Its kind and hub are told."""
    hub = id_of("Microsoft.MachineLearningServices/workspaces/hub")
    found = read(workspace({"kind": "Project"}, hubResourceId=hub.text))

    assert hub == found.hub.value
    assert "project" == found.kind.value


@pytest.mark.parametrize(
    ("type", "expected"),
    [
        ("SystemAssigned", ("systemassigned",)),
        ("SystemAssigned, UserAssigned", ("systemassigned", "userassigned")),
        ("SystemAssigned,UserAssigned", ("systemassigned", "userassigned")),
        ("system_assigned", ("systemassigned",)),
        ("None", ()),
    ],
)
def test_identity_is_a_list_in_one_text(type: str, expected: tuple[str, ...]) -> None:
    """However it is written."""
    assert expected == read(workspace({"identity": {"type": type}})).identity.value


def test_an_identity_to_come_has_no_object_yet() -> None:
    """While planned, and without a system-assigned identity, there is none; deployed, its absence is a gap."""
    system = {"identity": {"type": "SystemAssigned"}}

    assert None is read(workspace(system, planned=True)).principal.value
    assert None is read(workspace()).principal.value
    assert isinstance(read(workspace(system)).principal, Unknown)
