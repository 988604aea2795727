"""Refuse axioms that the rules do not cover, so that nothing is passed over in silence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Final

import pyoxigraph as ox

from claude_kg.errors import InputError, InputErrors
from claude_kg.reason.rules import COVERED
from claude_kg.terms import OWL, RDF, RDF_TYPE, compact

_HINT = "Leave it out, or let the reference reasoner (owlrl) work, which passes it over"

_SILENT = frozenset(
    {
        *("Class", "Restriction", "Ontology", "OntologyProperty", "AnnotationProperty"),
        *("NamedIndividual", "Thing", "Nothing", "NegativePropertyAssertion", "Axiom"),
        *("Annotation", "annotatedSource", "annotatedProperty", "annotatedTarget", "imports"),
        *("versionInfo", "versionIRI", "priorVersion", "backwardCompatibleWith"),
        *("incompatibleWith", "deprecated", "DeprecatedClass", "DeprecatedProperty"),
        *("real", "rational"),
    }
)
"""Names of OWL that declare, annotate or build, and from which alone nothing follows."""

_KNOWN = frozenset(OWL + name for name in COVERED | _SILENT)
BUILT_IN_PROPERTIES = frozenset(
    f"{OWL}{which}{kind}Property" for which in ("top", "bottom") for kind in ("Object", "Data")
)

MAX_CARDINALITY: Final = OWL + "maxCardinality"
MAX_QUALIFIED: Final = OWL + "maxQualifiedCardinality"
_FILLERS = frozenset(
    OWL + name for name in ("someValuesFrom", "allValuesFrom", "hasValue", "maxCardinality")
) | {MAX_QUALIFIED}
LISTED: Final = frozenset(
    OWL + name
    for name in (
        *("intersectionOf", "unionOf", "oneOf", "propertyChainAxiom", "hasKey"),
        *("members", "distinctMembers"),
    )
)
"""The properties whose values are lists."""

_NIL = ox.NamedNode(RDF + "nil")

_ALL_DIFFERENT = {OWL + "members", OWL + "distinctMembers"}

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple


def cardinality(literal: Term) -> int | None:
    """The number that a cardinality stands for; None where it is none."""
    if isinstance(literal, ox.Literal) and not literal.language:
        text = literal.value.strip().removeprefix("+")
        if text.isascii() and text.isdigit():
            return int(text)
    return None


def refuse_uncovered(
    language: Iterable[ox.Triple],
    lists: Mapping[Term, tuple[Term, ...]],
    prefixes: Mapping[str, str],
) -> None:
    """Raise InputError, or InputErrors, for each axiom that the rules do not cover.

    ``language`` holds the statements in terms of OWL, ``lists`` the lists that the graph spells
    out, by their heads.
    """
    statements = tuple(language)
    owners: dict[str, set[Term]] = {
        name: {t.subject for t in statements if t.predicate.value == OWL + name}
        for name in ("onProperty", "onClass")
    }
    errors = []
    for triple in statements:
        for message, hint in chain(
            _of_term(triple), _of_restriction(triple, owners), _of_list(triple, lists)
        ):
            axiom = " ".join(_shown(term, prefixes) for term in triple)
            errors.append(InputError(f"{message}: {axiom}", hint))
    if errors:
        errors.sort(key=str)
        raise errors[0] if len(errors) == 1 else InputErrors(errors)


Problem = tuple[str, str]


def _of_term(triple: ox.Triple) -> Iterator[Problem]:
    predicate, object_ = triple.predicate.value, triple.object
    used = object_.value if isinstance(object_, ox.NamedNode) else ""
    term = used if predicate == RDF_TYPE else predicate
    if predicate in BUILT_IN_PROPERTIES or used in BUILT_IN_PROPERTIES:
        yield "the rules do not cover the built-in properties", _HINT
    elif term.startswith(OWL) and term not in _KNOWN:
        yield f"the rules do not cover owl:{term.removeprefix(OWL)}", _HINT


def _of_restriction(triple: ox.Triple, owners: Mapping[str, set[Term]]) -> Iterator[Problem]:
    predicate = triple.predicate.value
    if predicate in _FILLERS:
        if triple.subject not in owners["onProperty"]:
            yield "a restriction without owl:onProperty", "Name the property"
        if predicate == MAX_QUALIFIED and triple.subject not in owners["onClass"]:
            yield "the rules cover a qualified cardinality with owl:onClass only", _HINT
        counts = predicate in {MAX_CARDINALITY, MAX_QUALIFIED}
        if counts and cardinality(triple.object) not in {0, 1}:
            hint = "Leave the counting to a shape (sh:maxCount)"
            yield "the rules cover the cardinalities 0 and 1 only", hint


def _of_list(triple: ox.Triple, lists: Mapping[Term, tuple[Term, ...]]) -> Iterator[Problem]:
    predicate = triple.predicate.value
    if predicate in LISTED:
        members = lists.get(triple.object)
        if members is None:
            yield "the list is not well-formed", "Write it as ( … )"
        elif predicate == OWL + "oneOf" and any(isinstance(m, ox.Literal) for m in members):
            yield "the rules do not cover enumerations of literals", _HINT
        elif predicate in _ALL_DIFFERENT and len(set(members)) < len(members):
            yield "a list of different things names one of them twice", "Name it once"


def _shown(term: Term, prefixes: Mapping[str, str]) -> str:
    if isinstance(term, ox.NamedNode):
        return compact(term.value, prefixes)
    return "[…]" if isinstance(term, ox.BlankNode) else str(term)


def read_list(
    head: Term, first: Mapping[Term, Sequence[Term]], rest: Mapping[Term, Sequence[Term]]
) -> tuple[Term, ...] | None:
    """The members of the list that begins at a cell; None where it is not well-formed."""
    members: list[Term] = []
    seen: set[Term] = set()
    while head != _NIL:
        values, tails = first.get(head, ()), rest.get(head, ())
        if head in seen or len(values) != 1 or len(tails) != 1:
            return None
        seen.add(head)
        members.append(values[0])
        head = tails[0]
    return tuple(members)
