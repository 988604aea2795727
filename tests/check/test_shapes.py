"""A violated shape becomes a finding that says what, why, where and how to mend it."""

from __future__ import annotations

import socket
from pathlib import Path

import pyoxigraph as ox
import pytest

from claude_kg import Finding, InputError, KnowledgeGraph, LimitError, Limits, Report, files
from claude_kg.check.findings import Severity
from claude_kg.check.text import path_text
from claude_kg.check.validate import validate

HERE = Path(__file__).parent / "fixtures"
LAMPS = HERE / "lamps.ttl"
EX = "https://example.org/examplia/"
HEAD = """
@prefix ex: <https://example.org/examplia/> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
"""


def check(shapes: Path, *data: Path, limits: Limits | None = None) -> Report:
    graph = KnowledgeGraph.load(facts=data, cache=False)
    return validate(graph, shapes=[shapes], closure_shapes=[], limits=limits)


@pytest.fixture(scope="module")
def report() -> Report:
    return check(HERE / "shapes.ttl", LAMPS)


def about(report: Report, name: str) -> list[Finding]:
    return [f for f in report.findings if f.focus == ox.NamedNode(EX + name)]


def test_a_thing_that_conforms_has_no_finding_of_its_own(report: Report) -> None:
    assert {f.rule for f in about(report, "good")} == {"Inverse"}


def test_a_blank_shape_goes_by_the_name_of_the_shape_around_it(report: Report) -> None:
    (found,) = about(report, "two-coloured")
    assert found.rule == "Colour"
    assert found.source == f"{EX}Colour"
    assert found.severity is Severity.VIOLATION
    assert found.message == "ex:two-coloured can have one colour."
    assert found.why == "A lamp of two colours would have no name in the catalogue."
    assert found.fix == "Split the lamp in two."
    assert found.component == "http://www.w3.org/ns/shacl#MaxCountConstraintComponent"


def test_one_too_many_is_the_last_of_them(report: Report) -> None:
    (found,) = about(report, "two-coloured")
    assert (found.file, found.line, found.column) == (str(LAMPS), 9, 25)


def test_what_is_missing_is_missed_where_its_subject_stands(report: Report) -> None:
    (found,) = about(report, "dim")
    assert (found.rule, found.severity) == ("wattage", Severity.WARNING)
    assert (found.line, found.column) == (12, 1)
    assert found.message == "ex:dim must have ex:watts, a whole number; ?value is none."


def test_a_value_is_shown_as_it_is_written_at_its_own_place(report: Report) -> None:
    (found,) = about(report, "wordy")
    assert str(found.value) == '"40.50"^^<http://www.w3.org/2001/XMLSchema#decimal>'
    assert "; 40.50 is none." in found.message
    assert (found.line, found.column) == (16, 14)


def test_an_inverse_path_points_at_the_statement_that_was_written(report: Report) -> None:
    (found,) = about(report, "good")
    assert found.severity is Severity.INFO
    assert found.path is not None
    assert path_text(found.path, {"ex": EX}) == "^ex:holds"
    assert found.message == "ex:garden holds ex:good over ^ex:holds, but is no room."
    assert (found.line, found.column) == (23, 20)


def test_a_message_survives_a_value_with_a_backslash(report: Report) -> None:
    # pyshacl takes such a value for a replacement pattern, and fails.
    (found,) = about(report, "noted")
    assert found.rule == "warm-is-red"
    assert found.message.startswith("ex:noted is ex:blue, but its note ")


def test_findings_come_in_the_order_of_the_file(report: Report) -> None:
    assert [f.line for f in report.findings] == [9, 12, 16, 19, 23]


def test_the_placeholders_of_a_sparql_constraint_are_filled(tmp_path: Path) -> None:
    data = tmp_path / "data.ttl"
    data.write_text(LAMPS.read_text().replace("as \\\\1 in ", "see "))
    (found,) = (f for f in check(HERE / "shapes.ttl", data).findings if f.rule == "warm-is-red")
    assert found.message == "ex:noted is ex:blue, but its note see ex:red says otherwise."


def test_a_file_without_places_is_named_all_the_same(tmp_path: Path) -> None:
    data = tmp_path / "lamp.jsonld"
    data.write_text(f'{{"@id": "{EX}lamp", "@type": "{EX}Lamp"}}')
    (found,) = check(HERE / "shapes.ttl", data).findings
    assert (found.file, found.line, found.column) == (str(data), None, None)


def test_an_ill_typed_literal_is_a_finding_and_no_crash(tmp_path: Path) -> None:
    data = tmp_path / "data.ttl"
    data.write_text(LAMPS.read_text().replace("watts 60", 'watts "abc"^^xsd:integer'))
    found = about(check(HERE / "shapes.ttl", data), "noted")
    assert {f.rule for f in found} == {"warm-is-red", "wattage", "ill-typed-literal"}
    assert {f.line for f in found if f.rule != "warm-is-red"} == {21}


def test_every_datatype_is_held_to(tmp_path: Path) -> None:
    wrong = {"xsd:byte": "300", "xsd:date": "2026-13-99", "xsd:boolean": "maybe"}
    said = " , ".join(f'"{literal}"^^{datatype}' for datatype, literal in wrong.items())
    data = tmp_path / "data.ttl"
    data.write_text(LAMPS.read_text() + f"\nex:dim ex:said {said} .\n")
    found = [f for f in check(HERE / "shapes.ttl", data).findings if f.rule == "ill-typed-literal"]
    assert [f.message for f in found] == [
        f'ex:dim has a value that is no {datatype}: "{literal}"'
        for datatype, literal in wrong.items()
    ]


