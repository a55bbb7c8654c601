"""The role that `cloison roles --plan` prints: enough to carry the plan out, and not more than it takes."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from cloison.arm.ids import ResourceId
from cloison.model.behaviour import Write
from tests.apply.live import SUBSCRIPTION, Site, azure, cloison
from tests.preflight.estate import definition, role

READING = "00000000-0000-0000-0000-0000000000e1"
APPLYING = "00000000-0000-0000-0000-0000000000e2"


def hold(site: Site, actions: Iterable[str], scopes: Iterable[str]) -> None:
    """From now on the caller may read everything, and do these in those places, and nothing else."""
    everywhere = f"/subscriptions/{SUBSCRIPTION}"
    bodies = [definition(READING, *read_by()), role(READING, everywhere), definition(APPLYING, *actions)]
    for one in (*bodies, *(role(APPLYING, scope) for scope in scopes)):
        site.emulator.state.write(Write(ResourceId(one["id"]), one))
    site.emulator.world.limited = True


def read_by() -> list[str]:
    """What the role for reading holds."""
    told: list[str] = json.loads(cloison("roles").out)["Actions"]
    return told


def printed(site: Site) -> dict[str, list[str]]:
    ended = cloison("roles", "--plan", str(site.plan_file))
    assert 0 == ended.code, ended.err
    told: dict[str, list[str]] = json.loads(ended.out)
    return told


def test_it_is_enough(tmp_path: Path) -> None:
    """With it in the groups that it names, and the role for reading, the plan is carried out to its end."""
    with azure(tmp_path) as site:
        document = site.plan()
        told = printed(site)
        assert f"Cloison Apply {document.digest[:12]}" == told["Name"]
        assert {"rg-ml", "rg-network"} == {one.rpartition("/")[2] for one in told["AssignableScopes"]}
        hold(site, told["Actions"], told["AssignableScopes"])
        ended = site.apply()
        assert 0 == ended.code, ended.all


def test_it_is_not_more(tmp_path: Path) -> None:
    """Without one of its actions that write, a look ahead says which step would be refused, and nothing is sent."""
    with azure(tmp_path) as site:
        site.plan()
        told = printed(site)
        writing = [one for one in told["Actions"] if one not in read_by()]
        assert all(one.rpartition("/")[2] in ("write", "delete", "action") for one in writing)
        without = next(one for one in writing if one.endswith("virtualNetworkLinks/write"))
        hold(site, set(told["Actions"]) - {without}, told["AssignableScopes"])
        ended = site.apply()
        assert (2, True) == (ended.code, "E541" in ended.err)
        assert without in ended.err.replace("\n", " ") or "would be refused: Link" in ended.err
        assert [] == site.emulator.writes


def test_secrets_are_in_no_role(tmp_path: Path) -> None:
    """No action of it lists keys, and none is a pattern that could."""
    with azure(tmp_path) as site:
        site.plan()
        told = printed(site)
        assert not [
            one for one in told["Actions"] if "*" in one or "list" in one.lower().rpartition("/")[0][-20:]
        ]


def test_what_is_no_plan_has_no_role(tmp_path: Path) -> None:
    """E510, as `cloison apply` says it."""
    (tmp_path / "plan.json").write_text("{}")
    ended = cloison("roles", "--plan", str(tmp_path / "plan.json"))
    assert (2, True) == (ended.code, "E510" in ended.err)
