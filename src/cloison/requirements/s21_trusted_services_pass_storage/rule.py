"""S21: the workspace passes the firewall of its storage, as one of Azure's trusted services or by a rule of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase

from msgspec.structs import replace

from cloison.arm.ids import ResourceId
from cloison.kinds.storage_account.facts import StorageAccount, facts, rules
from cloison.model.body import Open
from cloison.model.facts import Known
from cloison.model.snapshot import Resource
from cloison.model.verdict import Finding, Fix, Safety, Severity
from cloison.requirements import Requirement, fixes, owned, say
from cloison.requirements.case import Case

ID = "S21"
TRUSTED = "azureservices"
SPELLING = {"logging": "Logging", "metrics": "Metrics", TRUSTED: "AzureServices"}


def subjects(case: Case) -> Iterable[ResourceId]:
    """The workspace's own storage, and accounts of its other datastores that were read."""
    own = owned.storage(case)
    named = ([own] if own is not None else []) + list(case.environment.extra_storage)
    return list(dict.fromkeys(named))


def decide(case: Case, subject: ResourceId) -> Iterable[Finding]:
    """Met by trusted services, or by a rule for this very workspace; the article asks for the former."""
    resource = owned.read(case, subject)
    account = facts(resource)
    name = subject.name
    if TRUSTED in account.bypass.value:
        yield say.met(
            ID, subject, f"trusted services pass the firewall of {name}", *say.cites(account.bypass)
        )
    elif _has_rule(case, account):
        message = (
            f"{name} trusts no Azure service as the article asks, "
            "but has a rule that lets the workspace in, which is narrower and does as well"
        )
        yield say.met(ID, subject, message, *say.cites(account.access_rules, account.bypass))
    elif account.public.value and account.open_to_all.value:
        message = (
            f"{name} trusts no Azure service: broken by the article's letter, "
            "without effect while it lets everybody in"
        )
        cites = say.cites(account.bypass, account.open_to_all)
        yield say.broken(ID, subject, message, *cites, severity=Severity.NOTE, fixes=[_trust(resource)])
    else:
        yield _shut(case, resource, account)


def _shut(case: Case, resource: Resource, account: StorageAccount) -> Finding:
    own = resource.id == owned.storage(case)
    message = (
        f"{resource.id.name} is shut, trusts no Azure service and has no rule for the workspace, "
        "so the workspace itself can neither read nor write there"
    )
    shut = account.open_to_all if account.public.value else account.public
    # Pods go by their own endpoints, so of accounts that only hold data the service's own access is a lesser loss.
    severity = Severity.ERROR if own else Severity.WARNING
    cites = say.cites(account.bypass, account.access_rules, shut)
    return say.broken(ID, resource.id, message, *cites, severity=severity, fixes=[_trust(resource)])


def _has_rule(case: Case, account: StorageAccount) -> bool:
    """A rule names the workspace, or all of its type with `*` in place of a segment."""
    workspace = case.environment.workspace
    return workspace is not None and any(_matches(rule, workspace) for rule in account.access_rules.value)


def _matches(rule: str, workspace: ResourceId) -> bool:
    wanted, parts = rule.rstrip("/").split("/"), workspace.split("/")
    return len(wanted) == len(parts) and all(map(fnmatchcase, parts, wanted))


def _trust(resource: Resource) -> Fix:
    """Adds the word to those that stand there. A PATCH replaces the whole block, so it is sent whole."""
    account = facts(resource)
    kept = [SPELLING.get(word, word) for word in account.bypass.value]
    words = ", ".join([*kept, SPELLING[TRUSTED]])
    fix = fixes.set_property(
        resource.id,
        "/properties/networkAcls/bypass",
        words,
        f"Let trusted services pass the firewall of {resource.id.name}",
        Safety.SAFE,
        "takes nothing from anybody; trusted services still need an identity and a role to read or write",
    )
    block, everybody = rules(resource.body).value, account.open_to_all
    if not isinstance(block, Mapping) or not _is_plain(block) or not isinstance(everybody, Known):
        return fix
    # Azure refuses a block that leaves defaultAction out.
    whole = {"defaultAction": "Allow" if everybody.value else "Deny", **block, "bypass": words}
    return replace(fix, body={"properties": {"networkAcls": whole}})


def _is_plain(value: object) -> bool:
    """True when nothing in it waits for a parameter."""
    if isinstance(value, Open):
        return False
    if isinstance(value, Mapping):
        return all(map(_is_plain, value.values()))
    return all(map(_is_plain, value)) if isinstance(value, list) else True


REQUIREMENT = Requirement(
    id=ID,
    title="The workspace passes the firewall of its storage as a trusted service",
    subjects=subjects,
    decide=decide,
)
