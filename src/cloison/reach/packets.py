"""What travels: where packets start and where they are going."""

from __future__ import annotations

import msgspec

from cloison.arm.ids import ResourceId
from cloison.model.facts import Fact
from cloison.model.network import Endpoint, Subnet
from cloison.reach.spans import Spans


class Source(msgspec.Struct, frozen=True):
    """Where packets start: a subnet, and every address there that they can carry."""

    subnet: Subnet
    spans: Spans
    groups: Fact[tuple[str, ...]] | None = None
    """Application security groups of the machines, ids in lower case; None: in none."""
    forwarded: bool = False
    """True once an appliance sent the packet on without translating its source."""

    @property
    def network(self) -> ResourceId:
        """The network the packets start in."""
        return self.subnet.network


class Target(msgspec.Struct, frozen=True):
    """Where packets are going: an address, any address of a planned endpoint's subnet, or a public service."""

    text: str
    """For people: `10.0.0.4`, `an address of snet-pe`, `the public address of mlstore`."""
    spans: Spans = ()
    """Private addresses that it can be; empty for a public service."""
    network: ResourceId | None = None
    """The network that the address lies in, when an endpoint or a machine of the snapshot has it."""
    subnet: Subnet | None = None
    endpoint: Endpoint | None = None
    host: str = ""
    """The name asked for: firewalls with application rules look at it."""
    tag: str = ""
    """Service tag of a public service, lower case."""
    location: str = ""

    @property
    def public(self) -> bool:
        """True for a public address."""
        return not self.spans


class Flow(msgspec.Struct, frozen=True):
    """Protocol and destination port."""

    protocol: str
    """`tcp` or `udp`."""
    port: int
