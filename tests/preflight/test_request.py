"""The request to others: what it says, that its commands are the plan's, and that no name breaks out of it."""

from __future__ import annotations

import re
from functools import cache

import msgspec
import pytest

from cloison.plan.options import PlanOptions
from cloison.plan.preflight.document import Preflight
from cloison.plan.preflight.split import preflight
from cloison.plan_exports.request import request
from cloison.reports import View
from cloison.reports.preflight import render
from tests.preflight.estate import (
    HUB_GROUP,
    JOINER,
    NETWORK_TEAM,
    OWNER,
    READER,
    SPOKE,
    ZONE,
    asking,
    azure,
    role,
    spoke,
    team,
)
from tests.preflight.test_checks import lock
from tests.reference import snapshot

NASTY = (
    "|",
    "`rm -rf .`",
    "<script>",
    "[x](e.example)",
    "~~~~sh",
    "'; echo x; '",
    "\n# heading",
    "***",
)


@cache
def found(*in_the_hub: str) -> Preflight:
    """The preflight of a spoke whose team has these roles in the hub."""
    emulator = azure(spoke(), team(*in_the_hub))
    return preflight(snapshot(spoke()), PlanOptions(), asking(emulator))


def test_links_are_asked_for_with_commands() -> None:
    """One section for the hub: each link with its requirements, when to send it, the requests, the rights."""
    told = found(READER, JOINER)
    text = request(told)

    assert 1 == text.count("\n## 1. rg-hub, subscription")
    assert "When: once we have told you that our plan is applied." in text
    assert told.now.digest in text
    for one in told.held:
        assert one.step.request.path in text
        assert one.step.summary in text
    assert f"`{ZONE}/virtualNetworkLinks/write`" in text
    assert "--role 'Private DNS Zone Contributor' --scope" in text


def test_a_right_is_asked_for_without_commands_to_send() -> None:
    """Where a right to join is all that is missing, it is asked for, and the caller sends the change."""
    text = request(found(READER))

    assert f"`{ZONE}/join/action`" in text
    assert "at any time; we send the changes ourselves" in text
    assert "az rest" not in text
    assert "## Later, in another request" in text


def test_a_lock_is_asked_to_be_lifted_by_its_id() -> None:
    """The command that takes it away, and what comes after."""
    bodies = [*spoke(), lock("ReadOnly", HUB_GROUP)]
    emulator = azure(bodies, [role(OWNER, SPOKE), role(OWNER, HUB_GROUP)])
    text = request(preflight(snapshot(bodies), PlanOptions(), asking(emulator)))

    assert "please lift these locks for a while" in text
    assert f"az lock delete --ids {lock('ReadOnly', HUB_GROUP)['id']}" in text
    assert "set it again once our next plan is applied" in text


def test_the_same_request_has_the_same_bytes() -> None:
    """Nothing of time or chance is in it."""
    emulator = azure(spoke(), team(READER, JOINER))
    again = preflight(snapshot(spoke()), PlanOptions(), asking(emulator))

    assert request(found(READER, JOINER)) == request(again)


@pytest.mark.parametrize("nasty", NASTY)
def test_no_name_breaks_out(nasty: str) -> None:
    """A name from the input ends no line, no cell, no block and no quotes."""
    plain = found(READER, JOINER)
    escaped = msgspec.json.encode(f"aks{nasty}net").decode()[1:-1]
    raw = msgspec.json.encode(plain, enc_hook=lambda id: id.text).decode().replace("aks-net", escaped)
    text = request(msgspec.json.decode(raw.encode(), type=Preflight, dec_hook=lambda type, told: type(told)))
    lines = text.split("\n")

    assert len(request(plain).split("\n")) == len(lines)
    fences = [line for line in lines if re.match(r"~{4,}", line)]
    assert 4 == len(fences), "one block of commands, one of roles"
    for line in lines:
        if line.startswith("| Link"):
            assert 4 == len(re.findall(r"(?<!\\)\|", line))
            assert "<" not in re.sub(r"\\<", "", line)


@pytest.mark.parametrize("width", [60, 80, 120])
def test_the_report_says_what_is_whose(width: int) -> None:
    """The terminal shows how many steps are for now and for others, whom to ask, and each check."""
    told = found(READER, JOINER)
    text = render(told, View(width=width))
    flat = " ".join(text.split())

    assert f"{len(told.now.steps)} steps can be applied now" in flat
    assert "Ask for rg-hub: send, or grant rights" in flat
    assert "youlackMicrosoft.Network/privateDnsZones/virtualNetworkLinks/write" in "".join(text.split())
    for check in ("addresses", "locks", "policy", "quotas", "rights"):
        assert f"\n  {check}" in text
    assert all(len(line) <= width for line in text.split("\n"))


def test_what_is_not_known_is_said() -> None:
    """From an export: rights are not known, and the report says so."""
    told = preflight(snapshot(spoke()), PlanOptions(), None)
    flat = " ".join(render(told, View()).split())

    assert "not known: which rights you have" in flat
    assert "nothing is in the way that is known" in flat


def test_owners_are_people_of_their_own() -> None:
    """The estate of these tests: the network team owns the hub, the callers do not."""
    assert NETWORK_TEAM not in str(found(READER, JOINER).sections)
    assert {HUB_GROUP} == {one.place for one in found(READER, JOINER).sections}
