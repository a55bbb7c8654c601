"""Lines are filled, broken and shortened as one would do it by hand."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloison.check.document import Evidence, Hop
from cloison.reports import View
from cloison.reports.aliases import Aliases
from cloison.reports.escape import safe, safe_json
from cloison.reports.layout import Sheet, columns, shortened, wrapped
from cloison.reports.names import Names
from tests.reports import made


@given(st.text(st.characters(codec="utf-8"), max_size=200), st.integers(4, 80), st.integers(4, 80))
def test_wrapping_keeps_every_character(text: str, room: int, first: int) -> None:
    """Nothing but white space is lost, and every line fits."""
    lines = wrapped(text, room, first)

    assert "".join(text.split()) == "".join("".join(lines).split())
    assert columns(lines[0]) <= max(first, 2)
    assert all(columns(line) <= room for line in lines[1:])


@given(st.text(st.characters(codec="utf-8"), max_size=200), st.integers(4, 80))
def test_shortening_fits(text: str, room: int) -> None:
    """In one line, its end marked where something is missing."""
    short = shortened(text, room)

    assert columns(short) <= room
    assert short == " ".join(text.split()) or short.endswith("…")


def test_long_names_break_at_joints() -> None:
    """After a dot, a dash or a slash, so that both parts still look like names."""
    name = "privatelink.vaultcore.azure.net/virtualNetworkLinks/link-aks"

    assert ["privatelink.vaultcore.azure.net/", "virtualNetworkLinks/link-aks"] == wrapped(name, 40)


def test_texts_stand_in_their_column() -> None:
    """Also on the lines that follow, where the label is too long for its column, and where it leaves no room at all."""
    sheet = Sheet(View(36))
    sheet.entry("fix", "one two three four five six seven", indent=2, at=8)
    sheet.entry("overlong", "one two", indent=2, at=8)
    sheet.entry("a-resource-with-a-long-name", "blocked", indent=2, at=10)

    expected = [
        "  fix   one two three four five six",
        "        seven",
        "  overlong one two",
        "  a-resource-with-a-long-name",
        "          blocked",
    ]
    assert expected == sheet.lines().splitlines()


@pytest.mark.parametrize(("text", "expected"), [("plain – ä", 9), ("漢字", 4), ("e\u0301", 1)])
def test_columns(text: str, expected: int) -> None:
    """Wide characters take two, combining ones none."""
    assert expected == columns(text)


@given(st.text())
def test_safe_text_prints(text: str) -> None:
    """And text that prints anyway is left alone."""
    assert safe(text).isprintable()
    assert text == safe(text) or not text.isprintable()


def test_half_characters_are_shown() -> None:
    """A file's name that is no text still gives valid JSON."""
    assert '"\\\\udcff.json"' == safe_json("\udcff.json")


def test_a_resource_keeps_its_name_from_what_stands_below() -> None:
    """The account is called by its name; the record of the same name in a zone by more than that."""
    names = Names(made.broken())
    account = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-ml/providers/"
    account += "Microsoft.Storage/storageAccounts/stmlscoring"

    assert "stmlscoring" == names.resource(account)
    assert "stmlscoring" == names.resource(account.upper())


def test_names_that_say_nothing_are_told_with_their_parent() -> None:
    """A zone group is called `default` everywhere."""
    endpoint = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/privateEndpoints/pe"
    group = f"{endpoint}/privateDnsZoneGroups/default"
    cited = Evidence(resource=group, pointer="", origin="stated")
    hop = Hop(hop="name", outcome="stop", text="", evidence=(cited,))
    report = made.broken()
    environment = report.environments[0]
    finding = msgspec.structs.replace(environment.requirements[0], evidence=(hop,))
    environment = msgspec.structs.replace(environment, requirements=(finding,), paths=())

    names = Names(msgspec.structs.replace(report, environments=(environment,), inputs=("default",)))

    assert "pe/privateDnsZoneGroups/default" == names.resource(group)
    assert "default" == names.file("default")


def test_short_names_are_told_apart() -> None:
    """No two resources of a report share one."""
    report = made.broken()
    names = Names(report)
    ids = {one.subject for one in report.environments[0].requirements}
    ids |= {
        cited.resource
        for one in report.environments[0].requirements
        for hop in one.evidence
        for cited in hop.evidence
    }

    assert len({id.lower() for id in ids}) == len({names.resource(id) for id in ids})


# --- aliases -------------------------------------------------------------------------------------------------

PREFIX = "{toLower(parameters('prefix'))}"
UNIQUE = "{substring(uniqueString(concat('|a{b', subscription().subscriptionId)), 0, 4)}"
HERE = "{resourceGroup().location}"
OTHER = "{replace(toLower(parameters('prefix')), '-', '')}"


def test_open_expressions_are_called_by_what_they_ask() -> None:
    """Wherever they stand and in any case; the legend has them whole, and short ones are left alone."""
    aliases = Aliases([f"mlw-{PREFIX}-{UNIQUE}", f"kv-{PREFIX}.{HERE}.net", "{subscription}"])

    assert [] == aliases.legend
    assert "mlw-{prefix}-{unique}" == aliases.applied(f"mlw-{PREFIX}-{UNIQUE}".lower())
    assert "kv-{prefix}.{location}.net in {subscription}" == aliases.applied(
        f"kv-{PREFIX}.{HERE}.net in {{subscription}}"
    )
    assert [("{prefix}", PREFIX), ("{unique}", UNIQUE), ("{location}", HERE)] == aliases.legend


def test_no_two_long_forms_share_an_alias() -> None:
    """The second gets a number: expressions of one parameter, and GUIDs of one end."""
    guids = ["00000000-0000-0000-0000-00000000ab01", "00000000-0000-0000-0000-00000001ab01"]
    aliases = Aliases([PREFIX, OTHER, *guids])

    assert "{prefix} {prefix-2} …ab01 …ab01-2" == aliases.applied(" ".join([PREFIX, OTHER, *guids]))


@given(st.lists(st.lists(st.sampled_from([PREFIX, UNIQUE, HERE, OTHER, "mlw-", ".net ", "{x}"]), max_size=6)))
def test_aliases_can_be_put_back(parts: list[list[str]]) -> None:
    """The legend gives every text back as it was, so nothing is lost by reading the short one."""
    texts = ["".join(one) for one in parts]
    aliases = Aliases(texts)

    for text in texts:
        told = aliases.applied(text)
        for short, whole in aliases.legend:
            told = told.replace(short, whole)
        assert text == told


@given(st.lists(st.text("{}'ab(), ", max_size=60), max_size=6))
def test_any_braces_are_survived(texts: list[str]) -> None:
    """Braces and quotes that match nothing: no two long forms share an alias."""
    aliases = Aliases(texts)
    for text in texts:
        aliases.applied(text)
    shorts = [short for short, _ in aliases.legend]

    assert len(shorts) == len(set(shorts))


@pytest.mark.parametrize(
    ("origin", "expected"),
    [
        ("stated", "kv-ml-scoring#/properties/x"),
        ("default", "kv-ml-scoring#/properties/x (left out: the default)"),
        ("null", "kv-ml-scoring#/properties/x (null: the default)"),
    ],
)
def test_a_setting_says_when_it_was_left_out(origin: str, expected: str) -> None:
    """Stated, left out and null are three things, also on paper."""
    vault = next(
        row.resource for row in made.broken().environments[0].scenario.rows if row.what == "key vault"
    )
    assert vault is not None
    evidence = Evidence(resource=vault, pointer="/properties/x", origin=origin)  # type: ignore[arg-type]

    assert expected == Names(made.broken()).setting(evidence)
