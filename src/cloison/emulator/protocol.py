"""How the providers of Azure tell of operations: where they are asked about, and what the answers look like.

A provider is named by its namespace; private DNS and the DNS resolver share one with the network provider and differ
all the same. Knows no behaviour of any resource.
Source: polling exchanges recorded by azure-cli and azure-service-operator (2020-2024); checked 2026-11-24.
"""

from __future__ import annotations

import base64
import functools

import msgspec

from cloison.arm.ids import ResourceId

_PROVIDER = "/subscriptions/{subscription}/providers/{namespace}/locations/{location}"
_GROUP = "/subscriptions/{subscription}/resourceGroups/{group}/providers/{namespace}"


class Shape(msgspec.Struct, frozen=True, kw_only=True):
    """How one provider tells of its operations. Braces stand for parts of the id of what is changed."""

    operation: str = _PROVIDER + "/operations/{key}"
    """Address in Azure-AsyncOperation."""
    result: str = _PROVIDER + "/operationResults/{key}"
    """Address in Location."""
    query: str = ""
    """What stands in front of the api-version in both."""
    tells: tuple[str, ...] = ("name", "startTime", "endTime")
    """What the body says beside `status`: also `id`, and `percentComplete` once it has ended."""
    paced: bool = False
    """Whoever asks while it runs is told when to ask again."""
    tagged: bool = False
    """Answers have the resource's etag as a header too: to a GET, and to a write that is done at once."""
    running: int = 200
    """Status of the operation's address while it runs."""
    running_word: str = "InProgress"
    """Empty: what the resource's own state is called meanwhile."""
    gone: int = 204
    """Last answer of Location where there is no body to give."""
    coded: str = ""
    """The key is base64 of this text, with `{verb}`, `{noun}` and `{guid}`; empty: the key is a GUID."""
    busy: tuple[int, str] = (409, "AnotherOperationInProgress")
    """Status and code for a write to something that an operation is changing."""
    whole: bool = True
    """An operation on a part holds the whole: one write at a time in a network, a zone, a cluster."""


