"""What a private endpoint's body says of its connection, of which Azure allows one."""

from __future__ import annotations

from typing import NamedTuple

from cloison.kinds._read import lower
from cloison.model.body import Body
from cloison.model.facts import Default, Fact

NO_SUBNET = "REST reference 2025-09-01, PrivateEndpoint: no address without a subnet; checked 2026-11-24"
NO_SECURITY_GROUPS = (
    "REST reference 2025-09-01, PrivateEndpoint.applicationSecurityGroups: optional; checked 2026-11-24"
)
NO_GROUPS: Default[tuple[str, ...]] = Default(
    (), "REST reference 2025-09-01, groupIds: a private link service has none; checked 2026-11-24"
)
APPROVED = Default(
    "Approved",
    "Microsoft Learn, What is a private endpoint: automatic when the creator may approve; checked 2026-11-24",
)
PENDING = Default(
    "Pending", "Microsoft Learn, What is a private endpoint: manual ones wait; checked 2026-11-24"
)

AUTOMATIC = "properties/privateLinkServiceConnections"
MANUAL = "properties/manualPrivateLinkServiceConnections"


class Connection(NamedTuple):
    """The connection to the service, and who is to approve it."""

    place: Body
    manual: bool


def connection(body: Body) -> Connection:
    """The first automatic connection, else the first manual one, else the place where one should stand."""
    for path, manual in ((AUTOMATIC, False), (MANUAL, True)):
        for item in body.at(path).each():
            return Connection(item, manual)
    # An automatic list that cannot be read gives Unknown facts; so does one that is left out.
    manual_only = body.at(AUTOMATIC).is_absent and not body.at(MANUAL).is_absent
    return Connection(body.at(MANUAL if manual_only else AUTOMATIC), manual_only)


def status(held: Connection) -> Fact[str]:
    """`approved`, `pending`, `rejected`, `disconnected` or `timeout`. Planned ones count as they will begin."""
    place = held.place.at("properties/privateLinkServiceConnectionState/status")
    begins = (PENDING if held.manual else APPROVED) if place.planned else None
    return lower(place.text(begins))
