"""What must hold for every expression and every template, searched with random ones.

`make prove ARGS=templates` searches for ten minutes what is searched here for seconds.
"""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cloison.sources.arm_template import TemplateError, expand
from cloison.sources.arm_template.grammar import Call, Expression, Index, Literal, parse, show
from cloison.sources.arm_template.symbols import show as show_value
from tests.templates.language import HERE
from tests.templates.mutation import damaged, expression, sound
from tests.templates.programs import Maker, disagreement, values

SEEDS = st.integers(min_value=0, max_value=2**32)
_NAMES = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,8}(\.[A-Za-z_][A-Za-z0-9_]{0,4})?", fullmatch=True)
_LITERALS: st.SearchStrategy[Expression] = st.one_of(
    st.text(max_size=12).map(Literal),
    st.integers(min_value=-(10**18), max_value=10**18).map(Literal),
    st.floats(allow_nan=False, allow_infinity=False, min_value=-1e12, max_value=1e12).map(Literal),
)
TREES = st.recursive(
    _LITERALS,
    lambda inner: st.one_of(
        st.builds(Call, _NAMES, st.lists(inner, max_size=3).map(tuple)),
        st.builds(Index, st.builds(Call, _NAMES, st.just(())), inner, st.booleans()),
        st.builds(Index, inner, st.text(min_size=1, max_size=8).map(Literal), st.booleans()),
    ),
    max_leaves=12,
)


@given(TREES)
def test_what_is_printed_parses_to_the_same_tree(tree: Expression) -> None:
    """The printer and the parser are inverse, quotes, dots and safe access included."""
    assert tree == parse(show(tree))


@given(SEEDS)
def test_what_is_printed_once_is_printed_again(seed: int) -> None:
    """The printed form is a fixed point: parsing and printing it gives the same text."""
    text = show(parse(Maker(seed).any(4)))

    assert text == show(parse(text))


@given(SEEDS)
@settings(max_examples=300)
def test_what_is_open_is_never_contradicted(seed: int) -> None:
    """With parameters open, every part that is known is what it is with values."""
    assert "" == disagreement(seed)


@given(SEEDS)
@settings(max_examples=40)
def test_the_same_template_gives_the_same_answer(seed: int) -> None:
    """Nothing depends on when, how often or after what a template is expanded."""
    text = json.dumps(sound(seed))

    assert _answer(text, seed) == _answer(text, seed)


def _answer(text: str, seed: int) -> str:
    try:
        made = expand(text, parameters=values(seed), scope=HERE, strict=False)
    except TemplateError as error:
        return str(error)
    resources = [(one.id, show_value(one.body), str(one.exists), one.place("")) for one in made.resources]
    return repr((resources, [show_value(one.value) for one in made.outputs.values()], made.gaps))


@given(SEEDS)
@settings(max_examples=200)
def test_a_damaged_template_ends_in_a_result_or_a_coded_error(seed: int) -> None:
    """No other exception leaves the language, and an error has its code, its words and its place."""
    for text in (damaged(seed), json.dumps({"resources": [], "variables": {"v": expression(seed)}})):
        error = _error(text)
        assert error is None or (error.code and error.message and error.line and error.column)


def _error(text: str) -> TemplateError | None:
    try:
        expand(text, scope=HERE)
    except TemplateError as error:
        return error
    return None


@pytest.mark.parametrize(
    "text",
    ["", "'", "a", "a(", "a(,)", "a(1,)", "a()b", "1 2", "a().", "a()[", "a()[1", "-", "'a''"],
)
def test_what_is_no_expression_says_where(text: str) -> None:
    """The message shows the expression and the character at which it leaves the grammar."""
    with pytest.raises(TemplateError) as caught:
        expand(json.dumps({"resources": [], "variables": {"v": f"[{text}]"}}))

    assert "InvalidTemplate" == caught.value.code
    assert "at character" in caught.value.message
