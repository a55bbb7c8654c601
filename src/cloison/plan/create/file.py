"""The environment file: what somebody wants, as TOML, read with every mistake told by its line.

Every key has its default here and nowhere else; what a value means for Azure is decided in other modules.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal, get_args

import msgspec

from cloison.model.errors import CloisonError, near

SUFFIX = ".toml"
BYTES_MAX = 1 << 20
"""Of one file. One that says everything has five thousand."""
_AT = re.compile(r"\(at line (\d+), column (\d+)\)|\(at end of document\)")
_WHERE = re.compile(r" - at `\$\.?([^`]*)`\Z")

Layout = Literal["one", "peered", "hub"]
Access = Literal["private-endpoints", "service-endpoints"]
Zones = Literal["own", "hub"]
WayKind = Literal["bastion", "vpn", "addresses", "none"]


class Part(msgspec.Struct, frozen=True, kw_only=True, rename="kebab", forbid_unknown_fields=True):
    """A table of the file."""


class NamesPart(Part, frozen=True, kw_only=True):
    """`[names]`: names that are not to be made from `name`."""

    workspace: str = ""
    cluster: str = ""
    storage: str = ""
    vault: str = ""
    registry: str = ""
    network: str = ""
    services_network: str = ""
    hub_network: str = ""


class ClusterPart(Part, frozen=True, kw_only=True):
    """`[cluster]`."""

    existing: str = ""
    """Id of a cluster that is there; empty: one is made."""
    private: bool = False
    """Its API server has a private address only."""
    nodes: int = 3
    node_size: str = "Standard_D4s_v5"
    version: str = ""
    """Kubernetes version; empty: Azure's default."""
    pod_range: str = "10.244.0.0/16"
    service_range: str = "172.20.0.0/16"
    scoring_name: str = "score.ml.internal"
    """Name in the certificate of the scoring router."""
    scoring_certificate: str = "azureml-tls"
    """Kubernetes secret that holds it, in namespace azureml."""
    namespace: str = "default"
    """Namespace that workloads run in."""


class NetworkPart(Part, frozen=True, kw_only=True):
    """`[network]`."""

    layout: Layout = "one"
    range: str = "10.0.0.0/16"
    services_range: str = "10.1.0.0/16"
    hub_range: str = "10.9.0.0/16"
    hub: str = ""
    """Id of a hub network that is there; empty: one is made."""
    firewall: bool = False
    """A firewall in the hub that everything leaves by and that answers DNS queries."""


class ServicesPart(Part, frozen=True, kw_only=True):
    """`[services]`."""

    access: Access = "private-endpoints"
    extra_storage: list[str] = []
    """Names of further accounts for data."""


class WorkspacePart(Part, frozen=True, kw_only=True):
    """`[workspace]`."""

    high_business_impact: bool = False
    build_cluster: bool = True
    """A compute cluster in the network that builds images: the registry lets nothing else in."""
    build_size: str = "Standard_DS3_v2"
    compute: str = "aks"
    """What the attached cluster is called in the workspace."""


class DnsPart(Part, frozen=True, kw_only=True):
    """`[dns]`."""

    zones: Zones = "own"
    zones_group: str = ""
    """Resource group of the hub's zones, by name or id."""
    servers: list[str] = []
    """DNS servers of the cluster's network; empty: Azure's own."""
    servers_ask_from: str = ""
    """Id of the network from which they ask Azure; empty: the hub, else the network itself."""


class WayInPart(Part, frozen=True, kw_only=True):
    """`[way-in]`."""

    kind: WayKind = "bastion"
    addresses: list[str] = []
    """Public addresses that are let in."""
    jump_box_key: str = ""
    """Public SSH key of a machine behind the Bastion host; empty: none is made."""
    jump_box_size: str = "Standard_B2s"
    clients: str = "172.16.201.0/24"
    """Addresses that the VPN gives its callers."""


class EnvironmentFile(Part, frozen=True, kw_only=True):
    """The whole file."""

    subscription: str
    tenant: str
    region: str
    name: str
    resource_group: str = ""
    """Empty: `rg-` and the name."""
    names: NamesPart = NamesPart()
    cluster: ClusterPart = ClusterPart()
    network: NetworkPart = NetworkPart()
    services: ServicesPart = ServicesPart()
    workspace: WorkspacePart = WorkspacePart()
    dns: DnsPart = DnsPart()
    way_in: WayInPart = WayInPart()


class Given(msgspec.Struct, frozen=True, kw_only=True):
    """A file as it was given: what it says, and where it says it."""

    name: str
    file: EnvironmentFile
    said: frozenset[str]
    """Keys that stand in it: `cluster.nodes`."""
    lines: dict[str, int]

    def error(self, code: str, key: str, what: str, because: str = "", help: str = "") -> CloisonError:
        """An error that points at a key."""
        return CloisonError(
            code, what, because=because, help=help, file=self.name, line=line_of(self.lines, key)
        )


def live_source(file: EnvironmentFile) -> str:
    """What is there of an environment, as a live source: `azure:` with the ids of everything that the file names."""
    home = f"/subscriptions/{file.subscription}/resourceGroups"
    zones = file.dns.zones_group
    named = [
        f"{home}/{file.resource_group or f'rg-{file.name}'}",
        zones if zones.startswith("/") or not zones else f"{home}/{zones}",
        file.cluster.existing,
        file.network.hub,
        file.dns.servers_ask_from,
    ]
    return f"azure:{','.join(dict.fromkeys(one for one in named if one))}"


