"""The ontology is in OWL 2 DL and in its RL profile, says a program that no one here wrote."""

from __future__ import annotations

from pathlib import Path

import pytest

from claude_kg import KnowledgeGraph

from .conftest import Profiles

NOT_RL = """
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix ex: <https://example.org/> .
ex:o a owl:Ontology .
ex:p a owl:ObjectProperty .
ex:B a owl:Class .
ex:A a owl:Class ;
    owl:equivalentClass [ a owl:Restriction ; owl:onProperty ex:p ; owl:someValuesFrom ex:B ] .
"""
NOT_DL = """
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix ex: <https://example.org/> .
ex:o a owl:Ontology .
ex:thing a ex:Undeclared .
"""


@pytest.mark.parametrize(("format_name", "suffix"), [("turtle", "ttl"), ("xml", "owl")])
def test_the_export_breaks_no_profile(
    packaged: KnowledgeGraph, profiles: Profiles, tmp_path: Path, format_name: str, suffix: str
) -> None:
    file = tmp_path / f"claude-kg.{suffix}"
    file.write_bytes(packaged.export(format_name, asserted=True))
    lines, log = profiles(file)
    facts = dict(line.split("\t", 1) for line in lines[:3])
    assert facts["ontology"] == "https://w3id.org/claude-kg/ontology"
    assert int(facts["axioms"]) > 1000
    assert lines[3:] == []
    assert log == ""


def test_the_closed_export_is_in_owl_2_dl_too(
    packaged: KnowledgeGraph, profiles: Profiles, tmp_path: Path
) -> None:
    file = tmp_path / "closed.ttl"
    file.write_bytes(packaged.export("turtle"))
    lines, log = profiles(file)
    assert lines[3:] == []
    assert log == ""


@pytest.mark.parametrize(("text", "profile"), [(NOT_RL, "OWL 2 RL"), (NOT_DL, "OWL 2 DL")])
def test_a_violation_is_told(profiles: Profiles, tmp_path: Path, text: str, profile: str) -> None:
    file = tmp_path / "bad.ttl"
    file.write_text(text)
    lines, _ = profiles(file)
    assert any(line.startswith(f"{profile}\t") for line in lines)
