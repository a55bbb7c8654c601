"""The emulator: Azure Resource Manager on this machine, for tools that know nothing of it.

`Emulator` answers requests; `server` puts it on a loopback address with TLS. What requests do is told by the kinds
and run by the control plane; here is the protocol around that.
"""

from __future__ import annotations

from cloison.emulator.emulator import Emulator, ask

__all__ = ["Emulator", "ask"]
