"""Networks of an environment: with filters, subnets, peerings, a firewall, and a way in for people."""

from __future__ import annotations

from collections.abc import Iterator

from cloison.arm.clouds import cloud_of_region
from cloison.arm.ids import ResourceId
from cloison.model.behaviour import Json, each, look
from cloison.plan.create.builder import Piece
from cloison.plan.create.nets import BASTION, BUILD, FIREWALL, GATEWAY, JUMP, NODES, Net
from cloison.plan.create.site import Site
from cloison.plan.world import World

NAMED = (BASTION, GATEWAY, FIREWALL)
"""Subnets that take only what they are named for, and filters only of their own sort."""
SERVICE_ENDPOINTS = ("Microsoft.Storage", "Microsoft.KeyVault")
VPN_CLIENT = "c632b3df-fb67-4d84-bdcf-b95ad541b5c8"
"""The Azure VPN client that Microsoft registered. Source: Microsoft Learn, Configure P2S VPN Gateway for Microsoft
Entra ID authentication; checked 2026-11-25."""
PERSON = "azureuser"
"""Who signs in to the machine behind the Bastion host."""
TAGS = (
    ("AzureActiveDirectory", ["80", "443"]),
    ("AzureMachineLearning", ["443", "8787", "18881"]),
    ("AzureMachineLearning", ["5831"]),
    ("AzureResourceManager", ["443"]),
    ("AzureMonitor", ["443"]),
    ("AzureFrontDoor.FirstParty", ["443"]),
    ("MicrosoftContainerRegistry", ["443"]),
)
"""Service tags and TCP ports that a workspace's computes need; 5831 is UDP.
Source: Microsoft Learn, Configure inbound and outbound network traffic; checked 2026-11-25."""


def groups(site: Site) -> Iterator[Piece]:
    """Resource groups."""
    for id, section in ((site.group, "resource-group"), (site.zones_group, "[dns]")):
        yield Piece(
            id=id, body={"location": site.region}, summary=f"Create resource group {id.name}", section=section
        )


def networks(site: Site, azure: World) -> Iterator[Piece]:
    """Filters, networks, their subnets and peerings; the firewall before what is routed to it."""
    for net in site.networks:
        yield from _filters(site, net)
        if net.id == site.nets.home.id and site.given.file.network.firewall:
            yield from _firewall(site)
            yield _routes(site)
        if net.made:
            yield _network(site, net)
        for name in net.subnets:
            yield _subnet(site, net, name)
    yield from _served(site, azure)
    yield from _way_in(site)
    yield from peerings(site, azure)


def _filters(site: Site, net: Net) -> Iterator[Piece]:
    for name in net.subnets:
        if name not in NAMED:
            yield Piece(
                id=_filter(site, net, name),
                body={"location": net.region, "properties": {"securityRules": []}},
                summary=f"Create network security group {_filter(site, net, name).name}",
                section="[network]",
                fixed=("location",),
            )


def _filter(site: Site, net: Net, name: str) -> ResourceId:
    return site.named("Microsoft.Network/networkSecurityGroups", f"nsg-{net.id.name}-{name}")


def _network(site: Site, net: Net) -> Piece:
    properties: Json = {
        "addressSpace": {"addressPrefixes": [str(one) for one in net.space]},
        "subnets": [{"name": name, "properties": _of_subnet(site, net, name)} for name in net.subnets],
    }
    if net.id == site.nets.home.id and site.nets.servers:
        properties["dhcpOptions"] = {"dnsServers": list(site.nets.servers)}
    return Piece(
        id=net.id,
        body={"location": net.region, "properties": properties},
        summary=f"Create network {net.id.name}, {', '.join(map(str, net.space))}, with {', '.join(net.subnets)}",
        section="[network]",
        keeps=("properties/addressSpace/addressPrefixes", "properties/dhcpOptions/dnsServers"),
        fixed=("location",),
    )


