"""The graph is consistent and coherent, and what must contradict it does, by two reasoners."""

from __future__ import annotations

from pathlib import Path

import owlready2
import pytest

from claude_kg import KnowledgeGraph
from claude_kg.editions import Choice

BOTH_METHODS = Path(__file__).with_name("both-methods.ttl")


@pytest.fixture
def muddled() -> KnowledgeGraph:
    return KnowledgeGraph.load(facts=[BOTH_METHODS])


@pytest.mark.parametrize("edition", [None, "latest"])
def test_hermit_finds_the_graph_consistent_and_every_class_satisfiable(
    packaged: KnowledgeGraph, java: str, tmp_path: Path, edition: str | None
) -> None:
    world = classify(packaged.at(Choice(edition)), java, tmp_path)
    assert list(world.inconsistent_classes()) == []
    assert len(list(world.classes())) > 20


def test_hermit_finds_a_mode_with_both_methods_inconsistent(
    muddled: KnowledgeGraph, java: str, tmp_path: Path
) -> None:
    with pytest.raises(owlready2.OwlReadyInconsistentOntologyError):
        classify(muddled, java, tmp_path)


def test_owlrl_finds_a_mode_with_both_methods_inconsistent(
    packaged: KnowledgeGraph, muddled: KnowledgeGraph
) -> None:
    assert packaged.closure.consistent
    assert not muddled.closure.consistent
    assert any("ex:muddled" in c.message for c in muddled.closure.clashes)


def classify(graph: KnowledgeGraph, java: str, folder: Path) -> owlready2.World:
    file = folder / "graph.owl"
    file.write_bytes(graph.export("xml", asserted=True))
    owlready2.JAVA_EXE = java
    world = owlready2.World()
    ontology = world.get_ontology(file.as_uri()).load(only_local=True)
    with ontology:
        owlready2.sync_reasoner_hermit(world, debug=0)
    return world