def is_environment(source: str) -> bool:
    """Whether an argument names an environment file."""
    return source.lower().endswith(SUFFIX)


def load(name: str) -> Given:
    """The file of that name. Raises CloisonError E550 to E552."""
    try:
        with Path(name).open("rb") as file:
            raw = file.read(BYTES_MAX + 1)
        text = raw.decode()
    except (OSError, ValueError) as problem:
        why = getattr(problem, "strerror", None) or str(problem)
        raise CloisonError(
            "E550", f"{name} cannot be read", because=why.lower(), help="cloison init writes one", file=name
        ) from problem
    if len(raw) > BYTES_MAX:
        raise CloisonError(
            "E550",
            f"{name} cannot be read",
            because=f"it has more than {BYTES_MAX >> 20} MB",
            help="cloison init writes one",
            file=name,
        )
    return read(text, name)


def read(text: str, name: str) -> Given:
    """What a text says. Raises CloisonError E550 for what is no TOML, E551 for a key that means nothing, E552 for a
    value that is none or lacks.
    """
    try:
        told = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as problem:
        raise _no_toml(text, name, str(problem)) from problem
    lines = lines_of(text)
    _check_keys(told, EnvironmentFile, "", name, lines)
    try:
        file = msgspec.convert(told, type=EnvironmentFile, strict=True)
    except msgspec.ValidationError as problem:
        raise _no_value(str(problem), name, lines, told) from problem
    return Given(name=name, file=file, said=frozenset(_keys(told)), lines=lines)


def _no_toml(text: str, name: str, told: str) -> CloisonError:
    at = _AT.search(told)
    line, column = (int(at[1]), int(at[2])) if at and at[1] else (text.count("\n") + 1, 1)
    return CloisonError(
        "E550",
        f"{name} is no TOML",
        because=_AT.sub("", told).strip().lower(),
        help='write it as cloison init does: KEY = "VALUE", and [TABLE] on a line of its own',
        file=name,
        line=line,
        column=column,
    )


# --- keys and their places -----------------------------------------------------------------------------


def lines_of(text: str) -> dict[str, int]:
    """Line of each key and table, as `cluster.nodes`; a key in quotes or in an inline table is not found."""
    found: dict[str, int] = {}
    table = ""
    for number, line in enumerate(text.splitlines(), 1):
        told = line.strip()
        if told.startswith("[") and "]" in told:
            table = told.strip("[").partition("]")[0].strip()
            found.setdefault(table, number)
        elif "=" in told and not told.startswith("#"):
            key = told.partition("=")[0].strip()
            found.setdefault(f"{table}.{key}".lstrip("."), number)
    return found


def line_of(lines: dict[str, int], key: str) -> int:
    """The line of a key, else of its table; 0 where neither is found."""
    return lines.get(key) or lines.get(key.rpartition(".")[0], 0)


def _keys(told: dict[str, Any], above: str = "") -> Iterator[str]:
    for key, value in told.items():
        yield f"{above}{key}"
        if isinstance(value, dict):
            yield from _keys(value, f"{above}{key}.")


def _check_keys(told: dict[str, Any], part: type[Part], above: str, name: str, lines: dict[str, int]) -> None:
    """Raises CloisonError E551 for a key that the table does not have."""
    fields = {one.encode_name: one for one in msgspec.structs.fields(part)}
    for key, value in told.items():
        field = fields.get(key)
        if field is None:
            where = f"[{above.rstrip('.')}]" if above else "the first lines"
            raise CloisonError(
                "E551",
                f"no key '{key}' in {where}{near(key, fields)}",
                because=f"{where} may hold {', '.join(fields)}",
                help="cloison init writes a file with every key",
                file=name,
                line=line_of(lines, f"{above}{key}"),
            )
        if isinstance(value, dict) and isinstance(field.type, type) and issubclass(field.type, Part):
            _check_keys(value, field.type, f"{above}{key}.", name, lines)


def _no_value(told: str, name: str, lines: dict[str, int], given: dict[str, Any]) -> CloisonError:
    """A value of the wrong sort, or a key that lacks."""
    at = _WHERE.search(told)
    key = re.sub(r"\[[^]]*\]", "", at[1]) if at else ""
    why = _WHERE.sub("", told).replace("`", "")
    if "missing required field" in why:
        lacking = why.rpartition(" ")[2]
        return CloisonError(
            "E552",
            f"{name} does not say {lacking}",
            because="nothing can be planned without it",
            help=f'add {lacking} = "…" to the first lines',
            file=name,
        )
    value = _value(given, key)
    words = _words(key)
    return CloisonError(
        "E552",
        f"{key} is {value!r}{near(str(value), words) if words else ''}",
        because=f"it takes {' or '.join(words)}" if words else why[:1].lower() + why[1:],
        help="cloison init writes what it may be",
        file=name,
        line=line_of(lines, key),
    )


def _value(given: Any, key: str) -> object:
    for part in key.split("."):
        given = given.get(part) if isinstance(given, dict) else given
    return given


_CHOICES: dict[str, Any] = {
    "network.layout": Layout,
    "services.access": Access,
    "dns.zones": Zones,
    "way-in.kind": WayKind,
}


def _words(key: str) -> Sequence[str]:
    """What a key may be, where that is a choice."""
    return get_args(_CHOICES[key]) if key in _CHOICES else ()
