"""Find the single facts that speak of what a question does, where no query was written for it."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyoxigraph as ox

from claude_kg.terms import CKG, RDF_TYPE, SKOS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from claude_kg.ask.concepts import Concepts
    from claude_kg.ask.question import Question
    from claude_kg.ask.spot import Lexicon
    from claude_kg.ask.words import Language

_UNTOLD = {RDF_TYPE, CKG + "statedIn", CKG + "locator", CKG + "hasClaim", CKG + "adoptedIn"}
_NO_FACTS = {
    CKG + n for n in ("Claim", "Discrepancy", "SourceSection", "SourceDocument", "Edition")
}
_NAMES = (SKOS + "prefLabel", SKOS + "altLabel", SKOS + "hiddenLabel")


@dataclass(frozen=True)
class Fact:
    """A thing of which something is said: in which words, and about what."""

    iri: str
    statements: tuple[tuple[str, ox.NamedNode | ox.Literal], ...]
    concepts: frozenset[str]
    about: frozenset[str]


@dataclass(frozen=True)
class Found:
    """A fact and how much of the question it covers, between 0 and 1."""

    fact: Fact
    cover: float


class Facts:
    """The facts of a graph, to be found by their words."""

    def __init__(
        self,
        triples: Iterable[ox.Triple],
        lexicon: Lexicon,
        language: Language,
        concepts: Concepts,
    ) -> None:
        self._language = language
        self._concepts = concepts.of
        said: defaultdict[str, list[tuple[str, ox.NamedNode | ox.Literal]]] = defaultdict(list)
        names: defaultdict[str, frozenset[str]] = defaultdict(frozenset)
        for triple in triples:
            subject, value = triple.subject, triple.object
            if not isinstance(subject, ox.NamedNode) or not isinstance(
                value, ox.NamedNode | ox.Literal
            ):
                continue
            predicate = triple.predicate.value
            if predicate in _NAMES and isinstance(value, ox.Literal):
                names[subject.value] |= self._concepts(value.value)
            if predicate.startswith(CKG) or predicate in (_NAMES[0], SKOS + "definition"):
                said[subject.value].append((predicate, value))
        self.facts: list[Fact] = []
        for iri, statements in said.items():
            if iri.startswith(CKG) or lexicon.types[iri] & _NO_FACTS:
                continue
            self.facts.append(self._fact(iri, statements, names, lexicon))
        counts: defaultdict[str, int] = defaultdict(int)
        for fact in self.facts:
            for concept in fact.concepts:
                counts[concept] += 1
        total = math.log(len(self.facts) + 1)
        self._weights = {c: 1 - math.log(n) / total for c, n in counts.items()}

    def _fact(
        self,
        iri: str,
        statements: list[tuple[str, ox.NamedNode | ox.Literal]],
        names: Mapping[str, frozenset[str]],
        lexicon: Lexicon,
    ) -> Fact:
        concepts = set(names.get(iri, ()))
        about = {iri}
        for predicate, value in statements:
            if predicate in _UNTOLD:
                continue
            if isinstance(value, ox.NamedNode):
                about.add(value.value)
                concepts |= names.get(value.value, frozenset())
            else:
                concepts |= self._concepts(value.value)
            if predicate.startswith(CKG):
                concepts |= self._concepts(lexicon.label(predicate))
        told = tuple((p, v) for p, v in statements if p not in _UNTOLD and p != _NAMES[0])
        return Fact(iri, told, frozenset(concepts), frozenset(about))

    def weight(self, concept: str) -> float:
        """How much a word tells: 1 for one that no fact or a single one has."""
        return self._weights.get(concept, 1.0)

    def about(self, question: Question) -> list[Found]:
        """The facts that cover the words and the things of a question, the best first."""
        language = self._language
        named = [m for m in question.mentions if m.strong and m.in_order]
        named = [m for m in named if not any(set(m.places) < set(o.places) for o in named)]
        covered = {place for mention in named for place in mention.places}
        wanted: dict[str, float] = {}
        for place, word in enumerate(question.words):
            if place not in covered and language.says_something(word):
                wanted[word.concept] = 0.3 if word.stem in language.neutral else 1.0
        if len(named) + sum(1 for share in wanted.values() if share == 1.0) < 2:
            return []
        return self._find(wanted, [mention.iris for mention in named])

    def _find(self, wanted: Mapping[str, float], things: Iterable[frozenset[str]]) -> list[Found]:
        """The facts that cover most of the words and of the things, best first.

        ``wanted`` is what each word counts; each set of ``things`` is what one mention may mean.
        """
        mentions = list(things)
        total = sum(self.weight(c) * w for c, w in wanted.items()) + 1.0 * len(mentions)
        found = []
        for fact in self.facts:
            met = sum(1.0 for iris in mentions if iris & fact.about)
            words = sum(self.weight(c) * w for c, w in wanted.items() if c in fact.concepts)
            if words + met:
                # Of two facts that cover the same the shorter one is more to the point.
                brief = 1 - 0.02 * math.log(len(fact.concepts) + 1)
                found.append(Found(fact, (words + met) / (total + 1e-9) * brief))
        found.sort(key=lambda f: (-f.cover, f.fact.iri))
        return found[:8]
