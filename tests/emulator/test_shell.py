"""`cloison emulator env`: what a shell needs, and nothing of the user's own touched."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from cloison.emulator.shell import UNSET, exports
from cloison.emulator.tls import authority

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the lines are for shells of POSIX")


def shell(tmp_path: Path, script: str, **told: str) -> str:
    """What a shell prints after the lines, with no `az` in reach."""
    lines = exports(9557, authority(tmp_path / "my state"))
    bare = {"PATH": str(tmp_path), "HOME": str(tmp_path), **told}
    command = ["/bin/sh", "-euc", f'eval "$1"\n{script}', "sh", lines]
    return subprocess.run(command, env=bare, capture_output=True, text=True, check=True).stdout


def test_tools_are_led_to_the_emulator(tmp_path: Path) -> None:
    """Every tool finds the address, an authority to trust, and a configuration folder that is not the user's own."""
    names = ("CLOISON_ENDPOINT", "AZURE_CONFIG_DIR", "REQUESTS_CA_BUNDLE", "CLOISON_CA")
    told = shell(tmp_path, "".join(f'echo "${name}"\n' for name in names))
    endpoint, config, *certificates = told.splitlines()
    assert "https://127.0.0.1:9557" == endpoint
    assert str(tmp_path / "my state" / "azure-9557") == config
    for name in certificates:
        assert "-----BEGIN CERTIFICATE-----" in Path(name).read_text(encoding="utf-8")


def test_real_secrets_are_not_sent_to_it(tmp_path: Path) -> None:
    """Variables that sign a tool in to a real Azure are not set any more in that shell."""
    script = "".join(f'test -z "${{{name}:-}}"\n' for name in UNSET)
    shell(tmp_path, script, **dict.fromkeys(UNSET, "secret"))


def test_proxies_do_not_see_it(tmp_path: Path) -> None:
    """What goes to loopback goes to no proxy, and what went around it before still does."""
    told = shell(tmp_path, 'echo "$NO_PROXY"', NO_PROXY="intern.example")
    assert "127.0.0.1,localhost,::1,intern.example" == told.strip()


def test_az_is_signed_in_where_there_is_one(tmp_path: Path) -> None:
    """`az` is told of the cloud once and signed in; here a stand-in writes down what it is told."""
    az = tmp_path / "az"
    az.write_text(f'#!/bin/sh\necho "$@" >> "{tmp_path}/told"\ntest "$2" != show\n', encoding="utf-8")
    az.chmod(0o755)
    shell(tmp_path, ":")
    told = (tmp_path / "told").read_text(encoding="utf-8").splitlines()
    assert ["cloud", "cloud", "cloud", "login"] == [line.split()[0] for line in told]
    assert "--endpoint-resource-manager https://127.0.0.1:9557" in told[1]
