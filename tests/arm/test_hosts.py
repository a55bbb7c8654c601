"""A token goes to the pinned host and to no other, whatever an answer says."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from aiohttp import web

from cloison.arm.errors import ArmError, Foreign
from cloison.arm.gate import Gate, Sent
from cloison.arm.hosts import Host
from cloison.arm.ids import ResourceId
from cloison.arm.operations import left, wait
from tests.arm.answers import Told, client, serving

ELSEWHERE = (
    "https://attacker.example/op",
    "https://attacker.example:443/op",
    "http://management.azure.com/op",
    "//attacker.example/op",
    "https:/attacker.example/op",
    "https:attacker.example/op",
    "https://management.azure.com.attacker.example/op",
    "https://management.azure.com@attacker.example/op",
    "https://user:word@management.azure.com/op",
    "https://management.azure.com:8443/op",
    "https://management.azure.com:0/op",
    "https://management.azure.com:99999/op",
    "https://management.azure.com\\@attacker.example/op",
    "https://management.azure.com%2eattacker.example/op",
    "https://management.azure.com%00.attacker.example/op",
    "https://management.azure.com\t.attacker.example/op",
    "https://management.azure.com\n/op",
    "https://mañagement.azure.com/op",
    "https://management。azure。com.attacker.example/op",
    "https://169.254.169.254/metadata/identity",
    "https://168.63.129.16/op",
    "https://[::1]/op",
    "https://[::ffff:a9fe:a9fe]/op",
    "https://0x7f000001/op",
    "https://localhost/op",
    "ftp://management.azure.com/op",
    "file:///etc/passwd",
    "javascript:alert(1)",
    "data:application/json,{}",
    "gopher://attacker.example/1",
    "https://",
    "https://./op",
    "https://[bad/op",
    "/\\attacker.example/op",
    "///attacker.example/op",
    " https://management.azure.com/op",
)


@pytest.mark.parametrize("link", ELSEWHERE)
def test_a_link_elsewhere_is_refused(link: str) -> None:
    """An address that is not on the pinned host is refused before anything is sent."""
    with pytest.raises(Foreign):
        Host("https://management.azure.com").own(link)


@pytest.mark.parametrize(
    "link",
    [
        "/subscriptions/x/op?t=1&c=a%2Fb",
        "https://management.azure.com/subscriptions/x/op?t=1&c=a%2Fb",
        "https://management.azure.com:443/subscriptions/x/op?t=1&c=a%2Fb",
        "HTTPS://Management.Azure.COM/subscriptions/x/op?t=1&c=a%2Fb",
        "https://management.azure.com./subscriptions/x/op?t=1&c=a%2Fb",
    ],
)
def test_the_own_host_in_every_spelling(link: str) -> None:
    """A port of 443, capitals and a final dot are the same host; a signed query stays as it is."""
    assert "https://management.azure.com/subscriptions/x/op?t=1&c=a%2Fb" == Host(
        "https://management.azure.com"
    ).own(link)


@pytest.mark.parametrize(
    "base",
    ["http://management.azure.com", "https://a/b", "https://u@a", "management.azure.com", "https://a?b"],
)
def test_a_base_is_a_host_over_tls(base: str) -> None:
    """An ARM is named by scheme, name and port, and the scheme is https."""
    with pytest.raises(Foreign):
        Host(base)


GROUP = ResourceId("/subscriptions/s/resourceGroups/g")
PUT = Sent(method="PUT", id=GROUP, api_version="1", body={})


@pytest.mark.parametrize("way", ["redirect", "operation", "location", "next"])
def test_no_token_follows_an_attack(way: str, tmp_path: Path) -> None:
    """Redirects, operation headers and next links to other hosts get no request, so no token: 4 × 36 attacks."""

    async def attack(link: str) -> None:
        heard: list[str] = []

        def trap(request: web.Request) -> Told:
            heard.append(request.path)
            return 200, {}, {}

        def answer(request: web.Request) -> Told:
            if request.path.startswith("/op"):
                heard.append(request.path)
            first = request.method == "PUT"
            if way == "redirect":
                return 307, {"Location": link}, None
            if way == "next":
                return 200, {}, {"value": [], "nextLink": link}
            name = "Azure-AsyncOperation" if way == "operation" else "Location"
            return (202 if first else 200), ({name: link} if first else {}), {}

        async with serving(tmp_path, trap) as other, serving(tmp_path, answer) as server:
            link = link.replace("attacker.example", other.base.removeprefix("https://"))
            async with client(server, Gate([PUT])) as arm:
                try:
                    if way == "next":
                        assert [] == [page async for page in arm.pages("/subscriptions", "1") if page]
                    else:
                        waiting = left(arm.host, PUT, await arm.write(PUT))
                        if waiting is not None:
                            assert "" == waiting.operation + waiting.location
                            await wait(arm, waiting, deadline_s=5)
                except ArmError:
                    pass
            assert [] == other.sent
            assert [] == heard

    for link in ELSEWHERE:
        if "\n" in link or "\t" in link:
            # No HTTP server sends these; the parser of links is asked for them above.
            continue
        asyncio.run(attack(link.encode("ascii", "ignore").decode()))
