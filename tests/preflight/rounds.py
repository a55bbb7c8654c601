"""Random teams with some roles in a spoke and a hub: the plan of each split, sent, and held against Azure's answers."""

from __future__ import annotations

import random
from collections.abc import Iterable

from cloison.emulator import Emulator
from cloison.emulator.signin import issued
from cloison.emulator.wire import Asked
from cloison.plan.document import StepReport
from cloison.plan.options import PlanOptions
from cloison.plan.preflight.split import preflight
from tests.plan.environments import offences
from tests.preflight.estate import (
    CONTRIBUTOR,
    HUB_GROUP,
    OWNER,
    READER,
    SPOKE,
    asking,
    azure,
    definition,
    role,
    spoke,
)
from tests.reference import GROUP, REFERENCES, Body, id_of

OPTIONS = PlanOptions(accept_asks=True)
ACTIONS = (
    "Microsoft.Network/privateEndpoints/*",
    "Microsoft.Network/privateEndpoints/write",
    "Microsoft.Network/privateEndpoints/privateDnsZoneGroups/write",
    "Microsoft.Network/privateDnsZones/join/action",
    "Microsoft.Network/privateDnsZones/*",
    "Microsoft.Network/privateDnsZones/virtualNetworkLinks/write",
    "Microsoft.Network/virtualNetworks/join/action",
    "Microsoft.Network/virtualNetworks/subnets/join/action",
    "*/privateEndpointConnectionsApproval/action",
    "Microsoft.Storage/*",
    "Microsoft.KeyVault/vaults/write",
    "Microsoft.ContainerRegistry/registries/write",
    "Microsoft.MachineLearningServices/*",
)
SCOPES = (
    SPOKE,
    GROUP,
    HUB_GROUP,
    id_of("virtualNetworks/aks-net"),
    id_of("storageAccounts/mlstore"),
    id_of("vaults/mlvault"),
    f"{HUB_GROUP}/providers/Microsoft.Network/privateDnsZones/privatelink.blob.core.windows.net",
)


def team(chance: random.Random) -> list[Body]:
    """Roles of a random team: it may read most, and write here and there."""
    found = [role(READER, scope) for scope in (SPOKE, HUB_GROUP) if chance.random() < 0.9]
    found += [role(CONTRIBUTOR, SPOKE)] if chance.random() < 0.4 else []
    found += [role(OWNER, HUB_GROUP)] if chance.random() < 0.1 else []
    for number in range(chance.randint(0, 6)):
        guid = f"00000000-0000-0000-0000-00000000e{number:03}"
        actions = chance.sample(ACTIONS, chance.randint(1, 4))
        excepted = chance.sample(ACTIONS, 1) if chance.random() < 0.3 else []
        found += [definition(guid, *actions, excepted=excepted), role(guid, chance.choice(SCOPES))]
    return found


def sent(emulator: Emulator, steps: Iterable[StepReport]) -> list[tuple[str, int, str]]:
    """What was answered to the requests of some steps: summary, status, code."""
    token = issued(emulator.world, "https://localhost", "cloison")
    found = []
    for step in steps:
        target = f"{step.request.path}?api-version={step.request.api_version}"
        told = {"Authorization": f"Bearer {token}"}
        answer = emulator.answer(Asked.of(step.request.method, target, step.request.body, told))
        error = answer.body.get("error", {}) if isinstance(answer.body, dict) else {}
        found.append((step.summary, answer.status, str(error.get("code", ""))))
    return found


def broken_promises(seed: int) -> list[str]:
    """What a split plan of one random team promised and did not hold."""
    chance = random.Random(seed)
    reference = chance.choice([one for one in REFERENCES if one != "service endpoints"])
    bodies, roles = spoke(reference, linked=chance.random() < 0.4), team(chance)
    emulator = azure(bodies, roles)
    emulator.world.settle()
    read = emulator.state.snapshot()
    found = preflight(read, OPTIONS, asking(emulator))
    wrong = [] if found.now.proof.proven else ["the part is not proven"]
    wrong += offences(read, found.now)
    counted = len(found.now.steps) + len(found.held) + len(found.later)
    wrong += (
        [f"{counted} of {found.steps} steps are accounted for"]
        if found.held and counted != found.steps
        else []
    )
    asked = sum(len(one.steps) for one in found.sections) + len(found.waiting)
    wrong += [f"{asked} of {len(found.held)} held steps are asked for"] if asked != len(found.held) else []
    if found.held and not found.now.steps and not found.sections:
        wrong.append("nothing goes on: neither the caller nor others have anything to do")
    for one in found.held:
        if any(obstacle.sure for obstacle in one.obstacles):
            wrong += [
                f"taken, though surely refused: {a}"
                for a, status, _ in sent(emulator, [one.step])
                if status < 400
            ]
    wrong += [
        f"{what}: {status} {code}" for what, status, code in sent(emulator, found.now.steps) if status >= 400
    ]
    return wrong
