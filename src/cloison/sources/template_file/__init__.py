"""ARM templates, hand-written, compiled from Bicep or exported: what they will deploy, as planned resources.

The template language has a folder of its own; here is where its answers become the model's.
"""

from __future__ import annotations

from cloison.sources._input import Input, Shape, has
from cloison.sources._reading import Reading, ReadOptions


def recognises(given: Input) -> bool:
    """`$schema` says deployment template, also where comments make it no strict JSON, or it is built like one."""
    outline = given.outline
    if "deploymenttemplate" in outline.schema:
        return True
    members = outline.members
    return outline.shape is Shape.OBJECT and has(members.content_version) and has(members.resources)


def read(given: Input, options: ReadOptions) -> Reading:
    """The resources it deploys, with open values where parameters or Azure decide. Raises CloisonError."""
    # The language is large, and only templates need it.
    from cloison.sources.template_file.deployment import planned

    return planned(given, options)
