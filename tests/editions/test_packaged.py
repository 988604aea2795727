"""Each packaged edition is right by itself, and a later one says where everything was seen."""

from __future__ import annotations

import pytest

from claude_kg import KnowledgeGraph
from claude_kg.editions import Choice

FIRST = KnowledgeGraph.load()
EDITIONS = [edition.iri for edition in FIRST.loaded.editions.all.values()]
LATER = [edition.iri for edition in FIRST.loaded.editions.later]


@pytest.mark.parametrize("edition", EDITIONS)
def test_an_edition_conforms_and_is_consistent(edition: str) -> None:
    graph = FIRST.at(Choice(edition))
    assert graph.validate().findings == ()
    assert graph.closure.consistent


@pytest.mark.parametrize("edition", EDITIONS)
def test_an_edition_says_as_of_when_it_holds_and_how_that_is_known(edition: str) -> None:
    rows = FIRST.at(Choice(edition)).query(
        f"SELECT ?time ?how WHERE {{ <{edition}> ckg:asOf ?time ; skos:scopeNote ?how }}"
    )
    assert len(rows) == 1


@pytest.mark.parametrize("edition", LATER)
def test_every_claim_of_a_later_edition_has_a_page_with_date_and_grade(edition: str) -> None:
    graph = FIRST.at(Choice(edition))
    claims = graph.query(
        f"""SELECT ?claim WHERE {{
            {{ ?claim ckg:adoptedIn <{edition}> }} UNION {{ ?claim ckg:introducedIn <{edition}> }}
            ?claim a ckg:Claim
            MINUS {{ ?claim ckg:statedIn ?page . ?page ckg:seenOn ?date ; ckg:sourceGrade ?grade }}
        }}"""
    )
    assert list(claims.rows) == []
    adopted = graph.query(
        f"SELECT ?claim WHERE {{ ?claim ckg:adoptedIn <{edition}> ; ckg:claimSubject ?any }}"
    )
    assert len(adopted) > 0


def test_the_first_edition_rests_on_no_page_of_a_later_one() -> None:
    assert (
        list(FIRST.query("SELECT ?fact WHERE { ?fact ckg:statedIn/ckg:seenOn ?date }").rows) == []
    )
