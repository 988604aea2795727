"""Gather the facts about a thing: its own, those of nodes that are about it, and who points at it.

A fact node is a statement made of several parts, such as the availability of a feature in a mode.
What the parts mean is read off the vocabulary and off the nodes themselves, so that the nodes of
any vocabulary are told in the same way.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyoxigraph as ox

from claude_kg.lookup import CLAIM_PARTS, CONCEPT, FACT_NODE, STATED_IN, Name
from claude_kg.terms import CKG, NAMING, OWL, RDF_TYPE, RDFS, XSD

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from claude_kg.lookup import Lookup, Term

NO = frozenset({CKG + "Unavailable", CKG + "NoAccess"})
"""The degrees that are an explicit no."""

YES = frozenset({CKG + "Available"})
"""The degrees that are a yes without more ado."""

NOTE = CKG + "note"
"""What only remarks on a statement, and does not change what it says."""

_UNSPOKEN = frozenset({STATED_IN, CKG + "locator", CKG + "introducedIn"})


@dataclass(frozen=True)
class Detail:
    """One more thing that a fact node says: by which property, and in words."""

    property: str
    text: str


@dataclass(frozen=True)
class Fact:
    """A statement about a thing, with what is known about the statement itself.

    ``property`` leads from the thing to ``value``, or, where others point at the thing, from
    ``value`` to the thing. ``group`` says what it belongs to. For a fact node, ``text`` says what
    it is about besides the thing, ``aspects`` in which respect, ``degrees`` to which degree it
    holds, and ``details`` the rest. ``reason`` says why it is inferred, where that is asked for.
    """

    group: str
    property: str
    label: str
    value: Term
    text: str
    inferred: bool = False
    disputed: bool = False
    sections: tuple[str, ...] = ()
    aspects: tuple[Name, ...] = ()
    degrees: tuple[Name, ...] = ()
    details: tuple[Detail, ...] = ()
    reason: str = ""


@dataclass(frozen=True)
class Pattern:
    """How the fact nodes of a class are made.

    ``keys`` are the properties that say what a node is about, ``aspects`` those that say in which
    respect, and ``degrees`` those that say to which degree it holds.
    """

    keys: tuple[str, ...] = ()
    aspects: tuple[str, ...] = ()
    degrees: tuple[str, ...] = ()


class Facts:
    """The facts about the things of a graph."""

    def __init__(self, lookup: Lookup) -> None:
        self._look = lookup
        self._patterns: dict[str, Pattern] = {}

    def own(self, iri: str) -> list[Fact]:
        """What is said of a thing itself, in the order in which the properties are declared."""
        found = set(self._look.edges(iri))
        return sorted((self._own(iri, prop, value) for prop, value in found), key=self._order)

    def about(self, iri: str) -> list[Fact]:
        """The fact nodes that are about a thing, other than those to which it points itself.

        The group of each is its class, and ``property`` the way in which it is about the thing.
        """
        pointed_at = {value for _, value in self._look.edges(iri)}
        found = {
            (prop, node)
            for prop, node in self._look.mentions(iri)
            if prop not in {*_UNSPOKEN, RDF_TYPE}
            and self._look.is_a(node, FACT_NODE)
            and ox.NamedNode(node) not in pointed_at
        }
        facts = [self._about(prop, node) for prop, node in found]
        return sorted(facts, key=lambda fact: (fact.group, self._order(fact)))

    def pointing(self, iri: str) -> list[Fact]:
        """What points at a thing; without fact nodes, and the things of which claims speak.

        What the thing says itself by an inverse property is left out.
        """
        look = self._look
        said = {
            (inverse, value) for prop, value in look.edges(iri) for inverse in self._inverses(prop)
        }
        found = {
            (prop, thing)
            for prop, thing in look.mentions(iri)
            if prop not in CLAIM_PARTS
            and prop not in NAMING
            and (prop in {*_UNSPOKEN, RDF_TYPE} or not look.is_a(thing, FACT_NODE))
            and (prop, ox.NamedNode(thing)) not in said
        }
        facts = [
            Fact(
                group=look.group(prop),
                property=prop,
                label=look.name(prop),
                value=ox.NamedNode(thing),
                text=look.name(thing),
                inferred=look.is_inferred(thing, prop, ox.NamedNode(iri)),
                disputed=look.disputed(thing, prop),
                sections=look.sections(thing, prop, ox.NamedNode(iri)),
            )
            for prop, thing in found
        ]
        return sorted(facts, key=self._order)

    def with_property(self, prop: str) -> list[Fact]:
        """The statements that are made with a property."""
        look = self._look
        return [
            Fact(
                group=look.name(prop),
                property=prop,
                label=look.name(thing),
                value=value,
                text=f"{look.name(thing)}: {look.text(value)}",
                inferred=look.is_inferred(thing, prop, value),
                disputed=look.disputed(thing, prop),
                sections=look.sections(thing, prop, value),
            )
            for thing, value in look.uses(prop)
        ]

    def pattern(self, cls: str) -> Pattern:
        """How the fact nodes of a class are made, as the vocabulary and most of them tell."""
        if cls not in self._patterns:
            self._patterns[cls] = self._find_pattern(cls)
        return self._patterns[cls]

    def node_class(self, node: str) -> str:
        """The most particular class of fact nodes to which a node belongs."""
        fitting = [c for c in self._look.types(node) if FACT_NODE in self._look.supers(c)]
        return min(
            fitting,
            key=lambda c: (-len(self._look.supers(c)), self._look.place(c)),
            default=FACT_NODE,
        )

    def in_words(self, prop: str, texts: Sequence[str]) -> str:
        """A detail in words: by its name what is simply so, all else by name and values."""
        label = self._look.name(prop)
        if self._look.things(prop, RDFS + "range") == [XSD + "boolean"] and len(texts) == 1:
            return label if texts[0] == "yes" else f"not {label}"
        return f"{label}: {', '.join(text.rstrip('.') for text in texts)}"

    def _own(self, iri: str, prop: str, value: Term) -> Fact:
        look = self._look
        sections = look.sections(iri, prop, value)
        disputed = look.disputed(iri, prop)
        details: tuple[Detail, ...] = ()
        is_node = look.is_a(iri, FACT_NODE)
        if isinstance(value, ox.NamedNode) and look.is_a(value.value, FACT_NODE) and not is_node:
            details = self._details(value.value, {iri}, ())
            sections = sections or look.node_sections(value.value)
            disputed = disputed or look.node_disputed(value.value)
        elif is_node and prop not in _UNSPOKEN:
            sections = sections or look.node_sections(iri)
        return Fact(
            group="notes" if prop == NOTE else look.group(prop),
            property=prop,
            label=look.name(prop),
            value=value,
            text=look.text(value),
            inferred=look.is_inferred(iri, prop, value),
            disputed=disputed,
            sections=sections,
            details=details,
        )

    def _about(self, prop: str, node: str) -> Fact:
        look = self._look
        pattern = self.pattern(cls := self.node_class(node))
        title, told = self._title(pattern, prop, node)
        aspects, degrees = (
            tuple(Name(iri, look.name(iri)) for p in props for iri in look.things(node, p))
            for props in (pattern.aspects, pattern.degrees)
        )
        left_out = (prop, *pattern.aspects, *pattern.degrees, *told)
        return Fact(
            group=look.name(cls),
            property=prop,
            label=look.name(prop),
            value=ox.NamedNode(node),
            text=title,
            disputed=look.node_disputed(node),
            sections=look.node_sections(node),
            aspects=aspects,
            degrees=degrees,
            details=self._details(node, set(), left_out),
        )

    def _title(self, pattern: Pattern, prop: str, node: str) -> tuple[str, Sequence[str]]:
        """What a node is about besides the value of one property, and the property that says it.

        Where that is not exactly one thing, it is the node's own name.
        """
        if prop in pattern.keys and len(pattern.keys) == 2:
            (other,) = (key for key in pattern.keys if key != prop)
            values = self._look.values(node, other)
            if len(values) == 1:
                return self._look.text(values[0]), (other,)
        return self._look.name(node), ()

    def _find_pattern(self, cls: str) -> Pattern:
        """Keys are what most nodes of the class have once, and what is declared for it.

        A value that is a concept is a degree where the rest tells the nodes apart, and else an
        aspect. A class that has not two keys is no matrix, and all that its nodes say are details.
        """
        look = self._look
        nodes = [node for node in look.members(cls) if self.node_class(node) == cls]
        values: defaultdict[str, list[str]] = defaultdict(list)
        for node in nodes:
            for prop, value in look.edges(node):
                if isinstance(value, ox.NamedNode) and prop not in _UNSPOKEN:
                    values[prop].append(value.value)
        common = [
            prop
            for prop in sorted(values, key=look.place)
            if 2 * sum(len(look.values(node, prop)) == 1 for node in nodes) > len(nodes)
        ]
        concepts = [p for p in common if all(look.is_a(value, CONCEPT) for value in values[p])]
        keys = [p for p in common if p not in concepts and cls in look.things(p, RDFS + "domain")]
        if len(keys) < 2:
            return Pattern(tuple(keys))

        def differ_without(left_out: str) -> bool:
            rest = [p for p in (*keys, *concepts) if p != left_out]
            rows = {tuple(str(look.values(node, p)) for p in rest) for node in nodes}
            return len(rows) == len(nodes)

        degrees = tuple(p for p in concepts if differ_without(p))
        return Pattern(tuple(keys), tuple(p for p in concepts if p not in degrees), degrees)

    def _details(
        self, node: str, seen_from: Collection[str], left_out: Collection[str]
    ) -> tuple[Detail, ...]:
        look = self._look
        texts: defaultdict[str, set[str]] = defaultdict(set)
        for prop, value in look.edges(node):
            itself = isinstance(value, ox.NamedNode) and value.value in seen_from
            if prop not in _UNSPOKEN and prop not in left_out and not itself:
                texts[prop].add(look.text(value))
        return tuple(
            Detail(prop, self.in_words(prop, sorted(texts[prop])))
            for prop in sorted(texts, key=look.place)
        )

    def _inverses(self, prop: str) -> set[str]:
        look = self._look
        itself = {prop} if OWL + "SymmetricProperty" in look.types(prop) else set()
        inverse = OWL + "inverseOf"
        return {*itself, *look.things(prop, inverse), *look.subjects(inverse, prop)}

    def _order(self, fact: Fact) -> tuple[object, ...]:
        return (
            fact.property == NOTE,
            self._look.place(fact.property),
            fact.text.casefold(),
            str(fact.value),
        )
