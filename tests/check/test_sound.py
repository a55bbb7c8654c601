"""A network that cannot be is an error with its place, not something to judge."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloison.check.run import run
from cloison.model.errors import CloisonError
from cloison.sources import read
from tests.reference import REFERENCES, snapshot

GROUP = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg"


def network(prefixes: list[str], subnets: list[str]) -> list[dict[str, object]]:
    held = [
        {"name": f"subnet{number}", "properties": {"addressPrefix": prefix}}
        for number, prefix in enumerate(subnets)
    ]
    return [
        {
            "id": f"{GROUP}/providers/Microsoft.Network/virtualNetworks/broken",
            "type": "Microsoft.Network/virtualNetworks",
            "name": "broken",
            "properties": {"addressSpace": {"addressPrefixes": prefixes}, "subnets": held},
        }
    ]


@pytest.mark.parametrize(
    ("prefixes", "subnets", "named"),
    [
        (["10.0.0.0/33"], [], "10.0.0.0/33"),
        (["10.0.0.0/8", "ten"], [], "ten"),
        (["10.0.0.0/8"], ["10.0.0.256/24"], "10.0.0.256/24"),
        (["10.0.0.0/8", "10.1.0.0/16"], [], "overlaps"),
        (["10.0.0.0/8"], ["10.0.0.0/24", "10.0.0.128/25"], "overlaps"),
        (["10.0.0.0/8"], ["10.0.0.0/24", "10.0.0.0/24"], "overlaps"),
        (["fd00::/48"], ["fd00::/64", "fd00::/64"], "overlaps"),
    ],
)
def test_prefixes_that_cannot_be(prefixes: list[str], subnets: list[str], named: str, tmp_path: Path) -> None:
    """One coded error names the prefix, the file and the line."""
    file = tmp_path / "network.json"
    file.write_text(json.dumps(network(prefixes, subnets), indent=1))
    with pytest.raises(CloisonError) as caught:
        run(read([str(file)]))
    assert "E115" == caught.value.code
    assert named in caught.value.what
    assert (str(file), True) == (caught.value.file, caught.value.line > 1)


def test_prefixes_side_by_side_are_sound(tmp_path: Path) -> None:
    """Prefixes that touch, single addresses and both versions of IP in one network are what Azure takes."""
    file = tmp_path / "network.json"
    file.write_text(
        json.dumps(
            network(["10.0.0.0/16", "10.1.0.0/16", "fd00::/48"], ["10.0.0.0/24", "10.0.1.0/24", "fd00::/64"])
        )
    )
    assert () == run(read([str(file)])).environments


@given(st.sampled_from(sorted(REFERENCES)))
def test_healthy_networks_are_sound(name: str) -> None:
    """Nothing in the reference environments is refused."""
    assert "met" == run(snapshot(REFERENCES[name]())).verdict
