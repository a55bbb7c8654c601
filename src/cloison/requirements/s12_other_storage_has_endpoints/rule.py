"""S12: other storage that workloads use has private endpoints with DNS integration in reach of the cluster."""

from __future__ import annotations

from collections.abc import Iterable

from cloison.arm.ids import ResourceId
from cloison.model.environment import ExtraStorage
from cloison.model.facts import Known, NotKnown, Unknown
from cloison.model.verdict import Finding, Outcome, PathVerdict
from cloison.requirements import Requirement, fixes, say
from cloison.requirements.case import Case
from cloison.requirements.placing import by_service_endpoint, serving

ID = "S12"


def subjects(case: Case) -> Iterable[ResourceId]:
    """Datastores whose account is not the workspace's own."""
    own = case.environment.storage
    found = case.fabric.extra_storage_of.get(case.environment.workspace, [])
    return [one.id for one in found if own is None or not _is(one, own)]


def decide(case: Case, subject: ResourceId) -> Iterable[Finding]:
    """Each sub-resource that the datastore uses has an endpoint in reach, and its name leads there."""
    datastore = next(
        one for one in case.fabric.extra_storage_of.get(case.environment.workspace, []) if one.id == subject
    )
    name = datastore.account.value
    account = next((id for id in case.environment.extra_storage if id.name.lower() == name), None)
    if account is None:
        ask = f"add storage account {name} with its private endpoints"
        raise NotKnown(
            Unknown(f"storage account {name} of datastore {subject.name} is not in the input", ask)
        )
    if by_service_endpoint(case, account):
        return
    for group in datastore.subresources:
        if not serving(case, account, group):
            yield _missing(case, subject, account, group)
            continue
        for path in case.paths_to(account, group):
            if path.verdict not in (PathVerdict.PRIVATE, PathVerdict.UNKNOWN):
                stops = [step for step in path.steps if step.outcome is Outcome.STOP]
                message = f"{path.host} has an endpoint in reach, but is {path.verdict.value} all the same"
                yield say.broken(ID, subject, message, evidence=stops or path.steps)


def _missing(case: Case, subject: ResourceId, account: ResourceId, group: str) -> Finding:
    where = case.networks[0].name if case.networks else "the cluster's network"
    message = f"{account.name} has no private endpoint for {group} in {where} or a network peered with it"
    mends = [fixes.create_endpoint(account, group, case.networks[0])] if case.networks else []
    return say.broken(ID, subject, message, fixes=mends)


def _is(datastore: ExtraStorage, own: ResourceId) -> bool:
    return isinstance(datastore.account, Known) and datastore.account.value == own.name.lower()


REQUIREMENT = Requirement(
    id=ID,
    title="Other storage that workloads use has private endpoints with DNS integration in reach of the cluster",
    subjects=subjects,
    decide=decide,
)
