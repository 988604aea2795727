"""Turn a text into words that can be compared, by the rules of the data file of the language."""

from __future__ import annotations

import hashlib
import json
import re
from collections import defaultdict
from dataclasses import replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from claude_kg import files
from claude_kg.ask.data import read_yaml
from claude_kg.ask.denials import Denials
from claude_kg.ask.text import WORD, Word, plain_words, undress

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

_CLAUSE_END = re.compile(r"[;?!\n()]|[,.:]+(?=\s|$)|\s[-\u2013\u2014]+\s|\.\.")
_SENTENCE_END = re.compile(r"[?!\n]|[.](?=\s|$)")
_ASIDE = re.compile(r"(?<=\s)\((\w{3,})\)")
_LONGEST_PHRASE = 4

AS_WRITTEN = "!"
"""Ends a word in the data that stands for itself, and not for all that means the same."""

_NUMBER = re.compile(r"(\d+(?:,\d{3})*(?:\.\d+)?)([a-z]?)")


class Language:
    """What the data file says of words: which mean the same, which say nothing, which ask."""

    def __init__(self, data: dict[str, Any]) -> None:
        self._data = data
        self.digest = hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()
        self._articles = set(data["articles"].split())
        self.stop = self._stems("stop")
        self.neutral = self._stems("neutral") | self._stems("openers") - self.stop
        self.universal = {str(word) for word in data["universal"]}
        self.texts: dict[str, str] = dict(data["texts"])
        self._polite = [tuple(plain_words(str(phrase))) for phrase in data["polite"]]
        self.and_ = self.texts["and"].strip()
        self.passed_over = {self.and_, *self._articles, *data["joint"]}
        self.by_way_of = {*self._articles, *data["by_way_of"]}
        self.openers = set(data["openers"].split())
        self.foreign = set(data["foreign"].split())
        self.elsewhere = set(data["elsewhere"].split())
        self._tools = {tuple(plain_words(str(name))) for name in data["tools"]}
        self._tools_as_names = {str(name) for name in data["tools_if_written_as_names"]}
        self.units: dict[str, int] = dict(data["units"])
        self.symbols: dict[str, str] = dict(data["symbols"])
        self.plain_words = {
            word
            for name in ("stop", "neutral", "openers", "foreign", "discourse")
            for word in data[name].split()
        }
        self._discourse = self._stems("discourse")
        # A word as it is written comes before its stem, which words of two groups may share.
        self._same: dict[tuple[str, ...], str] = {}
        self._same_stems: dict[tuple[str, ...], str] = {}
        for group in data["same"]:
            for phrase in group:
                plain = plain_words(str(phrase))
                told = [word for word in plain if word not in self._articles] or plain
                concept = "=" + str(group[0])
                self._same.setdefault(tuple(told), concept)
                self._same_stems.setdefault(tuple(self.stem(word) for word in told), concept)
                self.plain_words |= set(plain_words(str(phrase)))
        self._aspects: defaultdict[str, list[tuple[tuple[str, ...], str]]] = defaultdict(list)
        for aspect, phrases in data["aspects"].items():
            for words in (tuple(plain_words(str(phrase))) for phrase in phrases):
                self._aspects[words[0]].append((words, str(aspect)))
        self._endings_of_questions = [
            tuple(plain_words(str(phrase)))
            for phrase in (*data["closers"], *data["doubting_closers"])
        ]
        self.denials = Denials(data, self._of_clause)
        """What it says of words of denial."""

    def _stems(self, name: str) -> set[str]:
        entries = self._data[name]
        words = entries.split() if isinstance(entries, str) else entries
        return {self.stem(str(word)) for word in words}

    @lru_cache(maxsize=20_000)  # noqa: B019 - one language lives as long as the process
    def stem(self, word: str) -> str:
        """A word without its endings; what is left need be no word."""
        if word[0] in "/$" or word[0].isdigit():
            return word
        return str(self._stemmer.stemWord(word))

    @cached_property
    def _stemmer(self) -> Any:
        import snowballstemmer

        return snowballstemmer.stemmer(self._data["stemmer"])

    def words(self, text: str) -> list[Word]:
        """The words of a text in order, each with what it means."""
        found: list[Word] = []
        # A word in brackets belongs to what is before it: "Workshop (web)".
        text = _ASIDE.sub(r" \1 ", text)
        clauses = [match.start() for match in _CLAUSE_END.finditer(text)]
        sentences = [match.start() for match in _SENTENCE_END.finditer(text)]
        clause = sentence = 0
        for match in WORD.finditer(text):
            while clause < len(clauses) and clauses[clause] < match.start():
                clause += 1
            while sentence < len(sentences) and sentences[sentence] < match.start():
                sentence += 1
            plain, place = undress(match[0]), len(found)
            found.append(Word(match[0], plain, self.stem(plain), "", clause, place, sentence))
        return self.meant(found)

    @staticmethod
    def asking(text: str) -> frozenset[int]:
        """The numbers of the sentences of a text that end in a question mark."""
        ends = enumerate(_SENTENCE_END.finditer(text))
        return frozenset(number for number, end in ends if end[0] == "?")

    def meant(self, words: list[Word]) -> list[Word]:
        """The same words, each with what it means, by itself or together with its neighbours.

        Articles do not count: "reach the limit" means what "reach limit" does.
        """
        concepts = [word.stem for word in words]
        told = [at for at, word in enumerate(words) if word.plain not in self._articles]
        first = 0
        while first < len(told):
            for length in range(min(_LONGEST_PHRASE, len(told) - first), 0, -1):
                places = told[first : first + length]
                concept = self._same.get(
                    tuple(words[at].plain for at in places)
                ) or self._same_stems.get(tuple(words[at].stem for at in places))
                if concept and words[places[0]].clause == words[places[-1]].clause:
                    for at in range(places[0], places[-1] + 1):
                        concepts[at] = concept
                    first += length - 1
                    break
            first += 1
        return [replace(w, concept=concept) for w, concept in zip(words, concepts, strict=True)]

    def says_something(self, word: Word) -> bool:
        """Whether a word tells anything about what is asked."""
        return word.stem not in self.stop or word.concept[0] == "="

    def says_something_special(self, word: Word) -> bool:
        """Whether a word tells what is asked about, and may not stand in any question."""
        return self.says_something(word) and word.stem not in self.neutral

    def aspect(self, words: list[Word], asked: bool) -> str:
        """What is asked: one of the aspects of the data file, ``whether``, or nothing.

        ``either`` is a choice between two, ``maybe`` a text that ends as questions do (which
        ``asked`` says) and shows by no word what it asks for.
        """
        found, leads = "", False
        for clause in sorted({word.clause for word in words}):
            said = [word for word in words if word.clause == clause]
            if asked_first := self._leading(said):
                found, leads = asked_first, True
            elif not leads:
                # "Can that be, that it stops when all is used up?" does not ask when.
                found = self._inside(said) or found
        if found or not asked:
            return found
        return "either" if self._chooses([word.plain for word in words]) else "maybe"

    def _of_clause(self, words: list[Word]) -> str:
        return self._leading(words) or self._inside(words)

    def _leading(self, words: list[Word]) -> str:
        """What a clause asks for by the words with which it begins, or ends."""
        plain = [word.plain for word in words]
        begins = next((at for at, word in enumerate(words) if word.stem not in self._discourse), 0)
        first = min(self._places(plain), default=None)
        asks = first is not None and first[0] <= begins and first[2] != "condition"
        if not asks and self._ends_as_whether(words):
            return "whether"
        polite = (len(p) for p in self._polite if tuple(plain[begins : begins + len(p)]) == p)
        told = begins + next(polite, 0)
        if told < len(plain) and plain[told] in self._data["imperatives"]:
            return first[2] if first else "what"
        opener = next((at for at, word in enumerate(plain) if word in self.openers), None)
        if opener is not None and self._tells(plain[opener : opener + 2]):
            opener = None
        # In "ok, but which one" the first word asks for nothing.
        only_opens = asks and first is not None and opener != first[0]
        if opener is not None and opener <= begins and not only_opens:
            return "either" if self._chooses(plain) else "whether"
        return first[2] if asks and first else ""

    def _tells(self, plain: list[str]) -> bool:
        """Whether words that could begin a question begin what is told: "can't find it"."""
        denies, follower = plain[0] in self._data["denials"], plain[1:]
        return denies and bool(follower) and follower[0] in self._data["told_after_denial"]

    def _chooses(self, plain: list[str]) -> bool:
        """Whether there is a choice between two: "or not" at the end leaves it at yes or no."""
        return any(
            word == self.texts["or"] and follower not in self._data["no_choice"]
            for word, follower in zip(plain, (*plain[1:], ""), strict=False)
        )

    def _inside(self, words: list[Word]) -> str:
        """What a clause asks for by a word somewhere in it."""
        plain = [word.plain for word in words]
        first = min(self._places(plain), default=None)
        if first is not None and first[2] != "condition":
            return first[2]
        opener = next((at for at, word in enumerate(plain) if word in self.openers), None)
        if opener is not None and opener + 1 < len(plain):
            follower = words[opener + 1]
            if follower.plain in self._data["askers"]:
                return "whether"
        return ""

    def _places(self, plain: list[str]) -> list[tuple[int, int, str]]:
        """Where words show what is asked for: the place, the length, the aspect."""
        return [
            (at, -len(phrase), aspect)
            for at, word in enumerate(plain)
            for phrase, aspect in self._aspects.get(word, ())
            if tuple(plain[at : at + len(phrase)]) == phrase
        ]

    def _ends_as_whether(self, words: list[Word]) -> bool:
        plain = [word.plain for word in words]
        return self.denials.is_tag(words) or any(
            tuple(plain[-len(end) :]) == end for end in self._endings_of_questions if end
        )

    def tool(self, words: Sequence[Word]) -> tuple[int, ...]:
        """The places of the first words that are the known name of some other program."""
        plain = [word.plain for word in words]
        for at in range(len(words)):
            for length in range(_LONGEST_PHRASE, 0, -1):
                if tuple(plain[at : at + length]) in self._tools and at + length <= len(words):
                    return tuple(range(at, at + length))
            if words[at].text in self._tools_as_names and at:
                return (at,)
        return ()

    def number(self, word: Word, after: Word | None) -> int | None:
        """The whole number that a word stands for, with a unit in it or after it."""
        match = _NUMBER.fullmatch(word.plain)
        if match:
            value = float(match[1].replace(",", ""))
        elif word.plain in self._data["numbers"]:
            value = float(self._data["numbers"][word.plain])
        else:
            return None
        unit = match[2] if match else ""
        if unit and unit not in self.units:
            return None
        if not unit and after is not None and after.plain in self.units and len(after.plain) > 1:
            unit = after.plain
        return int(value * self.units.get(unit, 1))


def as_written(words: Iterable[Word]) -> frozenset[str]:
    """Words as they are written, marked as such: not for what they mean."""
    return frozenset(f"{word.plain}{AS_WRITTEN}" for word in words)


def said_by(words: Sequence[Word]) -> frozenset[str]:
    """What words mean, and the words as they are written."""
    return as_written(words) | {word.concept for word in words}


@lru_cache(maxsize=4)
def language(path: Path = files.QUERIES_FOLDER / "ask.yaml") -> Language:
    """The language of a data file, which is parsed once for one content."""
    return Language(read_yaml(path))
