"""The forms in which the catalogue can be asked: its phrasings, made comparable."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from claude_kg.ask.data import read_yaml
from claude_kg.errors import InputError
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
        more = _more_phrasings(catalogue)
        self.forms: list[Form] = []
        for query in catalogue.queries():
            if not query.name.startswith(f"{REPORT_FOLDER}/"):
                self.forms += _forms_of(query, language, more.get(query.name, {}))
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


def _more_phrasings(catalogue: Catalogue) -> dict[str, dict[str, list[str]]]:
    """For each query and phrasing of its header, more phrasings that mean the same.

    Raises InputError for a file that says it in another form, or of what is not there.
    """
    found: dict[str, dict[str, list[str]]] = {}
    for path in catalogue.phrasing_files:
        data = read_yaml(path) or {}
        if not _is_grouped(data):
            raise InputError(
                "holds no phrasings by query and phrasing of its header",
                "Write `query:`, below it `  phrasing:`, and below that `  - other phrasing`",
                file=str(path),
            )
        for name, groups in data.items():
            if name not in catalogue.names:
                raise InputError(f"there is no query {name!r}", file=str(path))
            known = _own_phrasings(catalogue.find(name))
            for key, phrasings in groups.items():
                if key not in known:
                    raise InputError(
                        f"{name} has no phrasing {key!r}",
                        "Group the phrasings under one of the header of the query",
                        file=str(path),
                    )
                found.setdefault(name, {}).setdefault(key, []).extend(map(str, phrasings))
    return found


def _is_grouped(data: object) -> bool:
    return isinstance(data, dict) and all(
        isinstance(groups, dict) and all(isinstance(texts, list) for texts in groups.values())
        for groups in data.values()
    )


def _own_phrasings(query: Query) -> set[str]:
    asked = query.header.get("ask") or {}
    lists = [asked, *asked.get("forms", ())]
    return {
        str(text)
        for texts in (
            query.header.get("phrasings", ()),
            *(entry.get("like", ()) for entry in lists),
        )
        for text in texts
    }


def _forms_of(query: Query, language: Language, more: Mapping[str, list[str]]) -> Iterable[Form]:
    parameters = {p.name: p for p in parameters_of(inspect(query.text))}
    asked = query.header.get("ask") or {}
    common = {key: value for key, value in asked.items() if key not in ("like", "forms")}
    # A phrasing that a form of its own answers is listed in the header all the same.
    claimed = {text for form in asked.get("forms", ()) for text in form.get("like", ())}
    like = [*query.header.get("phrasings", ()), *asked.get("like", ())]
    first = {**common, "like": [text for text in like if text not in claimed]}
    for number, rules in enumerate([first, *asked.get("forms", ())]):
        own = [str(text) for text in rules.get("like", ())]
        texts = dict.fromkeys([*own, *(text for key in own for text in more.get(key, ()))])
        phrasings = tuple(_phrasing(text, language) for text in texts)
        about = [query.summary, query.description] if number == 0 else [query.summary]
        words = [word for text in about for word in language.words(text)]
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
