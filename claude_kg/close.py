"""Draw the conclusions that OWL 2 RL allows from an asserted graph, without the noise.

The rules are those of https://www.w3.org/TR/owl2-profiles/#OWL_2_RL, as owlrl applies them.
"""

from __future__ import annotations

import logging
import re
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyoxigraph as ox

from claude_kg.errors import InternalError
from claude_kg.terms import OWL, PREFIXES, RDF, RDF_TYPE, RDFS, XSD, compact

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from rdflib import Graph
    from rdflib.term import Node

_LANGUAGE = (RDF, RDFS, OWL, XSD)
_TELLING = {RDF_TYPE, RDFS + "subClassOf", RDFS + "subPropertyOf", OWL + "sameAs"}


@dataclass(frozen=True, slots=True)
class Clash:
    """One contradiction, in a sentence."""

    message: str


@dataclass(frozen=True, slots=True)
class Closure:
    """What follows from a graph and is not stated in it, sorted; and its contradictions."""

    inferred: tuple[ox.Triple, ...]
    clashes: tuple[Clash, ...]

    @property
    def consistent(self) -> bool:
        """Whether the graph contradicts itself nowhere."""
        return not self.clashes


def close(asserted: Iterable[ox.Triple], prefixes: Mapping[str, str] = PREFIXES) -> Closure:
    """The OWL 2 RL closure of a graph, less what tells a reader nothing.

    Left out are statements about or by means of blank nodes, about literals, of a thing to itself,
    and in the terms of RDF, RDFS and OWL other than types, sub-classes, sub-properties and equal
    individuals. Literals keep the form in which they are asserted.
    """
    from owlrl import OWLRL_Semantics
    from rdflib import Graph

    stated = set(asserted)
    graph = Graph()
    translation = _Translation()
    for triple in stated:
        graph.add(translation.to_rdflib(triple))
    with _quiet_rdflib():
        reasoner = OWLRL_Semantics(graph, axioms=False, daxioms=False)
        try:
            reasoner.closure()
        except Exception as error:
            raise InternalError(f"the reasoner gave up: {error}") from error
    inferred = {triple for triple in _telling(graph, translation) if triple not in stated}
    messages = {_readable(message, prefixes) for message in reasoner.error_messages}
    return Closure(
        tuple(sorted(inferred, key=str)),
        tuple(Clash(message) for message in sorted(messages)),
    )


class _Translation:
    """Between the terms of two libraries, literals in the form in which they were written."""

    def __init__(self) -> None:
        self._literals: dict[Node, ox.Literal] = {}

    def to_rdflib(self, triple: ox.Triple) -> tuple[Node, Node, Node]:
        return (
            self._node(triple.subject),
            self._node(triple.predicate),
            self._node(triple.object),
        )

    def literal(self, node: Node) -> ox.Literal:
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


def _telling(graph: Graph, translation: _Translation) -> Iterator[ox.Triple]:
    from rdflib import Literal, URIRef

    for subject, predicate, object_ in graph:
        if not isinstance(subject, URIRef) or subject == object_ or _is_language(subject):
            continue
        of_language = _is_language(predicate)
        if of_language and (isinstance(object_, Literal) or str(predicate) not in _TELLING):
            continue
        if isinstance(object_, Literal):
            value: ox.NamedNode | ox.Literal = translation.literal(object_)
        elif isinstance(object_, URIRef) and not _is_language(object_):
            value = ox.NamedNode(object_)
        else:
            continue
        yield ox.Triple(ox.NamedNode(subject), ox.NamedNode(str(predicate)), value)


def _is_language(node: Node) -> bool:
    """Whether a name belongs to RDF, RDFS, OWL or XSD themselves."""
    return str(node).startswith(_LANGUAGE)


_IRI = re.compile(r"\b[a-z][a-z0-9+.-]*:[^\s(),'<>\"]+")
_BLANK = re.compile(r"\bf\d+b\d+\b")


def _readable(message: str, prefixes: Mapping[str, str]) -> str:
    """A reasoner's message with short names; blank nodes here are always class expressions."""
    message = _IRI.sub(lambda found: compact(found[0], prefixes), message)
    return _BLANK.sub("a class expression", " ".join(message.split()))


@contextmanager
def _quiet_rdflib() -> Iterator[None]:
    """Keep rdflib from logging ill-typed literals, which the reasoner reports by itself."""
    logger = logging.getLogger("rdflib.term")
    was_disabled = logger.disabled
    logger.disabled = True
    try:
        yield
    finally:
        logger.disabled = was_disabled
