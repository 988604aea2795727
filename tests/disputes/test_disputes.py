"""What sections disagree on, and which sections state what."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from claude_kg import KnowledgeGraph
from claude_kg.disputes import disputes

Run = Callable[..., CompletedProcess[str]]

OVERLAY = Path(__file__).parent / "two-windows.ttl"
EX = "https://example.org/examplia/"


@pytest.fixture(scope="module")
def disputed(vendor: Path) -> KnowledgeGraph:
    return KnowledgeGraph.load(facts=[vendor], overlays=[OVERLAY])


def test_a_dispute_holds_its_readings_the_adopted_first(disputed: KnowledgeGraph) -> None:
    (dispute,) = disputes(disputed)
    assert dispute.kind == "contradiction"
    assert [(r.adopted, str(r.value)) for r in dispute.readings] == [
        (True, '"1000"^^<http://www.w3.org/2001/XMLSchema#integer>'),
        (False, '"2000"^^<http://www.w3.org/2001/XMLSchema#integer>'),
    ]
    assert dispute.readings[0].sections == (EX + "handbook-ways-in",)


@pytest.mark.parametrize("term", ["ckg:contextWindowTokens", EX + "drawing-room-with-account"])
def test_a_dispute_is_found_from_its_property_and_its_subject(
    disputed: KnowledgeGraph, term: str
) -> None:
    assert [d.iri for d in disputes(disputed, term)] == [EX + "discrepancy-context-window"]


def test_a_fact_that_is_not_disputed_has_no_dispute(disputed: KnowledgeGraph) -> None:
    assert disputes(disputed, "ckg:connectsTo") == []


def test_every_format_tells_which_reading_is_adopted(kg: Run, vendor: Path) -> None:
    def printed(format_name: str) -> str:
        done = kg("disputes", "--facts", vendor, "--with", OVERLAY, "--format", format_name)
        assert done.returncode == 0, done.stderr
        return done.stdout

    text = printed("text").splitlines()
    assert [line[2] for line in text if line.startswith("  ") and line[2] in "+-="] == [
        "+",
        "-",
        "=",
    ]
    (data,) = json.loads(printed("json"))
    assert [reading["adopted"] for reading in data["readings"]] == [True, False]
    rows = list(csv.DictReader(io.StringIO(printed("csv"))))
    assert [(row["adopted"], row["value"]) for row in rows] == [
        ("adopted", "1000"),
        ("not adopted", "2000"),
    ]
    assert "| not adopted |" in printed("markdown")


def test_no_dispute_is_said_and_no_failure(kg: Run, vendor: Path) -> None:
    done = kg("disputes", "--facts", vendor)
    assert (done.returncode, done.stdout) == (0, "")
    assert "disagree on nothing" in done.stderr
    assert kg("disputes", "--facts", vendor, "--quiet").stderr == ""


def test_an_unknown_term_is_bad_input(kg: Run, vendor: Path) -> None:
    for command in ("disputes", "sources"):
        done = kg(command, "no such thing at all", "--facts", vendor)
        assert done.returncode == 2
        assert "no such thing at all" in done.stderr
        assert len(done.stderr.splitlines()) == 1


def test_sources_name_the_section_of_a_fact(kg: Run, vendor: Path) -> None:
    done = kg("sources", "ex:badge", "--facts", vendor, "--format", "csv")
    assert done.returncode == 0, done.stderr
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert any(row["value"] == EX + "password" and row["heading"] for row in rows)


def test_sources_without_a_term_count_what_rests_on_each_section(kg: Run, vendor: Path) -> None:
    done = kg("sources", "--facts", vendor, "--format", "csv")
    rows = {row["section"]: row for row in csv.DictReader(io.StringIO(done.stdout))}
    assert int(rows[EX + "handbook-products"]["claims"]) > 0
