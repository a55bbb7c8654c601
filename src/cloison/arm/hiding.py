"""Hiding: what a message of somebody else must not carry on, known by its form.

Errors of Azure, proxies and libraries may repeat what they were given: a token, a signed address, a connection string.
Cloison's own texts hold none of these. Names of people and resources stay, for a message has to say what it is about.
"""

from __future__ import annotations

import re

HIDDEN = "…"

_TOKEN = re.compile(r"\beyJ[\w-]{8,}(?:\.[\w-]*){0,4}")
"""A JSON web token: its header begins with `{"`. Source: RFC 7515, section 3.3; checked 2026-11-25."""
_BEARER = re.compile(
    r"\b(bearer|basic|sharedkey(?:lite)?|sharedaccesssignature)\s+[^\s\"',;]+", re.IGNORECASE
)
_USER = re.compile(r"(?<=//)[^\s/]*[^\s]*@(?=[^\s@]*)")
"""Who signs in at an address, with the password. It may hold any sign but a space; the last @ ends it."""
_NAMED = re.compile(
    r"((?:[a-z]*(?:key|password|passwd|pwd|secret|token|signature|credential)|\bsig|\bcode)(?:\s*=\s*|[\"']\s*:\s*)[\"']?)"
    r"(?!\s)[^\s\"'&;,<>]{4,}",
    re.IGNORECASE,
)
"""A value whose name says that it is secret, as addresses, connection strings and JSON write it."""


def hidden(text: str) -> str:
    """The text without what has the form of a secret."""
    if ":" not in text and "=" not in text and "eyJ" not in text and " " not in text:
        return text
    text = _TOKEN.sub(HIDDEN, text)
    text = _BEARER.sub(lambda found: f"{found[1]} {HIDDEN}", text)
    text = _USER.sub(f"{HIDDEN}@", text)
    return _NAMED.sub(lambda found: f"{found[1]}{HIDDEN}", text)
