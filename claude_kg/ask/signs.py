"""Gather what speaks for and against an answer."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import pyoxigraph as ox

from claude_kg.ask.confidence import Signs, confidence
from claude_kg.ask.match import SLOT_WEIGHT
from claude_kg.ask.text import clean
from claude_kg.terms import CKG

if TYPE_CHECKING:
    from collections.abc import Sequence

    from claude_kg.ask.answer import Answer, Writer
    from claude_kg.ask.forms import Form, Forms
    from claude_kg.ask.match import Candidate, Matcher
    from claude_kg.ask.question import Question
    from claude_kg.ask.rows import Rows
    from claude_kg.ask.spot import Lexicon, Mention
    from claude_kg.ask.text import Word
    from claude_kg.ask.words import Language
    from claude_kg.query.run import Row

_CLOSE = 0.03
_FAR = 0.1


class Judge:
    """Tells how well an answer goes with a question."""

    def __init__(
        self,
        forms: Forms,
        matcher: Matcher,
        rows: Rows,
        writer: Writer,
        lexicon: Lexicon,
        language: Language,
    ) -> None:
        self._forms = forms
        self._matcher = matcher
        self._rows = rows
        self._writer = writer
        self._lexicon = lexicon
        self._language = language

    def signs(
        self,
        question: Question,
        candidate: Candidate,
        others: Sequence[Candidate],
        rows: Sequence[Row],
        verdict: str | None,
    ) -> Signs:
        """What speaks for and against an answer by a candidate, from these rows."""
        form = candidate.form
        used = {p for m in candidate.filled.values() for p in m.places} | {*candidate.unknown}
        missing, told_of = self._explained(question, candidate, rows)
        elsewhere = max((c.rank for c in others if c.form.query is not form.query), default=0.0)
        uncovered = max((c.score for c in others if c.form.is_uncovered), default=0.0)
        # A cue says nothing of how near a question is to those that are known not to be covered.
        near = candidate.score
        if candidate.cued:
            near = max(c.near if c.cued else c.score for c in others if not c.form.is_uncovered)
        tool = self._language.tool(question.words)
        return Signs(
            score=min(candidate.score, 1.2),
            rank=candidate.rank,
            lead=max(-0.2, min(0.4, candidate.rank - elsewhere)),
            likely=math.exp(candidate.likely),
            outside=0.0 if candidate.exact else question.likelihoods.outside,
            distance=max(-0.2, min(0.6, near - uncovered)),
            doubt=max(0.0, 1 - max(0.0, near - uncovered) / _FAR),
            missing=min(missing, 3.0),
            share=missing / (missing + told_of + 1e-9),
            said=self._matcher.share(question, candidate),
            slots=len(candidate.filled),
            idle=sum(
                mention.strong and mention.in_order and not used & set(mention.places)
                for mention in question.mentions
            ),
            tool=float(bool(candidate.unknown) and candidate.unknown == tool),
            unknown=float(bool(candidate.unknown) and candidate.unknown != tool),
            undecided=float(
                question.aspect == "whether" and verdict is None and not form.leaves_open
            ),
            torn=0.0,
            words=math.log(len(question.words) + 1),
            cued=float(candidate.cued),
        )

    def _explained(
        self, question: Question, candidate: Candidate, rows: Sequence[Row]
    ) -> tuple[float, float]:
        """How much of the question neither form nor answer speaks of, and of how much they do."""
        form, language_ = candidate.form, self._language
        used = {place for mention in candidate.filled.values() for place in mention.places}
        used |= set(candidate.unknown)
        named = {t.value for row in rows for t in row.values() if isinstance(t, ox.NamedNode)}
        for row in rows:
            if isinstance(mode := row.get("mode"), ox.NamedNode):
                named |= self._rows.neighbours[mode.value]
        told = len(candidate.filled) + bool(candidate.unknown) + 2 * candidate.cued
        missing, told_of = 0.0, SLOT_WEIGHT * told
        for mention in question.mentions:
            if mention.iris & named:
                told_of += 0.0 if set(mention.places) <= used else 0.6
                used |= set(mention.places)
            elif self._passed_over(mention, question, form, used, candidate.phrasing.concepts):
                missing += 0.6
        kindred = {
            place
            for mention in question.mentions
            if mention.in_order and mention.kinds & candidate.phrasing.concepts
            for place in mention.places
        }
        told_by = dict.fromkeys(candidate.phrasing.concepts, 1.0)
        for concept in form.vocabulary.keys() | self._said(rows):
            told_by.setdefault(concept, 0.6)
        counted: set[str] = set()
        for place, word in enumerate(question.words):
            if place in used or word.concept in counted:
                continue
            counted.add(word.concept)
            if candidate.cued and word.plain not in language_.foreign:
                # What else there is in such a text is the story around the question.
                continue
            share = 1.0 if place in kindred else told_by.get(word.concept, 0.0)
            if word.plain in language_.foreign and share < 1.0:
                missing += 0.5 if candidate.cued else 1.5
            elif language_.says_something(word):
                told_of += share * self._forms.weight(word.concept)
                missing += 0.0 if share else self._oddity(word)
        return missing, told_of

    def _passed_over(
        self,
        mention: Mention,
        question: Question,
        form: Form,
        used: set[int],
        concepts: frozenset[str],
    ) -> bool:
        """Whether the question names a thing of which the form knows nothing at all."""
        return (
            mention.strong
            and mention.in_order
            and not used & set(mention.places)
            and not any(iri.startswith(CKG) for iri in mention.iris)
            and not any(
                question.words[p].concept in form.vocabulary
                and question.words[p].stem not in self._language.neutral
                for p in mention.places
            )
            and not mention.kinds & concepts
        )

    def _said(self, rows: Sequence[Row]) -> set[str]:
        return {
            word.concept
            for row in rows[:200]
            for term in row.values()
            for word in self._language.words(clean(self._writer.text(term)))
        }

    def _oddity(self, word: Word) -> float:
        """How much it tells that nothing in the answer has this word."""
        neutral = self._language.neutral
        if word.stem in neutral or word.concept in neutral:
            return 0.0
        if self._forms.knows(word.concept):
            return 0.75 * self._forms.weight(word.concept) ** 2
        if word.plain[0].isdigit():
            return 0.2
        return 0.6 if word.plain in self._lexicon.vocabulary else 0.9


def contradicted(answer: Answer, others: Sequence[Answer]) -> Answer:
    """An answer, less sure where another one that is about as near says the contrary.

    One that takes up fewer things of the question does not speak of the same.
    """
    assert answer.signs
    for other in others:
        assert other.signs
        contrary = {answer.verdict, other.verdict} == {"yes", "no"}
        speaks = other.signs.slots >= answer.signs.slots
        if contrary and speaks and other.signs.rank > answer.signs.rank - _CLOSE:
            signs = replace(answer.signs, torn=1.0)
            return replace(answer, signs=signs, confidence=round(confidence(signs), 2))
    return answer
