"""Find the values that a query's parameters can have: those that the graph answers with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox

from claude_kg.query.guard import inspect
from claude_kg.query.parameters import parameters_of
from claude_kg.terms import compact

if TYPE_CHECKING:
    from collections.abc import Mapping

    from claude_kg.graph import KnowledgeGraph
    from claude_kg.query.catalogue import Query


def possible_terms(graph: KnowledgeGraph, query: Query) -> dict[str, list[ox.NamedNode]]:
    """For each parameter that takes a thing, the things with which there is an answer.

    They are found by leaving every parameter open; where one cannot be left open, its header says
    of which class its things are.
    """
    described: Mapping[str, Mapping[str, object]] = query.header.get("parameters") or {}
    parameters = parameters_of(inspect(query.text))
    columns: dict[str, set[str]] = {}
    if all(parameter.optional for parameter in parameters):
        for row in graph.query(query, limits=None).rows:
            for name, term in row.items():
                if isinstance(term, ox.NamedNode):
                    columns.setdefault(name, set()).add(term.value)
    found: dict[str, list[ox.NamedNode]] = {}
    for parameter in parameters:
        if parameter.kind == "iri":
            column = columns.get(parameter.name) or columns.get(_column(parameter.name)) or set()
            found[parameter.name] = [ox.NamedNode(iri) for iri in sorted(column)]
    for name, says in described.items():
        if "class" in says:
            found[name] = _members(graph, says["class"])
    return found


def _members(graph: KnowledgeGraph, classes: object) -> list[ox.NamedNode]:
    listed = " ".join(str(name) for name in (classes if isinstance(classes, list) else [classes]))
    text = f"SELECT DISTINCT ?thing {{ VALUES ?class {{ {listed} }} ?thing a ?class }}"
    rows = graph.query(text, limits=None).rows
    return sorted(
        (row["thing"] for row in rows if isinstance(row["thing"], ox.NamedNode)),
        key=lambda thing: thing.value,
    )


def allowed_values(graph: KnowledgeGraph, query: Query) -> dict[str, list[str]]:
    """For each parameter that takes a thing, the short names of the things."""
    return {
        name: [compact(term.value, graph.prefixes) for term in terms]
        for name, terms in possible_terms(graph, query).items()
    }


def _column(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)
