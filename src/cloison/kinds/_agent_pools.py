"""What Azure fills into an agent pool, alike in its cluster's list and on its own. Knows no resource type.

Sources: REST reference of Microsoft.ContainerService 2020-03-01 to 2024-09-01, ManagedClusterAgentPoolProfile;
Microsoft Learn, Configure the maximum number of pods per node; exchanges recorded by azure-cli (2020-2022) and
azure-service-operator (2023-2024); checked 2026-11-24.
"""

from __future__ import annotations

from collections.abc import Mapping

from cloison.model.behaviour import Json

SINCE: Mapping[str, str] = {
    "currentOrchestratorVersion": "2022-01-01",
    "eTag": "2024-04-02-preview",
    "enableFIPS": "2021-05-01",
    "kubeletDiskType": "2021-05-01",
    "nodeImageVersion": "2020-09-01",
    "osDiskType": "2020-09-01",
    "osSKU": "2021-05-01",
    "powerState": "2021-05-01",
    "scaleDownMode": "2021-09-01",
    "securityProfile": "2023-11-02-preview",
    "securityProfile/sshAccess": "2023-11-02-preview",
    "upgradeSettings": "2020-09-01",
    "upgradeSettings/maxSurge": "2023-10-01",
    "workloadRuntime": "2021-10-01",
}
"""Pointer inside a pool -> the API version from which on it is answered."""
STABLE: Mapping[str, str] = {"enableCustomCATrust": "", "securityProfile/sshAccess": ""}
"""Pointer inside a pool -> the stable API version from which on it is answered, `""` for none."""
ENUMS: Mapping[str, tuple[str, ...]] = {
    "mode": ("System", "User", "Gateway"),
    "osType": ("Linux", "Windows"),
    "type": ("VirtualMachineScaleSets", "AvailabilitySet", "VirtualMachines"),
}
IMAGE = "AKSUbuntu-2204gen2containerd-202606.01.0"
"""A node image's name. A guess: only its form is known."""


def most_pods(network: Json) -> int:
    """Pods that a node takes where nobody says: fewer where each needs an address of the subnet."""
    if network.get("networkPlugin") == "kubenet":
        return 110
    return 30 if network.get("networkPlugin") == "azure" and network.get("networkPluginMode") is None else 250


def filled(pool: Json, network: Json, version: str, mode: str, *, old_api: bool = False) -> Json:
    """A pool with what it does not say, and without what says nothing.

    network: the cluster's network profile; version: of the cluster. old_api: labels are told where there are none.
    """
    pool = {name: value for name, value in pool.items() if not _says_nothing(name, value, pool)}
    if old_api:
        pool.setdefault("nodeLabels", {})
    if pool.get("scaleSetPriority") == "Spot":
        pool = {"scaleSetEvictionPolicy": "Delete", "spotMaxPrice": -1, **pool}
    own = pool.get("orchestratorVersion", version)
    os = pool.get("osType", "Linux")
    upgrade = {"maxSurge": "10%", **(pool.get("upgradeSettings") or {})}
    security = {"enableSecureBoot": False, "enableVTPM": False, "sshAccess": "LocalUser"}
    return {
        "count": 1,
        "osDiskSizeGB": 128,
        "osDiskType": "Managed",
        "kubeletDiskType": "OS",
        "maxPods": most_pods(network),
        "type": "VirtualMachineScaleSets",
        "powerState": {"code": "Running"},
        "orchestratorVersion": own,
        "currentOrchestratorVersion": own,
        "mode": mode,
        "osType": os,
        "osSKU": "Ubuntu" if os == "Linux" else "Windows2022",
        "nodeImageVersion": IMAGE,
        "enableFIPS": False,
        **pool,
        "upgradeSettings": upgrade,
        "securityProfile": {**security, **(pool.get("securityProfile") or {})},
        "provisioningState": "Succeeded",
    }


_OF_SPOT = ("scaleSetEvictionPolicy", "spotMaxPrice")


def _says_nothing(name: str, value: object, pool: Json) -> bool:
    """Empty lists and maps, and what is told of spot nodes where there are none."""
    regular = str(pool.get("scaleSetPriority", "Regular")) == "Regular"
    if name == "scaleSetPriority":
        return regular
    return (regular and name in _OF_SPOT) or (value in ([], {}) and name != "upgradeSettings")


def stable(prefix: str) -> dict[str, str]:
    """`STABLE` with the pointers of pools that stand at a pointer."""
    return {f"{prefix}/{name}": first for name, first in STABLE.items()}


def below(prefix: str) -> dict[str, str]:
    """`SINCE` with the pointers of pools that stand at a pointer."""
    return {f"{prefix}/{name}": first for name, first in SINCE.items()}


def enums(prefix: str) -> dict[str, tuple[str, ...]]:
    """`ENUMS` with the pointers of pools that stand at a pointer."""
    return {f"{prefix}/{name}": values for name, values in ENUMS.items()}
