"""Each hygiene rule finds what is wrong where it stands, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from claude_kg import Finding, InputError, files
from claude_kg.check.data import Data
from claude_kg.check.hygiene import check_hygiene, read_rules
from claude_kg.check.places import Places
from claude_kg.load import load

FOLDER = Path(__file__).parent / "hygiene"
RULES = [path.stem for path in files.hygiene_files()]


def check(*facts: Path) -> list[Finding]:
    loaded = load(facts)
    rules = read_rules(files.hygiene_files())
    places = Places(loaded.sources)
    found = check_hygiene(Data(loaded.asserted), rules, loaded.prefixes)
    return [places.add(finding) for finding in found]


def test_every_rule_has_its_fixtures() -> None:
    wanted = {f"{rule}.{kind}.ttl" for rule in RULES for kind in ("good", "bad")}
    assert {path.name for path in FOLDER.iterdir()} == wanted


@pytest.mark.parametrize("rule", RULES)
def test_what_is_right_is_left_alone(rule: str) -> None:
    assert check(FOLDER / f"{rule}.good.ttl") == []


@pytest.mark.parametrize("rule", RULES)
def test_what_is_wrong_is_told_where_it_stands(rule: str) -> None:
    bad = FOLDER / f"{rule}.bad.ttl"
    found = check(bad)
    assert {finding.rule for finding in found} == {rule}
    lines = bad.read_text().splitlines()
    wrong = {number for number, line in enumerate(lines, 1) if line.endswith("# wrong")}
    assert wrong
    assert {finding.line for finding in found} == wrong
    for finding in found:
        assert "{" not in finding.message
        assert finding.why
        assert finding.fix


def test_the_packaged_graph_is_clean() -> None:
    assert check(*files.facts_files()) == []


def test_what_the_header_of_an_ontology_lacks_is_named() -> None:
    said = {finding.message for finding in check(FOLDER / "header-complete.bad.ttl")}
    start = "The header of the ontology <https://w3id.org/claude-kg/another> lacks "
    assert f"{start}dcterms:description, a description with a language tag." in said
    assert f"{start}vann:preferredNamespaceUri, the namespace of its terms." in said
    assert len(said) == 7


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("#+ title: t\nSELECT * { ?s ?p ?o }", "lacks why, fix, severity, message"),
        ("#+ title: t\n#+ why: w\n#+ fix: f\n#+ severity: fatal\n#+ message: m\nASK {}", "fatal"),
        ("#+ title: t\n#+ why: w\n#+ fix: f\n#+ severity: info\n#+ message: m\nASK {}", "a SELECT"),
        ("#+ title: t\n#+ why: w\n#+ fix: f\n#+ severity: info\n#+ message: m\nSELECT", "wrong"),
    ],
)
def test_a_rule_that_is_none_is_bad_input(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "rule.rq"
    path.write_text(text)
    with pytest.raises(InputError, match=said) as raised:
        check_hygiene(Data([]), read_rules([path]))
    assert raised.value.file == str(path)
