"""The cluster of an environment: its identity, itself, the extension, and what attaches it to the workspace."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network

from cloison.arm.ids import ResourceId
from cloison.model.behaviour import Json, look
from cloison.plan.create.builder import Piece, Role
from cloison.plan.create.names import kubernetes_zone
from cloison.plan.create.networks import firewall_of
from cloison.plan.create.services import BUILDER
from cloison.plan.create.site import Site
from cloison.plan.world import World

EXTENSIONS = "Microsoft.KubernetesConfiguration/extensions"
MACHINE_LEARNING = "microsoft.azureml.kubernetes"
ROLES = {
    "Network Contributor": "4d97b98b-1d4f-4787-a291-c67834d212e7",
    "Private DNS Zone Contributor": "b12aa53e-6015-4669-85d0-8515ebb3ae7f",
    "Storage Blob Data Contributor": "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
    "Storage Account Contributor": "17d1049b-9a84-46fb-8f53-869881c3d3ab",
}
"""Source: Microsoft Learn, Azure built-in roles; checked 2026-11-25."""
DNS_PREFIX_MAX = 54
"""Source: REST reference of Microsoft.ContainerService, dnsPrefix; checked 2026-11-25."""
TRUSTED_MAX = 24
"""Letters in the name of a binding. Source: REST reference of Microsoft.ContainerService; checked 2026-11-25."""
GAINS = "the identity gains what it needs, and nobody loses anything"
DNS_ADDRESS = 10
"""The address of the cluster's own DNS within its services' range."""


def identity_of(site: Site) -> ResourceId:
    """The identity that a cluster needs before it is made, as its zone and its network are others' resources."""
    return site.named("Microsoft.ManagedIdentity/userAssignedIdentities", f"id-aks-{site.given.file.name}")


def identity(site: Site) -> Piece:
    """That identity."""
    return Piece(
        id=identity_of(site),
        body={"location": site.region},
        summary=f"Create identity {identity_of(site).name} for the cluster",
        section="[cluster]",
        fixed=("location",),
    )


def own_roles(site: Site) -> Iterator[Role]:
    """Roles of that identity, without which the cluster cannot be made."""
    why = "nobody else has this identity"
    for role, scope in (
        ("Private DNS Zone Contributor", kubernetes_zone(site)),
        ("Network Contributor", site.nets.home.id),
    ):
        yield Role(
            holder=identity_of(site), role=ROLES[role], name=role, scope=scope, section="[cluster]", why=why
        )


def cluster(site: Site, needs: tuple[ResourceId, ...]) -> Piece:
    """The cluster. needs: what comes before, beside its network."""
    file = site.given.file.cluster
    outbound = site.given.file.network.firewall
    properties: Json = {
        "dnsPrefix": site.cluster.name[:DNS_PREFIX_MAX].replace("_", "-"),
        "enableRBAC": True,
        "agentPoolProfiles": [
            {
                "name": "system",
                "mode": "System",
                "count": file.nodes,
                "vmSize": file.node_size,
                "osType": "Linux",
                "type": "VirtualMachineScaleSets",
                "vnetSubnetID": site.nets.node_subnets[0].text,
            }
        ],
        "networkProfile": {
            "networkPlugin": "azure",
            "networkPluginMode": "overlay",
            "outboundType": "userDefinedRouting" if outbound else "loadBalancer",
            "loadBalancerSku": "standard",
            "podCidr": file.pod_range,
            "serviceCidr": file.service_range,
            "dnsServiceIP": _dns_address(file.service_range),
        },
        "apiServerAccessProfile": _access(site),
    }
    if file.version:
        properties["kubernetesVersion"] = file.version
    return Piece(
        id=site.cluster,
        body={
            "location": site.region,
            "sku": {"name": "Base", "tier": "Standard"},
            "identity": _identity(site),
            "properties": properties,
        },
        summary=_summary(site),
        section="[cluster]",
        needs=(*site.nets.node_subnets, *((firewall_of(site),) if outbound else ()), *needs),
        fixed=("location", "properties/apiServerAccessProfile/enablePrivateCluster"),
    )


