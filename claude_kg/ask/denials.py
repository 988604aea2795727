"""Tell what a question denies: what it turns into its contrary, and what it wants confirmed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from claude_kg.ask.text import plain_words

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from claude_kg.ask.text import Word

_TAG = 2
"""A tag, "does it", has so many words."""


@dataclass(frozen=True)
class _Statement:
    """What a question puts up to be confirmed.

    ``doubted`` says that it is put up as what is wrong, ``doubtful`` that the speaker expects no:
    "it does not, does it?" asks whether it does.
    """

    words: Sequence[Word]
    doubted: bool = False
    doubtful: bool = False


class Denials:
    """What the data file says of words of denial, and how questions use them."""

    def __init__(self, data: dict[str, Any], of_clause: Callable[[list[Word]], str]) -> None:
        """``of_clause`` says what a clause asks for."""
        self._of_clause = of_clause
        self.negations = {str(word) for word in data["negations"]}
        self._denials = {str(word) for word in data["denials"]}
        self._or = str(data["texts"]["or"])
        self._not_denied = {self._or, *map(str, data["not_denied"])}
        self._verbs_denied = {str(word) for word in data["verbs_denied"]}
        self._subordinating = {str(word) for word in data["subordinating"]}
        self._openers = set(data["openers"].split())
        self._askers = set(data["askers"])
        self._doubting_endings = _phrases(data["doubting_closers"])
        self._endings = _longest_first(_phrases(data["closers"]) | self._doubting_endings)
        self._doubting_leads = _phrases(data["doubting_leads"])
        self._leads = _longest_first(_phrases(data["leads"]) | self._doubting_leads)

    def put_up(self, words: Sequence[Word], aspect: str) -> bool:
        """Whether a statement with a "not" in it is put up to be confirmed.

        To "A has no B, right?" yes means that A has none, and so it does to "B not in A?".
        """
        statement = self._statement(words)
        if statement is None:
            bare = aspect == "maybe" and words[0].plain not in self._openers
            last = [word.plain for word in words if word.clause == words[-1].clause]
            return bare and sum(word in self._verbs_denied for word in last) % 2 == 1
        if statement.doubtful:
            return False
        said = list(statement.words)
        main = self._main_part(said)
        denied = sum(
            word.plain in self.negations
            and said[place - 1].plain not in self._not_denied
            and not _in_a_phrase(main, place)
            for place, word in enumerate(main)
        )
        return (denied + statement.doubted) % 2 == 1

    def is_tag(self, words: Sequence[Word]) -> bool:
        """Whether a text ends as in "it does, doesn't it"."""
        if len(words) < 2 * _TAG:
            return False
        asks, whom = words[-2].plain, words[-1].plain
        said = [word for word in words if word.clause == words[-1].clause]
        # "Only one has it" has the words of a tag, and is none.
        apart = len(said) == _TAG or (asks in self.negations and said[0].plain not in self._openers)
        return apart and asks in self._openers and whom in self._askers

    def says_no(self, words: Sequence[Word]) -> bool:
        """Whether there is a word of denial, other than in a denial put up to be confirmed."""
        said = any(word.plain in self.negations for word in words)
        return said and not self.put_up(words, "whether")

    def negated(self, words: Sequence[Word]) -> bool:
        """Whether something is denied, other than by the word with which the question begins.

        Where a clause asks for yes or no, what the other clauses deny does not count, nor does
        what a reason, a purpose or a condition in it denies.
        """
        clauses: dict[int, list[Word]] = {}
        for word in words:
            clauses.setdefault(word.clause, []).append(word)
        asking = [said for said in clauses.values() if self._of_clause(said) == "whether"]
        return any(
            word.plain in self._denials and clause[place - 1].plain not in self._not_denied
            for clause in (map(self._main_part, asking) if asking else clauses.values())
            for place, word in enumerate(clause)
            if place
        )

    def _statement(self, words: Sequence[Word]) -> _Statement | None:
        """What is put up to be confirmed, or None where the question asks otherwise."""
        return self._before_an_ending(words) or self._after_a_lead(words)

    def _before_an_ending(self, words: Sequence[Word]) -> _Statement | None:
        plain = [word.plain for word in words]
        doubtful = False
        for end in self._endings:
            if tuple(plain[-len(end) :]) == end:
                if self._or in end:
                    return None  # a choice is put up, and nothing to be confirmed
                break
        else:
            clause = [word for word in words if word.clause == words[-1].clause]
            if not self.is_tag(words) or self._of_clause(clause) != "whether":
                return None
            end = tuple(plain[-_TAG:])
            doubtful = end[0] not in self.negations
        before = words[: -len(end)]
        if not before or before[0].plain in self._openers:
            return None
        # What is put up stands right before, and what other clauses deny is the story around it.
        said = [word for word in before if word.clause == before[-1].clause]
        return _Statement(said, end in self._doubting_endings, doubtful)

    def _after_a_lead(self, words: Sequence[Word]) -> _Statement | None:
        """A statement after "is it true that" and its like."""
        plain = [word.plain for word in words]
        for at in range(len(words)):
            for lead in self._leads:
                end = at + len(lead)
                if tuple(plain[at:end]) == lead and end < len(words):
                    said = [word for word in words[end:] if word.clause == words[end].clause]
                    return _Statement(said, lead in self._doubting_leads)
        return None

    def _main_part(self, clause: list[Word]) -> list[Word]:
        """A clause up to a reason, a purpose or a condition in it."""
        ends = (n for n, word in enumerate(clause) if n and word.plain in self._subordinating)
        return clause[: next(ends, len(clause))]


def _phrases(texts: Sequence[object]) -> set[tuple[str, ...]]:
    return {tuple(plain_words(str(text))) for text in texts} - {()}


def _longest_first(phrases: set[tuple[str, ...]]) -> list[tuple[str, ...]]:
    return sorted(phrases, key=lambda phrase: (-len(phrase), phrase))


def _in_a_phrase(words: Sequence[Word], place: int) -> bool:
    """Whether a word is part of several that mean one thing: "nothing to do with"."""
    concept = words[place].concept
    beside = (*words[max(place - 1, 0) : place], *words[place + 1 : place + 2])
    return concept.startswith("=") and any(word.concept == concept for word in beside)
