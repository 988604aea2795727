"""Questions have names, headers that are data, and are found by a part of their name."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from claude_kg import InputError, KnowledgeGraph
from claude_kg.query.allowed import possible_terms
from claude_kg.query.catalogue import Catalogue, parse_query, read_query
from claude_kg.query.guard import inspect
from claude_kg.query.parameters import parameters_of

if TYPE_CHECKING:
    from claude_kg.query.run import Row

HEADER = """#+ summary: "Who: is it?"
#+ tags: [one, two]
#+ defaults:
#+   - count: 3
#+   - on: true

ASK { FILTER(?_count_integer = 3 && ?_on_boolean) }
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("products/list", "products/names", "access/list"):
        path = tmp_path / f"{name}.rq"
        path.parent.mkdir(exist_ok=True)
        path.write_text(HEADER)
    return tmp_path


def test_header_is_data() -> None:
    query = parse_query(HEADER, "q")
    assert query.summary == "Who: is it?"
    assert query.tags == ["one", "two"]
    assert query.defaults == {"count": "3", "on": "true"}


def test_header_is_the_same_from_the_cache() -> None:
    assert parse_query(HEADER, "q").header == parse_query(HEADER, "q").header


def test_query_without_header_is_fine() -> None:
    assert parse_query("ASK {}", "q").header == {}


def test_defaults_are_used_unless_a_value_is_given(graph: KnowledgeGraph) -> None:
    query = parse_query(HEADER, "q")
    assert graph.query(query).boolean
    assert not graph.query(query, {"count": "4"}).boolean


def test_name_or_its_unique_last_part_finds_a_query(folder: Path) -> None:
    catalogue = Catalogue(folder)
    assert catalogue.find("products/names").name == "products/names"
    assert catalogue.find("names").name == "products/names"
    assert [query.name for query in catalogue.queries()] == [
        "access/list",
        "products/list",
        "products/names",
    ]


def test_ambiguous_last_part_lists_the_names(folder: Path) -> None:
    with pytest.raises(InputError, match="access/list, products/list"):
        Catalogue(folder).find("list")


@pytest.mark.parametrize("name", ["name", "product/names", "products/nmaes"])
def test_unknown_name_lists_the_nearest(folder: Path, name: str) -> None:
    with pytest.raises(InputError, match=rf"no query '{name}'. Near to it: products/names"):
        Catalogue(folder).find(name)


def test_broken_header_has_its_place(tmp_path: Path) -> None:
    path = tmp_path / "q.rq"
    path.write_text("#+ summary: a\n#+ tags: [one\n\nASK {}")
    with pytest.raises(InputError) as caught:
        read_query(path)
    assert str(caught.value).startswith(f"{path}:")
    assert "the header is no YAML" in str(caught.value)


def test_defaults_that_are_no_list_are_refused() -> None:
    with pytest.raises(InputError, match="Write - name: value"):
        parse_query("#+ defaults: {a: [1]}\nASK {}", "q")


@pytest.mark.parametrize("header", ["#+ just words", "#+ - a list"])
def test_header_that_names_nothing_is_refused(header: str) -> None:
    with pytest.raises(InputError, match="holds no names with values"):
        parse_query(f"{header}\nASK {{}}", "q")


def test_every_packaged_query_has_a_summary_and_can_be_inspected() -> None:
    from claude_kg.query.guard import inspect

    queries = Catalogue().queries()
    assert queries
    for query in queries:
        assert query.summary, query.name
        assert inspect(query.text, query.name).kind


# These say of what is given what they say of nothing else: that a key opens no other door.
_SAYS_MORE_OF_WHAT_IS_GIVEN = {"access/key-needed", "billing/who-pays"}


def test_no_row_is_there_only_because_a_parameter_is_given() -> None:
    """A ``MINUS`` that shares but a parameter with the rest takes nothing away once it is given."""
    graph = KnowledgeGraph.load()
    for query in Catalogue().queries():
        parameters = parameters_of(inspect(query.text))
        if query.name in _SAYS_MORE_OF_WHAT_IS_GIVEN or not all(p.optional for p in parameters):
            continue
        rows = {_row(row) for row in graph.query(query, limits=None).rows}
        terms = possible_terms(graph, query) if parameters else {}
        for name in {parameter.name for parameter in parameters} & terms.keys():
            for value in terms[name]:
                given = graph.query(query, {name: str(value)}, limits=None).rows
                assert {_row(row) for row in given} <= rows, (query.name, name, value)


def _row(row: Row) -> frozenset[tuple[str, str]]:
    return frozenset((name, str(term)) for name, term in row.items())
