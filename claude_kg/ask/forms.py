"""The forms in which the catalogue can be asked: its phrasings, made comparable."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from claude_kg.query.catalogue import REPORT_FOLDER
from claude_kg.query.guard import inspect
from claude_kg.query.parameters import parameters_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from claude_kg.ask.words import Language, Word
    from claude_kg.query.catalogue import Catalogue, Query
    from claude_kg.query.parameters import Parameter

SLOT = re.compile(r"\{(\w+)\}")
ANY = "any"
"""The slot that a word fills of which the graph knows nothing."""


@dataclass(frozen=True)
class Phrasing:
    """One way to put a question: its words, its slots in order, and what it asks for."""

    text: str
    concepts: frozenset[str]
    slots: tuple[str, ...]
    aspect: str
    beside: tuple[tuple[str, str], ...] = ()
    negated: bool = False


@dataclass(frozen=True)
class Form:
    """A way to ask a query and to answer it: what the header says under ``ask``."""

    query: Query
    number: int
    phrasings: tuple[Phrasing, ...]
    rules: Mapping[str, Any] = field(repr=False)
    vocabulary: frozenset[str] = field(repr=False)
    parameters: Mapping[str, Parameter] = field(repr=False)

    @property
    def decides(self) -> bool:
        """Whether an answer is yes or no."""
        return any(key in self.rules for key in ("yes", "no", "compare", "synonyms", "only"))

    @property
    def needed(self) -> set[str]:
        """The slots without which the form makes no sense."""
        return set(self.rules.get("needs") or ()) | {
            name for name, parameter in self.parameters.items() if not parameter.optional
        }


class Forms:
    """All forms of a catalogue, and how much each word tells."""

    def __init__(self, catalogue: Catalogue, language: Language) -> None:
        self.forms: list[Form] = []
        for query in catalogue.queries():
            if not query.name.startswith(f"{REPORT_FOLDER}/"):
                self.forms += _forms_of(query, language)
        self.known = {
            word.plain
            for form in self.forms
            for phrasing in form.phrasings
            for word in language.words(SLOT.sub(" ", phrasing.text))
        }
        counts: defaultdict[str, int] = defaultdict(int)
        for form in self.forms:
            for concept in {c for p in form.phrasings for c in p.concepts}:
                counts[concept] += 1
        total = len(self.forms) + 1
        self._weights = {
            concept: math.log(total / count) / math.log(total) for concept, count in counts.items()
        }

    def weight(self, concept: str) -> float:
        """How much a word tells: between 0 for one that is in every form and 1 for a rare one."""
        return self._weights.get(concept, 1.0)

    def knows(self, concept: str) -> bool:
        """Whether any phrasing has the word."""
        return concept in self._weights


def _forms_of(query: Query, language: Language) -> Iterable[Form]:
    parameters = {p.name: p for p in parameters_of(inspect(query.text))}
    asked = query.header.get("ask") or {}
    common = {key: value for key, value in asked.items() if key not in ("like", "forms")}
    # A phrasing that a form of its own answers is listed in the header all the same.
    claimed = {text for form in asked.get("forms", ()) for text in form.get("like", ())}
    like = [*query.header.get("phrasings", ()), *asked.get("like", ())]
    first = {**common, "like": [text for text in like if text not in claimed]}
    for number, rules in enumerate([first, *asked.get("forms", ())]):
        phrasings = tuple(_phrasing(str(text), language) for text in rules.get("like", ()))
        texts = [query.summary, query.description] if number == 0 else [query.summary]
        words = [word for text in texts for word in language.words(text)]
        vocabulary = {word.concept for word in words} | {
            concept for phrasing in phrasings for concept in phrasing.concepts
        }
        if phrasings:
            yield Form(
                query,
                number,
                phrasings,
                {**{k: v for k, v in common.items() if k in _INHERITED}, **rules},
                frozenset(vocabulary),
                parameters,
            )


_INHERITED = ("evidence",)


def _phrasing(text: str, language: Language) -> Phrasing:
    words = language.words(SLOT.sub(" ", text))
    pieces = SLOT.split(text)
    beside = []
    for at in range(1, len(pieces), 2):
        before, after = language.words(pieces[at - 1]), language.words(pieces[at + 1])
        beside.append((before[-1].concept if before else "", after[0].concept if after else ""))
    return Phrasing(
        text,
        frozenset(told(words, language)),
        tuple(SLOT.findall(text)),
        language.aspect(words, asked=text.endswith("?")),
        tuple(beside),
        language.negated(words),
    )


def told(words: Iterable[Word], language: Language) -> list[str]:
    """The meanings of the words that say something."""
    return [w.concept for w in words if w.stem not in language.stop or w.concept[0] == "="]
