"""Choose the query that a question means, run it, and answer from what it returns."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from claude_kg.ask.answer import (
    Alternative,
    Answer,
    Disputed,
    Evidence,
    Source,
    Writer,
    sections,
)
from claude_kg.ask.confidence import Signs, confidence
from claude_kg.ask.facts import Facts, Found
from claude_kg.ask.forms import ANY, Form, Forms
from claude_kg.ask.match import SLOT_WEIGHT, Candidate, Matcher
from claude_kg.ask.phrasings import SLOT
from claude_kg.ask.question import Question, Reader
from claude_kg.ask.rows import Rows
from claude_kg.ask.slots import Slots
from claude_kg.ask.spot import Lexicon, Mention
from claude_kg.ask.words import clean, language
from claude_kg.query.catalogue import Catalogue
from claude_kg.terms import CKG, compact

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from claude_kg.ask.words import Word
    from claude_kg.graph import KnowledgeGraph
    from claude_kg.query.run import Row

_WEAKEST = 0.34
_LEAST_CONFIDENCE = 0.8
_LEAST_COVER = 0.85
_NEARBY = 0.5
_RELATED = 0.8
_CLOSE = 0.03
_FAR = 0.1
_TRIED = 5
_DECIDING = ("whether", "maybe")


def ask(graph: KnowledgeGraph, question: str) -> Answer:
    """Answer a question in plain words from a graph; see :class:`Asker` for several questions.

    Raises InputError for a question without words, or one that is too long.
    """
    return Asker(graph).ask(question)


class Asker:
    """Answers questions about one graph."""

    def __init__(self, graph: KnowledgeGraph, catalogue: Catalogue | None = None) -> None:
        self._graph = graph
        self._catalogue = catalogue or Catalogue()
        self._language = language()
        self._lexicon = Lexicon(graph.asserted, self._language)
        self._forms = Forms(self._catalogue, self._language)
        self._writer = Writer(self._lexicon, self._language, graph.prefixes)
        self._reader = Reader(self._lexicon, self._forms, self._language)
        slots = Slots(graph, self._forms, self._lexicon, self._language)
        self._matcher = Matcher(self._forms, slots, self._language)
        self._rows = Rows(graph, slots, self._lexicon, self._writer)

    def ask(self, question: str) -> Answer:
        """Answer a question. Raises InputError where it has no words, or is too long."""
        asked = self._reader.read(question)
        candidates = self._matcher.candidates(asked)
        drafts = self._drafts(asked, candidates)
        if drafts and drafts[0].confidence >= _LEAST_CONFIDENCE:
            return drafts[0]
        covered = [c for c in candidates if not c.form.is_uncovered]
        fact = None if candidates[:1] != covered[:1] else self._from_facts(asked, covered)
        return fact or self._declined(asked, covered)

    def drafts(self, question: str) -> list[Answer]:
        """The answers that a question may have, the surest first, however sure they are.

        Raises InputError where it has no words, or is too long.
        """
        asked = self._reader.read(question)
        return self._drafts(asked, self._matcher.candidates(asked))

    def _drafts(self, question: Question, candidates: Sequence[Candidate]) -> list[Answer]:
        drafts = []
        for candidate in candidates[:_TRIED]:
            # What is nearer to a question that is known not to be covered is not meant.
            if candidate.form.is_uncovered or candidate.score < _WEAKEST:
                break
            if answer := self._answered(question, candidate, candidates):
                drafts.append(answer)
        drafts = [_contradicted(answer, drafts) for answer in drafts]
        drafts.sort(key=lambda answer: -answer.confidence)
        if question.negated:
            # What is near to a denial may well say the contrary.
            return drafts
        return [self._with_related(answer, drafts) for answer in drafts]

    def _with_related(self, answer: Answer, others: Sequence[Answer]) -> Answer:
        """An answer, and what the next one from another query adds to it."""
        for other in others:
            near = other.confidence >= answer.confidence * _RELATED
            if near and other.query != answer.query:
                text = self._language.texts["related"].format(answer=other.plain)
                return replace(
                    answer,
                    answer=f"{answer.answer} {text}",
                    further=(*answer.further, other.evidence),
                    sources=tuple(dict.fromkeys((*answer.sources, *other.sources))),
                )
        return answer

    def _signs(
        self,
        question: Question,
        candidate: Candidate,
        others: Sequence[Candidate],
        explained: tuple[float, float],
        verdict: str | None,
    ) -> Signs:
        form = candidate.form
        used = {p for m in candidate.filled.values() for p in m.places} | {*candidate.unknown}
        missing, told_of = explained
        elsewhere = max((c.score for c in others if c.form.query is not form.query), default=0.0)
        uncovered = max((c.score for c in others if c.form.is_uncovered), default=0.0)
        # A cue says nothing of how near a question is to those that are known not to be covered.
        near = candidate.score
        if candidate.cued:
            near = max(c.near if c.cued else c.score for c in others if not c.form.is_uncovered)
        torn = any(
            c.form.query is form.query
            and c.form is not form
            and c.form.decides
            and ("yes" in c.form.rules) != ("yes" in form.rules)
            and candidate.score - c.score < _CLOSE
            for c in others
        )
        tool = self._language.tool(question.words)
        return Signs(
            score=min(candidate.score, 1.2),
            lead=max(-0.2, min(0.4, candidate.score - elsewhere)),
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
            undecided=float(question.aspect == "whether" and verdict is None),
            torn=float(form.decides and torn),
            words=math.log(len(question.words) + 1),
            cued=float(candidate.cued),
        )

    @staticmethod
    def _shown_verdict(question: Question, candidate: Candidate, verdict: str | None) -> str | None:
        """The verdict, where the question is one that is answered by yes or no."""
        if candidate.cued and question.aspect in ("", *_DECIDING):
            # A text that tells a story asks for yes or no at its end, or does not say so at all.
            return verdict
        negated = question.negated and not question.denies and not candidate.phrasing.negated
        return verdict if question.aspect in _DECIDING and not negated else None

    # The answer --------------------------------------------------------------------------------

    def _answered(
        self, question: Question, candidate: Candidate, others: Sequence[Candidate]
    ) -> Answer | None:
        form = candidate.form
        bound, rows, variables = self._rows.of(question, candidate)
        rules = form.rules
        verdict = self._rows.verdict(question, candidate, rows, bound)
        if verdict is None and question.aspect == "whether" and not form.decides:
            verdict = self._rows.confirmed(question, candidate, rows)
        if not rows and rules.get("empty", "decline") == "decline":
            return None
        explained = self._explained(question, candidate, rows)
        signs = self._signs(question, candidate, others, explained, verdict)
        if question.denies and verdict and not (candidate.phrasing.denies or candidate.cued):
            verdict = "no" if verdict == "yes" else "yes"
        given = {slot: self._names(iris) for slot, iris in bound.items()}
        if candidate.unknown:
            given[ANY] = " ".join(question.words[p].text for p in candidate.unknown)
        key = "say" if not rows and "say_empty" in rules else f"say_{verdict}"
        template = (rules.get("say_empty") if not rows else rules.get(key)) or rules.get("say", "")
        sentence = self._writer.sentence(str(template), rows, given)
        texts = self._language.texts
        if not sentence:
            sentence = form.query.summary
        more = list(self._also(question, candidate, verdict, bound))
        more += self._nearby(question)
        sentence = " ".join([sentence, *(text for text, _ in more if text)])
        shown = self._shown_verdict(question, candidate, verdict)
        plain = sentence
        if shown in texts:
            sentence = f"{texts[shown]} {sentence}"
        notes = []
        if candidate.unknown:
            notes.append(texts["unknown"].format(name=given[ANY]))
        notes += self._readings(candidate)
        return Answer(
            question=question.text,
            covered=True,
            answer=sentence,
            verdict=shown,
            evidence=self._writer.evidence(rows, variables, rules.get("evidence")),
            further=tuple(evidence for _, evidence in more),
            sources=tuple(Source(iri, self._lexicon.label(iri)) for iri in sections(rows)),
            disputed=self._disputed(rows),
            notes=tuple(notes),
            query=form.query.name,
            parameters={
                slot: self._shown(next(iter(sorted(iris))))
                for slot, iris in bound.items()
                if slot in form.parameters
            },
            confidence=round(confidence(signs), 2),
            signs=signs,
            plain=plain,
            alternatives=self._alternatives(others, form.query.name),
        )

    def _also(
        self,
        question: Question,
        candidate: Candidate,
        verdict: str | None,
        bound: Mapping[str, frozenset[str]],
    ) -> Iterator[tuple[str, Evidence]]:
        """What other queries add to the answer, as the header says."""
        for entry in candidate.form.rules.get("also") or ():
            when = entry.get("when")
            if when and verdict not in when and question.aspect not in when:
                continue
            query = self._catalogue.find(entry.get("query", candidate.form.query.name))
            passed = entry.get("pass") or {}
            values = [{str(k): str(v) for k, v in (entry.get("with") or {}).items()}]
            for name, slot in passed.items():
                values = [
                    {**value, name: f"<{iri}>"} for value in values for iri in bound.get(slot, ())
                ]
            rows: list[Row] = []
            for value in values[:8]:
                rows += self._graph.query(query, value, limits=None).rows
            if keep := entry.get("keep"):
                rows = [row for row in rows if self._writer.holds(keep, row, bound)]
            if rows:
                columns = entry.get("evidence")
                yield (
                    self._writer.sentence(str(entry.get("say", "")), rows, {}),
                    self._writer.evidence(rows, list(rows[0]), columns),
                )

    def _readings(self, candidate: Candidate) -> list[str]:
        notes = []
        for mention in candidate.filled.values():
            if len(mention.iris) > 1:
                names = self._writer.listed([self._lexicon.label(i) for i in sorted(mention.iris)])
                notes.append(
                    self._language.texts["readings"].format(name=mention.text, things=names)
                )
            elif mention.iris and self._could_mean_more(mention):
                (iri,) = mention.iris
                notes.append(
                    self._language.texts["reading"].format(
                        name=mention.text,
                        thing=self._lexicon.label(iri),
                        kind=self._lexicon.kind(iri),
                    )
                )
        return list(dict.fromkeys(notes))

    def _could_mean_more(self, mention: Mention) -> bool:
        """Whether one word is the name of several things, or begins the names of many."""
        if len(mention.places) > 1:
            return False
        stem = self._language.words(mention.text)[0].stem
        return self._lexicon.bearers(stem) > 1

    def _shown(self, value: str) -> str:
        return compact(value, self._graph.prefixes)

    def _names(self, values: frozenset[str]) -> str:
        return self._writer.listed([self._lexicon.label(value) for value in sorted(values)])

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
            elif self._matcher.says_something(word):
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

    @cached_property
    def _disputes(self) -> list[tuple[Disputed, set[str], set[str]]]:
        from claude_kg.disputes import disputes

        found = []
        for dispute in disputes(self._graph, limits=None):
            subjects = {
                r.subject.value for r in dispute.readings if isinstance(r.subject, ox.NamedNode)
            }
            values = {
                r.value.value
                for r in dispute.readings
                if isinstance(r.value, ox.NamedNode | ox.Literal)
            }
            found.append(
                (Disputed(dispute.iri, dispute.question, dispute.resolution), subjects, values)
            )
        return found

    def _disputed(self, rows: Sequence[Row]) -> tuple[Disputed, ...]:
        """The disagreements about a subject in the evidence of which a value is there too."""
        found: dict[str, Disputed] = {}
        for row in rows[:200]:
            terms = {
                term.value for term in row.values() if isinstance(term, ox.NamedNode | ox.Literal)
            }
            for dispute, subjects, values in self._disputes:
                if terms & subjects and terms & values - subjects:
                    found[dispute.iri] = dispute
        return tuple(found.values())

    def _alternatives(self, candidates: Sequence[Candidate], name: str) -> tuple[Alternative, ...]:
        found: dict[str, Alternative] = {}
        for candidate in candidates:
            query = candidate.form.query
            if query.name and query.name != name and query.name not in found:
                found[query.name] = Alternative(self._example(candidate), query.name)
            if len(found) == 3:
                break
        return tuple(found.values())

    def _example(self, candidate: Candidate) -> str:
        def named(match: Any) -> str:
            mention = candidate.filled.get(match[1])
            return self._names(mention.iris) if mention else "…"

        if not candidate.filled:
            return candidate.form.query.summary
        return SLOT.sub(named, candidate.phrasing.text)

    @cached_property
    def _facts(self) -> Facts:
        return Facts(self._graph.asserted, self._lexicon, self._language)

    def _found(self, question: Question) -> list[Found]:
        """The facts that cover the words and the things of a question, the best first."""
        language_ = self._language
        named = [m for m in question.mentions if m.strong and m.in_order]
        named = [m for m in named if not any(set(m.places) < set(o.places) for o in named)]
        covered = {place for mention in named for place in mention.places}
        wanted: dict[str, float] = {}
        for place, word in enumerate(question.words):
            if place not in covered and self._matcher.says_something(word):
                wanted[word.concept] = 0.3 if word.stem in language_.neutral else 1.0
        if len(named) + sum(1 for share in wanted.values() if share == 1.0) < 2:
            return []
        return self._facts.find(wanted, [mention.iris for mention in named])

    def _as_evidence(self, found: Sequence[Found]) -> Evidence:
        rows = (
            (self._lexicon.label(f.fact.iri), self._lexicon.label(p), self._writer.text(v))
            for f in found
            for p, v in f.fact.statements
        )
        return Evidence(_FACT_COLUMNS, tuple(rows))

    def _nearby(self, question: Question) -> list[tuple[str, Evidence]]:
        """The facts that speak of most of what the question does, to be read beside the answer."""
        found = [f for f in self._found(question)[:2] if f.cover >= _NEARBY]
        return [("", self._as_evidence(found))] if found else []

    def _from_facts(self, question: Question, candidates: Sequence[Candidate]) -> Answer | None:
        """An answer from the facts that speak of what the question does, where they cover it."""
        language_ = self._language
        if any(word.plain in language_.foreign for word in question.words):
            return None
        found = self._found(question)
        if not found or found[0].cover < _LEAST_COVER:
            return None
        best = [f for f in found[:3] if f.cover >= found[0].cover * 0.93]
        statuses = {f.fact.status for f in best}
        verdict = None
        if question.aspect in _DECIDING and len(statuses) == 1:
            verdict = language_.statuses.get(
                compact(next(iter(statuses)) or "", self._graph.prefixes)
            )
        if question.aspect == "whether" and verdict is None:
            return None
        texts = [
            v.value.rstrip(".")
            for f in best
            for p, v in f.fact.statements
            if isinstance(v, ox.Literal) and v.value[:1].isupper() and " " in v.value
        ]
        labels = [self._lexicon.label(f.fact.iri) for f in best]
        sentence = ". ".join(dict.fromkeys([*labels, *texts])) + "."
        return Answer(
            question=question.text,
            covered=True,
            answer=f"{language_.texts[verdict]} {sentence}" if verdict else sentence,
            verdict=verdict,
            evidence=self._as_evidence(best),
            sources=tuple(
                Source(iri, self._lexicon.label(iri))
                for iri in dict.fromkeys(i for f in best for i in f.fact.sections)
            ),
            query=_FACT_QUERY,
            parameters={"thing": self._shown(best[0].fact.iri)},
            confidence=round(found[0].cover * 0.8, 2),
            alternatives=self._alternatives(candidates, _FACT_QUERY),
        )

    def _declined(self, question: Question, candidates: Sequence[Candidate]) -> Answer:
        return Answer(
            question=question.text,
            covered=False,
            answer=self._language.texts["declined"],
            alternatives=self._alternatives(candidates, ""),
        )


def _contradicted(answer: Answer, others: Sequence[Answer]) -> Answer:
    """An answer, less sure where another one that is about as near says the contrary.

    One that takes up fewer things of the question does not speak of the same.
    """
    assert answer.signs
    for other in others:
        assert other.signs
        contrary = {answer.verdict, other.verdict} == {"yes", "no"}
        speaks = other.signs.slots >= answer.signs.slots
        if contrary and speaks and other.signs.score > answer.signs.score - _CLOSE:
            signs = replace(answer.signs, torn=1.0)
            return replace(answer, signs=signs, confidence=round(confidence(signs), 2))
    return answer


_FACT_QUERY = "sources/of-a-thing"
_FACT_COLUMNS = ("thing", "property", "value")
