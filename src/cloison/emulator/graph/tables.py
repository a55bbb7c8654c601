"""Tables: the rows that Resource Graph has of what the emulator holds.

Which table has a type is told by its kind. Types and groups come in lower case, as Resource Graph writes them, ids as
they were made.
Source: Microsoft Learn, "Azure Resource Graph table and resource type reference"; recorded rows; checked 2026-11-24.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from cloison.arm.ids import ResourceId
from cloison.emulator.roles import ROLES
from cloison.emulator.world import World
from cloison.kinds import kind_of, live_of
from cloison.model.behaviour import Json

GROUPS = "microsoft.resources/resourcegroups"
TABLES = frozenset(
    {
        "resources",
        "resourcecontainers",
        "authorizationresources",
        "extensionresources",
        "kubernetesconfigurationresources",
        "networkresources",
        "dnsresources",
        "policyresources",
        "securityresources",
        "advisorresources",
        "healthresources",
        "resourcechanges",
        "managedservicesresources",
        "aksresources",
        "computeresources",
    }
)
"""Tables that may be asked for; most of them are empty here."""
_COLUMNS = ("kind", "managedBy", "sku", "plan", "tags", "identity", "zones", "extendedLocation")


def rows(world: World, table: str, subscriptions: Collection[str]) -> list[Json]:
    """The rows of a table, by id. subscriptions: in lower case."""
    found = [_row(world, id) for id in _ids(world, table) if id.subscription in subscriptions]
    if table == "resourcecontainers":
        found += [_subscription(world, name) for name in subscriptions]
    if table == "authorizationresources":
        found += [_role(world, role.body("")) for role in ROLES]
    return sorted(found, key=lambda row: str(row["id"]).lower())


def _ids(world: World, table: str) -> Iterator[ResourceId]:
    for type in world.state.types:
        if table_of(world, type) == table:
            yield from world.state.of(type)


def table_of(world: World, type: str) -> str:
    """The table that has a type; '' where none has."""
    if type == GROUPS:
        return "resourcecontainers"
    live = live_of(type)
    if live is not None:
        return live.table.lower()
    if kind_of(type) is not None or type.startswith("microsoft.resources/"):
        return ""
    # A type that no kind knows: what has a region is a resource of its own.
    first = next(iter(world.state.of(type)), None)
    body = world.state.get(first) if first is not None else None
    return "resources" if body is not None and body.get("location") else ""


def _row(world: World, id: ResourceId) -> Json:
    body = world.operations.show(id) or {}
    kind = "microsoft.resources/subscriptions/resourcegroups" if id.type == GROUPS else id.type
    row: Json = {
        "id": body.get("id", id.text),
        "name": body.get("name", id.name),
        "type": kind,
        "tenantId": world.tenant,
        "location": str(body.get("location") or "").replace(" ", "").lower(),
        "resourceGroup": id.resource_group,
        "subscriptionId": id.subscription,
    }
    row |= {name: body.get(name) if body.get(name) is not None else _EMPTY.get(name) for name in _COLUMNS}
    return {**row, "properties": body.get("properties", {})}


_EMPTY = {"kind": "", "managedBy": ""}


def _subscription(world: World, name: str) -> Json:
    one = world.subscription(name)
    return {
        "id": f"/subscriptions/{one.id}",
        "name": one.name,
        "type": "microsoft.resources/subscriptions",
        "tenantId": world.tenant,
        "location": "",
        "resourceGroup": "",
        "subscriptionId": one.id,
        "tags": one.tags or None,
        "properties": {"state": "Enabled", "subscriptionPolicies": {"spendingLimit": "Off"}},
    }


def _role(world: World, body: Json) -> Json:
    return {**body, "type": "microsoft.authorization/roledefinitions", "tenantId": world.tenant}
