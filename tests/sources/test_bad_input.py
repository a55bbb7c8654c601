"""Bad input ends in one coded error that names the file and the place, soon."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from cloison.model.errors import CloisonError
from cloison.sources import read

GROUP = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg"
ID = f"{GROUP}/providers/Microsoft.Network/virtualNetworks/v"
DEEP = b'{"a":' * 10_000 + b"1" + b"}" * 10_000

BAD: dict[str, tuple[bytes, str, int, int]] = {
    "empty": (b"", "E103", 1, 1),
    "blank": (b" \n ", "E103", 2, 2),
    "not JSON": (b"resources:\n  - id: x\n", "E103", 1, 1),
    "a comma too many": (b'[\n {"id": 1},\n]', "E103", 3, 1),
    "truncated": (b'[{"id": "%s",\n "properties": {"a"' % ID.encode(), "E103", 2, 20),
    "an object cut off": (b'{"cloison": "snapshot/1", "resources": [', "E103", 1, 41),
    "bytes that are no text": (b'[{"id":\n "\xff\xfe\xfa"}]', "E103", 2, 3),
    "half a UTF-16 character": (b"\xff\xfe[\x00]", "E103", 0, 0),
    "a number": (b"42", "E105", 1, 1),
    "an object of something else": (b'{"name": "cloison", "version": 1}', "E105", 1, 1),
    "a list of something else": (b"[\n  1, 2]", "E105", 2, 3),
    "lists in a list": (b"[[]]", "E105", 1, 2),
    "rows that are no list": (b'{"data": 1}', "E105", 1, 10),
    "resources that are no list": (b'{"cloison": "snapshot/1", "resources": {}}', "E105", 1, 40),
    "no resources": (b'{"cloison": "snapshot/1"}', "E105", 0, 0),
    "a table without columns": (b'{"rows": [[1]]}', "E105", 1, 1),
    "gaps of another shape": (b'{"cloison": "snapshot/1", "resources": [], "gaps": [1]}', "E105", 0, 0),
    "an unknown version": (b'{"cloison": "snapshot/9", "resources": []}', "E111", 1, 1),
    "a version that is no text": (b'{"cloison": 1, "resources": []}', "E111", 1, 1),
    "an id that is none": (b'[\n {"id": "mlstore", "properties": {}}]', "E106", 2, 2),
    "half an id": (b'[{"id": "/subscriptions/x/providers/Microsoft.Network/v", "properties": {}}]', "E106", 1, 2),
    "deep lists": (b"[" * 10_000 + b"]" * 10_000, "E104", 0, 0),
    "deep objects": (DEEP, "E104", 0, 0),
    "deep properties": (b'[{"id": "%s", "properties": %s}]' % (ID.encode(), DEEP), "E104", 0, 0),
    "deep JSON lines": (b'{"id": "%s"}\n' % ID.encode() + b'{"a":' * 10_000, "E104", 0, 0),
    "a Terraform plan": (b'{"terraform_version": "1.9.0", "planned_values": {}}', "E109", 0, 0),
    "a parameter file": (b'{"$schema": "https://x/deploymentParameters.json#", "parameters": {}}', "E105", 0, 0),
}  # fmt: skip


def refused(*sources: str) -> CloisonError:
    """The error of reading these, which must come within two seconds of processor time."""
    start = time.process_time()
    with pytest.raises(CloisonError) as caught:
        read(sources)
    assert 2 > time.process_time() - start
    return caught.value


def write(folder: Path, content: bytes, name: str = "bad.json") -> str:
    """A file with this content; its name."""
    (folder / name).write_bytes(content)
    return str(folder / name)


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_one_coded_error(case: str, tmp_path: Path) -> None:
    """The error has a code, names the file, and the place where there is one."""
    content, code, line, column = BAD[case]
    name = write(tmp_path, content)

    error = refused(name)

    assert (code, name) == (error.code, error.file)
    if line:
        assert (line, column) == (error.line, error.column)
    assert error.what
    assert error.help


def test_a_file_that_does_not_exist(tmp_path: Path) -> None:
    """Its name is told."""
    error = refused(str(tmp_path / "gone.json"))

    assert "E101" == error.code
    assert error.what.endswith("gone.json does not exist")


@pytest.mark.parametrize("name", ["nul\0byte.json", "x" * 5000])
def test_a_name_that_no_file_can_have(name: str) -> None:
    """A name that the system refuses is an unreadable file."""
    assert "E101" == refused(name).code


def test_a_folder_without_json(tmp_path: Path) -> None:
    """A folder of something else is no source."""
    assert "E102" == refused(str(tmp_path)).code


def test_a_broken_file_in_a_folder(tmp_path: Path) -> None:
    """A folder is not read around a file that was cut off."""
    name = write(tmp_path, b'[{"id"')

    assert ("E103", name) == (refused(str(tmp_path)).code, refused(str(tmp_path)).file)


def test_two_live_bodies_that_differ(tmp_path: Path) -> None:
    """Both places and the property are named; nobody guesses which export is newer."""
    body = {"id": ID, "properties": {"dhcpOptions": {"dnsServers": []}}}
    other = {
        "id": ID.upper().replace("/SUBSCRIPTIONS", "/subscriptions"),
        "properties": {"dhcpOptions": {"dnsServers": ["10.0.0.4"]}},
    }
    one = write(tmp_path, json.dumps([body], indent=1).encode(), "one.json")
    two = write(tmp_path, json.dumps([other], indent=1).encode(), "two.json")

    error = refused(one, two)

    assert ("E107", two, 2, 2) == (error.code, error.file, error.line, error.column)
    assert f"{one}:2:2" in error.because
    assert "/dhcpoptions/dnsServers" in error.because


def test_a_file_over_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit is stated, and the setting that changes it."""
    monkeypatch.setenv("CLOISON_MAX_BYTES", "10")

    error = refused(write(tmp_path, b"[" + b" " * 20 + b"]"))

    assert "E108" == error.code
    assert "CLOISON_MAX_BYTES" in error.help


def test_a_limit_that_is_no_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A setting that means nothing is not passed over."""
    monkeypatch.setenv("CLOISON_MAX_BYTES", "ten")

    assert "E112" == refused(write(tmp_path, b"[]")).code


LARGE = 200_000_000


@pytest.mark.parametrize(
    ("pattern", "code"),
    [
        (b"\0", "E103"),
        (b"garbage ", "E103"),
        (b"[],", "E108"),
        (b'{"a":1},', "E108"),
        (b'["aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"],', "E103"),
    ],
)
def test_a_large_file_of_something_else(pattern: bytes, code: str, tmp_path: Path) -> None:
    """200 MB of anything but an export are refused at once."""
    name = write(tmp_path, b"[" + pattern * (LARGE // len(pattern)))

    try:
        assert code == refused(name).code
    finally:
        Path(name).unlink()


def test_names_with_control_characters_are_escaped(tmp_path: Path) -> None:
    """What a stranger wrote into an id reaches nobody's terminal as it is."""
    error = refused(write(tmp_path, b'[{"id": "\\u001b[2J\\u202e<b>", "properties": {}}]'))

    assert "E106" == error.code
    assert error.what.isprintable()
