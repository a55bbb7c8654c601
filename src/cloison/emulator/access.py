"""Who may do what: role definitions, role assignments and permissions; and names that are still free.

Everybody who has a token may do everything here, unless roles are asked for; a fault takes rights away.
Sources: Microsoft Learn, REST reference of Microsoft.Authorization 2022-04-01 and "Check Name Availability" of each
provider; Microsoft Graph reference, "directoryObject: getByIds"; checked 2026-11-24.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cloison.arm.ids import NotAnId, ResourceId
from cloison.emulator import resources
from cloison.emulator.odata import everything, filtered
from cloison.emulator.paging import page
from cloison.emulator.providers import check_namespace
from cloison.emulator.rights import told
from cloison.emulator.roles import ROLES, Role
from cloison.emulator.routing import route
from cloison.emulator.wire import Answer, Asked
from cloison.emulator.world import PRINCIPAL, World
from cloison.model.behaviour import Json, Refused, look

DEFINITIONS = "microsoft.authorization/roledefinitions"
ASSIGNMENTS = "microsoft.authorization/roleassignments"


def _scope(world: World, text: str) -> ResourceId:
    """A scope that there is. Raises Refused for others."""
    try:
        id = ResourceId(text)
    except NotAnId as problem:
        raise Refused(400, "InvalidScope", str(problem)) from problem
    if id.subscription:
        world.subscription(id.subscription)
    if id.resource_group:
        world.group(id)
    return id


# --- definitions -----------------------------------------------------------------------------------------


def _definitions(world: World, asked: Asked, parts: Mapping[str, str]) -> Answer:
    scope = _scope(world, parts["scope"])
    test = filtered(asked.query.get("$filter", ""), {"atscopeandbelow": lambda _: everything})
    found = [body for body in _all_definitions(world, scope) if test(_definition_row(body))]
    return Answer(body={"value": found})


def _all_definitions(world: World, scope: ResourceId) -> Iterator[Json]:
    for role in ROLES:
        yield role.body(scope.subscription)
    for id in world.state.of(DEFINITIONS):
        body = world.operations.show(id)
        if body is not None and id.subscription == scope.subscription:
            yield body


def _definition_row(body: Json) -> dict[str, str]:
    properties = body["properties"]
    return {"rolename": str(properties.get("roleName", "")), "type": str(properties.get("type", ""))}


def _definition(world: World, asked: Asked, parts: Mapping[str, str]) -> Answer:
    """One definition by its GUID, wherever it is asked for."""
    scope = _scope(world, parts["scope"])
    built_in = next((role for role in ROLES if role.guid == parts["guid"].lower()), None)
    if built_in is not None:
        return _built_in(built_in, asked, scope)
    if asked.method == "PUT":
        body = asked.object()
        if not isinstance(look(body, "properties/roleName"), str):
            raise Refused(400, "InvalidRoleDefinition", "The role definition has no 'roleName'.")
    answer = resources.ROUTES[0].handle(world, asked, {})
    if isinstance(answer.body, dict) and isinstance(answer.body.get("properties"), dict):
        answer.body = {**answer.body, "properties": {**answer.body["properties"], "type": "CustomRole"}}
    return answer


def _built_in(role: Role, asked: Asked, scope: ResourceId) -> Answer:
    if asked.method == "GET":
        return Answer(body=role.body(scope.subscription))
    text = f"The role definition '{role.guid}' is built in and cannot be changed or deleted."
    raise Refused(400, "RoleDefinitionCannotBeModified", text)


# --- assignments -----------------------------------------------------------------------------------------


def _assignments(world: World, asked: Asked, parts: Mapping[str, str]) -> Answer:
    """Assignments that hold at a scope: its own, those above, and those below unless `atScope()` leaves them out."""
    scope = _scope(world, parts["scope"])
    text = asked.query.get("$filter", "")
    functions = {
        "atscope": lambda _: lambda row: row["below"] == "",
        "assignedto": lambda principal: lambda row: row["principalid"].lower() == principal,
    }
    test = filtered(text, functions)

    def show(id: ResourceId) -> Json | None:
        body = world.operations.show(id, asked.version)
        at = id.parent
        if body is None or not (holds_at(at, scope) or resources.within(at, scope)):
            return None
        row = {
            "principalid": str(look(body, "properties/principalId") or ""),
            "below": "" if holds_at(at, scope) else "yes",
        }
        return body if test(row) else None

    return page(asked, world.state.of(ASSIGNMENTS), show)


def holds_at(at: ResourceId, scope: ResourceId) -> bool:
    """What is assigned at the first holds at the second: it is the same, or lies below."""
    return not at or at == scope or scope.startswith(f"{at}/")


def _permissions(world: World, asked: Asked, parts: Mapping[str, str]) -> Answer:
    scope = _scope(world, parts["scope"])
    return Answer(body={"value": told(world, asked, scope.text)})


# --- names -----------------------------------------------------------------------------------------------


def _name(world: World, asked: Asked, parts: Mapping[str, str]) -> Answer:
    """Whether a name that is the whole world's is free."""
    world.subscription(parts["subscription"])
    check_namespace(parts["namespace"])
    body = asked.object()
    name, type = body.get("name"), body.get("type")
    if not isinstance(name, str) or not isinstance(type, str) or not name or "/" not in type:
        raise Refused(
            400, "InvalidRequestContent", "The request content was invalid: 'name' and 'type' are needed."
        )
    if world.state.named(type, name):
        word = type.rpartition("/")[2]
        text = f"The {word.removesuffix('s')} named {name[:100]} is already taken."
        return Answer(body={"nameAvailable": False, "reason": "AlreadyExists", "message": text})
    return Answer(body={"nameAvailable": True})


# --- the directory ---------------------------------------------------------------------------------------


def _by_ids(world: World, asked: Asked, parts: Mapping[str, str]) -> Answer:
    """Directory objects by their ids. Every GUID is a service principal here."""
    ids = asked.object().get("ids")
    told = [_principal(str(id)) for id in ids[:1000]] if isinstance(ids, list) else []
    return Answer(body={"value": told})


def _principals(world: World, asked: Asked, parts: Mapping[str, str]) -> Answer:
    """Service principals by a filter that names an application: `servicePrincipalNames/any(c:c eq 'GUID')`."""
    quoted = asked.query.get("$filter", "").split("'")
    return Answer(body={"value": [_principal(quoted[1] if len(quoted) > 2 else PRINCIPAL)]})


def _principal(id: str) -> Json:
    return {
        "@odata.type": "#microsoft.graph.servicePrincipal",
        "id": id,
        "appId": id,
        "displayName": id,
        "servicePrincipalType": "Application",
        "servicePrincipalNames": [id],
    }


_AT = "/{scope*}/providers/Microsoft.Authorization"
ROUTES = (
    route("GET", _AT + "/roleDefinitions", _definitions),
    route("GET PUT DELETE", _AT + "/roleDefinitions/{guid}", _definition),
    route("GET", _AT + "/roleAssignments", _assignments),
    route("GET", _AT + "/permissions", _permissions),
    route("POST", "/subscriptions/{subscription}/providers/{namespace}/checkNameAvailability", _name),
    route("POST", "/graph/v1.0/directoryObjects/getByIds", _by_ids, version_needed=False),
    route("GET", "/graph/v1.0/servicePrincipals", _principals, version_needed=False),
)
