"""What is not known stays a symbol: it shows its expression, keeps what is known of it, and says what it needs."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from cloison.sources.arm_template import Symbol
from tests.templates.language import GROUP, HERE, expanded, resource, template, value

PARAMETERS = {
    "s": {"type": "string"}, "t": {"type": "string"}, "n": {"type": "int"}, "b": {"type": "bool"},
    "a": {"type": "array"}, "o": {"type": "object"},
}  # fmt: skip


def look(expression: str, **options: Any) -> Any:
    """The value of an expression, all parameters open."""
    return value(f"[{expression}]", parameters=PARAMETERS, **options)


def shown(expression: str) -> Any:
    """The value, a symbol as its text."""
    found = look(expression)
    return found.text if isinstance(found, Symbol) else found


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        # texts keep their known parts
        ("concat('a', parameters('s'), 'b', 'c')", "concat('a', parameters('s'), 'bc')"),
        ("concat(concat('a', parameters('s')), 'b')", "concat('a', parameters('s'), 'b')"),
        ("format('{0}-{1}', 'x', parameters('s'))", "concat('x-', parameters('s'))"),
        ("toLower(concat('AB', parameters('s')))", "concat('ab', toLower(parameters('s')))"),
        ("replace(concat('a-b', parameters('s')), '-', '')", "concat('ab', replace(parameters('s'), '-', ''))"),
        ("take(concat('abc', parameters('s')), 2)", "ab"),
        ("take(concat('abc', parameters('s')), 5)", "concat('abc', take(parameters('s'), 2))"),
        ("skip(concat('abc', parameters('s')), 2)", "concat('c', parameters('s'))"),
        ("substring(concat('abc', parameters('s')), 1, 2)", "bc"),
        ("first(concat('abc', parameters('s')))", "a"),
        ("split(concat('a/b/', parameters('s')), '/')[1]", "b"),
        ("first(split(concat('a/', parameters('s')), '/'))", "a"),
        ("last(split(concat(parameters('s'), '/z'), '/'))", "z"),
        ("join(createArray('a', parameters('s'), 'b'), ',')", "concat('a,', parameters('s'), ',b')"),
        ("string(parameters('s'))", "parameters('s')"),
        ("concat(parameters('s'))", "parameters('s')"),
        # what decides, decides
        ("startsWith(concat('abc', parameters('s')), 'AB')", True),
        ("startsWith(concat('abc', parameters('s')), 'x')", False),
        ("endsWith(concat(parameters('s'), '.net'), 'NET')", True),
        ("endsWith(concat(parameters('s'), 't'), 'et')", "endsWith(concat(parameters('s'), 't'), 'et')"),
        ("contains(concat('a-b', parameters('s')), '-')", True),
        ("equals(concat('a', parameters('s')), 'b')", False),
        ("equals(parameters('s'), parameters('s'))", True),
        ("equals(parameters('s'), null())", False),
        ("equals(createArray(1, parameters('n')), createArray(2, parameters('n')))", False),
        ("empty(concat('a', parameters('s')))", False),
        ("and(false(), parameters('b'))", False),
        ("and(parameters('b'), false())", False),
        ("and(true(), parameters('b'))", "parameters('b')"),
        ("or(parameters('b'), true())", True),
        ("or(parameters('b'), parameters('b'))", "parameters('b')"),
        ("not(not(parameters('b')))", "parameters('b')"),
        ("coalesce(parameters('s'), 'x')", "parameters('s')"),
        ("coalesce(tryGet(parameters('o'), 'k'), 'x')", "coalesce(tryGet(parameters('o'), 'k'), 'x')"),
        ("contains(createArray('a', parameters('s')), 'a')", True),
        ("length(createArray(parameters('s'), 1))", 2),
        ("length(parameters('a'))", "length(parameters('a'))"),
        ("createObject('k', parameters('s'), 'l', 1).l", 1),
        ("union(createObject('a', parameters('s'), 'b', 1), createObject('b', 2)).b", 2),
        ("range(0, 2)[sub(parameters('n'), parameters('n'))]",
         "createArray(0, 1)[sub(parameters('n'), parameters('n'))]"),
        # conditions keep both outcomes, and functions go into them
        ("if(parameters('b'), 'x', 'y')", "if(parameters('b'), 'x', 'y')"),
        ("if(parameters('b'), 'x', 'x')", "x"),
        ("concat('a', if(parameters('b'), 'x', 'y'))", "if(parameters('b'), 'ax', 'ay')"),
        ("if(parameters('b'), createObject('k', 1), createObject('k', 2)).k", "if(parameters('b'), 1, 2)"),
        ("if(parameters('b'), createObject('k', 1), createObject('k', 1)).k", 1),
        ("if(parameters('b'), if(parameters('b'), 1, 2), 3)", "if(parameters('b'), 1, 3)"),
        ("if(equals(parameters('s'), 'on'), true(), false())", "equals(parameters('s'), 'on')"),
        ("coalesce(if(parameters('b'), null(), 'x'), 'y')", "if(parameters('b'), 'y', 'x')"),
        ("empty(if(parameters('b'), '', 'x'))", "parameters('b')"),
    ],
)  # fmt: skip
def test_what_is_known_is_kept(expression: str, expected: Any) -> None:
    """Through every function that can carry it."""
    assert expected == shown(expression)


@pytest.mark.parametrize(
    ("expression", "kind", "needs"),
    [
        ("parameters('s')", "string", {"s"}),
        ("concat(parameters('s'), parameters('t'))", "string", {"s", "t"}),
        ("length(parameters('a'))", "int", {"a"}),
        ("equals(parameters('s'), parameters('t'))", "bool", {"s", "t"}),
        ("if(parameters('b'), parameters('s'), 1)", "", {"b", "s"}),
        ("split(parameters('s'), ',')", "array", {"s"}),
        ("union(parameters('o'), createObject('a', parameters('n')))", "object", {"o", "n"}),
        ("parameters('o').a.b[0]", "", {"o"}),
        ("uniqueString(parameters('s'))", "string", {"s"}),
        ("newGuid()", "string", set()),
    ],
)
def test_a_symbol_says_what_it_is_and_what_it_needs(expression: str, kind: str, needs: set[str]) -> None:
    """Its kind, and the parameters that decide it."""
    parameters = {**PARAMETERS, "it": {"type": "object", "defaultValue": f"[{expression}]"}}
    if expression == "newGuid()":
        parameters["it"]["type"] = "string"
        found = value("[parameters('it')]", parameters=parameters)
    else:
        found = look(expression)

    assert (kind, needs) == (found.kind, found.needs)


def test_a_symbol_is_no_boolean() -> None:
    """Who forgets to ask whether a value is open learns it at once."""
    with pytest.raises(TypeError, match="neither true nor false"):
        bool(look("parameters('b')"))


def test_an_id_with_an_open_name_finds_its_resource() -> None:
    """Known and open parts of a name are compared part by part."""
    parameters = {"p": {"type": "string"}}
    store = resource("A.B/c", "[toLower(concat('St', parameters('p')))]", properties={"x": 1})
    reader = resource("A.B/d", "d", properties={
        "id": "[resourceId('A.B/c', format('st{0}', toLower(parameters('p'))))]",
        "x": "[reference(resourceId('A.B/c', concat('st', toLower(parameters('p'))))).x]",
    })  # fmt: skip
    made = expanded(template(store, reader, parameters=parameters)).resources

    assert f"{GROUP}/providers/A.B/c/st{{toLower(parameters('p'))}}" == made[0].id
    assert made[0].id == made[1].body["properties"]["id"].resource_id
    assert 1 == made[1].body["properties"]["x"]


def test_the_environment_of_an_unknown_cloud_is_open() -> None:
    """Nobody invents the endpoints of a cloud."""

    found = value("[environment().suffixes.storage]", scope=msgspec.structs.replace(HERE, cloud="AzureMoon"))

    assert "environment().suffixes.storage" == found.text


def test_what_could_fail_on_one_side_is_open_there() -> None:
    """A deployment that succeeds takes the other side; what stands on the wrong one does not matter."""
    assert "if(parameters('b'), 1, createObject().x)" == shown("if(parameters('b'), 1, createObject().x)")


def test_what_an_open_value_is_assumed_to_be_holds_wherever_it_is_read() -> None:
    """Inside other calls, in conditions and names; only there where its text is the same."""
    tags = "resourceGroup().tags"
    other = f"reference('{GROUP}/providers/A.B/d/x').a"
    content = template(
        resource("A.B/c", f"[concat('n-', {tags}.a)]", condition=f"[equals({tags}.b, 'on')]",
                 properties={"other": f"[{tags}.c]", "length": f"[length({other})]"}),
        resource("A.B/c", "none", condition=f"[equals({tags}.b, 'off')]"),
    )  # fmt: skip
    assumed = {f"{tags}.a": "abc", f"{tags}.b": "on", other: "four"}
    (made,) = expanded(content, assumed=assumed).resources

    assert ("n-abc", True, 4) == (made.name, made.exists, made.body["properties"]["length"])
    assert f"{tags}.c" == made.body["properties"]["other"].text


@pytest.mark.parametrize(
    ("expression", "expected"),
    [("toUpper('aé漢ñ-1')", "AÉ漢Ñ-1"), ("toLower('ÄÖÜ')", "äöü"), ("toUpper('straße')", "toUpper('straße')"),
     ("toLower('İ')", "toLower('İ')")],
)  # fmt: skip
def test_letters_beyond_ascii_change_case_where_one_letter_becomes_one(
    expression: str, expected: str
) -> None:
    """What Unicode writes with more letters, .NET may not."""
    assert expected == shown(expression)


@pytest.mark.parametrize(
    "expression",
    ["parseUri('https://a.b/c')", "buildUri(createObject('scheme', 'https', 'host', 'a'))", "format('{0:P}', 1)",
     "format('{0}', createObject('a', '''quoted'''))", "dateTimeAdd('2020-01-01T00:00:00+02:00', 'P1D')",
     "cidrHost('10.0.0.0/31', 0)", "pickZones('Microsoft.Compute', 'virtualMachines', 'westeurope')",
     "roleDefinitions('Contributor').id", "providers('Microsoft.Web')"],
)  # fmt: skip
def test_what_no_source_shows_stays_open(expression: str) -> None:
    """An algorithm that nobody could confirm is not guessed."""
    assert isinstance(value(f"[{expression}]"), Symbol)


def test_an_id_from_the_pieces_of_one_name_finds_its_resource() -> None:
    """Bicep cuts a child's name for its id: with an open parent the id is still that of the parent's child."""
    whole = "format('{0}/{1}', concat('vnet-', toLower(parameters('s'))), 'subnet')"
    kind = "'Microsoft.Network/virtualNetworks/subnets'"
    cut = f"resourceId({kind}, split({whole}, '/')[0], split({whole}, '/')[1])"
    plain = f"resourceId({kind}, concat('vnet-', toLower(parameters('s'))), 'subnet')"

    assert look(plain) == look(cut)
    # Pieces in another order, or of two names, are not one name.
    other = f"resourceId({kind}, split({whole}, '/')[1], split({whole}, '/')[0])"
    assert look(plain) != look(other)
