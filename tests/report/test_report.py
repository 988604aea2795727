"""A section of the report is a query and a layout; another vendor's facts fill it as well."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from claude_kg import InputError, KnowledgeGraph
from claude_kg.query.catalogue import Catalogue
from claude_kg.render.tables import render_tables
from claude_kg.report import Section, Table, choose, fill, sections
from tests.conftest import Run

QUERIES = Path(__file__).parent / "queries"
ROOMS = """## Rooms

Where there are several modes, their windows are listed.

| Product | Method | Window |
| --- | --- | --- |
| Drawing Room |  | 1000 |
| Workshop | ex:token; ex:badge | 3000; 2000 |
"""


@pytest.fixture(scope="module")
def available() -> list[Section]:
    return sections(Catalogue(QUERIES))


@pytest.fixture(scope="module")
def filled(graph: KnowledgeGraph, available: list[Section]) -> list[Table]:
    return [fill(graph, section) for section in available]


def written(folder: Path, header: str, select: str = "SELECT ?s WHERE { ?s ?p ?o }") -> Section:
    (folder / "report").mkdir()
    (folder / "report" / "made.rq").write_text(f"{header}\n\n{select}\n")
    (section,) = sections(Catalogue(folder))
    return section


def test_sections_come_in_the_order_of_their_headers(available: list[Section]) -> None:
    assert [section.name for section in available] == ["bridges", "rooms"]


def test_answers_of_one_thing_are_one_row_and_keep_the_order_of_the_query(
    filled: list[Table],
) -> None:
    rooms = filled[1]
    assert rooms.rows == (
        (("Drawing Room",), (), ("1000",)),
        (("Workshop",), ("ex:token", "ex:badge"), ("3000", "2000")),
    )


def test_a_section_needs_no_more_than_columns(filled: list[Table]) -> None:
    bridges = filled[0]
    assert bridges.section.title == "Products that nobody said are bridges."
    assert bridges.rows == ((("ex:workshop",),),)


def test_what_follows_is_left_out_on_demand(
    graph: KnowledgeGraph, available: list[Section]
) -> None:
    assert fill(graph, available[0], asserted=True).rows == ()


def test_markdown_is_a_table_with_heading_and_remark(filled: list[Table]) -> None:
    text = render_tables(filled, "markdown")
    assert text.endswith(ROOMS)
    assert text.startswith("## Products that nobody said are bridges.\n\n| Bridge \\| product |\n")


def test_csv_is_the_table_alone(filled: list[Table]) -> None:
    text = render_tables(filled[1:], "csv")
    assert list(csv.reader(io.StringIO(text, newline="")))[2] == [
        "Workshop",
        "ex:token; ex:badge",
        "3000; 2000",
    ]
    assert text.count("\r\n") == 3


def test_csv_of_several_tables_is_refused(filled: list[Table]) -> None:
    with pytest.raises(InputError, match=r"one table.*bridges, rooms"):
        render_tables(filled, "csv")


def test_json_keeps_the_values_of_a_cell_apart(filled: list[Table]) -> None:
    (_, rooms) = json.loads(render_tables(filled, "json"))
    assert rooms["columns"][1] == {"name": "method", "heading": "Method"}
    assert rooms["rows"][1] == [["Workshop"], ["ex:token", "ex:badge"], ["3000", "2000"]]
    assert (rooms["id"], rooms["title"]) == ("rooms", "Rooms")


def test_sections_are_chosen_by_name_in_the_order_asked_for(available: list[Section]) -> None:
    chosen = choose(available, ["rooms", "bridges", "rooms"])
    assert [section.name for section in chosen] == ["rooms", "bridges"]


def test_an_unknown_section_is_met_with_the_nearest(available: list[Section]) -> None:
    with pytest.raises(InputError, match=r"no section 'room'.* Try rooms"):
        choose(available, ["room"])


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("#+ summary: No layout.", "lacks the layout"),
        ("#+ report: true", "lacks the layout"),
        ("#+ report:\n#+   columns: {}", "no columns"),
        ("#+ report:\n#+   order: first\n#+   columns:\n#+     s: S", "'first' is no number"),
    ],
)
def test_a_header_that_does_not_say_enough_is_named(tmp_path: Path, header: str, said: str) -> None:
    with pytest.raises(InputError, match=said) as caught:
        written(tmp_path, header)
    assert "made.rq" in str(caught.value)


@pytest.mark.parametrize("layout", ["row: x", "title: T"])
def test_a_column_that_the_query_does_not_select_is_named(
    graph: KnowledgeGraph, tmp_path: Path, layout: str
) -> None:
    column = "s" if layout.startswith("row") else "x"
    section = written(tmp_path, f"#+ report:\n#+   {layout}\n#+   columns:\n#+     {column}: S")
    with pytest.raises(InputError, match=r"speaks of 'x'.*It selects s"):
        fill(graph, section)


def test_the_command_prints_every_section_of_another_vendor(kg: Run, vendor: Path) -> None:
    done = kg("report", "--facts", vendor)
    assert done.returncode == 0
    assert "| Workshop |" in done.stdout
    assert done.stdout.count("## ") >= 2
    assert kg("report", "--facts", vendor).stdout == done.stdout


def test_the_command_reads_the_format_off_the_name(kg: Run, vendor: Path, tmp_path: Path) -> None:
    file = tmp_path / "products.csv"
    assert kg("report", "products", "--facts", vendor, "-o", file).returncode == 0
    assert file.read_text().startswith("Product,")
    assert kg("report", "--facts", vendor, "-o", file).returncode == 2
    assert file.read_text().startswith("Product,")


def test_the_command_names_what_is_wrong(kg: Run) -> None:
    done = kg("report", "prodcts")
    assert done.returncode == 2
    assert done.stderr.startswith("claude-kg: error: there is no section 'prodcts'. Try products")
