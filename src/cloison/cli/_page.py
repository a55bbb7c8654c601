"""Pages: Markdown of our own, for a terminal. Looks like the reports: headings at the left edge, few colours."""

from __future__ import annotations

import re
from io import StringIO
from typing import TYPE_CHECKING, ClassVar

from rich.console import Console
from rich.markdown import CodeBlock, Heading, Markdown, MarkdownElement
from rich.padding import Padding
from rich.theme import Theme

if TYPE_CHECKING:
    from rich.console import ConsoleOptions, RenderResult

    from cloison.reports import View

THEME = Theme(
    {
        "markdown.h1": "bold",
        "markdown.h2": "bold",
        "markdown.h3": "bold",
        "markdown.code": "cyan",
        "markdown.code_block": "cyan",
        "markdown.item.bullet": "dim",
        "markdown.item.number": "dim",
    }
)


class _Left(Heading):
    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        self.text.justify = "left"
        yield self.text


class _Indented(CodeBlock):
    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        self.text.rstrip()
        yield Padding(self.text, (0, 0, 0, 4))


class _Page(Markdown):
    elements: ClassVar[dict[str, type[MarkdownElement]]] = {
        **Markdown.elements,
        "heading_open": _Left,
        "fence": _Indented,
        "code_block": _Indented,
    }


def rendered(markdown: str, view: View) -> str:
    """The page in lines of that width, ending in a line break."""
    console = Console(
        file=StringIO(),
        width=view.width,
        force_terminal=view.color,
        no_color=not view.color,
        color_system="standard" if view.color else None,
        legacy_windows=False,
        theme=THEME,
    )
    console.print(_Page(markdown, hyperlinks=False))
    assert isinstance(console.file, StringIO)
    lines = (line.rstrip() for line in console.file.getvalue().splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n") + "\n"
