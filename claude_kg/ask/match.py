"""Find the forms that a question may have, by how near their phrasings are to it."""

from __future__ import annotations

import heapq
from collections import defaultdict
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from claude_kg.ask.forms import ANY
from claude_kg.ask.phrasings import SLOT
from claude_kg.ask.text import plain_words
from claude_kg.ask.words import said_by

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from claude_kg.ask.forms import Form, Forms
    from claude_kg.ask.phrasings import Phrasing
    from claude_kg.ask.question import Question
    from claude_kg.ask.slots import Fit, Slots
    from claude_kg.ask.spot import Mention
    from claude_kg.ask.words import Language

SLOT_WEIGHT = 1.05
"""How much a filled slot tells; a word tells at most 1."""

_OPEN_SLOT = 0.5
_IDLE = 0.3
_LITTLE_IN_COMMON = 0.84
_LEAST_SHARE = 0.5
_NEUTRAL = 0.67
_TOLD = 0.6
_NEARBY = 0.67
_OF_PHRASING = 0.3
_PAIR = 0.16
_UNSAID = 0.15
_BESIDE = 0.03
_SAME_ASPECT = 1.08
_OTHER_ASPECT = 0.93
_NO_NAME = 0.93
_DECIDES_NOT = 0.76
_DECIDES_LOOSELY = 0.97
_DECIDES = 0.9
_LOOKED_AT = 10
_LITTLE = 0.4
_CONTRARY = 0.9
_LIKELY, _LEAST_LIKELY = 0.12, -9.0
_DIGITS = 9
_NEARLY_THE_SAME = 0.8
_VOTERS = 3
_VOTES = 0.15
OPEN = ("", "maybe", "either")
"""Aspects of which none is plainly asked for."""


@dataclass(frozen=True)
class Candidate:
    """A form that a question may have, with the things that fill its slots.

    ``cued`` says that it was recognised by cues, ``near`` how near its phrasings are all the
    same, and ``likely`` is the logarithm of how likely the form is to be meant by the whole text.
    ``exact`` says that the question is the phrasing word for word.
    """

    form: Form
    phrasing: Phrasing
    score: float
    filled: Mapping[str, Mention]
    unknown: tuple[int, ...] = ()
    cued: bool = False
    near: float = 0.0
    likely: float = 0.0
    exact: bool = False

    @property
    def rank(self) -> float:
        """How near it is in words, together with how likely it is as a whole."""
        return self.score + _LIKELY * max(self.likely, _LEAST_LIKELY)


