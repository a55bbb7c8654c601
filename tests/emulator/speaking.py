"""A client that speaks to an emulator directly, without sockets: requests read like what they do."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from cloison.emulator import Emulator, ask
from cloison.emulator.wire import Answer
from cloison.emulator.world import SUBSCRIPTION

ROOT = f"/subscriptions/{SUBSCRIPTION}"
GROUP = f"{ROOT}/resourceGroups/rg"
VERSION = "2024-05-01"

NETWORK: Any = {
    "location": "westeurope",
    "properties": {"addressSpace": {"addressPrefixes": ["10.0.0.0/16"]}},
}
ACCOUNT: Any = {"location": "westeurope", "kind": "StorageV2", "sku": {"name": "Standard_LRS"}}
ZONE: Any = {"location": "global"}


class Client:
    """One client of one emulator."""

    def __init__(self, emulator: Emulator | None = None, *, group: bool = True) -> None:
        self.emulator = emulator or Emulator()
        if group:
            assert self.put(GROUP, {"location": "westeurope"}).status == 201

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        if "api-version" not in path:
            path += ("&" if "?" in path else "?") + f"api-version={VERSION}"
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return ask(self.emulator, method, path, body, named)

    def get(self, path: str, **headers: str) -> Answer:
        return self.send("GET", path, **headers)

    def put(self, path: str, body: Any, **headers: str) -> Answer:
        return self.send("PUT", path, body, **headers)

    def patch(self, path: str, body: Any, **headers: str) -> Answer:
        return self.send("PATCH", path, body, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Answer:
        return self.send("POST", path, body, **headers)

    def delete(self, path: str, **headers: str) -> Answer:
        return self.send("DELETE", path, **headers)

    def follow(self, link: str) -> Answer:
        """What is at an address that an answer gave."""
        parts = urlsplit(link)
        return self.send("GET", f"{parts.path}?{parts.query}")

    def ended(self, answer: Answer) -> Answer:
        """The answer at the operation's address, when it has one."""
        link = answer.headers.get("Azure-AsyncOperation") or answer.headers.get("Location")
        return self.follow(link) if link else answer

    def pages(self, path: str) -> list[Any]:
        """Every item of a list."""
        answer = self.get(path)
        found = list(answer.body["value"])
        while "nextLink" in answer.body:
            answer = self.follow(answer.body["nextLink"])
            found += answer.body["value"]
        return found


def of(path: str, group: str = GROUP) -> str:
    """The id of `Network/virtualNetworks/net`."""
    return f"{group}/providers/Microsoft.{path}"


NET, SUBNET = of("Network/virtualNetworks/net"), of("Network/virtualNetworks/net/subnets/pe")
STORE = of("Storage/storageAccounts/mlstore")
ENDPOINT = of("Network/privateEndpoints/pe-blob")
BLOB = of("Network/privateDnsZones/privatelink.blob.core.windows.net")


def endpoint(subnet: str = SUBNET, target: str = STORE, group: str = "blob") -> Any:
    """The body of a private endpoint."""
    inner = {"privateLinkServiceId": target, "groupIds": [group]}
    connections = [{"name": "link", "properties": inner}]
    return {
        "location": "westeurope",
        "properties": {"subnet": {"id": subnet}, "privateLinkServiceConnections": connections},
    }


def furnished(client: Client) -> Client:
    """A network with a subnet, and a storage account."""
    for path, body in (
        (NET, NETWORK),
        (SUBNET, {"properties": {"addressPrefix": "10.0.1.0/24"}}),
        (STORE, ACCOUNT),
    ):
        answer = client.put(path, body)
        assert answer.status in (200, 201, 202), answer.body
        client.ended(answer)
    return client


def code(answer: Answer) -> str:
    """The error code of an answer."""
    body = answer.body
    return str(body.get("error", body).get("code", "")) if isinstance(body, dict) else ""