def test_a_pattern_that_never_ends_meets_the_time_limit(tmp_path: Path) -> None:
    shapes, data = tmp_path / "shapes.ttl", tmp_path / "data.ttl"
    shapes.write_text(
        HEAD + "ex:S a sh:NodeShape ; sh:targetSubjectsOf ex:p ; "
        'sh:property [ sh:path ex:p ; sh:pattern "^(a+)+$" ] .'
    )
    data.write_text(HEAD + f'ex:a ex:p "{"a" * 60}!" .')
    with pytest.raises(LimitError, match=r"limit of 0\.5 seconds"):
        check(shapes, data, limits=Limits(seconds=0.5))


def test_memory_is_bounded_too(tmp_path: Path) -> None:
    with pytest.raises(LimitError, match="limit of 1 MiB"):
        check(HERE / "shapes.ttl", LAMPS, limits=Limits(memory_mib=1))


@pytest.mark.parametrize(
    ("shape", "said"),
    [
        ('sh:pattern "(" ', r"shapes\.ttl: the shapes cannot be used"),
        ("sh:minCount 1 , 2 ", r"shapes\.ttl: this is no shape: .* has more than 1 sh:minCount"),
        ("sh:minCount 'one' ", r"shapes\.ttl: this is no shape: .*one.* is no xsd:integer"),
        ("sh:class 'one' ", r"shapes\.ttl: this is no shape: "),
        ("sh:or ( ex:A ", r"shapes\.ttl:4:"),
        ("sh:js [ sh:jsFunctionName 'f' ] ", r"shapes\.ttl: sh:js is refused"),
        ("sh:expression ex:A ", r"shapes\.ttl: sh:expression is refused"),
    ],
)
@pytest.mark.parametrize("limits", [None, Limits()])
def test_shapes_that_cannot_be_used_are_bad_input(
    tmp_path: Path, shape: str, said: str, limits: Limits | None
) -> None:
    shapes = tmp_path / "shapes.ttl"
    shapes.write_text(
        HEAD + f"ex:S a sh:NodeShape ; sh:targetClass ex:Lamp ; "
        f"sh:property [ sh:path ex:colour ; {shape}] ."
    )
    with pytest.raises(InputError, match=said):
        check(shapes, LAMPS, limits=limits)


@pytest.mark.parametrize(
    "keyword", ["SERVICE", "service", r"\\u0053ERVICE", r"SERV\\u0049CE SILENT"]
)
def test_no_query_of_a_shape_opens_a_connection(tmp_path: Path, keyword: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0)
        there = f"http://127.0.0.1:{server.getsockname()[1]}/"
        shapes = tmp_path / "shapes.ttl"
        shapes.write_text(
            HEAD + "ex:S a sh:NodeShape ; sh:targetClass ex:Lamp ; sh:sparql ex:c .\n"
            f'ex:c sh:select "SELECT $this {{ {keyword} <{there}> {{ ?s ?p $this }} }}" .'
        )
        with pytest.raises(InputError, match="SERVICE") as raised:
            check(shapes, LAMPS)
        assert (raised.value.file, raised.value.line) == (str(shapes), 5)
        with pytest.raises(BlockingIOError):
            server.accept()


def test_shapes_that_refer_to_themselves_come_to_an_end(tmp_path: Path) -> None:
    shapes = tmp_path / "shapes.ttl"
    circle = " ".join(f"ex:S{n} sh:node ex:S{(n + 1) % 5} ." for n in range(5))
    shapes.write_text(HEAD + f"ex:S0 sh:targetClass ex:Lamp . {circle}")
    assert check(shapes, LAMPS, limits=Limits()).complete
    chain = " ".join(f"ex:S{n} sh:node ex:S{n + 1} ." for n in range(5000))
    shapes.write_text(HEAD + f"ex:S0 sh:targetClass ex:Lamp . {chain}")
    with pytest.raises(InputError, match=r"shapes\.ttl: .*too deeply"):
        check(shapes, LAMPS, limits=Limits())


def test_own_shapes_may_refer_to_ours(vendor: Path, tmp_path: Path) -> None:
    shapes, data = tmp_path / "shapes.ttl", tmp_path / "data.ttl"
    shapes.write_text(
        HEAD + "@prefix shape: <https://w3id.org/claude-kg/shapes#> . "
        "ex:S sh:targetNode ex:shed ; sh:property shape:header-name ."
    )
    data.write_text(HEAD + "ex:shed a ex:Shed .")
    graph = KnowledgeGraph.load(facts=[vendor], overlays=[data])
    report = validate(graph, shapes=[*files.shape_files(), shapes], hygiene=[])
    (found,) = report.findings
    assert (found.rule, found.focus) == ("header-name", ox.NamedNode(EX + "shed"))


def test_shapes_of_what_follows_see_what_follows(tmp_path: Path) -> None:
    shapes, data = tmp_path / "shapes.ttl", tmp_path / "data.ttl"
    shapes.write_text(
        HEAD + "ex:S a sh:NodeShape ; sh:targetNode ex:a ; sh:property ex:part . "
        'ex:part sh:path ex:partOf ; sh:maxCount 1 ; sh:message "{$this} is part of one thing." .'
    )
    data.write_text(
        HEAD + "@prefix owl: <http://www.w3.org/2002/07/owl#> . "
        "ex:partOf a owl:ObjectProperty , owl:TransitiveProperty . "
        "ex:a ex:partOf ex:b . ex:b ex:partOf ex:c ."
    )
    graph = KnowledgeGraph.load(facts=[data])
    assert validate(graph, shapes=[shapes], closure_shapes=[]).conforms
    (found,) = validate(graph, shapes=[], closure_shapes=[shapes]).findings
    assert found.message == "ex:a is part of one thing."