class Matcher:
    """Compares questions with the phrasings of all forms."""

    def __init__(self, forms: Forms, slots: Slots, language: Language) -> None:
        self._forms = forms
        self._slots = slots
        self._language = language
        self._phrasings = [(form, phrasing) for form in forms.forms for phrasing in form.phrasings]
        self._weight_of = [
            sum(forms.weight(c) for c in phrasing.concepts) for _, phrasing in self._phrasings
        ]
        self._having: defaultdict[str, list[int]] = defaultdict(list)
        for number, (_, phrasing) in enumerate(self._phrasings):
            for concept in phrasing.concepts:
                self._having[concept].append(number)
        self._cued_forms = [form for form in forms.forms if form.cues]
        self._of_slots_alone = [n for n, weight in enumerate(self._weight_of) if weight < _LITTLE]

    def candidates(self, question: Question) -> list[Candidate]:
        """The forms that the question may have, the likeliest first."""
        found: defaultdict[str, list[Candidate]] = defaultdict(list)
        pairs = self._pairs(question)
        for form, phrasing in self._worth_a_look(question):
            values = self._slots.values(form)
            candidate = self._compared(question, form, phrasing, values, pairs)
            if candidate:
                found[form.name].append(candidate)
        best = {name: self._elected(question, candidates) for name, candidates in found.items()}
        for candidate in self._by_cues(question):
            near = best.get(candidate.form.name)
            if near is None:
                best[candidate.form.name] = candidate
            elif near.exact:
                # What is put as the catalogue puts it has its names where the phrasing has slots.
                score = max(near.score, candidate.score)
                best[candidate.form.name] = replace(near, score=score)
            elif near.score < candidate.score:
                best[candidate.form.name] = replace(candidate, near=near.score)
        likely = self._likely(question, best)
        ranked = [replace(c, likely=likely[name]) for name, c in best.items()]
        return sorted(
            ranked, key=lambda c: (-round(c.rank, _DIGITS), c.form.query.name, c.form.number)
        )

    @staticmethod
    def _is_word_for_word(question: Question, candidate: Candidate) -> bool:
        names = {slot: mention.text for slot, mention in candidate.filled.items()}
        if candidate.unknown:
            names[ANY] = " ".join(question.words[place].text for place in candidate.unknown)
        if candidate.score < _NEARLY_THE_SAME or set(candidate.phrasing.slots) - names.keys():
            return False
        named = SLOT.sub(lambda slot: names[slot[1]], candidate.phrasing.text)
        return plain_words(named) == [word.plain for word in question.words]

    def _likely(self, question: Question, found: Mapping[str, Candidate]) -> dict[str, float]:
        """The logarithm of how likely each form is.

        As likely as the likeliest is one that was not learned, and one that is put as the catalogue
        puts it, whatever the names in it.
        """
        learned = {name: question.likelihoods.of(c.form) for name, c in found.items()}
        most = max((log for log in learned.values() if log is not None), default=0.0)
        return {
            name: most if log is None or found[name].exact else log for name, log in learned.items()
        }

    def _by_cues(self, question: Question) -> Iterator[Candidate]:
        """The forms of which the question meets a cue, the best of each."""
        if any(word.plain in self._language.elsewhere for word in question.words):
            return
        said, asked = said_by(question.words), said_by(question.asking)
        # "What am I doing wrong?" says nothing of what it is about.
        open_ = not any(map(self._language.says_something_special, question.asking))
        for form in self._cued_forms:
            names = partial(self._slots.names, question, form)
            met = [
                cue for cue in form.cues if cue.met(said, names) and (open_ or cue.touched(asked))
            ]
            if not met:
                continue
            cue = max(met, key=lambda cue: cue.score)
            fit = self._slots.fit_any(question, form, cue.slots)
            if fit is not None:
                score = cue.score * self._decides_what_is_asked(question, form)
                score *= float(form.rules.get("weight", 1.0))
                yield Candidate(form, form.phrasings[0], score, fit.filled, fit.unknown, cued=True)

    def _elected(self, question: Question, candidates: list[Candidate]) -> Candidate:
        """The best of the candidates of one form; that others are near too speaks for it."""
        # Sums of floats depend on the order of sets in their last digits; what is equal but for
        # these goes by its text, so that one question always has one answer.
        best, *others = heapq.nlargest(
            _VOTERS, candidates, key=lambda c: (round(c.score, _DIGITS), c.phrasing.text)
        )
        second = sum(other.score for other in others) / (_VOTERS - 1)
        score = (1 - _VOTES) * best.score + _VOTES * second
        exact = [c for c in candidates if self._is_word_for_word(question, c)]
        return replace((exact or [best])[0], score=score, exact=bool(exact))

    def _worth_a_look(self, question: Question) -> Iterator[tuple[Form, Phrasing]]:
        """The phrasings of each form that could be nearest, judged by words alone."""
        weight = self._forms.weight
        concepts = {w.concept for w in question.words if self._language.says_something(w)}
        concepts |= {kind for mention in question.mentions for kind in mention.kinds}
        common: defaultdict[int, float] = defaultdict(float)
        for concept in concepts:
            for number in self._having.get(concept, ()):
                common[number] += weight(concept)
        asked = (1 - _OF_PHRASING) * sum(weight(concept) for concept in concepts)

        fillable: dict[tuple[str, str], bool] = {}
        named = max(1, len(question.mentions))

        def fills(form: Form, slot: str) -> bool:
            key = form.query.name, slot
            if key not in fillable:
                fillable[key] = self._slots.can_fill(question, form, slot)
            return fillable[key]

        def nearness(number: int) -> tuple[float, int]:
            form, phrasing = self._phrasings[number]
            filled = sum(fills(form, slot) for slot in phrasing.slots)
            # One thing that is named fills one slot.
            slots = SLOT_WEIGHT * min(filled, named)
            whole = _OF_PHRASING * self._weight_of[number] + asked + slots + 1e-9
            return round((common[number] + slots) / whole, _DIGITS), number

        for number in self._of_slots_alone:
            common[number] += 0.0
        of_form: defaultdict[str, list[int]] = defaultdict(list)
        for number in common:
            of_form[self._phrasings[number][0].name].append(number)
        for numbers in of_form.values():
            for number in heapq.nlargest(_LOOKED_AT, numbers, key=nearness):
                yield self._phrasings[number]

    def _pairs(self, question: Question) -> set[tuple[str, str]]:
        said = [w.concept for w in question.words if self._language.says_something(w)]
        return set(pairwise(said))

    def _told(self, question: Question, fit: Fit) -> dict[str, float]:
        """What a question says beside what fills the slots, and how much of it counts."""
        found: dict[str, float] = {}
        for place, word in enumerate(question.words):
            if place in fit.used or not self._language.says_something(word):
                continue
            share = _NEUTRAL if word.stem in self._language.neutral else 1.0
            if place not in question.asking_places:
                share *= _TOLD
            found[word.concept] = max(found.get(word.concept, 0.0), share)
        for mention in question.mentions:
            if not fit.used & set(mention.places) and mention.kinds:
                for concept in mention.kinds:
                    found.setdefault(concept, 0.0)
        return found

    def _compared(
        self,
        question: Question,
        form: Form,
        phrasing: Phrasing,
        values: Mapping[str, Any],
        pairs: set[tuple[str, str]],
    ) -> Candidate | None:
        fit = self._slots.fit(question, form, phrasing, values)
        if fit is None:
            return None
        weight = self._forms.weight
        theirs = self._told(question, fit)
        common = sum(weight(c) for c in phrasing.concepts & theirs.keys())
        nearby = sum(
            weight(c) * share * form.vocabulary.get(c, 0.0)
            for c, share in theirs.items()
            if c not in phrasing.concepts
        )
        if not self._slots.has_to_do(form, theirs.keys() | question.written):
            return None
        alone = theirs or phrasing.concepts
        if not common and alone and len(fit.filled) + bool(fit.unknown) < 2:
            return None
        slots = SLOT_WEIGHT * (len(phrasing.slots) - fit.open)
        told = sum(weight(c) for c in phrasing.concepts)
        in_phrasing = told + slots + _OPEN_SLOT * fit.open
        in_question = slots + sum(
            weight(c) * (1.0 if c in phrasing.concepts else share) for c, share in theirs.items()
        )
        for mention in question.mentions:
            idle = mention.strong and mention.in_order and not fit.used & set(mention.places)
            if idle and not mention.kinds & phrasing.concepts:
                in_question += _IDLE
        whole = _OF_PHRASING * in_phrasing + (1 - _OF_PHRASING) * in_question + 1e-9
        score = (common + slots + _NEARBY * nearby) / whole
        together = sum(min(weight(a), weight(b)) for a, b in phrasing.pairs & pairs)
        score += _PAIR * together / whole
        if told:
            score *= 1 - _UNSAID * (1 - common / told)
        if form.decides and theirs and common < _LEAST_SHARE * told:
            score *= _LITTLE_IN_COMMON
        score = score * self._suits(question, form, phrasing, fit) + _BESIDE * fit.beside
        score *= float(form.rules.get("weight", 1.0))
        return Candidate(form, phrasing, score, fit.filled, fit.unknown)

    def _suits(self, question: Question, form: Form, phrasing: Phrasing, fit: Fit) -> float:
        """How well what is asked for goes with what the form gives."""
        factor = 1.0
        if question.aspect not in OPEN and phrasing.aspect:
            factor *= _SAME_ASPECT if question.aspect == phrasing.aspect else _OTHER_ASPECT
        if form.is_uncovered:
            return factor
        if form.decides and phrasing.denies != question.says_no:
            factor *= _CONTRARY
        factor *= self._decides_what_is_asked(question, form)
        if fit.unknown and not all(self._slots.written_as_name(question, p) for p in fit.unknown):
            factor *= _NO_NAME
        return factor

    @staticmethod
    def _decides_what_is_asked(question: Question, form: Form) -> float:
        """How well a form that answers yes or no, or does not, goes with what is asked for."""
        if question.aspect == "whether" and not (form.decides or form.leaves_open):
            return _DECIDES_NOT
        if question.aspect != "whether" and form.decides:
            loosely = question.aspect in (*OPEN, "why", "what")
            return _DECIDES_LOOSELY if loosely else _DECIDES
        return 1.0

    def share(self, question: Question, candidate: Candidate) -> float:
        """How much of what the phrasing says beside its slots the question says too."""
        if candidate.cued:
            return 1.0
        taken = {place for mention in candidate.filled.values() for place in mention.places}
        taken |= set(candidate.unknown)
        said = {w.concept for place, w in enumerate(question.words) if place not in taken}
        said |= {kind for m in question.mentions for kind in m.kinds}
        weight, concepts = self._forms.weight, candidate.phrasing.concepts
        total = sum(weight(concept) for concept in concepts)
        return sum(weight(concept) for concept in concepts & said) / total if total else 1.0