def _subnet(site: Site, net: Net, name: str) -> Piece:
    needs = (net.id, _filter(site, net, name)) if name not in NAMED else (net.id,)
    keeps = tuple(
        f"properties/{one}"
        for one in ("networkSecurityGroup", "routeTable", "serviceEndpoints")
        if one in _of_subnet(site, net, name)
    )
    return Piece(
        id=net.subnet(name),
        body={"properties": _of_subnet(site, net, name)},
        summary=f"Create subnet {name} of {net.id.name}, {net.subnets[name]}",
        section="[network]",
        needs=needs,
        keeps=keeps,
    )


def _of_subnet(site: Site, net: Net, name: str) -> Json:
    told: Json = {"addressPrefix": str(net.subnets[name])}
    if name not in NAMED:
        told |= {
            "networkSecurityGroup": {"id": _filter(site, net, name).text},
            "privateEndpointNetworkPolicies": "Disabled",
        }
    if site.given.file.network.firewall and name in (NODES, BUILD):
        told["routeTable"] = {"id": _table(site).text}
    if site.given.file.services.access == "service-endpoints" and name in (NODES, BUILD):
        told["serviceEndpoints"] = [{"service": one} for one in SERVICE_ENDPOINTS]
    return told


def _served(site: Site, azure: World) -> Iterator[Piece]:
    """Subnets of a cluster that is there, where services are to know them."""
    if not site.is_existing or site.given.file.services.access != "service-endpoints":
        return
    for id in site.nets.node_subnets:
        held = [
            {"service": one["service"]}
            for one in each(azure.get(id), "properties/serviceEndpoints")
            if "service" in one
        ]
        added = [{"service": one} for one in SERVICE_ENDPOINTS if {"service": one} not in held]
        yield Piece(
            id=id,
            body={"properties": {"serviceEndpoints": [*held, *added]}},
            summary=f"Let services know subnet {id.name}",
            section="[services]",
            keeps=("properties/serviceEndpoints",),
        )


# --- peerings ------------------------------------------------------------------------------------------


def peerings(site: Site, azure: World) -> Iterator[Piece]:
    """Both halves of what joins the cluster's network with the others."""
    home, gateway = site.nets.home, site.given.file.way_in.kind == "vpn"
    for other in (site.nets.services, site.nets.hub):
        if other is None or other.id == home.id:
            continue
        # A network can use the gateway of another once it is there.
        needs = (_gateway(site),) if gateway and other.id == site.nets.way_in.id else ()
        yield _peering(azure, other, home, {"allowGatewayTransit": bool(needs)}, needs)
        yield _peering(azure, home, other, {"useRemoteGateways": bool(needs)}, needs)


def _peering(azure: World, here: Net, there: Net, extra: Json, needs: tuple[ResourceId, ...]) -> Piece:
    held = [
        one
        for one in azure.children(here.id, "virtualNetworkPeerings")
        if str(look(azure.get(one), "properties/remoteVirtualNetwork/id")).lower() == there.id
    ]
    return Piece(
        id=held[0] if held else here.id.child("virtualNetworkPeerings", f"to-{there.id.name}"),
        body={
            "properties": {
                "remoteVirtualNetwork": {"id": there.id.text},
                "allowVirtualNetworkAccess": True,
                "allowForwardedTraffic": True,
                **extra,
            }
        },
        summary=f"Peer {here.id.name} with {there.id.name}",
        section="[network]",
        needs=(here.id, there.id, *needs),
        why="a peering adds routes and takes none away",
    )


# --- ways in -------------------------------------------------------------------------------------------


def _address(site: Site, net: Net, name: str, section: str) -> Piece:
    return Piece(
        id=site.named("Microsoft.Network/publicIPAddresses", name),
        body={
            "location": net.region,
            "sku": {"name": "Standard"},
            "properties": {"publicIPAllocationMethod": "Static"},
        },
        summary=f"Create public address {name}",
        section=section,
        fixed=("location",),
    )


def firewall_of(site: Site) -> ResourceId:
    """The firewall that everything leaves by, where there is one."""
    return site.named("Microsoft.Network/azureFirewalls", f"afw-{site.given.file.name}")


def _gateway(site: Site) -> ResourceId:
    return site.named("Microsoft.Network/virtualNetworkGateways", f"vpn-{site.given.file.name}")


