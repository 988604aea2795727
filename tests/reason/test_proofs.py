"""Proofs hold by themselves, are the shortest there are, and explanations the smallest."""

from __future__ import annotations

import random
from itertools import combinations, product

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claude_kg.load import parse
from claude_kg.reason import Proof, Reasoning, reason
from claude_kg.reason.reference import close_by_owlrl as close
from claude_kg.reason.rules import RULES, Pattern
from claude_kg.terms import OWL, RDF, RDF_TYPE, RDFS, XSD

EX = "https://example.org/"
PREFIXES = {"ex": EX, "owl": OWL, "rdf": RDF, "rdfs": RDFS, "xsd": XSD}
HEAD = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in PREFIXES.items())


def statements(turtle: str) -> tuple[ox.Triple, ...]:
    return parse((HEAD + turtle).encode(), "test", "turtle")[0]


def prove(turtle: str, conclusion: str) -> Proof:
    proof = reason(statements(turtle), PREFIXES).proof(statements(conclusion)[0])
    assert proof is not None
    return proof


def test_everything_inferred_has_a_proof_from_what_is_asserted(
    packaged: tuple[ox.Triple, ...], reasoning: Reasoning
) -> None:
    asserted = set(packaged)
    for triple in reasoning.closure.inferred:
        proof = reasoning.proof(triple)
        assert proof is not None
        assert proof.rule
        assert proof.conclusion is not None
        assert proof.conclusion.triple == triple
        assert set(proof.statements()) <= asserted


def test_premises_of_a_proof_are_enough_for_the_reference(reasoning: Reasoning) -> None:
    inferred = reasoning.closure.inferred
    by_rule = {p.rule: t for t in reversed(inferred) if (p := reasoning.proof(t))}
    sample = {*random.Random(5).sample(inferred, 40), *by_rule.values()}
    for triple in sorted(sample, key=str):
        proof = reasoning.proof(triple)
        assert proof is not None
        assert triple in close(proof.statements()).inferred


def test_asserted_statement_needs_no_proof() -> None:
    proof = prove("ex:a ex:p ex:b . ex:q rdfs:subPropertyOf ex:p .", "ex:a ex:p ex:b .")
    assert proof.asserted
    assert proof.steps == 0
    assert proof.statements() == statements("ex:a ex:p ex:b .")
    assert proof.sentence == "ex:a ex:p ex:b, as is stated."


def test_what_does_not_follow_has_no_proof() -> None:
    reasoning = reason(statements("ex:a ex:p ex:b ."), PREFIXES)
    assert reasoning.proof(statements("ex:b ex:p ex:a .")[0]) is None
    assert reasoning.proof(statements("ex:unheard ex:of ex:it .")[0]) is None


def test_proof_says_what_it_rests_on() -> None:
    proof = prove(
        "ex:Login rdfs:subClassOf ex:Method . ex:a ex:with ex:b . ex:b a ex:Login . "
        "[ owl:onProperty ex:with ; owl:someValuesFrom ex:Method ] rdfs:subClassOf ex:Mode .",
        "ex:a a ex:Mode .",
    )
    assert proof.rule == "cax-sco"
    assert proof.sentence == (
        "ex:a is an ex:Mode, because ex:a is something with a value for ex:with that is an "
        "ex:Method, and whatever is that is an ex:Mode."
    )
    assert proof.steps == 3
    assert [p.rule for p in proof.premises] == ["", "cls-svf1"]
    (definition, spelled) = proof.premises[1].definitions
    assert {definition.predicate.value, spelled.predicate.value} == {
        OWL + "someValuesFrom",
        OWL + "onProperty",
    }


def test_other_proofs_come_after_the_shortest() -> None:
    reasoning = reason(
        statements(
            "ex:A rdfs:subClassOf ex:B . ex:B rdfs:subClassOf ex:C . ex:p rdfs:domain ex:C . "
            "ex:a a ex:A ; ex:p ex:b ."
        ),
        PREFIXES,
    )
    proofs = list(reasoning.proofs(statements("ex:a a ex:C .")[0]))
    assert [proof.rule for proof in proofs] == ["prp-dom", "cax-sco"]
    assert [proof.steps for proof in proofs] == [1, 2]


