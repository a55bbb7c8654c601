"""S12: other storage that workloads use has private endpoints with DNS integration in reach of the cluster."""

from __future__ import annotations

from collections.abc import Iterable

from cloison.arm.ids import ResourceId
from cloison.model.environment import ExtraStorage
from cloison.model.facts import Known, NotKnown, Unknown
from cloison.model.verdict import Finding, Outcome, Path, PathVerdict
from cloison.requirements import Requirement, say
from cloison.requirements.case import Case
from cloison.requirements.placing import by_service_endpoint, new_endpoints, not_serving, standing
from cloison.requirements.telling import why_not_private

ID = "S12"


def subjects(case: Case) -> Iterable[ResourceId]:
    """Datastores whose account is not the workspace's own."""
    own = case.environment.storage
    return [one.id for one in _datastores(case) if own is None or not _is(one, own)]


def decide(case: Case, subject: ResourceId) -> Iterable[Finding]:
    """Each sub-resource that the datastore uses has an endpoint in reach, and its name leads there."""
    datastore = next(one for one in _datastores(case) if one.id == subject)
    account = _account(case, datastore)
    if by_service_endpoint(case, account):
        yield say.met(ID, subject, f"{account.name} lets the cluster's subnets in through service endpoints")
        return
    sound = True
    for group in datastore.subresources:
        for finding in _on(case, subject, account, group):
            sound = False
            yield finding
    if sound:
        asked = " and ".join(datastore.subresources)
        yield say.met(ID, subject, f"pods reach {account.name} privately, for {asked}")


def _on(case: Case, subject: ResourceId, account: ResourceId, group: str) -> Iterable[Finding]:
    found = standing(case, account, group).decided()
    for one in found.others if not found.serving else ():
        yield not_serving(case, ID, subject, one)
    if not found.serving:
        if not found.others:
            yield _missing(case, subject, account, group)
        return
    for path in case.worst_paths_to(account, group):
        if path.verdict is PathVerdict.UNKNOWN:
            doubt = next(step for step in path.steps if step.outcome is Outcome.UNKNOWN)
            yield say.unknown(ID, subject, f"{path.host}: {doubt.text}", ask=doubt.ask, cites=doubt.cites)
        elif path.verdict is not PathVerdict.PRIVATE:
            yield _in_vain(subject, path)


def _missing(case: Case, subject: ResourceId, account: ResourceId, group: str) -> Finding:
    where = case.networks[0].name if case.networks else "the cluster's network"
    message = f"{account.name} has no private endpoint for {group} in {where} or a network peered with it"
    mends = new_endpoints(case, account, [group])
    return say.broken(ID, subject, message, fixes=mends)


def _in_vain(subject: ResourceId, path: Path) -> Finding:
    message = f"{path.host} has an endpoint in reach and {why_not_private(path)}"
    return say.broken(ID, subject, message, evidence=path.obstacles or path.steps)


def _datastores(case: Case) -> list[ExtraStorage]:
    return case.fabric.extra_storage_of.get(case.environment.workspace, [])


def _account(case: Case, datastore: ExtraStorage) -> ResourceId:
    """The account that a datastore names. Raises NotKnown where it was not read."""
    name = datastore.account.value
    found = next((id for id in case.environment.extra_storage if id.name.lower() == name), None)
    if found is None:
        why = f"storage account {name} of datastore {datastore.id.name} is not in the input"
        raise NotKnown(Unknown(why, f"add storage account {name} with its private endpoints"))
    return found


def _is(datastore: ExtraStorage, own: ResourceId) -> bool:
    return isinstance(datastore.account, Known) and datastore.account.value == own.name.lower()


REQUIREMENT = Requirement(
    id=ID,
    title="Other storage that workloads use has private endpoints with DNS integration in reach of the cluster",
    subjects=subjects,
    decide=decide,
)
