"""A plan's file: what was changed since its review is refused, and what no plan asks for, whatever its hash."""

from __future__ import annotations

import ast
import random
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cloison
from cloison.apply.plans import BYTES_MAX, HASH_MIN, agreed, load, planned
from cloison.arm.errors import NotAllowed
from cloison.arm.gate import Gate, refuse_secrets
from cloison.model.errors import CloisonError
from cloison.plan.document import PlanDocument, sealed
from cloison.plan.make import make
from cloison.plan.options import PlanOptions
from cloison.sources import read, rights
from tests.apply import tampering
from tests.apply.tampering import (
    FORBIDDEN,
    SECRETS,
    again,
    at_the_gate,
    plain,
    plans,
    resealed,
    swapped,
    text,
    unsealed,
)
from tests.cli.shell import EXAMPLE

FOLDER = Path(cloison.__file__).parent


def refused(file: Path, raw: bytes, document: PlanDocument, hash: str | None = None) -> str:
    """The code with which a file is refused; '' where it says the same as the plan."""
    file.write_bytes(raw)
    try:
        found = load(file)
        if found == document:
            return ""
        planned(found, str(file))
        agreed(found, hash=hash, accept_asks=True)
    except CloisonError as problem:
        return problem.code
    return "it passes"


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("plans") / "plan.json"


# --- plans as they are made --------------------------------------------------------------------------------


def test_plans_as_they_are_made_are_taken(file: Path) -> None:
    """Every plan that Cloison writes is read back as it is, and its steps are those of the document."""
    methods = set()
    for document in plans():
        file.write_bytes(text(document))
        assert document == load(file)
        steps = planned(document, "plan").steps
        assert [one.request.path for one in document.steps] == [one.request.path for one in steps]
        assert [one.request.body for one in document.steps] == [one.request.body for one in steps]
        methods |= {one.request.method for one in steps}
    assert {"PUT", "PATCH", "DELETE", "POST"} == methods


def test_another_writing_of_the_same_is_the_same(file: Path) -> None:
    """Spaces and the order of names do not count."""
    document = plans()[0]
    told = dict(sorted(plain(document).items()))
    assert "" == refused(file, msgspec.json.encode(told), document)


# --- changed since it was reviewed ---------------------------------------------------------------------------


@given(seed=st.integers(0, 1 << 40))
def test_a_changed_file_is_refused(file: Path, seed: int) -> None:
    """A byte or a field that is another: the hash does not fit, and nothing of it is taken."""
    how, document, raw = unsealed(seed)
    assert refused(file, raw, document) in ("", "E510"), how


@given(seed=st.integers(0, 1 << 40))
def test_another_plan_than_the_reviewed_one_is_refused(file: Path, seed: int) -> None:
    """A changed plan with a hash that fits it is not the one whose hash was given."""
    how, document, raw = swapped(seed)
    assert refused(file, raw, document, document.digest[:16]) in ("", "E510", "E513"), how


@given(seed=st.integers(0, 1 << 40))
def test_what_no_plan_asks_for_is_refused(file: Path, seed: int) -> None:
    """Secrets, unknown types, paths that lead elsewhere, other methods, versions and queries, settings that are not
    shown: no hash helps them.
    """
    how, document, raw = resealed(seed)
    assert "E510" == refused(file, raw, document), how


@pytest.mark.parametrize("name", FORBIDDEN)
def test_every_change_is_one(name: str, file: Path) -> None:
    """Each kind of forbidden change is refused on each plan, when its hash fits again."""
    for document in plans():
        told = plain(document)
        FORBIDDEN[name](told, random.Random(7))
        assert "E510" == refused(file, again(told) or msgspec.json.encode(told), document)


def test_a_query_that_deletes_what_is_below_is_refused(file: Path) -> None:
    """A compute is detached; with `Delete` in place of `Detach` its cluster could go too."""
    document = next(one for one in plans() if any(step.request.method == "DELETE" for step in one.steps))
    told = plain(document)
    step = next(one for one in told["steps"] if one["request"]["method"] == "DELETE")
    head = step["request"]["path"].partition("/providers/")[0]
    step["request"]["path"] = f"{head}/providers/Microsoft.MachineLearningServices/workspaces/w/computes/c"
    step["request"]["api_version"] = _api("microsoft.machinelearningservices/workspaces/computes")
    for value, code in (("Detach", "it passes"), ("Delete", "E510"), ("delete", "E510")):
        step["request"]["query"] = {"underlyingResourceAction": value}
        assert code == refused(file, again(told) or b"", document)


def _api(type: str) -> str:
    from cloison.kinds import api_of

    return api_of(type)


def test_steps_of_one_wave_on_one_resource_are_refused(file: Path) -> None:
    """Two requests to one resource at the same time have no order, so no plan has them."""
    document = plans()[0]
    told = plain(document)
    told["steps"].append({**told["steps"][-1], "number": len(told["steps"]) + 1})
    assert "E510" == refused(file, again(told) or b"", document)


@pytest.mark.parametrize(
    ("raw", "because"),
    [
        (b"", "truncated"),
        (b"{}", "version"),
        (b"[]", "expected"),
        (b"\xff\xfe", "malformed"),
        (b'{"x":' * 100_000, "recursion"),
        (b'{"version": "cloison.plan/2"}', "cloison.plan/2"),
        (b'{"version": "cloison.plan/1"}', "missing"),
    ],
)  # fmt: skip
def test_what_is_no_plan_is_told_so(raw: bytes, because: str, file: Path) -> None:
    """Whatever else the file is, the message says what is wrong with it."""
    file.write_bytes(raw)
    with pytest.raises(CloisonError) as problem:
        load(file)
    assert "E510" == problem.value.code
    assert because.lower() in problem.value.because.lower(), problem.value.because


