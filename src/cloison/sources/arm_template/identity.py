"""Resource ids from types and names, at every scope, with names that may be open."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from cloison.sources.arm_template.errors import Fault
from cloison.sources.arm_template.scope import Level, Target, group_id
from cloison.sources.arm_template.symbols import Symbol, as_segment, join, parts_of, same, unknown

Text = str | Symbol
_GUID: Final = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}\Z")


def is_guid(value: object) -> bool:
    """The text is a GUID."""
    return isinstance(value, str) and _GUID.match(value) is not None


def segments(name: Text, count: int) -> list[Text] | None:
    """The name cut at its slashes into `count` parts; None when it is known not to have as many.

    An open part is taken to hold no slash where the known ones suffice; else its parts are named one by one.
    """
    rows: list[list[Text]] = [[]]
    for part in parts_of(name):
        if isinstance(part, str):
            first, *rest = part.split("/")
            rows[-1].append(first)
            rows.extend([piece] for piece in rest)
        else:
            rows[-1].append(part)
    found = [as_segment(join(row)) for row in rows]
    if len(found) == count:
        return found
    if isinstance(name, str) or len(found) > count:
        return None
    return [as_segment(unknown("split", (name, "/", at), "string")) for at in range(count)]


def relative_id(type: str, names: Sequence[Text]) -> Text:
    """`Namespace/kind/name/kind/name`: types and names by turns."""
    namespace, *kinds = type.split("/")
    pieces: list[Text] = [namespace]
    for kind, name in zip(kinds, names, strict=True):
        pieces += ["/", kind, "/", as_segment(name)]
    return join(pieces)


def resource_id(base: Text, type: str, names: Sequence[Text], subscription: Text) -> Text:
    """The id of a resource below a scope; groups have an id of their own shape."""
    if type.lower() == "microsoft.resources/resourcegroups":
        return group_id(subscription, names[0])
    return join([base, "/providers/", relative_id(type, names)])


def target_of(text: Text, here: Target) -> Target | None:
    """The deployment scope that an id or a `scope` property names; None where it names a resource or is open."""
    shape = str(text).strip("/")
    parts = shape.split("/")
    lower = [part.lower() for part in parts]
    values = segments(text, len(str(text).split("/"))) or []
    values = [value for value in values if value != ""]
    if shape == "":
        return here.at(Level.TENANT)
    if lower[0] == "providers":
        lower, values = lower[1:], values[1:]
    if lower[0] == "microsoft.management" and len(values) == 3:
        return here.at(Level.MANAGEMENT_GROUP, management_group=values[2])
    if lower[0] == "subscriptions" and len(values) == 2:
        return here.at(Level.SUBSCRIPTION, subscription=values[1])
    if lower[0] == "subscriptions" and len(values) == 4 and lower[2] == "resourcegroups":
        return here.group(values[3], values[1])
    return None


def split_arguments(name: str, args: Sequence[object]) -> tuple[list[Text], str, list[Text]] | None:
    """Arguments of an id function as leading scope parts, type, names; None when the type itself is open.

    Raises Fault when the names do not match the type, as ARM does.
    """
    texts: list[Text] = []
    for arg in args:
        if not isinstance(arg, (str, Symbol)):
            raise Fault(
                f"the template language function '{name}' expects strings", hint="pass a type and its names"
            )
        texts.append(arg)
    at = next((at for at, arg in enumerate(texts) if isinstance(arg, str) and "/" in arg), None)
    if at is None:
        if any(isinstance(arg, Symbol) for arg in texts):
            return None
        raise Fault(
            f"the template language function '{name}' expects a resource type such as 'Microsoft.Web/sites'"
        )
    kind, names = str(texts[at]).strip("/"), texts[at + 1 :]
    wanted = kind.count("/")
    if len(names) != wanted:
        if any(isinstance(arg, Symbol) and not arg.segment for arg in names) and len(names) < wanted:
            return None
        shown = ", ".join(str(one) for one in names)
        raise Fault(
            f"unable to evaluate template language function '{name}': the type '{kind}' requires '{wanted}' resource "
            f"name argument(s), found '{len(names)}' ({shown})",
            hint="give one name for each '/' of the type",
        )
    return texts[:at], kind, _from_one_name(names)


def _from_one_name(names: list[Text]) -> list[Text]:
    """Names that are the pieces of one whole name, in order, cut as that name is: an open part of it holds no slash.

    Bicep writes `split(format('{0}/{1}', parent, child), '/')[0]` and `[1]` for the id of every child.
    """
    whole: Text | None = None
    for at, name in enumerate(names):
        split = name.call[1][0] if isinstance(name, Symbol) and name.call and name.call[0] == "[]" else None
        if not isinstance(split, Symbol) or split.call is None or split.call[0] != "split":
            return names
        of, cut = split.call[1]
        index = name.call[1][1] if isinstance(name, Symbol) and name.call else None
        if cut != "/" or index != at or (whole is not None and not same(whole, of)):
            return names
        whole = of
    return (segments(whole, len(names)) if whole is not None else None) or names
