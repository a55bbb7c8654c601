"""A workspace as the centre of an environment, and its door with the names that pods and people ask for.

Sources: Microsoft Learn, How to use your workspace with a custom DNS server (03/26/2026): names, aliases, zones;
Configure a private endpoint for a workspace: no service endpoint leads to it; checked 2026-11-24.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cloison.arm.clouds import cloud_of_region
from cloison.kinds._read import joined
from cloison.kinds._services import HTTPS, addresses, connections, host, open_to_all, region_word, word
from cloison.kinds.ml_workspace.facts import facts
from cloison.model.body import Body
from cloison.model.environment import Workspace
from cloison.model.facts import Default, Fact, Known
from cloison.model.network import Admission, Door, Facet, Host
from cloison.model.snapshot import Resource, Snapshot

OPEN = "REST reference 2024-10-01-preview, networkAcls and ipAllowlist: optional; checked 2026-11-24"
NONE: Default[tuple[str, ...]] = Default((), OPEN)
LABEL_MAX = 63
"""Characters of a DNS label. Source: RFC 1035 §2.3.4."""


def facets(resource: Resource, snapshot: Snapshot) -> Iterable[Facet]:
    """The workspace, and its door `amlworkspace`."""
    own = facts(resource)
    yield Workspace(
        id=resource.id,
        maybe=resource.maybe,
        location=own.location,
        storage=own.storage,
        vault=own.vault,
        registry=own.registry,
        insights=own.insights,
        hub=own.hub,
    )
    yield Door(
        id=resource.id,
        maybe=resource.maybe,
        service="workspace",
        subresource="amlworkspace",
        location=own.location,
        hosts=tuple(_hosts(resource)),
        admission=_admission(resource.body, own.public),
        connections=connections(resource, snapshot),
        tag="azuremachinelearning",
    )


def _hosts(resource: Resource) -> Iterator[Host]:
    body = resource.body
    region = region_word(body)
    guid = word(body.at("properties/workspaceId"), "workspaceid")
    cloud = cloud_of_region(region)
    api, books = f"privatelink.{cloud.ml_api}", f"privatelink.{cloud.notebooks}"
    yield host(f"{guid}.workspace.{region}", cloud.ml_api, api)
    yield host(f"{guid}.workspace.{region}.cert", cloud.ml_api, api)
    yield host(_notebooks(resource, cloud.notebooks, region, guid), cloud.notebooks, books)
    # Managed endpoints only; endpoints on the cluster have its router's own name.
    yield Host(
        name=f"*.{region}.{cloud.inference}",
        alias=f"*.{guid}.inference.{region}.{api}",
        zone=api,
        member="",
        ports=HTTPS,
        needed=False,
    )


def _notebooks(resource: Resource, suffix: str, region: str, guid: str) -> str:
    """The part of the notebooks' name before the suffix; Azure shortens the workspace's name to fit a label."""
    told = resource.body.at("properties/notebookInfo/fqdn").value
    if isinstance(told, str) and told.lower().endswith(f".{suffix}"):
        return told.lower().removesuffix(f".{suffix}")
    room = max(LABEL_MAX - len(f"ml--{region}-{guid}"), 0)
    name = resource.name.lower()
    shortened = name if "{" in name or "{" in guid or "{" in region else name[:room]
    return f"ml-{shortened}-{region}-{guid}.{region}"


def _admission(body: Body, public: Fact[bool]) -> Admission:
    acls, allowed = body.at("properties/networkAcls"), body.at("properties/ipAllowlist")
    listed = allowed.texts(NONE)
    everybody = open_to_all(acls, OPEN)
    if acls.is_absent and not allowed.is_absent:
        everybody = Known(not listed.value, listed.cite) if isinstance(listed, Known) else listed
    return Admission(
        public=public,
        open_to_all=everybody,
        addresses=joined(addresses(acls, OPEN), listed),
        subnets=acls.at("virtualNetworkRules").texts(NONE),
    )
