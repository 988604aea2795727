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


WINDOWS = """#+ summary: Windows.
#+ report:
#+   chapter: Modes
#+   columns:
#+     product: Product
#+     window:
#+       across: method"""

METHODS = """#+ summary: Methods.
#+ description: One by one.
#+ report:
#+   chapter: Modes
#+   layout: list
#+   columns:
#+     product: Product
#+     definition: Definition
#+     method:
#+       heading: Methods
#+       listed: true
#+     backend: Backends
#+     address: Address"""

EASELS = """#+ summary: The house.
#+ description: Nothing here is real.
#+ report:
#+   order: -1
#+   layout: title
#+   columns:
#+     name: Name
#+     text: Text"""

OF_MODES = """
    SELECT ?product ?definition ?method ?backend ?address (STR(?tokens) AS ?window)
    WHERE {
        ?thing ckg:hasAccessMode ?mode ; skos:prefLabel ?product ; skos:definition ?definition .
        ?mode ckg:authenticatesWith/skos:prefLabel ?method ;
            ckg:connectsTo/skos:prefLabel ?backend ;
            ckg:contextWindowTokens ?tokens .
        OPTIONAL { ?thing ckg:webAddress ?address }
    }
    ORDER BY ?product ?method"""

OF_EASELS = """
    SELECT ?name ?text
    WHERE { ?group a ckg:ProductGroup ; skos:prefLabel ?name ; skos:definition ?text }"""


def test_a_column_is_spread_across_the_values_of_another_variable(
    graph: KnowledgeGraph, tmp_path: Path
) -> None:
    windows = fill(graph, written(tmp_path, WINDOWS, OF_MODES))
    assert list(csv.reader(io.StringIO(render_tables([windows], "csv"), newline=""))) == [
        ["Product", "badge", "token"],
        ["Drawing Room", "1000", ""],
        ["Workshop", "2000", "3000"],
    ]
    assert "| Drawing Room | 1000 |  |\n" in render_tables([windows], "markdown")


def test_a_list_has_an_item_a_row_and_leaves_out_what_is_not_stated(
    graph: KnowledgeGraph, tmp_path: Path
) -> None:
    methods = fill(graph, written(tmp_path, METHODS, OF_MODES))
    text = render_tables([methods], "markdown")
    assert text.startswith("## Methods.\n\nOne by one.\n\n- **Drawing Room:** The web application")
    assert text.endswith(
        "- **Workshop:** The command-line tool that draws by an account or by a key.\n"
        "  - Methods:\n    - badge\n    - token\n"
        "  - Backends: gallery; foundry\n"
    )
    (read,) = json.loads(render_tables([methods], "json"))
    assert read["rows"][0][2:] == [["badge"], ["gallery"], []]


def test_a_document_has_a_title_contents_and_chapters(
    graph: KnowledgeGraph, tmp_path: Path
) -> None:
    queries = {"title": (EASELS, OF_EASELS), "a": (WINDOWS, OF_MODES), "b": (METHODS, OF_MODES)}
    tables = []
    for name, (header, select) in queries.items():
        (tmp_path / name).mkdir()
        tables.append(fill(graph, written(tmp_path / name, header, select)))
    lines = render_tables(tables, "markdown").splitlines()
    assert lines[:9] == [
        "# easels",
        "",
        "The products on which one draws.",
        "",
        "Nothing here is real.",
        "",
        "- [Modes](#modes)",
        "  - [Windows.](#windows)",
        "  - [Methods.](#methods)",
    ]
    assert [line for line in lines[9:] if line.startswith("#")] == [
        "## Modes",
        "### Windows.",
        "### Methods.",
    ]


def test_a_table_without_answers_says_so(graph: KnowledgeGraph, tmp_path: Path) -> None:
    nothing = "SELECT ?product ?method ?window WHERE { ?product a ckg:LocalFile }"
    empty = fill(graph, written(tmp_path, WINDOWS, nothing))
    assert render_tables([empty], "markdown") == "## Windows.\n\nNothing is stated.\n"
    assert render_tables([empty], "csv") == "Product\r\n"


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
        ("#+ report:\n#+   layout: pie\n#+   columns:\n#+     s: S", "'pie' is unknown"),
        ("#+ report:\n#+   columns:\n#+     s: {listed: true}", "'s' has no heading"),
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
