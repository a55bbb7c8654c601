"""What a shell needs so that the tools in it speak to the emulator: variables, and signing in `az`.

Nothing of the user's own is changed: `az` gets a configuration folder of its own, and the variables that could lead a
tool to a real Azure, or a real secret to the emulator, are unset in that shell only.
Sources: azure-cli 2.91, core/cloud.py; azure-identity 1.27; Requests, OpenSSL, Go and Node.js on where they find
authorities; checked 2026-11-24.
"""

from __future__ import annotations

import shlex

from cloison.emulator.discovery import CLOUD
from cloison.emulator.tls import Authority
from cloison.emulator.world import PRINCIPAL, SUBSCRIPTION, TENANT

UNSET = (
    "ARM_CLIENT_ID",
    "ARM_CLIENT_SECRET",
    # azure-cli reads it wrongly, and azure-ai-ml only needs it in processes that name this cloud.
    "ARM_CLOUD_METADATA_URL",
    "AZURE_AUTHORITY_HOST",
    "AZURE_CLIENT_CERTIFICATE_PATH",
    "AZURE_CLIENT_ID",
    "AZURE_CLIENT_SECRET",
    "AZURE_FEDERATED_TOKEN_FILE",
    "AZURE_PASSWORD",
    "AZURE_POD_IDENTITY_AUTHORITY_HOST",
    "AZURE_USERNAME",
    "MSI_ENDPOINT",
    "MSI_SECRET",
)
_LOOPBACK = "127.0.0.1,localhost,::1"


def exports(port: int, trusted: Authority) -> str:
    """Lines for `eval`, for every shell that knows `export`. Writes the bundle of authorities that they name."""
    base = f"https://127.0.0.1:{port}"
    bundle = trusted.bundle().resolve()
    told = {
        "AZURE_CONFIG_DIR": str(trusted.folder.resolve() / f"azure-{port}"),
        "AZURE_CORE_COLLECT_TELEMETRY": "no",
        "AZURE_CORE_INSTANCE_DISCOVERY": "false",
        "REQUESTS_CA_BUNDLE": str(bundle),
        "SSL_CERT_FILE": str(bundle),
        "CURL_CA_BUNDLE": str(bundle),
        "NODE_EXTRA_CA_CERTS": str(trusted.file.resolve()),
        "IDENTITY_ENDPOINT": f"{base}/msi/token",
        "IDENTITY_HEADER": "cloison",
        "AZURE_SUBSCRIPTION_ID": SUBSCRIPTION,
        "AZURE_TENANT_ID": TENANT,
        "CLOISON_ENDPOINT": base,
        "CLOISON_CA": str(trusted.file.resolve()),
    }
    lines = [f"unset {' '.join(UNSET)}"]
    lines += [f"export {name}={shlex.quote(value)}" for name, value in told.items()]
    for name in ("NO_PROXY", "no_proxy"):
        lines.append(f'export {name}="{_LOOPBACK}${{{name}:+,${name}}}"')
    # Extensions that the user has installed stay in reach.
    lines.append('export AZURE_EXTENSION_DIR="${AZURE_EXTENSION_DIR:-$HOME/.azure/cliextensions}"')
    return "\n".join([*lines, *_signing_in(base), ""])


def _signing_in(base: str) -> list[str]:
    quiet = "--only-show-errors --output none"
    return [
        "if command -v az >/dev/null 2>&1; then",
        f"  az cloud show --name {CLOUD} >/dev/null 2>&1 ||",
        f"    az cloud register --name {CLOUD} --endpoint-resource-manager {base} --only-show-errors",
        f"  az cloud set --name {CLOUD} --only-show-errors",
        f"  az login --service-principal --username {PRINCIPAL} --password cloison --tenant {TENANT} {quiet}",
        "fi",
    ]
