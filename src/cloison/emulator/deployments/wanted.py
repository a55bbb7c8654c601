"""What a request wants deployed, and what the template language makes of it.

`az deployment` sends a body that is no JSON: the template's own text, comments included, behind a name without quotes.
Source: azure-cli 2.91, command_modules/resource/custom.py, JsonCTemplatePolicy; checked 2026-11-24.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from cloison.arm.ids import NotAnId, ResourceId
from cloison.emulator.wire import ENCODER, Asked
from cloison.emulator.world import World
from cloison.model.behaviour import Json, Refused, look
from cloison.sources.arm_template import Expansion, Level, Scope, TemplateError, expand
from cloison.sources.arm_template.text import lenient

_BARE = re.compile(r'"(?:[^"\\]|\\.)*"|(?P<bare>\btemplate)(?=\s*:)', re.DOTALL)
_LINKS = {"templateLink": "template", "parametersLink": "parameters"}


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """One deployment as a client asks for it."""

    id: ResourceId
    template: bytes
    parameters: Json
    mode: str
    location: str
    """Of a deployment to a subscription; '' for one to a group."""
    tags: Json
    version: str
    guid: str
    """What `newGuid()` gives."""
    now: str

    @property
    def name(self) -> str:
        """The deployment's name."""
        return self.id.name

    @property
    def scope(self) -> ResourceId:
        """The group or subscription that it deploys to."""
        return self.id.parent


def wanted(world: World, asked: Asked, id: ResourceId) -> Wanted:
    """What a request wants deployed. Raises Refused for what cannot be."""
    body = _body(asked)
    properties = body.get("properties")
    if not isinstance(properties, dict):
        raise _invalid("the 'properties' are missing.")
    for link, what in _LINKS.items():
        if properties.get(link) is not None and look(properties, what) is None:
            told = str(look(properties, f"{link}/uri") or look(properties, f"{link}/id") or "").partition(
                "?"
            )[0]
            text = f"Unable to download deployment content from '{told[:200]}': the emulator opens no links."
            raise Refused(400, "InvalidContentLink", text)
    template = properties.get("template")
    if not isinstance(template, dict):
        raise _invalid("the 'template' is missing, or is no object.")
    told = properties.get("mode", "Incremental")
    mode = str(told).capitalize()
    if mode not in ("Incremental", "Complete"):
        raise Refused(400, "InvalidDeploymentMode", f"The deployment mode '{str(told)[:50]}' is not valid.")
    parameters, tags = properties.get("parameters") or {}, body.get("tags") or {}
    if not isinstance(parameters, dict) or not isinstance(tags, dict):
        raise _invalid("'parameters' and 'tags' have to be objects.")
    location = body.get("location")
    if id.resource_group:
        world.group(id)
    elif not isinstance(location, str):
        raise Refused(400, "LocationRequired", "The location property is required for this deployment.")
    return Wanted(
        id=id,
        template=ENCODER.encode(template),
        parameters=parameters,
        mode=mode,
        location=location if isinstance(location, str) and not id.resource_group else "",
        tags=tags,
        version=asked.version,
        guid=world.chance().guid("deployment", str(id)),
        now=world.now,
    )


def _invalid(text: str) -> Refused:
    return Refused(400, "InvalidRequestContent", f"The request content was invalid: {text}")


def _body(asked: Asked) -> Json:
    """The body, read as leniently as Resource Manager reads it."""
    try:
        return asked.object()
    except Refused as refused:
        try:
            text = asked.body.decode("utf-8-sig")
            text = _BARE.sub(lambda found: f'"{found["bare"]}"' if found["bare"] else found.group(), text)
            body = msgspec.json.decode(lenient(text))
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
            raise refused from None
        if not isinstance(body, dict):
            raise
        return body


class Running:
    """What runs in the world while a deployment is under way: what it has not deployed yet does not run."""

    def __init__(self, world: World, pending: frozenset[ResourceId] | None) -> None:
        """pending: what is still to be deployed; None: that is not known yet, so nothing but groups runs."""
        self._world = world
        self._pending = pending

    def state(self, id: str) -> Mapping[str, Any] | None:
        """The body of a resource; None where it does not run."""
        try:
            key = ResourceId(id)
        except NotAnId:
            return None
        if self._pending is None and key.type != "microsoft.resources/resourcegroups":
            return None
        if self._pending is not None and key in self._pending:
            return None
        return self._world.state.show(key)

    def call(self, name: str, id: str, args: Sequence[Any]) -> Any:
        """What a `list…` function gives; None where it cannot be asked."""
        if self.state(id) is None:
            return None
        version = args[0] if args and isinstance(args[0], str) else "2024-01-01"
        body = args[1] if len(args) > 1 and isinstance(args[1], dict) else None
        try:
            answer = self._world.internal(
                self._world, Asked.of("POST", f"{id}/{name}?api-version={version}", body)
            )
        except Refused:
            return None
        return answer.body


def expanded(world: World, wish: Wanted, pending: frozenset[ResourceId] | None) -> Expansion:
    """What the template deploys. Raises Refused as Resource Manager does for a template that is wrong."""
    group = wish.id.resource_group
    body = world.group(wish.id) if group else {}
    scope = Scope(
        level=Level.RESOURCE_GROUP if group else Level.SUBSCRIPTION,
        subscription=wish.id.subscription,
        resource_group=str(body.get("name", group)) if group else None,
        tenant=world.tenant,
        location=str(body.get("location", "")) if group else wish.location,
        deployment=wish.name,
        utc_now=wish.now,
        new_guid=wish.guid,
    )
    try:
        return expand(
            wish.template,
            parameters={"contentVersion": "1.0.0.0", "parameters": wish.parameters},
            scope=scope,
            deploying=True,
            live=Running(world, pending),
        )
    except TemplateError as error:
        code = "InvalidTemplate" if error.code == "LimitExceeded" else error.code
        text = f"Deployment template validation failed: '{error.message}'."
        raise Refused(400, code, text) from error
