"""Pages: what each requirement's README.md says, for those who ask and for reports that bring help along."""

from __future__ import annotations

import functools

from cloison.requirements import HERE, ids


@functools.cache
def page(id: str) -> str | None:
    """The Markdown text of a requirement's page, its id in any case; None for a requirement that has no page."""
    folder = ids().get(id.upper())
    file = HERE / folder / "README.md" if folder is not None else None
    return file.read_text(encoding="utf-8") if file is not None and file.is_file() else None
