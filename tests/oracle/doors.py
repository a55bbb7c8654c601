"""Whether a service lets in who comes to its public address."""

from __future__ import annotations

from .arm import Body, props, ref, region
from .wires import Log

_IGNORES_RULES_FROM_ITS_REGION = {"microsoft.storage/storageaccounts"}


def _rules(body: Body) -> Body:
    """The block of rules, whatever the service calls it."""
    own = props(body)
    found: Body = own.get("networkAcls") or own.get("networkRuleSet") or {}
    if not found and own.get("ipAllowlist"):
        return {"defaultAction": "Deny", "ipRules": own["ipAllowlist"]}
    return found


def _listed(rules: Body, subnet_id: str) -> bool:
    return subnet_id.lower() in {ref(rule) for rule in rules.get("virtualNetworkRules") or []}


def enter(body: Body, subnet_id: str, with_identity: bool, here: str, log: Log) -> str:
    """The verdict of the door; what stops or cannot be decided goes into the log."""
    switch = str(props(body).get("publicNetworkAccess") or "Enabled").lower()
    rules = _rules(body)
    if switch == "disabled":
        log.stops.append("public access is disabled")
        return "blocked"
    if switch != "enabled":
        log.unknowns.append(f"public access is {switch}")
        return "unknown"
    if with_identity and _listed(rules, subnet_id):
        return "service-endpoint"
    if str(rules.get("defaultAction") or "Allow").lower() == "allow":
        return "public"
    ignores = (
        str(body["type"]).lower() in _IGNORES_RULES_FROM_ITS_REGION and region(body.get("location")) == here
    )
    if rules.get("ipRules") and not ignores:
        log.unknowns.append("whether the address rules let the way out in")
        return "unknown"
    log.stops.append("the default is deny, and nothing lets it in")
    return "blocked"
