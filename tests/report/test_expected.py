"""The tables that the graph gives are the tables of the source, cell by cell."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest

from claude_kg import KnowledgeGraph
from claude_kg.query.catalogue import Catalogue
from claude_kg.render.tables import render_tables
from claude_kg.report import Section, fill, sections

EXPECTED = {path.stem: path for path in sorted((Path(__file__).parent / "expected").glob("*.csv"))}

# The tables of the source: eight of document 1, and the matrix of document 3. What is expected of
# them names every column but the remarks; of the others it names the columns that hold facts.
TABLES = (
    "products",
    "authentication-and-backend",
    "billing",
    "model-selection",
    "features",
    "protocols",
    "conversations",
    "interoperability",
    "authentication-and-billing",
)

# What the feature matrix adds to the names of the features, and no figure or list holds.
ADDED_TO_FEATURES = (
    ("Artifacts", "rendered"),
    ("Projects", "knowledge base"),
    ("Styles", "template"),
    ("Memory", "across several conversations"),
    ("MCP integration", "local"),
)

Row = dict[str, frozenset[str]]


@pytest.fixture(scope="module")
def packaged(cache_folder: Path) -> KnowledgeGraph:
    return KnowledgeGraph.load()


@pytest.fixture(scope="module")
def available() -> dict[str, Section]:
    return {section.name: section for section in sections(Catalogue())}


@pytest.fixture(scope="module")
def document(packaged: KnowledgeGraph, available: dict[str, Section]) -> str:
    return render_tables([fill(packaged, section) for section in available.values()], "markdown")


def table(text: str) -> list[Row]:
    """The rows, each cell as the set of its values: neither spaces nor their order matter."""
    return [
        {
            heading: frozenset(" ".join(value.split()) for value in cell.split(";"))
            for heading, cell in row.items()
        }
        for row in csv.DictReader(io.StringIO(text, newline=""), strict=True)
    ]


def by_first_cell(rows: list[Row], columns: list[str]) -> dict[frozenset[str], Row]:
    keyed = {row[columns[0]]: {name: row[name] for name in columns} for row in rows}
    assert len(keyed) == len(rows), "two rows begin with the same cell"
    return keyed


def read(graph: KnowledgeGraph, section: Section) -> list[dict[str, list[str]]]:
    (content,) = json.loads(render_tables([fill(graph, section)], "json"))
    names: list[str] = [column["name"] for column in content["columns"]]
    rows: list[Any] = content["rows"]
    return [dict(zip(names, row, strict=True)) for row in rows]


@pytest.mark.parametrize("name", EXPECTED)
def test_the_section_has_the_cells_of_the_source(
    packaged: KnowledgeGraph, available: dict[str, Section], name: str
) -> None:
    found = table(render_tables([fill(packaged, available[name])], "csv"))
    wanted = table(EXPECTED[name].read_text(encoding="utf-8"))
    columns = list(wanted[0])
    if name in TABLES:
        assert [heading for heading in found[0] if heading != "Remarks"] == columns
    assert by_first_cell(found, columns) == by_first_cell(wanted, columns)


def test_every_table_of_the_source_has_an_expected_table() -> None:
    assert set(TABLES) <= set(EXPECTED)


@pytest.mark.parametrize(("feature", "words"), ADDED_TO_FEATURES)
def test_what_the_matrix_says_of_a_feature_is_told(
    packaged: KnowledgeGraph, available: dict[str, Section], feature: str, words: str
) -> None:
    (row,) = (
        row for row in read(packaged, available["feature-details"]) if row["feature"] == [feature]
    )
    assert words in " ".join(text for cell in row.values() for text in cell)


def test_the_five_insights_come_first_and_in_order(
    packaged: KnowledgeGraph, available: dict[str, Section]
) -> None:
    told = [" ".join(row["statement"]) for row in read(packaged, available["insights"])]
    about = ["bridge|both worlds", "isolated", "five times", "Artifacts", "provide none"]
    assert len(told) > len(about)
    for words, statement in zip(about, told, strict=False):
        assert re.search(words, statement)


def test_the_reasons_of_the_separation_are_given(
    packaged: KnowledgeGraph, available: dict[str, Section]
) -> None:
    told = " ".join(" ".join(row["statement"]) for row in read(packaged, available["reasons"]))
    for words in ("billing systems", "storage backends", "limited by infrastructures"):
        assert words in told


def test_every_disagreement_has_a_kind_claims_with_sections_and_a_resolution(
    packaged: KnowledgeGraph, available: dict[str, Section]
) -> None:
    rows = read(packaged, available["disputes"])
    disputes = packaged.query("SELECT ?dispute WHERE { ?dispute a ckg:Discrepancy }").rows
    assert len(rows) == len(disputes) > 0
    for row in rows:
        assert row["kind"][0] in ("contradiction", "tension", "imprecision")
        assert len(row["resolution"]) == len(row["kind"]) == 1
        assert row["claim"]
        assert all(claim.startswith("document ") for claim in row["claim"])
        assert any(claim.endswith("(adopted)") for claim in row["claim"])


def test_the_document_leaves_no_section_empty(document: str) -> None:
    assert document.startswith("# ")
    assert "Nothing is stated." not in document


def test_the_contents_lead_to_every_heading(document: str) -> None:
    links = re.findall(r"^ *- \[.*\]\(#(.+)\)$", document, re.MULTILINE)
    headings = re.findall(r"^###? (.+)$", document, re.MULTILINE)
    anchors = [re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-") for text in headings]
    assert links == anchors
    assert len(set(anchors)) == len(anchors)


def test_every_section_is_introduced(available: dict[str, Section]) -> None:
    assert [name for name, section in available.items() if not section.query.description] == []
