"""The rules of OWL 2 RL as data: each with its W3C name, its premises, its conclusion, a sentence.

The rules are those of https://www.w3.org/TR/owl2-profiles/#Reasoning_in_OWL_2_RL_and_RDF_Graphs_using_Rules
that tell something about named things. Left out is what says nothing new of them: the reflexive
eq-ref, the declarations of built-in terms, and conclusions about domains, ranges and equivalences
whose consequences other rules draw in as many steps.

How to read a pattern: ``?x`` is a variable; ``?m in ?l`` says that the list ?l holds ?m; in facts
``*l`` stands for each member of ?l in turn, ``?z*`` for a variable of its own for each of them, and
``?x /l ?y`` for the path from ?x to ?y along the members.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from claude_kg.terms import OWL, RDF_TYPE, expand

MEMBER = "urn:x-claude-kg:in"
"""The relation between a member and its list: of this engine only, never in a graph."""

ZERO = '"0"'
ONE = '"1"'
"""A cardinality of 0 or 1, in whatever integer datatype and form it is written."""


class Pattern(NamedTuple):
    """A statement in which variables, beginning with ``?``, stand for terms."""

    subject: str
    predicate: str
    object: str

    @property
    def variables(self) -> frozenset[str]:
        """The names that a match binds."""
        return frozenset(part for part in self if part.startswith("?"))


@dataclass(frozen=True)
class Rule:
    """One rule: where the axioms and the facts hold, so does what it says then.

    ``axioms`` are the premises that are known of the vocabulary: for each match of them the engine
    makes a special rule over the facts. A rule without ``then`` finds a contradiction. ``says`` is
    the reason in plain English, a template over the variables.
    """

    name: str
    says: str
    axioms: tuple[Pattern, ...] = ()
    facts: tuple[Pattern, ...] = ()
    then: tuple[Pattern, ...] = ()
    ordered: tuple[str, str] | None = None
    lists: tuple[str, ...] = field(default=())


def _rule(
    name: str,
    says: str,
    *,
    axioms: str = "",
    facts: str = "",
    then: str = "",
    ordered: tuple[str, str] | None = None,
) -> Rule:
    lists = tuple(dict.fromkeys(f"?{found}" for found in re.findall(r"[*/](\w+)", facts)))
    return Rule(name, says, _parse(axioms), _parse(facts), _parse(then), ordered, lists)


def _parse(text: str) -> tuple[Pattern, ...]:
    patterns = []
    for statement in text.split(" . "):
        if parts := statement.split():
            subject, predicate, object_ = map(_term, parts)
            patterns.append(Pattern(subject, predicate, object_))
    return tuple(patterns)


def _term(text: str) -> str:
    if text == "a":
        return RDF_TYPE
    if text == "in":
        return MEMBER
    if text in {"0", "1"}:
        return ZERO if text == "0" else ONE
    if text[0] in "?*/":
        return text
    iri = expand(text)
    assert iri, text
    return iri


@lru_cache(maxsize=256)
def spelled_out(facts: tuple[Pattern, ...], size: int) -> tuple[Pattern, ...]:
    """The facts of a rule for a list of a given length; ``?l.0`` is the first member, and so on."""
    patterns: list[Pattern] = []
    for pattern in facts:
        marks = [part[1:] for part in pattern if part[0] in "*/"]
        if not marks:
            patterns.append(pattern)
            continue
        path = pattern.predicate.startswith("/")
        for i in range(size):
            subject, predicate, object_ = (
                f"?{part[1:]}.{i}"
                if part[0] in "*/"
                else f"{part[:-1]}.{i}"
                if part[0] == "?" and part.endswith("*")
                else part
                for part in pattern
            )
            if path:
                subject = pattern.subject if i == 0 else f"?{marks[0]}>{i}"
                object_ = pattern.object if i == size - 1 else f"?{marks[0]}>{i + 1}"
            patterns.append(Pattern(subject, predicate, object_))
    return tuple(patterns)


RULES = (
    # Equality
    _rule(
        "eq-sym",
        "{x} is the same thing as {y}",
        facts="?x owl:sameAs ?y",
        then="?y owl:sameAs ?x",
    ),
    _rule(
        "eq-trans",
        "{x} is the same thing as {y}, and {y} the same as {z}",
        facts="?x owl:sameAs ?y . ?y owl:sameAs ?z",
        then="?x owl:sameAs ?z",
    ),
    _rule(
        "eq-rep-s",
        "{s} is the same thing as {t}, so what is said of {s} holds of {t}",
        axioms="?s owl:sameAs ?t",
        facts="?s ?p ?o",
        then="?t ?p ?o",
    ),
    _rule(
        "eq-rep-p",
        "{p} is the same thing as {q}, so what {p} relates, {q} relates",
        axioms="?p owl:sameAs ?q",
        facts="?s ?p ?o",
        then="?s ?q ?o",
    ),
    _rule(
        "eq-rep-o",
        "{o} is the same thing as {t}, so what is said with {o} holds with {t}",
        axioms="?o owl:sameAs ?t",
        facts="?s ?p ?o",
        then="?s ?p ?t",
    ),
    _rule(
        "eq-diff1",
        "{x} and {y} are stated to be different things, and they are the same thing",
        facts="?x owl:sameAs ?y . ?x owl:differentFrom ?y",
    ),
    _rule(
        "eq-diff1",
        "{x} is stated to be different from itself",
        facts="?x owl:differentFrom ?x",
    ),
    _rule(
        "eq-diff2",
        "{x} and {y} are stated to be all different (owl:AllDifferent), and they are the same",
        axioms="?d a owl:AllDifferent . ?d owl:members ?l",
        facts="?x owl:sameAs ?y . ?x in ?l . ?y in ?l",
    ),
    _rule(
        "eq-diff3",
        "{x} and {y} are stated to be all different (owl:AllDifferent), and they are the same",
        axioms="?d a owl:AllDifferent . ?d owl:distinctMembers ?l",
        facts="?x owl:sameAs ?y . ?x in ?l . ?y in ?l",
    ),
    # Axioms about properties
    _rule(
        "prp-dom",
        "{x} {p} {y}, and whatever has a value for {p} is {c:a}",
        axioms="?p rdfs:domain ?c",
        facts="?x ?p ?y",
        then="?x a ?c",
    ),
    _rule(
        "prp-rng",
        "{x} {p} {y}, and every value of {p} is {c:a}",
        axioms="?p rdfs:range ?c",
        facts="?x ?p ?y",
        then="?y a ?c",
    ),
    _rule(
        "prp-fp",
        "{x} {p} both {y} and {z}, and nothing has two values for {p}",
        axioms="?p a owl:FunctionalProperty",
        facts="?x ?p ?y . ?x ?p ?z",
        then="?y owl:sameAs ?z",
    ),
    _rule(
        "prp-ifp",
        "both {x} and {y} {p} {z}, and no two things have a value of {p} in common",
        axioms="?p a owl:InverseFunctionalProperty",
        facts="?x ?p ?z . ?y ?p ?z",
        then="?x owl:sameAs ?y",
    ),
    _rule(
        "prp-irp",
        "{x} {p} itself, and nothing does so: {p} is irreflexive",
        axioms="?p a owl:IrreflexiveProperty",
        facts="?x ?p ?x",
    ),
    _rule(
        "prp-symp",
        "{x} {p} {y}, and {p} is symmetric: it holds in both directions",
        axioms="?p a owl:SymmetricProperty",
        facts="?x ?p ?y",
        then="?y ?p ?x",
    ),
    _rule(
        "prp-asyp",
        "{x} {p} {y} and {y} {p} {x}, and {p} is asymmetric: it never holds in both directions",
        axioms="?p a owl:AsymmetricProperty",
        facts="?x ?p ?y . ?y ?p ?x",
    ),
    _rule(
        "prp-trp",
        "{x} {p} {y} and {y} {p} {z}, and {p} is transitive: it passes on",
        axioms="?p a owl:TransitiveProperty",
        facts="?x ?p ?y . ?y ?p ?z",
        then="?x ?p ?z",
    ),
    _rule(
        "prp-spo1",
        "{x} {p} {y}, and wherever {p} holds, {q} holds",
        axioms="?p rdfs:subPropertyOf ?q",
        facts="?x ?p ?y",
        then="?x ?q ?y",
    ),
    _rule(
        "prp-spo2",
        "{l:path} leads from {x} to {y}, and wherever that path leads, {p} holds",
        axioms="?p owl:propertyChainAxiom ?l",
        facts="?x /l ?y",
        then="?x ?p ?y",
    ),
    _rule(
        "prp-eqp1",
        "{x} {p} {y}, and {p} and {q} are equivalent",
        axioms="?p owl:equivalentProperty ?q",
        facts="?x ?p ?y",
        then="?x ?q ?y",
    ),
    _rule(
        "prp-eqp2",
        "{x} {q} {y}, and {p} and {q} are equivalent",
        axioms="?p owl:equivalentProperty ?q",
        facts="?x ?q ?y",
        then="?x ?p ?y",
    ),
    _rule(
        "prp-pdw",
        "{x} {p} {y} and {x} {q} {y}, and {p} and {q} are disjoint: they never relate the same two",
        axioms="?p owl:propertyDisjointWith ?q",
        facts="?x ?p ?y . ?x ?q ?y",
    ),
    _rule(
        "prp-adp",
        "{x} {p} {y} and {x} {q} {y}, and {p} and {q} are disjoint: they never relate the same two",
        axioms="?d a owl:AllDisjointProperties . ?d owl:members ?l . ?p in ?l . ?q in ?l",
        facts="?x ?p ?y . ?x ?q ?y",
        ordered=("?p", "?q"),
    ),
    _rule(
        "prp-inv1",
        "{x} {p} {y}, and {p} and {q} are inverse to each other",
        axioms="?p owl:inverseOf ?q",
        facts="?x ?p ?y",
        then="?y ?q ?x",
    ),
    _rule(
        "prp-inv2",
        "{x} {q} {y}, and {p} and {q} are inverse to each other",
        axioms="?p owl:inverseOf ?q",
        facts="?x ?q ?y",
        then="?y ?p ?x",
    ),
    _rule(
        "prp-key",
        "{x} and {y} are each {c:a} with the same {l:and}, by which such things are told apart",
        axioms="?c owl:hasKey ?l",
        facts="?x a ?c . ?y a ?c . ?x *l ?z* . ?y *l ?z*",
        then="?x owl:sameAs ?y",
    ),
    _rule(
        "prp-npa1",
        "{x} {p} {y}, and it is stated that this does not hold",
        axioms=(
            "?n owl:sourceIndividual ?x . ?n owl:assertionProperty ?p . ?n owl:targetIndividual ?y"
        ),
        facts="?x ?p ?y",
    ),
    _rule(
        "prp-npa2",
        "{x} {p} {y}, and it is stated that this does not hold",
        axioms="?n owl:sourceIndividual ?x . ?n owl:assertionProperty ?p . ?n owl:targetValue ?y",
        facts="?x ?p ?y",
    ),
    # Classes
    _rule(
        "cls-nothing2",
        "{x} is a member of owl:Nothing, which has none",
        facts="?x a owl:Nothing",
    ),
    _rule(
        "cls-int1",
        "{x} is {l:a}, and being all of this is being {c:a}",
        axioms="?c owl:intersectionOf ?l",
        facts="?x a *l",
        then="?x a ?c",
    ),
    _rule(
        "cls-int2",
        "{x} is {c:a}, and whatever is that is {d:a}",
        axioms="?c owl:intersectionOf ?l . ?d in ?l",
        facts="?x a ?c",
        then="?x a ?d",
    ),
    _rule(
        "cls-uni",
        "{x} is {d:a}, and whatever is that is {c:a}",
        axioms="?c owl:unionOf ?l . ?d in ?l",
        facts="?x a ?d",
        then="?x a ?c",
    ),
    _rule(
        "cls-com",
        "{x} is {c:a} and {d:a}, and each is all that the other is not",
        axioms="?c owl:complementOf ?d",
        facts="?x a ?c . ?x a ?d",
    ),
    _rule(
        "cls-svf1",
        "{x} {p} {y}, and {y} is {c:a}",
        axioms="?r owl:someValuesFrom ?c . ?r owl:onProperty ?p",
        facts="?x ?p ?y . ?y a ?c",
        then="?x a ?r",
    ),
    _rule(
        "cls-svf2",
        "{x} {p} {y}",
        axioms="?r owl:someValuesFrom owl:Thing . ?r owl:onProperty ?p",
        facts="?x ?p ?y",
        then="?x a ?r",
    ),
    _rule(
        "cls-avf",
        "{x} is {r:a}, and {x} {p} {y}",
        axioms="?r owl:allValuesFrom ?c . ?r owl:onProperty ?p",
        facts="?x a ?r . ?x ?p ?y",
        then="?y a ?c",
    ),
    _rule(
        "cls-hv1",
        "{x} is {r:a}",
        axioms="?r owl:hasValue ?y . ?r owl:onProperty ?p",
        facts="?x a ?r",
        then="?x ?p ?y",
    ),
    _rule(
        "cls-hv2",
        "{x} {p} {y}",
        axioms="?r owl:hasValue ?y . ?r owl:onProperty ?p",
        facts="?x ?p ?y",
        then="?x a ?r",
    ),
    _rule(
        "cls-maxc1",
        "{x} {p} {y}, and {x} is {r:a}",
        axioms="?r owl:maxCardinality 0 . ?r owl:onProperty ?p",
        facts="?x a ?r . ?x ?p ?y",
    ),
    _rule(
        "cls-maxc2",
        "{x} {p} both {y} and {z}, and {x} is {r:a}",
        axioms="?r owl:maxCardinality 1 . ?r owl:onProperty ?p",
        facts="?x a ?r . ?x ?p ?y . ?x ?p ?z",
        then="?y owl:sameAs ?z",
    ),
    _rule(
        "cls-maxqc1",
        "{x} {p} {y}, which is {c:a}, and {x} is {r:a}",
        axioms="?r owl:maxQualifiedCardinality 0 . ?r owl:onProperty ?p . ?r owl:onClass ?c",
        facts="?x a ?r . ?x ?p ?y . ?y a ?c",
    ),
    _rule(
        "cls-maxqc2",
        "{x} {p} {y}, and {x} is {r:a}",
        axioms="?r owl:maxQualifiedCardinality 0 . ?r owl:onProperty ?p . ?r owl:onClass owl:Thing",
        facts="?x a ?r . ?x ?p ?y",
    ),
    _rule(
        "cls-maxqc3",
        "{x} {p} both {y} and {z}, which are each {c:a}, and {x} is {r:a}",
        axioms="?r owl:maxQualifiedCardinality 1 . ?r owl:onProperty ?p . ?r owl:onClass ?c",
        facts="?x a ?r . ?x ?p ?y . ?y a ?c . ?x ?p ?z . ?z a ?c",
        then="?y owl:sameAs ?z",
    ),
    _rule(
        "cls-maxqc4",
        "{x} {p} both {y} and {z}, and {x} is {r:a}",
        axioms="?r owl:maxQualifiedCardinality 1 . ?r owl:onProperty ?p . ?r owl:onClass owl:Thing",
        facts="?x a ?r . ?x ?p ?y . ?x ?p ?z",
        then="?y owl:sameAs ?z",
    ),
    _rule(
        "cls-oo",
        "{x} is listed as one of the members of {c}",
        facts="?c owl:oneOf ?l . ?x in ?l",
        then="?x a ?c",
    ),
    # Axioms about classes
    _rule(
        "cax-sco",
        "{x} is {c:a}, and whatever is that is {d:a}",
        axioms="?c rdfs:subClassOf ?d",
        facts="?x a ?c",
        then="?x a ?d",
    ),
    _rule(
        "cax-eqc1",
        "{x} is {c:a}, and being that is being {d:a}",
        axioms="?c owl:equivalentClass ?d",
        facts="?x a ?c",
        then="?x a ?d",
    ),
    _rule(
        "cax-eqc2",
        "{x} is {d:a}, and being that is being {c:a}",
        axioms="?c owl:equivalentClass ?d",
        facts="?x a ?d",
        then="?x a ?c",
    ),
    _rule(
        "cax-dw",
        "{x} is {c:a} and {d:a}, and nothing can be both: they are disjoint",
        axioms="?c owl:disjointWith ?d",
        facts="?x a ?c . ?x a ?d",
    ),
    _rule(
        "cax-adc",
        "{x} is {c:a} and {d:a}, and nothing can be both: they are disjoint",
        axioms="?e a owl:AllDisjointClasses . ?e owl:members ?l . ?c in ?l . ?d in ?l",
        facts="?x a ?c . ?x a ?d",
        ordered=("?c", "?d"),
    ),
    # The vocabulary itself
    _rule(
        "scm-cls",
        "{c} is declared as a class",
        facts="?c a owl:Class",
        then=(
            "?c rdfs:subClassOf ?c . ?c rdfs:subClassOf owl:Thing . owl:Nothing rdfs:subClassOf ?c"
        ),
    ),
    _rule(
        "scm-sco",
        "whatever is {a:a} is {b:a}, and whatever is that is {c:a}",
        facts="?a rdfs:subClassOf ?b . ?b rdfs:subClassOf ?c",
        then="?a rdfs:subClassOf ?c",
    ),
    _rule(
        "scm-eqc1",
        "being {a:a} is being {b:a}",
        facts="?a owl:equivalentClass ?b",
        then="?a rdfs:subClassOf ?b . ?b rdfs:subClassOf ?a",
    ),
    _rule(
        "scm-op",
        "{p} is declared as a property",
        facts="?p a owl:ObjectProperty",
        then="?p rdfs:subPropertyOf ?p",
    ),
    _rule(
        "scm-dp",
        "{p} is declared as a property",
        facts="?p a owl:DatatypeProperty",
        then="?p rdfs:subPropertyOf ?p",
    ),
    # Not in the table, which knows no rdf:Property; the reference applies it all the same.
    _rule(
        "scm-op",
        "{p} is declared as a property",
        facts="?p a rdf:Property",
        then="?p rdfs:subPropertyOf ?p",
    ),
    _rule(
        "scm-spo",
        "wherever {p} holds, {q} holds, and wherever {q} holds, {r} holds",
        facts="?p rdfs:subPropertyOf ?q . ?q rdfs:subPropertyOf ?r",
        then="?p rdfs:subPropertyOf ?r",
    ),
    _rule(
        "scm-eqp1",
        "{p} and {q} are equivalent",
        facts="?p owl:equivalentProperty ?q",
        then="?p rdfs:subPropertyOf ?q . ?q rdfs:subPropertyOf ?p",
    ),
    _rule(
        "scm-hv",
        "having a value for {p} that is {v} is having it for {q}",
        facts=(
            "?c owl:hasValue ?v . ?c owl:onProperty ?p . ?p rdfs:subPropertyOf ?q . "
            "?d owl:onProperty ?q . ?d owl:hasValue ?v"
        ),
        then="?c rdfs:subClassOf ?d",
    ),
    _rule(
        "scm-svf1",
        "a value of {p} that is {a:a} is one that is {b:a}",
        facts=(
            "?c owl:someValuesFrom ?a . ?c owl:onProperty ?p . ?a rdfs:subClassOf ?b . "
            "?d owl:someValuesFrom ?b . ?d owl:onProperty ?p"
        ),
        then="?c rdfs:subClassOf ?d",
    ),
    _rule(
        "scm-svf2",
        "wherever {p} holds, {q} holds",
        facts=(
            "?c owl:someValuesFrom ?a . ?c owl:onProperty ?p . ?p rdfs:subPropertyOf ?q . "
            "?d owl:onProperty ?q . ?d owl:someValuesFrom ?a"
        ),
        then="?c rdfs:subClassOf ?d",
    ),
    _rule(
        "scm-avf1",
        "where every value of {p} is {a:a}, every one is {b:a}",
        facts=(
            "?c owl:allValuesFrom ?a . ?c owl:onProperty ?p . ?a rdfs:subClassOf ?b . "
            "?d owl:allValuesFrom ?b . ?d owl:onProperty ?p"
        ),
        then="?c rdfs:subClassOf ?d",
    ),
    _rule(
        "scm-avf2",
        "wherever {p} holds, {q} holds",
        facts=(
            "?c owl:allValuesFrom ?a . ?c owl:onProperty ?p . ?p rdfs:subPropertyOf ?q . "
            "?d owl:onProperty ?q . ?d owl:allValuesFrom ?a"
        ),
        then="?d rdfs:subClassOf ?c",
    ),
    _rule(
        "scm-int",
        "being {c:a} is being all of the listed classes, {d} among them",
        facts="?c owl:intersectionOf ?l . ?d in ?l",
        then="?c rdfs:subClassOf ?d",
    ),
    _rule(
        "scm-uni",
        "being {c:a} is being any of the listed classes, {d} among them",
        facts="?c owl:unionOf ?l . ?d in ?l",
        then="?d rdfs:subClassOf ?c",
    ),
)
"""Every rule that is applied, in the order in which equally short proofs prefer them."""

DT_NOT_TYPE = Rule("dt-not-type", "{x} would have to be a value of {d}, and is none")
"""A literal that a datatype which a rule gives it does not admit."""

ILL_TYPED = Rule("dt-not-type", "{s} {p} {x:text}, stated to be {d:a}, and not written like one")
"""A literal that its own datatype does not admit."""

OUT_OF_RANGE = Rule(
    "dt-not-type", "{s} {p} {x}, and every value of {p} is {d:a}, which that is not"
)
"""The same, for the values of a property with a range."""

DT_DIFF = Rule("dt-diff", "{x} and {y} are different values, and they are the same thing")
"""Two literals of different values that are held to be the same thing."""

COVERED = frozenset(
    term.removeprefix(OWL)
    for rule in RULES
    for pattern in rule.axioms + rule.facts + rule.then
    for term in pattern
    if term.startswith(OWL)
)
"""The names, in the namespace of OWL, of what the rules speak of."""
