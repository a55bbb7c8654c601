"""What an agent pool's own body says."""

from __future__ import annotations

from cloison.kinds._pools import AgentPool, agent_pool
from cloison.model.snapshot import Resource


def facts(resource: Resource) -> AgentPool:
    """The settings of one pool, read once."""
    return resource.once(_read)


def _read(resource: Resource) -> AgentPool:
    return agent_pool(resource.name, resource.body.at("properties"))
