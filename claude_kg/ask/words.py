"""Turn a text into words that can be compared, by the rules of the data file of the language."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from claude_kg import files
from claude_kg.ask.data import read_yaml

if TYPE_CHECKING:
    from pathlib import Path

_WORD = re.compile(r"(?<![\w/.])/[a-z]+|\d+(?:[.,]\d+)*\w*|[^\W_]+(?:'[^\W_]+)?|\$")
_CLAUSE_END = re.compile(r"[;?!\n()]|[,.:]+(?=\s|$)|\s[-\u2013\u2014]+\s|\.\.")
_LONGEST_PHRASE = 4
_NUMBER = re.compile(r"(\d+(?:[.,]\d+)*)([a-z]?)")


@dataclass(frozen=True)
class Word:
    """A word of a text: as written, in its plain form, its stem, its meaning, and its clause."""

    text: str
    plain: str
    stem: str
    concept: str
    clause: int
    place: int


class Language:
    """What the data file says of words: which mean the same, which say nothing, which ask."""

    def __init__(self, data: dict[str, Any]) -> None:
        self._data = data
        self._endings: list[str] = sorted(data["endings"], key=len, reverse=True)
        self.stop = self._stems("stop")
        self.neutral = self._stems("neutral") | self._stems("openers") - self.stop
        self.negations = {str(word) for word in data["negations"]}
        self._denials = {str(word) for word in data["denials"]}
        self.openers = set(data["openers"].split())
        self.foreign = set(data["foreign"].split())
        self.tool_words = {str(word) for word in data.get("generic", ())}
        self.units: dict[str, int] = dict(data["units"])
        self.texts: dict[str, str] = dict(data["texts"])
        self.statuses: dict[str, str] = dict(data["statuses"])
        self.symbols: dict[str, str] = dict(data["symbols"])
        self.plain_words = {
            word
            for name in ("stop", "neutral", "openers", "foreign", "discourse")
            for word in data[name].split()
        }
        self._discourse = self._stems("discourse")
        self._same: dict[tuple[str, ...], str] = {}
        for group in data["same"]:
            for phrase in group:
                stems = tuple(self.stem(word) for word in _plain_words(str(phrase)))
                self._same[stems] = "=" + str(group[0])
                self.plain_words |= set(_plain_words(str(phrase)))
        self._aspects = [
            (tuple(_plain_words(str(phrase))), str(aspect))
            for aspect, phrases in data["aspects"].items()
            for phrase in phrases
        ]
        self._aspects.sort(key=lambda entry: len(entry[0]), reverse=True)
        self._endings_of_questions = [
            tuple(_plain_words(str(phrase))) for phrase in data["closers"]
        ]

    def _stems(self, name: str) -> set[str]:
        entries = self._data[name]
        words = entries.split() if isinstance(entries, str) else entries
        return {self.stem(str(word)) for word in words}

    @lru_cache(maxsize=20_000)  # noqa: B019 - one language lives as long as the process
    def stem(self, word: str) -> str:
        """A word without its endings; what is left need be no word."""
        if word[0] in "/$" or word[0].isdigit():
            return word
        for ending in self._endings:
            if (
                word.endswith(ending)
                and len(word) - len(ending) >= 3
                and not (ending == "s" and word.endswith(("ss", "us", "is")))
            ):
                word = word[: -len(ending)]
                if word[-1] == word[-2] and word[-1] not in "lsz":
                    word = word[:-1]
                break
        return word[:-1] if word.endswith("e") and len(word) > 3 else word

    def words(self, text: str) -> list[Word]:
        """The words of a text in order, each with what it means."""
        found: list[Word] = []
        clauses = [match.start() for match in _CLAUSE_END.finditer(text)]
        clause = 0
        for match in _WORD.finditer(text):
            while clause < len(clauses) and clauses[clause] < match.start():
                clause += 1
            plain = _undress(match[0])
            found.append(Word(match[0], plain, self.stem(plain), "", clause, len(found)))
        return self.meant(found)

    def meant(self, words: list[Word]) -> list[Word]:
        """The same words, each with what it means, by itself or together with its neighbours."""
        concepts = [word.stem for word in words]
        at = 0
        while at < len(words):
            for length in range(min(_LONGEST_PHRASE, len(words) - at), 0, -1):
                stems = tuple(word.stem for word in words[at : at + length])
                if concept := self._same.get(stems):
                    concepts[at : at + length] = [concept] * length
                    at += length - 1
                    break
            at += 1
        return [
            Word(w.text, w.plain, w.stem, concept, w.clause, w.place)
            for w, concept in zip(words, concepts, strict=True)
        ]

    def aspect(self, words: list[Word], asked: bool) -> str:
        """What is asked: one of the aspects of the data file, ``whether``, ``maybe``, or nothing.

        ``asked`` says that the text ends as questions do.
        """
        found = ""
        for clause in sorted({word.clause for word in words}):
            found = self._of_clause([w for w in words if w.clause == clause]) or found
        return found or ("maybe" if asked else "")

    def denies(self, words: list[Word]) -> bool:
        """Whether a statement with a "not" in it is put up to be confirmed.

        To "A has no B, right?" yes means that A has none.
        """
        said = [word.plain for word in words]
        for end in sorted(self._endings_of_questions, key=len, reverse=True):
            if end and tuple(said[-len(end) :]) == end and end[0] not in self._data["askers"]:
                said = said[: -len(end)]
                break
        else:
            return False
        if not said or said[0] in self.openers:
            return False
        return sum(word in self.negations for word in said) % 2 == 1

    def negated(self, words: list[Word]) -> bool:
        """Whether something is denied, other than by the word with which the question begins.

        Where a clause asks for yes or no, what the other clauses deny does not count.
        """
        clauses: dict[int, list[Word]] = {}
        for word in words:
            clauses.setdefault(word.clause, []).append(word)
        asking = [said for said in clauses.values() if self._of_clause(said) == "whether"]
        return any(
            word.plain in self._denials and clause[place - 1].plain != self.texts["or"]
            for clause in asking or clauses.values()
            for place, word in enumerate(clause)
            if place
        )

    def _of_clause(self, words: list[Word]) -> str:
        plain = [word.plain for word in words]
        if tuple(plain) in self._endings_of_questions or any(
            tuple(plain[-len(end) :]) == end for end in self._endings_of_questions
        ):
            return "whether"
        places: list[tuple[int, int, str]] = []
        for phrase, aspect in self._aspects:
            for at in range(len(plain) - len(phrase) + 1):
                if tuple(plain[at : at + len(phrase)]) == phrase:
                    places.append((at, -len(phrase), aspect))
                    break
        begins = next((at for at, word in enumerate(words) if word.stem not in self._discourse), 0)
        if plain[begins] in self._data["imperatives"]:
            return first[2] if (first := min(places, default=None)) else "what"
        first = min(places, default=None)
        opener = next((at for at, word in enumerate(plain) if word in self.openers), None)
        begins = next((at for at, word in enumerate(words) if word.stem not in self._discourse), 0)
        if opener is not None and opener <= begins:
            return "maybe" if self._data["texts"]["or"] in plain else "whether"
        if first is not None and first[2] != "condition":
            return first[2]
        if opener is not None and opener + 1 < len(plain):
            follower = words[opener + 1]
            if follower.plain in self._data["askers"]:
                return "whether"
        return ""

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


def _undress(word: str) -> str:
    word = word.casefold()
    return word.removesuffix("'s")


def _plain_words(text: str) -> list[str]:
    return [_undress(match) for match in _WORD.findall(clean(text))]


def clean(text: str) -> str:
    """A text in one form of Unicode, in which nothing steers a terminal."""
    text = unicodedata.normalize("NFKC", text).replace("\u2019", "'").replace("\u2018", "'")
    return "".join(
        character if unicodedata.category(character)[0] != "C" or character == "\n" else " "
        for character in text
    )


@lru_cache(maxsize=4)
def language(path: Path = files.QUERIES_FOLDER / "ask.yaml") -> Language:
    """The language of a data file, which is parsed once for one content."""
    return Language(read_yaml(path))
