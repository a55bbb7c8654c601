r"""Escaping: what a stranger's name may not do to the terminal, the viewer or the parser that shows it.

Control characters move cursors and change colours, bidirectional ones make a line read as another, invisible ones
hide in names, and some may not stand in XML at all. Each is written as its code, `\u202e`, so that people see it.
"""

from __future__ import annotations

import msgspec


def safe(text: str) -> str:
    """The text on one line, with every character that does not print written as its code."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def safe_json(value: object) -> str:
    """A value as indented JSON, with every character that does not print written as JSON escapes it."""
    try:
        encoded = msgspec.json.encode(value)
    except UnicodeEncodeError:
        # A file's name that is no text in the encoding of the system: Python holds its bytes as halves of characters.
        encoded = msgspec.json.encode(_texts(msgspec.to_builtins(value)))
    text = msgspec.json.format(encoded, indent=2).decode()
    if text.replace("\n", "").isprintable():
        return text
    return "".join(c if c.isprintable() or c == "\n" else _json_escape(c) for c in text)


def _texts(value: object) -> object:
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, dict):
        return {_texts(key): _texts(one) for key, one in value.items()}
    return [_texts(one) for one in value] if isinstance(value, list | tuple) else value


def _json_escape(character: str) -> str:
    units = character.encode("utf-16-be")
    return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))
