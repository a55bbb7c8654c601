"""Reading reports back: a JSON report is as good as the sources that it was made from."""

from __future__ import annotations

from pathlib import Path

import msgspec

from cloison.check.document import VERSION, Report
from cloison.model.errors import CloisonError

FAMILY = VERSION.partition("/")[0]


class _Head(msgspec.Struct):
    """What tells a report from everything else."""

    version: str = ""


def read_report(name: str) -> Report | None:
    """The JSON report of that name; None for a file that is none, which its reader may say more about.

    Raises CloisonError E306 for a report of another version or of another shape.
    """
    path = Path(name)
    if name == "-" or not path.is_file():
        return None
    try:
        content = path.read_bytes()
        version = msgspec.json.decode(content, type=_Head).version
    except (OSError, msgspec.DecodeError, RecursionError):
        return None
    if not version.startswith(f"{FAMILY}/"):
        return None
    try:
        if version == VERSION:
            return msgspec.json.decode(content, type=Report)
        because = f"it is of version {version}, and this Cloison reads {VERSION}"
    except msgspec.ValidationError as problem:
        because = str(problem)
    raise CloisonError(
        "E306",
        f"{name} is no report that can be read",
        because=because,
        help="make it again with cloison check … --format json",
        file=name,
    )
