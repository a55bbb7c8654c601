"""Terraform: one resource for each step, azurerm where it has one for it, and azapi for all else.

azapi sends what the plan holds. What only changes, deletes or acts is sent once and is no resource that Terraform
keeps; what is made is one. Waves are `depends_on`.

Source: documentation of the providers azapi 2 (`azapi_resource`, `azapi_resource_action`) and azurerm 4, checked
2026-11-24.
"""

from __future__ import annotations

from collections.abc import Mapping

from cloison.plan.document import PlanDocument, StepReport
from cloison.plan_exports import Exported, Json
from cloison.plan_exports.steps import about, comments, heading, parent, place, target, told
from cloison.plan_exports.terraform.azurerm import azurerm
from cloison.plan_exports.terraform.hcl import Block, Raw, written

OUTSIDE = ("location", "tags")
"""Members of a body that azapi takes as arguments of their own."""

IGNORED = {"azurerm_private_endpoint": "[private_dns_zone_group]", "azurerm_private_dns_a_record": "all"}
"""What other resources write into one that Terraform keeps: zone groups, and their records."""


def export(plan: PlanDocument, _puts: Mapping[int, Json]) -> Exported:
    """The configuration; it can say every request."""
    waves = told(plan, lambda _: "").waves
    subscription = place(plan.steps[0].request.path).subscription if plan.steps else ""
    changed = [target(step).lower() for step in plan.steps]
    blocks: list[Block] = []
    before: list[str] = []
    for wave in waves:
        now: list[str] = []
        for step in wave:
            again = changed.count(target(step).lower()) > 1
            type, attributes, inner = _resource(step, subscription)
            label = f"step_{step.number:02}"
            now.append(f"{type}.{label}")
            if before:
                attributes = {**attributes, "depends_on": [Raw(one) for one in before]}
            kept = "all" if again else IGNORED.get(type)
            if step.makes and kept and type != "azapi_resource_action":
                inner = (*inner, Block("lifecycle", {"ignore_changes": Raw(kept)}))
            blocks.append(Block(f'resource "{type}" "{label}"', attributes, inner, tuple(about(step))))
        before = now
    top = "\n".join(comments(heading(plan), "#"))
    text = f"{top}\n\n{written([*_providers(blocks, subscription), *blocks])}"
    return Exported({"main.tf": text}, "terraform apply, in the folder of FILE")


def _providers(blocks: list[Block], subscription: str) -> list[Block]:
    asked: dict[str, object] = {"azapi": {"source": "Azure/azapi", "version": "~> 2.0"}}
    found = [Block('provider "azapi"', {})]
    if any(block.head.startswith('resource "azurerm_') for block in blocks):
        asked["azurerm"] = {"source": "hashicorp/azurerm", "version": "~> 4.0"}
        found.append(Block('provider "azurerm"', {"subscription_id": subscription}, (Block("features", {}),)))
    return [Block("terraform", {}, (Block("required_providers", asked),)), *found]


Resource = tuple[str, Mapping[str, object], tuple[Block, ...]]


def _resource(step: StepReport, subscription: str) -> Resource:
    asked = step.request
    body = asked.body or {}
    if step.makes and not asked.query:
        at = place(asked.path)
        if (
            at.subscription.lower() == subscription.lower()
            and (made := azurerm(asked.path, body)) is not None
        ):
            return made
        if "identity" not in body:
            return "azapi_resource", _made(step, body), ()
    path = target(step)
    at = place(path)
    attributes: Json = {
        "type": f"{at.type}@{asked.api_version}",
        "resource_id": path,
        "method": asked.method,
    }
    if asked.method == "POST":
        attributes["action"] = asked.path.rpartition("/")[2]
    if asked.query:
        attributes["query_parameters"] = {name: [value] for name, value in asked.query.items()}
    if asked.body is not None:
        attributes["body"] = asked.body
    return "azapi_resource_action", attributes, ()


def _made(step: StepReport, body: Json) -> Json:
    at = place(step.request.path)
    outside = {name: body[name] for name in OUTSIDE if name in body}
    inside = {name: value for name, value in body.items() if name not in OUTSIDE}
    return {
        "type": f"{at.type}@{step.request.api_version}",
        "parent_id": parent(step.request.path),
        "name": at.names[-1],
        **outside,
        "schema_validation_enabled": False,
        "body": inside,
    }
