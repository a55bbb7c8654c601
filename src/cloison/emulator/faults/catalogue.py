"""The faults, one by one: what happens, where it was seen, and what becomes of the answer.

Sources: issues of terraform-provider-azurerm (`azurerm #…`), azure-cli, AKS and others as each fault says; the ARM RPC
contract v1.0; Microsoft Learn, "Understand how Azure Resource Manager throttles requests"; checked 2026-11-24.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from email.utils import formatdate
from typing import Any

import msgspec

from cloison.arm.ids import NotAnId, ResourceId
from cloison.emulator.operations import Operation
from cloison.emulator.wire import ENCODER, Answer, Asked, Fate
from cloison.emulator.world import World
from cloison.model.behaviour import Json, Refused

Strike = Callable[[World, Asked, Answer], Answer]
"""(the world, the request, the true answer, or an empty one before the effect): what the client gets."""

ELSEWHERE = "https://attacker.example"
"""A host that nobody has. Source: RFC 2606, reserved names."""


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """One fault."""

    name: str
    says: str
    """What happens, for people."""
    source: str
    strike: Strike
    replaces: bool = True
    """The answer is lost, so the request may be struck before it has its effect; else its true answer is changed."""
    begins: bool = False
    """It strikes only requests that begin an operation."""
    hides: int = 0
    """Reads that do not find the resource afterwards."""


def _error(status: int, code: str, message: str, wait: str = "", details: list[Json] | None = None) -> Strike:
    def strike(world: World, asked: Asked, answer: Answer) -> Answer:
        text = message.replace("{path}", asked.path).replace("{action}", action(asked))
        body = Refused(status, code, text, details=details).body
        return Answer(status=status, body=body, headers={"Retry-After": wait} if wait else {})

    return strike


def action(asked: Asked) -> str:
    """The right that a request needs: `Microsoft.Network/virtualNetworks/write`."""
    try:
        id = ResourceId(asked.path)
    except NotAnId:
        return asked.path
    tail = id.text.rpartition("/providers/")[2].split("/")
    verb = {"GET": "read", "HEAD": "read", "DELETE": "delete", "POST": "action"}.get(asked.method, "write")
    if "/providers/" not in id:
        return f"Microsoft.Resources/subscriptions/resourceGroups/{verb}"
    segments = [*tail[1::2]]
    return "/".join([tail[0], *segments, verb])


def _page(status: int, title: str) -> Strike:
    html = f"<html><head><title>{status} {title}</title></head><body><h1>{title}</h1></body></html>".encode()

    def strike(world: World, asked: Asked, answer: Answer) -> Answer:
        return Answer(status=status, body=html, headers={"Content-Type": "text/html"})

    return strike


def _fate(fate: Fate) -> Strike:
    def strike(world: World, asked: Asked, answer: Answer) -> Answer:
        # Before the effect there is no true answer to cut; one of the same kind stands in for it.
        body = answer.body if answer.body is not None else {"value": [], "padding": "." * 200}
        return Answer(status=answer.status, body=body, headers=answer.headers, fate=fate)

    return strike


def _headers(told: Mapping[str, str]) -> Strike:
    def strike(world: World, asked: Asked, answer: Answer) -> Answer:
        answer.headers = {**answer.headers, **told}
        return answer

    return strike


def _expired(world: World, asked: Asked, answer: Answer) -> Answer:
    body = Refused(
        401, "ExpiredAuthenticationToken", "The access token expiry is at an earlier time than now."
    ).body
    return Answer(status=401, body=body, headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})


def _claims(world: World, asked: Asked, answer: Answer) -> Answer:
    wanted = base64.urlsafe_b64encode(
        b'{"access_token":{"nbf":{"essential":true,"value":"1767607200"}}}'
    ).decode()
    told = f'Bearer authorization_uri="{asked.base}", error="insufficient_claims", claims="{wanted}"'
    body = Refused(401, "InvalidAuthenticationToken", "The access token has been revoked.").body
    return Answer(status=401, body=body, headers={"WWW-Authenticate": told})


def _redirect(world: World, asked: Asked, answer: Answer) -> Answer:
    return Answer(status=307, headers={"Location": f"{ELSEWHERE}{asked.path}"})


def _bare(world: World, asked: Asked, answer: Answer) -> Answer:
    body = {"code": "BadRequest", "message": "The request could not be understood.", "subcode": ""}
    return Answer(status=400, body=body)


def _policy(world: World, asked: Asked, answer: Answer) -> Answer:
    policy = "/providers/Microsoft.Authorization/policyDefinitions/deny-public"
    error = Refused(
        403,
        "RequestDisallowedByPolicy",
        f"Resource '{asked.path.rpartition('/')[2]}' was disallowed by policy.",
    ).body
    error["error"]["additionalInfo"] = [
        {"type": "PolicyViolation", "info": {"policyDefinitionId": policy, "policyDefinitionEffect": "deny"}}
    ]
    return Answer(status=403, body=error)


# --- faults that change the true answer ----------------------------------------------------------------------


def _same(world: World, asked: Asked, answer: Answer) -> Answer:
    return answer


def _empty(world: World, asked: Asked, answer: Answer) -> Answer:
    answer.status = 202
    answer.body = {}
    return answer


def _both(world: World, asked: Asked, answer: Answer) -> Answer:
    operation = answer.operation
    assert operation is not None
    tail = f"?api-version={asked.version}"
    answer.headers = {
        **answer.headers,
        "Azure-AsyncOperation": f"{asked.base}{operation.operation_path}{tail}",
        "Location": f"{asked.base}{operation.result_path}{tail}",
    }
    return answer


def _operation_elsewhere(world: World, asked: Asked, answer: Answer) -> Answer:
    for name in ("Azure-AsyncOperation", "Location"):
        if name in answer.headers:
            answer.headers[name] = answer.headers[name].replace(asked.base, ELSEWHERE)
    return answer


def _signed(world: World, asked: Asked, answer: Answer) -> Answer:
    """A signature of 4 kB in the address, another one each time."""
    for name in ("Azure-AsyncOperation", "Location"):
        if name in answer.headers:
            mark = base64.urlsafe_b64encode(world.chance().guid(name).encode() * 80).decode()
            answer.headers[name] += f"&t={world.number}&c={mark[:3800]}&s={mark[:300]}&h={mark[:40]}"
    return answer


def _shouted(world: World, asked: Asked, answer: Answer) -> Answer:
    """Scheme and host in capitals, which mean the same."""
    for name in ("Azure-AsyncOperation", "Location"):
        if name in answer.headers:
            answer.headers[name] = answer.headers[name].replace(asked.base, asked.base.upper())
    return answer


def _page_elsewhere(world: World, asked: Asked, answer: Answer) -> Answer:
    if isinstance(answer.body, dict) and "value" in answer.body:
        answer.body = {
            **answer.body,
            "nextLink": f"{ELSEWHERE}{asked.path}?api-version={asked.version}&$skiptoken=2",
        }
    return answer


def _page_again(world: World, asked: Asked, answer: Answer) -> Answer:
    if isinstance(answer.body, dict) and "value" in answer.body:
        query = "&".join(f"{name}={value}" for name, value in asked.query.items())
        answer.body = {**answer.body, "nextLink": f"{asked.base}{asked.path}?{query}"}
    return answer


def _crlf(world: World, asked: Asked, answer: Answer) -> Answer:
    if answer.body is not None and not isinstance(answer.body, bytes):
        text = msgspec.json.format(ENCODER.encode(answer.body), indent=2)
        answer.body = text.replace(b"\n", b"\r\n")
    return answer


def _marked(world: World, asked: Asked, answer: Answer) -> Answer:
    answer.body = b"\xef\xbb\xbf" + answer.raw()
    return answer


def _broken(world: World, asked: Asked, answer: Answer) -> Answer:
    raw = answer.raw() or b'{"value": []}'
    answer.body = raw[: max(1, len(raw) // 2)]
    return answer


def _other_case(world: World, asked: Asked, answer: Answer) -> Answer:
    answer.body = _recased(answer.body)
    return answer


def _recased(value: Any) -> Any:
    """Every id with its fixed words in another case, and names in capitals at their ends."""
    if isinstance(value, dict):
        return {name: _recased(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_recased(inner) for inner in value]
    if isinstance(value, str) and value.lower().startswith("/subscriptions/"):
        head, _, name = value.rpartition("/")
        return f"{head.replace('resourceGroups', 'resourcegroups').replace('Microsoft.', 'MICROSOFT.')}/{name.upper()}"
    return value


def _of_operation(change: Callable[[World, Operation], None]) -> Strike:
    def strike(world: World, asked: Asked, answer: Answer) -> Answer:
        assert answer.operation is not None
        change(world, answer.operation)
        return answer

    return strike


def _fail(world: World, operation: Operation) -> None:
    operation.refused = Refused(500, "InternalServerError", "An unexpected error occurred while processing.")


def _cancel(world: World, operation: Operation) -> None:
    world.operations.cancel(operation)


def _stick(world: World, operation: Operation) -> None:
    operation.due = float("inf")


def _linger(world: World, operation: Operation) -> None:
    operation.lingers = 3


def _lose(world: World, operation: Operation) -> None:
    world.operations.lose(operation)


_NOT_READY = {
    "code": "ReferencedResourceNotProvisioned",
    "message": "Cannot proceed with operation because resource {path} is not in Succeeded state. Resource is in "
    "Updating state and the last operation that updated/is updating the resource is PutSubnetOperation.",
}

_FAULTS = (
    # --- refusals that pass ------------------------------------------------------------------------------
    Fault(
        name="throttled",
        says="429 TooManyRequests, with five seconds to wait",
        source="Microsoft Learn, request limits and throttling",
        strike=_error(
            429, "TooManyRequests", "The request is being throttled as the limit has been reached.", "5"
        ),
    ),
    Fault(
        name="throttled-subscription",
        says="429 SubscriptionRequestsThrottled, with 17 seconds to wait",
        source="Microsoft Learn, request limits and throttling",
        strike=_error(
            429,
            "SubscriptionRequestsThrottled",
            "Number of requests for subscription exceeded the limit for time interval '00:01:00'.",
            "17",
        ),
    ),
    Fault(
        name="not-provisioned",
        says="429 RetryableError: something that it refers to is being changed; no throttling",
        source="azurerm #21293",
        strike=_error(429, "RetryableError", "A retryable error occurred.", "", [_NOT_READY]),
    ),
    Fault(
        name="other-operation",
        says="429 RetryableErrorDueToAnotherOperation",
        source="azurerm #21293",
        strike=_error(
            429,
            "RetryableErrorDueToAnotherOperation",
            "Operation on {path} is waiting for another one.",
            "10",
        ),
    ),
    Fault(
        name="in-progress",
        says="409 AnotherOperationInProgress",
        source="azurerm #8135, #29351, #28715",
        strike=_error(
            409,
            "AnotherOperationInProgress",
            "Another operation on this or dependent resource is in progress.",
            "",
            [],
        ),
    ),
    Fault(
        name="storage-in-progress",
        says="409 StorageAccountOperationInProgress",
        source="azurerm #8135",
        strike=_error(
            409,
            "StorageAccountOperationInProgress",
            "An operation is currently performing on this storage account that requires exclusive access.",
        ),
    ),
    Fault(
        name="zone-busy",
        says="409 Conflict: private DNS has an operation on the zone in its queue",
        source="azure-cli recordings of private DNS; domain facts, error codes",
        strike=_error(
            409,
            "Conflict",
            "Operation group already has 1 operations like 'UpsertPrivateDnsZone' queued; "
            "a maximum of 1 are allowed.",
        ),
    ),
    Fault(
        name="server-error",
        says="500 InternalServerError",
        source="ARM RPC contract v1.0",
        strike=_error(500, "InternalServerError", "The server encountered an unexpected error."),
    ),
    Fault(
        name="server-timeout",
        says="503 ServerTimeout",
        source="azure-cli recordings (2020-2023)",
        strike=_error(
            503, "ServerTimeout", "The request timed out. Diagnostic information: timestamp.", "60"
        ),
    ),
    Fault(
        name="unavailable",
        says="503 ServiceUnavailable, with 30 seconds to wait: also what writes get while a region is down",
        source="Microsoft Learn, best practices for ARM templates",
        strike=_error(503, "ServiceUnavailable", "The service is unavailable.", "30"),
    ),
    Fault(
        name="unavailable-page",
        says="503 with a page of HTML, as a front door gives it",
        source="ARM RPC contract v1.0: clients must not rely on bodies of 5xx",
        strike=_page(503, "Service Unavailable"),
    ),
    Fault(
        name="bad-gateway",
        says="502 with a page of HTML",
        source="ARM RPC contract v1.0: clients must not rely on bodies of 5xx",
        strike=_page(502, "Bad Gateway"),
    ),
    Fault(
        name="gateway-timeout",
        says="504 GatewayTimeout: ARM gave up waiting for the provider, which goes on",
        source="ARM RPC contract v1.0",
        strike=_error(
            504, "GatewayTimeout", "The gateway did not receive a response within the time period."
        ),
    ),
    Fault(
        name="missing",
        says="404 ResourceNotFound, as a replica that has not heard answers",
        source="azurerm #18268",
        strike=_error(404, "ResourceNotFound", "The Resource '{path}' was not found."),
    ),
    Fault(
        name="principal-missing",
        says="400 PrincipalNotFound: the directory has not spread a new identity yet",
        source="azurerm #1635, #11417",
        strike=_error(
            400,
            "PrincipalNotFound",
            "Principal does not exist in the directory. If the principal was just created, this error might be "
            "related to a replication delay; set the principalType.",
        ),
    ),
    # --- refusals that stay ------------------------------------------------------------------------------
    Fault(
        name="forbidden",
        says="403 AuthorizationFailed, naming the right that is missing",
        source="Microsoft Learn, troubleshoot Azure RBAC",
        strike=_error(
            403,
            "AuthorizationFailed",
            "The client with object id 'c1015000-0000-4000-8000-0000000000ee' does not have authorization to perform "
            "action '{action}' over scope '{path}' or the scope is invalid.",
        ),
    ),
    Fault(
        name="linked-forbidden",
        says="403 LinkedAuthorizationFailed: the right is missing on something that it refers to",
        source="domain facts, error codes",
        strike=_error(
            403,
            "LinkedAuthorizationFailed",
            "The client has permission to perform action '{action}' on scope '{path}'; however, it does not have "
            "permission to perform action 'join/action' on the linked scope(s).",
        ),
    ),
    Fault(
        name="policy",
        says="403 RequestDisallowedByPolicy, naming the policy",
        source="domain facts, error codes",
        strike=_policy,
    ),
    Fault(
        name="locked",
        says="409 ScopeLocked",
        source="domain facts, error codes",
        strike=_error(
            409,
            "ScopeLocked",
            "The scope '{path}' cannot perform write operation because following scope(s) are locked: '{path}'. "
            "Please remove the lock and try again.",
        ),
    ),
    Fault(
        name="unregistered",
        says="409 MissingSubscriptionRegistration: stock libraries register the provider unasked",
        source="azure-mgmt-core 1.6, policies/_base.py",
        strike=_error(
            409, "MissingSubscriptionRegistration", "The subscription is not registered to use namespace."
        ),
    ),
    Fault(
        name="quota",
        says="409 QuotaExceeded",
        source="Microsoft Learn, resolve errors for resource quotas",
        strike=_error(
            409, "QuotaExceeded", "Operation could not be completed as it results in exceeding quota."
        ),
    ),
    Fault(
        name="soft-deleted",
        says="409 ConflictError: a deleted vault still has the name",
        source="azurerm #12972",
        strike=_error(
            409,
            "ConflictError",
            "A vault with the same name already exists in deleted state. You need to either recover or purge it.",
        ),
    ),
    Fault(
        name="stale",
        says="412 PreconditionFailed",
        source="ARM RPC contract v1.0, addendum",
        strike=_error(412, "PreconditionFailed", "The resource has been modified (etag mismatch)."),
    ),
    Fault(name="bare-error", says="400 without the error envelope", source="AKS recordings", strike=_bare),
    # --- signing in --------------------------------------------------------------------------------------
    Fault(
        name="token-expired",
        says="401 ExpiredAuthenticationToken",
        source="azurerm #20867, #21361",
        strike=_expired,
    ),
    Fault(
        name="claims",
        says="401 with a claims challenge of continuous access evaluation",
        source="azure-mgmt-core, ARMChallengeAuthenticationPolicy",
        strike=_claims,
    ),
    # --- on the wire -------------------------------------------------------------------------------------
    Fault(
        name="reset",
        says="the connection is cut without an answer",
        source="Toxiproxy, reset_peer",
        strike=_fate(Fate.RESET),
    ),
    Fault(
        name="half-answer",
        says="the connection is cut within the answer's body",
        source="Toxiproxy, limit_data",
        strike=_fate(Fate.HALF),
    ),
    Fault(
        name="short-answer",
        says="the body is shorter than its length says, and nothing more comes",
        source="Toxiproxy, limit_data",
        strike=_fate(Fate.SHORT),
    ),
    Fault(
        name="slow",
        says="the answer comes in small pieces over two seconds",
        source="Toxiproxy, slicer",
        strike=_fate(Fate.SLOW),
        replaces=False,
    ),
    Fault(name="redirect", says="307 to another host", source="reliability design, 4c", strike=_redirect),
    Fault(
        name="proxy",
        says="407, as a proxy on the way answers",
        source="RFC 9110, 15.5.8",
        strike=_page(407, "Proxy Authentication Required"),
    ),
    Fault(
        name="page",
        says="200 with a page of HTML, as a captive portal gives it",
        source="RFC 8952",
        strike=_page(200, "Sign in to the network"),
    ),
    # --- odd but true answers ----------------------------------------------------------------------------
    Fault(
        name="broken-json",
        says="a body that ends in the middle, with the length to match",
        source="azure-cli recordings",
        strike=_broken,
        replaces=False,
    ),
    Fault(
        name="crlf",
        says="JSON with line breaks of Windows",
        source="azure-cli recordings of private DNS",
        strike=_crlf,
        replaces=False,
    ),
    Fault(
        name="byte-order-mark",
        says="a byte order mark in front of the JSON",
        source="RFC 8259, 8.1: receivers may ignore one",
        strike=_marked,
        replaces=False,
    ),
    Fault(
        name="other-case",
        says="ids in another case than they were made with",
        source="azure-cli recordings: dnszones, Keyvault, resourcegroups",
        strike=_other_case,
        replaces=False,
    ),
    Fault(
        name="next-elsewhere",
        says="a nextLink on another host",
        source="reliability design, G14",
        strike=_page_elsewhere,
        replaces=False,
    ),
    Fault(
        name="next-again",
        says="a nextLink that leads back to its own page",
        source="reliability design, G22",
        strike=_page_again,
        replaces=False,
    ),
    Fault(
        name="wait-for-ever",
        says="Retry-After: inf",
        source="azure-core 1.41 takes it",
        strike=_headers({"Retry-After": "inf"}),
        replaces=False,
    ),
    Fault(
        name="wait-nan",
        says="Retry-After: nan",
        source="azure-core 1.41 takes it",
        strike=_headers({"Retry-After": "nan"}),
        replaces=False,
    ),
    Fault(
        name="wait-years",
        says="Retry-After: 1000000000",
        source="azure-core 1.41 takes it",
        strike=_headers({"Retry-After": "1000000000"}),
        replaces=False,
    ),
    Fault(
        name="wait-negative",
        says="Retry-After: -1",
        source="RFC 9110, 10.2.3",
        strike=_headers({"Retry-After": "-1"}),
        replaces=False,
    ),
    Fault(
        name="wait-date",
        says="Retry-After as a date that is past",
        source="RFC 9110, 10.2.3",
        strike=_headers({"Retry-After": formatdate(1_767_607_200, usegmt=True)}),
        replaces=False,
    ),
    # --- operations --------------------------------------------------------------------------------------
    Fault(
        name="empty-accepted",
        says="202 with an empty object in place of the resource",
        source="azure-cli recordings of private DNS",
        strike=_empty,
        replaces=False,
        begins=True,
    ),
    Fault(
        name="both-headers",
        says="Azure-AsyncOperation and Location at once",
        source="azure-cli recordings of private DNS",
        strike=_both,
        replaces=False,
        begins=True,
    ),
    Fault(
        name="operation-elsewhere",
        says="the operation's address is on another host",
        source="azure-core 1.41 sends the token there",
        strike=_operation_elsewhere,
        replaces=False,
        begins=True,
    ),
    Fault(
        name="operation-signed",
        says="the operation's address has a signature of 4 kB, another one each time",
        source="azure-cli recordings of private DNS",
        strike=_signed,
        replaces=False,
        begins=True,
    ),
    Fault(
        name="operation-shouted",
        says="the operation's address has its host in capitals",
        source="RFC 3986, 6.2.2.1; recordings with `:443`",
        strike=_shouted,
        replaces=False,
        begins=True,
    ),
    Fault(
        name="operation-failed",
        says="the operation ends with InternalServerError and leaves a resource that is Failed",
        source="azurerm #22395, #753",
        strike=_of_operation(_fail),
        replaces=False,
        begins=True,
    ),
    Fault(
        name="operation-canceled",
        says="somebody cancels the operation",
        source="ARM RPC contract v1.0",
        strike=_of_operation(_cancel),
        replaces=False,
        begins=True,
    ),
    Fault(
        name="operation-stuck",
        says="the operation never ends",
        source="azurerm #30197 and its like",
        strike=_of_operation(_stick),
        replaces=False,
        begins=True,
    ),
    Fault(
        name="operation-lost",
        says="the operation's address answers 404, while the operation goes on",
        source="azure-cli recordings; ARM RPC contract v1.0",
        strike=_of_operation(_lose),
        replaces=False,
        begins=True,
    ),
    Fault(
        name="still-updating",
        says="the operation has succeeded, and the resource says Updating for three more reads",
        source="azurerm #30197",
        strike=_of_operation(_linger),
        replaces=False,
        begins=True,
    ),
    Fault(
        name="lagging",
        says="the next three reads of the resource answer 404, though it was made",
        source="azurerm #18268, #12464, #32317; azapi #650",
        strike=_same,
        replaces=False,
        hides=3,
    ),
)

CATALOGUE: Mapping[str, Fault] = {fault.name: fault for fault in _FAULTS}
"""Every fault by its name."""
