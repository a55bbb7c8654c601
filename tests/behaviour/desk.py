"""A small Azure to send requests to: one subscription, one group, short names."""

from __future__ import annotations

from typing import Any

import pytest

from cloison.arm.ids import ResourceId
from cloison.controlplane import Azure, Outcome, Seeded, run
from cloison.model.behaviour import Json, Refused, Request, look

SUBSCRIPTION = "/subscriptions/11111111-2222-3333-4444-555555555555"
GROUP = f"{SUBSCRIPTION}/resourceGroups/rg"
REGION = "westeurope"

NAMESPACES = {
    "storageAccounts": "Microsoft.Storage",
    "vaults": "Microsoft.KeyVault",
    "registries": "Microsoft.ContainerRegistry",
    "managedClusters": "Microsoft.ContainerService",
    "workspaces": "Microsoft.MachineLearningServices",
    "userAssignedIdentities": "Microsoft.ManagedIdentity",
    "locks": "Microsoft.Authorization",
    "roleAssignments": "Microsoft.Authorization",
}
VERSION = "2024-05-01"


def id_of(path: str) -> ResourceId:
    """The id of `virtualNetworks/net/subnets/aks`; an id stays."""
    if path.startswith("/"):
        return ResourceId(path)
    namespace = NAMESPACES.get(path.partition("/")[0], "Microsoft.Network")
    return ResourceId(f"{GROUP}/providers/{namespace}/{path}")


def ref(path: str) -> Json:
    """`{"id": …}` of a short name."""
    return {"id": id_of(path).text}


class Desk:
    """The state, and how requests are sent to it."""

    def __init__(self) -> None:
        self.azure = Azure()
        self.sent = 0
        self.put(GROUP, location=REGION)

    def send(self, method: Any, path: str, body: Json | None = None, **more: Any) -> Outcome:
        """Carry out a request; each has a seed of its own. Raises Refused."""
        self.sent += 1
        more.setdefault("api_version", VERSION)
        request = Request(method=method, id=id_of(path), body=body, **more)
        return run(self.azure, request, Seeded(str(self.sent)))

    def put(self, path: str, properties: Json | None = None, **envelope: Any) -> Outcome:
        """PUT a resource; `location` where nothing is said. `query`, `if_match`… go to the request."""
        id = id_of(path)
        request = {name: envelope.pop(name) for name in _OF_REQUEST if name in envelope}
        body: Json = {**envelope}
        if properties is not None:
            body["properties"] = properties
        if id.type.count("/") == 1:
            body.setdefault("location", "global" if id.type.endswith("privatednszones") else REGION)
        if id.type.endswith("privatednszones/virtualnetworklinks"):
            body.setdefault("location", "global")
        return self.send("PUT", path, body, **request)

    def patch(self, path: str, body: Json, **more: Any) -> Outcome:
        """PATCH a resource."""
        return self.send("PATCH", path, body, **more)

    def delete(self, path: str, **more: Any) -> Outcome:
        """DELETE a resource."""
        return self.send("DELETE", path, **more)

    def get(self, path: str, version: str = VERSION) -> Json | None:
        """What a GET answers; None where there is nothing."""
        return self.azure.show(id_of(path), version)

    def at(self, path: str, pointer: str) -> Any:
        """A value of what a GET answers."""
        return look(self.get(path), f"properties/{pointer}")

    # --- things that many tests need -----------------------------------------------------------------

    def network(self, name: str, prefix: str, **subnets: str) -> None:
        """A network with subnets: `network("net", "10.0.0.0/16", aks="10.0.0.0/24")`."""
        listed = [{"name": one, "properties": {"addressPrefix": text}} for one, text in subnets.items()]
        self.put(
            f"virtualNetworks/{name}", {"addressSpace": {"addressPrefixes": [prefix]}, "subnets": listed}
        )

    def account(self, name: str) -> None:
        """A storage account."""
        self.put(f"storageAccounts/{name}", {}, kind="StorageV2", sku={"name": "Standard_LRS"})

    def endpoint(
        self,
        name: str,
        target: str,
        group: str,
        subnet: str = "net/ends",
        *,
        manual: bool = False,
        **more: Any,
    ) -> Outcome:
        """A private endpoint in `net/ends`."""
        network, _, inside = subnet.partition("/")
        connection = {
            "name": name,
            "properties": {
                "privateLinkServiceId": id_of(target).text,
                **({"groupIds": [group]} if group else {}),
            },
        }
        listed = "manualPrivateLinkServiceConnections" if manual else "privateLinkServiceConnections"
        return self.put(
            f"privateEndpoints/{name}",
            {"subnet": ref(f"virtualNetworks/{network}/subnets/{inside}"), listed: [connection], **more},
        )

    def zone(self, name: str, *networks: str) -> None:
        """A private zone, linked to networks."""
        self.put(f"privateDnsZones/{name}")
        for network in networks:
            self.link(name, network)

    def link(self, zone: str, network: str, **more: Any) -> Outcome:
        """A link of a zone."""
        properties = {"virtualNetwork": ref(f"virtualNetworks/{network}"), **more}
        return self.put(f"privateDnsZones/{zone}/virtualNetworkLinks/{network}", properties)

    def zone_group(self, endpoint: str, *zones: str, name: str = "default") -> Outcome:
        """A zone group of an endpoint."""
        configs = [
            {"name": f"z{at}", "properties": {"privateDnsZoneId": id_of(f"privateDnsZones/{zone}").text}}
            for at, zone in enumerate(zones)
        ]
        return self.put(
            f"privateEndpoints/{endpoint}/privateDnsZoneGroups/{name}", {"privateDnsZoneConfigs": configs}
        )

    def peer(self, here: str, there: str, **more: Any) -> Outcome:
        """One half of a peering, `to-there`."""
        return self.put(
            f"virtualNetworks/{here}/virtualNetworkPeerings/to-{there}",
            {"remoteVirtualNetwork": ref(f"virtualNetworks/{there}"), **more},
        )

    def address(self, endpoint: str) -> str:
        """The first address of an endpoint."""
        card = self.at(f"privateEndpoints/{endpoint}", "networkInterfaces/0/id")
        return str(self.at(card, "ipConfigurations/0/properties/privateIPAddress"))

    def records(self, zone: str, name: str) -> list[str] | None:
        """Addresses of an A record; None where there is none."""
        found = self.at(f"privateDnsZones/{zone}/A/{name}", "aRecords")
        return None if found is None else [one["ipv4Address"] for one in found]


_OF_REQUEST = ("api_version", "query", "if_match", "if_none_match", "by_azure")


def refused(code: str, text: str = "", *, late: bool = False) -> Any:
    """A context in which a request must be refused with this code, and a part of the message."""
    return _Refusing(code, text, late=late)


class _Refusing:
    def __init__(self, code: str, text: str, *, late: bool) -> None:
        self.code, self.text, self.late = code, text, late
        self._raises = pytest.raises(Refused)

    def __enter__(self) -> Any:
        self._info = self._raises.__enter__()
        return self._info

    def __exit__(self, *error: Any) -> bool:
        done = bool(self._raises.__exit__(*error))
        assert self.code == self._info.value.code
        assert self.text in self._info.value.message
        assert self.late == self._info.value.late
        return done
