"""Hold a graph in memory so that it can be queried."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox

from claude_kg.terms import INFERRED_GRAPH

if TYPE_CHECKING:
    from collections.abc import Iterable


def build_store(asserted: Iterable[ox.Triple], inferred: Iterable[ox.Triple] = ()) -> ox.Store:
    """A store whose default graph holds both, and whose graph ``INFERRED_GRAPH`` the inferred.

    The store rewrites literals to their canonical form: it answers queries and is never the
    source of an export.
    """
    store = ox.Store()
    graph = ox.NamedNode(INFERRED_GRAPH)
    quads = [ox.Quad(t.subject, t.predicate, t.object) for t in asserted]
    for triple in inferred:
        quads.append(ox.Quad(triple.subject, triple.predicate, triple.object))
        quads.append(ox.Quad(triple.subject, triple.predicate, triple.object, graph))
    store.extend(quads)
    return store
