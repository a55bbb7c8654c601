"""Sources: each turns one kind of input into what the model reads; all given at once become one snapshot.

A source is a folder whose `__init__.py` has `recognises(given) -> bool` and `read(given, options) -> Reading`.
It is found by that, asked by content, and imported only here. Knows no kind of input itself.
"""

from __future__ import annotations

import functools
import importlib
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import Protocol, cast

from cloison.kinds import expand_nested
from cloison.model.errors import CloisonError
from cloison.model.snapshot import Gap, Resource, Snapshot
from cloison.sources._collector import collector_off
from cloison.sources._input import Input, load, paths_of
from cloison.sources._merge import merge
from cloison.sources._reading import Reading, ReadOptions
from cloison.sources._saving import document

__all__ = ["ReadOptions", "Reading", "Source", "document", "read", "rights"]

_RECOGNISES = re.compile(r"^def recognises\(", re.MULTILINE)
_CLAIMS = re.compile(r"^def claims\(", re.MULTILINE)


class Source(Protocol):
    """A folder below this one, as a module."""

    def recognises(self, given: Input) -> bool:
        """The content is of the kind this source reads. Decodes no more than the outline."""

    def read(self, given: Input, options: ReadOptions) -> Reading:
        """The resources. Raises CloisonError, with the place, for what cannot be read."""


class LiveSource(Protocol):
    """A folder below this one that reads something that is no file, as a module."""

    def claims(self, text: str) -> bool:
        """The argument's form is of the kind this source reads."""

    def gather(self, text: str, options: ReadOptions) -> Reading:
        """The resources. Raises CloisonError for what cannot be reached."""

    def rights(self) -> list[str]:
        """Every action of Azure that a reading can need."""


def read(sources: Sequence[str], options: ReadOptions | None = None) -> Snapshot:
    """One snapshot of all sources: files, folders of JSON files, `-` for standard input, what a live source claims.

    A planned resource stands over the live one of the same id. Raises CloisonError for what cannot be read, and
    for live resources of one id that contradict each other.
    """
    options = options or ReadOptions()
    with collector_off():
        found: list[Resource] = []
        gaps: list[Gap] = []
        inputs = list(sources)
        for source in sources:
            for reading in _readings(source, options):
                found.extend(reading.resources)
                gaps.extend(reading.gaps)
                inputs.extend(reading.inputs)
        return Snapshot(expand_nested(merge(found)), gaps, dict.fromkeys(inputs))


def rights() -> list[str]:
    """Every action of Azure that reading something live can need, in alphabetical order."""
    return sorted({right for one in _live_sources() for right in one.rights()}, key=str.lower)


def _readings(source: str, options: ReadOptions) -> Iterator[Reading]:
    live = next((one for one in _live_sources() if one.claims(source)), None)
    if live is not None:
        yield live.gather(source, options)
        return
    for path, given in _inputs(source):
        yield _reading(given, options, optional=path is not None)


def _inputs(source: str) -> Iterator[tuple[Path | None, Input]]:
    """The inputs of one argument; the path is given for files that were only found in a folder."""
    found = paths_of(source)
    if found is None:
        yield None, load(source)
        return
    for path in found:
        yield path, load(str(path))


def _reading(given: Input, options: ReadOptions, *, optional: bool) -> Reading:
    for source in _sources():
        if source.recognises(given):
            return source.read(given, options)
    if given.outline.broken is not None:
        raise given.outline.broken
    if optional:
        # Folders hold parameter files and settings of other tools too.
        if given.outline.is_parameters:
            return Reading(())
        gap = Gap(given.name, "it is neither an export nor a template", "name the files to read one by one")
        return Reading((), (gap,))
    if given.outline.is_parameters:
        raise CloisonError(
            "E105",
            f"{given.name} is a parameter file",
            help="name its template, and this file with --parameters",
            file=given.name,
        )
    raise CloisonError(
        "E105",
        f"{given.name} is JSON of a shape that no source reads",
        because=given.outline.described,
        help="give a snapshot, Resource Graph rows, what `az … show` or `az … list` prints, or an ARM template",
        file=given.name,
        line=1,
        column=1,
    )


@functools.cache
def _sources() -> tuple[Source, ...]:
    return tuple(cast(Source, one) for one in _modules(_RECOGNISES))


@functools.cache
def _live_sources() -> tuple[LiveSource, ...]:
    return tuple(cast(LiveSource, one) for one in _modules(_CLAIMS))


def _modules(head: re.Pattern[str]) -> Iterator[ModuleType]:
    """The folders whose first file has that function, in alphabetical order."""
    for folder in sorted(Path(__file__).parent.iterdir(), key=lambda one: one.name):
        first = folder / "__init__.py"
        if folder.is_dir() and first.is_file() and head.search(first.read_text(encoding="utf-8")):
            yield importlib.import_module(f"{__name__}.{folder.name}")
