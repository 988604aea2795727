"""Choose the query that a question means, run it, and answer from what it returns."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from claude_kg import cache
from claude_kg.ask.answer import (
    Alternative,
    Answer,
    Disputed,
    Evidence,
    Source,
    Writer,
    sections,
)
from claude_kg.ask.facts import Facts, Found
from claude_kg.ask.forms import ANY, SLOT, Form, Forms, Phrasing, told
from claude_kg.ask.spot import Lexicon, Mention
from claude_kg.ask.words import clean, language
from claude_kg.errors import InputError
from claude_kg.query.allowed import possible_terms
from claude_kg.query.catalogue import Catalogue
from claude_kg.terms import CKG, compact

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from claude_kg.ask.words import Word
    from claude_kg.graph import KnowledgeGraph
    from claude_kg.query.run import Row

LONGEST = 2_000
"""A question has at most so many characters."""

_MOST_WORDS = 150
_WEAKEST = 0.34
_UNEXPLAINED = 0.36
_MOST_UNEXPLAINED = 2.2
_LEAST_CONFIDENCE = 0.6
_LEAST_COVER = 0.85
_NEARBY = 0.5
_SLOT = 1.1
_OPEN_SLOT = 0.5
_IDLE = 0.3
_LITTLE_IN_COMMON = 0.84
_CLOSE = 0.02
_UNSURE = 0.75
_MARGIN = 0.05
_LEAST_SHARE = 0.5
_TRIED = 4


def ask(graph: KnowledgeGraph, question: str) -> Answer:
    """Answer a question in plain words from a graph; see :class:`Asker` for several questions.

    Raises InputError for a question without words, or one that is too long.
    """
    return Asker(graph).ask(question)


@dataclass(frozen=True)
class Question:
    """A question, taken apart."""

    text: str
    words: Sequence[Word]
    mentions: Sequence[Mention]
    aspect: str
    denies: bool = False
    negated: bool = False


@dataclass(frozen=True)
class Candidate:
    """A form that a question may have, with the things that fill its slots."""

    form: Form
    phrasing: Phrasing
    score: float
    filled: Mapping[str, Mention]
    unknown: tuple[int, ...] = ()


@dataclass
class Fit:
    """How a phrasing's slots are filled: by what, where, and how many are left open."""

    filled: dict[str, Mention] = field(default_factory=dict)
    used: set[int] = field(default_factory=set)
    unknown: tuple[int, ...] = ()
    open: int = 0
    beside: int = 0