def _way_in(site: Site) -> Iterator[Piece]:
    file, net = site.given.file, site.nets.way_in
    if file.way_in.kind == "bastion":
        address = _address(site, net, f"pip-bastion-{file.name}", "[way-in]")
        yield address
        id = site.named("Microsoft.Network/bastionHosts", f"bastion-{file.name}")
        yield Piece(
            id=id,
            body={
                "location": net.region,
                "sku": {"name": "Standard" if file.way_in.jump_box_key else "Basic"},
                "properties": {
                    "ipConfigurations": [_stands("bastion", net.subnet(BASTION), address.id)],
                    # A browser of one's own goes through the machine.
                    **({"enableTunneling": True} if file.way_in.jump_box_key else {}),
                },
            },
            summary=f"Create Bastion host {id.name} in {net.id.name}",
            section="[way-in]",
            needs=(net.subnet(BASTION), address.id),
            fixed=("location",),
        )
    if file.way_in.jump_box_key:
        yield from _jump_box(site, net)
    if file.way_in.kind == "vpn":
        address = _address(site, net, f"pip-vpn-{file.name}", "[way-in]")
        yield address
        yield Piece(
            id=_gateway(site),
            body={"location": net.region, "properties": _of_gateway(site, net, address.id)},
            summary=f"Create VPN gateway {_gateway(site).name} in {net.id.name}",
            section="[way-in]",
            needs=(net.subnet(GATEWAY), address.id),
            fixed=("location",),
        )


def _jump_box(site: Site, net: Net) -> Iterator[Piece]:
    """A machine without a public address, to which one signs in with a key only."""
    file = site.given.file
    interface = site.named("Microsoft.Network/networkInterfaces", f"nic-jump-{file.name}")
    machine = site.named("Microsoft.Compute/virtualMachines", f"vm-jump-{file.name}")
    stands = {"name": "jump", "properties": {"subnet": {"id": net.subnet(JUMP).text}}}
    yield Piece(
        id=interface,
        body={"location": net.region, "properties": {"ipConfigurations": [stands]}},
        summary=f"Create network interface {interface.name} in {JUMP}",
        section="[way-in]",
        needs=(net.subnet(JUMP),),
        fixed=("location",),
    )
    yield Piece(
        id=machine,
        body={"location": net.region, "properties": _of_machine(site, machine, interface)},
        summary=f"Create machine {machine.name} behind the Bastion host",
        section="[way-in]",
        needs=(interface,),
        fixed=("location",),
    )


def _of_machine(site: Site, machine: ResourceId, interface: ResourceId) -> Json:
    """Source of the image: Microsoft Learn, Ubuntu on Azure, images by Canonical; checked 2026-11-25."""
    way = site.given.file.way_in
    key = {"path": f"/home/{PERSON}/.ssh/authorized_keys", "keyData": way.jump_box_key.strip()}
    return {
        "hardwareProfile": {"vmSize": way.jump_box_size},
        "storageProfile": {
            "imageReference": {
                "publisher": "Canonical",
                "offer": "ubuntu-24_04-lts",
                "sku": "server",
                "version": "latest",
            },
            "osDisk": {"createOption": "FromImage", "deleteOption": "Delete"},
        },
        "osProfile": {
            "computerName": machine.name,
            "adminUsername": PERSON,
            "linuxConfiguration": {"disablePasswordAuthentication": True, "ssh": {"publicKeys": [key]}},
        },
        "networkProfile": {"networkInterfaces": [{"id": interface.text}]},
    }


def _of_gateway(site: Site, net: Net, address: ResourceId) -> Json:
    tenant = site.given.file.tenant
    login = cloud_of_region(site.region).login
    return {
        "gatewayType": "Vpn",
        "vpnType": "RouteBased",
        "vpnGatewayGeneration": "Generation1",
        "sku": {"name": "VpnGw1AZ", "tier": "VpnGw1AZ"},
        "ipConfigurations": [_stands("gateway", net.subnet(GATEWAY), address)],
        "vpnClientConfiguration": {
            "vpnClientAddressPool": {"addressPrefixes": [site.given.file.way_in.clients]},
            "vpnClientProtocols": ["OpenVPN"],
            "vpnAuthenticationTypes": ["AAD"],
            "aadTenant": f"https://{login}/{tenant}/",
            "aadAudience": VPN_CLIENT,
            "aadIssuer": f"https://sts.windows.net/{tenant}/",
        },
    }


