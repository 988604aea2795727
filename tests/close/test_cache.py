"""The cache saves work and is never in the way."""

from __future__ import annotations

import multiprocessing
from pathlib import Path

import pytest

from claude_kg import KnowledgeGraph, cache
from claude_kg.cache import closure_of
from claude_kg.closure import Closure
from claude_kg.load import LoadedGraph, Source


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CLAUDE_KG_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache"


def small(name: str = "a") -> LoadedGraph:
    text = (
        f"@prefix ex: <http://ex/> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
        f"ex:C rdfs:subClassOf ex:D . ex:{name} a ex:C ."
    )
    return LoadedGraph((Source("x", "facts", "turtle", text.encode()),))


def compute(loaded: LoadedGraph) -> tuple[Closure, bool]:
    """The closure, and whether it had to be worked out."""
    work: list[str] = []
    return closure_of(loaded, notify=work.append), bool(work)


def test_second_time_is_read_from_the_cache(folder: Path) -> None:
    first, worked = compute(small())
    second, worked_again = compute(small())
    assert (worked, worked_again) == (True, False)
    assert first == second
    assert len(first.inferred) == 1


def test_other_content_has_an_entry_of_its_own(folder: Path) -> None:
    compute(small("a"))
    assert compute(small("b"))[1]


@pytest.mark.parametrize("damage", [b"", b"garbage", b"0" * 64 + b"\n[]\n"])
def test_damaged_entry_is_made_anew(folder: Path, damage: bytes) -> None:
    first, _ = compute(small())
    (entry,) = folder.iterdir()
    entry.write_bytes(damage)
    assert compute(small()) == (first, True)
    assert compute(small()) == (first, False)


def test_truncated_entry_is_made_anew(folder: Path) -> None:
    first, _ = compute(small())
    (entry,) = folder.iterdir()
    entry.write_bytes(entry.read_bytes()[:-5])
    assert compute(small()) == (first, True)


def test_unusable_folder_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("CLAUDE_KG_CACHE_DIR", str(tmp_path / "file" / "cache"))
    assert compute(small())[0].inferred


def test_without_a_home_there_is_no_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CLAUDE_KG_CACHE_DIR", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)

    def no_home() -> Path:
        raise RuntimeError

    monkeypatch.setattr(Path, "home", no_home)
    assert cache.folder() is None
    assert compute(small())[0].inferred


def test_relative_xdg_folder_is_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CLAUDE_KG_CACHE_DIR")
    monkeypatch.setenv("XDG_CACHE_HOME", "somewhere")
    folder = cache.folder()
    assert folder is not None
    assert folder.is_absolute()


def test_cache_can_be_left_alone(folder: Path, vendor: Path) -> None:
    assert KnowledgeGraph.load([vendor], cache=False).inferred
    assert not folder.exists()


def test_only_the_newest_entries_of_a_kind_are_kept(folder: Path) -> None:
    for number in range(6):
        cache.write(f"{number}.closure", b"x", keep=4)
    cache.write("other.header", b"x", keep=4)
    assert len(list(folder.glob("*.closure"))) == 4
    assert cache.read("5.closure") == cache.read("other.header") == b"x"


def test_two_processes_at_once(folder: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        closures = [closure for closure, _ in pool.map(compute, [small()] * 4)]
    assert len(set(closures)) == 1
    assert [path.suffix for path in folder.iterdir()] == [".closure"]
