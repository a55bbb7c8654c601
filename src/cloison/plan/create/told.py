"""Told values: single values of an environment file held against what Azure takes."""

from __future__ import annotations

import re
from uuid import UUID

from cloison.arm.clouds import REGIONS
from cloison.arm.ids import NotAnId, ResourceId
from cloison.kinds import kind_of
from cloison.model.errors import near
from cloison.plan.create.file import Given

NAME = re.compile(r"[a-z][a-z0-9-]{0,13}[a-z0-9]")
"""What every other name is made of: short enough for all of them."""


def region_of(given: Given) -> str:
    """The region as ARM writes it."""
    return given.file.region.lower().replace(" ", "")


def check_head(given: Given) -> None:
    """Raises CloisonError E552 or E553 for what the first lines say."""
    file = given.file
    for key, told in (("subscription", file.subscription), ("tenant", file.tenant)):
        try:
            UUID(told)
        except ValueError as problem:
            raise given.error(
                "E552", key, f"{key} is '{told}', which is no GUID", help="az account show tells it"
            ) from problem
    region = region_of(given)
    hint = near(region, REGIONS)
    # One that is like none of those we know may be new.
    if region not in REGIONS and (hint or not re.fullmatch(r"[a-z]+[a-z0-9]*", region)):
        raise given.error(
            "E552",
            "region",
            f"no region '{file.region}'{hint}",
            help="az account list-locations -o table lists those of your subscription",
        )
    if not NAME.fullmatch(file.name):
        raise given.error(
            "E553",
            "name",
            f"'{file.name}' is no name of which all others can be made",
            because="it takes 2 to 15 lower-case letters, digits and hyphens, beginning with a letter",
            help="choose one such as ml-prod",
        )


KEY = re.compile(r"(ssh-(rsa|ed25519)|ecdsa-sha2-\S+|sk-\S+) [A-Za-z0-9+/=]+( .*)?")


def check_key(given: Given) -> None:
    """Raises CloisonError E552 for an SSH key that is not a public one. Never shows it."""
    told = given.file.way_in.jump_box_key
    if told and not KEY.fullmatch(told.strip()):
        raise given.error(
            "E552",
            "way-in.jump-box-key",
            "way-in.jump-box-key is no public SSH key",
            because="one begins with ssh-ed25519, ssh-rsa or ecdsa-sha2; a private key must stay where it is",
            help="give what stands in a file such as ~/.ssh/id_ed25519.pub",
        )


def check_name(given: Given, key: str, id: ResourceId) -> None:
    """Raises CloisonError E553 for a name that Azure does not take. key: what says it."""
    kind = kind_of(id.type)
    if kind is None or kind.naming is None or re.fullmatch(kind.naming.pattern, id.name):
        return
    raise given.error(
        "E553",
        key,
        f"'{id.name}' is no name of a {kind.title}",
        because=f"Azure takes {kind.naming.words}",
        help=f"change {key}",
    )


def id_told(given: Given, key: str, told: str, type: str) -> ResourceId:
    """An id of that type. Raises CloisonError E552."""
    try:
        id = ResourceId.parse(told)
    except NotAnId as problem:
        raise given.error(
            "E552", key, f"{key} is no resource id", because=str(problem), help="write it as az shows it"
        ) from problem
    if id.type != type:
        raise given.error(
            "E552",
            key,
            f"{key} is the id of another type",
            because=f"it takes {type}, not {id.type}",
            help="write it as az shows it",
        )
    return id


ANY = ("cluster.existing", "cluster.namespace", "cluster.scoring-name", "cluster.scoring-certificate")
"""What `[cluster]` may say of a cluster that is there."""


def check_together(given: Given) -> None:
    """Raises CloisonError E555 for values that contradict each other."""
    for wrong, key, because, help in _contradictions(given):
        if wrong:
            raise given.error(
                "E555", key, f"{key} does not go with the rest of the file", because=because, help=help
            )


def _contradictions(given: Given) -> tuple[tuple[bool, str, str, str], ...]:
    """(whether it is so, key, why it cannot be, what to do)."""
    file = given.file
    hub, way, existing = file.network.layout == "hub", file.way_in, bool(file.cluster.existing)
    new = sorted(one for one in given.said if one.startswith("cluster.") and one not in ANY)
    dns, net = file.dns, file.network
    shut = file.cluster.private and way.kind == "addresses"
    return (
        (existing and bool(new), new[0] if new else "", "the cluster is there already", "take it out"),
        (net.firewall and not hub, "network.firewall", "a firewall stands in a hub", 'set layout = "hub"'),
        (net.firewall and existing, "network.firewall", "the cluster goes out as it does now", "take it out"),
        (net.firewall and bool(dns.servers), "dns.servers", "the firewall answers queries", "take one out"),
        (
            existing and bool(dns.servers),
            "dns.servers",
            "the network of the cluster keeps its own",
            "take it out",
        ),
        (bool(net.hub) and not hub, "network.hub", "this layout has no hub", 'set layout = "hub"'),
        (
            bool(dns.servers_ask_from) and not dns.servers,
            "dns.servers-ask-from",
            "no servers are named",
            "name servers",
        ),
        (
            dns.zones == "hub" and not dns.zones_group,
            "dns.zones",
            "nothing says where the zones are",
            "set zones-group",
        ),
        (
            dns.zones == "own" and bool(dns.zones_group),
            "dns.zones-group",
            "the zones are its own",
            'set zones = "hub"',
        ),
        (
            way.kind == "addresses" and not way.addresses,
            "way-in.kind",
            "no addresses are named",
            'add addresses = ["203.0.113.0/24"]',
        ),
        (
            way.kind != "addresses" and bool(way.addresses),
            "way-in.addresses",
            f"people come in by {way.kind}",
            'set kind = "addresses"',
        ),
        (
            way.kind != "bastion" and bool(way.jump_box_key),
            "way-in.jump-box-key",
            f"people come in by {way.kind}",
            'set kind = "bastion"',
        ),
        (
            shut,
            "way-in.kind",
            "a private API server has no public address",
            'set private = false, or another kind such as "bastion"',
        ),
    )
