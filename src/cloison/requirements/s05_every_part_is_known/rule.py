"""S05: workspace, cluster, storage, vault and registry are all there and belong together.

The article's list says "Azure Container Services (ARC)" where it means the container registry.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cloison.arm.ids import ResourceId
from cloison.model.environment import Link
from cloison.model.facts import Cite, Fact, NotKnown, Unknown
from cloison.model.verdict import Finding, Severity
from cloison.reach.fabric import known
from cloison.requirements import Requirement, fixes, owned, say
from cloison.requirements.case import Case

ID = "S05"
PARTS: dict[str, owned.Pick] = {
    "storage account": lambda workspace: workspace.storage,
    "key vault": lambda workspace: workspace.vault,
    "container registry": lambda workspace: workspace.registry,
}


def subjects(case: Case) -> Iterable[ResourceId]:
    """The workspace, what it names as its own, and the cluster."""
    found = [case.environment.workspace, *_named(case), case.environment.cluster]
    return [id for id in found if id is not None]


def decide(case: Case, subject: ResourceId) -> Iterable[Finding]:
    """Unknown where a part is not named or was not read; broken where two parts cannot belong together."""
    if subject == case.environment.workspace:
        yield from _workspace(case, subject)
    elif subject == case.environment.cluster:
        yield from _cluster(case, subject)
    else:
        owned.read(case, subject)
        yield say.met(ID, subject, f"{subject.name} is the {_named(case)[subject]} of the environment")


def _named(case: Case) -> dict[ResourceId, str]:
    """What the workspace names, with the part that it is."""
    facts = {part: owned.named(case, pick) for part, pick in PARTS.items()}
    return {id: part for part, fact in facts.items() if (id := known(fact)) is not None}


def _workspace(case: Case, workspace: ResourceId) -> Iterator[Finding]:
    owned.read(case, workspace)
    facts = {part: owned.named(case, pick) for part, pick in PARTS.items()}
    doubts: dict[str, Finding] = {}
    for part, fact in facts.items():
        if isinstance(fact, Unknown):
            message, ask = fact.why, fact.ask
        elif fact.value is None:
            message, ask = _not_named(workspace, part)
        else:
            continue
        # A hub that was not read is the reason for all three.
        doubts.setdefault(message, say.unknown(ID, workspace, message, ask=ask, cites=_cites(fact)))
    yield from doubts.values()
    if not doubts:
        message = f"{workspace.name} names its storage, vault and registry"
        yield say.met(ID, workspace, message, *say.cites(*facts.values()))


def _cites(fact: Fact[ResourceId | None]) -> tuple[Cite, ...]:
    return (fact.cite,) if fact.cite is not None else ()


def _not_named(workspace: ResourceId, part: str) -> tuple[str, str]:
    """What is so, and what to supply."""
    if part == "container registry":
        message = (
            f"{workspace.name} has no registry yet: Azure makes one at the first image build, "
            "and nobody can say today how that one will be reached"
        )
        ask = (
            "make a Premium registry with a private endpoint and name it: "
            f"az ml workspace update -g {workspace.resource_group} -n {workspace.name} --container-registry ID"
        )
        return message, ask
    message = f"{workspace.name} names no {part}, so how it is reached cannot be told"
    return message, f"add all that ARM says of {workspace.text}, or name one"


def _cluster(case: Case, cluster: ResourceId) -> Iterator[Finding]:
    workspace = case.environment.workspace
    owned.read(case, cluster)
    if workspace is None:
        return
    if _in_other_subscriptions(workspace, cluster):
        yield _apart(workspace, cluster)
        return
    if case.environment.link is Link.INTENDED:
        message = (
            f"no compute of {workspace.name} stands on {cluster.name} in the input: "
            "they are taken for one environment as they stand close together"
        )
        listed = f"az ml compute list -g {workspace.resource_group} -w {workspace.name}"
        yield say.unknown(
            ID, cluster, message, ask=f"attach it, or add what this prints: {listed}", severity=Severity.NOTE
        )
        return
    if not case.attachments:
        raise NotKnown(_open_attachment(case, workspace, cluster))
    names = " and ".join(one.id.name for one in case.attachments)
    cites = say.cites(*(one.cluster for one in case.attachments))
    yield say.met(ID, cluster, f"{cluster.name} is attached to {workspace.name} as {names}", *cites)


def _open_attachment(case: Case, workspace: ResourceId, cluster: ResourceId) -> Unknown:
    for one in case.fabric.attachments_of.get(workspace, ()):
        if isinstance(one.cluster, Unknown):
            return one.cluster
    why = f"which compute of {workspace.name} stands on {cluster.name} is not in the input"
    return Unknown(why, f"add the computes of {workspace.text}")


def _in_other_subscriptions(workspace: ResourceId, cluster: ResourceId) -> bool:
    """True where that is sure: subscriptions that a template leaves open stand in braces."""
    pair = (workspace.subscription, cluster.subscription)
    return pair[0] != pair[1] and not any("{" in one for one in pair)


def _apart(workspace: ResourceId, cluster: ResourceId) -> Finding:
    message = (
        f"{cluster.name} is in subscription {cluster.subscription}, {workspace.name} in {workspace.subscription}: "
        "Azure Machine Learning attaches clusters of its own subscription only"
    )
    why = "neither can move while keeping its endpoints"
    options = [
        fixes.by_hand(cluster, f"Create the cluster in subscription {workspace.subscription}", why),
        fixes.by_hand(
            cluster,
            f"Connect {cluster.name} to Azure Arc in subscription {workspace.subscription} and attach that",
            "an Arc cluster needs more ways out, and is not what the article speaks of",
        ),
    ]
    return say.broken(ID, cluster, message, fixes=options)


REQUIREMENT = Requirement(
    id=ID,
    title="Workspace, cluster, storage, vault and registry are all there and belong together",
    subjects=subjects,
    decide=decide,
)
