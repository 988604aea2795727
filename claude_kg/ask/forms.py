"""The forms in which the catalogue can be asked: its phrasings, made comparable."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from claude_kg.ask.cues import read_cues
from claude_kg.ask.data import read_yaml
from claude_kg.ask.phrasings import compiled
from claude_kg.errors import InputError
from claude_kg.query.catalogue import REPORT_FOLDER, Query
from claude_kg.query.guard import inspect
from claude_kg.query.parameters import parameters_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from claude_kg.ask.cues import Cue
    from claude_kg.ask.phrasings import Phrasing, Phrasings
    from claude_kg.ask.words import Language
    from claude_kg.query.catalogue import Catalogue
    from claude_kg.query.parameters import Parameter

_ABOUT = 0.4
_RARE = 0.35
_USUAL = 6.0

ANY = "any"
"""The slot that a word fills of which the graph knows nothing."""


@dataclass(frozen=True)
class Form:
    """A way to ask a query and to answer it: what the header says under ``ask``."""

    query: Query
    number: int
    phrasings: tuple[Phrasing, ...]
    rules: Mapping[str, Any] = field(repr=False)
    vocabulary: Mapping[str, float] = field(repr=False)
    parameters: Mapping[str, Parameter] = field(repr=False)
    cues: tuple[Cue, ...] = ()

    @property
    def name(self) -> str:
        """What it is known by: the query and its number."""
        return f"{self.query.name}#{self.number}"

    @property
    def is_uncovered(self) -> bool:
        """Whether it stands for questions of which the graph says nothing."""
        return self.query.name == ""

    @property
    def decides(self) -> bool:
        """Whether an answer is yes or no."""
        return any(key in self.rules for key in ("yes", "no", "compare", "synonyms", "only"))

    @property
    def denies(self) -> bool:
        """Whether yes means that something is not: that it is missing, say."""
        return bool(self.rules.get("denies"))

    @property
    def leaves_open(self) -> bool:
        """Whether a question for yes or no is answered by what is known, and neither is said."""
        return bool(self.rules.get("leaves_open"))

    @property
    def needed(self) -> set[str]:
        """The slots without which the form makes no sense."""
        return set(self.rules.get("needs") or ()) | {
            name for name, parameter in self.parameters.items() if not parameter.optional
        }


class Forms:
    """All forms of a catalogue, and how much each word tells."""

    def __init__(self, catalogue: Catalogue, language: Language) -> None:
        queries = {query.name: query for query in catalogue.queries()}
        more = _more_phrasings(catalogue, queries)
        drafts = [
            draft
            for query in queries.values()
            if not query.name.startswith(f"{REPORT_FOLDER}/")
            for draft in _drafts(query, more.get(query.name, {}))
        ]
        drafts += _uncovered(catalogue)
        phrasings = compiled((text for draft in drafts for text in draft.texts), language)
        self.forms = [draft.form(phrasings, language) for draft in drafts]
        self.known = phrasings.words
        self._weights = _weights(self.forms)

    def weight(self, concept: str) -> float:
        """How much a word tells: between 0 for one that is in every form and 1 for a rare one."""
        return self._weights.get(concept, 1.0)

    def knows(self, concept: str) -> bool:
        """Whether any phrasing has the word."""
        return concept in self._weights


def _more_phrasings(
    catalogue: Catalogue, queries: Mapping[str, Query]
) -> dict[str, dict[str, list[str]]]:
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
            if name not in queries:
                raise InputError(f"there is no query {name!r}", file=str(path))
            known = _own_phrasings(queries[name])
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


@dataclass(frozen=True)
class _Draft:
    """A form whose phrasings are texts as yet."""

    query: Query
    number: int
    texts: Sequence[str]
    rules: Mapping[str, Any] = field(default_factory=dict)
    about: Sequence[str] = ()
    parameters: Mapping[str, Parameter] = field(default_factory=dict)

    def form(self, compiled: Phrasings, language: Language) -> Form:
        phrasings = tuple(compiled.by_text[text] for text in self.texts)
        vocabulary = _vocabulary(phrasings, self.about, language)
        cues = read_cues(self.rules.get("cues") or (), language)
        rules, parameters = self.rules, self.parameters
        return Form(self.query, self.number, phrasings, rules, vocabulary, parameters, cues)


def _drafts(query: Query, more: Mapping[str, list[str]]) -> Iterable[_Draft]:
    parameters = {p.name: p for p in parameters_of(inspect(query.text))}
    asked = query.header.get("ask") or {}
    common = {key: value for key, value in asked.items() if key not in ("like", "forms")}
    inherited = {key: value for key, value in common.items() if key in _INHERITED}
    # A phrasing that a form of its own answers is listed in the header all the same.
    claimed = {text for form in asked.get("forms", ()) for text in form.get("like", ())}
    like = [*query.header.get("phrasings", ()), *asked.get("like", ())]
    first = {**common, "like": [text for text in like if text not in claimed]}
    for number, rules in enumerate([first, *asked.get("forms", ())]):
        own = [str(text) for text in rules.get("like", ())]
        texts = list(dict.fromkeys([*own, *(text for key in own for text in more.get(key, ()))]))
        about = [query.summary, query.description] if number == 0 else [query.summary]
        if texts:
            yield _Draft(query, number, texts, {**inherited, **rules}, about, parameters)


_INHERITED = ("evidence",)


def _uncovered(catalogue: Catalogue) -> Iterable[_Draft]:
    """A form for each topic of which the graph says nothing.

    Raises InputError for a file that says it in another form.
    """
    path = catalogue.uncovered_file
    if not path.exists():
        return
    topics = read_yaml(path) or {}
    if not isinstance(topics, dict) or not all(isinstance(t, list) for t in topics.values()):
        raise InputError("holds no phrasings by topic", file=str(path))
    nothing = Query("", "", {})
    for number, texts in enumerate(topics.values()):
        yield _Draft(nothing, number, list(dict.fromkeys(map(str, texts))))


def _vocabulary(
    phrasings: Sequence[Phrasing], about: Iterable[str], language: Language
) -> dict[str, float]:
    """How much each word has to do with a form: 1 where it is in many phrasings of it."""
    found = {word.concept: _ABOUT for text in about for word in language.words(text)}
    counts = Counter(concept for phrasing in phrasings for concept in phrasing.concepts)
    for concept, count in counts.items():
        share = min(1.0, _USUAL * count / len(phrasings))
        found[concept] = max(found.get(concept, 0.0), _RARE + (1 - _RARE) * share)
    return found


def _weights(forms: Sequence[Form]) -> dict[str, float]:
    """How much each word tells of the form: the fewer forms it is usual in, the more."""
    shares: defaultdict[str, list[float]] = defaultdict(list)
    for form in forms:
        counts = Counter(concept for phrasing in form.phrasings for concept in phrasing.concepts)
        for concept, count in counts.items():
            shares[concept].append(count / len(form.phrasings))
    most = math.log(len(forms) + 1)
    weights = {}
    for concept, found in shares.items():
        total = sum(found)
        entropy = -sum(share / total * math.log(share / total) for share in found)
        weights[concept] = max(0.05, 1 - entropy / most)
    return weights
