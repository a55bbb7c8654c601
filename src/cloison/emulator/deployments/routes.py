"""Deployments over the wire: validate, what-if, create, read, list, cancel, export, and their operations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cloison.arm.ids import ResourceId
from cloison.controlplane.run import not_found
from cloison.emulator.deployments import bodies
from cloison.emulator.deployments.deploying import Deployment, Deployments
from cloison.emulator.deployments.export import exported
from cloison.emulator.deployments.preview import changes, rehearsed
from cloison.emulator.deployments.wanted import Wanted, wanted
from cloison.emulator.operations import Status
from cloison.emulator.paging import page
from cloison.emulator.resources import where_to_ask
from cloison.emulator.routing import Route, route
from cloison.emulator.wire import Answer, Asked
from cloison.emulator.world import World
from cloison.model.behaviour import Json, Pace, Refused, Request, Style

_GROUP = "/subscriptions/{subscription}/resourcegroups/{group}"
_SCOPES = (_GROUP, "/subscriptions/{subscription}")
_AT = "/providers/Microsoft.Resources/deployments"


class Deploying:
    """The handlers, with the deployments that they share."""

    def __init__(self, deployments: Deployments) -> None:
        self._deployments = deployments

    def routes(self) -> Iterator[Route]:
        """Every path of deployments."""
        for scope in _SCOPES:
            at = scope + _AT
            yield route("GET", at, self._list)
            yield route("GET HEAD PUT DELETE", at + "/{deployment}", self._one)
            yield route("POST", at + "/{deployment}/validate", self._validate)
            yield route("POST", at + "/{deployment}/whatIf", self._what_if)
            yield route("POST", at + "/{deployment}/cancel", self._cancel)
            yield route("POST", at + "/{deployment}/exportTemplate", self._export)
            yield route("GET", at + "/{deployment}/operations", self._operations)
            yield route("GET", at + "/{deployment}/operations/{operation}", self._operation)
        # The older address, without a provider: azure-cli and azure-mgmt-resource still ask there.
        old = _GROUP + "/deployments/{deployment}/operations"
        yield route("GET", old, self._operations)
        yield route("GET", old + "/{operation}", self._operation)
        yield route("POST", _GROUP + "/exportTemplate", _export_group)

    def _list(self, world: World, asked: Asked, parts: Mapping[str, str]) -> Answer:
        scope = _scope(world, parts)
        found = {one.wish.id: one for one in self._deployments.of(scope)}
        return page(asked, found, lambda id: bodies.shown(found[id]))

    def _one(self, world: World, asked: Asked, parts: Mapping[str, str]) -> Answer:
        id = _id(world, parts)
        if asked.method == "PUT":
            return self._create(world, asked, id)
        found = self._deployments.find(id)
        if asked.method == "HEAD":
            return Answer(status=204 if found is not None else 404)
        if asked.method == "DELETE":
            if found is not None and found.status is Status.RUNNING:
                text = f"The deployment '{id.name}' is running and cannot be deleted; cancel it first."
                raise Refused(409, "DeploymentRunning", text)
            return Answer(status=204 if not self._deployments.forget(id) else 202)
        if found is not None:
            return Answer(body=bodies.shown(found))
        _, body = self._holder(id)
        return Answer(body=body)

    def _create(self, world: World, asked: Asked, id: ResourceId) -> Answer:
        existed = self._deployments.find(id) is not None
        deployment = self._deployments.begin(wanted(world, asked, id))
        assert deployment.operation is not None
        headers = where_to_ask(asked, deployment.operation) | world.clock.wait(5)
        return Answer(
            status=200 if existed else 201,
            body=bodies.shown(deployment),
            headers=headers,
            operation=deployment.operation,
        )

    def _holder(self, id: ResourceId) -> tuple[Deployment, Json]:
        """The deployment that holds another in its template, and that one's body. Raises Refused for nobody's."""
        for one in self._deployments.all:
            body = bodies.nested(one, id)
            if body is not None:
                return one, body
        raise Refused(404, "DeploymentNotFound", f"Deployment '{id.name}' could not be found.")

    def _validate(self, world: World, asked: Asked, parts: Mapping[str, str]) -> Answer:
        wish = wanted(world, asked, _id(world, parts))
        _, deployment = rehearsed(world, wish)
        body = bodies.shown(deployment)
        properties = body["properties"]
        properties["validatedResources"] = properties.pop("outputResources", [])
        properties.pop("outputs", None)
        return Answer(body=body)

    def _what_if(self, world: World, asked: Asked, parts: Mapping[str, str]) -> Answer:
        """Answers 202, and what it found at the address that Location names."""
        id = _id(world, parts)
        wish = wanted(world, asked, id)
        operation = world.operations.open(
            Request(method="POST", id=id, action="whatif", api_version=asked.version),
            world.chance(),
            Pace(style=Style.LOCATION),
            location=wish.location,
        )
        result = _what_if(world, wish, _ids_only(asked))
        world.operations.close(operation, Status.SUCCEEDED, result)
        headers = where_to_ask(asked, operation) | world.clock.wait(15)
        return Answer(status=202, headers=headers, operation=operation)

    def _cancel(self, world: World, asked: Asked, parts: Mapping[str, str]) -> Answer:
        found = self._found(_id(world, parts))
        if found.status is not Status.RUNNING:
            text = f"The deployment '{found.wish.name}' cannot be cancelled: it has ended."
            raise Refused(409, "DeploymentCannotBeCancelled", text)
        found.cancel()
        return Answer(status=204)

    def _export(self, world: World, asked: Asked, parts: Mapping[str, str]) -> Answer:
        found = self._found(_id(world, parts))
        return Answer(body=b'{"template":' + found.wish.template + b"}")

    def _operations(self, world: World, asked: Asked, parts: Mapping[str, str]) -> Answer:
        id = _id(world, parts)
        found = self._deployments.find(id)
        if found is not None:
            return Answer(body={"value": bodies.operations(found)})
        holder, _ = self._holder(id)
        return Answer(body={"value": bodies.operations(holder, id)})

    def _operation(self, world: World, asked: Asked, parts: Mapping[str, str]) -> Answer:
        found = self._found(_id(world, parts))
        for one in bodies.operations(found):
            if one["operationId"].lower() == parts["operation"].lower():
                return Answer(body=one)
        raise Refused(404, "DeploymentOperationNotFound", "The deployment operation could not be found.")

    def _found(self, id: ResourceId) -> Deployment:
        found = self._deployments.find(id)
        if found is None:
            raise Refused(404, "DeploymentNotFound", f"Deployment '{id.name}' could not be found.")
        return found


def _scope(world: World, parts: Mapping[str, str]) -> ResourceId:
    scope = world.subscription(parts["subscription"]).arm_id
    if "group" not in parts:
        return scope
    return ResourceId(str(world.group(scope.child("resourceGroups", parts["group"]))["id"]))


def _id(world: World, parts: Mapping[str, str]) -> ResourceId:
    name = parts["deployment"]
    if len(name) > 64:
        text = f"The deployment name '{name[:70]}' is longer than 64 characters."
        raise Refused(400, "InvalidDeploymentName", text)
    return _scope(world, parts).child("providers", "Microsoft.Resources", "deployments", name)


def _ids_only(asked: Asked) -> bool:
    return b"ResourceIdOnly" in asked.body


def _what_if(world: World, wish: Wanted, ids_only: bool) -> Json:
    try:
        return {"status": "Succeeded", "properties": {"changes": changes(world, wish, ids_only=ids_only)}}
    except Refused as refused:
        return {"status": "Failed", "error": refused.body["error"]}


def _export_group(world: World, asked: Asked, parts: Mapping[str, str]) -> Answer:
    scope = _scope(world, parts)
    told = asked.object().get("resources", ["*"])
    names = [str(one) for one in told] if isinstance(told, list) else ["*"]
    for name in names:
        if name != "*" and ResourceId(name) not in world.state:
            raise not_found(ResourceId(name))
    return Answer(body={"template": exported(world, scope, names)})
