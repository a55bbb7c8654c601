"""Ranges: the address ranges of an environment file, held against each other and cut into subnets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from ipaddress import IPv4Network, collapse_addresses

from cloison.plan.create.file import Given

RESERVED = ("169.254.0.0/16", "172.30.0.0/16", "172.31.0.0/16", "192.0.2.0/24", "168.63.129.16/32")
"""What AKS and Azure keep for themselves. Source: Microsoft Learn, Azure CNI networking in AKS, prerequisites; What is
IP address 168.63.129.16; checked 2026-11-25."""


def parsed(given: Given, key: str, text: str) -> IPv4Network:
    """The range that a key says. Raises CloisonError E554."""
    try:
        found = IPv4Network(text)
    except ValueError as problem:
        raise given.error(
            "E554",
            key,
            f"{key} is '{text}', which is no address range",
            because=str(problem).lower(),
            help=f"write it as 10.0.0.0/16{_meant(text)}",
        ) from problem
    for other in RESERVED:
        if found.overlaps(IPv4Network(other)):
            raise given.error(
                "E554",
                key,
                f"{key} is {text}, which Azure keeps for itself",
                because=f"it shares addresses with {other}",
                help="choose another range",
            )
    return found


def _meant(text: str) -> str:
    try:
        return f"; did you mean {IPv4Network(text, strict=False)}?"
    except ValueError:
        return ""


def apart(given: Given, ranges: Mapping[str, IPv4Network]) -> None:
    """Raises CloisonError E554 for two ranges that share addresses. ranges: by what they are called."""
    names = list(ranges)
    for at, one in enumerate(names):
        for other in names[at + 1 :]:
            if ranges[one].overlaps(ranges[other]):
                # The later one is pointed at where the file says it, else the other.
                key = other if given.lines.get(other) or not given.lines.get(one) else one
                raise given.error(
                    "E554",
                    key,
                    f"{one} {ranges[one]} and {other} {ranges[other]} share addresses",
                    because="packets for such an address would not leave where they are sent from",
                    help="choose ranges apart from each other",
                )


def cut(
    space: Sequence[IPv4Network], taken: Iterable[IPv4Network], sizes: Mapping[str, int]
) -> dict[str, IPv4Network] | None:
    """A block for each name, the lowest that is free; None where one does not fit. sizes: prefix lengths."""
    used = list(taken)
    found: dict[str, IPv4Network] = {}
    for name, length in sizes.items():
        block = next((one for whole in space for one in _free(whole, used, length)), None)
        if block is None:
            return None
        found[name] = block
        used.append(block)
    return found


def _free(whole: IPv4Network, used: Sequence[IPv4Network], length: int) -> Iterable[IPv4Network]:
    """The lowest free block of that length, if there is one."""
    if length < whole.prefixlen:
        return
    step = 1 << (32 - length)
    inside = sorted(collapse_addresses(one for one in used if one.overlaps(whole)))
    start, end = int(whole.network_address), int(whole.broadcast_address)
    while start + step - 1 <= end:
        block = IPv4Network((start, length))
        blocking = next((one for one in inside if one.overlaps(block)), None)
        if blocking is None:
            yield block
            return
        # The next place at which a block of that length may begin.
        start = (max(int(blocking.broadcast_address), start) // step + 1) * step
