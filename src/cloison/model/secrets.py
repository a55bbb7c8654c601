"""Secrets are dropped while reading, not masked afterwards: what was never kept cannot be shown.

A value is known as secret by its name alone. Network settings have none of these names.
"""

from __future__ import annotations

import functools
import re
from typing import TypeVar, cast

T = TypeVar("T")
NAMES = re.compile(
    r"(password|passwd|secret|secrets|sharedkey|accountkey|accesskey|primarykey|secondarykey|connectionstring\w*"
    r"|instrumentationkey|sastoken|sasurl|kubeconfigs?|certificatedata|privatekey|token|adminpassword"
    r"|configurationprotectedsettings|protectedsettings|aadprofilesecret|authorizationkey|storagekey|radiusserversecret)",
    re.IGNORECASE,
)
"""Names of properties whose values are secrets, whole.
Sources: REST references of the types read, properties marked `x-ms-secret`; checked 2026-11-24."""


@functools.lru_cache(maxsize=4096)
def is_secret(name: str) -> bool:
    """A member of that name holds a secret."""
    return NAMES.fullmatch(name) is not None


def without_secrets(value: T) -> T:
    """A copy without the members whose names say that they are secret."""
    return cast(T, _kept(value))


def _kept(value: object) -> object:
    if isinstance(value, dict):
        return {
            name: _kept(inner) if isinstance(inner, dict | list) else inner
            for name, inner in value.items()
            if not is_secret(name)
        }
    if isinstance(value, list):
        return [_kept(inner) for inner in value]
    return value
