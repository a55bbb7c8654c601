"""The write gate: the only way a request that changes something leaves this program.

A client without a gate reads. With one, exactly the requests that the gate was made from pass, each compared as a
whole: method, path, query and body. What hands out secrets passes never.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from cloison.arm.errors import NotAllowed
from cloison.arm.ids import ResourceId

SECRETS = re.compile(
    r"/(list\w*(key|secret|credential|sas|connectionstring|token)\w*|(re)?generate(key|credential)\w*|regenerate\w*"
    r"|accessprofiles/\w+/listcredential)\Z",
    re.IGNORECASE,
)
"""Actions that answer with secrets or make new ones; none of them is ever needed.
Sources: REST references of Microsoft.Storage, .ContainerRegistry, .ContainerService, .MachineLearningServices;
checked 2026-11-24."""

READING_POSTS = re.compile(
    r"(/providers/microsoft\.resourcegraph/resources"
    r"|/networkinterfaces/[^/]+/(effectiveroutetable|effectivenetworksecuritygroups)"
    r"|/networkwatchers/[^/]+/ipflowverify"
    r"|/checknameavailability)\Z",
    re.IGNORECASE,
)
"""POSTs that change nothing."""


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """One request as it would leave: what a gate compares."""

    method: str
    id: ResourceId
    """The resource; for POST the resource acted on."""
    action: str = ""
    api_version: str
    body: Mapping[str, Any] | None = None
    query: Mapping[str, str] = {}
    """Further parameters of the query, as the service spells them: `underlyingResourceAction`."""

    @property
    def path(self) -> str:
        """The path it goes to."""
        return f"{self.id.text}/{self.action}" if self.action else self.id.text

    @property
    def digest(self) -> str:
        """SHA-256 of the whole; ids and the method without regard to case, the body in canonical JSON."""
        told: list[Any] = [self.method.upper(), self.path.lower(), self.api_version, self.body]
        if self.query:
            told.append(dict(self.query))
        return hashlib.sha256(msgspec.json.encode(told, order="deterministic")).hexdigest()


class Gate:
    """Lets pass the requests it was made from, and nothing else."""

    def __init__(self, requests: Iterable[Sent]) -> None:
        self._allowed = frozenset(one.digest for one in requests)

    def check(self, request: Sent) -> None:
        """Raises NotAllowed for a request that is not one of those it was made from."""
        refuse_secrets(request.path)
        if request.digest not in self._allowed:
            raise NotAllowed(
                f"{request.method} {request.path} is not a request of the plan; nothing was sent"
            )


def refuse_secrets(path: str) -> None:
    """Raises NotAllowed for an action that answers with secrets, whoever asks."""
    if SECRETS.search(path.partition("?")[0].rstrip("/")):
        raise NotAllowed(f"{path.partition('?')[0]} answers with secrets; nothing was sent")


def reads_only(path: str) -> bool:
    """A POST to this path changes nothing."""
    return READING_POSTS.search(path.partition("?")[0].rstrip("/")) is not None
