"""The formats for programs hold what the document holds, in the form that their readers expect."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import jsonschema
import msgspec
import pytest
import schema as tool

from cloison.check.document import Report, RequirementReport
from cloison.check.schema import schema
from cloison.reports import View, render
from cloison.reports.sarif.results import uri
from tests.reports import made

every_report = pytest.mark.parametrize("name", made.REPORTS)
VALIDATOR = jsonschema.Draft202012Validator(schema())


def weighty(report: Report, verdict: str) -> list[RequirementReport]:
    """Findings of that verdict that are more than notes."""
    return [
        one
        for environment in report.environments
        for one in environment.requirements
        if one.verdict == verdict and one.severity != "note"
    ]


# --- JSON ----------------------------------------------------------------------------------------------------


@every_report
def test_json_is_the_document(name: str) -> None:
    """Read back, it is equal to what was written; and every member is one of the schema's."""
    report = made.REPORTS[name]()
    text = render("json", report, View())

    assert report == msgspec.json.decode(text, type=Report)
    VALIDATOR.validate(json.loads(text))
    assert set() == strange_members(json.loads(text), schema())


def test_json_of_hostile_names_means_the_same() -> None:
    """Escapes are JSON's own: a program reads the very name that stood in the input."""
    report = made.retold(made.broken(), lambda text: f"{text}\u202e\x1b\U000e0041")

    assert report == msgspec.json.decode(render("json", report, View()), type=Report)


def test_schema_is_current() -> None:
    """`python tools/schema.py` would write what docs/report.schema.json holds."""
    current = tool.text() == Path(tool.FILE).read_text(encoding="utf-8")

    assert current, "run python tools/schema.py"


def test_schema_refuses_other_documents() -> None:
    """A version or a verdict that it does not know, and a document without verdict."""
    document = json.loads(render("json", made.met(), View()))
    jsonschema.Draft202012Validator.check_schema(schema())

    for change in ({"version": "cloison.report/2"}, {"verdict": "fine"}, {"environments": [{}]}):
        assert not VALIDATOR.is_valid({**document, **change})
    assert not VALIDATOR.is_valid({key: value for key, value in document.items() if key != "verdict"})


def strange_members(value: Any, within: dict[str, Any]) -> set[str]:
    """Members of a document that its schema does not name."""
    names = {name for part in within["$defs"].values() for name in part["properties"]}
    if isinstance(value, list):
        return set().union(*(strange_members(one, within) for one in value))
    if not isinstance(value, dict):
        return set()
    below = (strange_members(one, within) for name, one in value.items() if name != "body")
    return (set(value) - names).union(*below)


# --- SARIF ---------------------------------------------------------------------------------------------------


def sarif(report: Report) -> dict[str, Any]:
    """The run."""
    log = json.loads(render("sarif", report, View()))
    assert "2.1.0" == log["version"]
    (run,) = log["runs"]
    return dict(run)


@every_report
def test_sarif_has_a_result_for_all_that_does_not_hold(name: str) -> None:
    """Broken and unknown findings, each with its level, its rule and its name."""
    report = made.REPORTS[name]()
    run = sarif(report)
    expected = [
        (one.id, one.severity, one.finding)
        for environment in report.environments
        for one in environment.requirements
        if one.verdict in ("broken", "unknown")
    ]

    found = [
        (one["ruleId"], one["level"], one["partialFingerprints"]["cloisonFinding/v1"])
        for one in run["results"]
    ]

    assert expected == found
    rules = run["tool"]["driver"]["rules"]
    assert [one["ruleId"] for one in run["results"]] == [
        rules[one["ruleIndex"]]["id"] for one in run["results"]
    ]
    assert report.exit_code == run["invocations"][0]["exitCode"]


def test_sarif_rules_are_requirements_with_help() -> None:
    """Each requirement once, those that are met too, with its title and a text that helps."""
    report = made.broken()
    rules = sarif(report)["tool"]["driver"]["rules"]

    titles = {one.id: one.title for one in report.environments[0].requirements}
    assert titles == {rule["id"]: rule["shortDescription"]["text"] for rule in rules}
    assert all(rule["help"]["text"].strip() and rule["help"]["markdown"].strip() for rule in rules)


