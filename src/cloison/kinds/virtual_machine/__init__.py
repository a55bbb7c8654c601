"""Microsoft.Compute/virtualMachines: a machine of somebody's, such as the one behind a Bastion host."""

from __future__ import annotations

from cloison.model.kind import Kind

KIND = Kind(type="Microsoft.Compute/virtualMachines", title="virtual machine")
