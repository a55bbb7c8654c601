"""The ARM template language: a template, its parameters and its scope in; resources, outputs and gaps out.

Needs no Azure. What the template leaves open stays a symbol: a value that shows its expression, keeps the parts
that are known, and says which parameter would decide it. `expand` is the whole interface; docs/templates.md
describes it. Knows no resource type except deployments and resource groups, which the language itself speaks of.
"""

from __future__ import annotations

from cloison.sources.arm_template.errors import TemplateError
from cloison.sources.arm_template.expansion import DeployedOutput, DeployedResource, Expansion, expand
from cloison.sources.arm_template.limits import Limits
from cloison.sources.arm_template.scope import Level, Scope
from cloison.sources.arm_template.symbols import Symbol
from cloison.sources.arm_template.text import Place
from cloison.sources.arm_template.world import Gap

__all__ = [
    "DeployedOutput",
    "DeployedResource",
    "Expansion",
    "Gap",
    "Level",
    "Limits",
    "Place",
    "Scope",
    "Symbol",
    "TemplateError",
    "expand",
]
