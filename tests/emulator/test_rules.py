"""The four rules that a REST service of resources has to keep, on any sequence of requests.

A resource that was deleted is gone (use after free); a refused creation leaves nothing (leak); a child is found below
its own parent only (hierarchy); and nobody gets at what another subscription holds, or without a token (namespace).
Source: Atlidakis, Godefroid, Polishchuk, "Checking Security Properties of Cloud Service REST APIs" (2020).
"""

from __future__ import annotations

from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from cloison.emulator import Emulator, ask
from cloison.emulator.wire import Answer, Asked
from tests.emulator.speaking import NETWORK, VERSION

MINE, OTHERS = "aaaaaaaa-0000-4000-8000-000000000001", "aaaaaaaa-0000-4000-8000-000000000002"
NAMES = st.sampled_from(["one", "two", "three"])
WRONG = st.sampled_from(
    [{}, {"location": "atlantis"}, {"location": "westeurope", "properties": 7}, {"location": 3}]
)
CHILDREN: dict[str, Any] = {
    "subnets": {"properties": {"addressPrefix": "10.0.1.0/24"}},
    "virtualNetworkPeerings": {"properties": {"remoteVirtualNetwork": {"id": "/subscriptions/x"}}},
}


class Rules(RuleBasedStateMachine):
    """Requests to groups, networks and what is in them, in two subscriptions."""

    groups, networks, children, gone = (
        Bundle("groups"),
        Bundle("networks"),
        Bundle("children"),
        Bundle("gone"),
    )

    def __init__(self) -> None:
        super().__init__()
        self.emulator = Emulator(subscriptions=(MINE, OTHERS))
        self.there: set[str] = set()

    def send(self, method: str, path: str, body: Any = None) -> Answer:
        return ask(self.emulator, method, f"{path}?api-version={VERSION}", body)

    def forget(self, path: str) -> None:
        self.there = {one for one in self.there if one != path and not one.startswith(f"{path}/")}

    # --- making ------------------------------------------------------------------------------------------

    @rule(target=groups, subscription=st.sampled_from([MINE, OTHERS]), name=NAMES)
    def group(self, subscription: str, name: str) -> str:
        path = f"/subscriptions/{subscription}/resourceGroups/{name}"
        answer = self.send("PUT", path, {"location": "westeurope"})
        assert (200 if path in self.there else 201) == answer.status
        self.there.add(path)
        return path

    @rule(target=networks, group=groups, name=NAMES)
    def network(self, group: str, name: str) -> str:
        path = f"{group}/providers/Microsoft.Network/virtualNetworks/{name}"
        answer = self.send("PUT", path, NETWORK)
        if group in self.there:
            assert (200 if path in self.there else 201) == answer.status
            self.there.add(path)
        else:
            assert 404 == answer.status
        return path

    @rule(target=children, network=networks, name=NAMES)
    def subnet(self, network: str, name: str) -> str:
        path = f"{network}/subnets/{name}"
        number = ["one", "two", "three"].index(name)
        answer = self.send("PUT", path, {"properties": {"addressPrefix": f"10.0.{number}.0/24"}})
        if network in self.there:
            assert (200 if path in self.there else 201) == answer.status
            self.there.add(path)
        else:
            assert 404 == answer.status
        return path

    # --- a leak ------------------------------------------------------------------------------------------

    @rule(group=groups, body=WRONG)
    def refused(self, group: str, body: Any) -> None:
        """What is refused leaves nothing, whoever asks for it in whatever way."""
        path = f"{group}/providers/Microsoft.Network/virtualNetworks/refused"
        before = len(self.emulator.state)
        assert 400 <= self.send("PUT", path, body).status < 500
        assert 404 == self.send("GET", path).status
        assert before == len(self.emulator.state)
        listed = self.send("GET", f"{group}/providers/Microsoft.Network/virtualNetworks")
        assert listed.status == 404 or "refused" not in {one["name"] for one in listed.body["value"]}

    # --- use after free ----------------------------------------------------------------------------------

    @rule(target=gone, path=consumes(children))
    def delete_subnet(self, path: str) -> str:
        return self.deleted(path)

    @rule(target=gone, path=consumes(networks))
    def delete_network(self, path: str) -> str:
        return self.deleted(path)

    @rule(target=gone, path=consumes(groups))
    def delete_group(self, path: str) -> str:
        return self.deleted(path)

    def deleted(self, path: str) -> str:
        answer = self.send("DELETE", path)
        assert answer.status in ((202,) if path in self.there else (204, 404)), answer.body
        self.forget(path)
        return path

    @rule(path=gone)
    def use(self, path: str) -> None:
        """What is gone cannot be read, changed or used as a parent, until somebody makes it again."""
        if path in self.there:
            return
        assert 404 == self.send("GET", path).status
        assert 404 == self.send("PATCH", path, {"tags": {"a": "b"}}).status
        child = f"{path}/subnets/child" if "/virtualNetworks/" in path else None
        if child and path.count("/") == 8:
            assert 404 == self.send("PUT", child, CHILDREN["subnets"]).status

    # --- hierarchy and namespace -------------------------------------------------------------------------

    @rule(path=children, name=NAMES)
    def elsewhere(self, path: str, name: str) -> None:
        """A subnet is found below its own network only."""
        head, _, own = path.partition("/subnets/")
        parent = head.rpartition("/")[0]
        other = f"{parent}/{name}/subnets/{own}"
        assert (200 if other in self.there else 404) == self.send("GET", other).status

    @rule(path=networks)
    def others(self, path: str) -> None:
        """The same path in the other subscription is another resource; without a token it is none."""
        swapped = path.replace(MINE, "x").replace(OTHERS, MINE).replace("x", OTHERS, 1)
        assert (200 if swapped in self.there else 404) == self.send("GET", swapped).status
        asked = Asked.of("GET", f"{path}?api-version={VERSION}")
        assert 401 == self.emulator.answer(asked).status

    @invariant()
    def lists_are_what_is_there(self) -> None:
        """Reading each resource and listing its kind agree with what was made and not deleted."""
        for subscription in (MINE, OTHERS):
            root = f"/subscriptions/{subscription}"
            listed = self.send("GET", f"{root}/providers/Microsoft.Network/virtualNetworks").body["value"]
            wanted = {one for one in self.there if one.startswith(root) and one.count("/") == 8}
            assert wanted == {one["id"] for one in listed}


Rules.TestCase.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
TestRules = Rules.TestCase
