"""Fill the slots of a phrasing with the things that a question names."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from claude_kg import cache
from claude_kg.ask.forms import ANY
from claude_kg.ask.spot import Mention
from claude_kg.ask.words import AS_WRITTEN
from claude_kg.query.allowed import possible_terms

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from claude_kg.ask.forms import Form, Forms
    from claude_kg.ask.phrasings import Phrasing
    from claude_kg.ask.question import Question
    from claude_kg.ask.spot import Lexicon
    from claude_kg.ask.text import Word
    from claude_kg.ask.words import Language
    from claude_kg.graph import KnowledgeGraph

_WHOLE = ("integer", "nonNegativeInteger")


@dataclass
class Fit:
    """How a phrasing's slots are filled: by what, where, and how many are left open."""

    filled: dict[str, Mention] = field(default_factory=dict)
    used: set[int] = field(default_factory=set)
    unknown: tuple[int, ...] = ()
    open: int = 0
    beside: int = 0


class Slots:
    """Knows what can fill the slots of the forms, in one graph."""

    def __init__(
        self, graph: KnowledgeGraph, forms: Forms, lexicon: Lexicon, language: Language
    ) -> None:
        self._graph = graph
        self._forms = forms
        self._lexicon = lexicon
        self._language = language
        self._demands: dict[str, tuple[frozenset[str], frozenset[str]]] = {}

    def fit(
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
                mention = self.fitting(question, slot, values.get(slot, {}), fit.filled, form)
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

    def fit_any(self, question: Question, form: Form, wanted: Collection[str]) -> Fit | None:
        """What fills the wanted and the needed slots of a form, wherever it is in the question.

        None where one stays empty that the form cannot do without.
        """
        fit = Fit()
        if ANY in wanted:
            fit.unknown = self._language.tool(question.words)
        values = self.values(form)
        for slot in form.parameters:
            if slot in wanted or slot in form.needed:
                mention = self.fitting(question, slot, values.get(slot, {}), fit.filled, form)
                if mention is not None:
                    fit.filled[slot] = mention
                elif slot in form.needed:
                    return None
        if form.rules.get("unknown") and not fit.unknown:
            return None
        return fit

    def names(self, question: Question, form: Form, slot: str) -> bool:
        """Whether a question names something that fills a slot of a form."""
        if slot == ANY:
            return bool(self._language.tool(question.words))
        allowed = self.values(form).get(slot, {}).get("iris", frozenset())
        return any(m.strong and not allowed.isdisjoint(m.iris) for m in question.mentions)

    def can_fill(self, question: Question, form: Form, slot: str) -> bool:
        """Whether anything in the question could fill a slot of a form."""
        values = self.values(form).get(slot, {})
        if slot == ANY or values.get("number") or values.get("text"):
            return True
        allowed = values.get("iris", frozenset())
        return any(not allowed.isdisjoint(mention.iris) for mention in question.mentions)

    def _with_others(
        self, question: Question, mention: Mention, values: Mapping[str, Any]
    ) -> Mention:
        """What fills a slot together with all else in the question that could."""
        allowed = values.get("iris", frozenset())
        for other in question.mentions:
            iris = other.iris & allowed - mention.iris
            apart = not set(other.places) & set(mention.places)
            alike = other.kinds == mention.kinds or self.in_one_breath(question, mention, other)
            if iris and apart and alike and other.in_order and not self.vague(other, question):
                mention = mention.joined(replace(other, iris=iris))
        return mention

    def in_one_breath(self, question: Question, one: Mention, other: Mention) -> bool:
        """Whether two things are named together, as in "the one and the other"."""
        first, second = sorted((one.places, other.places))
        between = question.words[max(first) + 1 : min(second)]
        plain = {word.plain for word in between}
        return self._language.and_ in plain and plain <= self._language.passed_over

    @staticmethod
    def _beside(question: Question, places: Sequence[int], neighbours: tuple[str, str]) -> int:
        """How many of the two words beside a slot are beside its filling too."""
        words = question.words
        before = words[min(places) - 1].concept if min(places) else ""
        after = words[max(places) + 1].concept if max(places) + 1 < len(words) else ""
        return (before == neighbours[0] != "") + (after == neighbours[1] != "")

    def fitting(
        self,
        question: Question,
        slot: str,
        values: Mapping[str, Any],
        filled: Mapping[str, Mention],
        form: Form,
    ) -> Mention | None:
        """The mention that fills a slot which can have the given values, or None."""
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
        asked = question.asking_places
        return min(
            fresh,
            key=lambda m: (
                not m.in_order,
                self.vague(m, question),
                asked.isdisjoint(m.places),
                m.places,
            ),
        )

    def vague(self, mention: Mention, question: Question) -> int:
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
                with_unit = after is not None and after.plain in self._language.units
                places = (place, place + 1) if with_unit else (place,)
                return Mention(places, frozenset({str(number)}), word.text)
        return None

    def _goes_with(self, question: Question, places: Sequence[int], form: Form) -> bool:
        """Whether an unknown name is but the first part of a term: the name of a plan, say."""
        following = max(places) + 1
        return following < len(question.words) and self.has_to_do(
            form, {question.words[following].concept}
        )

    def has_to_do(self, form: Form, said: Collection[str]) -> bool:
        """Whether a form can be meant at all.

        One of the words is there without which it is not, and none with which it is not.
        """
        if form.name not in self._demands:
            must, unless = (form.rules.get(key) or () for key in ("must", "unless"))
            self._demands[form.name] = self._meanings(must), self._meanings(unless)
        needed, excluded = self._demands[form.name]
        return (not needed or not needed.isdisjoint(said)) and excluded.isdisjoint(said)

    def _meanings(self, texts: Iterable[object]) -> frozenset[str]:
        """What the words of texts mean, and the words that are marked to be meant as written."""
        meanings: set[str] = set()
        for text in map(str, texts):
            if text.endswith(AS_WRITTEN):
                meanings.add(text)
            else:
                meanings |= {word.concept for word in self._language.words(text)}
        return frozenset(meanings)

    def _unknown_name(self, question: Question) -> tuple[int, ...]:
        """The first words that look like the name of something of which nothing is known."""
        if tool := self._language.tool(question.words):
            return tool
        covered = {place for mention in question.mentions for place in mention.places}
        language_ = self._language
        found: list[int] = []
        for place, word in enumerate(question.words):
            named = self.written_as_name(question, place)
            strange = (found and named and found[-1] == place - 1) or (
                place not in covered
                and word.stem not in language_.stop
                and word.plain not in language_.foreign
                and word.plain not in language_.elsewhere
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
    def written_as_name(question: Question, place: int) -> bool:
        """Whether a word is written as proper names are, inside of a clause."""
        word = question.words[place]
        begins = place == 0 or question.words[place - 1].clause != word.clause
        return word.text[0].isupper() and not begins and not word.text.isupper()

    def values(self, form: Form) -> Mapping[str, Mapping[str, Any]]:
        """For each slot of a form, the things, the range of numbers or the text it can have."""
        if form.is_uncovered:
            return self._anywhere
        return self._all[form.query.name]

    @cached_property
    def _anywhere(self) -> dict[str, dict[str, Any]]:
        """What slots of these names can have in any form, and ``thing`` whatever has a name."""
        found: dict[str, dict[str, Any]] = {}
        for slots in self._all.values():
            for name, says in slots.items():
                iris = says.get("iris", frozenset()) | found.get(name, {}).get("iris", frozenset())
                found[name] = {"iris": iris}
        return {**found, "thing": {"iris": frozenset(self._lexicon.types)}}

    @cached_property
    def _all(self) -> dict[str, dict[str, dict[str, Any]]]:
        queries = {f.query.name: f for f in self._forms.forms if not f.is_uncovered}
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
            if parameter.kind in _WHOLE:
                found[name] = {"number": [says.get("least", 0), says.get("most", 10**12)]}
            elif parameter.kind == "string" and not parameter.optional:
                found[name] = {"text": True}
        return found
