"""Random expressions of every type, and what it means that an open value agrees with a known one.

Made from one seed each, so that a finding can be repeated; used by the property tests and by the long proof.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Mapping
from typing import Any

from cloison.sources.arm_template import Symbol, TemplateError, expand
from cloison.sources.arm_template.errors import Fault
from cloison.sources.arm_template.grammar import parse, quote, show
from tests.templates.language import HERE, template

DECLARED: Mapping[str, dict[str, Any]] = {
    "s": {"type": "string"},
    "t": {"type": "string"},
    "n": {"type": "int"},
    "m": {"type": "int"},
    "b": {"type": "bool"},
    "c": {"type": "bool"},
    "a": {"type": "array"},
    "o": {"type": "object"},
    "z": {"type": "string", "nullable": True},
}
"""Parameters of the templates: two texts, numbers and booleans, an array, an object, and a text that may be null."""

_TEXTS = (
    "",
    "a",
    "Ab",
    "x-y",
    "a/b",
    "a,b",
    "10.0.0.0/16",
    "hub",
    "WestEurope",
    "'",
    "{0}",
    "[x]",
    "ß",
    "\u00e9\n",
)
_KEYS = ("k", "K2", "name", "a-b")


def values(seed: int) -> dict[str, Any]:
    """A value for each parameter."""
    pick = random.Random(seed)
    texts = [pick.choice(_TEXTS) for _ in range(3)]
    return {
        "s": pick.choice(_TEXTS),
        "t": pick.choice(_TEXTS),
        "n": pick.randint(-2, 12),
        "m": pick.randint(0, 4),
        "b": pick.random() < 0.5,
        "c": pick.random() < 0.5,
        "a": texts[: pick.randint(0, 3)],
        "o": {key: pick.choice((*_TEXTS, 3, None, True)) for key in _KEYS[: pick.randint(0, 4)]},
        "z": pick.choice((None, "z", "")),
    }


class Maker:
    """Expressions from a seed."""

    def __init__(self, seed: int) -> None:
        self.pick = random.Random(seed)

    def any(self, depth: int) -> str:
        """An expression of some type."""
        return self.pick.choice((self.text, self.number, self.truth, self.array, self.object))(depth)

    def _of(self, depth: int, leaves: tuple[str, ...], *more: Callable[[int], str]) -> str:
        if depth <= 0 or self.pick.random() < 0.15:
            return self.pick.choice(leaves)
        return self.pick.choice(more)(depth - 1)

    def text(self, depth: int) -> str:
        """An expression that is a text."""
        word = quote(self.pick.choice(_TEXTS))
        leaves = ("parameters('s')", "parameters('t')", word, word)
        return self._of(
            depth,
            leaves,
            lambda d: f"concat({self.text(d)}, {self.text(d)})",
            lambda d: f"concat({self.text(d)}, {self.number(d)}, {self.truth(d)})",
            lambda d: f"format('<{{0}}|{{1}}>', {self.any(d)}, {self.text(d)})",
            lambda d: (
                f"{self.pick.choice(('toLower', 'toUpper', 'trim', 'base64', 'uriComponent'))}({self.text(d)})"
            ),
            lambda d: f"replace({self.text(d)}, {quote(self.pick.choice('a/-'))}, {self.text(0)})",
            lambda d: f"if({self.truth(d)}, {self.text(d)}, {self.text(d)})",
            lambda d: f"substring({self.text(d)}, 0, {self.number(0)})",
            lambda d: f"take({self.text(d)}, {self.number(d)})",
            lambda d: f"skip({self.text(d)}, {self.number(d)})",
            lambda d: f"first(split({self.text(d)}, '/'))",
            lambda d: f"last(split({self.text(d)}, '/'))",
            lambda d: f"split({self.text(d)}, '/')[0]",
            lambda d: f"string({self.any(d)})",
            lambda d: f"join({self.array(d)}, {self.text(0)})",
            lambda d: f"uniqueString({self.text(d)}, {self.text(d)})",
            lambda d: f"guid({self.text(d)})",
            lambda d: f"padLeft({self.number(d)}, 3, '0')",
            lambda d: f"coalesce(parameters('z'), {self.text(d)})",
            lambda d: f"coalesce(tryGet({self.object(d)}, 'k'), {self.text(d)})",
            lambda d: f"resourceId('Microsoft.Network/virtualNetworks', {self.name(d)})",
            lambda d: f"resourceId({self.name(0)}, 'A.B/c/d', {self.name(d)}, {self.name(d)})",
            lambda d: f"subscriptionResourceId('A.B/c', {self.name(d)})",
            lambda d: f"cidrSubnet('10.0.0.0/16', 24, {self.number(d)})",
            lambda d: f"first({self.text(d)})",
        )

    def name(self, depth: int) -> str:
        """An expression that is a text without a slash, as names of resources are."""
        return f"replace({self.text(depth)}, '/', '-')"

    def number(self, depth: int) -> str:
        """An expression that is a number."""
        return self._of(
            depth,
            ("parameters('n')", "parameters('m')", "0", "1", "3"),
            lambda d: (
                f"{self.pick.choice(('add', 'sub', 'mul', 'div', 'mod'))}({self.number(d)}, {self.number(d)})"
            ),
            lambda d: f"length({self.pick.choice((self.text, self.array, self.object))(d)})",
            lambda d: f"if({self.truth(d)}, {self.number(d)}, {self.number(d)})",
            lambda d: f"indexOf({self.text(d)}, {self.text(0)})",
            lambda d: f"{self.pick.choice(('min', 'max'))}({self.number(d)}, {self.number(d)})",
            lambda d: f"int(string({self.number(d)}))",
            lambda d: (
                f"reduce(range(0, {self.number(d)}), {self.number(0)}, "
                "lambda('x', 'y', add(lambdaVariables('x'), lambdaVariables('y'))))"
            ),
        )

    def truth(self, depth: int) -> str:
        """An expression that is true or false."""
        return self._of(
            depth,
            ("parameters('b')", "parameters('c')", "true()", "false()"),
            lambda d: f"not({self.truth(d)})",
            lambda d: f"{self.pick.choice(('and', 'or'))}({self.truth(d)}, {self.truth(d)}, {self.truth(d)})",
            lambda d: f"equals({self.text(d)}, {self.text(d)})",
            lambda d: f"equals({self.any(d)}, {self.any(d)})",
            lambda d: f"{self.pick.choice(('less', 'greaterOrEquals'))}({self.number(d)}, {self.number(d)})",
            lambda d: f"empty({self.pick.choice((self.text, self.array, self.object))(d)})",
            lambda d: f"contains({self.text(d)}, {self.text(d)})",
            lambda d: f"contains({self.array(d)}, {self.text(d)})",
            lambda d: f"contains({self.object(d)}, {quote(self.pick.choice(_KEYS))})",
            lambda d: f"{self.pick.choice(('startsWith', 'endsWith'))}({self.text(d)}, {self.text(d)})",
            lambda d: f"equals(parameters('z'), {self.pick.choice(('null()', self.text(d)))})",
            lambda d: f"if({self.truth(d)}, {self.truth(d)}, {self.truth(d)})",
        )

    def array(self, depth: int) -> str:
        """An expression that is an array."""
        return self._of(
            depth,
            ("parameters('a')", "createArray()", "createArray('x', 'y')"),
            lambda d: f"createArray({self.any(d)}, {self.any(d)})",
            lambda d: f"concat({self.array(d)}, {self.array(d)})",
            lambda d: f"union({self.array(d)}, {self.array(d)})",
            lambda d: f"intersection({self.array(d)}, {self.array(d)})",
            lambda d: f"{self.pick.choice(('take', 'skip'))}({self.array(d)}, {self.number(d)})",
            lambda d: (
                f"map({self.array(d)}, lambda('i', concat(string(lambdaVariables('i')), {self.text(0)})))"
            ),
            lambda d: f"filter({self.array(d)}, lambda('i', equals(lambdaVariables('i'), {self.text(0)})))",
            lambda d: f"if({self.truth(d)}, {self.array(d)}, {self.array(d)})",
            lambda d: f"split({self.text(d)}, '/')",
            lambda d: f"items({self.object(d)})",
            lambda d: f"objectKeys({self.object(d)})",
            lambda d: f"range(0, {self.number(d)})",
            lambda d: f"array({self.any(d)})",
            lambda d: f"flatten(createArray({self.array(d)}, {self.array(d)}))",
            lambda d: f"distinct({self.array(d)})",
        )

    def object(self, depth: int) -> str:
        """An expression that is an object."""
        key = quote(self.pick.choice(_KEYS))
        return self._of(
            depth,
            ("parameters('o')", "createObject()", "createObject('k', 'v')"),
            lambda d: f"createObject({key}, {self.any(d)}, 'name', {self.any(d)})",
            lambda d: f"union({self.object(d)}, {self.object(d)})",
            lambda d: f"shallowMerge(createArray({self.object(d)}, {self.object(d)}))",
            lambda d: f"if({self.truth(d)}, {self.object(d)}, {self.object(d)})",
            lambda d: f"toObject({self.array(d)}, lambda('i', string(lambdaVariables('i'))))",
            lambda d: f"mapValues({self.object(d)}, lambda('v', createArray(lambdaVariables('v'))))",
            lambda d: f"createObject('inner', {self.object(d)}).inner",
        )


_TYPES = {"string": str, "int": int, "bool": bool, "array": list, "object": dict}


def contradiction(open_value: Any, known: Any) -> str:
    """What an open value says that is not so of the known one; empty when they agree.

    Some results stay open although all is known; such a one is not contradicted.
    """
    if isinstance(known, Symbol):
        return ""
    if isinstance(open_value, Symbol):
        return _symbol(open_value, known)
    if isinstance(open_value, dict) and isinstance(known, dict):
        # A key with an open part stands for one that nobody can look up.
        if any("{" in key for key in open_value):
            return ""
        if open_value.keys() != known.keys():
            return f"{open_value!r} has other keys than {known!r}"
        return "".join(contradiction(value, known[key]) for key, value in open_value.items())
    if isinstance(open_value, list) and isinstance(known, list):
        if len(open_value) != len(known):
            return f"{open_value!r} has another length than {known!r}"
        return "".join(contradiction(one, other) for one, other in zip(open_value, known, strict=True))
    if type(open_value) is type(known) and open_value == known:
        return ""
    return f"{open_value!r} is not {known!r}"


def _symbol(symbol: Symbol, known: Any) -> str:
    if known is None:
        return "" if symbol.nullable or symbol.choice is not None else f"{symbol!r} is null"
    wanted = _TYPES.get(symbol.kind)
    if wanted is not None and type(known) is not wanted:
        return f"{symbol!r} of kind {symbol.kind} is {known!r}"
    if symbol.parts and isinstance(known, str):
        pattern = "".join(re.escape(part) if isinstance(part, str) else ".*" for part in symbol.parts)
        if not re.fullmatch(pattern, known, re.DOTALL):
            return f"{symbol!r} with parts {symbol.parts!r} is {known!r}"
    if symbol.choice is not None:
        _, yes, no = symbol.choice
        one, other = contradiction(yes, known), contradiction(no, known)
        return f"neither side of {symbol!r}: {one} {other}" if one and other else ""
    return ""


def disagreement(seed: int) -> str:
    """Where the open evaluation of an expression contradicts the one with values; empty when nowhere."""
    pick = random.Random(seed)
    text = Maker(seed).any(pick.randint(2, 5))
    try:
        tree = parse(text)
    except Fault as fault:
        return f"does not parse: {fault.message}: {text}"
    if parse(show(tree)) != tree:
        return f"is printed as another one: {text}"
    told = values(seed)
    given: dict[str, Any] = {name: value for name, value in told.items() if pick.random() < 0.4}
    if "z" not in given:
        # What may be null and is not given is null; to be open, it has to be given as a symbol.
        given["z"] = Symbol("parameters('z')", kind="string")
    open_value, known = evaluated(text, given), evaluated(text, told)
    if isinstance(known, Fault):
        return ""
    if isinstance(open_value, Fault):
        return f"fails while open and not with values: {open_value.message}: {text} {told}"
    wrong = contradiction(open_value, known)
    return f"{wrong}: {text} {told}" if wrong else ""


def evaluated(text: str, given: dict[str, Any]) -> Any:
    """The value of an expression, or the fault that it ends in."""
    content = template(parameters=dict(DECLARED), outputs={"it": {"type": "object", "value": f"[{text}]"}})
    try:
        made = expand(json.dumps(content), parameters=given, scope=HERE)
    except TemplateError as error:
        return Fault(error.message, code=error.code)
    return Fault(made.gaps[0].why) if made.gaps else made.outputs["it"].value
