"""Find the things of the graph that a question names."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pyoxigraph as ox

from claude_kg.ask.words import Word, clean
from claude_kg.terms import CKG, OWL, RDF_TYPE, RDFS, SKOS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from claude_kg.ask.words import Language

_PREFERRED = SKOS + "prefLabel"
_LABELS = (_PREFERRED, SKOS + "altLabel", SKOS + "hiddenLabel")
_LONGEST = 6
_CLOSE = 88.0
_NAMED_ONLY_INSIDE = {
    CKG + name
    for name in (
        *("Claim", "Discrepancy", "SourceDocument", "SourceSection", "Edition", "Ability"),
        *("FeatureAvailability", "InteropEdge", "Insight", "Rationale", "Distinction", "Price"),
        *("ShellSetting", "SetupNote", "NetworkPath", "Discount"),
    )
}
_ABOUT_TERMS = {OWL + name for name in ("Class", "ObjectProperty", "DatatypeProperty", "Ontology")}


@dataclass(frozen=True)
class Mention:
    """A place in the question that names one thing, or one of several."""

    places: tuple[int, ...]
    iris: frozenset[str]
    text: str
    strong: bool = True
    negated: bool = False
    in_order: bool = True
    earlier: frozenset[str] = frozenset()

    @property
    def first(self) -> frozenset[str]:
        """Of a joined mention, what is named first."""
        return self.earlier or self.iris

    def joined(self, other: Mention) -> Mention:
        """This mention and another one, for a slot that is there twice."""
        return replace(
            self,
            places=(*self.places, *other.places),
            iris=self.iris | other.iris,
            text=f"{self.text}, {other.text}",
            earlier=self.first if self.places < other.places else other.iris,
        )


class Lexicon:
    """The names of the things of a graph, as words."""

    def __init__(self, triples: Iterable[ox.Triple], language: Language) -> None:
        self._language = language
        self.labels: dict[str, str] = {}
        self.types: defaultdict[str, set[str]] = defaultdict(set)
        self.vocabulary: set[str] = set()
        self._exact: defaultdict[tuple[str, ...], set[str]] = defaultdict(set)
        self._loose: defaultdict[frozenset[str], set[str]] = defaultdict(set)
        self._begun: defaultdict[str, set[str]] = defaultdict(set)
        heads: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
        for subject, predicate, name in self._read(triples):
            words = language.words(clean(name))
            self.vocabulary |= {word.plain for word in words}
            types = self.types[subject]
            if not words or types & (_NAMED_ONLY_INSIDE | _ABOUT_TERMS):
                continue
            self._add(subject, words)
            if predicate == _PREFERRED and len(words) > 1:
                for type_ in types:
                    heads[(words[0].stem, type_)].add(subject)
        for (stem, _), subjects in heads.items():
            # What several things of a kind begin with means any of them, as with two sizes of one.
            if len(subjects) > 1 and (stem,) not in self._exact:
                self._exact[(stem,)] |= subjects

    def _read(self, triples: Iterable[ox.Triple]) -> list[tuple[str, str, str]]:
        """Note types and preferred names; return every thing with property and name."""
        names: list[tuple[str, str, str]] = []
        for triple in triples:
            if not isinstance(triple.subject, ox.NamedNode):
                continue
            subject, predicate = triple.subject.value, triple.predicate.value
            if predicate == RDF_TYPE and isinstance(triple.object, ox.NamedNode):
                self.types[subject].add(triple.object.value)
            elif predicate in _LABELS and isinstance(triple.object, ox.Literal):
                names.append((subject, predicate, triple.object.value))
                if predicate == _PREFERRED:
                    self.labels[subject] = triple.object.value
            elif predicate == RDFS + "label" and isinstance(triple.object, ox.Literal):
                self.labels.setdefault(subject, triple.object.value)
        return names

    def _add(self, subject: str, words: Sequence[Word]) -> None:
        stems = tuple(word.stem for word in words)
        self._exact[stems].add(subject)
        self._begun[stems[0]].add(subject)
        concepts = frozenset(w.concept for w in words if w.stem not in self._language.stop)
        if len(concepts) > 1:
            self._loose[concepts].add(subject)

    def label(self, iri: str) -> str:
        """The preferred name of a thing, or the end of its IRI."""
        return self.labels.get(iri) or iri.rstrip("/#").replace("#", "/").rpartition("/")[2]

    def begins(self, stem: str) -> int:
        """How many things have a name that begins with a word."""
        return len(self._begun[stem]) if stem in self._begun else 0

    def kind(self, iri: str) -> str:
        """What kind of thing it is, in the words of the vocabulary."""
        return ", ".join(sorted(self.label(type_) for type_ in self.types[iri])[:1])

    def corrected(self, words: Sequence[Word], known: set[str]) -> list[Word]:
        """The words, those that are nearly a known one replaced by it."""
        from rapidfuzz import fuzz, process

        choices = [word for word in known | self.vocabulary if len(word) > 3]
        fixed: list[str] = []
        for word in words:
            plain = word.plain
            odd = plain not in known and plain not in self.vocabulary and len(plain) > 5
            if odd and word.text.islower():
                near = process.extractOne(plain, choices, scorer=fuzz.ratio, score_cutoff=_CLOSE)
                fixed.append(near[0] if near else plain)
            else:
                fixed.append(plain)
        return [
            replace(word, plain=plain, stem=self._language.stem(plain))
            for word, plain in zip(words, fixed, strict=True)
        ]

    def mentions(self, words: Sequence[Word]) -> list[Mention]:
        """What the words name: the longest names first, then names in another order of words."""
        language = self._language
        found: list[Mention] = []
        at = 0
        while at < len(words):
            for length in range(min(_LONGEST, len(words) - at), 0, -1):
                part = words[at : at + length]
                if part[0].clause != part[-1].clause and length > 1:
                    continue
                iris = self._exact.get(tuple(word.stem for word in part))
                if not iris or (length == 1 and part[0].stem in language.stop):
                    continue
                text = " ".join(word.text for word in part)
                places = tuple(range(at, at + length))
                found.append(
                    Mention(places, frozenset(iris), text, negated=self._negated(words, at))
                )
                at += length - 1
                break
            at += 1
        taken = {place for mention in found for place in mention.places}
        by_concept: defaultdict[str, list[int]] = defaultdict(list)
        for place, word in enumerate(words):
            by_concept[word.concept].append(place)
        for concepts, iris in self._loose.items():
            if concepts <= by_concept.keys():
                places = tuple(sorted(by_concept[concept][0] for concept in concepts))
                if set(places) <= taken and any(iris & m.iris for m in found):
                    continue
                text = " ".join(words[place].text for place in places)
                found.append(Mention(places, frozenset(iris), text, in_order=False))
        return found

    def _negated(self, words: Sequence[Word], at: int) -> bool:
        before = words[max(at - 2, 0) : at]
        return any(
            word.plain in self._language.negations and word.clause == words[at].clause
            for word in before
        )
