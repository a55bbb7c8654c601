"""Results: findings with where they stand, how the packet went and what they are called from run to run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import quote

from cloison.check.document import EnvironmentReport, Evidence, GapReport, Hop, RequirementReport
from cloison.reports.escape import safe

Json = dict[str, Any]

LEVEL = {"error": "error", "warning": "warning", "note": "note"}
STDIN = "standard input"
"""What `file` says of an input that has no name; there is nothing to open."""
PATH_SAFE = "/:@!$&'()*+,;=~"
"""Characters that stand for themselves in the path of a URI: RFC 3986, section 3.3. A backslash is none."""


def message(text: str) -> Json:
    """A message that says just this: braces hold no argument, and brackets that a stranger wrote make no link.

    Source: SARIF 2.1.0, sections 3.11.5 and 3.11.6, checked 2026-01-05.
    """
    return {"text": doubled(safe(text)).replace("](", "] (")}


def doubled(text: str) -> str:
    """Braces as SARIF writes those that are meant."""
    return text.replace("{", "{{").replace("}", "}}")


def result(finding: RequirementReport, environment: EnvironmentReport, rule: int) -> Json:
    """One finding. rule: the place of its rule in the list of rules."""
    doubt = "not decided: " if finding.verdict == "unknown" else ""
    ask = f" Supply: {finding.ask}" if finding.ask else ""
    made: Json = {
        "ruleId": safe(finding.id),
        "ruleIndex": rule,
        "level": LEVEL[finding.severity],
        "message": message(f"{doubt}{finding.message}{ask}"),
        "locations": [_location(finding)],
        "partialFingerprints": {"cloisonFinding/v1": safe(finding.finding)},
        "properties": {
            "verdict": finding.verdict,
            "finding": safe(finding.finding),
            "workspace": safe(environment.workspace or ""),
            "cluster": safe(environment.cluster),
            "fixes": [
                {"summary": safe(fix.summary), "safety": fix.safety, "why": safe(fix.why)}
                for fix in finding.fixes
            ],
        },
    }
    others = [_place(one) for one in _deciding(finding) if one.file][1:]
    if others:
        made["relatedLocations"] = [{**place, "id": number} for number, place in enumerate(_once(others), 1)]
    if len(finding.evidence) > 1:
        made["codeFlows"] = [{"threadFlows": [{"locations": [_hop(hop) for hop in finding.evidence]}]}]
    return made


def notification(gap: GapReport) -> Json:
    """Something that could not be read, as the tool's own message."""
    ask = f" Supply: {gap.ask}" if gap.ask else ""
    return {"level": "warning", "message": message(f"not read: {gap.what}: {gap.why}.{ask}")}


def _location(finding: RequirementReport) -> Json:
    """The subject as a resource, and in a file the first setting that decided."""
    first = next((one for one in _deciding(finding) if one.file), None)
    physical = _place(first) if first is not None else {}
    return {**physical, "logicalLocations": [_resource(finding.subject)]}


def _deciding(finding: RequirementReport) -> Iterator[Evidence]:
    """The evidence, that of hops which stop or cannot be decided first."""
    for passing in (False, True):
        for hop in finding.evidence:
            if (hop.outcome == "pass") is passing:
                yield from hop.evidence


def _hop(hop: Hop) -> Json:
    first = next((one for one in hop.evidence if one.file), None)
    location = _place(first) if first is not None else {}
    if not location and hop.evidence:
        location = {"logicalLocations": [_resource(hop.evidence[0].resource)]}
    location["message"] = message(f"{hop.hop}, {hop.outcome}: {hop.text}")
    importance = "important" if hop.outcome == "pass" else "essential"
    return {"location": location, "kinds": [hop.hop], "importance": importance}


def _place(evidence: Evidence) -> Json:
    """A location in a file; nothing where the input has no name."""
    if not evidence.file or evidence.file == STDIN:
        return {}
    physical: Json = {"artifactLocation": {"uri": uri(evidence.file)}}
    if evidence.line:
        region = {"startLine": evidence.line}
        if evidence.column:
            region["startColumn"] = evidence.column
        physical["region"] = region
    return {
        "physicalLocation": physical,
        "message": message(f"{evidence.resource}#{evidence.pointer}"),
    }


def uri(file: str) -> str:
    """A file's name as typed, as a URI: relative where the name is, percent-encoded."""
    windows = "\\" in file and "/" not in file
    path = file.replace("\\", "/") if windows else file
    while path.startswith("./"):
        path = path[2:].lstrip("/")
    encoded = quote(path, safe=PATH_SAFE, errors="surrogateescape")
    if path.startswith("/"):
        return f"file://{encoded}"
    if windows and path[1:3] == ":/":
        return f"file:///{encoded}"
    # A colon in the first segment would make it the scheme of a URI: RFC 3986, section 4.2.
    head, slash, rest = encoded.partition("/")
    return f"{head.replace(':', '%3A')}{slash}{rest}"


def _resource(id: str) -> Json:
    name = id.rpartition("/")[2]
    return {"name": safe(name), "fullyQualifiedName": safe(id), "kind": "resource"}


def _once(places: Iterable[Json]) -> list[Json]:
    found: list[Json] = []
    for place in places:
        if place and place not in found:
            found.append(place)
    return found
