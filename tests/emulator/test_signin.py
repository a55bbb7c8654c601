"""Tokens: the emulator's own are taken, all others are refused; the endpoints that give them speak as Azure's do."""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloison.arm.tokens import is_emulators
from cloison.emulator import Emulator
from cloison.emulator.clock import Manual
from cloison.emulator.signin import issued
from cloison.emulator.wire import Answer, Asked
from cloison.emulator.world import TENANT
from tests.emulator.speaking import code

SUBSCRIPTIONS = "/subscriptions?api-version=2022-12-01"


def told(part: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")


def jwt(claims: Any, *, algorithm: str = "RS256", signature: str = "c2lnbmVk") -> str:
    return f"{told({'typ': 'JWT', 'alg': algorithm})}.{told(claims)}.{signature}"


REAL = {
    "aud": "https://management.azure.com/",
    "iss": f"https://sts.windows.net/{TENANT}/",
    "exp": 4_000_000_000,
    "oid": "11111111-2222-4333-8444-555555555555",
}


def listed(emulator: Emulator, authorization: str) -> Answer:
    return emulator.answer(Asked.of("GET", SUBSCRIPTIONS, headers={"Authorization": authorization}))


def posted(emulator: Emulator, path: str, form: dict[str, str]) -> Answer:
    return emulator.answer(Asked.of("POST", path, urlencode(form).encode(), base="https://127.0.0.1:9443"))


@pytest.mark.parametrize(
    ("authorization", "wanted"),
    [
        ("", "AuthenticationFailed"),
        ("Bearer", "AuthenticationFailedInvalidHeader"),
        ("Basic eA==", "AuthenticationFailedInvalidHeader"),
        ("Bearer nonsense", "InvalidAuthenticationToken"),
        ("Bearer a.b.c", "InvalidAuthenticationToken"),
        (f"Bearer {jwt(REAL)}", "InvalidAuthenticationTokenTenant"),
        (f"Bearer {jwt(REAL, algorithm='none', signature='')}", "InvalidAuthenticationTokenTenant"),
        (
            f"Bearer {jwt(REAL | {'iss': 'https://localhost/cloison-emulator/x/'})}",
            "InvalidAuthenticationTokenTenant",
        ),
    ],
)
def test_no_token_but_its_own_is_taken(authorization: str, wanted: str) -> None:
    """A request without a token of the emulator's own is refused, a signed one with our issuer included."""
    answer = listed(Emulator(), authorization)
    assert (401, wanted) == (answer.status, code(answer))
    assert answer.headers["WWW-Authenticate"].startswith('Bearer authorization_uri="')


@given(st.text(max_size=200))
def test_any_token_is_judged(token: str) -> None:
    """Whatever stands where the token belongs, the answer is 401."""
    assert 401 == listed(Emulator(), f"Bearer {token}").status


def test_a_refused_token_is_not_repeated() -> None:
    """A refusal does not show the token that it refuses."""
    token = jwt(REAL)
    answer = listed(Emulator(), f"Bearer {token}")
    assert token not in json.dumps([answer.body, answer.headers])


def test_a_token_ends() -> None:
    """A token is good for an hour."""
    clock = Manual()
    emulator = Emulator(clock=clock)
    token = issued(emulator.world, "https://localhost", "me")
    assert 200 == listed(emulator, f"Bearer {token}").status
    clock.advance(3600)
    assert "ExpiredAuthenticationToken" == code(listed(emulator, f"Bearer {token}"))


@pytest.mark.parametrize(
    ("path", "form"),
    [
        (
            f"/{TENANT}/oauth2/v2.0/token",
            {"client_secret": "any", "scope": "https://127.0.0.1:9443/.default"},
        ),
        ("/common/oauth2/v2.0/token", {"client_secret": "any", "scope": "https://127.0.0.1:9443/.default"}),
        ("/adfs/oauth2/token", {"client_secret": "any", "resource": "https://127.0.0.1:9443"}),
        (
            f"/{TENANT}/oauth2/v2.0/token",
            {
                "client_assertion": jwt(REAL),
                "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                "scope": "https://127.0.0.1:9443/.default",
            },
        ),
    ],
)
def test_services_sign_in(path: str, form: dict[str, str]) -> None:
    """A secret, or the assertion of another service, gives a token that the emulator takes."""
    emulator = Emulator()
    body = posted(emulator, path, {"grant_type": "client_credentials", "client_id": "me"} | form).body
    assert "Bearer" == body["token_type"]
    assert is_emulators(body["access_token"])
    assert 200 == listed(emulator, f"Bearer {body['access_token']}").status
    claims = json.loads(base64.urlsafe_b64decode(body["access_token"].split(".")[1] + "=="))
    assert ("https://127.0.0.1:9443", TENANT, "me") == (claims["aud"], claims["tid"], claims["appid"])


@pytest.mark.parametrize(
    ("form", "wanted"),
    [
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": "client_credentials"}, "invalid_request"),
        ({"grant_type": "client_credentials", "client_id": "me"}, "invalid_client"),
        ({}, "unsupported_grant_type"),
    ],
)
def test_what_is_missing_to_sign_in_is_told(form: dict[str, str], wanted: str) -> None:
    """A form that lacks something is refused in the words of OAuth."""
    answer = posted(Emulator(), "/common/oauth2/v2.0/token", form)
    assert answer.status in (400, 401)
    assert wanted == answer.body["error"]


@pytest.mark.parametrize("tenant", [TENANT, "common", "organizations", "adfs"])
def test_endpoints_are_told(tenant: str) -> None:
    """The document that libraries read first names the endpoints on the address that they came to."""
    path = (
        "/adfs/.well-known/openid-configuration"
        if tenant == "adfs"
        else f"/{tenant}/v2.0/.well-known/openid-configuration"
    )
    body = Emulator().answer(Asked.of("GET", path, base="https://127.0.0.1:9443")).body
    assert body["token_endpoint"].startswith(f"https://127.0.0.1:9443/{tenant}/oauth2/")
    assert {"issuer", "authorization_endpoint", "jwks_uri"} <= set(body)


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/msi/token?api-version=2019-08-01&resource=x", {"X-IDENTITY-HEADER": "any"}, 200),
        ("/msi/token?api-version=2017-09-01&resource=x", {"secret": "any"}, 200),
        ("/msi/token?api-version=2019-08-01&resource=x", {}, 400),
        ("/metadata/identity/oauth2/token?api-version=2018-02-01&resource=x", {"Metadata": "true"}, 200),
        ("/metadata/identity/oauth2/token?api-version=2018-02-01&resource=x", {}, 400),
    ],
)
def test_managed_identities_sign_in(path: str, headers: dict[str, str], status: int) -> None:
    """Both managed identity endpoints give a token to whoever proves to be on the machine, and to nobody else."""
    emulator = Emulator()
    answer = emulator.answer(Asked.of("GET", path, headers=headers))
    assert status == answer.status
    if status == 200:
        assert 200 == listed(emulator, f"Bearer {answer.body['access_token']}").status


def test_the_cloud_is_described_in_both_shapes() -> None:
    """The newest metadata is one object, that of 2019 a list; both lead back to where they were asked for."""
    emulator = Emulator()
    one = emulator.answer(
        Asked.of("GET", "/metadata/endpoints?api-version=2022-09-01", base="https://localhost:1")
    ).body
    many = emulator.answer(
        Asked.of("GET", "/metadata/endpoints?api-version=2019-05-01", base="https://localhost:1")
    ).body
    assert [one] == many
    assert ("https://localhost:1/", "https://localhost:1") == (
        one["resourceManager"],
        one["authentication"]["loginEndpoint"],
    )
    assert "core.windows.net" == one["suffixes"]["storage"]
