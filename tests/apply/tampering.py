"""Plans that somebody changed after they were made: carelessly, cleverly, and with a hash that fits again."""

from __future__ import annotations

import functools
import random
from collections.abc import Callable
from typing import Any

import msgspec

from cloison.apply.plans import planned
from cloison.arm.gate import Sent
from cloison.arm.ids import ResourceId
from cloison.model.snapshot import Snapshot
from cloison.plan.document import PlanDocument, sealed
from cloison.plan.make import make
from cloison.plan.options import PlanOptions
from cloison.sources import read
from tests.cli.shell import EXAMPLE
from tests.fault_catalogue import FAULTS
from tests.plan.environments import public
from tests.reference import REFERENCES, changed, snapshot

Json = dict[str, Any]
Change = Callable[[Json, random.Random], None]
"""Changes a plan in place."""

FAULTY = (
    "the blob endpoint is disconnected",
    "a datastore's account has no endpoint",
    "a private cluster keeps its public name",
    "an endpoint to the cluster is disconnected since it was restarted",
)


def sources() -> list[Snapshot]:
    """Environments whose plans have every method between them."""
    stopped = {
        "managedClusters/aks#/properties/powerState/code": "Stopped",
        "managedClusters/aks#/properties/agentPoolProfiles/0/powerState": {"code": "Stopped"},
    }
    found = [read([str(EXAMPLE)]), snapshot(public("same network"))]
    found += [snapshot(changed(REFERENCES["peered"](), stopped))]
    for name in FAULTY:
        fault = next(one for one in FAULTS if one.name == name)
        found.append(snapshot(changed(REFERENCES["peered"](), fault.changes)))
    return found


@functools.cache
def plans() -> tuple[PlanDocument, ...]:
    """Plans with steps, as they are made."""
    made = [make(one, PlanOptions(accept_asks=True)) for one in sources()]
    return tuple(one for one in made if one.steps and one.proof.proven)


def text(document: PlanDocument) -> bytes:
    """A plan's file."""
    return msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"


def plain(document: PlanDocument) -> Json:
    """A plan as plain data."""
    found: Json = msgspec.json.decode(msgspec.json.encode(document))
    return found


def again(told: Json) -> bytes | None:
    """A changed plan's file with a hash that fits; None where it is no plan any more, whatever its hash."""
    try:
        document = msgspec.json.decode(msgspec.json.encode(told), type=PlanDocument, strict=True)
    except msgspec.ValidationError:
        return None
    return text(sealed(document))


# --- changes that leave the hash as it is ------------------------------------------------------------------


def bytes_changed(raw: bytes, chance: random.Random) -> bytes:
    """Bits flipped, bytes dropped, doubled, put in, exchanged."""
    at, size = chance.randrange(len(raw)), chance.randint(1, 40)
    match chance.randrange(6):
        case 0:
            return raw[:at] + bytes([raw[at] ^ (1 << chance.randrange(8))]) + raw[at + 1 :]
        case 1:
            return raw[:at] + raw[at + size :]
        case 2:
            return raw[:at] + raw[at : at + size] + raw[at:]
        case 3:
            return raw[:at] + chance.randbytes(size) + raw[at:]
        case 4:
            return raw[:at]
        case _:
            digits = [place for place, one in enumerate(raw) if chr(one).isdigit()]
            place = chance.choice(digits)
            return raw[:place] + str((raw[place] - 47) % 10).encode() + raw[place + 1 :]


def field_changed(told: Json, chance: random.Random) -> None:
    """Any field of any depth is another, missing, double, or of another kind; or there is one more."""
    holder, key = chance.choice(_places(told))
    value = holder[key]
    match chance.randrange(6):
        case 0 if isinstance(holder, dict):
            del holder[key]
        case 1 if isinstance(holder, dict):
            holder[f"{key}X"] = value
        case 2 if isinstance(holder, list):
            holder.append(value)
        case 3 if isinstance(holder, list):
            del holder[key]
        case 4:
            holder[key] = chance.choice([None, True, 0, -1, 1e9, "", "x", [], {}, [value], {"x": value}])
        case _:
            holder[key] = _other(value, chance)