def test_sarif_points_at_the_setting_that_decided() -> None:
    """The first place is that of the hop that stopped the packet, and the whole way is a code flow."""
    report = made.broken()
    finding = next(one for one in weighty(report, "broken") if len(one.evidence) > 1)
    decided = next(hop for hop in finding.evidence if hop.outcome == "stop").evidence[0]
    result = next(one for one in sarif(report)["results"] if one["properties"]["finding"] == finding.finding)

    place = result["locations"][0]["physicalLocation"]
    assert decided.file is not None
    assert uri(decided.file) == place["artifactLocation"]["uri"]
    assert {"startLine": decided.line, "startColumn": decided.column} == place["region"]
    flow = result["codeFlows"][0]["threadFlows"][0]["locations"]
    assert [hop.hop for hop in finding.evidence] == [step["kinds"][0] for step in flow]


def test_sarif_names_resources_where_there_is_no_file() -> None:
    """Live resources have no line; their id is a logical location."""
    for result in sarif(made.undecided())["results"]:
        (place,) = result["locations"]
        assert "physicalLocation" not in place
        assert place["logicalLocations"][0]["fullyQualifiedName"].startswith("/subscriptions/")


def test_sarif_tells_unknown_apart() -> None:
    """An unknown keeps its weight, so that no viewer hides it, and says that it is one."""
    results = sarif(made.undecided())["results"]

    assert results
    for result in results:
        assert result["message"]["text"].startswith("not decided: ")
        assert "unknown" == result["properties"]["verdict"]
        assert "none" != result["level"]


def test_sarif_says_what_was_not_read() -> None:
    """Gaps are the tool's own messages."""
    told = sarif(made.hidden())["invocations"][0]["toolExecutionNotifications"]

    assert ["403 AuthorizationFailed" in one["message"]["text"] for one in told] == [True, True]


def test_sarif_messages_hold_no_strange_link_and_no_placeholder() -> None:
    """A name that looks like a link or like an argument is shown as it is."""
    report = made.retold(made.broken(), lambda _: "[see](http://evil) {0}")

    for result in sarif(report)["results"]:
        assert "](" not in result["message"]["text"]
        assert "{{0}}" in result["message"]["text"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("export.json", "export.json"),
        ("./out/my export.json", "out/my%20export.json"),
        ("../hub/ä#1?.json", "../hub/%C3%A4%231%3F.json"),
        ("a:b.json", "a%3Ab.json"),
        ("/tmp/x y.json", "file:///tmp/x%20y.json"),
        ("out\\export.json", "out/export.json"),
        ("C:\\out\\export.json", "file:///C:/out/export.json"),
        ("50%.json", "50%25.json"),
        ("\udcff.json", "%FF.json"),
    ],
)
def test_uris(name: str, expected: str) -> None:
    """A file's name as typed is a relative reference, percent-encoded; an absolute one is a file URI."""
    assert expected == uri(name)


# --- JUnit ---------------------------------------------------------------------------------------------------


def junit(report: Report) -> ET.Element:
    """The root."""
    return ET.fromstring(render("junit", report, View()))


@every_report
def test_junit_has_a_test_for_each_requirement_and_subject(name: str) -> None:
    """One suite for each environment; the counts of every suite and of the whole are those of its tests."""
    report = made.REPORTS[name]()
    root = junit(report)
    suites = [suite for suite in root if suite.get("name") != "input"]

    assert len(report.environments) == len(suites)
    for environment, suite in zip(report.environments, suites, strict=True):
        expected = Counter(id for id, _ in {(one.id, one.subject) for one in environment.requirements})
        assert expected == Counter(test.get("classname") for test in suite)
    for element in (root, *root):
        tests = list(element.iter("testcase"))
        assert str(len(tests)) == element.get("tests")
        for attribute, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            assert str(sum(test.find(tag) is not None for test in tests)) == element.get(attribute)


@every_report
def test_junit_is_green_only_where_the_exit_code_is(name: str) -> None:
    """Failures where something is broken, errors where something is unknown; what does not count is skipped."""
    report = made.REPORTS[name]()
    root = junit(report)

    assert (report.exit_code == 1) == (root.get("failures") != "0")
    assert (report.exit_code == 0) == (root.get("failures") == "0" == root.get("errors"))
    assert int(root.get("tests", "0"))


def test_junit_tells_every_finding_of_a_subject() -> None:
    """Two faults of one account are one failure, with both in its text, as readers show the first only."""
    report = made.broken()
    subjects = Counter((one.id, one.subject) for one in weighty(report, "broken"))
    for test in junit(report).iter("testcase"):
        assert 1 >= len(test.findall("failure"))
    texts = "".join(failure.text or "" for failure in junit(report).iter("failure"))

    assert len(subjects) == len(list(junit(report).iter("failure")))
    for one in weighty(report, "broken"):
        assert one.finding in texts
        assert all(hop.text in texts for hop in one.evidence)
        assert all(fix.summary in texts for fix in one.fixes)
