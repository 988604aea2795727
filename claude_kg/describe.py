"""Bring together all that a graph says of one thing or term."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pyoxigraph as ox

from claude_kg.disputes import Dispute, disputes
from claude_kg.facts import Fact, Facts
from claude_kg.limits import DEFAULT_LIMITS, Limits
from claude_kg.lookup import HIDDEN, NOTES, OTHER, Kind, Lookup, Term
from claude_kg.terms import CKG, RDF_TYPE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from claude_kg.graph import KnowledgeGraph

_TYPE = ox.NamedNode(RDF_TYPE)


@dataclass(frozen=True)
class Bearer:
    """Something that bears a name, and what tells it apart from others."""

    iri: str
    name: str
    kinds: tuple[Kind, ...]
    definition: str


@dataclass(frozen=True)
class Part:
    """What is said of the thing itself, or of one of its access modes.

    ``facts`` are what it says, ``statements`` the fact nodes about it, ``pointing`` what points at
    it, and ``uses`` the statements that are made with it, where it is a property.
    """

    iri: str
    name: str
    kinds: tuple[Kind, ...]
    facts: tuple[Fact, ...]
    statements: tuple[Fact, ...]
    pointing: tuple[Fact, ...]
    uses: tuple[Fact, ...] = ()


@dataclass(frozen=True)
class Section:
    """A section of the sources, and how many of the facts on a page it states."""

    iri: str
    reference: str
    heading: str
    document: str
    facts: int


@dataclass(frozen=True)
class Page:
    """All that a graph says of one thing; the first of ``parts`` is about the thing itself.

    Where it is ``explained``, what is inferred has its reason.
    """

    iri: str
    name: str
    other_names: tuple[str, ...]
    hidden_names: tuple[str, ...]
    kinds: tuple[Kind, ...]
    definition: str
    notes: tuple[str, ...]
    follows_from: tuple[str, ...]
    same_name: tuple[Bearer, ...]
    parts: tuple[Part, ...]
    sections: tuple[Section, ...]
    disputes: tuple[Dispute, ...]
    explained: bool = False


def describe(
    graph: KnowledgeGraph,
    term: str,
    *,
    asserted: bool = False,
    why: bool = False,
    limits: Limits | None = DEFAULT_LIMITS,
) -> Page:
    """The page about a thing or term, given as an IRI, a prefixed name or a name.

    With ``asserted``, only what the files state; with ``why``, the reason for each inferred fact.
    Raises InputError where the term means nothing or
    several things, and InconsistentError unless ``asserted``.

    >>> from claude_kg import KnowledgeGraph
    >>> describe(KnowledgeGraph.load(), "ckg:AccessMode").name
    'access mode'
    """
    look = Lookup(graph, asserted=asserted)
    facts = Facts(look)
    iri = look.find(term)
    modes = look.modes(iri)
    parts = (_part(look, facts, iri), *(_part(look, facts, mode) for mode in modes))
    if why:
        from claude_kg.why import reasons

        reason = reasons(graph)
        parts = tuple(_explained(part, look, reason) for part in parts)
    about = f"<{iri}>"
    return Page(
        iri=iri,
        name=look.name(iri),
        other_names=tuple(look.names(iri, OTHER)),
        hidden_names=tuple(look.names(iri, HIDDEN)),
        kinds=parts[0].kinds,
        definition=look.definition(iri),
        notes=tuple(text for kind in NOTES for text in look.names(iri, kind)),
        follows_from=tuple(look.sufficient(iri)),
        same_name=tuple(_bearer(look, other) for other in look.bearers(term) if other != iri),
        parts=parts,
        sections=_sections(look, parts),
        disputes=tuple(disputes(graph, about, asserted=asserted, limits=limits)),
        explained=why,
    )


def _part(look: Lookup, facts: Facts, iri: str) -> Part:
    return Part(
        iri=iri,
        name=look.name(iri),
        kinds=tuple(look.kinds(iri)),
        facts=tuple(facts.own(iri)),
        statements=tuple(facts.about(iri)),
        pointing=tuple(facts.pointing(iri)),
        uses=tuple(facts.with_property(iri)),
    )


def _explained(part: Part, look: Lookup, reason: Callable[[ox.Triple], str]) -> Part:
    """A part in which what is inferred has its reason."""
    itself = ox.NamedNode(part.iri)

    def explained(fact: Fact, subject: Term, value: Term) -> Fact:
        if not fact.inferred or not isinstance(subject, ox.NamedNode):
            return fact
        triple = ox.Triple(subject, ox.NamedNode(fact.property), value)
        return replace(fact, reason=reason(triple))

    return replace(
        part,
        kinds=tuple(
            replace(kind, reason=reason(ox.Triple(itself, _TYPE, ox.NamedNode(kind.iri))))
            if kind.inferred
            else kind
            for kind in part.kinds
        ),
        facts=tuple(explained(fact, itself, fact.value) for fact in part.facts),
        pointing=tuple(explained(fact, fact.value, itself) for fact in part.pointing),
        uses=tuple(
            explained(fact, ox.NamedNode(thing), value)
            for fact, (thing, value) in zip(part.uses, look.uses(part.iri), strict=True)
        ),
    )


def _bearer(look: Lookup, iri: str) -> Bearer:
    return Bearer(iri, look.name(iri), tuple(look.kinds(iri)), look.definition(iri))


def _sections(look: Lookup, parts: Iterable[Part]) -> tuple[Section, ...]:
    """The sections that state anything on the page, in the order of the documents."""
    used: Counter[str] = Counter()
    for part in parts:
        for fact in (*part.facts, *part.statements, *part.pointing, *part.uses):
            used.update(fact.sections)
        for kind in part.kinds:
            used.update(look.sections(part.iri, RDF_TYPE, ox.NamedNode(kind.iri)))
    return tuple(
        Section(
            iri,
            look.reference(iri),
            next(
                (v.value for v in look.values(iri, CKG + "heading") if isinstance(v, ox.Literal)),
                "",
            ),
            ", ".join(look.name(document) for document in look.things(iri, CKG + "inDocument")),
            count,
        )
        for iri, count in sorted(used.items(), key=lambda use: look.section_order(use[0]))
    )
