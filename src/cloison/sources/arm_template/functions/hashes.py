"""`uniqueString` and `guid`, bit for bit.

uniqueString: a 64-bit Murmur 3 variant over the arguments joined with '-', printed as 13 characters of base 32.
Confirmed with two results of Azure's own that are public:
- the deployment recorded in cloud-custodian's DnsZoneTest cassettes: uniqueString of
  `/subscriptions/aa98974b-5d2a-4d98-a78a-382f3715d07e/resourceGroups/test_dns` is `h7s6n7kl225j4`;
- microsoft/commercial-marketplace-offer-deploy, ArmFunctionsTests: of `/subscriptions/31e9f9a0-…/bobjacmodm201`,
  evaluated with Azure's own library, `yvjxno3je5on2`.
guid: UUID version 5 (RFC 4122) of the arguments joined with '-' under a fixed namespace.
Source: Microsoft Learn, "String functions for Bicep", guid; checked 2026-01-05.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Final
from uuid import UUID, uuid5

from cloison.sources.arm_template.functions.registry import Table, refuse, text
from cloison.sources.arm_template.limits import Budget
from cloison.sources.arm_template.symbols import STRING, Value
from cloison.sources.arm_template.values import text_of

TABLE: Final = Table()

GUID_NAMESPACE: Final = UUID("11fb06fb-712d-4ddd-98c7-e71bbd588830")
_BASE32: Final = "abcdefghijklmnopqrstuvwxyz234567"
_MASK: Final = 0xFFFF_FFFF
_REMEMBERED: Final = 1_024
"""Characters of a text whose hash is kept for the next time."""
_LEFT: Final = 0x239B_961B
_RIGHT: Final = 0xAB0E_9789


@TABLE.plain("uniqueString", 1, None, STRING)
def _unique_string(budget: Budget, args: Sequence[Value]) -> Value:
    joined = "-".join([_scalar("uniqueString", arg) for arg in args])
    budget.step(len(joined.encode("utf-8", "surrogatepass")) >> 2)
    return unique_string(joined) if len(joined) <= _REMEMBERED else unique_string.__wrapped__(joined)


@TABLE.plain("guid", 1, None, STRING)
def _guid(budget: Budget, args: Sequence[Value]) -> Value:
    return str(uuid5(GUID_NAMESPACE, "-".join([_scalar("guid", arg) for arg in args])))


def _scalar(name: str, value: Value) -> str:
    if isinstance(value, (list, dict)) or value is None:
        raise refuse(name, "strings", value)
    return text_of(value) if not isinstance(value, str) else text(name, value)


@lru_cache(maxsize=4096)
def unique_string(joined: str) -> str:
    """The 13 characters that uniqueString gives for arguments joined with '-'."""
    number = _murmur(joined.encode("utf-8", "surrogatepass"))
    return "".join([_BASE32[(number << (5 * at) & 0xFFFF_FFFF_FFFF_FFFF) >> 59] for at in range(13)])


def _turn(value: int, by: int) -> int:
    return (value << by | value >> (32 - by)) & _MASK


def _mix_left(part: int) -> int:
    return _turn(part * _LEFT & _MASK, 15) * _RIGHT & _MASK


def _mix_right(part: int) -> int:
    return _turn(part * _RIGHT & _MASK, 17) * _LEFT & _MASK


def _finish(half: int) -> int:
    half = (half ^ half >> 16) * 0x85EB_CA6B & _MASK
    half = (half ^ half >> 13) * 0xC2B2_AE35 & _MASK
    return half ^ half >> 16


def _murmur(data: bytes) -> int:
    one = two = 0
    whole = len(data) & ~7
    for at in range(0, whole, 8):
        one = _turn(one ^ _mix_left(int.from_bytes(data[at : at + 4], "little")), 19)
        one = ((one + two) * 5 + 0x561C_CD1B) & _MASK
        two = _turn(two ^ _mix_right(int.from_bytes(data[at + 4 : at + 8], "little")), 13)
        two = ((two + one) * 5 + 0x0BCA_A747) & _MASK
    if whole < len(data):
        one ^= _mix_left(int.from_bytes(data[whole : whole + 4], "little"))
    if whole + 4 < len(data):
        two ^= _mix_right(int.from_bytes(data[whole + 4 :], "little"))
    one ^= len(data)
    two ^= len(data)
    one = (one + two) & _MASK
    two = (two + one) & _MASK
    one = _finish(one)
    two = _finish(two)
    one = (one + two) & _MASK
    two = (two + one) & _MASK
    return two << 32 | one
