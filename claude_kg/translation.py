"""Take statements to rdflib and back, literals in the form in which they were written."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pyoxigraph as ox

from claude_kg.terms import XSD

if TYPE_CHECKING:
    from rdflib.term import Node


class Translation:
    """Between the terms of two libraries, literals in the form in which they were written."""

    def __init__(self) -> None:
        self._literals: dict[Node, ox.Literal] = {}

    def to_rdflib(self, triple: ox.Triple) -> tuple[Node, Node, Node]:
        """The same statement in rdflib's terms."""
        return (
            self._node(triple.subject),
            self._node(triple.predicate),
            self._node(triple.object),
        )

    def literal(self, node: Node) -> ox.Literal:
        """The literal as it was written. Raises KeyError for one that was never translated."""
        return self._literals[node]

    def _node(self, term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> Node:
        from rdflib import BNode, Literal, URIRef

        if isinstance(term, ox.NamedNode):
            return URIRef(term.value)
        if isinstance(term, ox.BlankNode):
            return BNode(term.value)
        assert isinstance(term, ox.Literal)
        datatype = None if term.language else URIRef(term.datatype.value)
        if datatype == URIRef(XSD + "string"):
            datatype = None
        node = Literal(term.value, lang=term.language, datatype=datatype, normalize=False)
        self._literals.setdefault(node, term)
        return node


@contextmanager
def quiet_rdflib() -> Iterator[None]:
    """Keep rdflib from logging ill-typed literals, which the reasoner reports by itself."""
    logger = logging.getLogger("rdflib.term")
    was_disabled = logger.disabled
    logger.disabled = True
    try:
        yield
    finally:
        logger.disabled = was_disabled