class Asker:
    """Answers questions about one graph."""

    def __init__(self, graph: KnowledgeGraph, catalogue: Catalogue | None = None) -> None:
        self._graph = graph
        self._catalogue = catalogue or Catalogue()
        self._language = language()
        self._lexicon = Lexicon(graph.asserted, self._language)
        self._forms = Forms(self._catalogue, self._language)
        self._writer = Writer(self._lexicon, self._language, graph.prefixes)

    def ask(self, question: str) -> Answer:
        """Answer a question. Raises InputError where it has no words, or is too long."""
        asked = self.read(question)
        candidates = self.candidates(asked)
        best: Answer | None = None
        for candidate in candidates[:_TRIED]:
            if candidate.score < max(_WEAKEST, candidates[0].score * 0.85):
                break
            if self._doubtful(asked, candidate, candidates):
                continue
            best = self._answered(asked, candidate, candidates)
            least = float(candidate.form.rules.get("least", _LEAST_CONFIDENCE))
            if best and best.confidence >= least:
                return best
        return self._from_facts(asked, candidates) or self._declined(asked, candidates)

    def _doubtful(
        self, question: Question, candidate: Candidate, others: Sequence[Candidate]
    ) -> bool:
        """Whether another form with another answer fits as well, or a list lacks a "not"."""
        own, rules = candidate.form, candidate.form.rules
        if question.aspect != "whether" and not own.decides:
            listed = question.aspect in ("which", "what") and question.negated
            if listed and not candidate.phrasing.negated:
                return True
        if own.decides and self._share(question, candidate) < _LEAST_SHARE:
            return True
        for other in others:
            form = other.form
            if form is own:
                continue
            apart = candidate.score - other.score
            if form.query is own.query and own.decides and form.decides:
                opposed = ("yes" in rules) != ("yes" in form.rules)
                if abs(apart) < _CLOSE and opposed:
                    return True
            elif candidate.score < _UNSURE and 0 <= apart < _MARGIN:
                return True
        return False

    def _share(self, question: Question, candidate: Candidate) -> float:
        """How much of what the phrasing says beside its slots the question says too."""
        taken = {place for mention in candidate.filled.values() for place in mention.places}
        taken |= set(candidate.unknown)
        said = {w.concept for place, w in enumerate(question.words) if place not in taken}
        said |= {kind for m in question.mentions for kind in m.kinds}
        weight, concepts = self._forms.weight, candidate.phrasing.concepts
        total = sum(weight(concept) for concept in concepts)
        return sum(weight(concept) for concept in concepts & said) / total if total else 1.0

    def read(self, question: str) -> Question:
        """The words of a question, and the things that they name."""
        text = clean(question).strip()
        if len(text) > LONGEST:
            raise InputError(
                f"the question has {len(text)} characters, more than {LONGEST}",
                "Ask one thing in a few sentences",
            )
        words = self._language.words(text)[:_MOST_WORDS]
        if not words:
            raise InputError("there is no question", "Ask in words")
        known = self._forms.known | self._language.plain_words
        corrected = self._lexicon.corrected(words, known)
        words = self._language.meant(corrected)
        mentions = [self._weighed(m, words) for m in self._lexicon.mentions(words)]
        asked = "?" in text
        aspect = self._language.aspect(words, asked)
        denies = aspect == "whether" and self._language.denies(words)
        negated = self._language.negated(words)
        return Question(text, words, mentions, aspect, denies, negated)

    def _weighed(self, mention: Mention, words: Sequence[Word]) -> Mention:
        own = [words[place] for place in mention.places]
        strong = any(not self._forms.knows(w.concept) for w in own) or (
            len(own) > 1 and any(w.stem not in self._language.neutral for w in own)
        )
        return replace(mention, strong=strong, kinds=self._kinds(mention.iris))

    def _kinds(self, iris: frozenset[str]) -> frozenset[str]:
        """The words of the vocabulary for what kind of thing is named."""
        return frozenset(
            word.concept
            for iri in iris
            for type_ in self._lexicon.types[iri]
            if type_.startswith(CKG)
            for word in self._language.words(self._lexicon.label(type_))
        )

    # Which form --------------------------------------------------------------------------------

    def candidates(self, question: Question) -> list[Candidate]:
        """The forms that the question may have, the likeliest first; one a query."""
        best: dict[tuple[str, int], Candidate] = {}
        for form in self._forms.forms:
            values = self._values(form)
            for phrasing in form.phrasings:
                candidate = self._compared(question, form, phrasing, values)
                key = (form.query.name, form.number)
                if candidate and (key not in best or candidate.score > best[key].score):
                    best[key] = candidate
        return sorted(best.values(), key=lambda c: (-c.score, c.form.query.name, c.form.number))

    def _compared(
        self, question: Question, form: Form, phrasing: Phrasing, values: Mapping[str, Any]
    ) -> Candidate | None:
        fit = self._fit(question, form, phrasing, values)
        if fit is None:
            return None
        weight = self._forms.weight
        theirs: dict[str, float] = {}
        for place, word in enumerate(question.words):
            if place in fit.used or not self._says_something(word):
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
        if not self._has_to_do(form, theirs.keys()):
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

    def _has_to_do(self, form: Form, concepts: Collection[str]) -> bool:
        """Whether one of the words is there without which the form is not meant."""
        must = form.rules.get("must")
        return not must or any(
            word.concept in concepts for text in must for word in self._language.words(str(text))
        )

    def _says_something(self, word: Word) -> bool:
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
        if fit.unknown and not all(self._written_as_name(question, p) for p in fit.unknown):
            factor *= 0.93
        return factor

    def _fit(
        self, question: Question, form: Form, phrasing: Phrasing, values: Mapping[str, Any]
    ) -> Fit | None:
        """What fills the slots, or None where one stays empty that the form cannot do without."""
        fit = Fit()
        for slot, neighbours in zip(phrasing.slots, phrasing.beside, strict=True):
            if slot == ANY:
                fit.unknown = places = self._unknown_name(question)
                if not places or self._goes_with(question, places, form):
                    return None
            else:
                mention = self._fitting(question, slot, values.get(slot, {}), fit.filled, form)
                if mention is None:
                    if slot in form.needed or slot in fit.filled:
                        return None
                    fit.open += 1
                    continue
                before = fit.filled.get(slot)
                if phrasing.slots.count(slot) == 1 and not form.decides:
                    mention = self._with_others(question, mention, values.get(slot, {}))
                fit.filled[slot] = before.joined(mention) if before else mention
                places = mention.places
            fit.used |= set(places)
            fit.beside += self._beside(question, places, neighbours)
        if form.needed - fit.filled.keys() or (form.rules.get("unknown") and not fit.unknown):
            return None
        return fit

    def _with_others(
        self, question: Question, mention: Mention, values: Mapping[str, Any]
    ) -> Mention:
        """What fills a slot together with all else in the question that could."""
        allowed = values.get("iris", frozenset())
        for other in question.mentions:
            iris = other.iris & allowed - mention.iris
            apart = not set(other.places) & set(mention.places)
            alike = other.kinds == mention.kinds and other.in_order
            if iris and apart and alike and not self._vague(other, question):
                mention = mention.joined(replace(other, iris=iris))
        return mention

    @staticmethod
    def _beside(question: Question, places: Sequence[int], neighbours: tuple[str, str]) -> int:
        """How many of the two words beside a slot are beside its filling too."""
        words = question.words
        before = words[min(places) - 1].concept if min(places) else ""
        after = words[max(places) + 1].concept if max(places) + 1 < len(words) else ""
        return (before == neighbours[0] != "") + (after == neighbours[1] != "")

    def _fitting(
        self,
        question: Question,
        slot: str,
        values: Mapping[str, Any],
        filled: Mapping[str, Mention],
        form: Form,
    ) -> Mention | None:
        allowed = values.get("iris", frozenset())
        if values.get("number"):
            return self._number(question, values, filled)
        if values.get("text"):
            return self._named(question)
        taken = {place for mention in filled.values() for place in mention.places}
        fitting = [
            replace(m, iris=m.iris & allowed)
            for m in question.mentions
            if m.iris & allowed and not taken & set(m.places)
        ]
        # A name inside of a longer one that fits too is not meant: the longer one is.
        fitting = [m for m in fitting if not any(set(m.places) < set(o.places) for o in fitting)]
        done = {iri for mention in filled.values() for iri in mention.iris}
        again = form.rules.get("synonyms") == slot and slot in filled
        fresh = [m for m in fitting if again or not m.iris <= done]
        if not fresh:
            return None
        return min(fresh, key=lambda m: (not m.in_order, self._vague(m, question), m.places))

    def _vague(self, mention: Mention, question: Question) -> int:
        """Whether a mention is of one word with which the names of several other things begin."""
        if len(mention.places) > 1:
            return 0
        stem = question.words[mention.places[0]].stem
        return int(self._lexicon.begins(stem) > 2)

    def _named(self, question: Question) -> Mention | None:
        """A name in the question, whatever it names."""
        longest = max(question.mentions, key=lambda m: (m.in_order, len(m.places)), default=None)
        if longest is None or not longest.in_order:
            return None
        names = frozenset(self._lexicon.label(iri) for iri in longest.iris)
        return replace(longest, iris=names)

    def _number(
        self, question: Question, values: Mapping[str, Any], filled: Mapping[str, Mention]
    ) -> Mention | None:
        words = question.words
        taken = {place for mention in filled.values() for place in mention.places}
        for place, word in enumerate(words):
            after = words[place + 1] if place + 1 < len(words) else None
            number = self._language.number(word, after)
            if number is None or place in taken:
                continue
            if values["number"][0] <= number <= values["number"][1]:
                return Mention((place,), frozenset({str(number)}), word.text)
        return None

    def _goes_with(self, question: Question, places: Sequence[int], form: Form) -> bool:
        """Whether an unknown name is but the first part of a term: the name of a plan, say."""
        following = max(places) + 1
        return following < len(question.words) and self._has_to_do(
            form, {question.words[following].concept}
        )

    def _unknown_name(self, question: Question) -> tuple[int, ...]:
        """The first words that look like the name of something of which nothing is known."""
        covered = {place for mention in question.mentions for place in mention.places}
        language_ = self._language
        found: list[int] = []
        for place, word in enumerate(question.words):
            named = self._written_as_name(question, place)
            strange = (found and named and found[-1] == place - 1) or (
                place not in covered
                and word.stem not in language_.stop
                and word.plain not in language_.foreign
                and word.plain[0].isalpha()
                and (self._is_new(word) or named)
            )
            if strange:
                found.append(place)
            elif found:
                break
        return tuple(found)

    def _is_new(self, word: Word) -> bool:
        return (
            not self._forms.knows(word.concept)
            and word.stem not in self._language.neutral
            and word.plain not in self._lexicon.vocabulary
        )

    @staticmethod
    def _written_as_name(question: Question, place: int) -> bool:
        word = question.words[place]
        begins = place == 0 or question.words[place - 1].clause != word.clause
        return word.text[0].isupper() and not begins and not word.text.isupper()

    # What can fill a slot ----------------------------------------------------------------------

    def _values(self, form: Form) -> Mapping[str, Mapping[str, Any]]:
        return self._slots[form.query.name]

    @cached_property
    def _slots(self) -> dict[str, dict[str, dict[str, Any]]]:
        queries = {form.query.name: form for form in self._forms.forms}
        digest = hashlib.sha256(self._graph.loaded.digest.encode())
        for name, form in sorted(queries.items()):
            digest.update(f"\0{name}\0{form.query.text}".encode())
        entry = f"{digest.hexdigest()}.slots"
        kept = cache.read(entry)
        found: dict[str, Any] = json.loads(kept) if kept else {}
        if not found:
            found = {name: self._possible(form) for name, form in queries.items()}
            cache.write(entry, json.dumps(found).encode())
        for slots in found.values():
            for slot in slots.values():
                slot["iris"] = frozenset(slot.get("iris", ()))
        return found

    def _possible(self, form: Form) -> dict[str, dict[str, Any]]:
        """The values of each parameter that the graph knows, found by leaving them open."""
        described = form.query.header.get("parameters") or {}
        things = possible_terms(self._graph, form.query)
        found: dict[str, dict[str, Any]] = {
            name: {"iris": [term.value for term in terms]} for name, terms in things.items()
        }
        for name, parameter in form.parameters.items():
            says = described.get(name) or {}
            if parameter.kind == "integer":
                found[name] = {"number": [says.get("least", 0), says.get("most", 10**12)]}
            elif parameter.kind == "string" and not parameter.optional:
                found[name] = {"text": True}
        return found

    # The answer --------------------------------------------------------------------------------

    def _answered(
        self, question: Question, candidate: Candidate, others: Sequence[Candidate]
    ) -> Answer | None:
        form = candidate.form
        bound, rows, variables = self._rows(question, candidate)
        rules = form.rules
        verdict = self._verdict(candidate, rows, bound)
        if question.aspect == "whether" and verdict is None:
            return None
        if not rows and rules.get("empty", "decline") == "decline":
            return None
        missing, told_of = self._explained(question, candidate, rows)
        share = missing / (missing + told_of + 1e-9)
        if share > float(rules.get("tolerance", _UNEXPLAINED)) or missing > _MOST_UNEXPLAINED:
            return None
        if question.denies and verdict:
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
        shown = verdict if question.aspect in ("whether", "maybe") else None
        if question.negated and not question.denies and not candidate.phrasing.negated:
            shown = None
        if shown:
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
            sources=tuple(Source(iri, self._lexicon.label(iri)) for iri in self._sections(rows)),
            disputed=self._disputed(rows),
            notes=tuple(notes),
            query=form.query.name,
            parameters={
                slot: self._shown(next(iter(sorted(iris))))
                for slot, iris in bound.items()
                if slot in form.parameters
            },
            confidence=round(min(candidate.score, 1.0) * (1 - share), 2),
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

    def _rows(
        self, question: Question, candidate: Candidate
    ) -> tuple[dict[str, frozenset[str]], list[Row], list[str]]:
        form = candidate.form
        bound = {slot: mention.iris for slot, mention in candidate.filled.items()}
        values = self._values(form)
        holds = {*form.rules.get("hold", ()), *(set(bound) - set(form.parameters))}
        held = {slot: bound.pop(slot) for slot in holds if slot in bound}
        fixed = {name: str(value) for name, value in (form.rules.get("with") or {}).items()}
        taken = {place for mention in candidate.filled.values() for place in mention.places}
        for slot in form.parameters:
            if slot in (*bound, *fixed, *held) or form.rules.get("open") is True:
                continue
            mention = self._fitting(question, slot, values.get(slot, {}), candidate.filled, form)
            if (
                mention
                and mention.strong
                and not mention.negated
                and not values.get(slot, {}).get("number")
                and not set(mention.places) & taken
                and not self._vague(mention, question)
            ):
                bound[slot] = mention.iris
        rows, variables = self._run(form, bound, fixed)
        rows = self._narrowed(question, candidate, rows, bound)
        keep = form.rules.get("keep")
        if keep:
            rows = [row for row in rows if self._writer.holds(keep, row)]
        return {**bound, **held}, self._picked(form, self._paired(form, rows, bound)), variables

    @staticmethod
    def _paired(form: Form, rows: list[Row], bound: Mapping[str, frozenset[str]]) -> list[Row]:
        """Of rows about one thing and another, those in which the question names both."""
        slot = str(form.rules.get("pair", ""))
        both = bound.get(slot, frozenset())
        if len(both) < 2 or not any("other" in row for row in rows):
            return rows
        return [
            row
            for row in rows
            if isinstance(other := row.get("other"), ox.NamedNode) and other.value in both
        ]

    @staticmethod
    def _picked(form: Form, rows: list[Row]) -> list[Row]:
        """The rows with the largest or the smallest number, where the form asks for it."""
        for which, variable in (form.rules.get("pick") or {}).items():
            numbers = [_value(row, variable) for row in rows if variable in row]
            if numbers:
                best = (max if which == "max" else min)(numbers)
                rows = [r for r in rows if variable in r and _value(r, variable) == best]
        return rows

    def _run(
        self, form: Form, bound: Mapping[str, frozenset[str]], fixed: Mapping[str, str]
    ) -> tuple[list[Row], list[str]]:
        choices: list[dict[str, str]] = [dict(fixed)]
        for slot, iris in bound.items():
            choices = [
                {**choice, slot: f"<{iri}>" if "://" in iri and " " not in iri else iri}
                for choice in choices
                for iri in sorted(iris)
            ][:8]
        rows: list[Row] = []
        variables: list[str] = []
        for choice in choices:
            result = self._graph.query(form.query, choice, limits=None)
            rows += result.rows
            variables = result.variables
        return rows, variables

    def _narrowed(
        self,
        question: Question,
        candidate: Candidate,
        rows: list[Row],
        bound: Mapping[str, frozenset[str]],
    ) -> list[Row]:
        """The rows of the modes that the other things in the question are about."""
        if candidate.form.rules.get("narrow") is False:
            return rows
        done = {iri for iris in bound.values() for iri in iris}
        alike: defaultdict[frozenset[str], list[Mention]] = defaultdict(list)
        for mention in question.mentions:
            inside = any(set(mention.places) < set(o.places) for o in question.mentions)
            if not mention.iris <= done and mention.in_order and not inside:
                alike[mention.kinds].append(mention)
        for mentions in alike.values():
            kept = [
                row
                for row in rows
                if any(self._is_about(row, mention) != mention.negated for mention in mentions)
            ]
            if kept:
                rows = kept
        return rows

    def _is_about(self, row: Row, mention: Mention) -> bool:
        """Whether a row says something of a thing, or of a mode that has to do with it."""
        names = {self._lexicon.label(iri) for iri in mention.iris}
        return any(
            term.value in mention.iris or bool(self._neighbours[term.value] & mention.iris)
            if isinstance(term, ox.NamedNode)
            else isinstance(term, ox.Literal) and term.value in names
            for term in row.values()
        )

    @cached_property
    def _neighbours(self) -> defaultdict[str, set[str]]:
        """For each access mode, what is said of it, and what it is a mode of."""
        modes = {
            triple.subject.value
            for triple in self._graph.asserted
            if triple.predicate.value == CKG + "authenticatesWith"
            and isinstance(triple.subject, ox.NamedNode)
        }
        found: defaultdict[str, set[str]] = defaultdict(set)
        for triple in (*self._graph.asserted, *self._graph.inferred):
            subject, value = triple.subject, triple.object
            if not isinstance(subject, ox.NamedNode) or not isinstance(value, ox.NamedNode):
                continue
            if subject.value in modes and triple.predicate.value in _OF_A_MODE:
                found[subject.value].add(value.value)
        return found

    def _verdict(
        self, candidate: Candidate, rows: Sequence[Row], bound: Mapping[str, frozenset[str]]
    ) -> str | None:
        """Yes or no by the first rule that a row meets; with no row, what is said for that."""
        rules = candidate.form.rules
        if slot := rules.get("synonyms"):
            return "yes" if len(bound.get(str(slot), ())) == 1 else "no"
        if not rows:
            return rules.get("empty")
        if slot := rules.get("only"):
            found = {t.value for row in rows if isinstance(t := row.get(slot), ox.NamedNode)}
            return "yes" if found == set(bound.get(str(slot), ())) else "no"
        if compare := rules.get("compare"):
            return _compared_values(compare, rows, candidate)
        for verdict in rules.get("order") or sorted(("yes", "no"), key=lambda v: _vague(rules, v)):
            rule = rules.get(verdict)
            if rule is None:
                continue
            alternatives = rule if isinstance(rule, list) else [rule]
            if rule == "any" or any(
                self._writer.holds(alternative, row, bound)
                for alternative in alternatives
                for row in rows
            ):
                return str(verdict)
        return None

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
                named |= self._neighbours[mode.value]
        missing, told_of = 0.0, _SLOT * (len(candidate.filled) + bool(candidate.unknown))
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
        for concept in form.vocabulary | self._said(rows):
            told_by.setdefault(concept, 0.6)
        counted: set[str] = set()
        for place, word in enumerate(question.words):
            if place in used or word.concept in counted:
                continue
            counted.add(word.concept)
            share = 1.0 if place in kindred else told_by.get(word.concept, 0.0)
            if word.plain in language_.foreign and share < 1.0:
                missing += 1.5
            elif self._says_something(word):
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

    def _sections(self, rows: Sequence[Row]) -> list[str]:
        return sections(rows)

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
            if query.name != name and query.name not in found:
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
            if place not in covered and self._says_something(word):
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
        if question.aspect in ("whether", "maybe") and len(statuses) == 1:
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


