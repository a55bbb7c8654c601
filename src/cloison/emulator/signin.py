"""Tokens: a stand-in for Entra ID and for the managed identity endpoints, and the check of every call's token.

A token is an unsigned JWT with an issuer of our own. The emulator takes no other, so that nobody sends it the token of
a real Azure without being told, and no Azure takes ours.
Sources: Microsoft Learn, "OAuth 2.0 client credentials flow" and "Managed identities for App Service", "How to use
managed identities on an Azure VM"; what azure-cli 2.91 and azure-identity 1.27 ask for; checked 2026-11-24.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

import msgspec

from cloison.arm.tokens import EMULATOR_ISSUER, is_emulators
from cloison.emulator.routing import route
from cloison.emulator.wire import ENCODER, Answer, Asked
from cloison.emulator.world import PRINCIPAL, World
from cloison.model.behaviour import Json, Refused

LASTS_S = 3600
"""Seconds that a token is good for; Entra's last 60 to 90 minutes."""
_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
FEDERATED = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


class Caller(msgspec.Struct, frozen=True):
    """Who sent a request, as the token says."""

    object_id: str
    app_id: str


# --- issuing ---------------------------------------------------------------------------------------------


def issued(world: World, audience: str, client: str, tenant: str = "") -> str:
    """A token for an audience. A client that is called by a GUID is somebody of its own."""
    now = int(world.clock.seconds())
    who = client.lower() if _GUID.fullmatch(client.lower()) else PRINCIPAL
    claims = {
        "aud": audience,
        "iss": f"https://localhost/{EMULATOR_ISSUER}/{tenant or world.tenant}/",
        "iat": now,
        "nbf": now,
        "exp": now + LASTS_S,
        "appid": client,
        "oid": who,
        "sub": who,
        "tid": tenant or world.tenant,
        "idtyp": "app",
        "ver": "1.0",
    }
    return f"{_part({'typ': 'JWT', 'alg': 'none'})}.{_part(claims)}."


def _part(value: Json) -> str:
    return base64.urlsafe_b64encode(ENCODER.encode(value)).decode().rstrip("=")


