"""Hand-edited Turtle has one layout and one order, and keeps its comments."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pyoxigraph as ox
import pytest

from claude_kg import KnowledgeGraph
from claude_kg.check.order import check_order
from claude_kg.load import load

ROOT = Path(__file__).parents[2]
FOLDERS = ("ontology", "shapes", "tests")
TURTLE = sorted(
    path
    for folder in FOLDERS
    for path in (ROOT / folder).rglob("*.ttl")
    if "broken" not in path.relative_to(ROOT).parts
)
ONTOLOGY = [path for path in TURTLE if path.is_relative_to(ROOT / "ontology")]

UNTIDY = """# A remark before everything.
@prefix ex: <https://example.org/> .
ex:a a ex:B ; # Why a is a B.
  ex:p 1, 2 .
# A remark at the end.
"""
IN_ORDER = """
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix ex: <https://example.org/> .

ex: a owl:Ontology .

ex:B a owl:Class .

ex:C a owl:Class .

ex:a a owl:ObjectProperty .

ex:A a ex:B ;
    ex:a ex:B .
"""


def turtlefmt(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = Path(sys.executable).with_name("turtlefmt")
    return subprocess.run(
        [command, *arguments], capture_output=True, text=True, encoding="utf-8", check=False
    )


def test_every_turtle_file_has_the_layout() -> None:
    assert len(TURTLE) > 10
    checked = turtlefmt("--check", *map(str, TURTLE))
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_the_formatter_keeps_comments_and_statements_and_settles_at_once(tmp_path: Path) -> None:
    file = tmp_path / "untidy.ttl"
    file.write_text(UNTIDY)
    assert turtlefmt("--check", str(file)).returncode != 0
    assert turtlefmt(str(file)).returncode == 0
    tidied = file.read_text()
    assert [line.partition("#")[2] for line in tidied.splitlines() if "#" in line] == [
        line.partition("#")[2] for line in UNTIDY.splitlines() if "#" in line
    ]
    parsed = [set(ox.parse(text, ox.RdfFormat.TURTLE)) for text in (UNTIDY, tidied)]
    assert parsed[0] == parsed[1]
    assert turtlefmt("--check", str(file)).returncode == 0


def test_the_terms_of_every_ontology_file_are_in_order(packaged: KnowledgeGraph) -> None:
    assert len(packaged.sources) == len(ONTOLOGY)
    findings = [finding for source in packaged.sources for finding in check_order(source)]
    assert [f"{f.file}:{f.line}: {f.message}" for f in findings] == []


@pytest.mark.parametrize(
    ("move", "before", "line", "message"),
    [
        ("ex:C a owl:Class .\n", "ex:B a", 8, "ex:B stands after ex:C, but classes go by name"),
        (
            "ex:a a owl:ObjectProperty .\n",
            "ex:C a",
            10,
            "ex:C stands after ex:a, but classes go before object properties",
        ),
    ],
)
def test_a_term_out_of_order_is_named_with_its_line(
    tmp_path: Path, move: str, before: str, line: int, message: str
) -> None:
    file = tmp_path / "terms.ttl"
    file.write_text(IN_ORDER.replace(move, "").replace(before, move + before))
    (source,) = (s for s in load(overlays=[file]).sources if s.name == str(file))
    assert [(f.file, f.line, f.message) for f in check_order(source)] == [
        (str(file), line, message)
    ]


def test_terms_in_order_give_no_finding(tmp_path: Path) -> None:
    file = tmp_path / "terms.ttl"
    file.write_text(IN_ORDER)
    (source,) = (s for s in load(overlays=[file]).sources if s.name == str(file))
    assert check_order(source) == []
