"""An edition is what is written, less what later editions supersede, plus what they adopt."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest

from claude_kg import InputError, KnowledgeGraph

At = Callable[..., KnowledgeGraph]
Values = Callable[[KnowledgeGraph, str, str], set[str]]

WINDOW = ("workshop-with-account", "ckg:contextWindowTokens")
ERASING = ("availability-erasing-in-workshop-with-account", "ckg:availabilityStatus")


def named(graph: KnowledgeGraph) -> set[ox.Triple]:
    """What a graph states, without the blank nodes of class axioms, which each file names anew."""
    return {
        t
        for t in graph.asserted
        if not any(isinstance(part, ox.BlankNode) for part in (t.subject, t.object))
    }


def test_the_default_is_the_first_edition_and_holds_nothing_of_later_ones(
    at: At, values: Values, vendor: Path
) -> None:
    graph = at()
    assert values(graph, *WINDOW) == {"2000"}
    assert values(graph, *ERASING) == {"Available"}
    assert values(graph, "workshop", "ckg:hasCommand") == {"command-redo"}
    assert values(graph, "page-news", "?any") == set()
    alone = KnowledgeGraph.load(facts=[vendor])
    assert set(graph.asserted) == set(alone.asserted)


def test_an_edition_holds_its_own_and_earlier_claims_and_never_later_ones(
    at: At, values: Values
) -> None:
    graph = at("edition-two")
    assert values(graph, *WINDOW) == {"2500"}
    assert values(graph, "update-window-2", "?any") == set()
    latest = at("latest")
    assert values(latest, *WINDOW) == {"2700"}
    assert values(latest, "update-window-1", "ckg:claimValue") == {"2500"}


@pytest.mark.parametrize("name", ["Edition Two", "ex:edition-two", "EDITION-TWO"])
def test_an_edition_is_found_by_each_of_its_names(at: At, values: Values, name: str) -> None:
    assert values(at(name), *WINDOW) == {"2500"}


def test_a_superseded_fact_node_has_the_new_value_and_the_new_section(
    at: At, values: Values
) -> None:
    graph = at("latest")
    node = "availability-erasing-in-workshop-with-account"
    assert values(graph, *ERASING) == {"Unavailable"}
    assert values(graph, node, "ckg:statedIn") == {"page-news"}
    assert values(graph, node, "ckg:ofFeature") == {"erasing"}


def test_what_is_superseded_is_not_forgotten(at: At, values: Values) -> None:
    graph = at("latest")
    claim = "claim-workshop-with-account-context-window-tokens-1"
    assert values(graph, claim, "ckg:claimValue") == {"2000"}
    assert "update-window-1" in values(graph, claim, "^ckg:supersedes")


def test_what_is_confirmed_stays_with_its_new_section_beside_the_old(
    at: At, values: Values
) -> None:
    graph = at("latest")
    mode = "drawing-room-with-account"
    assert values(graph, mode, "ckg:drawsOnQuota") == {"pool-of-sketches"}
    stated = values(graph, mode, "^ckg:claimSubject/ckg:statedIn")
    assert {"handbook-ways-in", "page-news"} <= stated


def test_what_is_doubtful_stays_a_claim_in_a_disagreement(at: At, values: Values) -> None:
    graph = at("latest")
    assert values(graph, "workshop-with-key", "ckg:contextWindowTokens") == {"3000"}
    assert values(graph, "rumour-window", "ckg:claimValue") == {"9000"}
    assert values(at(), "discrepancy-window", "?any") == set()


def test_what_only_a_later_edition_knows_is_marked(at: At, values: Values) -> None:
    assert values(at("latest"), "undo", "ckg:introducedIn") == {"edition-two"}
    assert values(at(), "undo", "?any") == set()


def test_what_is_withdrawn_keeps_its_names_and_nothing_else(at: At, values: Values) -> None:
    graph = at("latest")
    assert values(graph, "command-redo", "a") == {"Withdrawn"}
    assert values(graph, "command-redo", "skos:prefLabel") == {"redo"}
    assert values(graph, "command-redo", "ckg:commandText") == set()
    assert values(graph, "workshop", "ckg:hasCommand") == set()


@pytest.mark.parametrize(
    ("date", "window", "erasing"),
    [
        ("2026-02-28", "2000", "Available"),
        ("2026-03-01", "2000", "Unavailable"),
        ("2026-05", "2500", "Unavailable"),
        ("2026-10", "2700", "Unavailable"),
        ("2027-01-01", "2700", "Available"),
    ],
)
def test_a_date_leaves_out_what_is_not_valid_then(
    at: At, values: Values, date: str, window: str, erasing: str
) -> None:
    graph = at(as_of=date)
    assert values(graph, *WINDOW) == {window}
    assert values(graph, *ERASING) == {erasing}


def test_what_an_early_claim_speaks_of_is_there_with_it(at: At, values: Values) -> None:
    graph = at(as_of="2026-03-01")
    assert values(graph, "page-news", "ckg:heading") == {"News"}
    assert values(graph, "undo", "?any") == set()


def test_a_claim_of_the_first_edition_lapses_with_its_date(
    vendor: Path, values: Values, tmp_path: Path
) -> None:
    ends = tmp_path / "ends.ttl"
    ends.write_text(
        "@prefix ckg: <https://w3id.org/claude-kg/ontology#> .\n"
        "@prefix ex: <https://example.org/examplia/> .\n"
        "@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n"
        "ex:claim-workshop-with-key-context-window-tokens-1\n"
        '    ckg:validUntil "2026-01-31"^^xsd:date .\n'
    )
    for date, left in (("2026-01-31", {"3000"}), ("2026-02-01", set())):
        graph = KnowledgeGraph.load(facts=[vendor], overlays=[ends], as_of=date)
        assert values(graph, "workshop-with-key", "ckg:contextWindowTokens") == left


@pytest.mark.parametrize(
    ("edition", "as_of", "told"),
    [
        ("edition-nine", None, "ex:edition-one, ex:edition-two, ex:edition-three, latest"),
        ("", None, "there is no edition"),
        (None, "soon", "is no date"),
        (None, "2026-02-30", "is no date"),
    ],
)
def test_an_edition_or_a_date_that_is_none_is_refused(
    at: At, edition: str | None, as_of: str | None, told: str
) -> None:
    with pytest.raises(InputError) as caught:
        at(edition, as_of)
    assert told in str(caught.value)


def test_the_header_of_an_export_names_the_edition_and_the_loader_composes_it_once(
    at: At, values: Values, tmp_path: Path
) -> None:
    exported = tmp_path / "two.ttl"
    graph = at("edition-two")
    exported.write_bytes(graph.export(asserted=True))
    assert "ckg:edition ex:edition-two" in exported.read_text()
    for edition in (None, "latest", "edition-two"):
        again = KnowledgeGraph.load(facts=[exported], edition=edition)
        assert named(again) == named(graph)
    with pytest.raises(InputError, match="Known: ex:edition-two, latest"):
        KnowledgeGraph.load(facts=[exported], edition="edition-one")


def test_a_later_edition_can_be_laid_over_an_exported_one(
    at: At, values: Values, later: Path, tmp_path: Path
) -> None:
    exported = tmp_path / "two.ttl"
    exported.write_bytes(at("edition-two").export(asserted=True))
    graph = KnowledgeGraph.load(facts=[exported], overlays=[later], edition="latest")
    assert values(graph, *WINDOW) == {"2700"}
    assert values(graph, *ERASING) == {"Unavailable"}


def test_two_vendors_keep_their_editions_apart(later: Path, vendor: Path, values: Values) -> None:
    both = KnowledgeGraph.load(overlays=[vendor, later], edition="ex:edition-two")
    assert values(both, *WINDOW) == {"2500"}
    heads = both.query("SELECT ?edition WHERE { ?header ckg:edition ?edition }", asserted=True)
    names = {str(row["edition"]).strip("<>").rpartition("/")[2] for row in heads.rows}
    assert names == {"edition-two", "edition-2025"}


def test_editions_do_not_mix_in_the_cache(at: At) -> None:
    query = "SELECT ?n WHERE { ex:workshop-with-account ckg:contextWindowTokens ?n }"
    for edition, wanted in ((None, "2000"), ("latest", "2700"), (None, "2000"), ("latest", "2700")):
        (row,) = at(edition).query(query).rows
        assert row["n"] == ox.Literal(int(wanted))


def test_a_circle_of_editions_does_not_hang(vendor: Path, tmp_path: Path) -> None:
    circle = tmp_path / "circle.ttl"
    circle.write_text(
        "@prefix ckg: <https://w3id.org/claude-kg/ontology#> .\n"
        "@prefix ex: <https://example.org/examplia/> .\n"
        "ex:a a ckg:Edition ; ckg:follows ex:b .\nex:b a ckg:Edition ; ckg:follows ex:a .\n"
    )
    graph = KnowledgeGraph.load(facts=[vendor], overlays=[circle], edition="latest")
    assert len(graph.asserted) > 0
