"""Each question that the catalogue answers, with the answer that the source gives.

A YAML file a folder of queries holds the questions as data: the query, its parameters, the columns
that are compared, and the rows. ``rows`` is the whole answer, ``contains`` a part of it, ``lacks``
what must not be in it; ``ordered`` says that the order counts too. The facts are those of the first
edition, or of that which ``edition`` names.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
import rdflib
import yaml

from claude_kg import KnowledgeGraph
from claude_kg.query.catalogue import Catalogue, Query
from claude_kg.query.guard import inspect
from claude_kg.query.parameters import Parameter, bind, parameters_of, to_terms
from claude_kg.terms import XSD, compact

Cell = str | bool | Decimal | None
Row = tuple[Cell, ...]

HERE = Path(__file__).parent
NUMBERS = (XSD + "integer", XSD + "decimal")
# What stands for anything of its kind where the facts are those of another vendor.
STAND_INS = {
    "iri": "https://example.org/examplia/workshop",
    "integer": "1",
    "nonNegativeInteger": "1",
    "string": "Workshop",
}


@dataclass(frozen=True)
class Question:
    """An entry of a YAML file."""

    query: str
    question: str
    columns: list[str]
    parameters: dict[str, str] = field(default_factory=dict)
    rows: list[list[Any]] | None = None
    contains: list[list[Any]] = field(default_factory=list)
    lacks: list[list[Any]] = field(default_factory=list)
    ordered: bool = False
    edition: str | None = None

    def __str__(self) -> str:
        at = f" ({self.edition})" if self.edition else ""
        return f"{self.query}: {self.question}{at}"


def questions() -> list[Question]:
    return [
        Question(**entry)
        for path in sorted(HERE.glob("*.yaml"))
        for entry in yaml.safe_load(path.read_text(encoding="utf-8"))
    ]


QUESTIONS = questions()
CATALOGUE = Catalogue()
NAMES = [name for name in CATALOGUE.names if not name.startswith("report/")]


@cache
def packaged(edition: str | None) -> KnowledgeGraph:
    return KnowledgeGraph.load(edition=edition)


@cache
def second_engine(edition: str | None) -> rdflib.Graph:
    """What is asserted and inferred, in an engine of somebody else."""
    graph = rdflib.Graph()
    graph.parse(data=packaged(edition).export("nt"), format="nt")
    return graph


@pytest.mark.parametrize("question", QUESTIONS, ids=str)
def test_the_answer_is_that_of_the_source(question: Question) -> None:
    graph = packaged(question.edition)
    result = graph.query(CATALOGUE.find(question.query), question.parameters)
    assert set(question.columns) <= set(result.variables)
    found = list(
        dict.fromkeys(
            tuple(cell(row.get(column)) for column in question.columns) for row in result.rows
        )
    )
    if question.rows is not None:
        wanted = expected(question.rows)
        assert found == wanted if question.ordered else set(found) == set(wanted)
    assert set(expected(question.contains)) - set(found) == set()
    assert set(expected(question.lacks)) & set(found) == set()


@pytest.mark.parametrize("name", NAMES)
def test_every_query_has_an_expected_answer_that_says_something(name: str) -> None:
    about = [question for question in QUESTIONS if question.query == name]
    assert any(question.rows or question.contains for question in about)


def test_every_question_is_of_the_catalogue_and_expects_something() -> None:
    assert {question.query for question in QUESTIONS} - set(NAMES) == set()
    assert [
        str(question) for question in QUESTIONS if question.rows is None and not question.contains
    ] == []


@pytest.mark.parametrize("name", NAMES)
def test_every_query_runs_on_the_facts_of_another_vendor(name: str, graph: KnowledgeGraph) -> None:
    query = CATALOGUE.find(name)
    needed = [parameter for parameter in parameters(query, graph) if not parameter.optional]
    given = {parameter.name: STAND_INS[parameter.kind] for parameter in needed}
    assert graph.query(query, given).kind == "select"


@pytest.mark.parametrize("question", QUESTIONS, ids=str)
def test_a_second_engine_gives_the_same_answer(question: Question) -> None:
    graph = packaged(question.edition)
    query = CATALOGUE.find(question.query)
    inspected = inspect(query.text)
    terms = to_terms(inspected, question.parameters, query.defaults, graph.names, label="it")
    ours = graph.query(query, question.parameters)
    theirs = second_engine(question.edition).query(bind(inspected, terms).text)
    assert [str(variable) for variable in theirs.vars or ()] == ours.variables
    assert Counter(
        tuple(cell(row.get(variable)) for variable in ours.variables) for row in ours.rows
    ) == Counter(
        tuple(cell(from_rdflib(term)) for term in row)
        for row in theirs
        if isinstance(row, rdflib.query.ResultRow)
    )


def parameters(query: Query, graph: KnowledgeGraph) -> list[Parameter]:
    return parameters_of(inspect(query.text, None, graph.prefixes))


def cell(term: object) -> Cell:
    """A term as the YAML files write it: a CURIE, a number, a truth value, or text."""
    if isinstance(term, ox.NamedNode):
        return compact(term.value)
    if not isinstance(term, ox.Literal):
        assert term is None
        return None
    if term.datatype.value in NUMBERS:
        return Decimal(term.value).normalize()
    if term.datatype.value == XSD + "boolean":
        return term.value in {"true", "1"}
    return term.value


def from_rdflib(term: object) -> ox.NamedNode | ox.Literal | None:
    if isinstance(term, rdflib.URIRef):
        return ox.NamedNode(str(term))
    if isinstance(term, rdflib.Literal):
        datatype = ox.NamedNode(str(term.datatype)) if term.datatype else None
        return ox.Literal(str(term), datatype=datatype)
    assert term is None
    return None


def expected(rows: list[list[Any]]) -> list[Row]:
    return [tuple(as_cell(value) for value in row) for row in rows]


def as_cell(value: object) -> Cell:
    """A value of a YAML file; a number is compared as a number, however it is written."""
    if value is None or isinstance(value, str | bool):
        return value
    return Decimal(str(value)).normalize()
