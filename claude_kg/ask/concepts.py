"""Remember what the words of texts mean, from one question to the next."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING

from claude_kg import cache
from claude_kg.ask.phrasings import digest_of, told
from claude_kg.ask.text import clean

if TYPE_CHECKING:
    from claude_kg.ask.words import Language

_KEPT = 4


class Concepts:
    """The meanings of the words that say something in the texts of one graph.

    To read thousands of texts takes a third of a second; ``digest`` tells which graph they are of.
    """

    def __init__(self, language: Language, digest: str) -> None:
        self._language = language
        self._entry = f"{digest_of([digest], language)}.concepts"
        self._known: dict[str, frozenset[str]] = {}
        if (kept := cache.read(self._entry)) is not None:
            with suppress(ValueError, TypeError, AttributeError):
                found = json.loads(kept)
                self._known = {text: frozenset(concepts) for text, concepts in found.items()}
        self._is_new = not self._known

    def of(self, text: str) -> frozenset[str]:
        """What the words of a text mean."""
        if text not in self._known:
            words = self._language.words(clean(text))
            self._known[text] = frozenset(told(words, self._language))
        return self._known[text]

    def keep(self) -> None:
        """Keep what is known now for the next time, if nothing was."""
        if self._is_new:
            known = {text: sorted(concepts) for text, concepts in self._known.items()}
            cache.write(self._entry, json.dumps(known).encode(), keep=_KEPT)
