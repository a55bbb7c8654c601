"""The emulator beside Azure: every recorded exchange and every example, scored by operation."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace

from tests.behaviour.recordings import Recording, recordings
from tests.parity.examples import Example, examples
from tests.parity.replay import Session, is_poll, plant
from tests.parity.score import Score, compared


@dataclass
class Measured:
    """Scores by operation, of recordings and of examples, and the exchanges that were passed over."""

    recorded: dict[str, Score] = field(default_factory=dict)
    documented: dict[str, Score] = field(default_factory=dict)
    passed_over: Counter[str] = field(default_factory=Counter)
    """By type or service: exchanges of what the emulator does not have, or only reads of what it was told."""

    @property
    def operations(self) -> dict[str, Score]:
        """Both together."""
        found: dict[str, Score] = {}
        for scores in (self.recorded, self.documented):
            for operation, score in scores.items():
                found.setdefault(operation, Score()).merge(score)
        return found


def measured() -> Measured:
    """Everything, replayed. Takes some ten seconds."""
    found = Measured()
    for recording in recordings():
        _replay(recording, found)
    for example in examples():
        _try(example, found)
    return found


def _replay(recording: Recording, found: Measured) -> None:
    # azure-cli's recorder drops the header; where a session has none at all nothing can be said of it.
    paced = any("retry-after" in exchange.headers for exchange in recording.exchanges)
    session = Session(recording)
    answered: set[int] = set()
    for pair in session.pairs():
        answered.add(session.at)
        score = found.recorded.setdefault(pair.operation, Score())
        score.add(compared(pair, session.references, paced=paced))
    for at, exchange in enumerate(recording.exchanges):
        if at not in answered:
            of = exchange.id or exchange.above
            found.passed_over["operations" if is_poll(exchange) else (of.type if of else "") or "others"] += 1


def _try(example: Example, found: Measured) -> None:
    exchange = example.recording.exchanges[0]
    session = Session(example.recording)
    if exchange.method != "PUT" and exchange.id is not None:
        before = exchange.answer if isinstance(exchange.answer, dict) else {"properties": {}}
        plant(session.emulator, exchange.id, before)
    for pair in session.pairs():
        one = replace(pair, exchange=example.answers.get(pair.status, pair.exchange))
        # An example tells less than Azure answers, and seldom a header.
        headed = bool(one.exchange.headers)
        difference = compared(one, session.references, paced=False, headed=headed, whole=False)
        found.documented.setdefault(pair.operation, Score()).add(difference)
