"""`cloison plan`: what it prints, the file it writes, and the code that it ends with."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema
import pytest

from cloison.cli import main
from cloison.plan.schema import schema
from tests.cli.shell import EXAMPLE, cloison
from tests.fault_catalogue import FAULTS
from tests.plan.environments import public
from tests.reference import REFERENCES, Body, changed

CHANGES = {fault.name: fault.changes for fault in FAULTS}


def export(folder: Path, bodies: list[Body]) -> str:
    """A snapshot file; its name."""
    path = folder / "export.json"
    path.write_text(json.dumps({"cloison": "snapshot/1", "resources": bodies, "gaps": []}))
    return str(path)


def faulty(folder: Path, reference: str, fault: str) -> str:
    return export(folder, changed(REFERENCES[reference](), CHANGES[fault]))


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Exit code, output and errors of a run in this process."""
    code = main(["plan", *arguments])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_the_example_is_planned_and_written(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """The steps for people, the document in the file, 0 as nothing is left."""
    file = tmp_path / "plan.json"
    code, out, err = printed(capsys, str(EXAMPLE), "-o", str(file))
    told = json.loads(file.read_text())

    jsonschema.Draft202012Validator(schema()).validate(told)
    assert (0, f"plan written to {file}\n") == (code, err)
    assert "broken now, met after this plan" in out
    assert f"sha256 {told['digest']}" in out
    for step in told["steps"]:
        assert f"{step['number']:3} {step['safety']}" in out


def test_a_plan_for_a_program(capsys: pytest.CaptureFixture[str]) -> None:
    """-o - prints the document and nothing else."""
    code, out, err = printed(capsys, str(EXAMPLE), "-o", "-")

    assert (0, "") == (code, err)
    assert "cloison.plan/1" == json.loads(out)["version"]


def test_nothing_to_do(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """A healthy environment: it says so, and ends with 0."""
    code, out, _ = printed(capsys, export(tmp_path, REFERENCES["peered"]()))

    assert 0 == code
    assert "Nothing to do." in out


def test_what_is_left_is_told_with_its_options(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Regions cannot be changed: 1, with why and what a person can do."""
    code, out, _ = printed(capsys, faulty(tmp_path, "peered", "the workspace is in another region"))

    assert 1 == code
    assert "Left as it is" in out
    assert "the location of either cannot be changed" in out
    assert "Create a cluster in northeurope and attach that one" in " ".join(out.split())


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--only", "S99"], "E211"),
        (["--private-endpoint-subnet", "nowhere"], "E204"),
        (["--dns-zones-in", "nowhere"], "E205"),
        (["--naming", "{x}"], "E206"),
        (["--only", ","], "E302"),
        (["--nothing"], "E302"),
        (["-o", "/nowhere/plan.json"], "E303"),
    ],
    ids=str,
)
def test_what_it_cannot_do_ends_with_2(
    capsys: pytest.CaptureFixture[str], arguments: list[str], code: str
) -> None:
    """With a code and help, and without a traceback."""
    ended, _, err = printed(capsys, str(EXAMPLE), *arguments)

    assert 2 == ended
    assert f"error[{code}]" in err
    assert "Traceback" not in err


def test_it_fits_eighty_columns(tmp_path: Path) -> None:
    """Every line, but for digests, of a large plan; and it has no colours where nobody looks."""
    done = cloison("plan", export(tmp_path, public("same network", zones=True)))
    lines = done.stdout.decode().splitlines()

    assert 0 == done.returncode
    assert 80 >= max(len(line) for line in lines)
    assert b"\x1b" not in done.stdout


def test_colours_say_nothing_that_words_do_not(tmp_path: Path) -> None:
    """With colours taken out, the text is the same."""
    source = export(tmp_path, public("same network"))
    plain, colored = cloison("plan", source), cloison("plan", source, "--color", "always")

    assert b"\x1b" in colored.stdout
    assert plain.stdout == re.sub(rb"\x1b\[[0-9;]*m", b"", colored.stdout)


def test_names_from_the_input_are_escaped(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """A resource whose name moves the cursor is told harmlessly."""
    bodies = changed(REFERENCES["peered"](), CHANGES["storage trusts nobody"])
    text = json.dumps(bodies).replace("mlstore", "ml\\u001b[2Jstore")
    _, out, _ = printed(capsys, export(tmp_path, json.loads(text)))

    assert "\x1b" not in out


def test_a_plan_in_the_language_of_another_tool(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """The file is written beside the view for people; without a name it is printed and nothing else."""
    file = tmp_path / "repair.sh"
    code, out, err = printed(capsys, str(EXAMPLE), "--as", "az", "-o", str(file))
    assert (0, f"plan written to {file}; send it with: sh {file}\n") == (code, err)
    assert "broken now, met after this plan" in out
    assert (0, file.read_text(), "") == printed(capsys, str(EXAMPLE), "--as", "az")


def test_a_language_that_cannot_say_all_says_where_it_ends(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """A template cannot start a cluster: the code is 1, and the rest is for another plan."""
    stopped = faulty(tmp_path, "same network", "the cluster is stopped")
    code, out, err = printed(capsys, stopped, "--as", "arm")
    assert 1 == code
    assert [] == json.loads(out)["resources"]
    assert "it ends before step 1 of 3 (step 1: a template cannot act)" in err


def test_a_language_of_several_files_takes_a_folder(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Bicep is a file for each wave and one that deploys them; standard output is too small for that."""
    folder = tmp_path / "repair"
    code, _, err = printed(capsys, str(EXAMPLE), "--as", "bicep", "-o", str(folder))
    assert 0 == code
    assert f"plan written to {folder / 'main.bicep'}; send it with: az deployment group create" in err
    waves = re.findall(r"module \w+ '(.*?)'", (folder / "main.bicep").read_text())
    assert {"main.bicep", *waves} == {one.name for one in folder.iterdir()}
    assert 2 == main(["plan", str(EXAMPLE), "--as", "bicep"])
    assert "E207" in capsys.readouterr().err
