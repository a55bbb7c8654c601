"""How resources of Azure's network provider are alike: parts with ids, references that must hold, paces of answers.

Its bodies hold named parts that have ids and etags but are no resources (`ipConfigurations`), and show who refers to
them. Knows no resource type's own rules.
Sources: exchanges recorded by azure-cli, azure-service-operator and cloud-custodian (2020-2023); checked 2026-11-24.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from cloison.arm.ids import NotAnId, ResourceId
from cloison.model.behaviour import (
    Chance,
    Json,
    Pace,
    Refused,
    Request,
    State,
    Style,
    each,
    laid,
    look,
)

NOTIFIED = {"Azure-AsyncNotification": "Enabled"}
"""Said by first answers since 2020."""
NETWORK = "microsoft.network/"
GUID = "properties/resourceGuid"
REFERENCES = {
    "subnet": "virtualNetworks/subnets",
    "networksecuritygroup": "networkSecurityGroups",
    "routetable": "routeTables",
    "natgateway": "natGateways",
    "publicipaddress": "publicIPAddresses",
    "remotevirtualnetwork": "virtualNetworks",
    "virtualnetwork": "virtualNetworks",
    "firewallpolicy": "firewallPolicies",
    "basepolicy": "firewallPolicies",
}
"""Property, in lower case -> type that it must name, without its namespace."""


def put(seconds: float, retry: int, *, unset: tuple[str, ...] = ()) -> Pace:
    """A PUT: 201 or 200 with the body, the operation named in a header. Zero seconds: it has ended already."""
    return Pace(style=Style.ASYNC, seconds=seconds, retry=retry, unset=unset, headers=NOTIFIED, idle=True)


def delete(seconds: float) -> Pace:
    """A DELETE: 202 and both headers."""
    return Pace(style=Style.BOTH, seconds=seconds, retry=10, headers=NOTIFIED)


def refused(code: str, message: str, *details: Json, status: int = 400) -> Refused:
    """A refusal as the provider words it: always with a list of details."""
    return Refused(status, code, message, details=details)


def malformed(code: str, message: str) -> Refused:
    """A body that the provider cannot read."""
    return refused("InvalidRequestFormat", "Cannot parse the request.", {"code": code, "message": message})


def not_there(named: str, owner: str) -> Refused:
    """The refusal of a body that names a resource which there is not, or not in its region."""
    return refused(
        "InvalidResourceReference",
        f"Resource {named} referenced by resource {owner} was not found. Please make sure that the referenced "
        f"resource exists, and that both resources are in the same region.",
    )


def with_guid(state: State, request: Request, body: Json, chance: Chance) -> Json:
    """The body with the GUID that Azure gave the resource when it was made."""
    held = look(state.get(request.id), GUID)
    return laid(body, GUID, held if isinstance(held, str) else chance.guid("resource", str(request.id)))


# --- bodies --------------------------------------------------------------------------------------------


def items(told: Any, pointer: str) -> list[Json]:
    """A list of objects with objects as properties. Raises Refused where it is none."""
    path = pointer.replace("/", ".")
    if not isinstance(told, list) or not all(isinstance(item, dict) for item in told):
        raise malformed("InvalidJson", f"A list of objects is expected. Path '{path}'.")
    for item in told:
        if not isinstance(item.get("properties", {}), dict):
            raise malformed("InvalidJson", f"An object is expected. Path '{path}.properties'.")
    return list(told)


def texts(body: Json, pointer: str) -> list[str]:
    """A list of texts; empty where there is none. Raises Refused where it holds anything else."""
    told = look(body, pointer)
    if told is None:
        return []
    if not isinstance(told, list) or not all(isinstance(item, str) for item in told):
        raise malformed("InvalidJson", f"A list of texts is expected. Path '{pointer.replace('/', '.')}'.")
    return list(told)


def with_system_data(state: State, request: Request, body: Json, chance: Chance, *, by: str = "") -> Json:
    """The body with who made and changed it, and when. by: a name, where the type tells one."""
    held = look(state.get(request.id), "systemData")
    now = (
        {"By": by, "ByType": "Application", "At": chance.now}
        if by
        else {"ByType": "Application", "At": chance.now}
    )
    made = {f"created{name}": value for name, value in now.items()}
    if isinstance(held, dict):
        made = {name: value for name, value in held.items() if name.startswith("created")}
    return {**body, "systemData": {**made, **{f"lastModified{name}": value for name, value in now.items()}}}


def nested_held(state: State, request: Request, *segments: str) -> None:
    """Raises Refused while there are children of these kinds: of those Resource Manager itself keeps a list."""
    nested = [one for segment in segments for one in state.children(request.id, segment)]
    if nested and not request.by_azure:
        shown = "', '".join(one.text.rpartition("/providers/")[2] for one in nested)
        raise Refused(
            409,
            "CannotDeleteResource",
            f"Cannot delete resource while nested resources exist. Some existing nested resource IDs include: "
            f"'{shown}'. Please delete all nested resources before deleting this resource.",
        )


# --- references ----------------------------------------------------------------------------------------


def check_references(state: State, request: Request, body: Json) -> None:
    """Raises Refused where the body names a resource of the network provider that there is not.

    What it named before is not asked for again: it may be in a place that nobody read.
    """
    for path, id in _references(body, "", request.id):
        if not exists(state, id) and request.id not in state.referrers(id):
            raise not_there(id.text, request.id.text)
        wanted = REFERENCES.get(path.rpartition(".")[2].lower())
        if wanted is not None and id.type != NETWORK + wanted.lower():
            raise _wrong_form(id.text, wanted, path)


def _wrong_form(text: object, wanted: str, path: str) -> Refused:
    return malformed(
        "InvalidJsonReferenceFormat",
        f"Reference Id {text} is not formatted correctly. The Id is expected to reference resources of type "
        f"{wanted}. Path {path}.",
    )


def _references(value: Any, path: str, own: ResourceId) -> Iterator[tuple[str, ResourceId]]:
    """(path, id) of everything that stands as `{"id": …}` and is no part of the resource itself."""
    if isinstance(value, list):
        for number, item in enumerate(value):
            yield from _references(item, f"{path}[{number}]", own)
    elif isinstance(value, dict):
        key = path.rpartition(".")[2].lower()
        told = value.get("id")
        if key in REFERENCES and not isinstance(told, str):
            raise malformed("MissingJsonReferenceId", f"Value for reference id is missing. Path {path}.")
        if path and isinstance(told, str):
            id = parsed(told)
            if id is None and key in REFERENCES:
                raise _wrong_form(told, REFERENCES[key], path)
            if id is not None and id.type.startswith(NETWORK) and not (id == own or id.startswith(f"{own}/")):
                yield path, id
                return
        for name, inner in value.items():
            at = f"{path}.{name}" if path else name
            if name.lower() in REFERENCES and not isinstance(inner, dict):
                raise malformed("MissingJsonReferenceId", f"Value for reference id is missing. Path {at}.")
            yield from _references(inner, at, own)


def parsed(text: object) -> ResourceId | None:
    """The id in a body's value, or None where it is none."""
    try:
        return ResourceId.parse(text)
    except NotAnId:
        return None


