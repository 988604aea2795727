"""``claude-kg query``: every way in, every way out, and one line for every mistake."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

Run = Callable[..., CompletedProcess[str]]
MODES = "SELECT ?mode { ?mode a ckg:AccessMode } ORDER BY ?mode"


@pytest.fixture
def ask(kg: Run, vendor: Path) -> Run:
    """Query the graph of Examplia."""

    def run(*arguments: str | Path, **options: object) -> CompletedProcess[str]:
        return kg("query", "--facts", vendor, *arguments, **options)

    return run


def test_text_gives_a_table_without_colour_in_a_pipe(ask: Run) -> None:
    done = ask("-e", MODES)
    assert done.returncode == 0
    assert done.stderr == ""
    assert done.stdout.split() == [
        "mode",
        "─" * 28,
        "ex:drawing-room-with-account",
        "ex:workshop-with-account",
        "ex:workshop-with-key",
    ]


def test_query_comes_from_a_file_a_name_or_standard_input(ask: Run, tmp_path: Path) -> None:
    path = tmp_path / "modes.rq"
    path.write_text(MODES, encoding="utf-8-sig")
    assert ask(path).stdout == ask("-", stdin=MODES).stdout == ask("-e", MODES).stdout
    named = ask("products/bridges", "-f", "csv")
    assert named.stdout == ask("bridges", "-f", "csv").stdout
    assert "examplia/workshop" in named.stdout


def test_data_comes_from_standard_input(ask: Run) -> None:
    data = "@prefix ex: <https://example.org/examplia/> . ex:new a <http://a/Thing> ."
    done = ask("--with", "-", "-e", "ASK { ex:new a <http://a/Thing> }", stdin=data)
    assert (done.returncode, done.stdout) == (0, "true\n")


@pytest.mark.parametrize(("query", "answer"), [("ASK {}", "true"), ("ASK { ex:no ?p 1 }", "false")])
@pytest.mark.parametrize("format_name", ["table", "csv", "tsv", "markdown"])
def test_truth_value_is_a_word_and_no_is_fine(
    ask: Run, query: str, answer: str, format_name: str
) -> None:
    done = ask("-e", query, "-f", format_name)
    assert (done.returncode, done.stdout) == (0, f"{answer}\n")


def test_formats_hold_the_same_rows(ask: Run) -> None:
    rows = json.loads(ask("-e", MODES, "-f", "json").stdout)["results"]["bindings"]
    iris = [row["mode"]["value"] for row in rows]
    assert len(iris) == 3
    table = list(csv.reader(io.StringIO(ask("-e", MODES, "-f", "csv").stdout)))
    assert [row[0] for row in table] == ["mode", *iris]
    lines = ask("-e", MODES, "-f", "tsv").stdout.splitlines()
    assert lines == ["?mode", *(f"<{iri}>" for iri in iris)]
    xml = ask("-e", MODES, "-f", "xml").stdout
    assert all(f"<uri>{iri}</uri>" in xml for iri in iris)
    markdown = ask("-e", MODES, "-f", "markdown").stdout.splitlines()
    assert markdown[:3] == ["| mode |", "| --- |", "| ex:drawing-room-with-account |"]


def test_markdown_cells_cannot_break_the_table(ask: Run) -> None:
    done = ask("-e", r'SELECT ("a|b\n<c> *d*" AS ?x) {}', "-f", "markdown")
    assert done.stdout.splitlines()[2] == r"| a\|b<br>\<c\> \*d\* |"


@pytest.mark.parametrize("format_name", ["table", "markdown"])
def test_control_characters_reach_no_terminal(ask: Run, format_name: str) -> None:
    done = ask("-e", r'SELECT ("a\u001B[31m\u202E\u0007" AS ?x) {}', "-f", format_name)
    assert "\x1b" not in done.stdout
    assert "u001b" in done.stdout


@pytest.mark.parametrize("columns", ["1", "20", "60"])
def test_narrow_terminal_folds_and_loses_nothing(columns: str) -> None:
    from claude_kg.render.results import text_table

    words = [f"{letter}" * 30 for letter in "abc"]
    text = text_table(["one", "two", "three"], [words], width=int(columns))
    for letter in "abc":
        assert text.count(letter) >= 30


def test_graph_comes_as_turtle_or_in_another_format(ask: Run) -> None:
    query = "CONSTRUCT { ?m a ckg:AccessMode } { ?m a ckg:AccessMode }"
    assert "ex:workshop-with-key a ckg:AccessMode ." in ask("-e", query).stdout
    assert len(ask("-e", query, "-f", "nt").stdout.splitlines()) == 3
    assert len(json.loads(ask("-e", query, "-f", "json-ld").stdout)["@graph"]) == 3
    assert "<rdf:RDF" in ask("-e", query, "-f", "xml").stdout
    assert "skos:prefLabel" in ask("-e", "DESCRIBE ex:workshop").stdout


def test_parameters_are_given_by_name(ask: Run, tmp_path: Path) -> None:
    path = tmp_path / "q.rq"
    path.write_text("SELECT ?_method_iri ?m { ?m ckg:authenticatesWith ?_method_iri }")
    done = ask(path, "-p", "method=token")
    assert done.stdout.split()[-2:] == ["ex:token", "ex:workshop-with-key"]
    assert done.stdout.split()[:2] == ["method", "m"]


def test_asserted_leaves_out_what_follows(ask: Run) -> None:
    query = "ASK { ex:workshop a ckg:BridgeProduct }"
    assert ask("-e", query).stdout == "true\n"
    assert ask("-e", query, "--asserted").stdout == "false\n"


def test_output_goes_to_a_file_whose_name_tells_the_format(ask: Run, tmp_path: Path) -> None:
    path = tmp_path / "out.json"
    done = ask("-e", MODES, "-o", path)
    assert (done.returncode, done.stdout) == (0, "")
    assert len(json.loads(path.read_text())["results"]["bindings"]) == 3
    assert [p.name for p in tmp_path.iterdir()] == ["out.json"]


def test_failed_query_leaves_the_old_file_alone(ask: Run, tmp_path: Path) -> None:
    path = tmp_path / "out.json"
    path.write_text("old")
    assert ask("-e", "SELECT * { ?s ?p }", "-o", path).returncode == 2
    assert path.read_text() == "old"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "there is no query to run. Give a name of the catalogue"),
        (("a", "-e", "ASK {}"), "there are two queries to run"),
        (("no-such.rq",), "no-such.rq: no such file"),
        (("bridge",), "there is no query 'bridge'. Near to it: products/bridges"),
        (("-e", "SELECT * { ?s ?p }"), "query:1:18: the query does not parse near '}'"),
        (("-e", "INSERT DATA {}"), "query:1:1: INSERT is an update"),
        (("-e", "ASK { SERVICE <x:y> {} }"), "query:1:7: SERVICE is refused"),
        (("-e", "ASK {}", "-p", "x"), "-p 'x' gives no value. Write -p name=value"),
        (("-e", "ASK {}", "-p", "x=1"), "the query has no parameter 'x'"),
        (("-e", "ASK {}", "-p", "x=1", "-p", "x=2"), "the parameter 'x' is given twice"),
        (("-e", "ASK { ?s ?p ?_x }"), "the query needs a value for 'x'. Give it with -p x=VALUE"),
        (("-e", "ASK {}", "-f", "turtle"), "ASK query cannot be written as turtle. Choose table"),
        (("-e", "DESCRIBE ex:x", "-f", "csv"), "cannot be written as csv. Choose turtle"),
        (("-e", "ASK {}", "-f", "pdf"), "Invalid value for '--format' / '-f': 'pdf'"),
        (("-e", "ASK {}", "--timeout", "0"), "Invalid value for '--timeout'"),
        (("-e", "ASK {}", "--nothing"), "No such option"),
        (
            ("-e", "ASK {}", "-o", "/no/such/folder/x.csv"),
            "/no/such/folder/x.csv: cannot be written",
        ),
        (("-e", "ASK {}", "-o", "x.pdf"), "x.pdf: the name does not tell the format"),
        (("-e", "ASK {}", "--with", "none.ttl"), "none.ttl: no such file"),
    ],
)
def test_mistake_is_one_line_and_exit_code_2(
    ask: Run, arguments: tuple[str, ...], message: str
) -> None:
    done = ask(*arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("claude-kg: error: ")
    assert message in done.stderr
    assert done.stderr.count("\n") == 1


def test_query_file_in_another_encoding_has_its_place(ask: Run, tmp_path: Path) -> None:
    path = tmp_path / "q.rq"
    path.write_bytes(b"ASK {} # caf\xe9")
    assert f"{path}:1:13: byte 0xe9 is not UTF-8" in ask(path).stderr


def test_every_broken_file_gets_its_line(ask: Run, tmp_path: Path) -> None:
    for name in ("a.ttl", "b.ttl"):
        (tmp_path / name).write_text("nonsense")
    done = ask("-e", "ASK {}", "--with", tmp_path)
    assert done.returncode == 2
    assert [line.split(":")[1] for line in done.stderr.splitlines()] == [" error"] * 2


@pytest.mark.parametrize(
    ("option", "value", "named"),
    [
        ("--timeout", "0.3", "the time limit of 0.3 seconds"),
        ("--memory", "16", "the memory limit of 16 MiB"),
        ("--max-results", "5", "more results than the limit of 5"),
    ],
)
def test_limit_is_exit_code_3_and_names_its_option(
    ask: Run, option: str, value: str, named: str
) -> None:
    query = "SELECT DISTINCT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
    if option == "--max-results":
        query = "SELECT * { ?a ?b ?c }"
    done = ask("-e", query, option, value)
    assert done.returncode == 3
    assert named in done.stderr
    assert option in done.stderr
    assert done.stderr.count("\n") == 1


def test_inconsistent_graph_is_said_and_can_still_be_asked_as_stated(
    ask: Run, tmp_path: Path
) -> None:
    path = tmp_path / "both.ttl"
    path.write_text(
        "@prefix ckg: <https://w3id.org/claude-kg/ontology#> ."
        "@prefix ex: <https://example.org/examplia/> ."
        "ex:workshop-with-key ckg:authenticatesWith ex:badge ."
    )
    done = ask("-e", "ASK {}", "--with", path)
    assert done.returncode == 2
    assert "the graph is inconsistent: " in done.stderr
    assert "claude-kg validate" in done.stderr
    assert ask("-e", "ASK {}", "--with", path, "--asserted").stdout == "true\n"
