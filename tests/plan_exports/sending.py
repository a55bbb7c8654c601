"""Emulators on which a plan is carried out: request by request, or by what an export says."""

from __future__ import annotations

import json
import re
from typing import Any

from cloison.emulator import Emulator, ask
from cloison.emulator.store import plant
from cloison.model.snapshot import Snapshot
from cloison.plan.document import PlanDocument

MADE_UP = re.compile(
    r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{24,32}|\d{4}-\d\d-\d\dt[\d:.]+z|(?<=\.nic)\.[\w-]+"
)
"""GUIDs, names and times of which Azure makes up new ones each time, in lower case."""


def planted(read: Snapshot) -> Emulator:
    """An emulator with a snapshot in it, on which everything ends at once."""
    emulator = Emulator()
    plant(emulator.world, read)
    return emulator


def send(emulator: Emulator, method: str, path: str, body: Any = None) -> Any:
    """One request; what is answered. It must be taken."""
    answer = ask(emulator, method, path, body)
    assert answer.status < 400, (method, path, answer.body)
    return answer.body


def carry_out(emulator: Emulator, plan: PlanDocument) -> None:
    """Every request of a plan, one by one."""
    for step in plan.steps:
        asked = step.request
        query = "&".join(
            f"{name}={value}" for name, value in {"api-version": asked.api_version, **asked.query}.items()
        )
        send(emulator, asked.method, f"{asked.path}?{query}", asked.body)
    # What was begun ends when somebody asks.
    send(emulator, "GET", "/subscriptions?api-version=2022-12-01")


def state(emulator: Emulator) -> dict[str, str]:
    """What is there, by id in lower case; what Azure makes up left out."""
    found: dict[str, str] = {}
    for id in emulator.world.state:
        body = dict(emulator.world.state.get(id) or {})
        if "/microsoft.resources/" in id:
            continue
        body.pop("etag", None)
        text = json.dumps(body, sort_keys=True).lower()
        found[MADE_UP.sub("*", id.lower())] = MADE_UP.sub("*", text)
    return found
