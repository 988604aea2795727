"""Choose the query that a question means, run it, and answer from what it returns."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from claude_kg.ask.answer import (
    Alternative,
    Answer,
    Evidence,
    Source,
    Writer,
    sections,
)
from claude_kg.ask.concepts import Concepts
from claude_kg.ask.confidence import confidence
from claude_kg.ask.disputed import Disagreements
from claude_kg.ask.encoder import WEIGHTS, encoder
from claude_kg.ask.facts import Facts
from claude_kg.ask.forms import ANY, Form, Forms
from claude_kg.ask.match import Candidate, Matcher
from claude_kg.ask.phrasings import SLOT
from claude_kg.ask.question import Question, Reader
from claude_kg.ask.rows import Rows, arguments
from claude_kg.ask.signs import Judge, contradicted
from claude_kg.ask.slots import Slots
from claude_kg.ask.spot import Lexicon
from claude_kg.ask.text import plain_words
from claude_kg.ask.words import language
from claude_kg.query.catalogue import Catalogue
from claude_kg.terms import compact

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from claude_kg.ask.spot import Mention
    from claude_kg.graph import KnowledgeGraph
    from claude_kg.query.run import Row

_WEAKEST = 0.34
_LEAST_CONFIDENCE = 0.74
_PERHAPS = 0.4
_ALTERNATIVES = 3
_NEARBY = 0.5
_MEANT, _CLEARLY = 1.0, 0.25
_RELATED, _BRIEF = 0.8, 300
_TRIED = 5
_DECIDING = ("whether", "maybe")
_FACT_COLUMNS = ("thing", "property", "value")


def ask(graph: KnowledgeGraph, question: str) -> Answer:
    """Answer a question in plain words from a graph; see :class:`Asker` for several questions.

    Raises InputError for a question without words, or one that is too long.
    """
    return Asker(graph).ask(question)


class Asker:
    """Answers questions about one graph.

    ``weights`` are those of the network that reads whole questions.
    """

    def __init__(
        self, graph: KnowledgeGraph, catalogue: Catalogue | None = None, weights: Path = WEIGHTS
    ) -> None:
        self._graph = graph
        self._catalogue = catalogue or Catalogue()
        self._language = language()
        self._lexicon = Lexicon(graph.asserted, self._language)
        self._forms = Forms(self._catalogue, self._language)
        self._writer = Writer(self._lexicon, self._language, graph.prefixes)
        self._reader = Reader(self._lexicon, self._forms, self._language, encoder(weights))
        self.slots = Slots(graph, self._forms, self._lexicon, self._language)
        self._matcher = Matcher(self._forms, self.slots, self._language)
        self._disagreements = Disagreements(graph, self._language)
        self._rows = Rows(graph, self.slots, self._lexicon, self._writer)
        self._judge = Judge(
            self._forms, self._matcher, self._rows, self._writer, self._lexicon, self._language
        )

    def ask(self, question: str) -> Answer:
        """Answer a question. Raises InputError where it has no words, or is too long."""
        asked = self.read(question)
        candidates = self._matcher.candidates(asked)
        drafts = self._drafts(asked, candidates)
        if drafts and drafts[0].confidence >= _LEAST_CONFIDENCE:
            nearby = self._nearby(asked, drafts[0])
            return replace(drafts[0], further=(*drafts[0].further, *nearby))
        covered = [c for c in candidates if not c.form.is_uncovered]
        return self._declined(asked, covered, drafts)

    def read(self, question: str) -> Question:
        """A question, taken apart. Raises InputError where it has no words, or is too long."""
        return self._reader.read(question)

    def drafts(self, question: str) -> list[Answer]:
        """The answers that a question may have, the surest first, however sure they are.

        Raises InputError where it has no words, or is too long.
        """
        asked = self.read(question)
        return self._drafts(asked, self._matcher.candidates(asked))

    @property
    def forms(self) -> Sequence[Form]:
        """All forms that a question may have."""
        return self._forms.forms

    def kind(self, iri: str) -> str:
        """What kind of thing an IRI names, in the words of the vocabulary."""
        return self._lexicon.kind(iri)

    def attempts(self, question: str, most: int) -> Iterator[tuple[Form, Answer]]:
        """What the nearest forms answer to a question, the likeliest first, however unsure.

        Raises InputError where it has no words, or is too long.
        """
        asked = self.read(question)
        candidates = self._matcher.candidates(asked)
        for candidate in [c for c in candidates if not c.form.is_uncovered][:most]:
            if answer := self._answered(asked, candidate, candidates):
                yield candidate.form, answer

    def _drafts(self, question: Question, candidates: Sequence[Candidate]) -> list[Answer]:
        drafts = []
        for candidate in candidates[:_TRIED]:
            # What is nearer to a question that is known not to be covered is not meant.
            if candidate.form.is_uncovered or candidate.score < _WEAKEST:
                break
            if answer := self._answered(question, candidate, candidates):
                drafts.append(answer)
            elif not drafts and self._is_meant(candidate, candidates):
                # That nothing is known of it is no reason to answer something else.
                return []
        drafts = [contradicted(answer, drafts) for answer in drafts]
        drafts.sort(key=lambda answer: -answer.confidence)
        if question.negated:
            # What is near to a denial may well say the contrary.
            return drafts
        return [self._with_related(answer, drafts) for answer in drafts]

    @staticmethod
    def _is_meant(candidate: Candidate, others: Sequence[Candidate]) -> bool:
        """Whether a form is so near, and any other query so far, that it alone can be meant."""
        query = candidate.form.query
        second = max((c.score for c in others if c.form.query is not query), default=0.0)
        return candidate.score >= _MEANT and candidate.score - second >= _CLEARLY

    def _with_related(self, answer: Answer, others: Sequence[Answer]) -> Answer:
        """An answer, and what the next one from another query adds to it."""
        for other in others:
            near = other.confidence >= answer.confidence * _RELATED
            adds = not set(plain_words(other.plain)) <= set(plain_words(answer.answer))
            brief = len(other.plain) <= _BRIEF
            if near and adds and brief and other.query != answer.query:
                text = self._language.texts["related"].format(answer=other.plain)
                return replace(
                    answer,
                    answer=f"{answer.answer} {text}",
                    further=(*answer.further, other.evidence),
                    sources=tuple(dict.fromkeys((*answer.sources, *other.sources))),
                )
        return answer

    @staticmethod
    def _shown_verdict(question: Question, candidate: Candidate, verdict: str | None) -> str | None:
        """The verdict, where the question is one that is answered by yes or no."""
        if candidate.cued and question.aspect in _DECIDING:
            # A text that tells a story asks for yes or no at its end.
            return verdict
        if candidate.cued and not question.aspect:
            # What is told and asks for nothing may be mistaken; "yes" would agree with nothing.
            return verdict if verdict == "no" else None
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
        rows = self._rows.bearing_out(candidate, verdict, rows, bound)
        lists = not form.decides and not form.leaves_open and not candidate.cued
        if verdict is None and question.aspect == "whether" and lists:
            verdict = self._rows.confirmed(question, candidate, rows)
        if not rows and rules.get("empty", "decline") == "decline":
            return None
        signs = self._judge.signs(question, candidate, others, rows, verdict)
        given = {slot: self._names(iris) for slot, iris in bound.items()}
        if candidate.unknown:
            given[ANY] = " ".join(question.words[p].text for p in candidate.unknown)
        key = "say" if not rows and "say_empty" in rules else f"say_{verdict}"
        template = (rules.get("say_empty") if not rows else rules.get(key)) or rules.get("say", "")
        sentence = self._writer.sentence(str(template), rows, given)
        texts = self._language.texts
        if template and not any(character.isalnum() for character in sentence):
            return None
        sentence = sentence or form.query.summary
        more = list(self._also(question, candidate, verdict, bound))
        sentence = " ".join([sentence, *(text for text, _ in more if text)])
        # What is said is said of what the form asks, and not of its denial.
        turned = question.denies and not form.denies
        if turned and verdict:
            verdict = "no" if verdict == "yes" else "yes"
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
            disputed=self._disagreements.about(question, form.query, rows),
            notes=tuple(notes),
            read_as=None if turned else self._read_as(question, candidate),
            query=form.query.name,
            parameters={
                slot: self._shown(next(iter(sorted(iris))))
                for slot, iris in bound.items()
                if slot in form.parameters and slot not in rules.get("hold", ())
            },
            confidence=round(confidence(signs), 2),
            signs=signs,
            plain=plain,
            alternatives=self._alternatives(question, others, form.query.name),
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
            fixed = {str(k): str(v) for k, v in (entry.get("with") or {}).items()}
            passed = entry.get("pass") or {}
            fillers = {name: bound.get(slot, frozenset()) for name, slot in passed.items()}
            rows: list[Row] = []
            for choice in arguments(fixed, fillers):
                rows += self._graph.query(query, choice, limits=None).rows
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
            if mention.earlier:
                continue  # several things are named, and all are meant
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

    def _read_as(self, question: Question, candidate: Candidate) -> str | None:
        """How the catalogue puts the question, where it puts it in other words."""
        example = self._example(candidate)
        same = plain_words(example) == [word.plain for word in question.words]
        return None if same else example

    def _alternatives(
        self, question: Question, candidates: Sequence[Candidate], name: str
    ) -> tuple[Alternative, ...]:
        """What else can be asked: a question for each of the nearest queries but one."""
        found: dict[str, Alternative] = {}
        for candidate in candidates:
            query = candidate.form.query
            if query.name and query.name != name and query.name not in found:
                example = self._read_as(question, candidate) or query.summary
                found[query.name] = Alternative(example, query.name)
            if len(found) == _ALTERNATIVES:
                break
        return tuple(found.values())

    def _example(self, candidate: Candidate) -> str:
        """A phrasing with names in its slots, or the question of the query where one is open."""
        if not candidate.filled or set(candidate.phrasing.slots) - candidate.filled.keys():
            return candidate.form.query.summary

        def named(match: re.Match[str]) -> str:
            return self._names(candidate.filled[match[1]].iris)

        return SLOT.sub(named, candidate.phrasing.text)

    @cached_property
    def _facts(self) -> Facts:
        kept = Concepts(self._language, self._graph.loaded.digest)
        facts = Facts(self._graph.asserted, self._lexicon, self._language, kept)
        kept.keep()
        return facts

    def _nearby(self, question: Question, answer: Answer) -> list[Evidence]:
        """The facts that speak of most of what the question does and are not in the evidence."""
        label = self._lexicon.label
        tables = (answer.evidence, *answer.further)
        shown = {cell for table in tables for row in table.rows for cell in row}
        rows = tuple(
            (label(found.fact.iri), label(property_), self._writer.text(value))
            for found in self._facts.about(question)[:2]
            if found.cover >= _NEARBY and label(found.fact.iri) not in shown
            for property_, value in found.fact.statements
        )
        return [Evidence(_FACT_COLUMNS, rows)] if rows else []

    def _declined(
        self, question: Question, candidates: Sequence[Candidate], drafts: Sequence[Answer]
    ) -> Answer:
        """That nothing covers the question, with what may be meant and what is near."""
        found: dict[str, Alternative] = {}
        for draft in drafts:
            if draft.query and draft.confidence >= _PERHAPS and draft.query not in found:
                asked = draft.read_as or self._catalogue.find(draft.query).summary
                found[draft.query] = Alternative(asked, draft.query, draft.plain)
        text = self._language.texts["unsure" if found else "declined"]
        for alternative in self._alternatives(question, candidates, ""):
            found.setdefault(alternative.query, alternative)
        return Answer(
            question=question.text,
            covered=False,
            answer=text,
            alternatives=tuple(found.values())[:_ALTERNATIVES],
        )
