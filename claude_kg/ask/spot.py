"""Find the things of the graph that a question names."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pyoxigraph as ox

from claude_kg.ask.text import Word, clean
from claude_kg.terms import CKG, OWL, RDF_TYPE, RDFS, SKOS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from claude_kg.ask.words import Language

_PREFERRED = SKOS + "prefLabel"
_LABELS = (_PREFERRED, SKOS + "altLabel", SKOS + "hiddenLabel")
_LONGEST = 6
_CLOSE = 88.0
_SHORTEST, _SHORT, _LONG = 3, 3, 5
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
    kinds: frozenset[str] = frozenset()

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
        self._single: defaultdict[str, set[str]] = defaultdict(set)
        self._begun: defaultdict[str, set[str]] = defaultdict(set)
        for subject, name in self._read(triples):
            words = language.words(clean(name))
            self.vocabulary |= {word.plain for word in words}
            types = self.types[subject]
            if not words or types & (_NAMED_ONLY_INSIDE | _ABOUT_TERMS):
                continue
            self._add(subject, words, name)

    def _read(self, triples: Iterable[ox.Triple]) -> list[tuple[str, str]]:
        """Note types and preferred names; return every thing with each of its names."""
        names: list[tuple[str, str]] = []
        for triple in triples:
            if not isinstance(triple.subject, ox.NamedNode):
                continue
            subject, predicate = triple.subject.value, triple.predicate.value
            if predicate == RDF_TYPE and isinstance(triple.object, ox.NamedNode):
                self.types[subject].add(triple.object.value)
            elif predicate in _LABELS and isinstance(triple.object, ox.Literal):
                names.append((subject, triple.object.value))
                if predicate == _PREFERRED:
                    self.labels[subject] = triple.object.value
            elif predicate == RDFS + "label" and isinstance(triple.object, ox.Literal):
                self.labels.setdefault(subject, triple.object.value)
        return names

    def _add(self, subject: str, words: Sequence[Word], name: str) -> None:
        language = self._language
        stems = tuple(word.stem for word in words)
        self._exact[stems].add(subject)
        self._begun[stems[0]].add(subject)
        if len(words) == 1:
            self._single[stems[0]].add(words[0].plain)
        concepts = frozenset(
            w.concept
            for w in words
            if w.stem not in language.stop and w.stem not in language.neutral
        )
        # A description may be put in other words and another order; a proper name may not.
        if len(concepts) > 1 and name.islower():
            self._loose[concepts].add(subject)

    def label(self, iri: str) -> str:
        """The preferred name of a thing, or the end of its IRI."""
        return self.labels.get(iri) or iri.rstrip("/#").replace("#", "/").rpartition("/")[2]

    def begins(self, stem: str) -> int:
        """How many things have a name that begins with a word."""
        return len(self._begun[stem]) if stem in self._begun else 0

    def bearers(self, stem: str) -> int:
        """How many things have a name of this one word."""
        return len(self._exact.get((stem,), ()))

    def kind(self, iri: str) -> str:
        """What kind of thing it is, in the words of the vocabulary."""
        return ", ".join(sorted(self.label(type_) for type_ in self.types[iri])[:1])

    def corrected(self, words: Sequence[Word], known: set[str]) -> list[Word]:
        """The words, those that are nearly a known one replaced by it."""
        choices = [word for word in known | self.vocabulary if len(word) >= _SHORTEST]
        fixed: list[str] = []
        for word in words:
            plain = word.plain
            odd = plain not in known and plain not in self.vocabulary and plain.isalpha()
            fixed.append(_nearest(plain, choices) if odd and word.text.islower() else plain)
        return [
            replace(word, plain=plain, stem=self._language.stem(plain))
            for word, plain in zip(words, fixed, strict=True)
        ]

    def mentions(self, words: Sequence[Word]) -> list[Mention]:
        """What the words name: the longest names first, then names in another order of words."""
        found: list[Mention] = []
        for length in range(min(_LONGEST, len(words)), 0, -1):
            for at in range(len(words) - length + 1):
                part = words[at : at + length]
                iris = self._exact.get(tuple(word.stem for word in part))
                says_nothing = length == 1 and not self._is_name(part[0], words)
                if not iris or says_nothing or part[0].clause != part[-1].clause:
                    continue
                places = tuple(range(at, at + length))
                if length == 1 and any(at in mention.places for mention in found):
                    continue
                iris = iris - {i for m in found if set(places) < set(m.places) for i in m.iris}
                if iris:
                    text = " ".join(word.text for word in part)
                    negated = self._negated(words, at)
                    found.append(Mention(places, frozenset(iris), text, negated=negated))
        found.sort(key=lambda mention: (mention.places[0], -len(mention.places)))
        found = self._ways_in(words, found)
        return found + self._described(words, found)

    def _ways_in(self, words: Sequence[Word], found: Sequence[Mention]) -> list[Mention]:
        """The mentions, where "Workshop by phone" names Workshop Phone, and not Workshop.

        That is, what follows has a name that begins with what is said before.
        """
        passed_over = self._language.by_way_of
        kept: list[Mention] = []
        for mention in found:
            before = kept[-1] if kept else None
            if before and len(before.places) == 1 and before.places < mention.places:
                stem = words[before.places[0]].stem
                between = words[before.places[0] + 1 : mention.places[0]]
                meant = mention.iris & self._begun.get(stem, set()) - before.iris
                said_again = any(words[place].stem == stem for place in mention.places)
                if (
                    meant
                    and between
                    and not said_again
                    and all(word.plain in passed_over for word in between)
                    and between[0].clause == words[mention.places[0]].clause
                ):
                    kept[-1] = replace(
                        mention,
                        places=(*before.places, *mention.places),
                        iris=frozenset(meant),
                        text=f"{before.text} {mention.text}",
                    )
                    continue
            kept.append(mention)
        return kept

    def _is_name(self, word: Word, words: Sequence[Word]) -> bool:
        """Whether a single word may be a name: no filler, and no part of a phrase.

        A name and a common word of the same stem are two things: "windows", "a window".
        """
        if word.stem in self._language.stop:
            return False
        names = self._single.get(word.stem, ())
        if word.concept[0] == "=" and names and word.plain not in names:
            return False
        beside = [*words[max(word.place - 1, 0) : word.place], *words[word.place + 1 :][:1]]
        return word.concept[0] != "=" or all(o.concept != word.concept for o in beside)

    def _described(self, words: Sequence[Word], found: Sequence[Mention]) -> list[Mention]:
        """What the words of a clause describe without saying the name."""
        named = [(set(mention.places), mention.iris) for mention in found]
        clauses: defaultdict[int, dict[str, int]] = defaultdict(dict)
        for place, word in enumerate(words):
            clauses[word.clause].setdefault(word.concept, place)
        described = []
        for by_concept in clauses.values():
            for concepts, iris in self._loose.items():
                if not concepts <= by_concept.keys():
                    continue
                places = tuple(sorted(by_concept[concept] for concept in concepts))
                if any(set(places) <= taken or iris & known for taken, known in named):
                    continue
                text = " ".join(words[place].text for place in places)
                described.append(Mention(places, frozenset(iris), text, in_order=False))
        return described

    def _negated(self, words: Sequence[Word], at: int) -> bool:
        before = words[max(at - 2, 0) : at]
        return any(
            word.plain in self._language.denials.negations and word.clause == words[at].clause
            for word in before
        )


def _nearest(word: str, choices: Sequence[str]) -> str:
    """The one of the choices of which a word is a slip of the pen, or the word itself.

    In a short word two letters may be in the wrong order, in one a little longer a letter may be
    missing too, and there must not be two choices as near.
    """
    from rapidfuzz import fuzz, process
    from rapidfuzz.distance import OSA

    if len(word) > _LONG:
        near = process.extract(word, choices, scorer=fuzz.ratio, score_cutoff=_CLOSE, limit=None)
        # Of two that are as near it is the first by letter, in whatever order the choices come.
        return min(((-score, str(choice)) for choice, score, _ in near), default=(0, word))[1]
    if len(word) < _SHORTEST:
        return word
    near_ones = process.extract(word, choices, scorer=OSA.distance, score_cutoff=1, limit=None)
    alike = [str(choice) for choice, _, _ in near_ones if choice[0] == word[0]]
    swapped = [choice for choice in alike if sorted(choice) == sorted(word)]
    longer = [choice for choice in alike if len(choice) > len(word) > _SHORT]
    found = swapped or longer
    return found[0] if len(found) == 1 else word