def _summary(site: Site) -> str:
    file = site.given.file.cluster
    sort = "private cluster" if file.private else "cluster"
    return f"Create {sort} {site.cluster.name}, {file.nodes} nodes in {site.nets.home.id.name}"


def _dns_address(range: str) -> str:
    return str(IPv4Network(range).network_address + DNS_ADDRESS)


def _access(site: Site) -> Json:
    file = site.given.file
    if not file.cluster.private:
        addresses = [one if "/" in one else f"{one}/32" for one in file.way_in.addresses]
        return {"enablePrivateCluster": False, **({"authorizedIPRanges": addresses} if addresses else {})}
    zone = kubernetes_zone(site).text if site.has_own_zone else "system"
    return {"enablePrivateCluster": True, "enablePrivateClusterPublicFQDN": False, "privateDNSZone": zone}


def _identity(site: Site) -> Json:
    if not site.has_own_zone:
        return {"type": "SystemAssigned"}
    return {"type": "UserAssigned", "userAssignedIdentities": {identity_of(site).text: {}}}


def extension(site: Site, azure: World, needs: tuple[ResourceId, ...]) -> Piece:
    """The extension that lets a workspace use the cluster; the one that is there, under whatever name.

    needs: roles, without which its router never comes up.
    """
    held = [
        one
        for one in azure.of(EXTENSIONS)
        if one.startswith(f"{site.cluster}/")
        and str(look(azure.get(one), "properties/extensionType")).lower() == MACHINE_LEARNING
    ]
    file = site.given.file.cluster
    return Piece(
        id=held[0] if held else site.cluster.child("providers", EXTENSIONS, "azureml"),
        body={
            "identity": {"type": "SystemAssigned"},
            "properties": {
                "extensionType": "Microsoft.AzureML.Kubernetes",
                "autoUpgradeMinorVersion": True,
                "releaseTrain": "stable",
                "scope": {"cluster": {"releaseNamespace": "azureml"}},
                "configurationSettings": _settings(site, file.scoring_name, file.scoring_certificate),
            },
        },
        summary=f"Install the extension azureml on {site.cluster.name}: scoring at {file.scoring_name}, inside",
        section="[cluster]",
        needs=(site.cluster, *needs),
        why=f"nothing uses it yet; it takes secret {file.scoring_certificate} in namespace azureml of the cluster",
    )


def _settings(site: Site, name: str, certificate: str) -> Json:
    """Source: Microsoft Learn, Deploy Azure Machine Learning extension, review settings; checked 2026-11-25."""
    cluster = site.cluster.text
    return {
        "cluster_name": cluster,
        "clusterId": cluster,
        "cluster_name_friendly": site.cluster.name,
        "location": site.region,
        "jobSchedulerLocation": site.region,
        "domain": f"{site.region}.cloudapp.azure.com",
        "enableTraining": "False",
        "enableInference": "True",
        "inferenceRouterServiceType": "LoadBalancer",
        "internalLoadBalancerProvider": "azure",
        "scoringFe.serviceType.internalLoadBalancer": "true",
        "allowInsecureConnections": "False",
        "sslCname": name,
        "scoringFe.sslSecret": certificate,
        "relayserver.enabled": "false",
        "servicebus.enabled": "false",
        "nginxIngress.enabled": "true",
    }


