"""What the header of every query says is there, and what its text keeps to."""

from __future__ import annotations

import re

import pytest

from claude_kg.query.catalogue import Catalogue, Query
from claude_kg.query.guard import inspect
from claude_kg.query.parameters import parameters_of

QUERIES = [query for query in Catalogue().queries() if not query.name.startswith("report/")]
SLOT = re.compile(r"\{(\w+)\}")


def each(query: Query) -> str:
    return query.name


def body(query: Query) -> str:
    return "\n".join(line for line in query.text.splitlines() if not line.startswith("#+"))


@pytest.mark.parametrize("query", QUERIES, ids=each)
def test_the_summary_is_a_question_and_tags_are_given(query: Query) -> None:
    assert query.summary.endswith("?")
    assert query.summary[0].isupper()
    assert query.tags


@pytest.mark.parametrize("query", QUERIES, ids=each)
def test_three_to_eight_different_phrasings_have_slots_for_parameters(query: Query) -> None:
    phrasings = query.header["phrasings"]
    assert 3 <= len(phrasings) <= 8
    assert all(isinstance(phrasing, str) for phrasing in phrasings)
    plain = [SLOT.sub("", phrasing).casefold() for phrasing in phrasings]
    assert len(set(plain)) == len(plain)
    known = {parameter.name for parameter in parameters_of(inspect(query.text))}
    assert {slot for phrasing in phrasings for slot in SLOT.findall(phrasing)} - known == set()


@pytest.mark.parametrize("query", QUERIES, ids=each)
def test_a_required_parameter_is_in_a_phrasing(query: Query) -> None:
    slots = {slot for phrasing in query.header["phrasings"] for slot in SLOT.findall(phrasing)}
    needed = {p.name for p in parameters_of(inspect(query.text)) if not p.optional}
    assert needed - slots == set()


def test_no_phrasing_belongs_to_two_queries() -> None:
    owners: dict[str, list[str]] = {}
    for query in QUERIES:
        for phrasing in query.header["phrasings"]:
            owners.setdefault(phrasing.casefold(), []).append(query.name)
    assert {phrasing: names for phrasing, names in owners.items() if len(names) > 1} == {}


@pytest.mark.parametrize("query", QUERIES, ids=each)
def test_any_engine_can_run_the_text_as_it_stands(query: Query) -> None:
    text = body(query)
    declared = re.findall(r"^PREFIX (\w+):", text, re.MULTILINE)
    rest = re.sub(r"^PREFIX .*\n", "", text, flags=re.MULTILINE)
    used = set(re.findall(r"(?<![\w<])([a-z]+):[A-Za-z]", rest))
    assert used == set(declared)
    assert declared == sorted(declared)


@pytest.mark.parametrize("query", QUERIES, ids=each)
def test_the_text_names_no_vendor_and_states_an_order(query: Query) -> None:
    text = body(query)
    assert "kg" not in re.findall(r"(?<![\w<])([a-z]+):", text)
    assert "/id/" not in text
    assert "NOT EXISTS" not in text.upper()
    assert re.search(r"^ORDER BY ", text, re.MULTILINE)
