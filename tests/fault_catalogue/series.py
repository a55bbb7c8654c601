"""Faults that the other articles of the series speak of: the scoring router, the way out, the older generation."""

from __future__ import annotations

from tests.faults import GONE, Fault, workspace

EXTENSION = "managedClusters/aks/providers/Microsoft.KubernetesConfiguration/extensions/azureml"
SETTINGS = f"{EXTENSION}#/properties/configurationSettings"

FAULTS = [
    Fault(
        name="the scoring router stands at a public address",
        on=("peered", "same network"),
        changes={f"{SETTINGS}/internalLoadBalancerProvider": GONE},
        expects=("S25~ azureml",),
    ),
    Fault(
        name="scoring goes over HTTP",
        on=("peered", "hub and spoke"),
        changes={f"{SETTINGS}/allowInsecureConnections": "true"},
        expects=("S25~ azureml",),
    ),
    Fault(
        name="a cluster with routes of its own sends everything else to the Internet",
        on=("hub and spoke",),
        changes={
            "routeTables/spoke-routes#/properties/routes/0/properties": {
                "addressPrefix": "0.0.0.0/0",
                "nextHopType": "Internet",
            }
        },
        expects=("S25~ aks",),
    ),
    Fault(
        name="the workspace takes the older API only",
        on=("peered",),
        changes=workspace("properties/v1LegacyMode", True),
        expects=("S25~ mlw",),
    ),
]