def test_files_that_are_not_read(tmp_path: Path) -> None:
    """No file, a folder, one that is too large, a name with a NUL: each is refused."""
    large = tmp_path / "large.json"
    with large.open("wb") as out:
        out.truncate(BYTES_MAX + 1)
    for path in (tmp_path / "none.json", tmp_path, large, Path("a\0b")):
        with pytest.raises(CloisonError) as problem:
            load(path)
        assert "E510" == problem.value.code


# --- agreed to -----------------------------------------------------------------------------------------------


def code(document: PlanDocument, hash: str | None = None, *, accept_asks: bool = False) -> str:
    try:
        agreed(document, hash=hash, accept_asks=accept_asks)
    except CloisonError as problem:
        return problem.code
    return ""


def test_a_hash_names_one_plan() -> None:
    """Twelve digits or more of the hash, in any case, with or without its name; nothing shorter and no other."""
    document = plans()[0]
    digest = document.digest
    for told in (digest, digest[:HASH_MIN], digest.upper(), f"sha256:{digest[:16]}", f" {digest[:20]} "):
        assert "" == code(document, told)
    for told in ("", digest[: HASH_MIN - 1], digest[1:], f"{digest}0", "0" * 64, "*", digest[:12] + "?"):
        assert "E513" == code(document, told)


def test_a_plan_that_is_not_proven_is_not_carried_out() -> None:
    """E511 says what is not proven."""
    document = plans()[0]
    proof = msgspec.structs.replace(document.proof, proven=False)
    assert "E511" == code(sealed(msgspec.structs.replace(document, proof=proof)))


def test_whoever_may_be_interrupted_has_agreed() -> None:
    """Steps that ask need an agreement: the plan's, or whoever's applies it."""
    document = make(read([str(EXAMPLE)]), PlanOptions())
    assert document.asks > 0
    assert "E512" == code(document)
    assert "" == code(document, accept_asks=True)
    assert "" == code(make(read([str(EXAMPLE)]), PlanOptions(accept_asks=True)))


# --- the gate ------------------------------------------------------------------------------------------------


@given(seed=st.integers(0, 1 << 40))
def test_the_gate_lets_pass_what_is_planned_and_nothing_else(seed: int) -> None:
    """A request that differs from the planned ones in method, path, action, version, query or body does not leave."""
    requests, one, other = at_the_gate(seed)
    gate = Gate(requests)
    gate.check(one)
    with pytest.raises(NotAllowed):
        gate.check(other)


@pytest.mark.parametrize("action", SECRETS)
def test_secrets_pass_no_gate(action: str) -> None:
    """What answers with secrets is refused even where it was planned, and to clients that only read."""
    one = planned(plans()[0], "plan").steps[0].request
    asked = msgspec.structs.replace(one, method="POST", action=action, body=None)
    with pytest.raises(NotAllowed):
        Gate([asked]).check(asked)
    with pytest.raises(NotAllowed):
        refuse_secrets(asked.path)


def _calls(tree: ast.AST, names: set[str]) -> list[ast.Call]:
    return [
        one
        for one in ast.walk(tree)
        if isinstance(one, ast.Call) and isinstance(one.func, ast.Attribute) and one.func.attr in names
        and isinstance(one.func.value, ast.Name | ast.Attribute)
        and (one.func.value.id if isinstance(one.func.value, ast.Name) else one.func.value.attr) in ("arm", "_arm")
    ]  # fmt: skip


def test_one_place_writes_and_one_asks() -> None:
    """In all of Cloison a request that changes something is sent by the driver, a POST that reads by the query of
    Resource Graph, and nothing names an action that answers with secrets.
    """
    writing, asking = [], []
    for path in FOLDER.rglob("*.py"):
        if path.is_relative_to(FOLDER / "emulator"):
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        name = path.relative_to(FOLDER).as_posix()
        writing += [name for _ in _calls(tree, {"write", "_once", "_send"})]
        asking += [ast.unparse(one.args[0]) for one in _calls(tree, {"ask"})]
    assert ["apply/drive.py"] == writing
    assert ["GRAPH"] == asking


def test_no_right_to_act_is_asked_for() -> None:
    """The role that reading needs has no action but reads: a key cannot be listed with it."""
    assert set() == {one for one in rights() if not one.lower().endswith("/read")}


def test_actions_that_answer_with_secrets_are_known_as_such() -> None:
    """No kind's behaviour has an action that reads secrets and that a plan could ask for."""
    from cloison.kinds import behaviour_of, folders

    open_: list[Any] = []
    for type in folders():
        for action in behaviour_of(type).actions:
            path = f"/subscriptions/s/resourceGroups/g/providers/{type.replace('/', '/x/', 1)}/{action}"
            if "key" in action or "credential" in action or "list" in action:
                try:
                    refuse_secrets(path)
                except NotAllowed:
                    continue
                open_.append((type, action))
    assert [] == open_


def test_the_mutations_come_from_many_plans() -> None:
    """What is mutated has every method, and waves of several steps."""
    steps = [step for one in tampering.plans() for step in one.steps]
    assert {"PUT", "PATCH", "DELETE", "POST"} == {one.request.method for one in steps}
    assert max(one.wave for one in steps) > 3
