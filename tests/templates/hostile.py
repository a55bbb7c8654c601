"""Templates that a stranger sends to cost much: each must end at once, in a result or a coded error."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from tests.templates.language import SCHEMA, resource, template


def _chain(count: int, step: str, start: Any, last: str = "[variables('v{0}')]") -> dict[str, Any]:
    """Variables that are each made from the one before, `{0}` in `step`, and a resource that uses the last."""
    variables = {"v0": start, **{f"v{at}": step.format(at - 1) for at in range(1, count)}}
    return template(resource("A.B/c", "d", properties={"x": last.format(count - 1)}), variables=variables)


def _open_chain(count: int, step: str, start: str) -> dict[str, Any]:
    """As `_chain`, from open parameters: a condition for each link."""
    parameters = {"p": {"type": "string"}, **{f"c{at}": {"type": "bool"} for at in range(count)}}
    variables = {
        "v0": start,
        **{f"v{at}": step.format(at - 1, f"parameters('c{at}')") for at in range(1, count)},
    }
    return template(
        resource("A.B/c", "d", properties={"x": f"[variables('v{count - 1}')]"}),
        variables=variables,
        parameters=parameters,
    )


def _function(body: str) -> dict[str, Any]:
    member = {"parameters": [{"name": "x", "type": "string"}], "output": {"type": "string", "value": body}}
    return template(
        resource("A.B/c", "d", properties={"x": "[n.f('a')]"}),
        functions=[{"namespace": "n", "members": {"f": member, "g": member}}],
    )


def _property(expression: str, **parts: Any) -> dict[str, Any]:
    return template(resource("A.B/c", "d", properties={"x": expression}), **parts)


def _loops(depth: int) -> Any:
    inner: Any = "x"
    for level in range(depth):
        inner = {"copy": [{"name": f"l{level}", "count": 800, "input": inner}]}
    return inner


def _deployment(depth: int) -> dict[str, Any]:
    inner = template(resource("A.B/c", "[concat('d', copyIndex())]", copy={"name": "c", "count": 800}))
    for level in range(depth):
        inner = template(
            resource(
                "Microsoft.Resources/deployments",
                f"[concat('n{level}-', copyIndex())]",
                copy={"name": f"n{level}", "count": 800},
                properties={
                    "mode": "Incremental",
                    "expressionEvaluationOptions": {"scope": "inner"},
                    "template": inner,
                },
            )
        )
    return inner


def _text(body: str) -> str:
    return f'{{"$schema": "{SCHEMA}", "contentVersion": "1.0.0.0", "resources": {body}}}'


HOSTILE: dict[str, Callable[[], dict[str, Any] | str]] = {
    "arrays that double": lambda: _chain(60, "[concat(variables('v{0}'), variables('v{0}'))]", [1, 2]),
    "texts that double": lambda: _chain(60, "[concat(variables('v{0}'), variables('v{0}'))]", "ab"),
    "shared arrays in a body": lambda: _chain(60, "[createArray(variables('v{0}'), variables('v{0}'))]", [1]),
    "shared arrays as text": lambda: _chain(
        60, "[createArray(variables('v{0}'), variables('v{0}'))]", [1], "[string(variables('v{0}'))]"
    ),
    "shared arrays in a format": lambda: _chain(
        60, "[createArray(variables('v{0}'), variables('v{0}'))]", [1], "[format('{{0}}', variables('v{0}'))]"
    ),
    "shared arrays compared": lambda: _chain(
        60, "[createArray(variables('v{0}'), variables('v{0}'))]", [1],
        "[equals(variables('v{0}'), createArray(variables('v{0}'), variables('v{0}')))]",
    ),
    "shared arrays in what is open": lambda: _chain(
        60, "[createArray(variables('v{0}'), variables('v{0}'))]", [1],
        "[concat(reference('/a/b').x, string(reference(concat('/a/b', length(variables('v{0}')))).y), "
        "join(createArray(createArray(variables('v{0}'), reference('/a/b'))), ','))]",
    ),
    "shared objects that merge": lambda: _chain(
        60, "[union(createObject('a', variables('v{0}')), createObject('b', variables('v{0}')))]", {"c": 1}
    ),
    "objects of arrays that are deep": lambda: _chain(
        900, "[createObject('k', variables('v{0}'))]", {"c": 1}, "[string(variables('v{0}'))]"
    ),
    "variables of variables": lambda: _chain(20_000, "[variables('v{0}')]", 1),
    "open choices": lambda: _open_chain(40, "[if({1}, variables('v{0}'), concat(variables('v{0}'), 'x'))]", "a"),
    "open choices of choices": lambda: _open_chain(
        40, "[if({1}, variables('v{0}'), if(not({1}), createArray(variables('v{0}')), 'z'))]", "a"
    ),
    "open choices added": lambda: _open_chain(
        40, "[concat(variables('v{0}'), if({1}, 'a', 'b'), variables('v{0}'))]", "[parameters('p')]"
    ),
    "open texts that double": lambda: _open_chain(
        60, "[concat(variables('v{0}'), '-', variables('v{0}'))]", "[parameters('p')]"
    ),
    "open arrays that double": lambda: _open_chain(
        60, "[createArray(variables('v{0}'), variables('v{0}'))]", "[parameters('p')]"
    ),
    "open texts in lower case": lambda: _open_chain(
        60, "[toLower(concat(variables('v{0}'), 'A', variables('v{0}')))]", "[parameters('p')]"
    ),
    "open segments": lambda: _open_chain(
        60, "[resourceId('A.B/c/d', variables('v{0}'), variables('v{0}'))]", "[parameters('p')]"
    ),
    "loops in loops": lambda: template(resource("A.B/c", "d", properties=_loops(4))),
    "resources in loops": lambda: template(
        *[
            resource("A.B/c", f"[concat('r{at}-', copyIndex())]", copy={"name": f"c{at}", "count": 800},
                     properties=_loops(1))
            for at in range(200)
        ]
    ),
    "too many copies": lambda: template(resource("A.B/c", "d", copy={"name": "c", "count": 10**9})),
    "maps in maps": lambda: _property(
        "[map(range(0, 10000), lambda('i', map(range(0, 10000), lambda('j', add(lambdaVariables('i'), 1)))))]"
    ),
    "a long sort": lambda: _property(
        "[sort(range(0, 10000), lambda('a', 'b', less(mod(mul(lambdaVariables('a'), 7919), 10007), "
        "mod(mul(lambdaVariables('b'), 7919), 10007))))]"
    ),
    "a long search": lambda: _property(
        "[map(range(0, 10000), lambda('i', contains(range(0, 10000), concat('x', lambdaVariables('i')))))]"
    ),
    "unions of unions": lambda: _property(
        "[reduce(range(0, 10000), createArray(), lambda('a', 'b', union(lambdaVariables('a'), "
        "createArray(lambdaVariables('b')))))]"
    ),
    "a reduce that grows": lambda: _property(
        "[reduce(range(0, 10000), createArray(), lambda('a', 'b', concat(lambdaVariables('a'), lambdaVariables('a'), "
        "createArray(lambdaVariables('b')))))]"
    ),
    "objects that grow": lambda: _property(
        "[reduce(range(0, 10000), createObject(), lambda('a', 'b', union(lambdaVariables('a'), "
        "createObject(string(lambdaVariables('b')), lambdaVariables('a')))))]"
    ),
    "a text that is replaced": lambda: _chain(12, "[replace(variables('v{0}'), 'a', 'aaaaaaaaaaaaaaaa')]", "aaaa"),
    "a text of base64": lambda: _chain(200, "[base64(variables('v{0}'))]", "a" * 1000),
    "a text of hex": lambda: _chain(40, "[uriComponent(variables('v{0}'))]", "%" * 1000),
    "hashes of long texts": lambda: template(
        variables={"v": "é" * 1000, "w": "[concat(" + ", ".join(["variables('v')"] * 1000) + ")]"},
        outputs={
            f"o{at}": {"type": "string", "value": f"[uniqueString(toUpper(variables('w')), '{at}')]"}
            for at in range(40)
        },
    ),
    "a wide pad": lambda: _property("[padLeft('a', 2147483647, 'b')]"),
    "a wide format": lambda: _property("[format('{0,2147483647}', 1)]"),
    "a precise format": lambda: _property("[format('{0:F999}', 1)]"),
    "many formats": lambda: _property("[format('" + "{0,99999}" * 2000 + "', 1)]"),
    "a long split": lambda: _chain(
        18, "[concat(variables('v{0}'), variables('v{0}'))]", ",,,,", "[length(split(variables('v{0}'), ','))]"
    ),
    "JSON in JSON": lambda: _chain(
        17, "[concat(variables('v{0}'), variables('v{0}'))]", "{},{},{},",
        "[length(json(concat('[', variables('v{0}'), '1]')))]",
    ),
    "deep JSON in a text": lambda: _property(
        "[json(variables('v'))]", variables={"v": " " + "[" * 20_000 + "]" * 20_000}
    ),
    "a function that calls itself": lambda: _function("[n.f(parameters('x'))]"),
    "functions that call each other twice": lambda: _function("[concat(n.g(parameters('x')), n.g(parameters('x')))]"),
    "functions that call each other until a text is long": lambda: _function(
        "[if(less(length(parameters('x')), 25), concat(n.g(concat(parameters('x'), 'a')), n.g(concat(parameters('x'), "
        "'a'))), 'z')]"
    ),
    "open values in a long map": lambda: _property(
        "[map(range(0, 10000), lambda('i', toUpper(toLower(trim(concat(parameters('p'), string(lambdaVariables('i')), "
        "toLower(parameters('p')), uniqueString(parameters('p')), base64(concat(parameters('p'), 'x'))))))))]",
        parameters={"p": {"type": "string"}},
    ),
    "a deep expression": lambda: _property("[" + "not(" * 4_000 + "true()" + ")" * 4_000 + "]"),
    "an expression at the limit of depth": lambda: _chain(
        300, "[" + "array(" * 90 + "variables('v{0}')" + ")" * 90 + "]", 1
    ),
    "a long expression": lambda: _property("[concat(" + "'a'," * 100_000 + "'a')]"),
    "many accessors": lambda: _property("[variables('v')" + ".a" * 12_000 + "]", variables={"v": {"a": 1}}),
    "deployments of deployments": lambda: _deployment(2),
    "a deployment of itself": lambda: template(
        resource(
            "Microsoft.Resources/deployments", "d",
            properties={"mode": "Incremental", "templateLink": {"relativePath": "itself.json"}},
        )
    ),
    "deep brackets": lambda: _text("[" * 100_000 + "]" * 100_000),
    "deep objects": lambda: _text(
        '[{"type": "A.B/c", "name": "d", "properties": ' + '{"a":' * 900 + "1" + "}" * 901 + "]"
    ),
    "many empty lists": lambda: _text("[" + "[]," * 1_000_000 + "[]]"),
    "many numbers": lambda: _text('[{"type": "A.B/c", "name": "d", "properties": [' + "1," * 1_500_000 + "1]}]"),
    "comments that never end": lambda: _text("[ " + "/*" * 1_500_000),
    "texts that never end": lambda: _text('[ "' + '\\"' * 1_500_000),
    "quotes and quotes": lambda: _text("[ " + '"' * 3_000_000),
    "commas and blanks": lambda: _text("[ " + (", " * 1_000_000)),
    "brackets that never close": lambda: _text("[{" * 400_000),
    "one value too many": lambda: _text("[]") + "}" * 1_000_000,
    "quotes in an expression": lambda: _property("['" + "''" * 12_000 + "]"),
    "dependencies without end": lambda: template(
        *[
            resource("A.B/c", f"r{at}", dependsOn=[f"r{other}" for other in range(at)])
            for at in range(700)
        ]
    ),
    "a circle of many": lambda: template(
        *[resource("A.B/c", f"r{at}", dependsOn=[f"r{(at + 1) % 5_000}"]) for at in range(5_000)]
    ),
    "references in a row": lambda: template(
        resource("A.B/c", "r0", properties={"x": 1}),
        *[
            resource("A.B/c", f"r{at}", properties={"x": f"[reference('r{at - 1}').x]"})
            for at in range(1, 3_000)
        ],
    ),
    "types of types": lambda: template(
        parameters={"p": {"$ref": "#/definitions/t", "defaultValue": {"a": {"a": {"a": {}}}}}},
        definitions={"t": {"type": "object", "properties": {"a": {"$ref": "#/definitions/t", "nullable": True}}}},
        languageVersion="2.0",
    ),
    "a type that is itself": lambda: template(
        parameters={"p": {"$ref": "#/definitions/t", "defaultValue": 1}},
        definitions={"t": {"$ref": "#/definitions/t"}},
        languageVersion="2.0",
    ),
    "names of many parts": lambda: template(resource("A.B" + "/c" * 50_000, "x/" * 49_999 + "x")),
}  # fmt: skip
"""What it is -> a template, as an object or as text."""


def text_of(name: str) -> str:
    """The text of one of them."""
    made = HOSTILE[name]()
    return made if isinstance(made, str) else json.dumps(made)
