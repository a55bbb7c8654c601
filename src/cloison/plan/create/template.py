"""The environment file as `cloison init` writes it: every key with what it does, commented out where it is as usual.

Defaults are those of `file`; here stands only what people read.
"""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterator, Mapping

import msgspec

from cloison.plan.create.file import EnvironmentFile, Part

NOBODY = "00000000-0000-0000-0000-000000000000"
HEAD = """\
# An environment for Azure Machine Learning on AKS, reached privately.
#
#   cloison plan {file} -o plan.json
#       tells what is to be made, in which order, and proves it
#   cloison apply plan.json
#       makes it
#   cloison plan {file} azure: -o next.json
#       tells what is left then: roles of identities that Azure has made meanwhile, and what rests on them
#
# Two # explain. One # stands before what is as usual: take it away to change the value.
"""
WIDTH = 96
CHOICE = re.compile(r"[a-z-]+: ")
"""How the explanation of one value begins."""
ABOUT = {
    "subscription": "GUID of the subscription, and of its tenant: az account show tells both.",
    "tenant": "",
    "region": "Region of everything.",
    "name": "What other names are made of: 2 to 15 lower-case letters, digits and hyphens.",
    "resource-group": "Resource group, made where there is none. Empty: rg- and the name.",
    "names": "Names that are not to be made of the name above. Storage, vault and registry need one of their own in "
    "the whole world; what is made for them ends in five characters that are hardly anybody else's.",
    "cluster": "The cluster.",
    "cluster.existing": "Id of a cluster that is there: /subscriptions/…/managedClusters/NAME. It is left as it is but "
    "for what the article asks; add azure: or an export that holds it when you plan. Then nothing below but "
    "scoring-name, scoring-certificate and namespace may be set.",
    "cluster.private": "true: a private cluster, whose API server has a private address only.",
    "cluster.nodes": "Nodes of the first pool. The scoring router wants three for itself to be highly available.",
    "cluster.node-size": "Their size: 4 vCPU and 14 GB are the least.",
    "cluster.version": "Kubernetes version. Empty: Azure's default.",
    "cluster.pod-range": "Addresses of pods (overlay) and of Kubernetes services: nothing else may use them.",
    "cluster.service-range": "",
    "cluster.scoring-name": "Name in the certificate of the scoring router, and the Kubernetes secret in namespace "
    "azureml that holds it. Make the secret once the cluster is there, before the second round.",
    "cluster.scoring-certificate": "",
    "cluster.namespace": "Namespace that workloads run in. It has to be there before models are deployed.",
    "network": "Networks.",
    "network.layout": "one: private endpoints stand in the cluster's own network, as the article has it.\n"
    "peered: they stand in a network of their own, peered with the cluster's.\n"
    "hub: as one, and the cluster's network is a spoke of a hub, by which people come in.",
    "network.range": "Addresses of the cluster's network; of the network of endpoints (peered); of the hub.",
    "network.services-range": "",
    "network.hub-range": "",
    "network.hub": "Id of a hub that is there: /subscriptions/…/virtualNetworks/NAME. Empty: one is made.",
    "network.firewall": "true: a firewall in the hub by which everything leaves, and which answers DNS queries.",
    "services": "Storage, key vault, container registry.",
    "services.access": "private-endpoints: the cluster reaches all of them by private addresses.\n"
    "service-endpoints: storage and vault by the identity of its subnet; registry and workspace have no "
    "such way, so they get private endpoints all the same.",
    "services.extra-storage": "Names of further storage accounts for data. Each is made known to the workspace.",
    "workspace": "The workspace.",
    "workspace.high-business-impact": "true: for data of high business impact (HBI). It cannot be changed later.",
    "workspace.build-cluster": "A small compute cluster inside the network that builds images, since the registry is "
    "closed.",
    "workspace.build-size": "",
    "workspace.compute": "What the cluster is called in the workspace.",
    "dns": "Names.",
    "dns.zones": "own: private zones are made in the environment's resource group.\n"
    "hub: they stand in the resource group that zones-group says, where they are used if they are there.",
    "dns.zones-group": "",
    "dns.servers": "DNS servers of the cluster's network. Empty: Azure's own, or the firewall where there is one.",
    "dns.servers-ask-from": "Id of the network from which these servers ask Azure's. Empty: the hub, else the "
    "network itself.",
    "way-in": "How people come in, since the workspace is closed to the public.",
    "way-in.kind": "bastion: a Bastion host, and behind it a machine to which it leads.\n"
    "vpn: a VPN gateway, signed in to with Microsoft Entra ID.\n"
    "addresses: the public addresses below are let in, and nobody else.\n"
    "none: there is a way that is not described here, or nobody has to.",
    "way-in.addresses": "",
    "way-in.jump-box-key": "Public SSH key (ssh-ed25519 …) for a machine behind the Bastion host, made with it. Empty: "
    "that machine is yours to make.",
    "way-in.jump-box-size": "",
    "way-in.clients": "Addresses that the VPN gives its callers.",
}
"""What each key means; empty: as the one above."""


def render(values: Mapping[str, object], file: str = "environment.toml") -> str:
    """The file's text. values: what is chosen, by key, `cluster.private`."""
    lines = [HEAD.format(file=file)]
    chosen = {"subscription": NOBODY, "tenant": NOBODY, "region": "westeurope", "name": "ml", **values}
    lines += _part(EnvironmentFile, "", chosen)
    return "\n".join(lines) + "\n"


def _part(part: type[Part], above: str, chosen: Mapping[str, object]) -> Iterator[str]:
    below: list[str] = []
    first = True
    for field in msgspec.structs.fields(part):
        key = f"{above}{field.encode_name}"
        if isinstance(field.type, type) and issubclass(field.type, Part):
            below += ["", *_about(key), f"[{key}]", *_part(field.type, f"{key}.", chosen)]
            continue
        default = (
            field.default_factory()
            if field.default is msgspec.NODEFAULT and callable(field.default_factory)
            else field.default
        )
        mark = "" if key in chosen else "# "
        told = _about(key)
        yield from [""] if told and not first else []
        yield from told
        first = False
        yield f"{mark}{field.encode_name} = {_literal(chosen.get(key, default))}"
    yield from below


def _about(key: str) -> list[str]:
    """Comments, told from a line that is commented out by two signs."""
    lines = ABOUT.get(key, "").splitlines()
    return [
        f"## {text}"
        for line in lines
        for text in textwrap.wrap(line, WIDTH, subsequent_indent="   " if CHOICE.match(line) else "")
    ]


def _literal(value: object) -> str:
    """A value as TOML, which JSON is for texts, numbers, truth values and lists of texts."""
    return json.dumps(value, ensure_ascii=False)
