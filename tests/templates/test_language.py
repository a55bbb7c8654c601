"""The language around the functions: literals, accessors, variables, loops in values, functions of the template."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cloison.sources.arm_template import TemplateError
from tests.templates.language import SCHEMA, expanded, resource, template, value


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("plain", "plain"),
        ("", ""),
        ("[[x]", "[x]"),
        ("[[x", "[[x"),
        ("[x", "[x"),
        ("x]", "x]"),
        ("['it''s']", "it's"),
        ("['']", ""),
        ("[  concat ( 'a' ,\n 'b' ) ]", "ab"),
        ("[1]", 1),
        ("[-5]", -5),
        ("[createObject('a', createArray(1, 2)).a[1]]", 2),
        ("[createObject('a', 1)['A']]", 1),
        ("[createObject('a-b', 1)['a-b']]", 1),
        ("[createObject('a', null()).?a.?b]", None),
        ("[createObject('a', 1).?b]", None),
        ("[createArray(1)[?3]]", None),
        ("[createObject('a', 1)[?'b']]", None),
        ("[true()]", True),
        ("[TOLOWER('X')]", "x"),
    ],
)
def test_a_string_is_a_text_or_an_expression(written: str, expected: Any) -> None:
    """Brackets at both ends make an expression; a doubled one in front is one of the text."""
    assert expected == value(written)


def test_keys_may_be_expressions_and_names_ignore_case() -> None:
    """As properties are looked up by Azure."""
    variables = {"V": {"[concat('a', 'b')]": 1, "Other": 2}}

    assert {"ab": 1, "Other": 2} == value("[VARIABLES('v')]", variables=variables)
    assert 2 == value("[variables('V').oTHER]", variables=variables)


def test_loops_make_arrays_in_variables_and_properties() -> None:
    """Top level variables, objects in variables, properties in a resource loop; each index by its name."""
    variables = {
        "copy": [{"name": "top", "count": 2, "input": "[copyIndex('top', 5)]"}],
        "holder": {"copy": [{"name": "inner", "count": "[length(variables('top'))]",
                             "input": {"i": "[variables('top')[copyIndex('inner')]]"}}], "kept": 1},
    }  # fmt: skip
    loop = {"copy": [{"name": "x", "count": 2, "input": "[concat(copyIndex(), '-', copyIndex('x', 1))]"}]}
    made = expanded(template(
        resource("A.B/c", "[concat('n', copyIndex())]", copy={"name": "c", "count": 2}, properties=loop),
        variables=variables, outputs={"v": {"type": "object", "value": "[variables('holder')]"}},
    ))  # fmt: skip

    assert {"inner": [{"i": 5}, {"i": 6}], "kept": 1} == made.outputs["v"].value
    assert [["0-1", "0-2"], ["1-1", "1-2"]] == [one.body["properties"]["x"] for one in made.resources]


def test_a_property_called_copy_is_data_where_it_is_no_loop() -> None:
    """Data factories have such properties."""
    made = expanded(
        template(resource("A.B/c", "n", properties={"copy": [{"source": 1}], "x": {"copy": "all"}}))
    )

    assert {"copy": [{"source": 1}], "x": {"copy": "all"}} == made.resources[0].body["properties"]


def functions(**members: Any) -> list[dict[str, Any]]:
    """Functions of a template in the namespace `contoso`."""
    return [{"namespace": "contoso", "members": members}]


def test_a_template_may_define_functions() -> None:
    """Called with their namespace, without regard to case; they see their own parameters."""
    greet = {
        "parameters": [{"name": "who", "type": "string"}],
        "output": {"type": "string", "value": "[concat('hello ', parameters('WHO'))]"},
    }

    assert "hello you" == value("[CONTOSO.greet('you')]", functions=functions(greet=greet))
    for wrong, why in (
        ("[contoso.greet()]", r"takes 1 argument\(s\), 0 were given"),
        ("[contoso.greet(1)]", "expected a value of type 'string'"),
        ("[contoso.nobody('x')]", "'contoso.nobody' is not valid"),
    ):
        with pytest.raises(AssertionError, match=why):
            value(wrong, functions=functions(greet=greet))


def test_functions_of_the_first_language_see_no_variables_and_those_of_the_second_do() -> None:
    """As Bicep compiles functions with variables to the second one."""
    own = {"parameters": [], "output": {"type": "int", "value": "[variables('v')]"}}
    parts: dict[str, Any] = {"functions": functions(own=own), "variables": {"v": 3}}

    assert 3 == value("[contoso.own()]", languageVersion="2.0", **parts)
    with pytest.raises(AssertionError, match="cannot read variables"):
        value("[contoso.own()]", **parts)


def test_functions_call_each_other_and_not_themselves_without_end() -> None:
    """A recursion is a coded error."""
    twice = {"parameters": [{"name": "x", "type": "int"}],
             "output": {"type": "int", "value": "[contoso.once(contoso.once(parameters('x')))]"}}  # fmt: skip
    once = {
        "parameters": [{"name": "x", "type": "int"}],
        "output": {"type": "int", "value": "[add(parameters('x'), 1)]"},
    }
    forever = {"parameters": [], "output": {"type": "int", "value": "[contoso.forever()]"}}

    assert 5 == value("[contoso.twice(3)]", functions=functions(twice=twice, once=once))
    with pytest.raises(TemplateError, match="calls itself"):
        value("[contoso.forever()]", functions=functions(forever=forever))


@pytest.mark.parametrize(
    ("parts", "why"),
    [
        (
            {"variables": {"a": "[variables('b')]", "b": "[variables('a')]"}},
            "the variable 'a' needs its own value",
        ),
        (
            {"parameters": {"p": {"type": "string", "defaultValue": "[parameters('p')]"}}},
            "the parameter 'p' needs its own",
        ),
        ({"variables": []}, "the template's 'variables' are of type 'Array'"),
        ({"parameters": {"p": 1}}, "the declaration of parameter 'p' must be an object"),
        ({"functions": [{"namespace": "x"}]}, "needs 'namespace' and 'members'"),
        ({"languageVersion": "3.0"}, "language version '3.0' is not supported"),
        ({"outputs": []}, "the template's 'outputs' are of type 'Array'"),
        ({"variables": {"v": "[fail('never')]"}}, "never"),
    ],
)
def test_what_is_wrong_with_a_part_is_said_at_its_place(parts: dict[str, Any], why: str) -> None:
    """Also where nothing uses it: Azure evaluates every variable."""
    with pytest.raises(TemplateError, match=why.replace("[", r"\[").replace("(", r"\(")) as caught:
        expanded(json.dumps(template(**parts), indent=1))

    assert caught.value.line > 1


LENIENT = f"""\ufeff// a comment
{{
  "$schema": "{SCHEMA}", /* another
  one */
  "contentVersion": "1.0.0.0",
  "resources": [
    {{
      "type": "A.B/c", "apiVersion": "1", "name": "n", // no "end"
      "properties": {{
        "text": "two
lines // and no comment, [1,]",
        "list": [1, 2, ],
        "wrong": "WRONG",
      }},
    }},
  ],
}}
"""


def test_the_file_may_be_written_as_azure_takes_it() -> None:
    """Comments, line breaks in strings, trailing commas, a byte order mark; places are those of the file."""
    (made,) = expanded(LENIENT).resources
    lines = LENIENT.removeprefix("\ufeff").splitlines()

    assert "two\nlines // and no comment, [1,]" == made.body["properties"]["text"]
    assert [1, 2] == made.body["properties"]["list"]
    place = made.place("/properties/wrong")
    assert lines[place.line - 1][place.column - 1 :].startswith('"WRONG"')
    with pytest.raises(TemplateError) as caught:
        expanded(LENIENT.replace('"WRONG"', '"[wrong()]"'))
    assert place.line == caught.value.line


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_the_file_may_come_in_any_encoding_of_an_editor(encoding: str) -> None:
    """UTF-8 with and without its mark, UTF-16."""
    text = json.dumps(template(resource("A.B/c", "é")), ensure_ascii=False)
    from cloison.sources.arm_template import expand

    assert "é" == expand(text.encode(encoding)).resources[0].name


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("", 1, 1),
        ("{", 1, 2),
        ('{"resources": []', 1, 17),
        ('{\n "resources": [1 2]}', 2, 18),
        ('{\n "é": x}', 2, 7),
        ('{"resources": []} more', 1, 19),
        ("{'resources': []}", 1, 2),
    ],
)
def test_what_is_not_json_says_where(text: str, line: int, column: int) -> None:
    """The first character that cannot stand there, in characters and not in bytes."""
    with pytest.raises(TemplateError) as caught:
        expanded(text)

    assert "InvalidRequestContent" == caught.value.code
    assert (line, column) == (caught.value.line, caught.value.column)


@pytest.mark.parametrize("text", ["[]", "1", '"x"', "null"])
def test_json_that_is_no_template_is_not_valid(text: str) -> None:
    """A template is an object."""
    with pytest.raises(TemplateError, match="a template must be an object"):
        expanded(text)


def test_bytes_that_are_no_text_are_refused() -> None:
    """With a code, as everything else."""
    from cloison.sources.arm_template import expand

    for data in (b"\xff\xfe\x00", b'{"a": "\xc3"}'):
        with pytest.raises(TemplateError) as caught:
            expand(data)
        assert "InvalidRequestContent" == caught.value.code
