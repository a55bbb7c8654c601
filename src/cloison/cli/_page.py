"""Pages: Markdown of our own, for a terminal. Headings stand at the left edge as in the reports; rich centres them."""

from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING, ClassVar

from rich.console import Console
from rich.markdown import Heading, Markdown, MarkdownElement

if TYPE_CHECKING:
    from rich.console import ConsoleOptions, RenderResult

    from cloison.reports import View


class _Left(Heading):
    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        self.text.justify = "left"
        yield self.text


class _Page(Markdown):
    elements: ClassVar[dict[str, type[MarkdownElement]]] = {**Markdown.elements, "heading_open": _Left}


def rendered(markdown: str, view: View) -> str:
    """The page in lines of that width, ending in a line break."""
    console = Console(
        file=StringIO(),
        width=view.width,
        force_terminal=view.color,
        no_color=not view.color,
        color_system="standard" if view.color else None,
        legacy_windows=False,
    )
    console.print(_Page(markdown, code_theme="ansi_light", hyperlinks=False))
    assert isinstance(console.file, StringIO)
    lines = console.file.getvalue().splitlines()
    return "\n".join(line.rstrip() for line in lines).strip("\n") + "\n"
