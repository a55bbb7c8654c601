"""Dates: `dateTimeAdd`, `dateTimeFromEpoch`, `dateTimeToEpoch`, and .NET's formats of a date.

Sources: Microsoft Learn, "Date functions for ARM templates" (with the results its examples print) and
".NET custom date and time format strings"; checked 2026-01-05. `utcNow` stands with the scope, which brings
the time in from outside.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from cloison.sources.arm_template.errors import Fault
from cloison.sources.arm_template.functions.registry import Table, text, whole
from cloison.sources.arm_template.limits import Budget
from cloison.sources.arm_template.symbols import INT, STRING, Value, unknown

TABLE: Final = Table()

_DURATION: Final = re.compile(
    r"(?P<sign>-)?P(?:(?P<years>\d{1,6})Y)?(?:(?P<months>\d{1,6})M)?(?:(?P<weeks>\d{1,6})W)?(?:(?P<days>\d{1,6})D)?"
    r"(?:T(?:(?P<hours>\d{1,6})H)?(?:(?P<minutes>\d{1,6})M)?(?:(?P<seconds>\d{1,9}(?:\.\d{1,6})?)S)?)?\Z"
)
_ZONED: Final = frozenset("zKoOrRuU")
"""Letters of formats that show a zone or turn to UTC."""
_OFFSET: Final = re.compile(r":\d\d(?:\.\d+)?\s*[+-]\d\d:?\d\d\Z")
_SHAPES: Final = (
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d",
    "%m/%d/%Y %H:%M:%S",
    "%m/%d/%Y %I:%M:%S %p",
    "%m/%d/%Y",
    "%Y%m%dT%H%M%SZ",
)


def read_date(name: str, value: str) -> datetime:
    """The moment a text names, in UTC where it names no zone. Raises Fault where it names none."""
    cleaned = re.sub(r"(\.\d{6})\d+", r"\1", value.strip())
    try:
        found = datetime.fromisoformat(cleaned)
    except ValueError:
        found = _other_shape(name, cleaned)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _other_shape(name: str, value: str) -> datetime:
    for shape in _SHAPES:
        try:
            return datetime.strptime(value, shape).replace(tzinfo=UTC)
        except ValueError:
            continue
    raise Fault(
        f"the template language function '{name}' expects a date; '{value[:40]}' is none",
        hint="ISO 8601 is understood: 2026-01-05T10:00:00Z",
    )


@TABLE.plain("dateTimeAdd", 2, 3, STRING)
def _date_time_add(budget: Budget, args: Sequence[Value]) -> Value:
    name = "dateTimeAdd"
    base = text(name, args[0])
    start, duration = read_date(name, base), text(name, args[1])
    found = _DURATION.match(duration)
    if found is None or duration in {"P", "-P"} or duration.endswith("T"):
        raise Fault(
            f"the template language function '{name}' expects an ISO 8601 duration; '{duration[:40]}' is none",
            hint="three days are P3D, an hour back is -PT1H",
        )
    style = text(name, args[2]) if len(args) > 2 else ""
    try:
        moment = start + _length(found)
    except OverflowError as problem:
        raise Fault(f"the result of '{name}' is no date") from problem
    is_utc = base.strip().upper().endswith("Z")
    # The examples of the documentation are in UTC; what becomes of other zones and of fractions no source shows.
    if style and (is_utc or not (_OFFSET.search(base.strip()) or set(style) & _ZONED)):
        return format_date(moment, style)
    if not style and is_utc and not moment.microsecond:
        return format_date(moment, "yyyy-MM-ddTHH:mm:ssZ")
    return unknown(name, args, STRING)


def _length(found: re.Match[str]) -> timedelta:
    """The duration; a year counts 365 days and a month 30. Source: Learn, "dateTimeAdd", remarks; 2026-01-05."""
    amount: Callable[[str], float] = lambda unit: float(found.group(unit) or 0)  # noqa: E731 (one use, no name)
    days = amount("years") * 365 + amount("months") * 30 + amount("weeks") * 7 + amount("days")
    length = timedelta(days=days, hours=amount("hours"), minutes=amount("minutes"), seconds=amount("seconds"))
    return -length if found.group("sign") else length


@TABLE.plain("dateTimeFromEpoch", kind=STRING)
def _date_time_from_epoch(budget: Budget, args: Sequence[Value]) -> Value:
    seconds = whole("dateTimeFromEpoch", args[0])
    if not 0 <= seconds <= 253_402_300_799:
        raise Fault("the template language function 'dateTimeFromEpoch' expects seconds from 1970 to 9999")
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@TABLE.plain("dateTimeToEpoch", kind=INT)
def _date_time_to_epoch(budget: Budget, args: Sequence[Value]) -> Value:
    moment = read_date("dateTimeToEpoch", text("dateTimeToEpoch", args[0]))
    return int((moment - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(seconds=1))


_STANDARD: Final[Mapping[str, str]] = {
    "d": "MM/dd/yyyy", "D": "dddd, dd MMMM yyyy", "f": "dddd, dd MMMM yyyy HH:mm", "F": "dddd, dd MMMM yyyy HH:mm:ss",
    "g": "MM/dd/yyyy HH:mm", "G": "MM/dd/yyyy HH:mm:ss", "m": "MMMM dd", "M": "MMMM dd",
    "o": "yyyy-MM-ddTHH:mm:ss.fffffffK", "O": "yyyy-MM-ddTHH:mm:ss.fffffffK",
    "r": "ddd, dd MMM yyyy HH:mm:ss 'GMT'", "R": "ddd, dd MMM yyyy HH:mm:ss 'GMT'", "s": "yyyy-MM-ddTHH:mm:ss",
    "t": "HH:mm", "T": "HH:mm:ss", "u": "yyyy-MM-dd HH:mm:ssZ", "U": "dddd, dd MMMM yyyy HH:mm:ss",
    "y": "yyyy MMMM", "Y": "yyyy MMMM",
}  # fmt: skip
"""Standard formats in the invariant culture."""
_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July",
    "August", "September", "October", "November", "December",
)  # fmt: skip
_RUN: Final = re.compile(
    r"(?P<quoted>'[^']*'|\"[^\"]*\")|\\(?P<plain>.)|(?P<run>([A-Za-z])\4*)|(?P<other>.)", re.DOTALL
)


def format_date(moment: datetime, style: str) -> str:
    """A moment in a .NET format, standard or custom. Raises Fault for a letter that .NET does not have."""
    if len(style) == 1:
        if style not in _STANDARD:
            raise Fault(f"the date format '{style}' is not one of .NET's standard formats")
        style = _STANDARD[style]
    pieces: list[str] = []
    for found in _RUN.finditer(style.removeprefix("%")):
        if found.group("run"):
            pieces.append(_field(moment, found.group("run")))
        else:
            quoted = found.group("quoted")
            pieces.append(quoted[1:-1] if quoted else found.group("plain") or found.group("other"))
    return "".join(pieces)


def _field(moment: datetime, run: str) -> str:
    letter, count = run[0], len(run)
    numbers = {
        "d": moment.day, "M": moment.month, "H": moment.hour, "h": moment.hour % 12 or 12,
        "m": moment.minute, "s": moment.second,
    }  # fmt: skip
    if letter in {"d", "M"} and count > 2:
        name = _DAYS[moment.weekday()] if letter == "d" else _MONTHS[moment.month - 1]
        return name[:3] if count == 3 else name
    if letter in numbers:
        return str(numbers[letter]).rjust(min(count, 2), "0")
    if letter == "y":
        return str(moment.year % 100).rjust(count, "0") if count < 3 else str(moment.year).rjust(count, "0")
    if letter in {"f", "F"} and count <= 7:
        digits = (str(moment.microsecond).rjust(6, "0") + "0")[:count]
        return digits if letter == "f" else digits.rstrip("0")
    if letter == "t":
        return ("AM" if moment.hour < 12 else "PM")[:count]
    if letter in {"z", "K"}:
        return _zone(moment, letter, count)
    return {"Z": "Z", "T": "T", "g": "A.D."}.get(letter, letter) * (1 if letter == "g" else count)


def _zone(moment: datetime, letter: str, count: int) -> str:
    offset = int((moment.utcoffset() or timedelta()).total_seconds()) // 60
    if letter == "K" and offset == 0:
        return "Z"
    sign, hours, minutes = "-" if offset < 0 else "+", abs(offset) // 60, abs(offset) % 60
    if letter == "K" or count > 2:
        return f"{sign}{hours:02}:{minutes:02}"
    return f"{sign}{hours:02}" if count == 2 else f"{sign}{hours}"