def _other(value: Any, chance: random.Random) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + chance.choice([-1, 1, 0.5, 1000])
    if isinstance(value, str):
        at = chance.randrange(len(value) + 1)
        return value[:at] + chance.choice(["x", "/", "..", "%2e", " ", "\n", "é", "0"]) + value[at:]
    if isinstance(value, list):
        return list(reversed(value)) if len(value) > 1 else [*value, "x"]
    return {**value, "more": "x"} if isinstance(value, dict) else "x"


def _places(value: Any) -> list[tuple[Any, Any]]:
    found: list[tuple[Any, Any]] = []
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        found.append((value, key))
        found += _places(inner)
    return found


# --- changes to requests that no plan has, whatever its hash -----------------------------------------------

SECRETS = (
    "listKeys", "listkeys", "LISTKEYS", "listCredentials", "listAccountSas", "listServiceSas", "regenerateKey",
    "regenerateKeys", "regenerateCredential", "listClusterAdminCredential", "listClusterUserCredential",
    "listNotebookKeys", "listNotebookAccessToken", "listStorageAccountKeys", "listConnectionStrings", "listSecrets",
    "generateCredentials", "accessProfiles/clusterAdmin/listCredential",
)  # fmt: skip
ACTIONS = (
    "purge", "runCommand", "failover", "revokeUserDelegationKeys", "rotateClusterCertificates", "resetAADProfile",
    "deploy", "exportTemplate", "validate", "delete", "restart", "importImage", "scheduleRun", "diagnose",
    "resyncKeys", "list", "listKeys/", "start/../listKeys", "start%2flistKeys", "listKeys%00", "list%4beys",
    "listKeys?x=1", "listKeys#", "stop;listKeys", "list\uff2beys",
)  # fmt: skip
UNKNOWN = (
    "Microsoft.Compute/virtualMachines/vm", "Microsoft.Sql/servers/s", "Microsoft.Web/sites/w/config/appsettings",
    "Microsoft.Authorization/policyAssignments/p", "Microsoft.Resources/deployments/d", "Microsoft.Support/tickets/t",
    "Microsoft.ManagedIdentity/userAssignedIdentities/i/federatedIdentityCredentials/f", "Microsoft.Billing/x/y",
)  # fmt: skip


def _step(told: Json, chance: random.Random) -> Json:
    step: Json = chance.choice(told["steps"])
    return step


def asks_for_secrets(told: Json, chance: random.Random) -> None:
    """A POST that answers with secrets."""
    step = _step(told, chance)
    path = step["request"]["path"] if step["request"]["method"] != "POST" else _target(step)
    _acts(step, f"{path}/{chance.choice(SECRETS)}")


def acts_otherwise(told: Json, chance: random.Random) -> None:
    """A POST that no plan has, some written so that a careless eye takes them for another."""
    step = _step(told, chance)
    path = step["request"]["path"] if step["request"]["method"] != "POST" else _target(step)
    _acts(step, f"{path}/{chance.choice(ACTIONS)}")


def _target(step: Json) -> str:
    path: str = step["request"]["path"]
    return path.rpartition("/")[0]


def _acts(step: Json, path: str) -> None:
    step["request"] |= {"method": "POST", "path": path, "body": None}
    step["base"] = step["base"] or {"properties/x": "0" * 16}
    step["makes"] = False
    step["settings"] = [{"pointer": "/properties/powerState/code", "before": "Stopped", "after": "Running"}]


def of_unknown_type(told: Json, chance: random.Random) -> None:
    """A request to a type that Cloison never writes."""
    request = _step(told, chance)["request"]
    head = request["path"].partition("/providers/")[0]
    request["path"] = f"{head}/providers/{chance.choice(UNKNOWN)}"


