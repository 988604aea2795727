"""What follows from a graph: statements that tell a reader something, and contradictions."""

from __future__ import annotations

from dataclasses import dataclass

import pyoxigraph as ox

from claude_kg.terms import OWL, RDF, RDF_TYPE, RDFS, XSD

_LANGUAGE = (RDF, RDFS, OWL, XSD)
_TELLING = {RDF_TYPE, RDFS + "subClassOf", RDFS + "subPropertyOf", OWL + "sameAs"}
_LABEL = RDFS + "label"


@dataclass(frozen=True, slots=True)
class Clash:
    """One contradiction in a sentence, and the fewest asserted statements that make it.

    A reasoner that does not know them leaves ``statements`` empty.
    """

    message: str
    statements: tuple[ox.Triple, ...] = ()


@dataclass(frozen=True, slots=True)
class Closure:
    """What follows from a graph and is not stated in it, sorted; and its contradictions."""

    inferred: tuple[ox.Triple, ...]
    clashes: tuple[Clash, ...]

    @property
    def consistent(self) -> bool:
        """Whether the graph contradicts itself nowhere."""
        return not self.clashes


def is_language(name: str) -> bool:
    """Whether a name belongs to RDF, RDFS, OWL or XSD themselves."""
    return name.startswith(_LANGUAGE)


def tells(
    subject: ox.NamedNode, predicate: ox.NamedNode, object_: ox.NamedNode | ox.Literal
) -> bool:
    """Whether an inferred statement tells a reader something.

    Left out is what is said of a thing in relation to itself, of the terms of RDF, RDFS and OWL,
    and in these terms, but for types, sub-classes, sub-properties, equal individuals and labels.
    """
    if subject == object_ or is_language(subject.value):
        return False
    if isinstance(object_, ox.Literal):
        return predicate.value == _LABEL or not is_language(predicate.value)
    if is_language(object_.value):
        return False
    return not is_language(predicate.value) or predicate.value in _TELLING
