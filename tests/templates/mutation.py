"""Templates and expressions that are nearly right: made from sound ones by small, random damage, one seed each."""

from __future__ import annotations

import json
import random
from typing import Any

from tests.templates.language import resource, template
from tests.templates.programs import DECLARED, Maker

_PIECES = (
    "'", "''", "(", ")", "[", "]", ",", ".", "?", ".?", "[?", "[[", "{", "}", "\\", "/", "/*", "//", "\n", " ", "0",
    "-1", "99999999999999999999", "1e309", "é", "\u2028", "\ud83d\ude00", "$", "null()", "copyIndex()", "n.f(1)",
    "parameters('s')", "variables('v')", "reference('x')", "lambda('i', lambdaVariables('i'))", "fail('x')",
    "newGuid()",
)  # fmt: skip
_ODD: tuple[Any, ...] = (
    None, True, False, 0, -1, 10**25, 1.5, "", "[", "[]", "[[x]", "[parameters('nobody')]", "[copyIndex()]", [], {},
    [[]], [None], {"": None}, {"copy": []}, {"copy": [{"name": "x", "count": 2, "input": "[copyIndex('x')]"}]},
    {"value": 1}, "[reference('store').x]", "[variables('v')]", "[json('null')]", "x" * 5000,
    {"$ref": "#/definitions/t"},
)  # fmt: skip


def expression(seed: int) -> str:
    """A sound expression with one to four damages to its text."""
    pick = random.Random(seed)
    text = Maker(seed).any(pick.randint(1, 4))
    for _ in range(pick.randint(0, 4)):
        text = _damaged(pick, text)
    return f"[{text}]"


def _damaged(pick: random.Random, text: str) -> str:
    at = pick.randint(0, len(text))
    until = min(len(text), at + pick.choice((0, 1, 1, 2, 5, 20)))
    kind = pick.randint(0, 3)
    if kind == 0:
        return text[:at] + text[until:]
    if kind == 1:
        return text[:at] + pick.choice(_PIECES) + text[until:]
    if kind == 2:
        return text[:at] + text[at:until] * 2 + text[until:]
    other = pick.randint(0, len(text))
    return text[:at] + text[other : other + 10] + text[at:]


def sound(seed: int) -> dict[str, Any]:
    """A template that uses most of the language, filled with expressions of a seed."""
    made = Maker(seed)
    return template(
        resource(
            "Microsoft.Storage/storageAccounts", f"[{made.text(2)}]",
            condition=f"[{made.truth(2)}]", location="[resourceGroup().location]",
            properties={"x": f"[{made.any(3)}]", "y": ["[variables('v')]", {"z": f"[{made.object(2)}]"}]},
            resources=[{"type": "blobServices", "apiVersion": "1", "name": "default", "dependsOn": ["store"]}],
        ),
        resource(
            "A.B/c", "[concat('c', copyIndex())]",
            copy={"name": "loop", "count": f"[{made.number(1)}]", "mode": "serial", "batchSize": 1},
            properties={"copy": [{"name": "p", "count": 2, "input": {"n": "[add(copyIndex('p'), copyIndex())]"}}]},
        ),
        resource(
            "Microsoft.Resources/deployments", "inner", resourceGroup="other",
            properties={
                "mode": "Incremental",
                "expressionEvaluationOptions": {"scope": made.pick.choice(("inner", "outer"))},
                "parameters": {"s": {"value": f"[{made.text(2)}]"}},
                "template": template(
                    resource("A.B/c", "[parameters('s')]", properties={"v": "[parameters('s')]"}),
                    parameters={"s": {"type": "string", "defaultValue": "d"}},
                    outputs={"o": {"type": "string", "value": "[parameters('s')]"}},
                ),
            },
        ),
        resource(
            "A.B/c", "last", properties={"o": "[reference('inner').outputs.o.value]"}, dependsOn=["loop", "inner"]
        ),
        parameters={**DECLARED, "s": {"type": "string", "defaultValue": "store"}},
        variables={"v": f"[{made.any(2)}]", "copy": [{"name": "w", "count": 3, "input": "[copyIndex('w')]"}]},
        functions=[{"namespace": "n", "members": {"f": {
            "parameters": [{"name": "x", "type": "int"}],
            "output": {"type": "int", "value": "[add(parameters('x'), 1)]"}}}}],
        outputs={"o": {"type": "object", "value": f"[{made.any(2)}]"}, "n": {"type": "int", "value": "[n.f(1)]"}},
    )  # fmt: skip


def damaged(seed: int, base: Any = None) -> str:
    """The text of a template with one to five damages: to its values, to its names, to its text."""
    pick = random.Random(seed)
    content = json.loads(json.dumps(sound(seed) if base is None else base))
    for _ in range(pick.randint(1, 3)):
        _damage_value(pick, content, seed)
    text = json.dumps(content)
    if pick.random() < 0.4:
        for _ in range(pick.randint(1, 2)):
            text = _damaged(pick, text)
    return text


def _damage_value(pick: random.Random, content: Any, seed: int) -> None:
    """Change one value somewhere in the content, in place."""
    holder = content
    for _ in range(pick.randint(0, 9)):
        members = list(holder.values() if isinstance(holder, dict) else holder)
        inner = [member for member in members if isinstance(member, (dict, list)) and member]
        if not inner:
            break
        holder = pick.choice(inner)
    if isinstance(holder, list):
        at = pick.randrange(len(holder)) if holder else 0
        holder[at : at + 1] = [] if pick.random() < 0.3 else [_new(pick, seed)]
        return
    key = pick.choice(list(holder)) if holder else "x"
    kind = pick.randint(0, 4)
    if kind == 0:
        holder.pop(key, None)
    elif kind == 1:
        holder[pick.choice((key.upper(), key + "x", "copy", "[x]", "resources", "properties"))] = holder.pop(
            key, None
        )
    else:
        holder[key] = _new(pick, seed)


def _new(pick: random.Random, seed: int) -> Any:
    if pick.random() < 0.5:
        return expression(seed * 31 + pick.randint(0, 1000))
    return json.loads(json.dumps(pick.choice(_ODD)))
