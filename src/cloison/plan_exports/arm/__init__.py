"""An ARM template: a nested deployment for each wave and resource group."""

from __future__ import annotations

from collections.abc import Mapping

from cloison.plan.document import PlanDocument, StepReport
from cloison.plan_exports import Exported, Json
from cloison.plan_exports.steps import about, heading, place
from cloison.plan_exports.template import Part, can_tell, parts, resource
from cloison.reports.escape import safe_json

SCHEMA = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"
DEPLOYMENTS = "2022-09-01"
"""API version of nested deployments."""


def export(plan: PlanDocument, puts: Mapping[int, Json]) -> Exported:
    """The template, for a deployment to any resource group of the plan's tenant."""
    can = can_tell(plan, puts)
    found = list(parts(plan, can.waves))
    template = {
        "$schema": SCHEMA,
        "contentVersion": "1.0.0.0",
        "metadata": {"description": " ".join(heading(plan))},
        "resources": [_deployment(part, found, puts) for part in found],
    }
    command = f"az deployment group create --resource-group {found[0].group if found else 'GROUP'}"
    return Exported(
        {"plan.json": safe_json(template) + "\n"}, f"{command} --template-file FILE", can.first_left, can.why
    )


def _deployment(part: Part, all_parts: list[Part], puts: Mapping[int, Json]) -> Json:
    before = [one for one in all_parts if one.wave == part.wave - 1]
    return {
        "type": "Microsoft.Resources/deployments",
        "apiVersion": DEPLOYMENTS,
        "name": part.name,
        "subscriptionId": part.subscription,
        "resourceGroup": part.group,
        "dependsOn": [_id(one) for one in before],
        "properties": {
            "mode": "Incremental",
            "expressionEvaluationOptions": {"scope": "inner"},
            "template": {
                "$schema": SCHEMA,
                "contentVersion": "1.0.0.0",
                "resources": [_resource(step, puts[step.number]) for step in part.steps],
            },
        },
    }


def _id(part: Part) -> str:
    return (
        f"/subscriptions/{part.subscription}/resourceGroups/{part.group}"
        f"/providers/Microsoft.Resources/deployments/{part.name}"
    )


def _resource(step: StepReport, body: Json) -> Json:
    at = place(step.request.path)
    told = {
        "type": at.type,
        "apiVersion": step.request.api_version,
        "name": at.name,
        "comments": " ".join(about(step)),
    }
    scope = {"scope": at.scope} if at.scope else {}
    return {name: literal(one) for name, one in {**told, **scope, **resource(body)}.items()}


def literal(value: object) -> object:
    """A value that a template takes as it stands: text in brackets is no expression.

    Source: Microsoft Learn, "Template functions in ARM templates", Escape characters, checked 2026-11-24.
    """
    if isinstance(value, dict):
        return {name: literal(one) for name, one in value.items()}
    if isinstance(value, list):
        return [literal(one) for one in value]
    if isinstance(value, str) and value.startswith("[") and value.endswith("]"):
        return f"[{value}"
    return value