_OF_A_MODE = {
    CKG + name
    for name in (
        *("accessModeOf", "authenticatesWith", "availableUnderPlan", "billedBy", "connectsTo"),
        *("usesCredential", "operatesIn", "accessGrantedBy", "requires"),
    )
}


_FACT_QUERY = "sources/of-a-thing"
_FACT_COLUMNS = ("thing", "property", "value")


def _vague(rules: Mapping[str, Any], verdict: str) -> bool:
    """Whether a rule is met by whatever a row has, so that another one comes first."""
    rule = rules.get(verdict)
    return rule == "any" or (isinstance(rule, dict) and set(map(str, rule.values())) == {"given"})


def _value(row: Row, variable: str) -> Decimal:
    term = row[variable]
    assert isinstance(term, ox.Literal)
    return Decimal(term.value)


def _compared_values(
    compare: Mapping[str, str], rows: Sequence[Row], candidate: Candidate
) -> str | None:
    """Whether the values of a variable are the same, different, or larger for the first thing."""
    by: dict[str, set[str]] = {}
    for row in rows:
        holder, term = row.get(compare["by"]), row.get(compare["value"])
        if isinstance(holder, ox.NamedNode) and isinstance(term, ox.NamedNode | ox.Literal):
            by.setdefault(holder.value, set()).add(term.value)
    if len(by) < 2:
        return None
    groups = list(by.values())
    if compare["is"] in ("same", "different"):
        same = all(group == groups[0] for group in groups)
        return "yes" if same == (compare["is"] == "same") else "no"
    first = candidate.filled[compare["by"]].first
    numbers = {holder: max(map(Decimal, values)) for holder, values in by.items()}
    rest = [number for holder, number in numbers.items() if holder not in first]
    mine = [number for holder, number in numbers.items() if holder in first]
    if not rest or not mine:
        return None
    return "yes" if max(mine) > max(rest) else "no"


__all__ = ["LONGEST", "Asker", "ask", "told"]
