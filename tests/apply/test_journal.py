"""A journal tells what was done before, or that it cannot be trusted; never something else."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cloison.apply.journal import (
    MAGIC,
    Accepted,
    Began,
    Done,
    Intent,
    Journal,
    Record,
    Refusal,
    Writer,
    check,
    read,
)
from cloison.model.errors import CloisonError
from tests.apply.journals import DAMAGES, left, survived
from tests.apply.plans import scene

RECORDS: list[Record] = [
    Began(plan="0" * 64, steps=5, run="r", tool="t", when=1.0),
    Intent(step=1, digest="a", when=2.0),
    Accepted(
        step=1, status=201, ended=False, correlation="c", operation="https://localhost/op?s=1", when=3.0
    ),
    Intent(step=2, digest="b", when=3.5),
    Refusal(step=2, status=409, code="Busy", when=3.6),
    Done(step=1, sent=True, seen={"location": "0123456789abcdef"}, when=4.0),
]


def written(records: list[Record]) -> list[bytes]:
    writer = Writer("", empty=True)
    return [writer.write(one) for one in records]


WHOLE = b"".join(written(RECORDS))


def outcome(raw: bytes) -> Journal | str:
    """The journal, or the code that it is refused with."""
    try:
        return read(raw, "j")
    except CloisonError as refused:
        code = refused.code
    assert code in ("E501", "E502", "E503")
    return code


def test_what_was_written_is_read() -> None:
    """Every record comes back, with the length and the chain from which the next one goes on."""
    found = read(WHOLE + bytes(4096), "j")
    assert tuple(RECORDS) == found.records
    assert (len(WHOLE), False) == (found.length, found.torn)
    more = Writer(found.chain, empty=False).write(Refusal(step=1, status=1, code="x", when=5.0))
    assert 7 == len(read(WHOLE + more, "j").records)


def test_a_step_s_past_is_its_last_try() -> None:
    """An accepted request is waited for until it is done or refused; a new try begins anew."""
    past = read(b"".join(written(RECORDS[:3])), "j").past(1)
    assert (True, False, None) == (past.intent, past.refused, past.done)
    assert past.waiting == RECORDS[2]
    assert read(WHOLE, "j").past(1).waiting is None
    assert read(WHOLE, "j").past(2).refused
    assert not read(WHOLE, "j").past(3).intent


@pytest.mark.parametrize("cut", range(len(WHOLE)))
def test_a_torn_end_counts_for_nothing(cut: int) -> None:
    """Wherever a write was interrupted, the whole records before it are there and nothing else is."""
    found = read(WHOLE[:cut] + bytes(64), "j")
    whole = sum(cut >= len(b"".join(written(RECORDS)[: at + 1])) for at in range(len(RECORDS)))
    assert tuple(RECORDS[:whole]) == found.records


@settings(max_examples=300)
@given(st.integers(0, len(WHOLE) - 1), st.integers(0, 7))
@example(at=len(b"".join(written(RECORDS[:-1]))) - 1, bit=0)
def test_a_flipped_bit_is_found(at: int, bit: int) -> None:
    """A bit that is another is refused, or costs the last record, which then counts as torn."""
    raw = WHOLE[:at] + bytes([WHOLE[at] ^ (1 << bit)]) + WHOLE[at + 1 :]
    found = outcome(raw)
    if isinstance(found, Journal):
        assert tuple(RECORDS[:-1]) == found.records
        assert found.torn


@given(st.binary(max_size=300))
def test_other_files_are_refused_or_empty(raw: bytes) -> None:
    """A file of something else is refused with a code; only nothing, or the beginning of a beginning, is empty."""
    found = outcome(raw)
    if isinstance(found, Journal):
        assert () == found.records
        assert MAGIC.startswith(raw.rstrip(b"\0")) or raw.startswith(MAGIC)


def test_newer_journals_are_refused() -> None:
    """A version that is not known is named, and not continued."""
    with pytest.raises(CloisonError) as refused:
        read(b"cloison journal 2\nanything", "j")
    assert ("E502", True) == (refused.value.code, "version 2" in refused.value.what)


def test_records_of_another_run_do_not_fit() -> None:
    """A record from another journal breaks the chain, though it is whole."""
    other = written([RECORDS[0], Intent(step=3, digest="z", when=9.0)])
    with pytest.raises(CloisonError) as refused:
        read(WHOLE + other[1], "j")
    assert "E503" == refused.value.code


@pytest.mark.parametrize(
    "records",
    [
        [RECORDS[1]],
        [RECORDS[0], RECORDS[2]],
        [RECORDS[0], RECORDS[0]],
        [RECORDS[0], Intent(step=6, digest="a", when=1.0)],
        [RECORDS[0], Intent(step=0, digest="a", when=1.0)],
    ],
)
def test_an_order_that_no_run_writes_is_refused(records: list[Record]) -> None:
    """An answer without its request, a step that there is none of, a second beginning: not continued."""
    with pytest.raises(CloisonError) as refused:
        read(b"".join(written(records)), "j")
    assert "E503" == refused.value.code


def test_another_plan_s_journal_is_refused() -> None:
    """The plan's hash, and the hash of every request that was sent, must be those of the plan at hand."""
    planned = scene("closing").planned
    began = Began(plan="f" * 64, steps=len(planned.steps), run="r", tool="t", when=1.0)
    with pytest.raises(CloisonError) as refused:
        check(Journal(records=(began,)), planned, "j")
    assert "E504" == refused.value.code
    began = Began(plan=planned.hash, steps=len(planned.steps), run="r", tool="t", when=1.0)
    with pytest.raises(CloisonError) as refused:
        check(Journal(records=(began, Intent(step=1, digest="other", when=1.0))), planned, "j")
    assert "E503" == refused.value.code


def test_a_run_s_journal_is_one() -> None:
    """What the executor writes is read back, whenever it was killed."""
    for actions in range(1, 60, 7):
        _, raw = left(scene("closing"), actions)
        check(read(raw, "j"), scene("closing").planned, "j")


def test_damaged_journals_are_refused_or_continued_correctly() -> None:
    """Whatever happened to a journal, going on with it is refused with a code, or ends right, or says to plan again."""
    found = Counter(survived(seed) for seed in range(60))
    assert found["refused"] > 10
    assert found["continued"] > 5


def test_every_damage_is_one() -> None:
    """Each way to damage a journal changes it."""
    chance = random.Random(1)
    for damage in DAMAGES:
        assert any(damage(WHOLE, chance) != WHOLE for _ in range(20)), damage