def test_a_row_put_together_in_another_order_is_no_other_proof() -> None:
    links = " ".join(f"ex:n{i} ex:p ex:n{i + 1} ." for i in range(5))
    reasoning = reason(statements(f"ex:p a owl:TransitiveProperty . {links}"), PREFIXES)
    (proof,) = reasoning.proofs(statements("ex:n0 ex:p ex:n5 .")[0])
    assert proof.steps == 4


@pytest.mark.parametrize(
    ("links", "start", "end", "steps"),
    [
        ("ex:n{} rdfs:subClassOf ex:n{} .", "ex:a a ex:n0 .", "ex:a a ex:n150 .", 150),
        ("ex:n{} rdfs:subPropertyOf ex:n{} .", "ex:a ex:n0 ex:b .", "ex:a ex:n150 ex:b .", 150),
        ("ex:n{} ex:p ex:n{} .", "ex:p a owl:TransitiveProperty .", "ex:n0 ex:p ex:n150 .", 149),
    ],
    ids=["classes", "properties", "things"],
)
def test_proof_of_many_steps(links: str, start: str, end: str, steps: int) -> None:
    row = " ".join(links.format(i, i + 1) for i in range(150))
    proof = prove(f"{row} {start}", end)
    assert proof.steps == steps
    assert set(proof.statements()) == set(statements(f"{row} {start}"))


# An independent measure: every way to apply every rule, tried until no proof gets shorter.

Text = tuple[str, str, str]


def shortest(asserted: tuple[ox.Triple, ...]) -> dict[Text, int]:
    steps: dict[Text, int] = {}
    for t in asserted:
        steps[_plain(t.subject), t.predicate.value, _plain(t.object)] = 0
    for name in ("Thing", "Nothing"):
        steps[OWL + name, RDF_TYPE, OWL + "Class"] = 0
    rules = [rule for rule in RULES if rule.then and not rule.lists and "urn:" not in str(rule)]
    better = True
    while better:
        better = False
        for rule in rules:
            for binding in list(_solutions(rule.axioms + rule.facts, {}, list(steps))):
                premises = {_filled(p, binding) for p in rule.axioms + rule.facts}
                cost = 1 + sum(steps[p] for p in premises)
                for conclusion in (_filled(p, binding) for p in rule.then):
                    reflexive = conclusion[1] == OWL + "sameAs" and conclusion[0] == conclusion[2]
                    if not reflexive and steps.get(conclusion, cost + 1) > cost:
                        steps[conclusion] = cost
                        better = True
    return steps


def _plain(term: object) -> str:
    return term.value if isinstance(term, ox.NamedNode) else str(term)


def _filled(pattern: Pattern, binding: dict[str, str]) -> Text:
    s, p, o = (binding.get(term, term) for term in pattern)
    return s, p, o


def _solutions(
    patterns: tuple[Pattern, ...], binding: dict[str, str], known: list[Text]
) -> list[dict[str, str]]:
    found = [binding]
    for pattern in patterns:
        found = [
            wider
            for one, fact in product(found, known)
            if (wider := _matched(pattern, fact, one)) is not None
        ]
    return found


def _matched(pattern: Pattern, fact: Text, binding: dict[str, str]) -> dict[str, str] | None:
    wider = dict(binding)
    for term, value in zip(pattern, fact, strict=True):
        if (wider.setdefault(term, value) if term.startswith("?") else term) != value:
            return None
    return wider


