"""Values become typed terms in the place of variables, and never anything else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claude_kg import InputError, KnowledgeGraph
from claude_kg.query.guard import inspect
from claude_kg.query.parameters import parameters_of

EX = "https://example.org/examplia/"


def value(graph: KnowledgeGraph, variable: str, given: str) -> str:
    name = parameters_of(inspect(f"SELECT ({variable} AS ?v) {{}}"))[0].name
    (row,) = graph.query(f"SELECT ({variable} AS ?v) {{}}", {name: given}, limits=None).rows
    return str(row["v"])


@pytest.mark.parametrize(
    ("variable", "name", "kind", "optional"),
    [
        ("?_name", "name", "string", False),
        ("?__name", "name", "string", True),
        ("$_thing_iri", "thing", "iri", False),
        ("?__first_thing_iri", "first_thing", "iri", True),
        ("?_n_integer", "n", "integer", False),
        ("?_day_date", "day", "date", False),
        ("?_year_xsd_gYear", "year", "gYear", False),
        ("?_label_en", "label", "@en", False),
        ("?_integer", "integer", "string", False),
    ],
)
def test_name_and_kind_are_read_off_the_variable(
    variable: str, name: str, kind: str, optional: bool
) -> None:
    (parameter,) = parameters_of(inspect(f"ASK {{ ?s ?p {variable} }}"))
    assert (parameter.name, parameter.kind, parameter.optional) == (name, kind, optional)


@pytest.mark.parametrize(
    "given",
    [
        f"{EX}drawing-room",
        f"<{EX}drawing-room>",
        "ex:drawing-room",
        "drawing-room",
        "Drawing Room",
        "drawing  ROOM",
        "the drawing app",
    ],
)
def test_thing_is_found_by_each_of_its_names(graph: KnowledgeGraph, given: str) -> None:
    assert value(graph, "?_x_iri", given) == f"<{EX}drawing-room>"


def test_thing_that_is_not_in_the_graph_can_be_given_in_full(graph: KnowledgeGraph) -> None:
    assert value(graph, "?_x_iri", "urn:isbn:1") == "<urn:isbn:1>"


def test_ambiguous_name_lists_the_candidates(graph: KnowledgeGraph) -> None:
    with pytest.raises(InputError, match=r"more than one thing.*ex:drawing-room, ex:workshop\."):
        value(graph, "?_x_iri", "atelier")


@pytest.mark.parametrize("given", ["Drawing Rom", "ex:drawing-rom", "drawing-rooms"])
def test_unknown_name_lists_the_nearest(graph: KnowledgeGraph, given: str) -> None:
    with pytest.raises(InputError, match=r"nothing in the graph. Near to it: .*ex:drawing-room"):
        value(graph, "?_x_iri", given)


@pytest.mark.parametrize("given", ["http://a/b c", "<http://a/> } SERVICE", "<x>", "http://a/<b>"])
def test_broken_iri_is_refused(graph: KnowledgeGraph, given: str) -> None:
    with pytest.raises(InputError, match="the parameter 'x'"):
        value(graph, "?_x_iri", given)


@pytest.mark.parametrize(
    ("variable", "given", "term"),
    [
        ("?_x_integer", "42", "42"),
        ("?_x_decimal", "1.5", '"1.5"^^<http://www.w3.org/2001/XMLSchema#decimal>'),
        ("?_x_boolean", "true", "true"),
        ("?_x_en", "hello", '"hello"@en'),
        ("?_x", 'a "b"\n', '"a \\"b\\"\\n"'),
        ("?_x_dateTime", "2025-01-31T12:00:00Z", "2025-01-31T12:00:00Z"),
    ],
)
def test_value_has_the_type_of_its_variable(
    graph: KnowledgeGraph, variable: str, given: str, term: str
) -> None:
    assert term in value(graph, variable, given)


@pytest.mark.parametrize(
    ("variable", "given", "wanted"),
    [
        ("?_x_integer", "4.2", "a whole number"),
        ("?_x_integer", "", "a whole number"),
        ("?_x_boolean", "yes", "true or false"),
        ("?_x_date", "2026-13-99", "a date such as"),
        ("?_x_xsd_gYear", "soon", "of type xsd:gYear"),
    ],
)
def test_ill_typed_value_says_what_is_wanted(
    graph: KnowledgeGraph, variable: str, given: str, wanted: str
) -> None:
    with pytest.raises(InputError, match=f"the parameter 'x' is {wanted}.*, not {given!r}"):
        value(graph, variable, given)


def test_unknown_parameter_names_the_nearest(graph: KnowledgeGraph) -> None:
    with pytest.raises(InputError, match=r"no parameter 'prodct'. Did you mean 'product'"):
        graph.query("ASK { ?_product_iri ?p ?o }", {"prodct": "x"})


def test_missing_parameter_says_how_to_give_it(graph: KnowledgeGraph) -> None:
    with pytest.raises(InputError, match=r"needs a value for 'a', 'b'. Give it with -p a=VALUE"):
        graph.query("ASK { ?_a ?p ?_b }")


def test_optional_parameter_is_a_plain_variable_when_it_is_not_given(graph: KnowledgeGraph) -> None:
    query = "SELECT ?m { ?m ckg:authenticatesWith ?__method_iri }"
    assert len(graph.query(query, limits=None)) == 3
    assert len(graph.query(query, {"method": "badge"}, limits=None)) == 2


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ?_x_iri ?m { ?m ckg:authenticatesWith ?_x_iri }",
        "SELECT * { ?m ckg:authenticatesWith ?_x_iri }",
        "SELECT ?m { { SELECT ?m { ?m ckg:authenticatesWith ?_x_iri } } }",
        "SELECT ?m { ?m ckg:authenticatesWith ?a FILTER(?a = ?_x_iri) }",
        "SELECT ?m { ?m ckg:authenticatesWith ?a MINUS { ?m ?p ?a FILTER(?a != ?_x_iri) } }",
        "SELECT ?m { ?m a ckg:AccessMode FILTER EXISTS { ?m ckg:authenticatesWith ?_x_iri } }",
        "SELECT ?m (COUNT(?_x_iri) AS ?n) { ?m ckg:authenticatesWith ?_x_iri } GROUP BY ?m ?_x_iri",
        "SELECT ?m { ?m ckg:authenticatesWith ?_x_iri } ORDER BY ?_x_iri ?m",
        "SELECT ?m { ?m ckg:authenticatesWith ?_x_iri FILTER(BOUND(?_x_iri)) }",
        "SELECT ?m { ?m ckg:authenticatesWith ?a FILTER(!(?a!=?_x_iri)&&1<2) }",
    ],
)
def test_parameter_is_bound_wherever_it_stands(graph: KnowledgeGraph, query: str) -> None:
    result = graph.query(query, {"x": "badge"}, limits=None)
    assert {str(row["m"]) for row in result.rows} == {
        f"<{EX}drawing-room-with-account>",
        f"<{EX}workshop-with-account>",
    }


def test_returned_parameter_keeps_its_column(graph: KnowledgeGraph) -> None:
    result = graph.query("SELECT ?_x ?y { BIND(1 AS ?y) }", {"x": "v"}, limits=None)
    assert result.variables == ["_x", "y"]


@pytest.mark.parametrize("query", ["SELECT (1 AS ?_x) {}", "ASK { VALUES ?_x { 1 } }"])
def test_query_that_sets_a_parameter_itself_is_refused(graph: KnowledgeGraph, query: str) -> None:
    with pytest.raises(InputError, match=r"gives the parameter .* a value itself"):
        graph.query(query, {"x": "v"})


def test_syntax_error_after_a_parameter_keeps_its_place(graph: KnowledgeGraph) -> None:
    with pytest.raises(InputError) as caught:
        graph.query("SELECT * {\n ?_x_iri ?p ?o . ?s ?p }", {"x": "badge"})
    assert (caught.value.line, caught.value.column) == (2, 24)


@given(st.text(max_size=40))
def test_no_value_breaks_out(graph: KnowledgeGraph, given: str) -> None:
    query = "SELECT ?v { BIND(?_x AS ?v) }"
    if any(0xD800 <= ord(character) < 0xE000 for character in given):
        return
    (row,) = graph.query(query, {"x": given}, limits=None).rows
    assert getattr(row["v"], "value", None) == given


def test_injection_stays_a_value(graph: KnowledgeGraph) -> None:
    attack = '" } ; DROP ALL # \' } SERVICE <http://127.0.0.1:9/> { ?s ?p "'
    (row,) = graph.query("SELECT ?v { BIND(?_x AS ?v) }", {"x": attack}).rows
    assert getattr(row["v"], "value", None) == attack