def exists(state: State, id: ResourceId) -> bool:
    """Whether there is a resource, or a part of one, of this id."""
    if state.get(id) is not None:
        return True
    above = id.parent
    while above.type.count("/") >= 1:
        body = state.get(above)
        if body is not None:
            return any(ResourceId(told) == id for told in _own_ids(body))
        above = above.parent
    return False


def _own_ids(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        told = value.get("id")
        if isinstance(told, str) and told.startswith("/"):
            yield told
        for inner in value.values():
            yield from _own_ids(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _own_ids(inner)


def check_region(state: State, request: Request, body: Json, network: ResourceId) -> None:
    """Raises Refused where the resource lies in another region than the network that it stands in."""
    held = state.get(network)
    here, there = (str(look(one, "location") or "").replace(" ", "").lower() for one in (body, held))
    if here and there and here != there:
        raise not_there(network.text, request.id.text)


def own_subnet(state: State, body: Json, pointer: str, name: str, service: str, size: int) -> None:
    """Raises Refused where configurations stand in a subnet of another name than the service's, or a smaller one.

    service: as its refusals call it. size: the longest prefix that it takes.
    """
    for one in each(body, pointer):
        subnet = parsed(look(one, "properties/subnet/id"))
        if subnet is None:
            continue
        if subnet.name.lower() != name.lower():
            shown = f"Azure {service}" if service else "a virtual network gateway"
            raise refused(
                f"SubnetNameMustBe{name}",
                f"Subnet name {subnet.text} is invalid for {shown}. It can only be created in subnet with name "
                f"'{name}'.",
            )
        held = state.get(subnet)
        listed = look(held, "properties/addressPrefixes") or [look(held, "properties/addressPrefix")]
        lengths = [text.rpartition("/")[2] for text in listed if isinstance(text, str)]
        if any(length.isdigit() and int(length) > size for length in lengths if ":" not in length):
            raise refused(
                f"{name}TooSmall", f"Subnet {subnet.text} is too small; {name} must be /{size} or larger."
            )


# --- back-references -----------------------------------------------------------------------------------


def holders(state: State, id: ResourceId, property: str) -> Iterator[ResourceId]:
    """Ids of the resources, or of their parts, whose `property` names or lists this one: `holders(id, "subnet")`."""
    for referrer in state.referrers(id):
        yield from _holding(state.get(referrer), property.lower(), str(id), referrer)


def _holding(value: Any, property: str, id: str, own: ResourceId) -> Iterator[ResourceId]:
    if isinstance(value, dict):
        if isinstance(value.get("id"), str) and value["id"].startswith("/"):
            own = ResourceId(value["id"])
        for name, inner in value.items():
            if name.lower() == property:
                listed = inner if isinstance(inner, list) else [inner]
                if any(isinstance(one, dict) and str(one.get("id")).lower() == id for one in listed):
                    yield own
            yield from _holding(inner, property, id, own)
    elif isinstance(value, list):
        for inner in value:
            yield from _holding(inner, property, id, own)


def shown(body: Json, **lists: Sequence[ResourceId]) -> Json:
    """The body with lists of those that refer to it, where there are any."""
    for name, ids in lists.items():
        if ids:
            body = laid(body, f"properties/{name}", [{"id": one.text} for one in ids])
    return body


def of_type(ids: Iterable[ResourceId], segment: str) -> list[ResourceId]:
    """Those whose last type segment is this one."""
    return [one for one in ids if one.type.rpartition("/")[2] == segment.lower()]


def beside(state: State, request: Request, segment: str) -> Iterator[tuple[str, Json]]:
    """(name, body) of the other children of the same parent, as they are once the request is done."""
    told: Mapping[ResourceId, Json] = request.beside or {
        id: state.get(id) or {} for id in state.children(request.id.parent, segment)
    }
    for id, body in told.items():
        if id != request.id:
            yield id.name, body


def one_address(body: Json, pointer: str) -> str:
    """The first text at the pointer inside a list of parts; '' where there is none."""
    head, _, rest = pointer.partition("/*/")
    return next((told for item in each(body, head) if isinstance(told := look(item, rest), str)), "")
