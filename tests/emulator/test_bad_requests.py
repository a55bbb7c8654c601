"""Wrong requests end in a refusal with a code, and leave everything as it was. `make prove` sends many more."""

from __future__ import annotations

import itertools

from tests.emulator.bad import Ground, bad_requests, encodes, shown

SENT = 2_500


def test_wrong_requests_break_nothing() -> None:
    """No request gets an answer of 500 or an exception, and what is refused has changed nothing."""
    ground = Ground()
    refused = 0
    for asked in itertools.islice(bad_requests(ground, 20_261_124), SENT):
        answer, same = ground.send(asked)
        encodes(answer)
        assert answer.status < 500, shown(asked)
        if answer.status >= 400:
            refused += 1
            assert same, shown(asked)
            if asked.method != "HEAD":
                assert isinstance(answer.body, dict), shown(asked)
                error = answer.body.get("error", answer.body)
                assert error["code"], shown(asked)
                assert error["message"], shown(asked)
    assert refused > SENT / 2
