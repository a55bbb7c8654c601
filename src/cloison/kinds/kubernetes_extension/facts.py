"""What a cluster extension's body says, and what its makers take where it says nothing.

Source: Microsoft Learn, Deploy Azure Machine Learning extension on AKS, configuration settings; checked 2026-11-24.
"""

from __future__ import annotations

import msgspec

from cloison.arm.ids import ResourceId
from cloison.kinds._read import lower, mapped
from cloison.kinds._services import first, identity_types, principal
from cloison.model.body import Body
from cloison.model.facts import Default, Fact, Known
from cloison.model.snapshot import Resource

MACHINE_LEARNING = "microsoft.azureml.kubernetes"
SETTINGS = "Microsoft Learn, Deploy Azure Machine Learning extension, settings; checked 2026-11-24"
OFF = Default(False, SETTINGS)
NOTHING = Default("", SETTINGS)


class KubernetesExtension(msgspec.Struct, frozen=True, kw_only=True):
    """Settings of an extension; all but the first five are those of Azure Machine Learning's."""

    cluster: ResourceId
    type: Fact[str]
    """`microsoft.azureml.kubernetes`, … in lower case."""
    state: Fact[str | None]
    """Provisioning state in lower case; Known(None) while only planned."""
    identity: Fact[tuple[str, ...]]
    """`systemassigned` or ()."""
    principal: Fact[str | None]
    """Object id of its identity, lower case; Known(None) while planned or without one."""
    inference: Fact[bool]
    """True: models can be served."""
    training: Fact[bool]
    """True: jobs can run."""
    router_service: Fact[str]
    """`loadbalancer`, `nodeport` or `clusterip`: how the scoring router is published; '' if not told."""
    internal_load_balancer: Fact[bool]
    """True: the router's load balancer has a private address."""
    insecure_connections: Fact[bool]
    """True: scoring over HTTP."""
    ssl_name: Fact[str]
    """Name in the router's certificate, lower case; '' for none."""


def facts(resource: Resource) -> KubernetesExtension:
    """The settings of one extension, read once."""
    return resource.once(_read)


def is_machine_learning(resource: Resource) -> Fact[bool]:
    """Whether it is the extension that lets a workspace use the cluster."""
    return mapped(facts(resource).type, lambda type: type == MACHINE_LEARNING)


def _read(resource: Resource) -> KubernetesExtension:
    body = resource.body
    own = body.at("properties")
    told = own.at("configurationSettings")
    return KubernetesExtension(
        cluster=resource.id.parent,
        type=lower(own.at("extensionType").text()),
        state=mapped(own.at("provisioningState").settled(), lambda text: text.lower() if text else None),
        identity=_identity(body),
        principal=_principal(body),
        inference=told.at("enableInference").flag(OFF),
        training=told.at("enableTraining").flag(OFF),
        router_service=lower(told.at("inferenceRouterServiceType").text(NOTHING)),
        internal_load_balancer=_internal(told),
        insecure_connections=told.at("allowInsecureConnections").flag(OFF),
        ssl_name=lower(told.at("sslCname").text(NOTHING)),
    )


ON_AKS = "properties/aksAssignedIdentity/principalId"
"""Where an extension on AKS tells its identity, and nothing at `identity`.

Source: answers of 2023-05-01 recorded by azure-service-operator (2023-2024); checked 2026-11-24.
"""


def _identity(body: Body) -> Fact[tuple[str, ...]]:
    place = body.at(ON_AKS)
    return Known(("systemassigned",), place.cite()) if isinstance(place.value, str) else identity_types(body)


def _principal(body: Body) -> Fact[str | None]:
    place = body.at(ON_AKS)
    if isinstance(place.value, str):
        return Known(place.value.lower(), place.cite())
    return principal(body)


def _internal(told: Body) -> Fact[bool]:
    """The setting of people, else the one that the command line makes of it.

    Source: azure-cli-extensions, k8s-extension, AzureMLKubernetes.py; checked 2026-11-24.
    """
    place = first(told, "internalLoadBalancerProvider", "scoringFe.serviceType.internalLoadBalancer")
    if place.pointer.endswith("internalLoadBalancer"):
        return place.flag(OFF)
    provider = lower(place.text(NOTHING))
    return Known(provider.value == "azure", provider.cite) if isinstance(provider, Known) else provider
