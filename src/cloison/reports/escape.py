r"""Escaping: what a stranger's name may not do to the terminal, the viewer or the parser that shows it.

Control characters move cursors and change colours, bidirectional ones make a line read as another, invisible ones
hide in names, and some may not stand in XML at all. Each is written as its code, `\u202e`, so that people see it.
"""

from __future__ import annotations


def safe(text: str) -> str:
    """The text on one line, with every character that does not print written as its code."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def safe_json(encoded: str) -> str:
    """The same JSON value, its characters that do not print written as JSON escapes; line breaks stay.

    encoded: JSON, in which such characters stand in strings only.
    """
    if encoded.replace("\n", "").isprintable():
        return encoded
    return "".join(c if c.isprintable() or c == "\n" else _json_escape(c) for c in encoded)


def _json_escape(character: str) -> str:
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))
