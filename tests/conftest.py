"""What every test shares: how long and how randomly property tests search."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

# No deadline: two workers on two cores make any single example slow now and then, which says nothing about us.
settings.register_profile("here", deadline=None)
# In CI the same examples each time: a change is judged by what it changes. `make prove` searches anew.
settings.register_profile(
    "ci", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile("ci" if os.environ.get("CI") else "here")
