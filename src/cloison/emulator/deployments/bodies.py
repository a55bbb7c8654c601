"""How deployments and their operations are shown.

Source: deployments recorded by azure-cli and azure-service-operator (2020-2024); checked 2026-11-24.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from cloison.arm.ids import ResourceId
from cloison.emulator.clock import written
from cloison.emulator.deployments.deploying import DEPLOYMENTS, Deployment, Task, is_open
from cloison.emulator.operations import Status
from cloison.model.behaviour import Json, look
from cloison.sources.arm_template import DeployedResource

TYPE = "Microsoft.Resources/deployments"


def shown(deployment: Deployment) -> Json:
    """The deployment as a GET answers it."""
    wish = deployment.wish
    properties: Json = {
        "templateHash": template_hash(wish.template),
        "parameters": parameters(deployment),
        "mode": wish.mode,
        "provisioningState": state(deployment),
        "timestamp": written(deployment.changed),
        "duration": duration(deployment.changed - deployment.started),
        "correlationId": deployment.correlation,
        "providers": list(_providers(deployment)),
        "dependencies": list(_dependencies(deployment)),
    }
    if deployment.status is Status.SUCCEEDED:
        if deployment.outputs:
            properties["outputs"] = deployment.outputs
        done = (task.id for task in deployment.tasks.values() if task.id.type != DEPLOYMENTS)
        properties["outputResources"] = [{"id": id.text} for id in sorted(done)]
    if deployment.refused is not None:
        properties["error"] = deployment.refused.body["error"]
    body: Json = {"id": wish.id.text, "name": wish.name, "type": TYPE}
    if wish.location:
        body["location"] = wish.location
    if wish.tags:
        body["tags"] = wish.tags
    return {**body, "properties": properties}


def nested(deployment: Deployment, id: ResourceId) -> Json | None:
    """A deployment that the template of another one holds; None where it holds none of that id."""
    task = deployment.task_of(id)
    if task is None or id.type != DEPLOYMENTS:
        return None
    word = _word(task, deployment)
    return {
        "id": id.text,
        "name": id.name,
        "type": TYPE,
        "properties": {
            "mode": "Incremental",
            "provisioningState": word,
            "timestamp": written(task.ended or deployment.changed),
            "duration": duration((task.ended or deployment.changed) - task.started),
            "correlationId": deployment.correlation,
            "outputResources": [
                {"id": one.id} for one in deployment.expansion.resources if one.within.lower() == id
            ],
        },
    }


def state(deployment: Deployment) -> str:
    """`provisioningState`."""
    if deployment.status is Status.RUNNING:
        return "Running" if deployment.tasks else "Accepted"
    word: str = deployment.status.value
    return word


def parameters(deployment: Deployment) -> Json:
    """Values of the parameters; of secret ones their type only."""
    found: Json = {}
    for name, (kind, value) in deployment.expansion.parameters.items():
        hidden = kind.lower().startswith("secure") or is_open(value)
        found[name] = {"type": kind} | ({} if hidden else {"value": value})
    return found


def template_hash(template: bytes) -> str:
    """A number of up to twenty digits, another for another template."""
    return str(int.from_bytes(hashlib.sha256(template).digest()[:8], "big"))


def duration(seconds: float) -> str:
    """ISO 8601, as Resource Manager writes it: `PT12.5S`, `PT3M4S`."""
    minutes, rest = divmod(max(0.0, seconds), 60)
    shown_rest = f"{rest:.7f}".rstrip("0").rstrip(".")
    return f"PT{int(minutes)}M{shown_rest}S" if minutes else f"PT{shown_rest}S"


def _providers(deployment: Deployment) -> Iterator[Json]:
    types: dict[str, dict[str, str | None]] = {}
    for _, one in deployment.resources:
        namespace, _, rest = one.type.partition("/")
        where = look(one.body, "location")
        types.setdefault(namespace, {})[rest] = where if isinstance(where, str) else None
    for namespace, kinds in types.items():
        shown_types = [{"resourceType": kind, "locations": [where]} for kind, where in kinds.items()]
        yield {"namespace": namespace, "resourceTypes": shown_types}


def _dependencies(deployment: Deployment) -> Iterator[Json]:
    known = dict(deployment.resources)
    for id, one in known.items():
        needed = [(other, known[other]) for other in map(ResourceId, one.depends_on) if other in known]
        if needed:
            yield {"dependsOn": [_named(other, each) for other, each in needed], **_named(id, one)}


def _named(id: ResourceId, one: DeployedResource) -> Json:
    return {"id": id.text, "resourceType": one.type, "resourceName": _full_name(id)}


def _full_name(id: ResourceId) -> str:
    parts = id.text.rpartition("/providers/")[2].split("/")
    return "/".join(parts[2::2])


# --- operations ------------------------------------------------------------------------------------------


def operations(deployment: Deployment, within: ResourceId | None = None) -> list[Json]:
    """The operations of a deployment, or of one that it holds, newest first."""
    owners = {id: one.within.lower() for id, one in deployment.resources}
    wanted = "" if within is None else str(within)
    found = [
        operation(deployment, task, within or deployment.wish.id)
        for task in deployment.tasks.values()
        if owners.get(task.id, "") == wanted
    ]
    if deployment.status is Status.SUCCEEDED and within is None:
        found.append(_evaluation(deployment))
    return found[::-1]


def operation(deployment: Deployment, task: Task, owner: ResourceId) -> Json:
    """One operation: a resource that was put."""
    known = dict(deployment.resources)
    kind = known[task.id].type if task.id in known else task.id.type
    properties: Json = {
        "provisioningOperation": "Create",
        "provisioningState": _word(task, deployment),
        "timestamp": written(task.ended or deployment.changed),
        "duration": duration((task.ended or deployment.changed) - task.started),
        "trackingId": task.key,
        "statusCode": _STATUS.get(task.status, "OK" if task.ended else "Accepted"),
        "targetResource": {"id": task.id.text, "resourceType": kind, "resourceName": _full_name(task.id)},
    }
    if task.refused is not None:
        properties["statusMessage"] = {"status": "Failed", **task.refused.body}
    number = task.key.replace("-", "").upper()[:16]
    return {"id": f"{owner.text}/operations/{number}", "operationId": number, "properties": properties}


def _evaluation(deployment: Deployment) -> Json:
    number = deployment.wish.guid.replace("-", "").upper()[:16]
    properties = {
        "provisioningOperation": "EvaluateDeploymentOutput",
        "provisioningState": "Succeeded",
        "timestamp": written(deployment.changed),
        "duration": duration(0),
        "trackingId": deployment.wish.guid,
        "statusCode": "OK",
    }
    return {
        "id": f"{deployment.wish.id.text}/operations/{number}",
        "operationId": number,
        "properties": properties,
    }


_STATUS = {200: "OK", 201: "Created", 202: "Accepted", 400: "BadRequest", 403: "Forbidden", 404: "NotFound"}
_STATUS |= {409: "Conflict", 429: "TooManyRequests", 500: "InternalServerError"}


def _word(task: Task, deployment: Deployment) -> str:
    if task.refused is not None:
        return "Failed"
    if task.ended:
        return "Succeeded" if task.status else deployment.status.value
    return "Running"
