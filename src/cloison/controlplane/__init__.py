"""The control plane: what Azure Resource Manager makes of a request, on a state that is held here.

Pure but for the state it is handed: no clock, no network, no randomness. The emulator answers clients with it,
a planner predicts with it. What a request means for one resource type stands in that type's folder.
"""

from __future__ import annotations

from cloison.controlplane.chance import Seeded
from cloison.controlplane.run import Outcome, run
from cloison.controlplane.state import Azure

__all__ = ["Azure", "Outcome", "Seeded", "run"]
