"""Scope and resource functions: what they give depends on where the template is deployed and what else it holds.

Sources: Microsoft Learn, "Scope functions", "Resource functions" and "Deployment functions for ARM templates",
checked 2026-01-05.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from cloison.sources.arm_template.calling import Compiled, Context, SpecialTable
from cloison.sources.arm_template.errors import Fault
from cloison.sources.arm_template.functions.dates import format_date, read_date
from cloison.sources.arm_template.functions.registry import refuse, text
from cloison.sources.arm_template.grammar import Expression
from cloison.sources.arm_template.identity import is_guid, relative_id, resource_id, split_arguments
from cloison.sources.arm_template.scope import ENVIRONMENTS, Level, group_id, open_name
from cloison.sources.arm_template.symbols import (
    ARRAY,
    OBJECT,
    STRING,
    Symbol,
    Value,
    as_segment,
    join,
    unknown,
)

TABLE: Final = SpecialTable()
Args = Sequence[Compiled]
Trees = Sequence[Expression]


def _values(context: Context, args: Args) -> list[Value]:
    context.budget.step()
    return [arg(context) for arg in args]


@TABLE.declare("subscription", 0, 0)
def _subscription(context: Context, args: Args, trees: Trees) -> Value:
    target = context.home.target
    if target.level in {Level.TENANT, Level.MANAGEMENT_GROUP}:
        raise Fault(
            f"the template function 'subscription' is not allowed in a {target.level.value} deployment"
        )
    return {
        "id": join(["/subscriptions/", as_segment(target.subscription)]),
        "subscriptionId": target.subscription,
        "tenantId": target.tenant,
        "displayName": open_name("subscription().displayName", "subscription name"),
    }


@TABLE.declare("resourceGroup", 0, 0)
def _resource_group(context: Context, args: Args, trees: Trees) -> Value:
    target = context.home.target
    if target.level is not Level.RESOURCE_GROUP:
        raise Fault(
            f"the template function 'resourceGroup' is not allowed in a {target.level.value} deployment",
            hint="use it in a nested deployment to a resource group with inner scope",
        )
    return {
        "id": group_id(target.subscription, target.resource_group),
        "name": target.resource_group,
        "type": "Microsoft.Resources/resourceGroups",
        "location": target.location,
        "managedBy": Symbol("resourceGroup().managedBy", kind=STRING),
        "tags": Symbol("resourceGroup().tags", kind=OBJECT),
        "properties": {"provisioningState": "Succeeded"},
    }


@TABLE.declare("managementGroup", 0, 0)
def _management_group(context: Context, args: Args, trees: Trees) -> Value:
    name = context.home.target.management_group
    return {
        "id": join(["/providers/Microsoft.Management/managementGroups/", as_segment(name)]),
        "name": name,
        "type": "/providers/Microsoft.Management/managementGroups",
        "properties": Symbol("managementGroup().properties", kind=OBJECT),
    }


@TABLE.declare("tenant", 0, 0)
def _tenant(context: Context, args: Args, trees: Trees) -> Value:
    return {
        "countryCode": Symbol("tenant().countryCode", kind=STRING),
        "displayName": Symbol("tenant().displayName", kind=STRING),
        "id": join(["/tenants/", context.home.target.tenant]),
        "tenantId": context.home.target.tenant,
    }


@TABLE.declare("environment", 0, 0)
def _environment(context: Context, args: Args, trees: Trees) -> Value:
    cloud = context.home.scope.cloud
    if cloud not in ENVIRONMENTS:
        return Symbol("environment()", kind=OBJECT, nullable=False)
    return ENVIRONMENTS[cloud]


@TABLE.declare("deployer", 0, 0)
def _deployer(context: Context, args: Args, trees: Trees) -> Value:
    return {
        "objectId": open_name("deployer().objectId", "deployer"),
        "tenantId": context.home.target.tenant,
        "userPrincipalName": Symbol("deployer().userPrincipalName", kind=STRING),
    }


def _only_in_default(context: Context, name: str) -> None:
    if not context.in_default:
        raise Fault(
            f"the template function '{name}' is not expected at this location",
            hint="it can only stand in the 'defaultValue' of a parameter",
        )


@TABLE.declare("newGuid", 0, 0)
def _new_guid(context: Context, args: Args, trees: Trees) -> Value:
    _only_in_default(context, "newGuid")
    return context.home.scope.new_guid or open_name("newGuid()", "newGuid()")


@TABLE.declare("utcNow", 0, 1)
def _utc_now(context: Context, args: Args, trees: Trees) -> Value:
    _only_in_default(context, "utcNow")
    values = _values(context, args)
    now = context.home.scope.utc_now
    if now is None or (values and isinstance(values[0], Symbol)):
        made = unknown("utcNow", values, STRING)
        return open_name(made.text, "") if not values else made
    style = text("utcNow", values[0]) if values else "yyyyMMddTHHmmssZ"
    return format_date(read_date("utcNow", now), style)


@TABLE.declare("resourceId", 2, None)
def _resource_id(context: Context, args: Args, trees: Trees) -> Value:
    values = _values(context, args)
    found = split_arguments("resourceId", values)
    if found is None:
        return unknown("resourceId", values, STRING)
    leading, kind, names = found
    target = context.home.target
    subscription, base = target.subscription, target.id
    if len(leading) > 2:
        raise Fault(
            "the template language function 'resourceId' takes a subscription and a group before the type"
        )
    if len(leading) == 2:
        subscription = leading[0]
        base = group_id(subscription, leading[1])
    elif len(leading) == 1 and is_guid(leading[0]) and target.level is not Level.RESOURCE_GROUP:
        subscription = leading[0]
        base = join(["/subscriptions/", subscription])
    elif len(leading) == 1:
        base = group_id(subscription, leading[0])
    return resource_id(base, kind, names, subscription)


@TABLE.declare("subscriptionResourceId", 2, None)
def _subscription_resource_id(context: Context, args: Args, trees: Trees) -> Value:
    values = _values(context, args)
    found = split_arguments("subscriptionResourceId", values)
    if found is None:
        return unknown("subscriptionResourceId", values, STRING)
    leading, kind, names = found
    subscription = leading[0] if leading else context.home.target.subscription
    return resource_id(join(["/subscriptions/", as_segment(subscription)]), kind, names, subscription)


@TABLE.declare("tenantResourceId", 2, None)
def _tenant_resource_id(context: Context, args: Args, trees: Trees) -> Value:
    values = _values(context, args)
    found = split_arguments("tenantResourceId", values)
    if found is None:
        return unknown("tenantResourceId", values, STRING)
    return resource_id("", found[1], found[2], "")


@TABLE.declare("managementGroupResourceId", 2, None)
def _management_group_resource_id(context: Context, args: Args, trees: Trees) -> Value:
    values = _values(context, args)
    found = split_arguments("managementGroupResourceId", values)
    if found is None:
        return unknown("managementGroupResourceId", values, STRING)
    leading, kind, names = found
    group = leading[0] if leading else context.home.target.management_group
    base = join(["/providers/Microsoft.Management/managementGroups/", as_segment(group)])
    return resource_id(base, kind, names, "")


@TABLE.declare("extensionResourceId", 3, None)
def _extension_resource_id(context: Context, args: Args, trees: Trees) -> Value:
    values = _values(context, args)
    if not isinstance(values[0], (str, Symbol)):
        raise refuse("extensionResourceId", "a resource id", values[0])
    found = split_arguments("extensionResourceId", values[1:])
    if found is None or found[0]:
        return unknown("extensionResourceId", values, STRING)
    base = values[0].rstrip("/") if isinstance(values[0], str) else values[0]
    return join([base, "/providers/", relative_id(found[1], found[2])])


@TABLE.declare("reference", 1, 3)
def _reference(context: Context, args: Args, trees: Trees) -> Value:
    values = _values(context, args)
    full = len(values) > 2 and isinstance(values[2], str) and values[2].lower() == "full"
    return context.reference(values[0], full=full)


@TABLE.declare("references", 1, 2)
def _references(context: Context, args: Args, trees: Trees) -> Value:
    values = _values(context, args)
    full = len(values) > 1 and isinstance(values[1], str) and values[1].lower() == "full"
    return context.references(text("references", values[0]), full=full)


@TABLE.declare("resourceInfo", 1, 1)
def _resource_info(context: Context, args: Args, trees: Trees) -> Value:
    return context.resource_info(text("resourceInfo", _values(context, args)[0]))


def _azure_knows(name: str, low: int, high: int | None, kind: str) -> None:
    def run(context: Context, args: Args, trees: Trees) -> Value:
        return unknown(name, _values(context, args), kind)

    TABLE.declare(name, low, high)(run)


for _name, _low, _high, _kind in (
    ("parseUri", 1, 1, OBJECT),
    ("buildUri", 1, 1, STRING),
    ("providers", 1, 2, OBJECT),
    ("pickZones", 3, 5, ARRAY),
    ("toLogicalZone", 3, 3, STRING),
    ("toLogicalZones", 3, 3, ARRAY),
    ("toPhysicalZone", 3, 3, STRING),
    ("toPhysicalZones", 3, 3, ARRAY),
    ("roleDefinitions", 1, 1, OBJECT),
    ("externalInputs", 1, 2, ""),
    ("extensions", 1, 1, OBJECT),
    ("getSecret", 1, None, STRING),
):
    _azure_knows(_name, _low, _high, _kind)