def out_of_the_way(told: Json, chance: random.Random) -> None:
    """A path with dots, encoded signs, doubled slashes, another host, control characters."""
    request = _step(told, chance)["request"]
    path: str = request["path"]
    parts = path.split("/")
    at = chance.randrange(1, len(parts))
    odd = chance.choice(
        ["..", ".", "%2e%2e", "%2F..", "..%2f", "%252e%252e", "", "\\..", "a\\b", "a?b", "a#b", "a;b", "a\tb", "a\n",
         "\x00", "a%00", "{x}", "a&b", "a'b", "<a>", "a|b", "…/..", "...", "a:b", "a=b", "a,b", "%61",
         "a\u202eb", "a\u200bb"]
    )  # fmt: skip
    match chance.randrange(5):
        case 0:
            parts[at] = odd
        case 1:
            parts.insert(at, odd)
        case 2:
            parts[at] += f"/../{odd}"
        case 3:
            host = chance.choice(
                ["https://attacker.example", "//attacker.example", "attacker.example", "@attacker.example"]
            )
            parts[0] = host
        case _:
            parts += [odd]
    request["path"] = "/".join(parts)


def at_no_scope(told: Json, chance: random.Random) -> None:
    """A path of a tenant, of a management group, of nothing; or without its name."""
    request = _step(told, chance)["request"]
    tail = request["path"].partition("/providers/")[2]
    request["path"] = chance.choice(
        [
            f"/providers/{tail}",
            f"/providers/Microsoft.Management/managementGroups/all/providers/{tail}",
            f"/tenants/x/providers/{tail}",
            "",
            "/",
            f"/subscriptions//resourceGroups/x/providers/{tail}",
            request["path"].rpartition("/")[0],
            request["path"].partition("/resourceGroups/")[0],
            request["path"] + "/",
            f" {request['path']}",
            request["path"].lstrip("/"),
        ]
    )


def with_another_method(told: Json, chance: random.Random) -> None:
    """A method that does not fit, or that there is none of."""
    step = _step(told, chance)
    request = step["request"]
    # A PATCH with the whole body of a PUT asks for the same.
    others = {"PUT", "DELETE", "POST"} - {request["method"]}
    method = chance.choice(
        [*sorted(others), "GET", "HEAD", "OPTIONS", "put", "MERGE", "CONNECT", "PUT\r\nX: y"]
    )
    request["method"] = method


def of_another_version(told: Json, chance: random.Random) -> None:
    """A version of the API that Cloison does not plan with, some with more than a version."""
    request = _step(told, chance)["request"]
    own = request["api_version"]
    request["api_version"] = chance.choice(
        ["", "2099-01-01", f"{own}-preview", f"{own}&forceDelete=true", f"{own}%26x=1", f" {own}", f"{own}\n", "latest",
         own[:-1] + str((int(own[-1]) + 1) % 10), own.replace("20", "19", 1), f"{own}#", f"{own}&api-version={own}"]
    )  # fmt: skip


def with_a_query(told: Json, chance: random.Random) -> None:
    """More in the query than a plan asks for."""
    request = _step(told, chance)["request"]
    name, value = chance.choice(
        [
            ("api-version", "2019-01-01"),
            ("API-Version", "2019-01-01"),
            ("forceDeletionTypes", "Microsoft.Compute/virtualMachines"),
            ("forceDelete", "true"),
            ("forceToPurge", "true"),
            ("underlyingResourceAction", "Delete"),
            ("underlyingResourceAction", "delete"),
            ("$expand", "kerb"),
            ("x", "1&y=2"),
            ("%61pi-version", "2019-01-01"),
            ("", ""),
        ]
    )
    request["query"][name] = value


def with_a_hidden_setting(told: Json, chance: random.Random) -> None:
    """A body that changes something which the plan does not show."""
    steps = [one for one in told["steps"] if one["request"]["body"] and one["base"]]
    if not steps:
        with_a_query(told, chance)
        return
    step = chance.choice(steps)
    body = step["request"]["body"]
    match chance.randrange(4):
        case 0:
            body.setdefault("properties", {})["publicNetworkAccess"] = "Enabled?"
        case 1:
            body.setdefault("properties", {})["hidden"] = {"deep": [1]}
        case 2:
            body["id"] = "/subscriptions/x/resourceGroups/y/providers/Microsoft.Storage/storageAccounts/other"
        case _:
            step["settings"] = [
                *step["settings"],
                {"pointer": "/properties/harmless", "before": 1, "after": 2},
            ]


