"""Whatever the bytes are: a snapshot, or one coded error."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloison.model.errors import CloisonError
from cloison.sources import read

EXAMPLE = (Path(__file__).parents[2] / "src/cloison/examples/first_attempt.json").read_bytes()
ID = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/v"
WORDS = [
    "id",
    "Id",
    "ResourceId",
    "type",
    "name",
    "properties",
    "resources",
    "data",
    "value",
    "rows",
    "columns",
]
WORDS += [
    "cloison",
    "snapshot/1",
    "gaps",
    "subnets",
    "$schema",
    "nextLink",
    "skip_token",
    "networkAcls",
    ID,
    f"{ID}/subnets/a",
]
TEXTS = st.sampled_from(WORDS) | st.text(max_size=6)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=5),
    max_leaves=20,
)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One file for all examples."""
    return tmp_path_factory.mktemp("bytes") / "any.json"


def taken(file: Path, content: bytes) -> bool:
    """The file is read and every body and place of it can be asked for; False: it ended in one coded error."""
    file.write_bytes(content)
    try:
        for resource in read([str(file)]).resources.values():
            _ = resource.body.value
            resource.place("/properties/subnets/0/name")
    except CloisonError as error:
        told = error
    else:
        return True
    assert told.code.startswith("E1")
    assert told.file == str(file)
    return False


@given(VALUES)
def test_any_json(file: Path, value: object) -> None:
    """Any JSON value."""
    taken(file, json.dumps(value).encode())


@given(st.lists(VALUES, max_size=4))
def test_any_json_lines(file: Path, values: list[object]) -> None:
    """Any JSON values on lines."""
    taken(file, b"\n".join(json.dumps(value).encode() for value in values))


@given(st.integers(min_value=0, max_value=len(EXAMPLE) - 10))
def test_any_part_of_an_export(file: Path, length: int) -> None:
    """A file that was cut off is refused, wherever that was."""
    assert not taken(file, EXAMPLE[:length])


@given(st.integers(0, len(EXAMPLE) - 1), st.binary(max_size=3))
def test_any_damage_to_an_export(file: Path, at: int, damage: bytes) -> None:
    """A few bytes replaced by others."""
    taken(file, EXAMPLE[:at] + damage + EXAMPLE[at + len(damage) :])
