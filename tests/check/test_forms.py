"""What other systems read: annotations, SARIF, JUnit; and the choice and the list of rules."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess
from xml.etree import ElementTree as ET

import pytest

from claude_kg import files
from claude_kg.check.rules import rules

Run = Callable[..., CompletedProcess[str]]

HERE = Path(__file__).parent
CONTRADICTION = HERE / "fixtures" / "contradiction.ttl"
OWN_SHAPES = """
    @prefix ex: <http://example.org/> .
    @prefix sh: <http://www.w3.org/ns/shacl#> .
    ex:OwnShape a sh:NodeShape ;
        sh:targetClass ex:Kettle ;
        sh:property ex:kettle-volume .
    ex:kettle-volume a sh:PropertyShape ;
        sh:path ex:volume ;
        sh:minCount 1 ;
        sh:name "A kettle has a volume" ;
        sh:message "{$this} must have a volume." .
"""
KETTLE = "@prefix ex: <http://example.org/> .\nex:kettle a ex:Kettle .\n"


@pytest.fixture
def validate(kg: Run, vendor: Path) -> Run:
    def run(*arguments: str | Path, **options: object) -> CompletedProcess[str]:
        return kg("validate", "--facts", vendor, *arguments, **options)

    return run


def test_github_annotations_name_file_line_and_rule(validate: Run) -> None:
    done = validate(CONTRADICTION, "--rules", "consistency", "--format", "github", cwd=HERE)
    assert done.returncode == 1
    (line,) = done.stdout.splitlines()
    assert line.startswith(
        "::error file=fixtures/contradiction.ttl,line=10,col=36,title=consistency::the graph "
    )


def test_github_annotations_cannot_be_broken_out_of(validate: Run, tmp_path: Path) -> None:
    odd = tmp_path / "50%, a:b.ttl"
    odd.write_text("@prefix ex: <http://example.org/> .\nex:a ex:b '%\\n::error::x'^^ex:c, .\n")
    (line,) = validate(odd, "--format", "github").stdout.splitlines()
    assert "50%25%2C a%3Ab.ttl,line=2" in line


def test_sarif_has_rules_levels_and_regions(validate: Run) -> None:
    done = validate(CONTRADICTION, "--format", "sarif", cwd=HERE)
    log = json.loads(done.stdout)
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    named = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert {"consistency", "ill-typed-literal"} <= set(named)
    for result in run["results"]:
        assert named[result["ruleIndex"]] == result["ruleId"]
        assert result["level"] in ("error", "warning", "note")
        assert result["message"]["text"]
    (clash,) = (result for result in run["results"] if result["ruleId"] == "consistency")
    place = clash["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "fixtures/contradiction.ttl"
    assert place["region"] == {"startLine": 10, "startColumn": 36}


def test_junit_has_a_case_for_each_rule_and_fails_those_that_fired(validate: Run) -> None:
    done = validate(CONTRADICTION, "--format", "junit")
    suites = ET.fromstring(done.stdout)
    cases = {case.get("name"): case for case in suites.iter("testcase")}
    assert set(cases) >= {rule.name for rule in rules()}
    failed = {name for name, case in cases.items() if case.find("failure") is not None}
    assert {"consistency", "ill-typed-literal"} <= failed
    assert suites.get("failures") == str(len(failed))
    assert "contradiction.ttl:10:36: " in str(cases["consistency"].findtext("failure"))


@pytest.mark.parametrize("format_name", ["github", "sarif", "junit"])
def test_a_graph_that_conforms_is_written_too(validate: Run, format_name: str) -> None:
    done = validate("--format", format_name)
    assert done.returncode == 0, done.stdout
    if format_name == "sarif":
        assert json.loads(done.stdout)["runs"][0]["results"] == []
    if format_name == "junit":
        assert ET.fromstring(done.stdout).get("failures") == "0"


def test_the_file_name_tells_the_format(validate: Run, tmp_path: Path) -> None:
    validate("--output", tmp_path / "log.sarif")
    assert json.loads((tmp_path / "log.sarif").read_text())["version"] == "2.1.0"


def test_rules_are_chosen_and_left_out_by_pattern(validate: Run) -> None:
    def fired(*arguments: str) -> set[str]:
        lines = validate(CONTRADICTION, *arguments).stdout.splitlines()
        return {line.rpartition("[")[2].rstrip("]") for line in lines if line.endswith("]")}

    every = fired()
    assert fired("--rules", "mode-*") == {name for name in every if name.startswith("mode-")}
    assert fired("--skip", "mode-*", "--skip", "consistency") == {
        name for name in every if not name.startswith("mode-") and name != "consistency"
    }


def test_a_verdict_is_that_of_the_chosen_rules(validate: Run) -> None:
    assert validate(CONTRADICTION, "--rules", "price-*").returncode == 0


def test_an_unknown_rule_is_bad_input(validate: Run) -> None:
    done = validate("--skip", "mode-bakend")
    assert done.returncode == 2
    assert "no rule 'mode-bakend'" in done.stderr
    assert "mode-backend" in done.stderr


def test_what_cannot_be_read_is_not_left_out(validate: Run) -> None:
    done = validate(HERE / "none.ttl", "--rules", "price-*")
    assert done.returncode == 2
    assert "[input]" in done.stdout


def test_own_shapes_are_added_or_replace_ours(kg: Run, vendor: Path, tmp_path: Path) -> None:
    shapes, data = tmp_path / "shapes.ttl", tmp_path / "kettle.ttl"
    shapes.write_text(OWN_SHAPES)
    data.write_text(KETTLE)
    alone = kg("validate", "--only", "--shapes", shapes, data)
    assert alone.returncode == 1
    line = f"{data}:2:1: violation: ex:kettle must have a volume. [kettle-volume]\n"
    assert alone.stdout == line
    assert "1 statement of 1 file" in alone.stderr
    added = kg("validate", "--facts", vendor, "--shapes", shapes, data)
    assert "[kettle-volume]" in added.stdout
    assert kg("validate", "--only", data).returncode in (0, 1)


def test_only_needs_files(kg: Run) -> None:
    done = kg("validate", "--only")
    assert done.returncode == 2
    assert "none is given" in done.stderr


def test_shapes_that_are_none_are_bad_input(kg: Run, tmp_path: Path) -> None:
    shapes, data = tmp_path / "shapes.ttl", tmp_path / "kettle.ttl"
    shapes.write_text(OWN_SHAPES.replace("sh:minCount 1", "sh:minCount 'one'"))
    data.write_text(KETTLE)
    done = kg("validate", "--only", "--shapes", shapes, data)
    assert done.returncode == 2, done.stdout
    assert len(done.stderr.splitlines()) == 1


def test_every_rule_is_listed_with_its_reason_and_file(kg: Run) -> None:
    listed = json.loads(kg("shapes", "--format", "json").stdout)
    assert [rule["rule"] for rule in listed] == sorted(rule["rule"] for rule in listed)
    for rule in listed:
        assert rule["asks"], rule
        assert rule["why"], rule
    written = {rule["file"] for rule in listed}
    assert {files.shown(path) for path in files.shape_files()} - written <= {"shapes/prefixes.ttl"}
    assert {files.shown(path) for path in files.hygiene_files()} <= written


def test_rules_are_found_by_pattern(kg: Run) -> None:
    done = kg("shapes", "price-*", "--format", "csv")
    names = [row["rule"] for row in csv.DictReader(io.StringIO(done.stdout))]
    assert names
    assert all(name.startswith("price-") for name in names)
    assert kg("shapes", "prise-amount").returncode == 2


def test_a_pattern_that_does_not_compile_is_a_finding_of_its_own(
    validate: Run, tmp_path: Path
) -> None:
    overlay = tmp_path / "pattern.ttl"
    overlay.write_text(
        "@prefix ex: <http://example.org/> .\n@prefix sh: <http://www.w3.org/ns/shacl#> .\n"
        'ex:shape a ex:Kind ;\n    sh:pattern "(" .\n'
    )
    done = validate(overlay, "--rules", "pattern-invalid")
    assert done.returncode == 1
    (line,) = (line for line in done.stdout.splitlines() if line.endswith("[pattern-invalid]"))
    assert line.startswith(f"{overlay}:4:16: violation: ")
