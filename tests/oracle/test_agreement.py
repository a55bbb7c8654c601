"""Cloison and the oracle agree on random environments; `tools/prove_oracle.py` asks about many more."""

from __future__ import annotations

import pytest

from . import compare

CHUNKS = 20
PER_CHUNK = 26
FIRST_SEED = 1_000_000


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_cloison_and_the_oracle_agree_on_every_path(chunk: int) -> None:
    """On every path of a chunk of random environments both give the same verdict."""
    start = FIRST_SEED + chunk * PER_CHUNK
    figures = compare.mismatches(range(start, start + PER_CHUNK))
    assert not figures.found, "\n".join(map(str, figures.found[:10]))
