"""Parameter values: from the files that a person names, the file beside the template, and `--set`."""

from __future__ import annotations

from pathlib import Path

import msgspec

from cloison.model.errors import CloisonError
from cloison.sources._input import Input, load
from cloison.sources._reading import ReadOptions
from cloison.sources.arm_template.errors import Fault
from cloison.sources.arm_template.parameters import values_of
from cloison.sources.arm_template.text import lenient


def values(given: Input, options: ReadOptions) -> tuple[dict[str, object], tuple[str, ...]]:
    """Parameter values by name, later files over earlier ones and `--set` over all; and the files they come from."""
    files = options.parameters or beside(given)
    found: dict[str, object] = {}
    for name in files:
        found.update(_of_file(load(name)))
    for name, text in options.set.items():
        found[name] = typed(text)
    return found, files


def beside(given: Input) -> tuple[str, ...]:
    """The parameter file that stands beside a template by custom; none for standard input."""
    path = given.path
    if path is None:
        return ()
    names = [f"{path.stem}.parameters.json"]
    if not path.with_name("azuredeploy.json").exists():
        names.append("azuredeploy.parameters.json")
    return next(((str(path.with_name(name)),) for name in names if path.with_name(name).is_file()), ())


def typed(text: str) -> object:
    """What a person typed: JSON where it begins as a list, an object or a quoted text, else the text itself.

    Numbers, `true` and `false` stay texts: the parameter's declaration says what they are.
    """
    if text[:1] in ("[", "{", '"'):
        try:
            decoded: object = msgspec.json.decode(text)
        except msgspec.DecodeError:
            return text
        return decoded
    return text


def _of_file(given: Input) -> dict[str, object]:
    try:
        content = msgspec.json.decode(lenient(given.data.decode()))
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as problem:
        raise given.fail(problem) from problem
    if not isinstance(content, dict):
        raise _wrong(given, "its outermost value is no object")
    try:
        return dict(values_of(content))
    except Fault as fault:
        raise _wrong(given, fault.message) from fault


def _wrong(given: Input, why: str) -> CloisonError:
    return CloisonError(
        "E105",
        f"{Path(given.name).name} is no parameter file",
        because=why,
        help='it has "parameters": {"name": {"value": …}}',
        file=given.name,
    )
