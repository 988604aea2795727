"""Check a graph against shapes by pyshacl, which is the reference and takes any shapes."""

from __future__ import annotations

import logging
import re
import warnings
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from claude_kg.check.data import Data
from claude_kg.check.findings import Term
from claude_kg.check.rulebook import SH, Node, Result, Rulebook
from claude_kg.check.text import shorten
from claude_kg.errors import InputError
from claude_kg.translation import Translation, quiet_rdflib

if TYPE_CHECKING:
    from rdflib import Graph
    from rdflib.term import Node as RdflibNode

    _Bindings = dict[RdflibNode, Mapping[str, RdflibNode]]


def check_by_pyshacl(data: Data, rules: Rulebook) -> list[Result]:
    """What pyshacl finds in a graph; sub-classes are read from the graph.

    Raises InputError where the shapes cannot be used.
    """
    with quiet_rdflib(), warnings.catch_warnings(action="ignore"):
        shapes = _fill(_graph(), rules.triples)
        with _bindings() as bindings:
            report = _run(_fill(_data_graph(), data.triples), shapes)
        return list(_results(report, bindings, rules))


def _run(data: Graph, shapes: Graph) -> Graph:
    from pyshacl import validate
    from pyshacl.errors import ReportableRuntimeError
    from rdflib import Graph

    # What it logs, it raises too.
    logging.getLogger("pyshacl-validate").disabled = True
    try:
        _, report, _ = validate(data, shacl_graph=shapes, inference="none", inplace=True)
    except (ReportableRuntimeError, re.error) as error:
        raise _unusable(error) from error
    if not isinstance(report, Graph):
        raise _unusable(report)
    return report


def _unusable(error: object) -> InputError:
    text = shorten(" ".join(str(error).split()))
    if text.startswith("Validation path too deep"):
        text = "they refer to each other too deeply, or go in circles"
    return InputError(f"the shapes cannot be used: {text}", "Mend the shape")


def _results(report: Graph, bindings: _Bindings, rules: Rulebook) -> Iterator[Result]:
    from rdflib import Literal, URIRef

    for result in report.objects(None, URIRef(SH + "result")):
        known = {
            str(predicate).removeprefix(SH): term
            for predicate, object_ in report.predicate_objects(result)
            if (term := _term(object_)) is not None
        }
        path = known.get("resultPath")
        constraint = known.get("sourceConstraint")
        yield Result(
            shape=_node(known["sourceShape"]),
            component=_node(known["sourceConstraintComponent"]).value,
            focus=known["focusNode"],
            # A path without a name keeps that by which the shapes know it.
            path=None if path is None else rules.path(path),
            value=known.get("value"),
            constraint=None if constraint is None else _node(constraint),
            bindings={
                name: term
                for name, value in bindings.get(result, {}).items()
                if (term := _term(value)) is not None
            },
            messages=tuple(
                ox.Literal(str(text), language=text.language)
                for text in report.objects(result, URIRef(SH + "resultMessage"))
                if isinstance(text, Literal)
            ),
        )


@contextmanager
def _bindings() -> Iterator[_Bindings]:
    """Remember the variables of each result, and keep pyshacl from filling in messages.

    It takes a value for a replacement pattern, and fails where one holds a backslash.
    """
    from pyshacl.constraints.constraint_component import ConstraintComponent

    bindings: _Bindings = {}
    name = "make_v_result"
    original = getattr(ConstraintComponent, name)

    def make(self: Any, *args: Any, bound_vars: Any = None, **kwargs: Any) -> Any:
        made = original(self, *args, **kwargs)
        values = bound_vars[-1] if isinstance(bound_vars, tuple) else bound_vars
        if isinstance(values, dict):
            bindings[made[1]] = values
        return made

    setattr(ConstraintComponent, name, make)
    try:
        yield bindings
    finally:
        setattr(ConstraintComponent, name, original)


def _graph() -> Graph:
    from rdflib import Graph

    return Graph(bind_namespaces="none")


def _fill(graph: Graph, triples: Iterable[ox.Triple]) -> Graph:
    translation = Translation()
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
    from rdflib.query import Result as Answer

    class DataGraph(Graph):
        @cached_property
        def _prepared(self) -> dict[str, Query]:
            return {}

        def query(self, query_object: str | Query, *args: Any, **kwargs: Any) -> Answer:
            if isinstance(query_object, str):
                if query_object not in self._prepared:
                    self._prepared[query_object] = prepareQuery(query_object)
                query_object = self._prepared[query_object]
            return super().query(query_object, *args, **kwargs)

    return DataGraph(bind_namespaces="none")


def _node(term: Term) -> Node:
    assert not isinstance(term, ox.Literal)
    return term


def _term(node: RdflibNode) -> Term | None:
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
