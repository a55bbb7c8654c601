"""What a firewall takes from its policy and the policies that one is based on: their order, DNS and translation.

Sources: Microsoft Learn, Azure Firewall Manager policy overview; Azure Firewall DNS settings; Azure Firewall SNAT
private IP address ranges; checked 2026-11-24. Whether a policy takes DNS settings and private ranges from its base
is not documented, so a difference there is Unknown.
"""

from __future__ import annotations

from typing import NamedTuple

from cloison.arm.ids import ResourceId
from cloison.kinds._read import mapped
from cloison.model.body import Body
from cloison.model.facts import Default, Fact, Known, Unknown
from cloison.model.snapshot import Resource, Snapshot

NO_POLICY = Default[ResourceId | None](
    None, "REST reference 2025-09-01, AzureFirewall: classic rules without a policy; checked 2026-11-24"
)
NO_BASE = Default[ResourceId | None](
    None, "REST reference 2025-09-01, FirewallPolicy: basePolicy is optional; checked 2026-11-24"
)
NO_PROXY = Default(
    False, "Microsoft Learn, Azure Firewall DNS settings: proxy off by default; checked 2026-11-24"
)
NO_SERVERS: Default[tuple[str, ...]] = Default(
    (), "Microsoft Learn, Azure Firewall DNS settings: Azure DNS by default; checked 2026-11-24"
)
PRIVATE_RANGES: Default[tuple[str, ...]] = Default(
    ("IANAPrivateRanges",),
    "Microsoft Learn, Azure Firewall SNAT private IP address ranges: RFC 1918 and RFC 6598 keep their source; "
    "checked 2026-11-24",
)
IANA_PRIVATE = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")
"""What `IANAPrivateRanges` stands for. Source: as PRIVATE_RANGES."""


class Policies(NamedTuple):
    """A firewall's policies, the base first, and what of them is not known."""

    chain: tuple[Resource, ...]
    doubt: Unknown | None

    @staticmethod
    def of(firewall: Resource, snapshot: Snapshot) -> Policies:
        """The policies of a firewall; none for classic rules."""
        chain: list[Resource] = []
        named = firewall.body.at("properties/firewallPolicy/id").id(NO_POLICY)
        while isinstance(named, Known) and named.value is not None:
            policy = snapshot.get(named.value)
            if policy is None:
                text = f"firewall policy {named.value.name} is not in the input"
                return Policies(tuple(chain), Unknown(text, f"add {named.value.text}", named.cite))
            if policy in chain:
                text = f"firewall policy {policy.name} is based on itself"
                return Policies(tuple(chain), Unknown(text, "correct its basePolicy", named.cite))
            chain.insert(0, policy)
            if policy.maybe is not None:
                return Policies(tuple(chain), policy.maybe)
            named = policy.body.at("properties/basePolicy/id").id(NO_BASE)
        return Policies(tuple(chain), named if isinstance(named, Unknown) else None)

    @property
    def named(self) -> bool:
        """False for a firewall of classic rules."""
        return bool(self.chain) or self.doubt is not None

    def setting(self, path: str) -> Body | Unknown:
        """The place of a setting in the firewall's own policy; Unknown where its base may tell otherwise."""
        if not self.chain:
            return self.doubt if self.doubt is not None else Unknown("the firewall has no policy", "add it")
        own = self.chain[-1].body.at(path)
        if not own.is_absent or own.partial is not None:
            return own
        if self.doubt is not None:
            return self.doubt
        for base in self.chain[:-1]:
            place = base.body.at(path)
            if not place.is_absent or place.partial is not None:
                text = f"whether policy {self.chain[-1].name} takes {path} from {base.name} is not documented"
                return Unknown(text, f"state it in {own.resource.text}", place.cite())
        return own


def proxies_dns(firewall: Body, policies: Policies) -> Fact[bool]:
    """True when the firewall answers DNS queries on its private address."""
    if policies.named:
        settings = policies.setting("properties/dnsSettings")
        return settings if isinstance(settings, Unknown) else settings.at("enableProxy").flag(NO_PROXY)
    return firewall.at("properties/additionalProperties/Network.DNS.EnableProxy").flag(NO_PROXY)


def dns_servers(firewall: Body, policies: Policies) -> Fact[tuple[str, ...]]:
    """Servers that the firewall asks; none for Azure DNS."""
    if policies.named:
        settings = policies.setting("properties/dnsSettings")
        return settings if isinstance(settings, Unknown) else settings.at("servers").texts(NO_SERVERS)
    return _listed(firewall.at("properties/additionalProperties/Network.DNS.Servers"), NO_SERVERS)


def keeps_source(firewall: Body, policies: Policies) -> Fact[tuple[str, ...]]:
    """Destinations whose packets keep their source with network rules; Unknown where the firewall learns them."""
    if policies.named:
        settings = policies.setting("properties/snat")
        if isinstance(settings, Unknown):
            return settings
        ranges = settings.at("privateRanges").texts(PRIVATE_RANGES)
        learns = settings.at("autoLearnPrivateRanges").text(Default("Disabled", PRIVATE_RANGES.source))
    else:
        properties = firewall.at("properties/additionalProperties")
        ranges = _listed(properties.at("Network.SNAT.PrivateRanges"), PRIVATE_RANGES)
        learns = properties.at("Network.SNAT.AutoLearnPrivateRanges").text(
            Default("Disabled", PRIVATE_RANGES.source)
        )
    return _kept(ranges, learns)


def _kept(ranges: Fact[tuple[str, ...]], learns: Fact[str]) -> Fact[tuple[str, ...]]:
    if isinstance(ranges, Unknown):
        return ranges
    if isinstance(learns, Unknown):
        return learns
    # An empty list is no choice: Azure takes the default.
    told = ranges.value or PRIVATE_RANGES.value
    parts = (IANA_PRIVATE if text.lower() == "ianaprivateranges" else (text,) for text in told)
    kept = tuple(dict.fromkeys(one for part in parts for one in part))
    # What it learns only adds to the ranges, so with all private ones told nothing is open.
    if learns.value.lower() not in {"disabled", "false"} and not set(IANA_PRIVATE) <= set(kept):
        text = "the firewall learns by itself which destinations keep their source address"
        return Unknown(text, "state the ranges in privateRanges", learns.cite)
    return Known(kept, ranges.cite)


def _listed(place: Body, default: Default[tuple[str, ...]]) -> Fact[tuple[str, ...]]:
    """A text of values with commas between them, as classic firewalls keep their settings."""
    if place.is_absent:
        return place.texts(default)
    return mapped(place.text(), lambda text: tuple(part for one in text.split(",") if (part := one.strip())))
