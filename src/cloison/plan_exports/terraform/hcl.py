"""HCL: values and blocks as `terraform fmt` lays them out. Knows nothing of plans.

Source: HashiCorp, "Configuration Syntax" and "Style Conventions" of the Terraform language, checked 2026-11-24.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from cloison.plan_exports.steps import comments

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_OWN = {"true", "false", "null", "for"}
"""Words that mean something else where a key stands."""
_ESCAPES = {"\n": "\\n", "\r": "\\r", "\t": "\\t", '"': '\\"', "\\": "\\\\"}


class Raw(NamedTuple):
    """An expression that stands as it is."""

    text: str


class Block(NamedTuple):
    """A block: its type with its labels, and what it holds in order."""

    head: str
    attributes: Mapping[str, object]
    blocks: tuple[Block, ...] = ()
    notes: tuple[str, ...] = ()
    """Comments before it."""


def quoted(text: str) -> str:
    """A string in which nothing is a template."""
    plain = "".join(_ESCAPES.get(c) or (c if c.isprintable() else _code(c)) for c in text)
    return '"' + plain.replace("${", "$${").replace("%{", "%%{") + '"'


def _code(character: str) -> str:
    point = ord(character)
    return f"\\u{point:04x}" if point < 0x10000 else f"\\U{point:08x}"


def written(blocks: Iterable[Block]) -> str:
    """A file of blocks."""
    return "\n\n".join("\n".join(_block(one, "")) for one in blocks) + "\n"


def _block(block: Block, indent: str) -> Iterator[str]:
    yield from (f"{indent}{line}" for line in comments(block.notes, "#"))
    if not block.attributes and not block.blocks:
        yield f"{indent}{block.head} {{}}"
        return
    yield f"{indent}{block.head} {{"
    yield from _pairs(block.attributes, f"{indent}  ")
    for place, inner in enumerate(block.blocks):
        if place or block.attributes:
            yield ""
        yield from _block(inner, f"{indent}  ")
    yield f"{indent}}}"


def _pairs(pairs: Mapping[str, object], indent: str) -> Iterator[str]:
    """Names and values; the equals signs of neighbours that take one line each stand below each other."""
    group: list[tuple[str, str]] = []
    for name, value in pairs.items():
        lines = _value(value, indent)
        if len(lines) == 1:
            group.append((name, lines[0]))
            continue
        yield from _aligned(group, indent)
        group = []
        yield f"{indent}{name} = {lines[0]}"
        yield from lines[1:]
    yield from _aligned(group, indent)


def _aligned(group: list[tuple[str, str]], indent: str) -> Iterator[str]:
    width = max((len(name) for name, _ in group), default=0)
    return (f"{indent}{name:{width}} = {value}" for name, value in group)


def _value(value: object, indent: str) -> list[str]:
    """The lines of a value; the first stands behind the equals sign."""
    inner = f"{indent}  "
    if isinstance(value, Raw):
        return [value.text]
    if isinstance(value, Mapping) and value:
        return ["{", *_pairs({_key(str(key)): one for key, one in value.items()}, inner), f"{indent}}}"]
    if isinstance(value, list | tuple) and value:
        made = ["["]
        for one in value:
            lines = _value(one, inner)
            made += [f"{inner}{lines[0]}", *lines[1:]]
            made[-1] += ","
        return [*made, f"{indent}]"]
    return [_scalar(value)]


def _scalar(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, Mapping):
        return "{}"
    return "[]" if isinstance(value, list | tuple) else str(value)


def _key(name: str) -> str:
    return name if _NAME.fullmatch(name) and name not in _OWN else quoted(name)
