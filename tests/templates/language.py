"""Short ways to ask the template language something."""

from __future__ import annotations

import json
from typing import Any

from cloison.sources.arm_template import Expansion, Scope, expand

SCHEMA = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"
SUBSCRIPTION = "00000000-0000-0000-0000-000000000001"
HERE = Scope(
    subscription=SUBSCRIPTION,
    resource_group="rg",
    location="westeurope",
    tenant="00000000-0000-0000-0000-00000000000a",
    management_group="mg",
    deployment="main",
)
GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg"


def template(*resources: dict[str, Any], **parts: Any) -> dict[str, Any]:
    """A template of these resources and other parts."""
    return {"$schema": SCHEMA, "contentVersion": "1.0.0.0", "resources": list(resources), **parts}


def expanded(content: dict[str, Any] | str, **options: Any) -> Expansion:
    """What a template deploys, to a known group unless told otherwise."""
    text = content if isinstance(content, str) else json.dumps(content)
    return expand(text, **{"scope": HERE, **options})


def value(expression: str, **parts: Any) -> Any:
    """The value of an expression, as an output of a template with these other parts."""
    options = {
        key: parts.pop(key)
        for key in ("parameters", "scope", "existing", "deploying")
        if key in parts and key != "parameters"
    }
    given = parts.pop("given", None)
    made = expanded(
        template(outputs={"it": {"type": "object", "value": expression}}, **parts),
        parameters=given,
        **options,
    )
    if made.gaps:
        raise AssertionError(made.gaps[0].why)
    return made.outputs["it"].value


def resource(type: str, name: str, **more: Any) -> dict[str, Any]:
    """A resource as a template has it."""
    return {"type": type, "apiVersion": "2024-01-01", "name": name, **more}
