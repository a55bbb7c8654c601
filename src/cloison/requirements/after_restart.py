"""After a restart: what is still to be put right, from what was noted before it began.

ARM forgets: which roles an identity had is not to be found once the identity is gone, nor which address the API server
had. So whoever mends a restart notes it first, and holds what is there now against it.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from cloison.arm.ids import ResourceId
from cloison.kinds import behaviour_of, kind_of
from cloison.kinds.ml_compute.facts import facts as compute_facts
from cloison.kinds.role_assignment.facts import ROLES
from cloison.kinds.role_assignment.facts import facts as role_facts
from cloison.model.facts import Known
from cloison.model.verdict import Finding, Fix, Safety, Severity
from cloison.requirements import fixes, restart, roles, say
from cloison.requirements.case import Case

KEPT = ("roleDefinitionId", "condition", "conditionVersion", "description")
"""What of a role assignment is the same for the identity that comes after."""
CORRECTED = (
    "microsoft.network/networksecuritygroups/securityrules",
    "microsoft.network/routetables/routes",
    "microsoft.network/ipgroups",
    "microsoft.network/firewallpolicies/rulecollectiongroups",
)
"""Types in which one address can be put in the place of another, and nothing else changes."""
ELSEWHERE = (
    "microsoft.network/privateendpoints",
    "microsoft.network/networkinterfaces",
    "microsoft.network/privatednszones",
    "microsoft.containerservice/managedclusters",
)
"""Types whose addresses Azure keeps, or other rules look after, with what stands below them."""


class Given(msgspec.Struct, frozen=True, kw_only=True):
    """A role that an identity had."""

    scope: str
    """Id of what it holds for."""
    properties: dict[str, Any]
    """Which role, and under which condition, as the assignment says it."""


class Former(msgspec.Struct, frozen=True, kw_only=True):
    """A compute as it was attached before."""

    compute: str
    attached: str
    """Its `createdOn`; '' where that was not told."""
    principal: str
    """Object id of its system-assigned identity in lower case; '' without one, or where that was not told."""
    roles: tuple[Given, ...] = ()


class Before(msgspec.Struct, frozen=True, kw_only=True):
    """A cluster and the computes of one workspace on it, as they were."""

    workspace: str
    cluster: str
    addresses: tuple[str, ...]
    """Private addresses of its API server, as far as they were read."""
    computes: tuple[Former, ...]


def noted(case: Case) -> Before:
    """What has to be known later, as it is now."""
    workspace = case.environment.workspace
    return Before(
        workspace=workspace.text if workspace is not None else "",
        cluster=case.environment.cluster.text,
        addresses=addresses(case),
        computes=tuple(_former(case, id) for id in restart.computes(case)),
    )


def _former(case: Case, id: ResourceId) -> Former:
    compute = compute_facts(case.resource(id))
    principal = say.told(compute.principal) or ""
    given = []
    for resource in case.of(roles.ASSIGNMENTS) if principal else ():
        if say.told(role_facts(resource).principal) == principal:
            told: Any = resource.body.at("properties").value
            kept = {name: told[name] for name in KEPT if told.get(name)}
            given.append(Given(scope=role_facts(resource).scope.text, properties=kept))
    created = say.told(compute.created)
    given.sort(key=lambda one: (one.scope, str(one.properties)))
    return Former(compute=id.text, attached=created or "", principal=principal, roles=tuple(given))


# --- roles -----------------------------------------------------------------------------------------------


def lacking(case: Case, former: Former) -> Iterator[Finding]:
    """Roles that the identity before had, and the one that there is now lacks."""
    subject = ResourceId(former.compute)
    found = case.snapshot.get(subject)
    principal = say.told(compute_facts(found).principal) if found is not None else None
    if not principal or not former.principal or principal == former.principal:
        return
    for given in former.roles:
        if not _has(case, principal, given):
            scope = ResourceId(given.scope)
            message = (
                f"{subject.name} has a new identity, which lacks the role {_role(given)} that the one before had on "
                f"{scope.name}"
            )
            yield say.broken("S23", subject, message, fixes=[_give(subject, given, principal)])


def _has(case: Case, principal: str, given: Given) -> bool:
    for resource in case.of(roles.ASSIGNMENTS):
        told = role_facts(resource)
        if told.scope == given.scope.lower() and say.told(told.principal) == principal:
            same = say.told(told.role) == _guid(given)
            if same and (say.told(told.condition) or "") == str(given.properties.get("condition") or ""):
                return True
    return False


def _give(subject: ResourceId, given: Given, principal: str) -> Fix:
    scope = ResourceId(given.scope)
    return Fix(
        action="create",
        target=role_target(subject, given),
        summary=f"Give {subject.name} the role {_role(given)} on {scope.name} again",
        safety=Safety.SAFE,
        why="a role adds a right and takes none away",
        body={
            "properties": {**given.properties, "principalId": principal, "principalType": "ServicePrincipal"}
        },
    )


def role_target(subject: ResourceId, given: Given) -> str:
    """Id of the assignment that gives a compute's new identity a role: known before that identity is.

    The same as S17 takes, so that both ask for one.
    """
    condition = given.properties.get("condition")
    what = f"{given.scope.lower()}|{subject}|{_guid(given)}" + (f"|{condition}" if condition else "")
    return f"{given.scope}/providers/{roles.ASSIGNMENTS}/{uuid.uuid5(uuid.NAMESPACE_URL, what)}"


def _role(given: Given) -> str:
    """The role's name where it is a built-in one that we know, else its GUID."""
    guid = _guid(given)
    return next((name for name, one in ROLES.items() if one == guid), guid)


