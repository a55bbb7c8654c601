"""README.md shows what the commands print."""

from __future__ import annotations

from cloison.cli.demo import emulated
from tests.cli.readme import missing, printed, shown


def test_the_whole_way_is_as_shown() -> None:
    """The four commands, one after the other, on the example in an emulator: each line stands in the real output."""
    told = shown("The whole way, in four commands")
    with emulated() as azure, azure.at_hand():
        lost = {one.command: missing(one, printed(one.command)) for one in told}

    assert ["check", "plan", "apply", "recover"] == [one.command.split()[1] for one in told]
    assert {command: [] for command in lost} == lost


def test_a_wrong_line_is_noticed() -> None:
    """Lines that are not printed, or not there, are told."""
    output = "one\ntwo\nthree\n"
    (told,) = [one for one in shown("The whole way, in four commands") if "apply" in one.command]

    assert [] != missing(told, output)
