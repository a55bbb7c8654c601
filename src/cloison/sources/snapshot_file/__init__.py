"""Snapshot files: our own document, and what Azure's own commands print of live resources.

Resource Graph answers (rows, or a table), lists and single answers of ARM, and the printing of `az … list` and
`az … show`, as one JSON document or as JSON lines. Knows no resource type.
"""

from __future__ import annotations

import msgspec

from cloison.model.errors import CloisonError
from cloison.model.snapshot import Gap
from cloison.sources._input import Input, Members, Shape, has
from cloison.sources._reading import Reading, ReadOptions
from cloison.sources.snapshot_file.rows import Rows

VERSION = "snapshot/1"


def recognises(given: Input) -> bool:
    """A document of ours, an answer with rows, a list, JSON lines, or an object with an id."""
    outline = given.outline
    members = outline.members
    if outline.shape in (Shape.ARRAY, Shape.LINES) or has(members.cloison):
        return True
    if "deploymenttemplate" in outline.schema or has(members.content_version):
        return False
    answers = (
        members.data,
        members.value,
        members.rows,
        members.id,
        members.capital_id,
        members.capital_resource_id,
    )
    return outline.shape is Shape.OBJECT and any(has(member) for member in answers)


def read(given: Input, options: ReadOptions) -> Reading:
    """The resources of the document, and gaps for pages that are not in it."""
    members = given.outline.members
    try:
        if has(members.cloison):
            return _ours(given, members)
        rows = _rows(given, members)
    except (RecursionError, UnicodeDecodeError) as problem:
        raise given.fail(problem) from problem
    return Reading(rows.resources, (*rows.gaps, *_more(given, members)))


def _rows(given: Input, members: Members) -> Rows:
    shape = given.outline.shape
    if shape is Shape.LINES:
        return Rows.of_lines(given)
    if shape is Shape.ARRAY:
        return Rows.of_list(given, given.data)
    for answer in (members.data, members.value):
        if isinstance(answer, msgspec.Raw):
            text = bytes(memoryview(answer)[:1])
            if text == b"{":
                return Rows.of_table(given, answer)
            return Rows.of_list(given, answer)
    if has(members.rows):
        return Rows.of_table(given, given.data)
    return Rows.of_one(given)


def _ours(given: Input, members: Members) -> Reading:
    version = msgspec.json.decode(members.cloison) if isinstance(members.cloison, msgspec.Raw) else None
    if version != VERSION:
        raise CloisonError(
            "E111",
            f"{given.name} is of version {version!r}",
            because=f"this version of Cloison reads {VERSION}",
            help="write the snapshot again, or use the Cloison that wrote it",
            file=given.name,
            line=1,
            column=1,
        )
    gaps: list[Gap] = []
    try:
        if isinstance(members.gaps, msgspec.Raw):
            gaps = msgspec.json.decode(members.gaps, type=list[Gap])
    except msgspec.ValidationError as problem:
        raise CloisonError(
            "E105",
            f"the gaps of {given.name} are not as a snapshot writes them",
            because=str(problem),
            help="each has what, why and ask",
            file=given.name,
        ) from problem
    if not isinstance(members.resources, msgspec.Raw):
        raise CloisonError(
            "E105", f"{given.name} has no resources", help='give it "resources": []', file=given.name
        )
    rows = Rows.of_list(given, members.resources, whole=True)
    return Reading(rows.resources, (*rows.gaps, *gaps))


def _more(given: Input, members: Members) -> list[Gap]:
    """A gap where an answer says that more of it exists than stands here."""
    tokens = (members.next_link, members.skip_token, members.skip_token_of_rest)
    if not any(isinstance(token, msgspec.Raw) and bytes(token) not in (b"null", b'""') for token in tokens):
        return []
    total = members.total_records if has(members.total_records) else members.total_records_of_rest
    of = f" of {bytes(total).decode()}" if isinstance(total, msgspec.Raw) else ""
    return [
        Gap(
            f"later pages of {given.name}",
            f"it is the first page{of} of an answer",
            "export all pages: `--first 1000 --skip-token …`, or one file for each page",
        )
    ]