def _document(world: World, asked: Asked, parts: Mapping[str, str]) -> Answer:
    """Where a tenant's endpoints are, for libraries that ask before they sign in."""
    tenant = parts.get("tenant", "adfs")
    at = f"{asked.base}/{tenant}"
    path = "oauth2/v2.0" if "tenant" in parts else "oauth2"
    issuer = f"{asked.base}/{EMULATOR_ISSUER}/{tenant}"
    body = {
        "issuer": issuer,
        "authorization_endpoint": f"{at}/{path}/authorize",
        "token_endpoint": f"{at}/oauth2/v2.0/token" if "tenant" in parts else f"{at}/oauth2/token",
        "device_authorization_endpoint": f"{at}/{path}/devicecode",
        "jwks_uri": f"{at}/discovery/v2.0/keys",
        "end_session_endpoint": f"{at}/{path}/logout",
        "userinfo_endpoint": f"{asked.base}/oidc/userinfo",
        "token_endpoint_auth_methods_supported": [
            "client_secret_post",
            "private_key_jwt",
            "client_secret_basic",
        ],
        "response_modes_supported": ["query", "fragment", "form_post"],
        "response_types_supported": ["code", "id_token", "code id_token", "id_token token"],
        "scopes_supported": ["openid", "profile", "email", "offline_access"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "claims_supported": ["sub", "iss", "aud", "exp", "iat", "tid", "oid"],
        "tenant_region_scope": "EU",
        "cloud_instance_name": "localhost",
    }
    return Answer(body=body)


def _token(world: World, asked: Asked, parts: Mapping[str, str]) -> Answer:
    """A token for client credentials: a secret, a certificate's or another service's assertion. All are taken."""
    form = dict(parse_qsl(asked.body.decode("utf-8", "replace")))
    client = form.get("client_id", "")
    if form.get("grant_type") != "client_credentials":
        return _oauth("unsupported_grant_type", 70003, "the emulator signs in services only")
    if not client:
        return _oauth("invalid_request", 900144, "the request has no 'client_id'")
    if not form.get("client_secret") and form.get("client_assertion_type") != FEDERATED:
        return _oauth("invalid_client", 7000216, "'client_secret' or 'client_assertion' is needed")
    tenant = parts.get("tenant", world.tenant)
    tenant = world.tenant if tenant.lower() in {"common", "organizations", "adfs"} else tenant
    audience = form.get("scope", form.get("resource", "")).partition(" ")[0].removesuffix("/.default")
    body = {
        "token_type": "Bearer",
        "expires_in": LASTS_S,
        "ext_expires_in": LASTS_S,
        "access_token": issued(world, audience or asked.base, client, tenant),
    }
    return Answer(body=body, headers={"Cache-Control": "no-store, no-cache"})


def _oauth(error: str, number: int, text: str) -> Answer:
    body = {"error": error, "error_description": f"AADSTS{number}: {text}", "error_codes": [number]}
    return Answer(status=401 if error == "invalid_client" else 400, body=body)


def _app_service(world: World, asked: Asked, parts: Mapping[str, str]) -> Answer:
    """A managed identity's token, as App Service gives it."""
    if not asked.headers.get("x-identity-header") and not asked.headers.get("secret"):
        text = "the header X-IDENTITY-HEADER is missing"
        return Answer(status=400, body={"statusCode": 400, "message": text})
    return Answer(body=_managed(world, asked, old=asked.version == "2017-09-01"))


def _instance(world: World, asked: Asked, parts: Mapping[str, str]) -> Answer:
    """A managed identity's token, as a virtual machine's metadata service gives it."""
    if asked.headers.get("metadata", "").lower() != "true":
        body = {"error": "invalid_request", "error_description": "Required metadata header not specified"}
        return Answer(status=400, body=body)
    return Answer(body=_managed(world, asked, old=False))


def _managed(world: World, asked: Asked, *, old: bool) -> Json:
    now = int(world.clock.seconds())
    ends = now + LASTS_S
    client = asked.query.get("client_id") or asked.query.get("clientid") or PRINCIPAL
    resource = asked.query.get("resource", asked.base)
    return {
        "access_token": issued(world, resource, client),
        "client_id": client,
        "expires_in": str(LASTS_S),
        "ext_expires_in": str(LASTS_S),
        "expires_on": f"{datetime.fromtimestamp(ends, UTC):%m/%d/%Y %I:%M:%S %p +00:00}"
        if old
        else str(ends),
        "not_before": str(now),
        "resource": resource,
        "token_type": "Bearer",
    }


def _keys(world: World, asked: Asked, parts: Mapping[str, str]) -> Answer:
    """No keys: our tokens have no signature."""
    return Answer(body={"keys": []})


ROUTES = (
    route("GET", "/adfs/.well-known/openid-configuration", _document, version_needed=False),
    route("POST", "/adfs/oauth2/token", _token, version_needed=False),
    route("POST", "/adfs/oauth2/v2.0/token", _token, version_needed=False),
    route("GET", "/{tenant}/v2.0/.well-known/openid-configuration", _document, version_needed=False),
    route("GET", "/{tenant}/.well-known/openid-configuration", _document, version_needed=False),
    route("POST", "/{tenant}/oauth2/v2.0/token", _token, version_needed=False),
    route("POST", "/{tenant}/oauth2/token", _token, version_needed=False),
    route("GET", "/{tenant}/discovery/v2.0/keys", _keys, version_needed=False),
    route("GET", "/msi/token", _app_service, version_needed=False),
    route("GET", "/metadata/identity/oauth2/token", _instance, version_needed=False),
)
"""Answered without a token."""


# --- checking --------------------------------------------------------------------------------------------


def caller(world: World, asked: Asked) -> Caller:
    """Who sent the request. Raises Refused for no token, one that is not ours, and one whose time is over."""
    given = asked.headers.get("authorization", "")
    kind, _, token = given.partition(" ")
    if not given:
        raise Refused(
            401, "AuthenticationFailed", "Authentication failed. The 'Authorization' header is missing."
        )
    if kind.lower() != "bearer" or not token.strip():
        raise Refused(
            401,
            "AuthenticationFailedInvalidHeader",
            "Authentication failed. The 'Authorization' header is provided in an invalid format.",
        )
    claims = _claims(token.strip())
    if claims is None:
        raise Refused(401, "InvalidAuthenticationToken", "The access token is invalid.")
    if not is_emulators(token.strip()) or not token.strip().endswith("."):
        raise Refused(
            401,
            "InvalidAuthenticationTokenTenant",
            "The access token is from the wrong issuer. This is an emulator, and it takes the tokens that it issued "
            "itself; a token of another issuer was sent here.",
        )
    ends = claims.get("exp")
    if not isinstance(ends, int) or ends <= world.clock.seconds():
        raise Refused(
            401, "ExpiredAuthenticationToken", "The access token expiry is at an earlier time than now."
        )
    return Caller(str(claims.get("oid", PRINCIPAL)), str(claims.get("appid", "")))


def _claims(token: str) -> dict[str, Any] | None:
    parts = token.split(".")
    if len(parts) != 3:
        return None
    try:
        found = msgspec.json.decode(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (msgspec.DecodeError, binascii.Error, ValueError):
        return None
    return found if isinstance(found, dict) else None


def challenge(world: World, asked: Asked, refused: Refused) -> dict[str, str]:
    """The header that goes with a refused token."""
    at = f"{asked.base}/{world.tenant}"
    text = refused.message.replace('"', "'")
    return {
        "WWW-Authenticate": f'Bearer authorization_uri="{at}", error="invalid_token", error_description="{text}"'
    }
