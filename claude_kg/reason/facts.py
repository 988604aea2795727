"""Hold statements as numbers, a set for each class and each property, and find those that match."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

import pyoxigraph as ox

from claude_kg.reason.profile import (
    BUILT_IN_PROPERTIES,
    LISTED,
    MAX_CARDINALITY,
    MAX_QUALIFIED,
    cardinality,
    read_list,
)
from claude_kg.reason.rules import MEMBER, ONE, RULES, ZERO, Pattern
from claude_kg.terms import OWL, RDF, RDF_TYPE, XSD

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
Fact = tuple[int, int, int]
"""A statement: subject, predicate and object by number."""

Binding = dict[str, int]
"""What the variables of a rule stand for."""


def _constant(text: str) -> Term:
    if text in {ZERO, ONE}:
        datatype = ox.NamedNode(XSD + "nonNegativeInteger")
        return ox.Literal(text.strip('"'), datatype=datatype)
    return ox.NamedNode(text)


CONSTANTS: dict[str, int] = {
    text: number
    for number, text in enumerate(
        dict.fromkeys(
            term
            for rule in RULES
            for pattern in rule.axioms + rule.facts + rule.then
            for term in pattern
            if term[0] not in "?*/"
        )
    )
}
"""The numbers of the terms that the rules name; the same in every graph."""

TYPE = CONSTANTS[RDF_TYPE]
SAME = CONSTANTS[OWL + "sameAs"]
IN = CONSTANTS[MEMBER]


class Facts:
    """The statements of a graph; those that are derived from others are marked.

    ``members`` holds what each class has as its members, ``pairs`` what each property relates.
    ``derived`` and ``derived_members`` are the parts of them that no file states.
    """

    def __init__(self, asserted: Iterable[ox.Triple]) -> None:
        ids: dict[Term, int] = {_constant(text): i for text, i in CONSTANTS.items()}
        self.members: defaultdict[int, set[int]] = defaultdict(set)
        self.pairs: defaultdict[int, set[tuple[int, int]]] = defaultdict(set)
        self.derived: defaultdict[int, set[tuple[int, int]]] = defaultdict(set)
        self.derived_members: defaultdict[int, set[int]] = defaultdict(set)
        self.lists: dict[int, tuple[int, ...]] = {}
        self._out: dict[int, dict[int, list[int]]] = {}
        self._into: dict[int, dict[int, list[int]]] = {}
        self._ids = ids
        members, pairs, number = self.members, self.pairs, ids.setdefault
        for subject, predicate, object_ in asserted:
            s = number(subject, len(ids))
            p = number(predicate, len(ids))
            if p == TYPE:
                members[number(object_, len(ids))].add(s)
            else:
                pairs[p].add((s, number(object_, len(ids))))
        self.terms: Sequence[Term] = list(ids)
        self.written: dict[Fact, tuple[ox.Triple, ...]] = {}
        self._cells: dict[int, tuple[ox.Triple, ...]] = {}
        self.language = tuple(self._language())
        self._read_lists()
        self._read_cardinalities()
        # A thing is itself whether or not it is said, and nothing follows from saying so.
        same = pairs[SAME]
        self.reflexive = {pair for pair in same if pair[0] == pair[1]}
        same -= self.reflexive

    def number(self, term: Term) -> int | None:
        """The number of a term, or None where the graph does not have it."""
        return self._ids.get(term)

    def intern(self, term: Term) -> int:
        """The number of a term, which the graph need not have."""
        number = self._ids.setdefault(term, len(self.terms))
        if number == len(self.terms):
            assert isinstance(self.terms, list)
            self.terms.append(term)
        return number

    def holds(self, fact: Fact) -> bool:
        """Whether a statement is stated, or was derived so far."""
        subject, predicate, object_ = fact
        if predicate == TYPE:
            return subject in self.members.get(object_, ())
        return (subject, object_) in self.pairs.get(predicate, ())

    def is_derived(self, fact: Fact) -> bool:
        """Whether a statement that holds is stated nowhere."""
        subject, predicate, object_ = fact
        if predicate == TYPE:
            return subject in self.derived_members.get(object_, ())
        return (subject, object_) in self.derived.get(predicate, ())

    def stated(self, fact: Fact) -> tuple[ox.Triple, ...]:
        """The asserted statements that a fact which is not derived stands for.

        A member of a list stands for the cells of that list; what holds by definition for none.
        """
        if fact[1] == IN:
            return self._cells[fact[2]]
        if fact in self.written:
            return self.written[fact]
        subject, predicate, object_ = (self.terms[number] for number in fact)
        if isinstance(subject, ox.Literal):
            return ()
        assert isinstance(subject, ox.NamedNode | ox.BlankNode)
        assert isinstance(predicate, ox.NamedNode)
        return (ox.Triple(subject, predicate, object_),)

    def by_definition(self, class_: int, members: Iterable[int]) -> None:
        """State types that hold without being written anywhere; those of literals all do."""
        for member in members:
            if member not in self.members[class_]:
                self.members[class_].add(member)
                self.written[member, TYPE, class_] = ()

    def by_definition_pair(self, predicate: int, subject: int, object_: int) -> None:
        """State a relation that holds without being written anywhere."""
        if (subject, object_) not in self.pairs[predicate]:
            self.pairs[predicate].add((subject, object_))
            self.written[subject, predicate, object_] = ()

    def add_members(self, class_: int, members: set[int]) -> set[int]:
        """Add derived types; returns those that are new."""
        known = self.members[class_]
        new = members - known
        if new:
            known |= new
            self.derived_members[class_] |= new
        return new

    def add_pairs(self, predicate: int, pairs: set[tuple[int, int]]) -> set[tuple[int, int]]:
        """Add derived relations; returns those that are new."""
        known = self.pairs[predicate]
        new = pairs - known
        if not new:
            return new
        known |= new
        self.derived[predicate] |= new
        if predicate in self._out:
            out = self._out[predicate]
            for subject, object_ in new:
                out.setdefault(subject, []).append(object_)
        if predicate in self._into:
            into = self._into[predicate]
            for subject, object_ in new:
                into.setdefault(object_, []).append(subject)
        return new

    def out(self, predicate: int) -> dict[int, list[int]]:
        """The objects of a property by subject; the index is made when it is first asked for."""
        if predicate not in self._out:
            index: dict[int, list[int]] = {}
            for subject, object_ in self.pairs.get(predicate, ()):
                index.setdefault(subject, []).append(object_)
            self._out[predicate] = index
        return self._out[predicate]

    def into(self, predicate: int) -> dict[int, list[int]]:
        """The subjects of a property by object; the index is made when it is first asked for."""
        if predicate not in self._into:
            index: dict[int, list[int]] = {}
            for subject, object_ in self.pairs.get(predicate, ()):
                index.setdefault(object_, []).append(subject)
            self._into[predicate] = index
        return self._into[predicate]

    def solve(self, patterns: Sequence[Pattern], binding: Binding) -> Iterator[Binding]:
        """Every way to bind the variables of patterns so that all of them hold."""
        if not patterns:
            yield binding
            return
        ready = [self._resolved(pattern, binding) for pattern in patterns]
        best = min(range(len(ready)), key=lambda i: _openness(ready[i]))
        pattern, rest = patterns[best], [*patterns[:best], *patterns[best + 1 :]]
        for fact in self._matches(*ready[best]):
            wider = dict(binding)
            for term, value in zip(pattern, fact, strict=True):
                if term[0] == "?" and wider.setdefault(term, value) != value:
                    break
            else:
                yield from self.solve(rest, wider)

    def _resolved(
        self, pattern: Pattern, binding: Binding
    ) -> tuple[int | None, int | None, int | None]:
        subject, predicate, object_ = (
            binding.get(term) if term[0] == "?" else CONSTANTS[term] for term in pattern
        )
        return subject, predicate, object_

    def _matches(self, s: int | None, p: int | None, o: int | None) -> Iterator[Fact]:
        assert p is not None
        if p == TYPE:
            classes = self.members if o is None else (o,)
            for class_ in classes:
                members = self.members.get(class_, ())
                if s is None:
                    yield from ((member, TYPE, class_) for member in members)
                elif s in members:
                    yield s, TYPE, class_
        elif s is not None and o is not None:
            if (s, o) in self.pairs.get(p, ()):
                yield s, p, o
        elif s is not None:
            yield from ((s, p, object_) for object_ in self.out(p).get(s, ()))
        elif o is not None:
            yield from ((subject, p, o) for subject in self.into(p).get(o, ()))
        else:
            yield from ((subject, p, object_) for subject, object_ in self.pairs.get(p, ()))

    def _language(self) -> Iterator[ox.Triple]:
        """The asserted statements in terms of OWL, and those about its built-in properties."""
        built_in = {self._ids.get(ox.NamedNode(name)) for name in BUILT_IN_PROPERTIES} - {None}
        for p, pairs in self.pairs.items():
            owl = self._is_owl(p)
            for s, o in pairs if owl or built_in else ():
                if owl or s in built_in or o in built_in:
                    yield from self.stated((s, p, o))
        for class_, members in self.members.items():
            if self._is_owl(class_):
                for s in members:
                    yield from self.stated((s, TYPE, class_))

    def _is_owl(self, number: int) -> bool:
        term = self.terms[number]
        return isinstance(term, ox.NamedNode) and term.value.startswith(OWL)

    def _read_lists(self) -> None:
        """Relate the members of lists to the lists."""
        first: dict[Term, list[Term]] = {}
        rest: dict[Term, list[Term]] = {}
        for name, index in (("first", first), ("rest", rest)):
            p = self.number(ox.NamedNode(RDF + name))
            if p is not None:
                for s, o in self.pairs.get(p, ()):
                    index.setdefault(self.terms[s], []).append(self.terms[o])
        self.members_of: dict[Term, tuple[Term, ...]] = {}
        for triple in self.language:
            if triple.predicate.value in LISTED:
                members = read_list(triple.object, first, rest)
                if members is not None:
                    self.members_of[triple.object] = members
        for head, members in self.members_of.items():
            number = self._ids[head]
            self.lists[number] = tuple(self._ids[member] for member in members)
            self.pairs[IN].update((member, number) for member in self.lists[number])
            cells = []
            cell = head
            for _ in members:
                assert isinstance(cell, ox.NamedNode | ox.BlankNode)
                for name, index in (("first", first), ("rest", rest)):
                    cells.append(ox.Triple(cell, ox.NamedNode(RDF + name), index[cell][0]))
                (cell,) = rest[cell]
            self._cells[number] = tuple(cells)

    def _read_cardinalities(self) -> None:
        """Let equal cardinalities be one, in whatever form they are written."""
        for iri in (MAX_CARDINALITY, MAX_QUALIFIED):
            p = CONSTANTS[iri]
            for s, o in tuple(self.pairs.get(p, ())):
                amount = cardinality(self.terms[o])
                number = CONSTANTS[ONE if amount == 1 else ZERO]
                if amount in {0, 1} and number != o:
                    self.written[s, p, number] = self.stated((s, p, o))
                    self.pairs[p].remove((s, o))
                    self.pairs[p].add((s, number))


def _openness(pattern: tuple[int | None, int | None, int | None]) -> tuple[bool, bool, bool]:
    """How many statements a pattern may match, roughly: those that match the fewest go first."""
    subject, predicate, object_ = pattern
    return predicate is None, subject is None and object_ is None, None in pattern
