"""Check a graph against SHACL shapes (https://www.w3.org/TR/shacl/), by pyshacl.

Shapes are meant for the asserted graph: after inference a wrong node becomes a member of the class
that a range names, and its violation disappears.
"""

from __future__ import annotations

import re
import warnings
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from claude_kg.check.findings import Finding, Path, Severity, Term
from claude_kg.check.text import path_text, shorten, term_text
from claude_kg.close import _quiet_rdflib, _Translation
from claude_kg.errors import InputError
from claude_kg.terms import PREFIXES

if TYPE_CHECKING:
    from rdflib import Graph
    from rdflib.term import Node

SH = PREFIXES["sh"]

_OPERATORS = {
    SH + "inversePath": "^",
    SH + "alternativePath": "|",
    SH + "zeroOrMorePath": "*",
    SH + "oneOrMorePath": "+",
    SH + "zeroOrOnePath": "?",
}
_SEVERITIES = {SH + "Info": Severity.INFO, SH + "Warning": Severity.WARNING}
_DESCRIPTION = SH + "description"
_REMEDY = "https://w3id.org/claude-kg/shapes#remedy"

_PLACEHOLDER = re.compile(r"\{[$?](\w+)\}")
_OURS = frozenset({"this", "path", "value"})


def check_shapes(
    triples: Iterable[ox.Triple],
    shapes: Sequence[ox.Triple],
    prefixes: Mapping[str, str] = PREFIXES,
) -> list[Finding]:
    """The findings of the shapes in a graph; sub-classes are read from the graph.

    Messages have ``{$this}``, ``{?path}`` and ``{?value}`` filled in, those of core constraints
    too. Raises InputError where the shapes themselves cannot be used.
    """
    if not shapes:
        return []
    with _quiet_rdflib(), warnings.catch_warnings(action="ignore"):
        rules = _fill(_graph(), shapes)
        reading = _Reading(_run(_fill(_data_graph(), triples), rules), rules, prefixes)
        return [reading.finding(result) for result in reading.results()]


def _run(data: Graph, shapes: Graph) -> Graph:
    """What pyshacl reports."""
    from pyshacl import validate
    from pyshacl.errors import ReportableRuntimeError
    from rdflib import Graph

    try:
        with _sound_messages():
            _, report, _ = validate(data, shacl_graph=shapes, inference="none", inplace=True)
    except (ReportableRuntimeError, re.error) as error:
        raise _unusable(error) from error
    if not isinstance(report, Graph):
        raise _unusable(report)
    return report


def _unusable(error: object) -> InputError:
    text = shorten(" ".join(str(error).split()))
    return InputError(f"the shapes cannot be used: {text}", "Mend the shape")


@contextmanager
def _sound_messages() -> Iterator[None]:
    """Make pyshacl fill in the messages of SPARQL constraints whatever the values are.

    By itself it takes a value for a replacement pattern, and fails where one holds a backslash.
    What a finding knows by itself is left for :class:`_Reading`, which writes it shorter.
    """
    from pyshacl.constraints.constraint_component import ConstraintComponent

    def fill(self: object, message: str, bound: object) -> str:
        values = bound if isinstance(bound, dict) else {}
        if isinstance(bound, tuple) and isinstance(bound[-1], dict):
            values = bound[-1]

        def text(found: re.Match[str]) -> str:
            known = found[1] not in _OURS and values.get(found[1]) is not None
            return str(values[found[1]]) if known else found[0]

        return _PLACEHOLDER.sub(text, message)

    name = "_format_sparql_based_result_message"
    original = getattr(ConstraintComponent, name)
    setattr(ConstraintComponent, name, fill)
    try:
        yield
    finally:
        setattr(ConstraintComponent, name, original)


def _graph() -> Graph:
    from rdflib import Graph

    return Graph(bind_namespaces="none")


def _fill(graph: Graph, triples: Iterable[ox.Triple]) -> Graph:
    translation = _Translation()
    for triple in triples:
        graph.add(translation.to_rdflib(triple))
    return graph


def _data_graph() -> Graph:
    """A graph that parses a query once, though a constraint asks it of node after node.

    Parsing takes nine tenths of the time otherwise.
    """
    from rdflib import Graph
    from rdflib.plugins.sparql import prepareQuery
    from rdflib.plugins.sparql.sparql import Query
    from rdflib.query import Result

    class DataGraph(Graph):
        @cached_property
        def _prepared(self) -> dict[str, Query]:
            return {}

        def query(self, query_object: str | Query, *args: Any, **kwargs: Any) -> Result:
            if isinstance(query_object, str):
                if query_object not in self._prepared:
                    self._prepared[query_object] = prepareQuery(query_object)
                query_object = self._prepared[query_object]
            return super().query(query_object, *args, **kwargs)

    return DataGraph(bind_namespaces="none")


