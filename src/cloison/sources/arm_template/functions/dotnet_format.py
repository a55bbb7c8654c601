"""Numbers and texts as .NET's composite format strings print them, in the invariant culture.

Source: Microsoft Learn, "Standard numeric format strings" and "Composite formatting"; checked 2026-01-05.
"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal, localcontext

from cloison.sources.arm_template.errors import Fault
from cloison.sources.arm_template.symbols import Value
from cloison.sources.arm_template.values import text_of

_STANDARD = re.compile(r"([A-Za-z])(\d{0,3})\Z")
WIDTH_MAX = 100_000


def format_value(value: Value, style: str, width: int) -> str | None:
    """A known scalar in a format; negative widths align left. Raises Fault for a style that .NET does not have.

    None for formats whose culture or parts no source shows: percent, currency, custom ones with text or sections.
    """
    if abs(width) > WIDTH_MAX:
        raise Fault("the format item of 'format' is too wide")
    made: str | None = text_of(value)
    if style and isinstance(value, (int, float)) and not isinstance(value, bool):
        made = _number(value, style)
    if made is None:
        return None
    return made.ljust(-width) if width < 0 else made.rjust(width)


def _number(value: float, style: str) -> str | None:
    standard = _STANDARD.match(style)
    if standard is None:
        return _custom(value, style)
    letter, digits = standard.groups()
    places = int(digits) if digits else None
    upper = letter.upper()
    if upper in {"D", "X"}:
        return _integer(value, letter, places or 0)
    if upper in {"F", "N"}:
        return _fixed(value, 2 if places is None else places, "," if upper == "N" else "")
    if upper == "E":
        return _scientific(value, letter, 6 if places is None else places)
    if upper == "G" and not places:
        return text_of(value)
    if upper in {"P", "C", "G", "R", "B"}:
        return None
    raise Fault(f"the format '{style}' of 'format' is not a standard numeric format")


def _integer(value: float, letter: str, places: int) -> str:
    if not isinstance(value, int):
        raise Fault(f"the format '{letter}' of 'format' takes integers only")
    if letter.upper() == "D":
        return ("-" if value < 0 else "") + str(abs(value)).rjust(places, "0")
    # Json.NET holds integers as 64 bits, so a negative number shows its two's complement.
    made = format(value & 0xFFFF_FFFF_FFFF_FFFF if value < 0 else value, letter)
    return made.rjust(places, "0")


def _fixed(value: float | Decimal, places: int, group: str) -> str:
    with localcontext() as exactly:
        # More digits than any number with three digits of places has.
        exactly.prec = 1_400
        exact = Decimal(str(value)).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
        return format(exact, f"{group}.{places}f")


def _scientific(value: float, letter: str, places: int) -> str:
    mantissa, _, power = format(Decimal(str(value)), f".{places}e").partition("e")
    return f"{mantissa}{letter}{power[0]}{power[1:].rjust(3, '0')}"


def _custom(value: float, style: str) -> str | None:
    """Custom formats of zeros, digit marks, a decimal point and thousands: `000`, `0.00`, `#,##0`."""
    if not re.fullmatch(r"#*(?:#,#)?#*0*(?:\.0*#*)?|0*", style) or not style:
        return None
    before, _, after = style.partition(".")
    places, least = len(after), after.count("0")
    made = _fixed(abs(value), places, "," if "," in before else "")
    head, point, tail = made.partition(".")
    while len(tail) > least and tail.endswith("0"):
        tail = tail[:-1]
    head = head.rjust(before.count("0"), "0")
    if head == "0" and not before.count("0"):
        head = ""
    sign = "-" if value < 0 and (head.strip("0,") or tail.strip("0")) else ""
    return sign + head + (point + tail if tail else "")
