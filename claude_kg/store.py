"""Hold a graph in memory so that it can be queried."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox

from claude_kg.terms import INFERRED_GRAPH

if TYPE_CHECKING:
    from collections.abc import Iterable


def closed_quads(asserted: Iterable[ox.Triple], inferred: Iterable[ox.Triple]) -> list[ox.Quad]:
    """Both in the default graph, and the inferred again in the graph ``INFERRED_GRAPH``."""
    graph = ox.NamedNode(INFERRED_GRAPH)
    inferred = list(inferred)
    return [
        *(ox.Quad(t.subject, t.predicate, t.object) for t in (*asserted, *inferred)),
        *(ox.Quad(t.subject, t.predicate, t.object, graph) for t in inferred),
    ]


def build_store(quads: Iterable[ox.Quad]) -> ox.Store:
    """A store that holds these statements.

    The store rewrites literals to their canonical form: it answers queries and is never the
    source of an export.
    """
    store = ox.Store()
    store.extend(quads)
    return store


def read_store(trig: bytes) -> ox.Store:
    """A store that holds what a TriG document states, its blank nodes named as they are there.

    Raises SyntaxError where it does not parse.
    """
    return build_store(ox.parse(trig, ox.RdfFormat.TRIG))
