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

    from claude_kg.ask.encoder import Encoder, Likelihoods
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
    ``universal`` that it asks of all there are. ``asks`` has the numbers of the sentences that
    end in a question mark, ``in_kinds`` the text with kinds in place of names, or "" where nothing
    is named, and ``encoder`` is what reads the whole.
    """

    text: str
    words: Sequence[Word]
    mentions: Sequence[Mention]
    aspect: str
    in_kinds: str
    encoder: Encoder
    denies: bool = False
    negated: bool = False
    says_no: bool = False
    universal: bool = False
    asks: frozenset[int] = frozenset()

    @cached_property
    def asking(self) -> Sequence[Word]:
        """The words of the sentences that ask, where they can be told from a story around them."""
        asking = [word for word in self.words if word.sentence in self.asks]
        told = len(self.words) - len(asking)
        return asking if len(asking) >= _ASKING and told >= _TOLD else self.words

    @cached_property
    def asking_places(self) -> frozenset[int]:
        """The places of the words of the sentences that ask."""
        return frozenset(word.place for word in self.asking)

    @cached_property
    def likelihoods(self) -> Likelihoods:
        """How likely each form is, in the mean of two readings: with names, and with their kinds.

        The second holds for names of which nothing was learned.
        """
        first = self.encoder.likelihoods(self.text)
        return first.mean(self.encoder.likelihoods(self.in_kinds)) if self.in_kinds else first

    @cached_property
    def written(self) -> frozenset[str]:
        """Its words as they are written, marked as such: not for what they mean."""
        return as_written(self.words)


class Reader:
    """Takes questions apart by the names of one graph and the words of its forms."""

    def __init__(
        self, lexicon: Lexicon, forms: Forms, language: Language, encoder: Encoder
    ) -> None:
        self._encoder = encoder
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
        if aspect == "either" and self._is_one_thing(words, mentions):
            aspect = "whether"
        denials = self._language.denials
        return Question(
            text,
            words,
            mentions,
            aspect,
            self._in_kinds(words, mentions),
            self._encoder,
            denies=aspect in ("whether", "maybe") and denials.put_up(words, aspect),
            negated=denials.negated(words),
            says_no=denials.says_no(words),
            asks=self._language.asking(text),
            universal=any(word.plain in self._language.universal for word in words),
        )

    def _is_one_thing(self, words: Sequence[Word], mentions: Sequence[Mention]) -> bool:
        """Whether the same thing is named before and after "or", so that there is no choice."""
        places = [word.place for word in words if word.plain == self._language.texts["or"]]
        before = {m.places[-1] + 1: m.iris for m in mentions}
        after = {m.places[0] - 1: m.iris for m in mentions}
        nothing: frozenset[str] = frozenset()
        return all(before.get(at, nothing) & after.get(at, nothing) for at in places)

    def _in_kinds(self, words: Sequence[Word], mentions: Sequence[Mention]) -> str:
        """The text with the kinds of things in place of their names, or "" where none is named."""
        by_place: dict[int, str] = {}
        for mention in mentions:
            if mention.in_order and mention.places[0] not in by_place:
                kind = self._lexicon.kind(min(mention.iris))
                by_place |= dict.fromkeys(mention.places, "") | {mention.places[0]: f"the {kind}"}
        told = (by_place.get(place, word.text) for place, word in enumerate(words))
        return " ".join(told) if by_place else ""

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
