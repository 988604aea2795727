"""Choose what of a graph is handed on: the statements, under one ontology header."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox

from claude_kg.terms import OWL, RDF_TYPE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from claude_kg.load import LoadedGraph

_ONTOLOGY = ox.NamedNode(OWL + "Ontology")
_HEADER = {
    OWL + name
    for name in (
        "imports",
        "versionIRI",
        "priorVersion",
        "backwardCompatibleWith",
        "incompatibleWith",
    )
}


def handed_on(loaded: LoadedGraph) -> list[ox.Triple]:
    """The asserted statements, in which one thing alone is declared an ontology.

    Of several headers that of the file read first stays whole; the others stay as annotations of
    their names, for a document is one ontology (https://www.w3.org/TR/owl2-syntax/#Ontologies).
    """
    main = next((t.subject for t in loaded.asserted if _declares_ontology(t)), None)
    others = {t.subject for t in loaded.asserted if _declares_ontology(t) and t.subject != main}
    return list(_without_headers(loaded.asserted, others))


def _without_headers(
    triples: Iterable[ox.Triple], ontologies: set[ox.NamedNode | ox.BlankNode | ox.Triple]
) -> Iterable[ox.Triple]:
    for triple in triples:
        if triple.subject in ontologies and (
            _declares_ontology(triple) or triple.predicate.value in _HEADER
        ):
            continue
        yield triple


def _declares_ontology(triple: ox.Triple) -> bool:
    return triple.predicate.value == RDF_TYPE and triple.object == _ONTOLOGY
