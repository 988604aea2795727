"""Say what of a closure is kept, and go on from a closure when statements are added.

The rules only ever add: what followed before follows still, and what follows besides rests on
something that was added. Additions to the vocabulary are not gone on with; then all is done anew.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, overload

import pyoxigraph as ox

from claude_kg.closure import is_language, tells
from claude_kg.reason.datatypes import DATATYPES, SUPERTYPES, well_formed
from claude_kg.reason.engine import Engine, State
from claude_kg.reason.facts import TYPE, Facts, Term
from claude_kg.terms import OWL, RDF_TYPE, RDFS

_PLAIN = {RDFS + name for name in ("label", "comment", "seeAlso", "isDefinedBy")}
"""The properties of the language of which the rules know nothing."""

_SILENT = {OWL + "NamedIndividual", OWL + "Ontology"}
"""The classes of the language from which nothing follows."""


def telling(facts: Facts) -> Iterator[ox.Triple]:
    """The derived statements that are kept: between names, and those that tell something."""
    terms = facts.terms
    type_ = ox.NamedNode(RDF_TYPE)
    known: dict[int, bool] = {}

    def named(number: int) -> bool:
        if number not in known:
            term = terms[number]
            known[number] = isinstance(term, ox.NamedNode) and not is_language(term.value)
        return known[number]

    for class_, found in facts.derived_members.items():
        if named(class_):
            for s in found:
                if s != class_ and named(s):
                    yield ox.Triple(_node(terms[s]), type_, terms[class_])
    for p, related in facts.derived.items():
        predicate = terms[p]
        if not isinstance(predicate, ox.NamedNode):
            continue
        for s, o in related:
            value = terms[o]
            if not named(s) or not isinstance(value, ox.NamedNode | ox.Literal):
                continue
            if tells(_node(terms[s]), predicate, value):
                yield ox.Triple(_node(terms[s]), predicate, value)


def _node(term: Term) -> ox.NamedNode:
    assert isinstance(term, ox.NamedNode)
    return term


def keep(asserted: Iterable[ox.Triple], prefixes: Mapping[str, str]) -> str:
    """The closure of a graph that does not contradict itself, to go on from.

    Raises InputError, or InputErrors, for axioms that the rules do not cover.
    """
    engine = Engine.of(asserted, prefixes)
    engine.run()
    assert not engine.contradictions
    facts = engine.facts
    return json.dumps(
        {
            "terms": [str(term) for term in facts.terms],
            "members": [[key, sorted(found)] for key, found in facts.members.items()],
            "pairs": [
                [key, [number for pair in sorted(found) for number in pair]]
                for key, found in facts.pairs.items()
            ],
            "lists": list(facts.lists.items()),
            "state": engine.state(),
        }
    )


def follow(kept: str, added: Sequence[ox.Triple]) -> tuple[ox.Triple, ...] | None:
    """What follows from a closure that was kept and more statements, and did not before.

    Only what tells a reader something, sorted; None where this takes a run from the beginning: the
    additions change the vocabulary, or they contradict something.
    """
    if not all(map(_is_plain, added)):
        return None
    content = json.loads(kept)
    facts = _Facts(content)
    state = State(
        dict(_numbered(content["state"][0])),
        dict(_numbered(content["state"][1])),
        content["state"][2],
        dict(_numbered(content["state"][3])),
        dict(_numbered(content["state"][4])),
    )
    members, pairs = facts.add(added, state.datatypes)
    engine = Engine(facts)
    engine.go_on(state, members, pairs)
    if engine.contradictions:
        return None
    return tuple(sorted(telling(facts), key=str))


def _numbered(content: Mapping[str, Any]) -> Iterator[tuple[int, Any]]:
    return ((int(number), value) for number, value in content.items())


def _is_plain(triple: ox.Triple) -> bool:
    """Whether a statement is about things and does not touch the vocabulary."""
    predicate, value = triple.predicate.value, triple.object
    if predicate == RDF_TYPE:
        if not isinstance(value, ox.NamedNode):
            return False
        if is_language(value.value) and value.value not in _SILENT:
            return False
    elif is_language(predicate) and predicate not in _PLAIN:
        return False
    if isinstance(value, ox.Literal):
        return well_formed(value)
    terms = (triple.subject, triple.object)
    return not any(isinstance(term, ox.NamedNode) and term.value in DATATYPES for term in terms)


class _Terms(Sequence[Term]):
    """Terms in N-Triples, each parsed when it is first looked at."""

    def __init__(self, texts: list[str]) -> None:
        self._texts = texts
        self._parsed: dict[int, Term] = {}

    @overload
    def __getitem__(self, number: int) -> Term: ...
    @overload
    def __getitem__(self, number: slice) -> Sequence[Term]: ...
    def __getitem__(self, number: int | slice) -> Term | Sequence[Term]:
        if isinstance(number, slice):
            return [self[i] for i in range(*number.indices(len(self)))]
        if number not in self._parsed:
            (quad,) = ox.parse(f"<urn:s> <urn:p> {self._texts[number]} .", ox.RdfFormat.N_TRIPLES)
            self._parsed[number] = quad.object
        return self._parsed[number]

    def __len__(self) -> int:
        return len(self._texts)


class _Facts(Facts):
    """The facts of a closure that was kept; those that are derived from now on are marked."""

    def __init__(self, content: Mapping[str, Any]) -> None:
        self._texts: list[str] = content["terms"]
        self._numbers = {text: number for number, text in enumerate(self._texts)}
        self.terms = _Terms(self._texts)
        self.members = defaultdict(set, ((key, set(found)) for key, found in content["members"]))
        self.pairs = defaultdict(
            set,
            (
                (key, set(zip(found[::2], found[1::2], strict=True)))
                for key, found in content["pairs"]
            ),
        )
        self.lists = {key: tuple(found) for key, found in content["lists"]}
        self.derived = defaultdict(set)
        self.derived_members = defaultdict(set)
        self._out = {}
        self._into = {}

    def number(self, term: Term) -> int | None:
        return self._numbers.get(str(term))

    def intern(self, term: Term) -> int:
        text = str(term)
        number = self._numbers.setdefault(text, len(self._texts))
        if number == len(self._texts):
            self._texts.append(text)
        return number

    def add(
        self, added: Iterable[ox.Triple], datatypes: Mapping[int, str]
    ) -> tuple[dict[int, set[int]], dict[int, set[tuple[int, int]]]]:
        """Add statements, and the types of their literals; returns what of it is new."""
        members: defaultdict[int, set[int]] = defaultdict(set)
        pairs: defaultdict[int, set[tuple[int, int]]] = defaultdict(set)
        for triple in added:
            s, p, o = map(self.intern, (triple.subject, triple.predicate, triple.object))
            if p == TYPE:
                members[o].add(s)
            else:
                pairs[p].add((s, o))
            if isinstance(triple.object, ox.Literal):
                datatype = triple.object.datatype.value
                for number, name in datatypes.items():
                    if name == datatype or name in SUPERTYPES.get(datatype, ()):
                        members[number].add(o)
        for class_ in members:
            members[class_] -= self.members[class_]
            self.members[class_] |= members[class_]
        for predicate in pairs:
            pairs[predicate] -= self.pairs[predicate]
            self.pairs[predicate] |= pairs[predicate]
        return members, pairs