LINES = [
    "ex:A rdfs:subClassOf ex:B .",
    "ex:B rdfs:subClassOf ex:C .",
    "ex:A owl:equivalentClass ex:D .",
    "ex:p rdfs:domain ex:A .",
    "ex:p rdfs:range ex:B .",
    "ex:p rdfs:subPropertyOf ex:q .",
    "ex:q owl:inverseOf ex:p .",
    "ex:q a owl:SymmetricProperty .",
    "ex:q a owl:TransitiveProperty .",
    "ex:p a owl:FunctionalProperty .",
    "ex:D owl:onProperty ex:q ; owl:someValuesFrom ex:B .",
    "ex:a a ex:A .",
    "ex:a ex:p ex:b .",
    "ex:b ex:q ex:c .",
    "ex:a ex:q ex:c .",
    "ex:a ex:p ex:c .",
    "ex:c owl:sameAs ex:a .",
    "ex:C rdfs:subClassOf ex:E .",
    "ex:E rdfs:subClassOf ex:A .",
    "ex:c ex:q ex:d .",
    "ex:d ex:q ex:a .",
    "ex:q rdfs:subPropertyOf ex:r .",
    "ex:r rdfs:subPropertyOf ex:p .",
]


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.lists(st.sampled_from(LINES), min_size=3, max_size=7, unique=True))
def test_no_proof_is_shorter(lines: list[str]) -> None:
    asserted = statements("\n".join(lines))
    reasoning = reason(asserted, PREFIXES)
    measured = shortest(asserted)
    for triple in reasoning.closure.inferred:
        proof = reasoning.proof(triple)
        assert proof is not None
        key = _plain(triple.subject), triple.predicate.value, _plain(triple.object)
        assert proof.steps == measured[key]


@pytest.mark.parametrize(
    "turtle",
    [
        # The short proof of one type and the short proof of the other have no statement in common;
        # a longer proof of the one shares the statements of the other.
        "ex:A owl:disjointWith ex:B . ex:p rdfs:domain ex:A . ex:a ex:p ex:b . "
        "ex:q rdfs:domain ex:B . ex:a ex:q ex:b . ex:p rdfs:subPropertyOf ex:q .",
        "ex:A owl:disjointWith ex:B . ex:C rdfs:subClassOf ex:A , ex:B . ex:a a ex:A , ex:C .",
        "ex:p a owl:AsymmetricProperty ; owl:inverseOf ex:q . ex:a ex:p ex:b ; ex:q ex:b . "
        "ex:b ex:r ex:a . ex:r rdfs:subPropertyOf ex:s . ex:s rdfs:subPropertyOf ex:p .",
        "ex:p a owl:FunctionalProperty . ex:a ex:p ex:b , ex:c . ex:b owl:differentFrom ex:c . "
        "ex:b owl:sameAs ex:d .",
    ],
)
def test_no_smaller_set_of_statements_contradicts_itself_so(turtle: str) -> None:
    asserted = statements(turtle)
    reasoning = reason(asserted, PREFIXES)
    assert reasoning.closure.clashes
    for clash in reasoning.closure.clashes:
        explanation = reasoning.explain_clash(clash)
        assert explanation.definitions == ()
        assert clash in reason(explanation.statements, PREFIXES).closure.clashes
        for fewer in range(len(explanation.statements)):
            for part in combinations(asserted, fewer):
                assert clash not in reason(part, PREFIXES).closure.clashes


def test_clash_tells_what_contradicts_what() -> None:
    turtle = (
        "[] a owl:AllDisjointClasses ; owl:members ( ex:Product ex:Mode ex:Plan ) . "
        "ex:p rdfs:domain ex:Mode . ex:a a ex:Product ; ex:p ex:b ."
    )
    reasoning = reason(statements(turtle), PREFIXES)
    (clash,) = reasoning.closure.clashes
    assert clash.message in {
        f"ex:a is an ex:{one} and an ex:{other}, and nothing can be both: they are disjoint."
        for one, other in (("Product", "Mode"), ("Mode", "Product"))
    }
    proof = reasoning.clash_proof(clash)
    assert proof.conclusion is None
    assert {p.sentence for p in proof.premises} >= {"ex:a is an ex:Product, as is stated."}
    explanation = reasoning.explain_clash(clash)
    assert set(explanation.all) == set(statements(turtle))
    # The types, the domain and the axiom; not the seven statements in which its list is written.
    assert len(explanation.statements) == 4


def test_value_out_of_range_is_told_with_its_statement() -> None:
    turtle = 'ex:size rdfs:range xsd:integer . ex:a ex:size "many" . ex:b ex:size "many" .'
    reasoning = reason(statements(turtle), PREFIXES)
    assert [clash.message for clash in reasoning.closure.clashes] == [
        f'ex:{name} ex:size "many", and every value of ex:size is an xsd:integer, '
        "which that is not."
        for name in "ab"
    ]