def showing_something_else(told: Json, chance: random.Random) -> None:
    """Settings shown are not those that are sent."""
    steps = [one for one in told["steps"] if one["request"]["body"] and one["settings"]]
    if not steps:
        out_of_the_way(told, chance)
        return
    setting = chance.choice(chance.choice(steps)["settings"])
    setting["after"] = chance.choice(["Disabled!", 0, ["x"], {"x": 1}])


def out_of_turn(told: Json, chance: random.Random) -> None:
    """Steps in another order, numbered or put in waves as no plan has them."""
    steps = told["steps"]
    match chance.randrange(5):
        case 0:
            steps[chance.randrange(len(steps))]["number"] += chance.choice([-1, 1, 100])
        case 1:
            steps[-1]["wave"] += 2
        case 2:
            steps[chance.randrange(len(steps))]["wave"] = chance.choice([0, -1, 99])
        case 3:
            steps.append(dict(steps[-1], number=len(steps) + 1))
        case _:
            steps[0]["makes"] = not steps[0]["makes"]


FORBIDDEN: dict[str, Change] = {
    one.__name__.replace("_", " "): one
    for one in (
        asks_for_secrets, acts_otherwise, of_unknown_type, out_of_the_way, at_no_scope, with_another_method,
        of_another_version, with_a_query, with_a_hidden_setting, showing_something_else, out_of_turn,
    )
}  # fmt: skip
"""Changes after which no hash helps."""


def unsealed(seed: int) -> tuple[str, PlanDocument, bytes]:
    """A plan changed without care for its hash: how, the plan that was reviewed, the file."""
    chance = random.Random(seed)
    document = chance.choice(plans())
    if chance.random() < 0.4:
        return "bytes", document, bytes_changed(text(document), chance)
    told = plain(document)
    chance.choice([field_changed, *FORBIDDEN.values()])(told, chance)
    return "fields", document, msgspec.json.encode(told)


def resealed(seed: int) -> tuple[str, PlanDocument, bytes]:
    """A plan with a forbidden request and a hash that fits, where it can have one at all."""
    chance = random.Random(seed)
    document = chance.choice(plans())
    told = plain(document)
    name = chance.choice(list(FORBIDDEN))
    FORBIDDEN[name](told, chance)
    return name, document, again(told) or msgspec.json.encode(told)


def swapped(seed: int) -> tuple[str, PlanDocument, bytes]:
    """Another plan than the one that was reviewed, with a hash that fits it."""
    chance = random.Random(seed)
    document = chance.choice(plans())
    told = plain(document)
    for _ in range(chance.randint(1, 3)):
        field_changed(told, chance)
    return "another plan", document, again(told) or msgspec.json.encode(told)


# --- requests at the gate ------------------------------------------------------------------------------------


def at_the_gate(seed: int) -> tuple[list[Sent], Sent, Sent]:
    """A plan's requests, one of them, and another that differs from it."""
    chance = random.Random(seed)
    requests = [one.request for one in planned(chance.choice(plans()), "plan").steps]
    one = chance.choice(requests)
    return requests, one, _otherwise(one, chance)


def _otherwise(request: Sent, chance: random.Random) -> Sent:
    """A request that differs from the planned one in something."""
    body = dict(request.body) if request.body is not None else None
    match chance.randrange(7):
        case 0:
            methods = {"PUT", "PATCH", "DELETE", "POST", "GET"} - {request.method}
            return msgspec.structs.replace(request, method=chance.choice(sorted(methods)))
        case 1:
            path = request.id.text
            at = chance.randrange(len(path))
            return msgspec.structs.replace(request, id=ResourceId(f"/{path[1:at]}x{path[max(at, 1) :]}"))
        case 2:
            return msgspec.structs.replace(request, action=chance.choice([*SECRETS, *ACTIONS]))
        case 3:
            return msgspec.structs.replace(request, api_version=request.api_version + chance.choice("&x1 "))
        case 4:
            return msgspec.structs.replace(
                request, query={**request.query, "force": chance.choice(["true", ""])}
            )
        case 5:
            return msgspec.structs.replace(request, body={**(body or {}), "more": chance.random()})
        case _:
            if not body:
                return msgspec.structs.replace(request, body={})
            told: Json = msgspec.json.decode(msgspec.json.encode(body))
            while told == body:
                field_changed(told, chance)
            return msgspec.structs.replace(request, body=told)
