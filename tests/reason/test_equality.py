"""Our closure is the reference's: on the packaged graph, on copies of it, on made-up graphs."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pyoxigraph as ox
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from claude_kg.load import load, parse
from claude_kg.reason import Reasoning, reason
from claude_kg.reason.reference import close_by_owlrl as close
from claude_kg.terms import CKG, OWL, RDF, RDF_TYPE, RDFS, XSD

VENDOR = Path(__file__).parents[1] / "vendor"
PREFIXES = {"ex": "https://example.org/", "owl": OWL, "rdf": RDF, "rdfs": RDFS, "xsd": XSD}
HEAD = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in PREFIXES.items())


def test_packaged_graph(packaged: tuple[ox.Triple, ...], reasoning: Reasoning) -> None:
    assert reasoning.closure == close(packaged)
    assert reasoning.closure.consistent


def test_another_vendor() -> None:
    asserted = load([VENDOR]).asserted
    assert reason(asserted).closure == close(asserted)


def test_three_copies(
    packaged: tuple[ox.Triple, ...],
    copies: Callable[[Sequence[ox.Triple], int], list[ox.Triple]],
) -> None:
    # Nothing is drawn from claims, nor from texts and numbers; and the reference is slow.
    claims = {
        t.subject
        for t in packaged
        if t.predicate.value == RDF_TYPE and t.object == ox.NamedNode(CKG + "Claim")
    }
    facts = [
        t
        for t in packaged
        if t.subject not in claims
        and (isinstance(t.subject, ox.BlankNode) or not isinstance(t.object, ox.Literal))
    ]
    three = copies(facts, 3)
    closure = reason(three).closure
    assert closure == close(three)
    assert len(closure.inferred) > 2 * len(reason(facts).closure.inferred)


CLASSES = ["ex:A", "ex:B", "ex:C", "ex:D"]
PROPERTIES = ["ex:p", "ex:q", "ex:r"]
THINGS = ["ex:a", "ex:b", "ex:c", "ex:d"]
LITERALS = ["1", "2", "1.0", '"x"', "true", '"abc"^^xsd:integer']

a_class = st.sampled_from([*CLASSES, "owl:Thing"])
named = st.sampled_from(CLASSES)
prop = st.sampled_from(PROPERTIES)
thing = st.sampled_from(THINGS)


def filled(template: str, *parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.tuples(*parts).map(lambda found: template.format(*found))


restriction = st.one_of(
    filled("[ owl:onProperty {} ; owl:someValuesFrom {} ]", prop, a_class),
    filled("[ owl:onProperty {} ; owl:allValuesFrom {} ]", prop, named),
    filled("[ owl:onProperty {} ; owl:hasValue {} ]", prop, thing),
    filled("[ owl:onProperty {} ; owl:maxCardinality {} ]", prop, st.sampled_from("01")),
    filled(
        "[ owl:onProperty {} ; owl:maxQualifiedCardinality {} ; owl:onClass {} ]",
        prop,
        st.sampled_from("01"),
        a_class,
    ),
    filled("[ a owl:Class ; owl:intersectionOf ( {} {} ) ]", named, named),
    filled("[ a owl:Class ; owl:unionOf ( {} {} ) ]", named, named),
    filled("[ a owl:Class ; owl:complementOf {} ]", named),
    filled("[ a owl:Class ; owl:oneOf ( {} {} ) ]", thing, thing),
)
axiom = st.one_of(
    filled("{} a owl:Class .", named),
    filled("{} a owl:ObjectProperty .", prop),
    filled("{} rdfs:subClassOf {} .", a_class, st.one_of(named, restriction)),
    filled("{} rdfs:subClassOf {} .", restriction, named),
    filled("{} owl:equivalentClass {} .", named, st.one_of(named, restriction)),
    filled("{} owl:disjointWith {} .", named, named),
    filled("[] a owl:AllDisjointClasses ; owl:members ( ex:A {} ) .", st.sampled_from(CLASSES[1:])),
    filled("{} rdfs:domain {} .", prop, named),
    filled("{} rdfs:range {} .", prop, named),
    filled("{} rdfs:subPropertyOf {} .", prop, prop),
    filled("{} owl:equivalentProperty {} .", prop, prop),
    filled("{} owl:inverseOf {} .", prop, prop),
    filled("{} owl:propertyDisjointWith {} .", prop, prop),
    filled("{} owl:propertyChainAxiom ( {} {} ) .", prop, prop, prop),
    filled("{} owl:propertyChainAxiom ( {} {} {} ) .", prop, prop, prop, prop),
    filled(
        "{} a owl:{}Property .",
        prop,
        st.sampled_from(
            [
                *("Functional", "InverseFunctional", "Symmetric", "Asymmetric"),
                *("Transitive", "Irreflexive"),
            ]
        ),
    ),
    filled("[] a owl:AllDisjointProperties ; owl:members ( ex:p {} ) .", st.just("ex:q")),
)
fact = st.one_of(
    filled("{} a {} .", thing, st.one_of(named, restriction)),
    filled("{} {} {} .", thing, prop, thing),
    filled("{} {} {} .", thing, prop, thing),
    filled("{} ex:n {} .", thing, st.sampled_from(LITERALS)),
    filled("{} owl:sameAs {} .", thing, thing),
    filled("{} owl:differentFrom {} .", thing, thing),
    filled(
        "[] owl:sourceIndividual {} ; owl:assertionProperty {} ; owl:targetIndividual {} .",
        thing,
        prop,
        thing,
    ),
    filled("[] a owl:AllDifferent ; owl:members ( ex:a {} ) .", st.sampled_from(THINGS[1:])),
    filled("ex:n {} .", st.sampled_from(["a owl:FunctionalProperty", "rdfs:range xsd:string"])),
)
graphs = st.tuples(
    st.lists(axiom, max_size=7, unique=True), st.lists(fact, min_size=1, max_size=8, unique=True)
).map(lambda parts: "\n".join([*parts[0], *parts[1]]))

BEYOND_THE_REFERENCE = {"dt-not-type", "dt-diff", "eq-diff2", "eq-diff3", "prp-adp"}


@settings(
    max_examples=100,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(graphs)
def test_made_up_graph(turtle: str) -> None:
    asserted, _ = parse((HEAD + turtle).encode(), "test", "turtle")
    reference = close(asserted, PREFIXES)
    ours = reason(asserted, PREFIXES)

    assert ours.closure.inferred == reference.inferred
    if ours.closure.consistent:
        assert reference.consistent
    elif reference.consistent:
        found = {ours.clash_proof(clash).rule for clash in ours.closure.clashes}
        assert found <= BEYOND_THE_REFERENCE
    for triple in ours.closure.inferred:
        assert ours.proof(triple) is not None


CONTRADICTORY = """
ex:A owl:disjointWith ex:B . ex:p a owl:FunctionalProperty . ex:q rdfs:domain ex:A .
ex:q rdfs:range ex:B .
ex:a ex:p ex:b , ex:c , ex:d ; ex:q ex:a , ex:b . ex:b owl:differentFrom ex:c .
"""
SHOW = """
import sys
from claude_kg.load import parse
from claude_kg.reason import reason
triples, prefixes = parse(sys.stdin.buffer.read(), "test", "turtle")
reasoning = reason(triples, prefixes)
for triple in reasoning.closure.inferred:
    print(triple, reasoning.proof(triple))
for clash in reasoning.closure.clashes:
    print(clash.message, reasoning.explain_clash(clash), reasoning.clash_proof(clash))
"""


def test_output_does_not_depend_on_the_hash_seed() -> None:
    outputs = {
        subprocess.run(
            [sys.executable, "-c", SHOW],
            input=(HEAD + CONTRADICTORY).encode(),
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "2")
    }
    assert len(outputs) == 1
    assert b"disjoint" in outputs.pop()
