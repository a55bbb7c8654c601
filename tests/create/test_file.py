"""The environment file: as `cloison init` writes it, and with every mistake told by code and line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from ipaddress import IPv4Network
from pathlib import Path

import msgspec
import pytest
from hypothesis import given as over
from hypothesis import strategies as st

from cloison.cli import main
from cloison.model.errors import CloisonError
from cloison.model.snapshot import Snapshot
from cloison.plan.create import ranges
from cloison.plan.create.file import EnvironmentFile, Part, live_source, read
from cloison.plan.create.make import create
from cloison.plan.create.template import ABOUT, render
from tests.create.making import AKS, HOME, HUB, SUBSCRIPTION, TENANT, given, seen, with_cluster, with_hub

HEAD = f'subscription = "{SUBSCRIPTION}"\ntenant = "{TENANT}"\nregion = "westeurope"\nname = "ml"\n'
LINES = HEAD.count("\n")


def keys(part: type[Part] = EnvironmentFile, above: str = "") -> Iterator[str]:
    for field in msgspec.structs.fields(part):
        if isinstance(field.type, type) and issubclass(field.type, Part):
            yield from keys(field.type, f"{above}{field.encode_name}.")
        else:
            yield f"{above}{field.encode_name}"


def test_every_key_stands_in_it() -> None:
    """Each key, with its default where it is not chosen; with the signs taken away it means the same."""
    text = render({})
    plain = re.sub(r"^# (?=[a-z-]+ = )", "", text, flags=re.MULTILINE)

    told = tomllib.loads(plain)
    found = {f"{table}.{key}" for table, inner in told.items() if isinstance(inner, dict) for key in inner}
    assert set(keys()) == found | {key for key, value in told.items() if not isinstance(value, dict)}
    assert read(text, "x").file == read(plain, "x").file


def test_every_key_is_explained() -> None:
    """There is a word on each key but single names, whose table has one."""
    assert {key for key in keys() if not key.startswith("names.")} <= set(ABOUT)
    assert all(ABOUT[table] for table in {key.partition(".")[0] for key in keys()} - {"tenant"})


def test_the_file_can_be_planned_as_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """`cloison init` and `cloison plan` need nothing in between."""
    monkeypatch.delenv("AZURE_SUBSCRIPTION_ID", raising=False)
    file = tmp_path / "environment.toml"

    assert 0 == main(["init", str(file)])
    assert 1 == main(["plan", str(file)])
    told = capsys.readouterr()
    out = " ".join(told.out.split())
    assert "names no subscription yet" in told.err
    assert "mlw-ml on aks-ml: not there now, met after this plan" in out
    assert "next time Azure gives aks-ml its identity first" in out


def test_what_is_chosen_stands_in_it(tmp_path: Path) -> None:
    """Options of `cloison init` set what they say."""
    file = tmp_path / "environment.toml"
    options = [
        "--private-cluster",
        "--firewall",
        "--service-endpoints",
        "--zones-in",
        "rg-hub",
        "--address",
        "203.0.113.0/24",
    ]
    assert 2 == main(["init", str(file), *options])
    assert not file.exists()
    assert 0 == main(
        ["init", str(file), *options[:5], "--way-in", "vpn", "--name", "prod", "--extra-storage", "mldata"]
    )
    told = read(file.read_text(), "x").file

    assert (True, "hub", True) == (told.cluster.private, told.network.layout, told.network.firewall)
    assert ("service-endpoints", ["mldata"]) == (told.services.access, told.services.extra_storage)
    assert ("hub", "rg-hub", "vpn", "prod") == (
        told.dns.zones,
        told.dns.zones_group,
        told.way_in.kind,
        told.name,
    )


def test_who_is_signed_in_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Subscription and tenant come from the variables that a shell with a sign-in has, unless options say others."""
    file = tmp_path / "environment.toml"
    monkeypatch.setenv("AZURE_SUBSCRIPTION_ID", SUBSCRIPTION)
    monkeypatch.setenv("AZURE_TENANT_ID", TENANT)
    main(["init", str(file), "--tenant", SUBSCRIPTION])
    told = read(file.read_text(), "x").file

    assert (SUBSCRIPTION, SUBSCRIPTION) == (told.subscription, told.tenant)


