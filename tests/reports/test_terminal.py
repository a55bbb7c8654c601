"""The report for people says what the document says, once, and in an order that a newcomer can follow."""

from __future__ import annotations

import re

import msgspec

from cloison.check.document import Report
from cloison.check.run import run
from cloison.reports import View, render
from tests.reference import REFERENCES, snapshot
from tests.reports import made


def terminal(report: Report, width: int = 100) -> str:
    """Without colours."""
    return render("terminal", report, View(width))


def section(text: str, title: str) -> str:
    """The lines from a title to the next line that begins at the left edge."""
    found = re.search(rf"^{re.escape(title)}.*?\n(.*?)(?=^\S|\Z)", text, re.MULTILINE | re.DOTALL)
    assert found, f"no section {title!r} in\n{text}"
    return found[1]


def test_table_has_a_line_for_each_resource() -> None:
    """The article's table is filled in with names and with the kind of address that each is reached by."""
    rows = made.broken().environments[0].scenario.rows
    text = terminal(made.broken())

    for row in rows:
        name = (row.resource or "").rpartition("/")[2]
        assert re.search(rf"^  {row.what} +{name} +{re.escape(row.access)}$", text, re.MULTILINE)


def test_every_name_has_its_verdict() -> None:
    """Each host stands once behind its verdict, although two pools ask for it, as both fare alike."""
    environment = made.broken().environments[0]
    text = section(terminal(made.broken()), "Names asked from pools system and scoring")

    for path in environment.paths:
        host = path.host.replace("00000000-0000-0000-0000-00000000ab01", "…ab01")
        assert 1 == len(re.findall(rf"^    {path.verdict} +{re.escape(host)}(?= |$)", text, re.MULTILINE))


def test_pools_that_fare_differently_are_told_apart() -> None:
    """One name that is blocked from one pool only gives each pool a list of its own."""
    report = made.broken()
    environment = report.environments[0]
    first, *others = environment.paths
    other = msgspec.structs.replace(first, verdict="unknown")
    report = msgspec.structs.replace(
        report, environments=(msgspec.structs.replace(environment, paths=(other, *others)),)
    )

    titles = re.findall(r"^Names asked from .*$", terminal(report), re.MULTILINE)

    assert ["Names asked from pool system", "Names asked from pool scoring"] == titles


def test_every_broken_finding_is_told() -> None:
    """Each that weighs is there by its name, with its fixes and their safety, or behind `likewise` of one that is."""
    text = " ".join(section(terminal(made.broken(), 120), "Broken").split())
    weighty = [
        one
        for one in made.broken().environments[0].requirements
        if one.verdict == "broken" and one.severity != "note"
    ]
    likewise = " ".join(re.findall(r"likewise (.*?)(?= [SD]\d\d |$)", text))
    named = [one for one in weighty if f"({one.finding})" in text]

    assert named
    for finding in weighty:
        if finding not in named:
            assert any(word in likewise for word in finding.message.split())
    for finding in named:
        for fix in finding.fixes:
            assert f"fix {fix.summary}" in text
            assert f"{fix.safety} {fix.why}" in text


def test_alike_findings_are_told_by_the_first() -> None:
    """Five endpoints with one fault: its setting and its fix stand once, the other endpoints behind `likewise`."""
    bodies = REFERENCES["same network"]()
    for body in bodies:
        for connection in body["properties"].get("privateLinkServiceConnections", ()):
            connection["properties"]["privateLinkServiceConnectionState"]["status"] = "Rejected"
    text = section(terminal(run(snapshot(bodies))), "Broken")
    found = re.search(r"  S02 .*?\n\n", text, re.DOTALL)

    assert found
    assert 1 == found[0].count("rejected")
    assert 3 <= len(re.findall(r"[\w-]+", found[0].partition("likewise")[2]))


def test_obstacles_are_told_with_their_place() -> None:
    """All hops that stop a packet, each with its setting and the line of the file where it stands."""
    text = "".join(terminal(made.broken()).split())
    stops = [
        hop
        for finding in made.broken().environments[0].requirements
        if finding.verdict == "broken" and len(finding.evidence) > 1 and finding.severity != "note"
        for hop in finding.evidence
        if hop.outcome == "stop"
    ]

    assert stops
    for hop in stops:
        for cited in hop.evidence:
            assert f"{cited.pointer}(first_attempt.json:{cited.line})" in text


