"""Things side by side."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from claude_kg import InputError, KnowledgeGraph
from claude_kg.compare import Comparison, compare

Run = Callable[..., CompletedProcess[str]]
Cells = list[list[tuple[str, tuple[str, ...]]]]

TWO_WINDOWS = Path(__file__).parents[1] / "disputes" / "two-windows.ttl"


@pytest.fixture(scope="module")
def products(graph: KnowledgeGraph) -> Comparison:
    return compare(graph, ["Workshop", "Drawing Room"])


def cells(comparison: Comparison, aspect: str) -> Cells:
    (row,) = [row for row in comparison.rows if row.aspect == aspect]
    return [[(value.text, value.modes) for value in cell] for cell in row.cells]


def test_values_name_the_mode_where_the_modes_of_a_product_differ(products: Comparison) -> None:
    assert cells(products, "context window") == [
        [("2000", ("badge",)), ("3000", ("token",))],
        [("1000", ())],
    ]
    assert cells(products, "has interface") == [[("prompt", ())], [("canvas", ())]]


def test_no_is_told_apart_from_not_stated(products: Comparison) -> None:
    assert cells(products, "Stacking") == [
        [("no", ("badge",)), ("yes", ("token",))],
        [("no", ())],
    ]
    assert cells(products, "runs on") == [[("Easel OS", ())], []]
    # Of one mode nothing is stated while something is of the other.
    assert cells(products, "draws on quota")[0] == [
        ("pool of sketches", ("badge",)),
        ("", ("token",)),
    ]
    (row,) = [row for row in products.rows if row.aspect == "Stacking"]
    assert [[value.verdict for value in cell] for cell in row.cells] == [["no", "yes"], ["no"]]


def test_a_condition_is_part_of_the_value(products: Comparison) -> None:
    assert cells(products, "offline drawing") == [
        [("conditional (condition: The paper is loaded beforehand)", ())],
        [],
    ]


def test_diff_keeps_what_differs_only(graph: KnowledgeGraph, products: Comparison) -> None:
    kept = compare(graph, ["Workshop", "Drawing Room"], diff=True)
    assert kept.rows == tuple(row for row in products.rows if row.differs)
    aspects = {row.aspect for row in kept.rows}
    assert "context window" in aspects
    assert "offered by" not in aspects


def test_modes_and_other_things_of_one_kind_are_compared(graph: KnowledgeGraph) -> None:
    modes = compare(graph, ["workshop-with-account", "workshop-with-key", "Drawing Room"])
    assert [cell[0][0] for cell in cells(modes, "context window")] == ["2000", "3000", "1000"]
    plans = compare(graph, ["Guest", "Patron"], diff=True)
    assert cells(plans, "has price")[0] != cells(plans, "has price")[1]
    features = compare(graph, ["Erasing", "Stacking"])
    assert cells(features, "Workshop with key") == [[("no", ())], [("yes", ())]]


def test_what_is_equal_in_two_things_is_not_told_by_the_names_of_its_nodes(
    graph: KnowledgeGraph,
) -> None:
    compared = compare(graph, ["Drawing Room", "workshop-with-account"])
    (row,) = [row for row in compared.rows if row.aspect == "limited by"]
    assert not row.differs


def test_what_follows_and_what_is_disputed_is_marked(vendor: Path) -> None:
    disputed = KnowledgeGraph.load(facts=[vendor], overlays=[TWO_WINDOWS])
    compared = compare(disputed, ["Drawing Room", "Workshop"])
    rows = {row.aspect: row for row in compared.rows}
    assert [value.disputed for value in rows["context window"].cells[0]] == [True]
    assert [value.inferred for value in rows["requires API key"].cells[0]] == [True]
    stated = compare(disputed, ["Drawing Room", "Workshop"], asserted=True)
    assert "requires API key" not in {row.aspect for row in stated.rows}


@pytest.mark.parametrize(
    ("terms", "message"),
    [
        (["Workshop"], "nothing to compare with"),
        (["Workshop", "ex:workshop"], "compared with itself"),
        (["Workshop", "Erasing"], "of different kinds: Workshop .*; Erasing \\(feature\\)"),
        (["Workshop", "atelier"], "names several things"),
        (["Workshop", "'; DROP"], "names nothing"),
    ],
)
def test_what_cannot_be_compared_is_refused(
    graph: KnowledgeGraph, terms: list[str], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        compare(graph, terms)


def test_every_format_tells_no_from_not_stated(kg: Run, vendor: Path) -> None:
    def printed(format_name: str, *more: str) -> str:
        terms = ("compare", "Workshop", "Drawing Room", "--facts", vendor, "-f", format_name)
        done = kg(*terms, *more)
        assert done.returncode == 0, done.stderr
        return done.stdout

    rows = {row["aspect"]: row for row in csv.DictReader(io.StringIO(printed("csv")))}
    assert rows["Stacking"]["Drawing Room"] == "no"
    assert rows["Stacking"]["Workshop"] == "no [badge]; yes [token]"
    assert rows["runs on"]["Drawing Room"] == "not stated"
    assert rows["runs on"]["differs"] == "yes"
    data = {row["aspect"]: row for row in json.loads(printed("json"))["rows"]}
    assert data["Stacking"]["cells"][1]["values"][0]["verdict"] == "no"
    assert data["runs on"]["cells"][1] == {"stated": False, "values": []}
    table = printed("table").splitlines()
    assert any(line.split() == ["runs", "on", "Easel", "OS", "not", "stated"] for line in table)
    assert "| setup | runs on | Easel OS | not stated |" in printed("markdown").splitlines()
    assert "offered by" not in printed("table", "--diff")


def test_things_that_do_not_differ_end_with_0(kg: Run, vendor: Path, tmp_path: Path) -> None:
    twins = tmp_path / "twins.ttl"
    twins.write_text(
        "@prefix ckg: <https://w3id.org/claude-kg/ontology#> .\n"
        "@prefix ex: <https://example.org/examplia/> .\n"
        "ex:left a ckg:Shell . ex:right a ckg:Shell .\n"
    )
    done = kg("compare", "ex:left", "ex:right", "--diff", "--facts", vendor, "--with", twins)
    assert done.returncode == 0
    assert "do not differ" in done.stderr


def test_the_packaged_products_differ_in_what_people_ask() -> None:
    compared = compare(KnowledgeGraph.load(), ["Claude Code", "Claude Desktop"])
    assert cells(compared, "context window") == [
        [("200000", ("account login",)), ("1000000", ("API key",))],
        [("200000", ())],
    ]
    assert cells(compared, "Artifacts") == [[("no", ())], [("yes", ())]]
