"""What can be wrong with a template, as Azure Resource Manager would say it, and where.

TemplateError is the only exception that leaves this package. Inside, a fault collects its path on the way
up, so that nothing is paid for positions while all is well.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from cloison.sources.arm_template.text import Source

Steps: TypeAlias = tuple[str | int, ...]
"""The way from the top of a file to one of its values: names and indexes."""

INVALID: Final = "InvalidTemplate"
"""ARM's code for a template, or for a parameter value, that is wrong. Source: recorded answers of 2020-04."""
MALFORMED: Final = "InvalidRequestContent"
"""ARM's code for a body that is not JSON."""
TOO_MUCH: Final = "LimitExceeded"
"""Ours: a template that asks for more work, text or depth than a check may cost."""
OUTPUT: Final = "DeploymentOutputEvaluationFailed"
"""ARM's code for a deployment whose resources are made and whose output cannot be evaluated."""
FAILED: Final = "DeploymentFailed"
"""The template called `fail()` on itself."""


class TemplateError(Exception):
    """A template that cannot be expanded: a code, one sentence, the place in its source, what to do.

    line, column: 1-based, of the JSON value that is at fault; 0 where the fault has no place.
    file: name of the template, or of the linked template below it.
    """

    def __init__(
        self,
        code: str,
        message: str,
        line: int = 0,
        column: int = 0,
        hint: str = "",
        *,
        file: str = "template",
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.line = line
        self.column = column
        self.hint = hint
        self.file = file

    def __str__(self) -> str:
        return f"error[{self.code}]: {self.file}:{self.line}:{self.column}: {self.message}"


class Fault(Exception):
    """A fault on its way to the top; each JSON value it leaves adds a step to `path`, innermost first."""

    def __init__(self, message: str, *, code: str = INVALID, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.hint = hint
        self.path: list[str | int] = []
        self.anchor: tuple[Source, Steps] | None = None

    def within(self, step: str | int) -> Fault:
        """This fault, seen from the value that holds it; one that has its anchor keeps it."""
        if self.anchor is None:
            self.path.append(step)
        return self

    def anchored(self, source: Source, base: Steps) -> Fault:
        """This fault, with the file and the path of the value its own path starts from."""
        if self.anchor is None:
            self.anchor = (source, (*base, *reversed(self.path)))
        return self
