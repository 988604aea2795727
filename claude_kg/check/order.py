"""Check that a file introduces its terms in the order in which a reader looks for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox

from claude_kg.check.findings import Finding, Severity
from claude_kg.check.positions import locate
from claude_kg.check.text import term_text
from claude_kg.terms import OWL, PREFIXES, RDF_TYPE

if TYPE_CHECKING:
    from claude_kg.load import Source

RULE = "order-of-terms"

_KINDS = (
    ("the header", {OWL + "Ontology"}),
    ("classes", {OWL + "Class"}),
    ("object properties", {OWL + "ObjectProperty"}),
    ("data properties", {OWL + "DatatypeProperty"}),
    ("annotation properties", {OWL + "AnnotationProperty"}),
)
_REST = "individuals"


def check_order(source: Source) -> list[Finding]:
    """A finding for each term that stands before one that it should follow.

    The header comes first, then classes, object, data and annotation properties, then
    individuals; within each kind the terms go by IRI.
    """
    types: dict[object, set[str]] = {}
    for triple in source.triples:
        if triple.predicate.value == RDF_TYPE and isinstance(triple.object, ox.NamedNode):
            types.setdefault(triple.subject, set()).add(triple.object.value)
    prefixes = {**PREFIXES, **source.prefixes}
    findings = []
    last: tuple[tuple[int, str], ox.NamedNode] | None = None
    for subject, place in locate(source.data.decode("utf-8-sig")).subjects.items():
        if subject not in types:
            continue
        rank = _rank(types[subject])
        key = (rank, subject.value)
        if last is not None and key < last[0]:
            before = term_text(last[1], prefixes)
            reason = (
                f"{_name(rank)} go before {_name(last[0][0])}"
                if rank < last[0][0]
                else f"{_name(rank)} go by name"
            )
            findings.append(
                Finding(
                    RULE,
                    Severity.WARNING,
                    f"{term_text(subject, prefixes)} stands after {before}, but {reason}",
                    focus=subject,
                    why="Who looks for a term, or merges two edits, knows where it stands.",
                    fix=f"Move it above {before}.",
                    file=source.name,
                    line=place.line,
                    column=place.column,
                )
            )
        else:
            last = key, subject
    return findings


def _rank(types: set[str]) -> int:
    for rank, (_, kinds) in enumerate(_KINDS):
        if types & kinds:
            return rank
    return len(_KINDS)


def _name(rank: int) -> str:
    return _KINDS[rank][0] if rank < len(_KINDS) else _REST
