"""Statements with blank nodes, of which most axioms consist, have a place too."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest

from claude_kg import KnowledgeGraph
from claude_kg.check.places import Location, Places
from claude_kg.load import load
from claude_kg.terms import RDF

# The number that a statement holds is the line on which it stands.
NESTED = """@prefix : <http://e/> .
:s :p [ :n 2 ; :p [
  :n 3 ] ; :q ( ) ; :p
  ( 4
    5 [ :n 5 ; :p ( [
      :n 6 ] ) ] ( 6 (
      7 ) ) ) ] .
[] :n 8 ; :p [
  :n 9 ] .
_:b :n 10 ; :p _:c . _:c
  :n 11 . ( [
  :n 12 ] ) :n 12 .
"""


def test_a_statement_with_a_blank_node_stands_where_its_object_does(tmp_path: Path) -> None:
    file = tmp_path / "nested.ttl"
    file.write_text(NESTED)
    loaded = load([file])
    places = Places(loaded.sources)
    (source,) = [s for s in loaded.sources if s.role == "facts"]
    numbers = 0
    for triple in source.triples:
        (location,) = places.of(triple)
        assert location.file == str(file)
        assert location.line is not None
        if isinstance(triple.object, ox.Literal):
            assert str(location.line) == triple.object.value
            numbers += 1
        elif isinstance(triple.object, ox.BlankNode) and triple.predicate.value != RDF + "rest":
            assert location.column is not None
            assert NESTED.split("\n")[location.line - 1][location.column - 1] in "[(_"
    assert numbers == 14


def test_every_packaged_statement_has_a_line() -> None:
    graph = KnowledgeGraph.load()
    places = Places(graph.sources)
    assert [t for t in graph.asserted if any(at.line is None for at in places.of(t))] == []
    assert all(places.of(triple) for triple in graph.asserted)


def test_what_several_files_state_has_several_places(tmp_path: Path) -> None:
    turtle, json = tmp_path / "one.ttl", tmp_path / "two.jsonld"
    turtle.write_text("\n<http://e/s> <http://e/p> <http://e/o> .")
    json.write_text('{"@id": "http://e/s", "http://e/p": {"@id": "http://e/o"}}')
    graph = KnowledgeGraph.load([turtle], [json])
    found = Places(graph.sources).of(graph.asserted[-1])
    assert found == (Location(str(turtle), 2, 27), Location(str(json)))
    assert str(found[0]) == f"{turtle}:2:27"


@pytest.mark.parametrize("other", ["nothing", ""])
def test_what_is_stated_nowhere_has_no_place(graph: KnowledgeGraph, other: str) -> None:
    name = ox.NamedNode(f"http://e/{other}")
    assert Places(graph.sources).of(ox.Triple(name, name, name)) == ()
