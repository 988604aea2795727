"""Find the forms that a question may have, by how near their phrasings are to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from claude_kg.ask.forms import Form, Forms, Phrasing
    from claude_kg.ask.question import Question
    from claude_kg.ask.slots import Fit, Slots
    from claude_kg.ask.spot import Mention
    from claude_kg.ask.words import Language, Word

_SLOT = 1.1
_OPEN_SLOT = 0.5
_IDLE = 0.3
_LITTLE_IN_COMMON = 0.84
_LEAST_SHARE = 0.5


@dataclass(frozen=True)
class Candidate:
    """A form that a question may have, with the things that fill its slots."""

    form: Form
    phrasing: Phrasing
    score: float
    filled: Mapping[str, Mention]
    unknown: tuple[int, ...] = ()


class Matcher:
    """Compares questions with the phrasings of all forms."""

    def __init__(self, forms: Forms, slots: Slots, language: Language) -> None:
        self._forms = forms
        self._slots = slots
        self._language = language

    def candidates(self, question: Question) -> list[Candidate]:
        """The forms that the question may have, the likeliest first; one a query."""
        best: dict[tuple[str, int], Candidate] = {}
        for form in self._forms.forms:
            values = self._slots.values(form)
            for phrasing in form.phrasings:
                candidate = self._compared(question, form, phrasing, values)
                key = (form.query.name, form.number)
                if candidate and (key not in best or candidate.score > best[key].score):
                    best[key] = candidate
        return sorted(best.values(), key=lambda c: (-c.score, c.form.query.name, c.form.number))

    def _compared(
        self, question: Question, form: Form, phrasing: Phrasing, values: Mapping[str, Any]
    ) -> Candidate | None:
        fit = self._slots.fit(question, form, phrasing, values)
        if fit is None:
            return None
        weight = self._forms.weight
        theirs: dict[str, float] = {}
        for place, word in enumerate(question.words):
            if place in fit.used or not self.says_something(word):
                continue
            share = 0.45 if word.stem in self._language.neutral else 1.0
            theirs[word.concept] = max(theirs.get(word.concept, 0.0), share)
        for mention in question.mentions:
            if not fit.used & set(mention.places) and mention.kinds:
                for concept in mention.kinds:
                    theirs.setdefault(concept, 0.0)
        common = sum(weight(c) for c in phrasing.concepts & theirs.keys())
        nearby = sum(
            weight(c) * theirs[c] for c in theirs.keys() & form.vocabulary - phrasing.concepts
        )
        if not self._slots.has_to_do(form, theirs.keys()):
            return None
        alone = theirs or phrasing.concepts
        if not common and alone and len(fit.filled) + bool(fit.unknown) < 2:
            return None
        slots = _SLOT * (len(phrasing.slots) - fit.open)
        in_phrasing = sum(weight(c) for c in phrasing.concepts) + slots + _OPEN_SLOT * fit.open
        in_question = slots + sum(
            weight(c) * (1.0 if c in phrasing.concepts else share) for c, share in theirs.items()
        )
        for mention in question.mentions:
            idle = mention.strong and mention.in_order and not fit.used & set(mention.places)
            if idle and not mention.kinds & phrasing.concepts:
                in_question += _IDLE
        score = (common + slots + 0.45 * nearby) / (0.45 * in_phrasing + 0.55 * in_question + 1e-9)
        told_by = sum(weight(c) for c in phrasing.concepts)
        if form.decides and theirs and common < _LEAST_SHARE * told_by:
            score *= _LITTLE_IN_COMMON
        score = score * self._suits(question, form, phrasing, fit) + 0.03 * fit.beside
        score *= float(form.rules.get("weight", 1.0))
        return Candidate(form, phrasing, score, fit.filled, fit.unknown)

    def says_something(self, word: Word) -> bool:
        """Whether a word tells anything about what is asked."""
        return word.stem not in self._language.stop or word.concept[0] == "="

    def _suits(self, question: Question, form: Form, phrasing: Phrasing, fit: Fit) -> float:
        """How well what is asked for goes with what the form gives."""
        factor = 1.0
        if question.aspect not in ("", "maybe") and phrasing.aspect:
            factor *= 1.08 if question.aspect == phrasing.aspect else 0.93
        if question.aspect == "whether" and not form.decides:
            factor *= 0.76
        elif question.aspect != "whether" and form.decides:
            factor *= 0.97 if question.aspect in ("", "maybe", "why", "what") else 0.9
        if fit.unknown and not all(self._slots.written_as_name(question, p) for p in fit.unknown):
            factor *= 0.93
        return factor

    def share(self, question: Question, candidate: Candidate) -> float:
        """How much of what the phrasing says beside its slots the question says too."""
        taken = {place for mention in candidate.filled.values() for place in mention.places}
        taken |= set(candidate.unknown)
        said = {w.concept for place, w in enumerate(question.words) if place not in taken}
        said |= {kind for m in question.mentions for kind in m.kinds}
        weight, concepts = self._forms.weight, candidate.phrasing.concepts
        total = sum(weight(concept) for concept in concepts)
        return sum(weight(concept) for concept in concepts & said) / total if total else 1.0
