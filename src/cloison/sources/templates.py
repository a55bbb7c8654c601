"""Templates as people name them: parameter files, `--set`, `--assume`, the folder beside; errors with our codes.

Shared by the source that reads templates and by the command that prints what they deploy. Knows no resource type.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from cloison.model.errors import CloisonError
from cloison.sources._input import Input, load
from cloison.sources.arm_template import (
    DeployedResource,
    Expansion,
    Level,
    Scope,
    Symbol,
    TemplateError,
    expand,
)
from cloison.sources.arm_template.errors import MALFORMED, TOO_MUCH, Fault
from cloison.sources.arm_template.parameters import values_of
from cloison.sources.arm_template.text import lenient

if TYPE_CHECKING:
    from cloison.sources._reading import ReadOptions

__all__ = [
    "DeployedResource",
    "Expansion",
    "Level",
    "Scope",
    "ask",
    "bare",
    "expansion",
    "load",
    "typed",
    "written",
]

_CODES = {MALFORMED: "E103", TOO_MUCH: "E108"}
_SCOPE = {
    "subscription().": "--subscription …",
    "resourceGroup().location": "--location …",
    "resourceGroup().": "--resource-group …",
    "deployment().location": "--location …",
}
_AFTER = "known after deployment: check the live environment"


def expansion(
    given: Input, options: ReadOptions, scope: Scope, folder: Path | None = None
) -> tuple[Expansion, tuple[str, ...]]:
    """What a template deploys, and the files that were read beside it. Raises CloisonError, with the place.

    folder: linked templates are read from here and below; None: from the template's own folder.
    """
    parameters, files = values(given, options)
    beside = given.path.parent if given.path is not None else None
    try:
        made = expand(
            given.data,
            parameters=parameters,
            scope=scope,
            name=given.name,
            folder=beside if folder is None else folder,
            assumed={bare(text): typed(value, literal=True) for text, value in options.assume.items()},
        )
    except TemplateError as error:
        raise _coded(error, given) from error
    return made, (*files, *made.files)


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


def typed(text: str, *, literal: bool = False) -> object:
    """What a person typed: JSON where it begins as a list, an object or a quoted text, else the text itself.

    Numbers, `true` and `false` stay texts: the declaration of a parameter says what they are. literal: there is none
    that could say it, so they are what JSON says.
    """
    if text[:1] in ("[", "{", '"') or (literal and text[:1] in "-0123456789tfn"):
        try:
            decoded: object = msgspec.json.decode(text)
        except msgspec.DecodeError:
            return text
        return decoded
    return text


def _of_file(given: Input) -> Mapping[str, object]:
    try:
        content = msgspec.json.decode(lenient(given.data.decode()))
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as problem:
        raise given.fail(problem) from problem
    if not isinstance(content, dict):
        raise _wrong(given, "its outermost value is no object")
    try:
        return values_of(content)
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


def written(value: object) -> object:
    """A value as a template writes it: open values as expressions, texts that look like one with one more bracket."""
    if isinstance(value, Symbol):
        return f"[{value.text}]"
    if isinstance(value, dict):
        return {key: written(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [written(inner) for inner in value]
    if isinstance(value, str) and value.startswith("[") and value.endswith("]"):
        return f"[{value}"
    return value


def bare(text: str) -> str:
    """An expression as a person copies it, without the braces or brackets that it is shown in."""
    return text.strip().removeprefix("{").removesuffix("}").removeprefix("[").removesuffix("]")


def ask(symbol: Symbol) -> str:
    """What to supply to decide a symbol."""
    if symbol.needs:
        return " ".join(f"--set {name}=…" for name in sorted(symbol.needs))
    return next((option for start, option in _SCOPE.items() if symbol.text.startswith(start)), _AFTER)


def _coded(error: TemplateError, given: Input) -> CloisonError:
    """The error of the language with our code, and Azure's as its reason."""
    return CloisonError(
        _CODES.get(error.code, "E110"),
        error.message,
        because=f"Azure Resource Manager would answer {error.code}" if error.code not in _CODES else "",
        help=error.hint or "correct the template",
        file=error.file if error.file != "template" else given.name,
        line=error.line,
        column=error.column,
    )
