"""Where the ontology, the shapes and the queries are, in a checkout and in an installed wheel."""

from __future__ import annotations

import os
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_HOME = _PACKAGE if (_PACKAGE / "ontology").is_dir() else _PACKAGE.parent

ONTOLOGY_FOLDER = _HOME / "ontology"
SHAPES_FOLDER = _HOME / "shapes"
QUERIES_FOLDER = _HOME / "queries"

_VOCABULARY = "vocabulary"


def vocabulary_files() -> list[Path]:
    """The ontology header, then the modules of the vocabulary."""
    header = sorted(ONTOLOGY_FOLDER.glob("*.ttl"))
    return header + walk(ONTOLOGY_FOLDER / _VOCABULARY, (".ttl",))


def facts_files() -> list[Path]:
    """The packaged facts: every folder beside the vocabulary."""
    if not ONTOLOGY_FOLDER.is_dir():
        return []
    folders = sorted(p for p in ONTOLOGY_FOLDER.iterdir() if p.is_dir() and p.name != _VOCABULARY)
    return [path for folder in folders for path in walk(folder, (".ttl",))]


def shape_files(*, closure: bool = False) -> list[Path]:
    """The shapes for the asserted graph, or those for the closure."""
    folder = SHAPES_FOLDER / "closure" if closure else SHAPES_FOLDER
    return sorted(folder.glob("*.ttl"))


def all_shape_files() -> set[Path]:
    """Both of these."""
    return {*shape_files(), *shape_files(closure=True)}


def hygiene_files() -> list[Path]:
    """The rules for the asserted graph that are queries."""
    return sorted((SHAPES_FOLDER / "hygiene").glob("*.rq"))


def query_files() -> list[Path]:
    """Every query of the catalogue."""
    return walk(QUERIES_FOLDER, (".rq",))


def walk(folder: Path, suffixes: tuple[str, ...]) -> list[Path]:
    """The files below a folder with one of the suffixes, in a stable order, without hidden ones."""
    found: list[Path] = []
    for parent, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        found += (
            Path(parent, name)
            for name in names
            if name.lower().endswith(suffixes) and not name.startswith(".")
        )
    return sorted(found, key=lambda path: path.relative_to(folder).parts)


def shown(path: Path) -> str:
    """A packaged file by its place in the project, any other as it is."""
    return path.relative_to(_HOME).as_posix() if path.is_relative_to(_HOME) else str(path)
