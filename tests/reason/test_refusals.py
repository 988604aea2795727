"""Axioms that the rules do not cover are refused by name, never passed over."""

from __future__ import annotations

import pytest

from claude_kg.errors import InputError, InputErrors
from claude_kg.load import parse
from claude_kg.reason import reason
from claude_kg.terms import OWL, RDF, RDFS

PREFIXES = {"ex": "https://example.org/", "owl": OWL, "rdf": RDF, "rdfs": RDFS}
HEAD = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in PREFIXES.items())


def refusal(turtle: str) -> str:
    triples, _ = parse((HEAD + turtle).encode(), "test", "turtle")
    with pytest.raises(InputError) as caught:
        reason(triples, PREFIXES)
    return str(caught.value)


@pytest.mark.parametrize(
    ("turtle", "named"),
    [
        ("[] owl:onProperty ex:p ; owl:hasSelf true .", "owl:hasSelf"),
        ("ex:A owl:disjointUnionOf ( ex:B ex:C ) .", "ex:A owl:disjointUnionOf"),
        ("ex:p a owl:ReflexiveProperty .", "ex:p rdf:type owl:ReflexiveProperty"),
        ("[] owl:onProperty ex:p ; owl:minCardinality 1 .", "owl:minCardinality"),
        ("[] owl:onProperty ex:p ; owl:cardinality 1 .", "owl:cardinality"),
        ("[] owl:onProperty ex:p ; owl:maxCardinality 2 .", "owl:maxCardinality"),
        (
            "[] owl:onProperty ex:p ; owl:maxQualifiedCardinality 1 ; owl:onDataRange ex:D .",
            "owl:onDataRange",
        ),
        ("ex:D owl:onDatatype ex:E ; owl:withRestrictions ( ) .", "owl:withRestrictions"),
        ("ex:p a owl:TransitivProperty .", "owl:TransitivProperty"),
        ("ex:p rdfs:subPropertyOf owl:topObjectProperty .", "owl:topObjectProperty"),
        ("[] owl:someValuesFrom ex:A .", "without owl:onProperty"),
        ('ex:A owl:oneOf ( "a" "b" ) .', "enumerations of literals"),
        ("ex:A owl:unionOf ex:B .", "the list is not well-formed: ex:A owl:unionOf ex:B"),
        (
            "ex:A owl:unionOf ex:l . ex:l rdf:first ex:B ; rdf:rest ex:l .",
            "the list is not well-formed",
        ),
        ("[] a owl:AllDisjointClasses ; owl:members ( ex:A ex:A ) .", "twice"),
        ("rdf:type rdfs:domain ex:A .", "axioms about rdf:type"),
    ],
)
def test_uncovered_axiom_is_refused_by_name(turtle: str, named: str) -> None:
    assert named in refusal(turtle)


def test_all_refusals_are_told_at_once() -> None:
    triples, _ = parse(
        (HEAD + "ex:p a owl:ReflexiveProperty . ex:A owl:disjointUnionOf ( ex:B ) .").encode(),
        "test",
        "turtle",
    )
    with pytest.raises(InputErrors) as caught:
        reason(triples, PREFIXES)
    assert len(caught.value.errors) == 2


def test_annotations_and_declarations_are_not_axioms() -> None:
    triples, _ = parse(
        (
            HEAD
            + "<https://example.org/> a owl:Ontology ; owl:versionInfo '1' ; owl:imports ex:o . "
            "ex:A a owl:Class ; owl:deprecated true . "
            "ex:a a owl:NamedIndividual ; ex:p owl:hasSelf . "
            "[] a owl:Axiom ; owl:annotatedSource ex:A ; owl:annotatedProperty rdfs:label ; "
            "owl:annotatedTarget 'A' ; rdfs:comment 'a' ."
        ).encode(),
        "test",
        "turtle",
    )
    assert reason(triples, PREFIXES).closure.inferred == ()