def test_nothing_is_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file that is there stays as it is."""
    file = tmp_path / "environment.toml"
    file.write_text("mine")

    assert 2 == main(["init", str(file)])
    assert "error[E557]" in capsys.readouterr().err
    assert "mine" == file.read_text()


@pytest.mark.parametrize(
    ("text", "code", "line", "said"),
    [
        ("[network", "E550", 5, "is no TOML"),
        ("[network]\nrange = 10.0.0.0/16", "E550", 6, "is no TOML"),
        ("[clutser]\nnodes = 3", "E551", 5, "did you mean cluster?"),
        ("[cluster]\nnodes = 3\nnode = 4", "E551", 7, "no key 'node' in [cluster]; did you mean nodes?"),
        ('[cluster]\nnodes = "3"', "E552", 6, "cluster.nodes is '3'"),
        ('[network]\nlayout = "pered"', "E552", 6, "did you mean peered?"),
        ('[cluster]\nexisting = "aks"', "E552", 6, "is no resource id"),
        (f'[network]\nlayout = "hub"\nhub = "{AKS}"', "E552", 7, "is the id of another type"),
        ('[names]\nstorage = "My-Storage"', "E553", 6, "'My-Storage' is no name of a storage account"),
        ('[names]\nvault = "v"', "E553", 6, "'v' is no name of a key vault"),
        ('[services]\nextra-storage = ["ok1", "No"]', "E553", 6, "'No' is no name of a storage account"),
        ('[network]\nrange = "10.0.0.1/16"', "E554", 6, "which is no address range"),
        ('[network]\nrange = "10.244.0.0/20"', "E554", 6, "cluster.pod-range 10.244.0.0/16 share addresses"),
        ('[network]\nrange = "172.30.4.0/22"', "E554", 6, "which Azure keeps for itself"),
        ('[network]\nrange = "10.3.0.0/25"', "E554", 6, "has no room for"),
        ('[network]\nlayout = "peered"\nservices-range = "10.0.9.0/24"', "E554", 7, "share addresses"),
        ('[dns]\nservers = ["10.200.0.4"]', "E554", 6, "is no address of vnet-ml"),
        ('[network]\nlayout = "one"\nfirewall = true', "E555", 7, "network.firewall does not go"),
        ('[dns]\nzones = "hub"', "E555", 6, "dns.zones does not go"),
        ('[way-in]\naddresses = ["203.0.113.7"]', "E555", 6, "way-in.addresses does not go"),
        (
            '[way-in]\nkind = "vpn"\njump-box-key = "ssh-rsa AAAA x"',
            "E555",
            7,
            "way-in.jump-box-key does not go",
        ),
        (
            '[way-in]\njump-box-key = "-----BEGIN KEY-----"',
            "E552",
            6,
            "way-in.jump-box-key is no public SSH key",
        ),
        (f'[cluster]\nexisting = "{AKS}"\nnodes = 3', "E555", 7, "cluster.nodes does not go"),
        (f'[cluster]\nexisting = "{AKS}"', "E556", 6, "cluster aks is not in the input"),
        (f'[network]\nlayout = "hub"\nhub = "{HUB}"', "E556", 7, "network hub is not in the input"),
    ],
)
def test_mistakes(text: str, code: str, line: int, said: str) -> None:
    """Each has its code, its line, and says what to do."""
    with pytest.raises(CloisonError) as caught:
        create(read(f"{HEAD}{text}\n", "environment.toml"), Snapshot([]))
    told = caught.value

    assert (code, line, "environment.toml") == (told.code, told.line, told.file)
    assert said in told.what
    assert told.help


@pytest.mark.parametrize(
    ("old", "new", "code", "said"),
    [
        ("westeurope", "westeurop", "E552", "no region 'westeurop'; did you mean westeurope?"),
        (SUBSCRIPTION, "mine", "E552", "subscription is 'mine', which is no GUID"),
        ('"ml"', '"ML prod"', "E553", "is no name of which all others can be made"),
        ("tenant", "tennant", "E551", "did you mean tenant?"),
        (HEAD, "[cluster]\n", "E552", "does not say subscription"),
    ],
)
def test_mistakes_in_the_first_lines(old: str, new: str, code: str, said: str) -> None:
    """They too."""
    with pytest.raises(CloisonError) as caught:
        create(read(HEAD.replace(old, new), "environment.toml"), Snapshot([]))

    assert code == caught.value.code
    assert said in caught.value.what


def test_a_region_is_written_either_way() -> None:
    """`West Europe` is westeurope, and a region that is like none we know may be new."""
    for told, region in (("West Europe", "westeurope"), ("atlantissouth", "atlantissouth")):
        plan = create(given({"region": told}), Snapshot([]))
        body = plan.steps[0].request.body
        assert body is not None
        assert region == body["location"]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"region": "northeurope"}, "cluster aks is in westeurope"),
        ({"subscription": TENANT}, "cluster aks is in another subscription"),
    ],
)
def test_a_cluster_that_does_not_fit(values: dict[str, object], said: str) -> None:
    """A workspace cannot use a cluster of another region or subscription: such a file is refused at once."""
    with pytest.raises(CloisonError) as caught:
        create(given({"cluster.existing": AKS, **values}), seen(with_cluster()))

    assert ("E556", said) == (caught.value.code, caught.value.what)


@pytest.mark.parametrize("layout", ["one", "hub"])
def test_a_network_that_azure_made(layout: str) -> None:
    """Nothing is put into the network that came with a cluster: endpoints need one of their own."""
    with pytest.raises(CloisonError) as caught:
        create(
            given({"cluster.existing": AKS, "network.layout": layout}),
            seen(with_hub(with_cluster(own_network=False))),
        )

    assert "E556" == caught.value.code
    assert 'set layout = "peered"' == caught.value.help


def test_what_is_read_live() -> None:
    """azure: alone reads the groups and the resources that the file names."""
    file = given({"cluster.existing": AKS, "dns.zones": "hub", "dns.zones-group": "rg-hub"}).file

    assert f"azure:{HOME}/rg-ml,{HOME}/rg-hub,{AKS}" == live_source(file)


def test_options_of_repairs_are_refused(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """What the file says is not said once more by an option."""
    file = tmp_path / "environment.toml"
    main(["init", str(file)])

    assert 2 == main(["plan", str(file), "--dns-zones-in", "rg-hub"])
    assert "error[E558]: --dns-zones-in cannot be given with an environment file" in capsys.readouterr().err


BLOCKS = st.integers(0, 2**12 - 1).map(lambda number: IPv4Network(((10 << 24) + (number << 8), 24)))


@over(taken=st.lists(BLOCKS, max_size=6), sizes=st.lists(st.integers(22, 28), min_size=1, max_size=6))
def test_subnets_lie_side_by_side(taken: list[IPv4Network], sizes: list[int]) -> None:
    """Blocks lie in the space, apart from each other and from what is there; none is given up that has room."""
    space = IPv4Network("10.0.0.0/20")
    found = ranges.cut([space], taken, {str(at): size for at, size in enumerate(sizes)})
    if found is None:
        held = sum(one.num_addresses for one in set(taken) if one.subnet_of(space))
        # What is aligned may leave holes, but not more than its own size each.
        assert held + 2 * sum(1 << (32 - size) for size in sizes) + 1024 * len(taken) > space.num_addresses
        return
    blocks = list(found.values())
    assert sizes == [one.prefixlen for one in blocks]
    assert all(one.subnet_of(space) for one in blocks)
    assert not any(one.overlaps(other) for at, one in enumerate(blocks) for other in [*blocks[:at], *taken])


@over(st.text(max_size=200))
def test_any_text_ends_in_a_coded_error(text: str) -> None:
    """Whatever stands in the file, it is read or refused with a code."""
    assert code_of(text) in ("", "E550", "E551", "E552")


def code_of(text: str) -> str:
    try:
        read(text, "environment.toml")
    except CloisonError as problem:
        return problem.code
    return ""