class _Reading:
    """One pyshacl report, read beside the shapes that it speaks of."""

    def __init__(self, report: Graph, shapes: Graph, prefixes: Mapping[str, str]) -> None:
        self._report = report
        self._shapes = shapes
        self._prefixes = prefixes

    def results(self) -> Iterator[Node]:
        from rdflib import URIRef

        return self._report.objects(None, URIRef(SH + "result"))

    def finding(self, result: Node) -> Finding:
        shape = self._get(result, "sourceShape")
        constraint = self._get(result, "sourceConstraint")
        assert shape is not None
        rule = self._named(shape if constraint is None else constraint)
        focus = _term(self._get(result, "focusNode"))
        value = _term(self._get(result, "value"))
        path_node = self._get(result, "resultPath")
        path = None if path_node is None else _path(self._report, path_node)
        noted = [node for node in (constraint, shape, rule) if node is not None]
        return Finding(
            rule=_local_name(str(rule)),
            severity=_SEVERITIES.get(str(self._get(result, "resultSeverity")), Severity.VIOLATION),
            message=self._message(result, focus, path, value),
            focus=focus,
            path=path,
            value=value,
            why=self._note(noted, _DESCRIPTION),
            fix=self._note(noted, _REMEDY),
            source=str(self._named(shape)),
            component=str(self._get(result, "sourceConstraintComponent")),
        )

    def _message(
        self, result: Node, focus: Term | None, path: Path | None, value: Term | None
    ) -> str:
        from rdflib import Literal, URIRef

        found = [
            message
            for message in self._report.objects(result, URIRef(SH + "resultMessage"))
            if isinstance(message, Literal)
        ]
        texts = sorted(found, key=lambda text: (text.language not in {None, "en"}, str(text)))
        text = str(texts[0]) if texts else "This does not conform."
        known = {
            "this": focus and term_text(focus, self._prefixes),
            "path": path and path_text(path, self._prefixes),
            "value": value and term_text(value, self._prefixes),
        }
        # Shortened first: what is filled in afterwards stands as the file has it.
        text = shorten(text, self._prefixes)
        return _PLACEHOLDER.sub(lambda name: known.get(name[1]) or f"?{name[1]}", text)

    def _named(self, node: Node) -> Node:
        """The shape or constraint itself if it has a name, else the nearest around it that has."""
        from rdflib import URIRef

        waiting = deque([node])
        seen = {node}
        while waiting:
            candidate = waiting.popleft()
            if isinstance(candidate, URIRef):
                return candidate
            around = sorted(set(self._shapes.subjects(None, candidate)) - seen, key=str)
            seen.update(around)
            waiting += around
        return node

    def _note(self, nodes: Sequence[Node], property_: str) -> str:
        from rdflib import URIRef

        for node in nodes:
            notes = sorted(map(str, self._shapes.objects(node, URIRef(property_))))
            if notes:
                return " ".join(notes[0].split())
        return ""

    def _get(self, result: Node, name: str) -> Node | None:
        from rdflib import URIRef

        return self._report.value(result, URIRef(SH + name))


def _term(node: Node | None) -> Term | None:
    from rdflib import BNode, Literal, URIRef

    if isinstance(node, URIRef):
        return ox.NamedNode(node)
    if isinstance(node, BNode):
        return ox.BlankNode(str(node))
    if isinstance(node, Literal):
        if node.language:
            return ox.Literal(str(node), language=node.language)
        return ox.Literal(
            str(node), datatype=None if node.datatype is None else ox.NamedNode(node.datatype)
        )
    return None


def _path(graph: Graph, node: Node) -> Path:
    """The property path that a node stands for (SHACL, section 2.3.1)."""
    from rdflib import URIRef
    from rdflib.collection import Collection

    if isinstance(node, URIRef):
        return Path.of(ox.NamedNode(node))
    for property_, operator in _OPERATORS.items():
        inner = graph.value(node, URIRef(property_))
        if inner is not None:
            parts = Collection(graph, inner) if operator == "|" else [inner]
            return Path(operator, tuple(_path(graph, part) for part in parts))
    return Path("/", tuple(_path(graph, part) for part in Collection(graph, node)))


def _local_name(iri: str) -> str:
    return re.split(r"[#/:]", iri)[-1] or iri
