"""A report reads like a compiler's, and is what SHACL says a report is."""

from __future__ import annotations

import json
from dataclasses import replace

import pyoxigraph as ox
import pytest
from rdflib import RDF, SH, BNode, Graph, Literal, URIRef

from claude_kg import Finding, Report
from claude_kg.check.findings import Path, Severity, in_order
from claude_kg.check.text import path_text, shorten, term_text
from claude_kg.render.findings import summary, to_json, to_text, to_turtle

EX = "https://example.org/examplia/"
HOLDS = Path.of(ox.NamedNode(f"{EX}holds"))
PATHS = {
    "ex:holds": HOLDS,
    "^ex:holds": Path("^", (HOLDS,)),
    "ex:holds*": Path("*", (HOLDS,)),
    "^(ex:holds+)": Path("^", (Path("+", (HOLDS,)),)),
    "(ex:holds/^ex:holds)?": Path("?", (Path("/", (HOLDS, Path("^", (HOLDS,)))),)),
    "(ex:holds|ex:holds*)/ex:holds": Path("/", (Path("|", (HOLDS, Path("*", (HOLDS,)))), HOLDS)),
}
LAMP = Finding(
    "Colour",
    Severity.WARNING,
    'ex:lamp is "red\nand blue".',
    focus=ox.NamedNode(f"{EX}lamp"),
    path=HOLDS,
    value=ox.Literal('red\nand "blue"', language="en"),
    why="Because.",
    fix="Paint it.",
    file="lamps.ttl",
    line=3,
    column=5,
    source=f"{EX}Colour",
    component="http://www.w3.org/ns/shacl#InConstraintComponent",
)
BROKEN = Finding("syntax", Severity.VIOLATION, "no dot", file='odd "name".ttl', line=1, column=2)
NOWHERE = Finding("consistency", Severity.INFO, "hm", focus=ox.BlankNode("f0b1"))
REPORT = Report((LAMP, BROKEN, NOWHERE), complete=False, files=2, statements=7)


def test_text_has_a_line_a_finding_as_compilers_do() -> None:
    assert to_text(REPORT).splitlines() == [
        'lamps.ttl:3:5: warning: ex:lamp is "red and blue". [Colour]',
        "    mend: Paint it.",
        'odd "name".ttl:1:2: violation: no dot [syntax]',
        "info: hm [consistency]",
    ]


def test_what_is_bad_enough_is_what_counts() -> None:
    assert REPORT.at_least(Severity.VIOLATION) == (BROKEN,)
    assert REPORT.at_least(Severity.WARNING) == (LAMP, BROKEN)
    assert REPORT.at_least(Severity.INFO) == REPORT.findings


def test_text_says_why_when_asked() -> None:
    assert "    why: Because.\n" in to_text(REPORT, reasons=True)


def test_text_cannot_command_a_terminal() -> None:
    assert "\x1b" not in to_text(Report((replace(LAMP, message="\x1b[2J\x9b1m"),)))


def test_the_summary_counts() -> None:
    assert summary(REPORT) == (
        "does not conform: 1 violation, 1 warning, 1 remark in 7 statements of 2 files; "
        "not every file could be read"
    )
    assert summary(Report((), files=1, statements=1)) == (
        "conforms: no findings in 1 statement of 1 file"
    )


def test_json_holds_everything() -> None:
    read = json.loads(to_json(REPORT))
    assert (read["conforms"], read["complete"]) == (False, False)
    assert read["counts"] == {"violation": 1, "warning": 1, "info": 1}
    assert read["findings"][0] == {
        "rule": "Colour",
        "severity": "warning",
        "message": 'ex:lamp is "red\nand blue".',
        "fix": "Paint it.",
        "why": "Because.",
        "focus": {"type": "uri", "value": f"{EX}lamp"},
        "path": f"<{EX}holds>",
        "value": {"type": "literal", "value": 'red\nand "blue"', "xml:lang": "en"},
        "file": "lamps.ttl",
        "line": 3,
        "column": 5,
        "shape": f"{EX}Colour",
        "component": "http://www.w3.org/ns/shacl#InConstraintComponent",
    }


def test_turtle_is_a_shacl_validation_report() -> None:
    graph = Graph().parse(data=to_turtle(REPORT), format="turtle")
    report = graph.value(None, RDF.type, SH.ValidationReport)
    assert graph.value(report, SH.conforms) == Literal(False)
    results = list(graph.objects(report, SH.result))
    assert len(results) == 3
    # Section 3.6.2: exactly one of each of these.
    for result in results:
        assert graph.value(result, RDF.type) == SH.ValidationResult
        for name in (SH.focusNode, SH.resultSeverity, SH.sourceConstraintComponent):
            assert len(list(graph.objects(result, name))) == 1
    (lamp,) = graph.subjects(SH.sourceShape, URIRef(f"{EX}Colour"))
    assert graph.value(lamp, SH.value) == Literal('red\nand "blue"', lang="en")
    assert graph.value(lamp, SH.resultSeverity) == SH.Warning
    assert graph.value(lamp, SH.resultPath) == URIRef(f"{EX}holds")


def test_an_empty_report_conforms() -> None:
    graph = Graph().parse(data=to_turtle(Report(())), format="turtle")
    assert list(graph.objects(None, SH.conforms)) == [Literal(True)]
    assert list(graph.objects(None, SH.result)) == []


@pytest.mark.parametrize("written", PATHS)
def test_a_path_is_written_in_sparql_and_in_shacl(written: str) -> None:
    path = PATHS[written]
    assert path_text(path, {"ex": EX}) == written
    graph = Graph().parse(data=to_turtle(Report((replace(LAMP, path=path),))), format="turtle")
    (node,) = graph.objects(None, SH.resultPath)
    assert isinstance(node, BNode) == (written != "ex:holds")
    assert (None, None, URIRef(f"{EX}holds")) in graph


@pytest.mark.parametrize(
    ("term", "text"),
    [
        (ox.NamedNode(f"{EX}lamp"), "ex:lamp"),
        (ox.NamedNode("https://elsewhere.example/x"), "<https://elsewhere.example/x>"),
        (ox.Literal("a\\b\n"), '"a\\\\b\\n"'),
        (ox.Literal("rot", language="de"), '"rot"@de'),
        (ox.Literal(5), "5"),
        (ox.Literal("five", datatype=ox.Literal(5).datatype), '"five"^^xsd:integer'),
    ],
)
def test_a_term_is_written_as_in_turtle(term: ox.NamedNode | ox.Literal, text: str) -> None:
    xsd = "http://www.w3.org/2001/XMLSchema#"
    assert term_text(term, {"ex": EX, "xsd": xsd}) == text


def test_names_in_a_sentence_are_shortened_and_nothing_else() -> None:
    text = f"<{EX}lamp> ({EX}lamp), {EX}lamp. a<b>c https://other.example/#"
    assert shorten(text, {"ex": EX}) == "ex:lamp (ex:lamp), ex:lamp. a<b>c https://other.example/#"


def test_one_mistake_is_one_finding() -> None:
    twice = [replace(LAMP, component=f"{EX}{name}") for name in ("b", "a")]
    (kept,) = in_order(twice, [])
    assert kept.component == f"{EX}a"
