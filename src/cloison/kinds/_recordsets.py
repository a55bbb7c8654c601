"""How record sets of a private zone behave: alike whatever their type. The kinds of each type say what they hold.

They are made at once, their refusals come without an envelope, and their preconditions are checked at once.
Sources: REST reference of private DNS 2024-06-01; exchanges recorded by azure-cli and azure-service-operator
(2018-2023); Microsoft Learn, Azure DNS limits; checked 2026-11-24.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from typing import Any

from cloison.arm.ids import ResourceId
from cloison.model.behaviour import (
    Behaviour,
    Chance,
    Effects,
    Hold,
    Json,
    Pace,
    Refused,
    Request,
    Schema,
    State,
    Write,
    free,
    laid,
    look,
)

TTL = 3600
"""Where a request says none: what azure-cli sends; the REST reference has no default."""
TTL_MAX = 2**31 - 1
RECORDS_MAX = 20
_NAME = re.compile(r"(@|\*|(\*\.)?[A-Za-z0-9_]([A-Za-z0-9_.-]{0,250}[A-Za-z0-9_])?)\Z")

Check = Callable[[Json], bool]
"""Whether one record is well formed."""


def no(message: str, *, status: int = 400, code: str = "BadRequest") -> Refused:
    """A refusal of a record set: without the envelope that others have."""
    return Refused(status, code, message, enveloped=False)


def stale(id: ResourceId, wanted_new: bool) -> Refused:
    """The precondition does not hold, in the service's words."""
    text = (
        "exists already and hence cannot be created again"
        if wanted_new
        else "has been modified (etag mismatch)"
    )
    return no(f"The Record set {id.name} {text}.", status=412, code="PreconditionFailed")


def fqdn(id: ResourceId) -> str:
    """The name with its zone and the final dot."""
    zone = id.parent.name.rstrip(".")
    return f"{zone}." if id.name == "@" else f"{id.name}.{zone}."


def behaviour(records: str, check: Check, *, hold: Hold = free) -> Behaviour:
    """How record sets of one type behave. records: `aRecords`, or `cnameRecord` for a type that holds one."""
    many = records.endswith("s")
    pointer = f"properties/{records}"

    def make(state: State, request: Request, body: Json, chance: Chance) -> Effects:
        _check_name(state, request, alias=records == "cnameRecord")
        held = look(body, pointer)
        listed = held if many else ([held] if held is not None else [])
        if not isinstance(listed, list) or not all(isinstance(one, dict) and check(one) for one in listed):
            raise no(f"The value of '{records}' of record set '{request.id.name}' is not valid.")
        if len(listed) > RECORDS_MAX:
            raise no(
                f"The record set '{request.id.name}' has {len(listed)} records; it can have {RECORDS_MAX}."
            )
        ttl = look(body, "properties/ttl")
        if not isinstance(ttl, int) or isinstance(ttl, bool) or not 0 <= ttl <= TTL_MAX:
            raise no(f"The TTL {ttl} of record set '{request.id.name}' is not between 0 and {TTL_MAX}.")
        body = laid(body, "properties/fqdn", fqdn(request.id))
        body = laid(body, "properties/isAutoRegistered", False)
        return Effects(writes=(Write(request.id, body),))

    return Behaviour(
        schema=Schema(
            defaults={"properties/ttl": TTL, **({pointer: []} if many else {})},
            read_only=("properties/fqdn", "properties/isAutoRegistered"),
            provisioned=False,
            located="no",
        ),
        make=make,
        held=hold,
        etags="body",
        etag="{}",
        stale=stale,
        blocks=True,
        patch=Pace(status=200),
        delete=Pace(status=200),
    )


def _check_name(state: State, request: Request, *, alias: bool) -> None:
    name = request.id.name
    if not _NAME.match(name):
        raise no(f"The record set name '{name}' is not valid.")
    if alias and name == "@":
        raise no("A CNAME record set cannot stand at the zone's own name.")
    kind = request.id.type
    for other in state.children(request.id.parent):
        if other.name.lower() != name.lower() or other.type == kind:
            continue
        if alias or other.type.endswith("/cname"):
            raise no(
                f"The record set '{name}' cannot be made: a CNAME record set cannot share its name with record sets of "
                f"other types."
            )


def ip(version: int, property: str) -> Check:
    """A check for records that hold one address."""

    def check(record: Json) -> bool:
        try:
            return ipaddress.ip_address(str(look(record, property))).version == version
        except ValueError:
            return False

    return check


def text(*properties: str) -> Check:
    """A check for records that need these texts or numbers."""

    def check(record: Json) -> bool:
        return all(_stated(look(record, one)) for one in properties)

    return check


def _stated(value: Any) -> bool:
    return isinstance(value, str | int | list) and value not in ("", [])
