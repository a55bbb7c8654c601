"""How a private zone behaves: it is global, begins with an SOA record, and stays while networks are linked to it.

Preconditions fail late: the request is taken and its operation ends with the refusal.
Sources: REST reference of private DNS 2024-06-01; exchanges recorded by azure-cli and azure-service-operator
(2018-2023): headers, durations, refusals; Microsoft Learn, Azure DNS private zones overview (reserved names);
checked 2026-11-24.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from cloison.arm.ids import ResourceId
from cloison.kinds import _network, _recordsets
from cloison.model.behaviour import (
    Behaviour,
    Chance,
    Effects,
    Json,
    Pace,
    Refused,
    Request,
    Schema,
    State,
    Style,
    Write,
    laid,
    look,
)

LIMITS: Mapping[str, int] = {
    "maxNumberOfRecordSets": 25000,
    "maxNumberOfVirtualNetworkLinks": 1000,
    "maxNumberOfVirtualNetworkLinksWithRegistration": 100,
}
COUNTS = (
    "numberOfRecordSets",
    "numberOfVirtualNetworkLinks",
    "numberOfVirtualNetworkLinksWithRegistration",
)
LINKS = "virtualNetworkLinks"
RESERVED = frozenset(
    {
        "azclient.ms",
        "azure.com",
        "cloudapp.net",
        "core.windows.net",
        "microsoft.com",
        "msidentity.com",
        "trafficmanager.net",
        "windows.net",
    }
)
LABELS_MAX = 34
_LABEL = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?\Z")

SOA = {
    "email": "azureprivatedns-host.microsoft.com",
    "expireTime": 2419200,
    "host": "internal.cloudapp.net",
    "minimumTTL": None,
    "refreshTime": 3600,
    "retryTime": 300,
    "serialNumber": 1,
    "minimumTtl": 300,
}
"""As a GET of a new zone's record answers it."""
SOA_KEPT = ("host", "serialNumber", "minimumTTL")

SCHEMA = Schema(
    located="global",
    read_only=(
        "properties/provisioningState",
        "properties/internalId",
        *(f"properties/{name}" for name in (*LIMITS, *COUNTS)),
    ),
)


def make(state: State, request: Request, body: Json, chance: Chance) -> Effects:
    """The zone, a new one with its SOA record."""
    if state.get(request.id) is not None:
        return Effects(writes=(Write(request.id, body),))
    _check_name(request.id.name)
    soa = ResourceId(f"{request.id.text}/SOA/@")
    record = {
        "id": soa.text,
        "name": "@",
        "type": f"{body['type']}/SOA",
        "etag": chance.guid("etag", str(soa)),
        "properties": {
            "fqdn": _recordsets.fqdn(soa),
            "ttl": _recordsets.TTL,
            "soaRecord": SOA,
            "isAutoRegistered": False,
        },
    }
    return Effects(writes=(Write(request.id, body), Write(soa, record)))


def _check_name(name: str) -> None:
    labels = name.rstrip(".").split(".")
    if not 2 <= len(labels) <= LABELS_MAX or not all(_LABEL.match(one) for one in labels):
        raise Refused(400, "BadRequest", f"The domain name '{name}' is invalid for a private zone.")
    if name.lower().rstrip(".") in RESERVED:
        raise Refused(400, "BadRequest", f"The zone name '{name}' is reserved and cannot be used.")


def held(state: State, request: Request) -> None:
    """Raises Refused while networks are linked to the zone."""
    _network.nested_held(state, request, LINKS)


def show(state: State, id: ResourceId, body: Json) -> Json:
    """The zone with its limits and how much of them is used."""
    links = state.children(id, LINKS)
    registering = [one for one in links if look(state.get(one), "properties/registrationEnabled") is True]
    counts = (len(state.children(id)) - len(links), len(links), len(registering))
    counted = {**LIMITS, **dict(zip(COUNTS, counts, strict=True))}
    return laid(body, "properties", {**counted, **(look(body, "properties") or {})})


def stale(id: ResourceId, wanted_new: bool) -> Refused:
    """The precondition does not hold, in the service's words."""
    text = (
        "exists already and hence cannot be created again"
        if wanted_new
        else "has been modified (etag mismatch)"
    )
    return Refused(412, "PreconditionFailed", f"The Zone {id.name} {text}.")


# --- record sets that have no kind of their own --------------------------------------------------------


def _change_soa(state: State, request: Request, body: Json, chance: Chance) -> Effects:
    """The SOA record: its host and serial number stay."""
    before = look(state.get(request.id), "properties/soaRecord")
    if not isinstance(before, dict):
        raise _recordsets.no("An SOA record set cannot be created; each zone has one.")
    told = look(body, "properties/soaRecord")
    wanted: dict[str, Any] = told if isinstance(told, dict) else {}
    kept = {name: before.get(name) for name in SOA_KEPT}
    body = laid(body, "properties/soaRecord", {**before, **wanted, **kept})
    return Effects(writes=(Write(request.id, body),))


def _keep_soa(state: State, request: Request) -> None:
    if not request.by_azure:
        raise _recordsets.no("The SOA record set cannot be deleted.")


SOA_BEHAVIOUR = Behaviour(
    schema=Schema(
        read_only=("properties/fqdn", "properties/isAutoRegistered"), provisioned=False, located="no"
    ),
    make=_change_soa,
    held=_keep_soa,
    etags="body",
    etag="{}",
    stale=_recordsets.stale,
    blocks=True,
    patch=Pace(status=200),
)

RECORDS = ("A", "AAAA", "CNAME", "MX", "PTR", "SOA", "SRV", "TXT")

BEHAVIOUR = Behaviour(
    schema=SCHEMA,
    make=make,
    held=held,
    show=show,
    below={
        "SOA": SOA_BEHAVIOUR,
        "MX": _recordsets.behaviour("mxRecords", _recordsets.text("preference", "exchange")),
        "PTR": _recordsets.behaviour("ptrRecords", _recordsets.text("ptrdname")),
        "SRV": _recordsets.behaviour("srvRecords", _recordsets.text("priority", "weight", "port", "target")),
        "TXT": _recordsets.behaviour("txtRecords", _recordsets.text("value")),
    },
    gathers={"all": RECORDS, "recordsets": RECORDS},
    etags="late",
    etag="{}",
    stale=stale,
    # Medians of 72 and 3 recorded operations.
    put=Pace(style=Style.BOTH, seconds=22, status=202, retry=30),
    patch=Pace(style=Style.BOTH, seconds=22, status=202, retry=30),
    delete=Pace(style=Style.BOTH, seconds=31, status=202, retry=30),
)
