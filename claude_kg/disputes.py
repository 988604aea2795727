"""Gather what the sections of the sources disagree on, each disagreement with its readings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyoxigraph as ox

from claude_kg.limits import DEFAULT_LIMITS, Limits

if TYPE_CHECKING:
    from claude_kg.graph import KnowledgeGraph
    from claude_kg.query.run import Row

_DISPUTES = "sources/disputes"
_READINGS = "sources/readings"

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple


@dataclass(frozen=True)
class Reading:
    """What some sections say of one subject and property, and whether the graph adopts it."""

    subject: Term
    property: Term
    value: Term
    denied: bool
    adopted: bool
    sections: tuple[str, ...]


@dataclass(frozen=True)
class Dispute:
    """One disagreement: the question, the competing readings, and how it is resolved."""

    iri: str
    question: str
    kind: str
    resolution: str
    readings: tuple[Reading, ...]


def disputes(
    graph: KnowledgeGraph,
    thing: str | None = None,
    *,
    asserted: bool = False,
    limits: Limits | None = DEFAULT_LIMITS,
) -> list[Dispute]:
    """All disagreements, or those that concern a thing or property, sorted by their question.

    ``thing`` is an IRI, a prefixed name or a name; with ``asserted``, only what the files state
    tells what concerns it. Raises InputError for a name that nothing, or more than one thing,
    bears.
    """
    from claude_kg.query.catalogue import Catalogue

    catalogue = Catalogue()
    asked = {} if thing is None else {"thing": thing}
    heads = graph.query(catalogue.find(_DISPUTES), asked, asserted=asserted, limits=limits).rows
    readings: dict[str, list[Row]] = {}
    for row in graph.query(catalogue.find(_READINGS), asserted=asserted, limits=limits).rows:
        readings.setdefault(_text(row["discrepancy"]), []).append(row)
    return [
        Dispute(
            _text(head["discrepancy"]),
            _text(head["question"]),
            _text(head["kindName"]),
            _text(head["resolution"]),
            _readings(readings.get(_text(head["discrepancy"]), [])),
        )
        for head in heads
    ]


def _readings(rows: list[Row]) -> tuple[Reading, ...]:
    """One reading for the rows that differ in their section only, adopted readings first."""
    sections: dict[Reading, list[str]] = {}
    for row in rows:
        reading = Reading(
            row["subject"],
            row["property"],
            row["value"],
            "denied" in row and _text(row["denied"]) == "true",
            _text(row["adopted"]) == "true",
            (),
        )
        sections.setdefault(reading, []).append(_text(row["section"]))
    found = [
        Reading(r.subject, r.property, r.value, r.denied, r.adopted, tuple(dict.fromkeys(where)))
        for r, where in sections.items()
    ]
    return tuple(sorted(found, key=lambda reading: not reading.adopted))


def _text(term: Term) -> str:
    assert isinstance(term, ox.NamedNode | ox.Literal)
    return term.value
