"""`parseCidr`, `cidrSubnet`, `cidrHost`. Source: Microsoft Learn, "CIDR functions for ARM templates", with the
results its examples print; checked 2026-01-05.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from typing import Final, TypeAlias

from cloison.sources.arm_template.errors import Fault
from cloison.sources.arm_template.functions.registry import Table, text, whole
from cloison.sources.arm_template.limits import Budget
from cloison.sources.arm_template.symbols import OBJECT, STRING, Symbol, Value, unknown

TABLE: Final = Table()
_SMALLEST: Final = 30
"""The longest IPv4 prefix whose usable addresses a source shows; those of shorter networks stay open."""
_Net: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network


def _network(name: str, value: Value) -> _Net:
    prefix = text(name, value)
    try:
        if "/" not in prefix:
            raise Fault(f"the template language function '{name}' expects a prefix such as 10.0.0.0/16")
        return ipaddress.ip_network(prefix, strict=False)
    except ValueError as problem:
        raise Fault(f"the template language function '{name}' expects a prefix: {problem}") from problem


@TABLE.plain("parseCidr", kind=OBJECT)
def _parse_cidr(budget: Budget, args: Sequence[Value]) -> Value:
    net = _network("parseCidr", args[0])
    made: dict[str, Value] = {"network": str(net.network_address), "netmask": str(net.netmask)}
    if isinstance(net, ipaddress.IPv4Network):
        made["broadcast"] = str(net.broadcast_address)
        if net.prefixlen > _SMALLEST:
            parsed = unknown("parseCidr", args, OBJECT)
            made |= {key: _member(parsed, key) for key in ("firstUsable", "lastUsable")}
        else:
            made |= {
                "firstUsable": str(net.network_address + 1),
                "lastUsable": str(net.broadcast_address - 1),
            }
    else:
        made |= {"firstUsable": str(net.network_address), "lastUsable": str(net.broadcast_address)}
    return {**made, "cidr": net.prefixlen}


def _member(whole: Symbol, key: str) -> Symbol:
    return Symbol(f"{whole.text}.{key}", kind=STRING, nullable=False)


@TABLE.plain("cidrSubnet", 3, 3, STRING)
def _cidr_subnet(budget: Budget, args: Sequence[Value]) -> Value:
    net = _network("cidrSubnet", args[0])
    length, index = whole("cidrSubnet", args[1]), whole("cidrSubnet", args[2])
    if not net.prefixlen <= length <= net.max_prefixlen:
        raise Fault(
            f"the template language function 'cidrSubnet' cannot cut {net} into prefixes of length {length}"
        )
    if not 0 <= index < 1 << (length - net.prefixlen):
        raise Fault(f"{net} has no subnet {index} of length {length}", hint="the first subnet has index 0")
    start = net.network_address + (index << (net.max_prefixlen - length))
    return f"{start}/{length}"


@TABLE.plain("cidrHost", 2, 2, STRING)
def _cidr_host(budget: Budget, args: Sequence[Value]) -> Value:
    net, index = _network("cidrHost", args[0]), whole("cidrHost", args[1])
    if net.prefixlen > net.max_prefixlen - 2:
        return unknown("cidrHost", args, STRING)
    last = net.num_addresses - (2 if isinstance(net, ipaddress.IPv4Network) else 1)
    if not 0 <= index < last:
        raise Fault(f"{net} has no host {index}", hint="the first host has index 0")
    return str(net.network_address + 1 + index)
