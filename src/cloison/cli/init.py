"""Write a file that describes an environment.

The file says what an environment for Azure Machine Learning on AKS is to be: names, networks, how services are reached,
how people come in. Every option stands in it with what it does. `cloison plan` plans all of it, `cloison apply` makes
it.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from cloison.model.errors import CloisonError

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

FILE = "environment.toml"
EXAMPLES = """\
examples
  cloison init                                          a default cluster, everything in one network
  cloison init --private-cluster --hub --firewall       a spoke, whose hub lets out and answers DNS
  cloison init --service-endpoints --way-in vpn
  cloison init --cluster /subscriptions/…/managedClusters/aks     the cluster is there, the workspace is not
"""
TEXTS = {
    "subscription": ("GUID", "subscription", "subscription (default: $AZURE_SUBSCRIPTION_ID)"),
    "tenant": ("GUID", "tenant", "its tenant (default: $AZURE_TENANT_ID)"),
    "region": ("REGION", "region", "region (default: westeurope)"),
    "name": ("NAME", "name", "what other names are made of (default: ml)"),
    "resource-group": ("NAME", "resource-group", "resource group (default: rg- and the name)"),
    "cluster": ("ID", "cluster.existing", "a cluster that is there"),
    "jump-box-key": ("KEY", "way-in.jump-box-key", "public SSH key of a machine behind the Bastion host"),
    "zones-in": ("GROUP", "dns.zones-group", "private zones stand in this resource group, of a hub"),
}
"""Option -> (what it takes, the file's key, help)."""
VARIABLES = {"subscription": "AZURE_SUBSCRIPTION_ID", "tenant": "AZURE_TENANT_ID"}
"""Key -> variable of the environment that says it where no option does."""


def arguments(parser: ArgumentParser) -> None:
    """Say what it takes."""
    parser.usage = "cloison init [OPTION…] [FILE]"
    parser.add_argument("file", metavar="FILE", nargs="?", default=FILE, help=f"default: {FILE}")
    choosing = parser.add_argument_group("what to write into it", "All of it can be changed in the file.")
    for option, (takes, _, help) in TEXTS.items():
        choosing.add_argument(f"--{option}", metavar=takes, help=help)
    choosing.add_argument(
        "--private-cluster", action="store_true", help="the API server has a private address only"
    )
    choosing.add_argument(
        "--service-endpoints", action="store_true", help="storage and vault are reached by service endpoints"
    )
    choosing.add_argument("--peered", action="store_true", help="endpoints stand in a network of their own")
    choosing.add_argument(
        "--hub",
        metavar="ID",
        nargs="?",
        const="",
        help="the cluster's network is a spoke of a hub, made or there",
    )
    choosing.add_argument(
        "--firewall", action="store_true", help="everything leaves by a firewall in the hub"
    )
    choosing.add_argument(
        "--extra-storage", metavar="NAME", action="append", help="a further storage account"
    )
    choosing.add_argument(
        "--dns-server", metavar="ADDRESS", action="append", help="DNS server of the network"
    )
    choosing.add_argument(
        "--way-in",
        choices=["bastion", "vpn", "addresses", "none"],
        help="how people come in (default: bastion)",
    )
    choosing.add_argument(
        "--address",
        metavar="RANGE",
        action="append",
        help="public addresses that are let in; no other way in then",
    )
    parser.epilog = EXAMPLES


def run(options: Namespace) -> int:
    """Write the file, unless there is one."""
    from cloison.plan.create.file import read
    from cloison.plan.create.template import render
    from cloison.plan.create.told import check_head, check_key, check_together

    text = render(_values(options), options.file)
    given = read(text, options.file)
    check_head(given)
    check_together(given)
    check_key(given)
    try:
        with open(options.file, "x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as problem:
        raise CloisonError(
            "E557",
            f"{options.file} is there already",
            because="what somebody wrote into it would be lost",
            help="name another file, or move that one away",
        ) from problem
    except OSError as problem:
        why = (problem.strerror or str(problem)).lower()
        raise CloisonError(
            "E557", f"{options.file} cannot be written", because=why, help="name a file in a folder of yours"
        ) from problem
    print(f"{options.file} written: look through it, then cloison plan {options.file}", file=sys.stderr)
    return 0


def _values(options: Namespace) -> dict[str, object]:
    """What was chosen, by the file's keys."""
    told = vars(options)
    found = {key: told[option.replace("-", "_")] for option, (_, key, _) in TEXTS.items()}
    found |= {key: found[key] or os.environ.get(name) or None for key, name in VARIABLES.items()}
    layout = "hub" if options.hub is not None or options.firewall else "peered" if options.peered else None
    found |= {
        "cluster.private": options.private_cluster or None,
        "services.access": "service-endpoints" if options.service_endpoints else None,
        "services.extra-storage": options.extra_storage,
        "network.layout": layout,
        "network.hub": options.hub or None,
        "network.firewall": options.firewall or None,
        "dns.zones": "hub" if options.zones_in else None,
        "dns.servers": options.dns_server,
        "way-in.kind": options.way_in or ("addresses" if options.address else None),
        "way-in.addresses": options.address,
    }
    return {key: value for key, value in found.items() if value is not None}
