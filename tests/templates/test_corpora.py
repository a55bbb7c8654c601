"""Other people's templates: all end in a result or a coded error, and both language versions say the same.

Reads the corpora where they lie, and is skipped where they are not there.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

import corpus
import pytest

from cloison.sources.arm_template import Scope, Symbol, TemplateError, expand

FOLDER = corpus.corpora() / "templates"
needed = pytest.mark.skipif(
    not FOLDER.is_dir(),
    reason=f"no templates at {FOLDER}; set CLOISON_CORPORA to the folder that holds templates/",
)
HERE = Scope(
    subscription="00000000-0000-0000-0000-000000000001", resource_group="rg", location="eastus", deployment="main",
    tenant="00000000-0000-0000-0000-00000000000a", management_group="mg",
)  # fmt: skip


@pytest.fixture(scope="module")
def outcomes() -> dict[str, Counter[str]]:
    """How the expansions of all templates end, with their values and with their defaults alone."""
    found: dict[str, Counter[str]] = {"decided": Counter(), "given": Counter(), "bare": Counter()}
    for template in corpus.templates(FOLDER):
        given = corpus.run(template, template.values, FOLDER)
        bare = corpus.run(template, {}, FOLDER) if template.values else given
        found["given"][given.outcome] += 1
        found["bare"][bare.outcome] += 1
        if template.decided:
            found["decided"][given.outcome] += 1
    return found


@needed
def test_every_template_ends_in_a_result_or_a_coded_error(outcomes: dict[str, Counter[str]]) -> None:
    """None breaks, and none of these is over a limit."""
    for counts in outcomes.values():
        assert counts.total() > 250
        assert 0 == counts[corpus.CRASHED] == counts[corpus.LIMIT]


@needed
def test_what_azure_takes_expands(outcomes: dict[str, Counter[str]]) -> None:
    """Of those that Azure would not refuse, 97 of 100 expand: decided ones without an open part, the rest with."""
    decided, bare = outcomes["decided"], outcomes["bare"]
    whole = decided[corpus.EXPANDED] + decided[corpus.OUTSIDE]

    assert 0.97 <= whole / (decided.total() - decided[corpus.REFUSED])
    assert bare.total() - bare[corpus.REFUSED] == sum(bare[one] for one in corpus.OUTCOMES[:3])
    # A few of a hundred are drafts, fixtures of linters and templates that were broken when they were published.
    assert bare[corpus.REFUSED] / bare.total() < 0.1


def shown(value: Any) -> Any:
    """A value to compare: symbols as texts, without the api-version that only one of the languages writes."""
    if isinstance(value, Symbol):
        return re.sub(r"((?:reference|list\w+)\('[^']*'), '[^']*'", r"\1", value.text)
    if isinstance(value, dict):
        return {key: shown(inner) for key, inner in sorted(value.items())}
    return [shown(inner) for inner in value] if isinstance(value, list) else value


def deployed(path: Path) -> Any:
    """What a template deploys and gives out; None where Azure would refuse it."""
    try:
        made = expand(path.read_bytes(), scope=HERE, name=str(path), folder=FOLDER, strict=False)
    except TemplateError:
        return None
    resources = sorted(
        (one.id, one.type, str(shown(one.body)), str(shown(one.exists)))
        for one in made.resources
        if not one.existing
    )
    return resources, {name: shown(output.value) for name, output in made.outputs.items()}


PAIRS = [
    path
    for path in (sorted(FOLDER.rglob("*.symbolicnames.json")) if FOLDER.is_dir() else [])
    if path.with_name(path.name.replace(".symbolicnames", "")).is_file()
]
"""Templates that are there in both language versions."""


@needed
@pytest.mark.parametrize("path", PAIRS, ids=lambda path: "/".join(path.parts[-3:-1]))
def test_both_language_versions_deploy_the_same(path: Path) -> None:
    """One Bicep file, compiled with and without symbolic names: the same resources and outputs, or both refused."""
    assert deployed(path.with_name(path.name.replace(".symbolicnames", ""))) == deployed(path)


@needed
def test_there_are_pairs_to_compare() -> None:
    """And nearly all of them deploy something."""
    found = [deployed(path) for path in PAIRS]

    assert 60 <= len(found)
    assert 0.9 < sum(one is not None for one in found) / len(found)
