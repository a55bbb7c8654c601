"""How much a template may cost, so that a stranger's file ends in a coded error and not in a full machine.

ARM's own limits are 4 MB of template, 256 parameters, 24,576 characters in an expression and 800 copies
(Microsoft Learn, "Azure subscription and service limits", template limits; checked 2026-01-05). Ours leave
room above the first, and bound work, which ARM bounds by time.
"""

from __future__ import annotations

import msgspec

from cloison.sources.arm_template.errors import TOO_MUCH, Fault

_BIG_TEXT = 512
_BIG_LIST = 64
_RECORD = 32
"""What a resource costs, in values: its ids, its context, its place in the indexes."""


class Limits(msgspec.Struct, frozen=True):
    """What one expansion may use. The defaults hold the worst input under 2 s and 512 MiB."""

    source_bytes: int = 4 * 1024 * 1024
    """Template text; what ARM takes. The largest public template we know has 2.8 MB."""
    expression_chars: int = 24_576
    """ARM's limit for one expression."""
    expression_depth: int = 100
    """Calls inside each other in one expression."""
    copies: int = 800
    """ARM's limit for one copy loop."""
    steps: int = 300_000
    """Function calls, with large arguments counted by their size; the largest public template takes about 10,000."""
    nodes: int = 600_000
    """JSON values in the result, a resource counting 32 beside its values; the largest public template has 28,000."""
    resources: int = 800
    """ARM's limit for the resources of one template, turns of copy loops included."""
    text_chars: int = 1024 * 1024
    """Characters of one string."""
    deployments: int = 2_000
    """Nested deployments expanded."""


class Budget:
    """What is left of the limits during one expansion."""

    __slots__ = ("deployments", "limits", "nodes", "steps")

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.steps = limits.steps
        self.nodes = limits.nodes
        self.deployments = limits.deployments

    def step(self, cost: int = 1) -> None:
        """Count work. Raises Fault when none is left."""
        self.steps -= cost
        if self.steps < 0:
            raise Fault(
                f"the template needs more than {self.limits.steps:,} evaluation steps",
                code=TOO_MUCH,
                hint="cut the copy loops or the nesting of its variables, or raise the limit `steps`",
            )

    def node(self, count: int = 1) -> None:
        """Count JSON values of the result. Raises Fault when there are too many."""
        self.nodes -= count
        if self.nodes < 0:
            raise Fault(
                f"the expanded template has more than {self.limits.nodes:,} values",
                code=TOO_MUCH,
                hint="cut its copy loops, or raise the limit `nodes`",
            )

    def resource(self, number: int) -> None:
        """Count the resource of that number in its template. Raises Fault when there are too many."""
        if number > self.limits.resources:
            raise Fault(
                f"the number of template resources limit exceeded: the limit is {self.limits.resources}",
                hint="split the template into nested deployments",
            )
        self.node(_RECORD)

    def weigh(self, value: object) -> None:
        """Count the work that a large text or container costs whoever reads or makes it."""
        if isinstance(value, str):
            if len(value) > _BIG_TEXT:
                self.text(len(value))
        elif isinstance(value, (list, dict)) and len(value) > _BIG_LIST:
            self.step(len(value) >> 3)

    def text(self, chars: int) -> None:
        """Count a string of that many characters, before it is made where it is large."""
        if chars > self.limits.text_chars:
            raise Fault(
                f"an expression makes a string of more than {self.limits.text_chars:,} characters",
                code=TOO_MUCH,
            )
        self.step(chars >> 6)

    def deployment(self) -> None:
        """Count one nested deployment. Raises Fault when there are too many."""
        self.deployments -= 1
        if self.deployments < 0:
            raise Fault(
                f"the template nests more than {self.limits.deployments:,} deployments", code=TOO_MUCH
            )