def computes(site: Site, extension: ResourceId, needs: tuple[ResourceId, ...]) -> Iterator[Piece]:
    """The attached cluster, and the compute that builds images. needs: the workspace's own endpoint."""
    file = site.given.file
    attached = site.workspace.child("computes", file.workspace.compute)
    yield Piece(
        id=attached,
        body={
            "location": site.region,
            "identity": {"type": "SystemAssigned"},
            "properties": {
                "computeType": "Kubernetes",
                "resourceId": site.cluster.text,
                "properties": {"namespace": file.cluster.namespace},
            },
        },
        summary=f"Attach {site.cluster.name} to {site.workspace.name} as {attached.name}",
        section="[workspace]",
        needs=(site.workspace, site.cluster, extension, *needs),
        fixed=("properties/resourceId",),
    )
    if site.nets.build is not None:
        builder = site.workspace.child("computes", BUILDER)
        yield Piece(
            id=builder,
            body={
                "location": site.region,
                "properties": {
                    "computeType": "AmlCompute",
                    "properties": {
                        "vmSize": file.workspace.build_size.upper(),
                        "subnet": {"id": site.nets.build.text},
                        "enableNodePublicIp": False,
                        "remoteLoginPortPublicAccess": "Disabled",
                        "scaleSettings": {
                            "minNodeCount": 0,
                            "maxNodeCount": 1,
                            "nodeIdleTimeBeforeScaleDown": "PT120S",
                        },
                    },
                },
            },
            summary=f"Create compute {builder.name}, which builds images inside the network",
            section="[workspace]",
            needs=(site.workspace, site.nets.build, *needs),
        )


def trusted(site: Site, attached: tuple[ResourceId, ...]) -> Iterator[Piece]:
    """What lets the workspace reach an API server that lets in some addresses only.

    Source: Microsoft Learn, Get secure access to resources in AKS by trusted access; checked 2026-11-25.
    """
    if site.is_existing or not site.given.file.way_in.addresses:
        return
    id = site.cluster.child("trustedAccessRoleBindings", site.workspace.name[:TRUSTED_MAX].strip("-_"))
    roles = ["Microsoft.MachineLearningServices/workspaces/mlworkload"]
    yield Piece(
        id=id,
        body={"properties": {"sourceResourceId": site.workspace.text, "roles": roles}},
        summary=f"Let {site.workspace.name} reach the API server of {site.cluster.name} by trusted access",
        section="[way-in]",
        needs=(site.cluster, site.workspace, *attached),
        fixed=("properties/sourceResourceId",),
    )


def stores(site: Site, needs: tuple[ResourceId, ...]) -> Iterator[Piece]:
    """Further accounts as datastores, read with the workspace's own identity."""
    for id in site.extra_storage:
        yield Piece(
            id=site.workspace.child("datastores", id.name),
            body={
                "properties": {
                    "datastoreType": "AzureBlob",
                    "accountName": id.name,
                    "containerName": "data",
                    "subscriptionId": id.subscription,
                    "resourceGroup": site.group.name,
                    "credentials": {"credentialsType": "None"},
                    "serviceDataAccessAuthIdentity": "WorkspaceSystemAssignedIdentity",
                }
            },
            summary=f"Let {site.workspace.name} know account {id.name}, container data",
            section="[services]",
            needs=(site.workspace, id, *needs),
            query={"skipValidation": "true"},
        )


def network_roles(site: Site) -> Iterator[Role]:
    """Roles without which the scoring router gets no internal load balancer in the nodes' subnet.

    Source: Microsoft Learn, Use an internal load balancer with AKS; checked 2026-11-25.
    """
    if site.is_existing or site.has_own_zone:
        return
    role = "Network Contributor"
    for scope in site.nets.node_subnets:
        yield Role(
            holder=site.cluster,
            role=ROLES[role],
            name=role,
            scope=scope,
            section="[cluster]",
            why=GAINS,
        )


def roles(site: Site) -> Iterator[Role]:
    """Roles of identities that Azure makes with their resources."""
    why = GAINS
    if site.given.file.workspace.high_business_impact:
        compute = site.workspace.child("computes", site.given.file.workspace.compute)
        for role in ("Storage Blob Data Contributor", "Storage Account Contributor"):
            yield Role(
                holder=compute,
                role=ROLES[role],
                name=role,
                scope=site.storage,
                section="[workspace]",
                why=why,
            )
    for id in site.extra_storage:
        role = "Storage Blob Data Contributor"
        yield Role(
            holder=site.workspace, role=ROLES[role], name=role, scope=id, section="[services]", why=why
        )
