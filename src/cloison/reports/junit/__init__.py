"""For test reports: JUnit XML, one suite for each environment, one test for each requirement and subject.

Broken is a failure, unknown an error (it could not be evaluated, and must not look like a pass), what does not apply
is skipped. A note breaks nothing: its test passes with the note as output, or is skipped where nothing was decided.
Times are zero: the same document gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from cloison.reports.escape import safe
from cloison.reports.names import Names

if TYPE_CHECKING:
    from cloison.check.document import EnvironmentReport, GapReport, Report, RequirementReport
    from cloison.reports import View

DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
COUNTED = {"failures": "failure", "errors": "error", "skipped": "skipped"}


def render(report: Report, _view: View) -> str:
    """The whole document. Characters that XML may not hold are written as their codes."""
    root = Element("testsuites", name="Cloison")
    names = Names(report)
    root.extend(_suite(environment, names) for environment in report.environments)
    if report.gaps or not report.environments:
        root.append(_input(report))
    _count(root, root.iter("testcase"))
    indent(root)
    return DECLARATION + tostring(root, encoding="unicode") + "\n"


def _suite(environment: EnvironmentReport, names: Names) -> Element:
    suite = Element("testsuite", name=names.environment(environment))
    tests: dict[tuple[str, str], list[RequirementReport]] = {}
    for finding in environment.requirements:
        tests.setdefault((finding.id, finding.subject), []).append(finding)
    suite.extend(_test(found, names) for found in tests.values())
    _count(suite, suite)
    return suite


def _input(report: Report) -> Element:
    """What could not be read, as tests; without an environment, that nothing was judged."""
    suite = Element("testsuite", name="input")
    hides = not report.environments
    suite.extend(_gap(gap, hides=hides) for gap in report.gaps)
    if hides and not report.gaps:
        test = SubElement(suite, "testcase", classname="input", name="an environment", time="0")
        SubElement(test, "skipped", message=safe("; ".join(report.notes)))
    _count(suite, suite)
    return suite


def _gap(gap: GapReport, *, hides: bool) -> Element:
    """A gap is an error where it may hide the environment; else the requirements say what they lack."""
    test = Element("testcase", classname="input", name=safe(gap.what), time="0")
    message = safe(f"not read: {gap.why}; supply: {gap.ask}")
    SubElement(test, "error" if hides else "skipped", message=message)
    return test


def _test(found: list[RequirementReport], names: Names) -> Element:
    """The findings of one requirement on one subject."""
    first = found[0]
    name = f"{safe(first.title)}: {names.resource(first.subject)}"
    test = Element("testcase", classname=safe(first.id), name=name, time="0")
    weighty = [one for one in found if one.severity != "note"]
    broken = [one for one in weighty if one.verdict == "broken"]
    unknown = [one for one in weighty if one.verdict == "unknown"]
    notes = [one for one in found if one.severity == "note" and one.verdict in ("broken", "unknown")]
    undecided = [one for one in notes if one.verdict == "unknown"]
    if broken:
        _told(test, "failure", [*broken, *unknown])
    elif unknown:
        _told(test, "error", unknown)
    elif undecided:
        _told(test, "skipped", undecided)
    elif all(one.verdict == "not-applicable" for one in found):
        _told(test, "skipped", found)
    if notes:
        SubElement(test, "system-out").text = _text(notes)
    return test


def _told(test: Element, tag: str, found: list[RequirementReport]) -> None:
    """One element for all, as most readers show only the first of several."""
    worst = found[0]
    more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
    element = SubElement(test, tag, message=safe(f"{worst.message}{more}"))
    if tag != "skipped":
        element.set("type", worst.severity if tag == "failure" else worst.verdict)
    element.text = _text(found)


def _text(found: Iterable[RequirementReport]) -> str:
    return "\n" + "\n".join(line for one in found for line in _lines(one)) + "\n"


def _lines(finding: RequirementReport) -> Iterator[str]:
    yield safe(f"{finding.verdict} ({finding.severity}) {finding.finding}: {finding.message}")
    yield safe(f"  subject {finding.subject}")
    for hop in finding.evidence:
        yield safe(f"  {hop.hop} {hop.outcome}: {hop.text}")
        for cited in hop.evidence:
            place = f" at {cited.file}:{cited.line or 1}" if cited.file else ""
            yield safe(f"    by {cited.resource}#{cited.pointer}{place}")
    for fix in finding.fixes:
        yield safe(f"  fix ({fix.safety}): {fix.summary}; {fix.why}")
    if finding.ask:
        yield safe(f"  supply: {finding.ask}")


def _count(suite: Element, tests: Iterable[Element]) -> None:
    cases = list(tests)
    suite.set("tests", str(len(cases)))
    for attribute, tag in COUNTED.items():
        suite.set(attribute, str(sum(case.find(tag) is not None for case in cases)))
    suite.set("time", "0")