def _stands(name: str, subnet: ResourceId, address: ResourceId) -> Json:
    properties = {"subnet": {"id": subnet.text}, "publicIPAddress": {"id": address.text}}
    return {"name": name, "properties": properties}


# --- the firewall --------------------------------------------------------------------------------------


def _table(site: Site) -> ResourceId:
    return site.named("Microsoft.Network/routeTables", f"rt-{site.given.file.name}")


def _routes(site: Site) -> Piece:
    hop = {"nextHopType": "VirtualAppliance", "nextHopIpAddress": site.nets.servers[0]}
    return Piece(
        id=_table(site),
        body={
            "location": site.region,
            "properties": {
                "disableBgpRoutePropagation": True,
                "routes": [{"name": "out", "properties": {"addressPrefix": "0.0.0.0/0", **hop}}],
            },
        },
        summary=f"Create route table {_table(site).name}: everything leaves by the firewall",
        section="[network]",
        fixed=("location",),
    )


def _firewall(site: Site) -> Iterator[Piece]:
    name, net = site.given.file.name, site.nets.way_in
    policy = site.named("Microsoft.Network/firewallPolicies", f"afwp-{name}")
    rules = policy.child("ruleCollectionGroups", "egress")
    firewall = firewall_of(site)
    address = _address(site, net, f"pip-afw-{name}", "[network]")
    yield Piece(
        id=policy,
        body={
            "location": net.region,
            "properties": {
                "sku": {"tier": "Standard"},
                "threatIntelMode": "Alert",
                "dnsSettings": {"enableProxy": True, "servers": []},
            },
        },
        summary=f"Create firewall policy {policy.name}, which answers DNS queries",
        section="[network]",
        fixed=("location",),
    )
    yield Piece(
        id=rules,
        body={"properties": {"priority": 200, "ruleCollections": _collections(site)}},
        summary=f"Let the cluster and the workspace's computes out by {policy.name}",
        section="[network]",
        needs=(policy,),
    )
    yield address
    yield Piece(
        id=firewall,
        body={
            "location": net.region,
            "properties": {
                "sku": {"name": "AZFW_VNet", "tier": "Standard"},
                "firewallPolicy": {"id": policy.text},
                "ipConfigurations": [_stands("firewall", net.subnet(FIREWALL), address.id)],
            },
        },
        summary=f"Create firewall {firewall.name} in {net.id.name}",
        section="[network]",
        needs=(net.subnet(FIREWALL), rules, address.id),
        fixed=("location",),
    )


def _collections(site: Site) -> list[Json]:
    """Source: Microsoft Learn, Outbound network and FQDN rules for AKS clusters; as `TAGS`."""
    region, cloud = site.region, cloud_of_region(site.region)
    sources = [str(one) for one in site.nets.home.space]
    names = [
        f"*.{cloud.ml_api}",
        f"{region}.{cloud.ml_api}",
        f"{region}.experiments.azureml.net",
        f"{region}.dp.kubernetesconfiguration.azure.com",
        "mcr.microsoft.com",
        "*.data.mcr.microsoft.com",
        cloud.login,
        cloud.resource_manager,
    ]
    web = {"sourceAddresses": sources, "protocols": [{"protocolType": "Https", "port": 443}]}
    application = [
        {"name": "aks", "ruleType": "ApplicationRule", **web, "fqdnTags": ["AzureKubernetesService"]},
        {"name": "azureml", "ruleType": "ApplicationRule", **web, "targetFqdns": names},
    ]
    network = [
        {
            "name": f"{tag}-{ports[0]}",
            "ruleType": "NetworkRule",
            "sourceAddresses": sources,
            "destinationAddresses": [tag],
            "destinationPorts": ports,
            "ipProtocols": ["UDP" if ports == ["5831"] else "TCP"],
        }
        for tag, ports in TAGS
    ]
    head = {"ruleCollectionType": "FirewallPolicyFilterRuleCollection", "action": {"type": "Allow"}}
    return [
        {"name": "tags", "priority": 100, **head, "rules": network},
        {"name": "names", "priority": 200, **head, "rules": application},
    ]