def test_met_requirements_take_one_line() -> None:
    """Their ids, and nothing else of them."""
    text = terminal(made.met(), 240)
    findings = made.met().environments[0].requirements
    ids = dict.fromkeys(one.id for one in findings)
    other = {one.id for one in findings if one.verdict != "met"}

    assert f"\nmet  {' '.join(id for id in ids if id not in other)}\n" in text
    assert "Broken" not in text
    assert not any(one.title in text for one in made.met().environments[0].requirements)


def test_unknowns_say_once_what_to_supply() -> None:
    """Although many wait for it; and they are told as unknown, neither as met nor as broken."""
    report = made.undecided()
    text = terminal(report, 120)
    asks = {one.ask for one in report.environments[0].requirements if one.verdict == "unknown" and one.ask}
    weighty = {
        one.ask
        for one in report.environments[0].requirements
        if one.verdict == "unknown" and one.severity != "note" and one.ask
    }

    assert "unknown" == report.verdict
    assert weighty
    for ask in weighty:
        assert 1 == " ".join(text.split()).count(ask)
    assert asks >= weighty
    assert "\nunknown  requirements: " in text


def test_findings_that_one_thing_decides_are_told_once() -> None:
    """One DNS server hides every name: the reason stands once, the other names behind `likewise`."""
    text = section(terminal(made.undecided(), 120), "Unknown")
    found = re.search(r"S07 .*?\n\n", text, re.DOTALL)

    assert found
    assert 1 == found[0].count("what the DNS server 10.0.1.30")
    for host in ("mlstore.blob.core.windows.net", "mlvault.vault.azure.net", "mlreg.azurecr.io"):
        assert host in found[0].partition("likewise")[2]


def test_a_change_in_one_word_is_told_as_that_word() -> None:
    """Notes that differ in the endpoint only name the endpoints."""
    notes = " ".join(section(terminal(made.broken()), "Notes").split())

    assert "likewise pe-st-blob, pe-st-file, pe-st-queue, pe-kv, pe-cr" in notes


def test_sound_environments_stand_in_the_overview_only() -> None:
    """Of several, those that are met take a line; the others are told in full."""
    text = terminal(made.several())

    assert "2 environments" in text
    assert re.search(r"^  met +mlw on aks$", text, re.MULTILINE)
    assert re.search(r"^  broken +mlw on far$", text, re.MULTILINE)
    assert "\nmlw on far: broken\n" in text
    assert "\nmlw on aks: " not in text


def test_an_estate_does_not_drown_its_reader() -> None:
    """Five environments are told in full; the list has all, and it says how to see the others."""
    report = made.broken()
    text = terminal(msgspec.structs.replace(report, environments=report.environments * 8))

    assert "8 environments" in text
    assert 8 == len(re.findall(r"^  broken +mlw-scoring on aks-scoring$", text, re.MULTILINE))
    assert 5 == text.count("\nmlw-scoring on aks-scoring: broken\n")
    assert "3 more environments in the list above that are not met" in text


def test_legend_has_what_was_shortened_and_nothing_else() -> None:
    """Of environments that are met no name is shown, so nothing of theirs is explained."""
    several = terminal(made.several())
    one = "00000000-0000-0000-0000-00000000ab01"

    assert 1 == several.count(one)
    assert one not in terminal(made.hidden())


def test_without_environment_nothing_looks_like_a_pass() -> None:
    """It says that nothing was judged, and whether something may be hidden, with what to supply."""
    hidden, nothing = terminal(made.hidden()), terminal(made.nothing())

    assert "Nothing was judged; what was not read may hold one." in hidden
    assert "Reader on rg-ml" in hidden
    assert "Reader on rg-hub" in hidden
    assert "Nothing was judged.\n" in nothing
    assert "met" not in hidden + nothing


def test_many_gaps_are_counted() -> None:
    """A reader who lacks rights on everything is not drowned in it."""
    gap = made.hidden().gaps[0]
    gaps = tuple(msgspec.structs.replace(gap, ask=f"Reader on rg-{number}") for number in range(100))
    text = terminal(msgspec.structs.replace(made.hidden(), gaps=gaps))

    assert "and 88 others, all of them in --format json" in text
    assert 12 == text.count("supply  Reader on rg-")
