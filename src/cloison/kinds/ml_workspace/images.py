"""Images: a workspace that has no registry gets one when the first is built, and a shut registry needs a builder.

An environment's version and a deployment tell their workspace, by the signal `image`, that an image is needed.
Sources: Microsoft Learn, Secure a workspace with virtual networks ("Enable Azure Container Registry",
imageBuildCompute), Troubleshoot environment image builds, Manage workspaces (the registry is made lazily); checked
2026-11-24. The SKU of the registry that Azure makes is not documented; Basic is a guess, and the one that hurts.
"""

from __future__ import annotations

from cloison.arm.ids import ResourceId
from cloison.model.behaviour import (
    Behaviour,
    Chance,
    Effects,
    Json,
    Refused,
    Request,
    Schema,
    Signal,
    State,
    Write,
    laid,
    look,
)

REGISTRY = "properties/containerRegistry"
BUILDER = "properties/imageBuildCompute"


def built(state: State, signal: Signal, chance: Chance) -> Effects:
    """The workspace with a registry to put the image into. Raises Refused, late, where nobody can build it."""
    body = state.get(signal.to) or {}
    named = look(body, REGISTRY)
    if isinstance(named, str) and named:
        _check_builder(state, signal.to, body, ResourceId(named))
        return Effects()
    name = chance.guid("registry", str(signal.to)).replace("-", "")
    group = ResourceId(signal.to.text.partition("/providers/")[0])
    region = body.get("location") or (state.get(group) or {}).get("location")
    if not region:
        # An export that tells neither: nothing can be made of it.
        return Effects()
    registry = ResourceId(f"{group.text}/providers/Microsoft.ContainerRegistry/registries/{name}")
    asked = {
        "location": region,
        "sku": {"name": "Basic"},
        "properties": {"adminUserEnabled": True},
        "tags": {"workspace": signal.to.name},
    }
    return Effects(
        writes=(Write(signal.to, laid(body, REGISTRY, registry.text)),),
        then=(Request(method="PUT", id=registry, body=asked, by_azure=True),),
    )


def _check_builder(state: State, workspace: ResourceId, body: Json, registry: ResourceId) -> None:
    """A registry that is shut to the public is out of reach of Azure's own builder."""
    shut = look(state.get(registry), "properties/publicNetworkAccess") == "Disabled"
    builder = look(body, BUILDER)
    if shut and not (builder and workspace.child("computes", str(builder)) in _computes(state, workspace)):
        message = (
            f"The image could not be built: registry {registry.name} is not reached from outside its network, and "
            f"workspace {workspace.name} names no compute that builds images."
        )
        detail = {"code": "ImageBuildFailure", "message": message}
        raise Refused(400, "UserError", message, details=[detail], late=True)


def _computes(state: State, workspace: ResourceId) -> frozenset[ResourceId]:
    return frozenset(state.children(workspace, "computes"))


def _environment(state: State, request: Request, body: Json, chance: Chance) -> Effects:
    """A version of an environment; its image is built when it is registered."""
    workspace = request.id.parent.parent
    return Effects(writes=(Write(request.id, body),), then=(Signal(to=workspace, name="image"),))


ENVIRONMENTS = Behaviour(
    schema=Schema(located="no", provisioned=False, required=("properties",)),
    make=_environment,
    signed=True,
    alone=True,
)
