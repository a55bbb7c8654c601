"""Resource ids: parsed once, compared without regard to case, printed as they were given.

Azure answers the same id in different cases (`resourcegroups`, `MICROSOFT.NETWORK`), so an id *is*
its lower-case text and remembers the original for people and for requests.
Source: ARM naming rules, "resource ids are case-insensitive"; seen in recorded answers of AKS and
Azure Monitor private link scopes (2021-2022), checked 2026-01-05.
"""

from __future__ import annotations

from typing import Self


class NotAnId(ValueError):
    """The text is not an ARM resource id; the message says what is missing."""


class ResourceId(str):
    """An ARM id as its lower-case text; `text` keeps the case it was given in.

    Equal ids are equal strings, so an id is a cheap dictionary key. Parts that a template leaves open
    stand in braces (`/subscriptions/{subscription}/…`) and compare like any other text.
    """

    __slots__ = ("text",)
    text: str

    def __new__(cls, text: str) -> Self:
        """The id of `text`, which must start with a slash or be empty (a tenant). Raises NotAnId."""
        stripped = text.strip().rstrip("/")
        if stripped and not stripped.startswith("/"):
            raise NotAnId(
                f"{text!r} is not a resource id: it does not start with '/subscriptions/' or '/providers/'"
            )
        made = super().__new__(cls, stripped.lower())
        made.text = stripped
        return made

    @classmethod
    def parse(cls, text: object) -> ResourceId:
        """The id of a whole resource. Raises NotAnId unless every type has its name."""
        return cls.typed(text)[0]

    @classmethod
    def typed(cls, text: object) -> tuple[ResourceId, str]:
        """The id of a whole resource, and its type: both from one look. Raises NotAnId as `parse` does."""
        if not isinstance(text, str):
            raise NotAnId(f"{text!r} is not a resource id: it is no text")
        made = cls(text)
        _, separator, tail = made.rpartition("/providers/")
        if not separator:
            if not made.startswith("/subscriptions/"):
                raise NotAnId(f"{text!r} is not a resource id: it has neither a subscription nor a provider")
            return made, made.type
        parts = tail.split("/")
        if len(parts) < 3 or len(parts) % 2 == 0 or not all(parts):
            raise NotAnId(
                f"{text!r} is not a resource id: after 'providers' come a namespace, then pairs of type and name"
            )
        return made, "/".join([parts[0], *parts[1::2]])

    @property
    def type(self) -> str:
        """Full type in lower case, `microsoft.network/virtualnetworks/subnets`; '' for a scope without provider."""
        _, separator, tail = self.rpartition("/providers/")
        if not separator:
            return {4: "microsoft.resources/resourcegroups", 2: "microsoft.resources/subscriptions"}.get(
                self.count("/"), ""
            )
        parts = tail.split("/")
        return "/".join([parts[0], *parts[1::2]])

    @property
    def name(self) -> str:
        """Last segment, as given."""
        return self.text.rpartition("/")[2]

    @property
    def parent(self) -> ResourceId:
        """The id two segments up: a subnet's network, an extension's cluster, a top resource's group."""
        head, _, _ = self.text.rpartition("/")
        head, _, _ = head.rpartition("/")
        before, separator, tail = head.rpartition("/providers/")
        if separator and "/" not in tail:
            return ResourceId(before)
        return ResourceId(head)

    @property
    def subscription(self) -> str:
        """Subscription GUID in lower case, or ''."""
        return self._after("/subscriptions/")

    @property
    def resource_group(self) -> str:
        """Resource group name in lower case, or ''."""
        return self._after("/resourcegroups/")

    def child(self, *segments: str) -> ResourceId:
        """The id below this one: `vnet.child("subnets", "aks")`."""
        return ResourceId("/".join([self.text, *segments]))

    def _after(self, marker: str) -> str:
        _, separator, tail = self.partition(marker)
        return tail.partition("/")[0] if separator else ""