def _guid(given: Given) -> str:
    return str(given.properties.get("roleDefinitionId", "")).rpartition("/")[2].lower()


# --- attached again --------------------------------------------------------------------------------------


def still_attached(case: Case, former: Former) -> Iterator[Finding]:
    """A compute that stands as it did before the cluster was restarted, whatever the activity log says so far."""
    subject = ResourceId(former.compute)
    found = case.snapshot.get(subject)
    if found is not None and former.attached and say.told(compute_facts(found).created) == former.attached:
        cluster = case.environment.cluster.name
        message = f"{subject.name} was attached {former.attached[:16]}, before this run restarted {cluster}"
        yield say.broken("S23", subject, message, fixes=[restart.attach_again(subject)])


# --- the API server's address ----------------------------------------------------------------------------


def addresses(case: Case) -> tuple[str, ...]:
    """Private addresses of the API server: of the endpoint that AKS keeps, else of the record that it keeps."""
    for endpoint in case.endpoints_to(case.environment.cluster):
        if endpoint.id.name.lower() == restart.KEPT_BY_AKS:
            known = (part.address.value for part in endpoint.addresses if isinstance(part.address, Known))
            return tuple(sorted({one for one in known if one}))
    entrance, group = restart.door(case), (say.told(restart.cluster(case).node_resource_group) or "").lower()
    found: set[str] = set()
    for zone in case.zones_named(entrance.hosts[0].zone) if entrance is not None else ():
        assert entrance is not None
        label = entrance.hosts[0].name.removesuffix(f".{entrance.hosts[0].zone}")
        records = case.fabric.records.get((zone.id, label), ()) if zone.id.resource_group == group else ()
        found.update(value for one in records if one.type == "a" for value in say.told(one.values) or ())
    return tuple(sorted(found))


def records_naming(case: Case, address: str) -> Iterator[ResourceId]:
    """Records that people wrote by hand and that say an address of the API server."""
    for zone in restart.zones_by_hand(case):
        for record in case.fabric.records.get((zone.id, restart.label_of(case)), ()):
            if record.type == "a" and address in (say.told(record.values) or ()):
                yield record.id


def misled(case: Case, before: Before, read: frozenset[str]) -> Iterator[Finding]:
    """Rules and routes that name the address that the API server had.

    read: addresses that it had when the environment was read; of any other nobody knows whether Azure will choose it.
    """
    now = addresses(case)
    if len(now) != 1 or not set(now) <= read:
        return
    for old in before.addresses:
        if old != now[0]:
            for id, pointer in naming(case, old):
                yield _misled(case, id, pointer, old, now[0])


def naming(case: Case, address: str) -> Iterator[tuple[ResourceId, str]]:
    """Resources whose settings name an address alone, with the first property that does."""
    group = (say.told(restart.cluster(case).node_resource_group) or "").lower()
    for resource in case.snapshot.resources.values():
        if resource.planned or resource.type.startswith(ELSEWHERE) or resource.id.resource_group == group:
            continue
        told: Any = resource.body.at("properties").value
        below = _below(resource.type)
        for name, value in told.items() if isinstance(told, dict) else ():
            if name.lower() not in below and _replaced(value, address, "") != value:
                yield resource.id, name
                break


def _below(type: str) -> frozenset[str]:
    """Properties that hold resources of their own."""
    kind = kind_of(type)
    pointers: Iterable[str] = (*(kind.nested if kind is not None else ()), *behaviour_of(type).embeds)
    return frozenset(one.rpartition("/")[2].lower() for one in pointers)


def _misled(case: Case, id: ResourceId, pointer: str, old: str, new: str) -> Finding:
    cluster = case.environment.cluster
    which = f"{id.name} of {id.parent.name}" if id.type.count("/") > 1 else id.name
    message = f"{which} names {old}, which the API server of {cluster.name} had; it has {new} now"
    told = case.resource(id).body.at("properties").value
    summary = f"Let {which} name {new} in the place of {old}"
    if id.type in CORRECTED and isinstance(told, dict):
        body = {
            name: changed for name, value in told.items() if (changed := _replaced(value, old, new)) != value
        }
        fix = Fix(
            action="update",
            target=id.text,
            summary=summary,
            safety=Safety.ASKS,
            why=f"whoever needs {old} there for something else loses it",
            pointer=f"/properties/{pointer}",
            body={"properties": body},
        )
    else:
        fix = fixes.by_hand(
            id, f"{summary} (properties/{pointer})", "what else rests on it is not known here"
        )
    return say.broken("S22", id, message, severity=Severity.WARNING, fixes=[fix])


def _replaced(value: object, old: str, new: str) -> object:
    """The value with one address, or it as a prefix, in the place of another at any depth."""
    if isinstance(value, dict):
        return {name: _replaced(inner, old, new) for name, inner in value.items()}
    if isinstance(value, list):
        return [_replaced(inner, old, new) for inner in value]
    if isinstance(value, str) and value in (old, f"{old}/32"):
        return value.replace(old, new)
    return value
