"""Array and object functions. Sources: Microsoft Learn, "Array functions for ARM templates" and "Object
functions for ARM templates", checked 2026-01-05. An array with open members is an array all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from cloison.sources.arm_template.errors import Fault
from cloison.sources.arm_template.functions.registry import Table, array, mapping, refuse, text, whole
from cloison.sources.arm_template.functions.strings import concat_text
from cloison.sources.arm_template.limits import Budget
from cloison.sources.arm_template.symbols import (
    ANY,
    ARRAY,
    BOOL,
    INT,
    OBJECT,
    STRING,
    Symbol,
    Value,
    join,
    kind_of,
    may_be_null,
    parts_of,
    unknown,
)
from cloison.sources.arm_template.values import MISSING, equal, find, spelling

TABLE: Final = Table()
_NOWHERE: Final = 2**62
"""An index that no array has."""


@TABLE.open("concat", 1, None)
def _concat(budget: Budget, args: Sequence[Value]) -> Value:
    kinds = {kind_of(arg) for arg in args}
    if not kinds & {ARRAY}:
        return concat_text(budget, args) if kinds & {STRING, INT, BOOL} else _concat_open(budget, args)
    if any(isinstance(arg, Symbol) for arg in args):
        return unknown("concat", args, ARRAY)
    made: list[Value] = []
    for arg in args:
        made += array("concat", arg)
    budget.weigh(made)
    return made


def _concat_open(budget: Budget, args: Sequence[Value]) -> Value:
    if all(isinstance(arg, Symbol) for arg in args):
        return args[0] if len(args) == 1 else unknown("concat", args)
    return concat_text(budget, args)


@TABLE.open("createArray", 0, None, ARRAY)
def _create_array(budget: Budget, args: Sequence[Value]) -> Value:
    return list(args)


@TABLE.open("createObject", 0, None, OBJECT)
def _create_object(budget: Budget, args: Sequence[Value]) -> Value:
    if len(args) % 2:
        raise Fault("the template language function 'createObject' expects pairs of key and value")
    return {_key("createObject", args[at]): args[at + 1] for at in range(0, len(args), 2)}


def _key(name: str, value: Value) -> str:
    if isinstance(value, Symbol):
        return str(value)
    return text(name, value)


@TABLE.open("array", kind=ARRAY)
def _array(budget: Budget, args: Sequence[Value]) -> Value:
    value = args[0]
    if isinstance(value, Symbol):
        if value.kind in {STRING, INT, BOOL, OBJECT}:
            return [value]
        return value if value.kind == ARRAY else unknown("array", args, ARRAY)
    return value if isinstance(value, list) else [value]


@TABLE.open("empty", kind=BOOL)
def _empty(budget: Budget, args: Sequence[Value]) -> Value:
    value = args[0]
    if isinstance(value, Symbol):
        stated = any(isinstance(part, str) for part in value.parts)
        return False if stated else unknown("empty", args, BOOL)
    if value is None:
        return True
    if isinstance(value, (str, list, dict)):
        return not value
    raise refuse("empty", "an array, an object or a string", value)


@TABLE.open("length", kind=INT)
def _length(budget: Budget, args: Sequence[Value]) -> Value:
    value = args[0]
    if isinstance(value, Symbol):
        return unknown("length", args, INT)
    if isinstance(value, (str, list, dict)):
        return len(value)
    raise refuse("length", "an array, an object or a string", value)


@TABLE.open("first", nullable=True)
def _first(budget: Budget, args: Sequence[Value]) -> Value:
    return _end("first", args, 0)


@TABLE.open("last", nullable=True)
def _last(budget: Budget, args: Sequence[Value]) -> Value:
    return _end("last", args, -1)


def _end(name: str, args: Sequence[Value], at: int) -> Value:
    value = args[0]
    if isinstance(value, Symbol):
        return _end_open(name, value, at)
    if isinstance(value, list):
        return value[at] if value else None
    if isinstance(value, str):
        return value[at] if value else ""
    raise refuse(name, "an array or a string", value)


def _end_open(name: str, value: Symbol, at: int) -> Value:
    """First or last of a split of a partly known text is known when the cut lies in its known end."""
    if value.parts:
        edge = value.suffix if at else value.prefix
        return edge[at] if edge else unknown(name, (value,), STRING)
    if value.call is None or value.call[0] != "split":
        return unknown(name, (value,), STRING if value.kind == STRING else ANY)
    whole_text, cut = value.call[1]
    if isinstance(cut, str) and cut and isinstance(whole_text, (str, Symbol)):
        piece = parts_of(whole_text)[at]
        if isinstance(piece, str) and cut in piece:
            return piece.split(cut)[at]
    return unknown(name, (value,), STRING)


@TABLE.open("take", 2, 2)
def _take(budget: Budget, args: Sequence[Value]) -> Value:
    value, count = args
    if isinstance(count, Symbol):
        return unknown("take", args, kind_of(value))
    count = max(0, whole("take", count))
    if isinstance(value, Symbol):
        return _take_open(value, count)
    if isinstance(value, (str, list)):
        return value[:count]
    raise refuse("take", "an array or a string", value)


def _take_open(value: Symbol, count: int) -> Value:
    """The known start of a text as far as it goes, and what is to be taken of the rest."""
    if value.kind == ARRAY and count == 0:
        return []
    if value.kind != STRING:
        return unknown("take", (value, count), value.kind)
    known = value.prefix
    if len(known) >= count:
        return known[:count]
    if not known:
        return unknown("take", (value, count), STRING)
    return join([known, unknown("take", (join(value.parts[1:]), count - len(known)), STRING)])


@TABLE.open("skip", 2, 2)
def _skip(budget: Budget, args: Sequence[Value]) -> Value:
    value, count = args
    if isinstance(count, Symbol):
        return unknown("skip", args, kind_of(value))
    count = max(0, whole("skip", count))
    if isinstance(value, Symbol):
        known = value.prefix
        if value.kind == STRING and 0 < count <= len(known):
            return join([known[count:], *value.parts[1:]])
        return unknown("skip", (value, count), value.kind)
    if isinstance(value, (str, list)):
        return value[count:]
    raise refuse("skip", "an array or a string", value)


@TABLE.open("contains", 2, 2, BOOL)
def _contains(budget: Budget, args: Sequence[Value]) -> Value:
    holder, wanted = args
    if isinstance(holder, Symbol):
        stated = isinstance(wanted, str) and any(
            isinstance(part, str) and wanted in part for part in holder.parts
        )
        return True if stated and wanted else unknown("contains", args, BOOL)
    if isinstance(holder, list):
        answers = [equal(value, wanted, budget) for value in holder]
        if True in answers:
            return True
        return unknown("contains", args, BOOL) if None in answers else False
    if isinstance(wanted, Symbol):
        # The empty text is in every text, and an object without members has none.
        return False if holder == {} else unknown("contains", args, BOOL)
    if isinstance(holder, dict):
        # An object with an open key is still known to hold the keys it states.
        return spelling(holder, text("contains", wanted)) is not None
    if isinstance(holder, str):
        return text("contains", wanted) in holder
    raise refuse("contains", "an array, an object or a string", holder)


@TABLE.open("union", 1, None)
def _union(budget: Budget, args: Sequence[Value]) -> Value:
    if any(isinstance(arg, Symbol) for arg in args):
        return unknown("union", args, next(filter(None, map(kind_of, args)), ANY))
    if isinstance(args[0], list):
        return _union_arrays(budget, args)
    made = mapping("union", args[0])
    for arg in args[1:]:
        made = _merge(budget, made, mapping("union", arg))
    return made


def _union_arrays(budget: Budget, args: Sequence[Value]) -> Value:
    made: list[Value] = []
    for arg in args:
        for value in array("union", arg):
            answers = [equal(value, other, budget) for other in made]
            if True in answers:
                continue
            if None in answers:
                return unknown("union", args, ARRAY)
            made.append(value)
    return made


def _merge(budget: Budget, under: dict[str, Value], over: dict[str, Value]) -> dict[str, Value]:
    """Objects merged, objects inside them as well; arrays and null are replaced."""
    budget.step(1 + (len(under) + len(over) >> 3))
    made = dict(under)
    for name, value in over.items():
        key = spelling(made, name) or name
        there = made.get(key)
        if isinstance(there, dict) and isinstance(value, dict):
            made[key] = _merge(budget, there, value)
        elif (
            _may_merge(there)
            and _may_merge(value)
            and (isinstance(there, Symbol) or isinstance(value, Symbol))
        ):
            both = kind_of(there) == kind_of(value) == OBJECT
            made[key] = unknown("union", (there, value), OBJECT if both else ANY, nullable=may_be_null(value))
        else:
            made[key] = value
    return made


def _may_merge(value: Value) -> bool:
    return isinstance(value, dict) or (isinstance(value, Symbol) and value.kind in {ANY, OBJECT})


@TABLE.open("distinct", kind=ARRAY)
def _distinct(budget: Budget, args: Sequence[Value]) -> Value:
    if isinstance(args[0], Symbol):
        return unknown("distinct", args, ARRAY)
    made = _union_arrays(budget, (array("distinct", args[0]),))
    return unknown("distinct", args, ARRAY) if isinstance(made, Symbol) else made


@TABLE.open("shallowMerge", kind=OBJECT)
def _shallow_merge(budget: Budget, args: Sequence[Value]) -> Value:
    if isinstance(args[0], Symbol) or any(isinstance(one, Symbol) for one in array("shallowMerge", args[0])):
        return unknown("shallowMerge", args, OBJECT)
    made: dict[str, Value] = {}
    for one in args[0]:
        for name, value in mapping("shallowMerge", one).items():
            made[spelling(made, name) or name] = value
    budget.weigh(made)
    return made


@TABLE.open("intersection", 1, None)
def _intersection(budget: Budget, args: Sequence[Value]) -> Value:
    if any(isinstance(arg, Symbol) for arg in args):
        return unknown("intersection", args, next(filter(None, map(kind_of, args)), ANY))
    made: Value = args[0]
    for other in args[1:]:
        kept = _common_arrays(budget, made, other) if isinstance(made, list) else _common(budget, made, other)
        if kept is None:
            return unknown("intersection", args, kind_of(made))
        made = kept
    return made


def _common_arrays(budget: Budget, one: list[Value], other: Value) -> list[Value] | None:
    made: list[Value] = []
    for value in one:
        answers = [equal(value, match, budget) for match in array("intersection", other)]
        repeated = [equal(value, kept, budget) for kept in made]
        if None in answers and True not in answers:
            return None
        if True in answers and True not in repeated:
            made.append(value)
    return made


def _common(budget: Budget, one: Value, other: Value) -> dict[str, Value] | None:
    made: dict[str, Value] = {}
    for name, value in mapping("intersection", one).items():
        match = find(mapping("intersection", other), name)
        if match is MISSING:
            continue
        answer = equal(value, match, budget)
        if answer is None:
            return None
        if answer:
            made[name] = value
    return made


@TABLE.open("range", 2, 2, ARRAY)
def _range(budget: Budget, args: Sequence[Value]) -> Value:
    if isinstance(args[0], Symbol) or isinstance(args[1], Symbol):
        return unknown("range", args, ARRAY)
    start, count = whole("range", args[0]), whole("range", args[1])
    if not 0 <= count <= 10_000 or start + count > 2_147_483_647:
        raise Fault(
            f"the template language function 'range' expects a count from 0 to 10000 and an end below 2147483647; "
            f"start is {start}, count is {count}"
        )
    budget.step(count >> 3)
    return list(range(start, start + count))


@TABLE.open("flatten", kind=ARRAY)
def _flatten(budget: Budget, args: Sequence[Value]) -> Value:
    if isinstance(args[0], Symbol) or any(isinstance(one, Symbol) for one in array("flatten", args[0])):
        return unknown("flatten", args, ARRAY)
    made: list[Value] = []
    for one in args[0]:
        made += array("flatten", one)
        budget.step()
    budget.weigh(made)
    return made


@TABLE.open("items", kind=ARRAY)
def _items(budget: Budget, args: Sequence[Value]) -> Value:
    if isinstance(args[0], Symbol):
        return unknown("items", args, ARRAY)
    pairs = mapping("items", args[0])
    # Learn's example shows the items by key; keys compare without regard to case.
    return [{"key": key, "value": pairs[key]} for key in sorted(pairs, key=str.lower)]


@TABLE.open("objectKeys", kind=ARRAY)
def _object_keys(budget: Budget, args: Sequence[Value]) -> Value:
    if isinstance(args[0], Symbol):
        return unknown("objectKeys", args, ARRAY)
    return sorted(mapping("objectKeys", args[0]), key=str.lower)


@TABLE.open("indexFromEnd", 2, 2)
def _index_from_end(budget: Budget, args: Sequence[Value]) -> Value:
    if isinstance(args[0], Symbol) or isinstance(args[1], Symbol):
        return unknown("indexFromEnd", args, nullable=True)
    values, at = array("indexFromEnd", args[0]), whole("indexFromEnd", args[1])
    if not 1 <= at <= len(values):
        raise Fault(
            f"the template language function 'indexFromEnd' has no member {at}; the array has {len(values)}"
        )
    return values[-at]


@TABLE.open("tryIndexFromEnd", 2, 2, nullable=True)
def _try_index_from_end(budget: Budget, args: Sequence[Value]) -> Value:
    if isinstance(args[0], Symbol) or isinstance(args[1], Symbol):
        return unknown("tryIndexFromEnd", args, nullable=True)
    if args[0] is None:
        return None
    values, at = array("tryIndexFromEnd", args[0]), whole("tryIndexFromEnd", args[1])
    return values[-at] if 1 <= at <= len(values) else None


@TABLE.open("tryGet", 2, None, nullable=True)
def _try_get(budget: Budget, args: Sequence[Value]) -> Value:
    value: Value = args[0]
    for at, key in enumerate(args[1:]):
        if value is None:
            return None
        if isinstance(value, Symbol) or isinstance(key, Symbol):
            return _try_open(value, args[at + 1 :])
        value = _member(value, key)
    return value


def _try_open(value: Value, keys: Sequence[Value]) -> Value:
    if isinstance(value, Symbol) and value.member is not None and isinstance(keys[0], str):
        try:
            found = value.member(keys[0])
        except KeyError:
            return unknown("tryGet", (value, *keys), nullable=True)
        if found is MISSING:
            return None
        return found if len(keys) == 1 else _try_open(found, keys[1:])
    return unknown("tryGet", (value, *keys), nullable=True)


def _member(value: Value, key: Value) -> Value:
    if isinstance(value, dict) and isinstance(key, str):
        found = find(value, key)
        return None if found is MISSING else found
    if isinstance(value, list):
        at = _place(key)
        if at is not None:
            return value[at] if -len(value) <= at < len(value) else None
    if isinstance(value, (dict, list)):
        raise refuse("tryGet", "a property name of an object or an index of an array", key)
    return None


def _place(key: Value) -> int | None:
    """The index that a key means; Bicep writes `^2` as an object, counted from the end. None for no index."""
    if isinstance(key, int) and not isinstance(key, bool):
        return key if key >= 0 else _NOWHERE
    at = key.get("value") if isinstance(key, dict) else None
    if not isinstance(at, int) or isinstance(at, bool):
        return None
    if key.get("fromEnd") is True:
        return -at if at > 0 else _NOWHERE
    return at if at >= 0 else _NOWHERE


@TABLE.plain("min", 1, None, INT)
def _min(budget: Budget, args: Sequence[Value]) -> Value:
    return _extreme("min", args, min)


@TABLE.plain("max", 1, None, INT)
def _max(budget: Budget, args: Sequence[Value]) -> Value:
    return _extreme("max", args, max)


def _extreme(name: str, args: Sequence[Value], pick: Callable[[list[int]], int]) -> int:
    values = args[0] if len(args) == 1 and isinstance(args[0], list) else args
    if not values:
        raise refuse(name, "at least one integer", args[0])
    return pick([whole(name, value) for value in values])
