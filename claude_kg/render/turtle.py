"""Write Turtle for people: rdflib's serialiser, made to keep literals and to order things."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

import pyoxigraph as ox
from rdflib import BNode, Graph, Literal, URIRef
from rdflib.namespace import OWL, RDF, RDFS, SKOS, XSD
from rdflib.plugins.serializers.turtle import OBJECT, TurtleSerializer

from claude_kg.terms import compact

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from rdflib.term import Node

_SHORT_FORMS = {
    XSD.integer: re.compile(r"[+-]?\d+"),
    XSD.decimal: re.compile(r"[+-]?\d*\.\d+"),
    XSD.double: re.compile(r"[+-]?(?:\d+\.\d*|\.?\d+)[eE][+-]?\d+"),
    XSD.boolean: re.compile(r"true|false"),
}
_ORDER = (
    OWL.Ontology,
    OWL.Class,
    RDFS.Datatype,
    OWL.ObjectProperty,
    OWL.DatatypeProperty,
    OWL.AnnotationProperty,
)
_FIRST = (RDFS.subClassOf, SKOS.prefLabel, RDFS.label, SKOS.definition)


def serialize_turtle(
    triples: Iterable[ox.Triple], prefixes: Mapping[str, str], lists: set[str]
) -> bytes:
    """The statements as Turtle; ``lists`` are the labels of the nodes that start a proper list."""
    graph = Graph()
    for triple in triples:
        graph.add((_node(triple.subject), _node(triple.predicate), _node(triple.object)))
    stream = io.BytesIO()
    _Serializer(graph, prefixes, lists).serialize(stream)
    return stream.getvalue().rstrip(b"\n") + b"\n"


def _node(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> Node:
    if isinstance(term, ox.NamedNode):
        return URIRef(term.value)
    if isinstance(term, ox.BlankNode):
        return BNode(term.value)
    assert isinstance(term, ox.Literal)
    datatype = None if term.language else URIRef(term.datatype.value)
    return Literal(term.value, lang=term.language, datatype=datatype, normalize=False)


class _Serializer(TurtleSerializer):
    def __init__(self, graph: Graph, prefixes: Mapping[str, str], lists: set[str]) -> None:
        self._prefixes = prefixes
        self._list_heads = lists
        super().__init__(graph)
        self.predicateOrder = [RDF.type, *_FIRST]

    def orderSubjects(self) -> list[Node]:  # noqa: N802 - so named by rdflib
        def key(subject: Node) -> tuple[int, int, str]:
            if isinstance(subject, BNode):
                return len(_ORDER) + 1, self._references[subject], str(subject)
            types = set(self.store.objects(subject, RDF.type))
            rank = next((i for i, kind in enumerate(_ORDER) if kind in types), len(_ORDER))
            return rank, 0, str(subject)

        return sorted(self._subjects, key=key)

    def sortProperties(self, properties: Mapping[Node, list[Node]]) -> list[Node]:  # noqa: N802 - so named by rdflib
        for objects in properties.values():
            objects.sort(key=lambda node: (isinstance(node, BNode), self._sort_key(node)))
        first = [p for p in self.predicateOrder if p in properties]
        return [*first, *sorted((p for p in properties if p not in first), key=str)]

    def _sort_key(self, node: Node) -> str:
        return str(node) if isinstance(node, BNode) else self.label(node, OBJECT)

    def get_pname(self, uri: Node, gen_prefix: bool = True) -> str | None:
        short = compact(str(uri), self._prefixes) if isinstance(uri, URIRef) else str(uri)
        if short == str(uri):
            return None
        prefix = short.partition(":")[0]
        self.addNamespace(prefix, URIRef(self._prefixes[prefix]))
        return short

    def label(self, node: Node, position: int) -> str:
        if isinstance(node, Literal):
            return self._literal(node)
        if isinstance(node, URIRef) and node != RDF.nil:
            keyword = self.keywords.get(node) if position == 1 else None
            return keyword or self.get_pname(node) or f"<{node}>"
        return str(super().label(node, position))

    def _literal(self, node: Literal) -> str:
        short_form = _SHORT_FORMS.get(node.datatype) if node.datatype else None
        if short_form and short_form.fullmatch(str(node)):
            return str(node)
        quoted = str(ox.Literal(str(node)))
        if node.language:
            return f"{quoted}@{node.language}"
        if node.datatype in (None, XSD.string):
            return quoted
        return f"{quoted}^^{self.get_pname(node.datatype) or f'<{node.datatype}>'}"

    def isValidList(self, l_: Node) -> bool:  # noqa: N802 - so named by rdflib
        return isinstance(l_, BNode) and str(l_) in self._list_heads
