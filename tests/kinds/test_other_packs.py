"""Kinds that other distributions bring."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest

from cloison import kinds
from cloison.model.kind import Kind

TEAPOT = Kind(type="Contoso.Kitchen/teapots", title="teapot")
NO_KIND = "a text"


@pytest.fixture
def packs(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Two entry points: one kind, and one that is none. What was found before is forgotten, and after."""
    entries = [
        metadata.EntryPoint("Contoso.Kitchen/teapots", f"{__name__}:TEAPOT", kinds.GROUP),
        metadata.EntryPoint("Contoso.Kitchen/cups", f"{__name__}:NO_KIND", kinds.GROUP),
        metadata.EntryPoint("Microsoft.Network/routeTables", f"{__name__}:TEAPOT", kinds.GROUP),
    ]
    found = metadata.EntryPoints(entries)
    caches = (kinds._others, kinds._kind_of)
    monkeypatch.setattr(metadata, "entry_points", found.select)
    monkeypatch.setattr(kinds, "_is_brought", lambda: True)
    for cache in caches:
        cache.cache_clear()
    yield
    for cache in caches:
        cache.cache_clear()


@pytest.mark.usefixtures("packs")
def test_an_entry_point_adds_a_kind() -> None:
    """Its name is the type, in any case."""
    assert "teapot" == getattr(kinds.kind_of("contoso.kitchen/TEAPOTS"), "title", None)


@pytest.mark.usefixtures("packs")
def test_a_folder_is_asked_first() -> None:
    """No other distribution replaces a kind of ours."""
    assert "route table" == getattr(kinds.kind_of("Microsoft.Network/routeTables"), "title", None)


@pytest.mark.usefixtures("packs")
def test_an_entry_point_that_is_no_kind_is_named() -> None:
    """The message says which one."""
    with pytest.raises(kinds.NotAKind, match="NO_KIND"):
        kinds.kind_of("Contoso.Kitchen/cups")


def test_only_a_distribution_that_declares_kinds_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A distribution's list of entry points is looked at before anything is imported to read it."""
    monkeypatch.setattr("sys.path", [str(tmp_path), "no-such-folder"])
    lists = tmp_path / "kitchen-1.0.dist-info" / "entry_points.txt"
    lists.parent.mkdir()
    lists.write_text("[console_scripts]\nkettle = kitchen:boil\n")
    assert not kinds._is_brought()
    lists.write_text(f"[{kinds.GROUP}]\nContoso.Kitchen/teapots = kitchen:TEAPOT\n")
    assert kinds._is_brought()
