"""Take a question apart: its words, the things that it names, and what it asks for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from claude_kg.ask.text import clean
from claude_kg.ask.words import as_written
from claude_kg.errors import InputError
from claude_kg.terms import CKG

if TYPE_CHECKING:
    from collections.abc import Sequence

    from claude_kg.ask.forms import Forms
    from claude_kg.ask.spot import Lexicon, Mention
    from claude_kg.ask.text import Word
    from claude_kg.ask.words import Language

LONGEST = 2_000
"""A question has at most so many characters."""

_MOST_WORDS = 150
_ASKING, _TOLD = 5, 6


@dataclass(frozen=True)
class Question:
    """A question, taken apart.

    ``denies`` says that it puts up a denial to be confirmed, ``negated`` that it denies something
    otherwise, ``says_no`` that it has a word of denial other than in what it puts up, and
    ``universal`` that it asks of all there are.
    """

    text: str
    words: Sequence[Word]
    mentions: Sequence[Mention]
    aspect: str
    denies: bool = False
    negated: bool = False
    says_no: bool = False
    universal: bool = False

    @cached_property
    def asking(self) -> Sequence[Word]:
        """The words of the sentence that asks, where that can be told from a story before it."""
        last = [word for word in self.words if word.sentence == self.words[-1].sentence]
        before = len(self.words) - len(last)
        told = self.text.rstrip().endswith("?") and len(last) >= _ASKING and before >= _TOLD
        return last if told else self.words

    @cached_property
    def written(self) -> frozenset[str]:
        """Its words as they are written, marked as such: not for what they mean."""
        return as_written(self.words)


class Reader:
    """Takes questions apart by the names of one graph and the words of its forms."""

    def __init__(self, lexicon: Lexicon, forms: Forms, language: Language) -> None:
        self._lexicon = lexicon
        self._forms = forms
        self._language = language

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
        known = {*self._forms.known, *self._language.plain_words}
        corrected = self._lexicon.corrected(words, known)
        words = self._language.meant(corrected)
        mentions = [self._weighed(m, words) for m in self._lexicon.mentions(words)]
        asked = "?" in text
        aspect = self._language.aspect(words, asked)
        denials = self._language.denials
        return Question(
            text,
            words,
            mentions,
            aspect,
            denies=aspect in ("whether", "maybe") and denials.put_up(words, aspect),
            negated=denials.negated(words),
            says_no=denials.says_no(words),
            universal=any(word.plain in self._language.universal for word in words),
        )

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
