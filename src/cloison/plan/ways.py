"""Ways out: what a person can do where Azure would refuse the change that mends something.

Known for refusals that wait for somebody's decision. What preflight finds beforehand, rights and quotas, is told there.
"""

from __future__ import annotations

from cloison.model.behaviour import Refused
from cloison.model.verdict import Fix, Safety
from cloison.plan.change import Change, which

_WAYS = {
    # Source: Microsoft Learn, Lock your resources to protect your infrastructure; checked 2026-11-25.
    "ScopeLocked": (
        "Take the lock that holds {which} away while the plan is applied, and put it back afterwards",
        "whoever set the lock decides: it keeps everybody from this, not only Cloison",
    ),
    # Source: Microsoft Learn, Create, change, or delete a virtual network peering, constraints; checked 2026-11-25.
    "VnetAddressSpacesOverlap": (
        "Give one network of {which} other addresses, or make endpoints in the network of the pods and zones for it",
        "networks that share addresses cannot be peered",
    ),
    # Source: Microsoft Learn, Virtual network FAQ, addresses that Azure keeps; checked 2026-11-25.
    "SubnetIsFull": (
        "Make another subnet for endpoints, or name one that has room with --private-endpoint-subnet",
        "no subnet of that network has enough addresses left",
    ),
}
"""By Azure's code: what to do, and why a plan does not."""


def way_out(change: Change, refused: Refused) -> Fix | None:
    """What a person can do about a refusal; None where nothing is known."""
    way = _WAYS.get(refused.code)
    if way is None:
        return None
    summary, why = way
    return Fix(
        action="update",
        target=change.id.text,
        summary=summary.format(which=which(change.id)),
        safety=Safety.MANUAL,
        why=why,
    )