SHAPES = {
    "microsoft.network": Shape(tells=(), paced=True, tagged=True),
    "microsoft.network/networkmanagers": Shape(tells=(), paced=True),
    "microsoft.network/ipgroups": Shape(tells=(), paced=True),
    "microsoft.network/virtualnetworkgateways": Shape(tells=(), paced=True),
    "microsoft.network/privatednszones": Shape(
        operation=_GROUP + "/privateDnsOperationStatuses/{key}",
        result=_GROUP + "/privateDnsOperationResults/{key}",
        tells=(),
        paced=True,
        tagged=True,
        running=202,
        coded="FrontEndAsyncOperation;{verb}{noun};{guid}",
        busy=(409, "Conflict"),
    ),
    "microsoft.network/dnsresolvers": Shape(
        operation=_GROUP + "/locations/{location}/dnsResolverOperationStatuses/{key}",
        result=_GROUP + "/locations/{location}/dnsResolverOperationResults/{key}",
        tells=("id", "name", "startTime", "endTime"),
        coded='{{"OperationType":"{verb}{noun}","OperationId":"{guid}"}}',
    ),
    "microsoft.network/dnsforwardingrulesets": Shape(
        operation=_GROUP + "/locations/{location}/dnsResolverOperationStatuses/{key}",
        result=_GROUP + "/locations/{location}/dnsResolverOperationResults/{key}",
        tells=("id", "name", "startTime", "endTime"),
        coded='{{"OperationType":"{verb}{noun}","OperationId":"{guid}"}}',
    ),
    "microsoft.containerservice": Shape(
        result=_PROVIDER + "/operationresults/{key}", busy=(409, "OperationNotAllowed")
    ),
    "microsoft.containerregistry": Shape(
        operation="{resource}/operationStatuses/{key}",
        result=_PROVIDER + "/operationResults/{key}",
        tells=(),
        gone=200,
    ),
    "microsoft.containerregistry/registries/privateendpointconnections": Shape(
        operation="{resource}/operationStatuses/{key}",
        result=_PROVIDER + "/operationResults/privateendpointconnections-{key}",
        tells=("name",),
        running=201,
        running_word="Updating",
        gone=200,
    ),
    "microsoft.storage": Shape(
        operation=_PROVIDER + "/asyncoperations/{key}",
        result=_PROVIDER + "/asyncoperations/{key}",
        query="monitor=true&",
        paced=True,
        busy=(409, "StorageAccountOperationInProgress"),
    ),
    "microsoft.compute": Shape(paced=True),
    "microsoft.keyvault": Shape(operation=_PROVIDER + "/operationResults/{key}", whole=False),
    "microsoft.machinelearningservices": Shape(
        operation=_PROVIDER + "/workspaceOperationsStatus/{key}",
        result=_PROVIDER + "/workspaceOperationsResult/{key}",
        tells=("percentComplete",),
        whole=False,
    ),
    "microsoft.machinelearningservices/workspaces/computes": Shape(
        operation=_PROVIDER + "/computeOperationsStatus/{key}",
        result=_PROVIDER + "/computeOperationsResult/{key}",
        tells=("percentComplete",),
        whole=False,
    ),
    "microsoft.machinelearningservices/workspaces/onlineendpoints": Shape(
        operation=_PROVIDER + "/mfeOperationsStatus/{key}",
        result=_PROVIDER + "/mfeOperationResults/{key}",
        tells=("percentComplete",),
        whole=False,
    ),
    "microsoft.insights": Shape(
        operation="{resource}/operationStatuses/{key}", result="{resource}/operationResults/{key}"
    ),
    "microsoft.kubernetesconfiguration": Shape(
        operation="{resource}/operations/{key}",
        result="{resource}/operations/{key}",
        tells=("id", "name"),
        running_word="",
    ),
    "microsoft.resources": Shape(
        operation="{resource}/operationStatuses/{key}",
        result="/subscriptions/{subscription}/operationresults/{key}",
        tells=(),
        paced=True,
        running_word="Running",
        gone=200,
        coded='{{"jobId":"{verb}-{guid}","jobLocation":"{location}"}}',
    ),
}
"""By namespace, or by the beginning of a type where providers share one; the longest that fits."""


@functools.cache
def shape_of(type: str) -> Shape:
    """How operations on a type, in any case, are told of."""
    name = type.lower()
    while name:
        if name in SHAPES:
            return SHAPES[name]
        name = name.rpartition("/")[0]
    return Shape()


def addresses(shape: Shape, id: ResourceId, method: str, location: str, guid: str) -> tuple[str, str, str]:
    """The operation's key, and the paths of Azure-AsyncOperation and of Location."""
    namespace = id.text.rpartition("/providers/")[2].partition("/")[0] if "/providers/" in id else ""
    parts = {
        "subscription": segment(id, "subscriptions"),
        "group": segment(id, "resourceGroups"),
        "namespace": namespace or "Microsoft.Resources",
        "location": location or "global",
        "resource": id.text,
        "guid": guid,
        "verb": "Delete" if method == "DELETE" else "Upsert",
        "noun": _NOUN.get(id.type.rpartition("/")[2], id.type.rpartition("/")[2]),
    }
    key = guid
    if shape.coded:
        key = base64.urlsafe_b64encode(shape.coded.format(**parts).encode()).decode().rstrip("=")
    return key, shape.operation.format(key=key, **parts), shape.result.format(key=key, **parts)


_NOUN = {
    "privatednszones": "PrivateDnsZone",
    "virtualnetworklinks": "VirtualNetworkLink",
    "resourcegroups": "ResourceGroup",
}


def segment(id: ResourceId, name: str) -> str:
    """What stands after a segment of the id, as written; '' where there is none."""
    at = id.find(f"/{name.lower()}/")
    return id.text[at + len(name) + 2 :].partition("/")[0] if at >= 0 else ""
