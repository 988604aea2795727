"""Queries are answered within bounds, and nothing that a query does ends the caller."""

from __future__ import annotations

import json
import os
import xml.etree.ElementTree as ET

import pyoxigraph as ox
import pytest

from claude_kg import InputError, KnowledgeGraph, LimitError, Limits
from claude_kg.terms import INFERRED_GRAPH

PRODUCT = "?a ?b ?c . ?d ?e ?f . ?g ?h ?i"
forked = pytest.mark.skipif(not hasattr(os, "fork"), reason="hard limits need a forked process")


def test_select_gives_rows_of_terms(graph: KnowledgeGraph) -> None:
    result = graph.query("SELECT ?n ?none { ex:workshop skos:prefLabel ?n }")
    assert result.kind == "select"
    assert result.variables == ["n", "none"]
    assert result.rows == [{"n": ox.Literal("Workshop", language="en")}]


def test_ask_gives_a_truth_value(graph: KnowledgeGraph) -> None:
    assert graph.query("ASK { ex:workshop a ckg:BridgeProduct }").boolean is True
    assert graph.query("ASK { ex:drawing-room a ckg:BridgeProduct }").boolean is False


def test_asserted_leaves_out_what_follows(graph: KnowledgeGraph) -> None:
    assert not graph.query("ASK { ex:workshop a ckg:BridgeProduct }", asserted=True).boolean


def test_inferred_graph_tells_conclusions_apart(graph: KnowledgeGraph) -> None:
    query = f"SELECT ?s {{ GRAPH <{INFERRED_GRAPH}> {{ ?s a ckg:BridgeProduct }} }}"
    assert len(graph.query(query)) == 1
    assert not graph.query(f"ASK {{ GRAPH <{INFERRED_GRAPH}> {{ ?s skos:prefLabel ?o }} }}").boolean


def test_construct_and_describe_give_a_graph_without_repetition(graph: KnowledgeGraph) -> None:
    built = graph.query("CONSTRUCT { ex:all ex:has ?b } { ?m ckg:connectsTo ?b }")
    assert len(built.triples) == len(set(built.triples)) == len(built) == 2
    assert graph.query("DESCRIBE ex:workshop").triples


def test_wrong_part_of_an_answer_is_an_error(graph: KnowledgeGraph) -> None:
    with pytest.raises(InputError, match="ASK query has no such part"):
        _ = graph.query("ASK {}").rows


def test_same_answer_with_and_without_a_child_process(graph: KnowledgeGraph) -> None:
    query = "SELECT * { ?s ?p ?o } ORDER BY ?s ?p ?o"
    assert graph.query(query, limits=None) == graph.query(query)


def test_w3c_formats_are_read_by_others(graph: KnowledgeGraph) -> None:
    result = graph.query('SELECT ("a,\\n\\"b" AS ?x) ("T"@en AS ?y) ?z { }')
    bindings = json.loads(result.serialize("json"))["results"]["bindings"]
    assert bindings == [
        {
            "x": {"type": "literal", "value": 'a,\n"b'},
            "y": {"type": "literal", "value": "T", "xml:lang": "en"},
        }
    ]
    root = ET.fromstring(result.serialize("xml"))
    assert root.tag == "{http://www.w3.org/2005/sparql-results#}sparql"
    assert result.serialize("csv") == b'x,y,z\r\n"a,\n""b",T,\r\n'
    assert result.serialize("tsv").startswith(b"?x\t?y\t?z\n")
    assert json.loads(graph.query("ASK {}").serialize("json"))["boolean"] is True


def test_text_that_xml_cannot_hold_is_an_error(graph: KnowledgeGraph) -> None:
    result = graph.query(r'SELECT ("a\u0001" AS ?x) {}')
    with pytest.raises(InputError, match="XML cannot hold"):
        result.serialize("xml")
    assert b"\\u0001" in result.serialize("json")


def test_no_rows_and_no_columns_are_answers(graph: KnowledgeGraph) -> None:
    assert graph.query("SELECT ?x { ?x ex:nothing ?y }").rows == []
    assert graph.query("SELECT * {}").rows == [{}]


@pytest.mark.parametrize(
    ("query", "line", "column", "near"),
    [
        ("SELECT * WHERE { ?s ?p }", 1, 24, "'}'"),
        ("ASK {} foo", 1, 8, "'foo'"),
        ("SELECT *\nWHERE { ?s ?p ?o ; }}", 2, 21, ""),
        ("SELECT (COUNT(*) AS ?c) ?x { ?x ?y ?z }", 1, 39, "variable that is unbound"),
    ],
)
def test_syntax_error_has_line_column_and_word(
    graph: KnowledgeGraph, query: str, line: int, column: int, near: str
) -> None:
    with pytest.raises(InputError) as caught:
        graph.query(query)
    assert (caught.value.line, caught.value.column) == (line, column)
    assert near in str(caught.value)
    assert "\n" not in str(caught.value)


@forked
def test_slow_query_ends_at_the_time_limit(graph: KnowledgeGraph) -> None:
    with pytest.raises(LimitError, match=r"time limit of 0.3 seconds.*--timeout"):
        graph.query(f"SELECT (COUNT(*) AS ?n) {{ {PRODUCT} }}", limits=Limits(seconds=0.3))


@forked
@pytest.mark.parametrize(
    "query", [f"SELECT DISTINCT * {{ {PRODUCT} }}", f"SELECT * {{ {PRODUCT} }} ORDER BY ?a"]
)
def test_greedy_query_ends_at_the_memory_limit(graph: KnowledgeGraph, query: str) -> None:
    with pytest.raises(LimitError, match=r"memory limit of 64 MiB.*--memory"):
        graph.query(query, limits=Limits(memory_mib=64, results=10**9))


@forked
def test_large_answer_ends_at_the_memory_limit(graph: KnowledgeGraph) -> None:
    with pytest.raises(LimitError, match="memory limit of 16 MiB"):
        graph.query(f"SELECT * {{ {PRODUCT} }}", limits=Limits(memory_mib=16, results=10**9))


@pytest.mark.parametrize("form", ["SELECT *", "CONSTRUCT { ?a ?b ?c }"])
def test_many_results_end_at_their_limit(graph: KnowledgeGraph, form: str) -> None:
    with pytest.raises(LimitError, match=r"limit of 7. .*--max-results"):
        graph.query(f"{form} {{ {PRODUCT} }}", limits=Limits(results=7))


def test_limit_itself_is_allowed(graph: KnowledgeGraph) -> None:
    assert len(graph.query("SELECT * { ?s ?p ?o } LIMIT 7", limits=Limits(results=7))) == 7


@forked
def test_query_that_crashes_the_engine_is_an_error(graph: KnowledgeGraph) -> None:
    union = "{}" + " UNION {}" * 100_000
    with pytest.raises(LimitError, match=r"nested too deeply|time limit|memory limit"):
        graph.query(f"SELECT * {{ {union} }}", limits=Limits(seconds=20))
    assert graph.query("ASK {}").boolean


@pytest.mark.parametrize("query", ["SELECT * { ?s ?p ?o } LIMIT 8", "CONSTRUCT WHERE { ?s ?p ?o }"])
def test_few_results_too_many_are_too_many(graph: KnowledgeGraph, query: str) -> None:
    with pytest.raises(LimitError, match="more results than the limit of 7"):
        graph.query(query, limits=Limits(results=7))
