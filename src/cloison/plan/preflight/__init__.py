"""Preflight: what of a plan its caller can do, known before anything is sent, and the rest split off for others.

Each check is one module in `checks/`, found by being there. A check asks Azure a few questions, reads only, and says of
each request of a plan what stands in its way: for sure, or as far as is known. The plan is then made again as if Azure
refused what is in the way, so that the part which is left is proven like any plan.

Knows no resource type: what writing a type takes stands in the type's own folder.
"""

from __future__ import annotations
