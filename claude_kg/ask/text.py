"""Take a text apart into words, as they are written and in a plain form."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

WORD = re.compile(r"(?<![\w/.])/[a-z]+|\d+(?:[.,]\d+)*\w*|[^\W_]+(?:'[^\W_]+)?|\$")
"""A word, the name of a command, a number or a sign of money."""

_STEERING = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")
"""The sequences of ECMA-48 that begin with ESC and a bracket: colours, and moves of the cursor."""


@dataclass(frozen=True)
class Word:
    """A word of a text: as written, in its plain form, its stem, its meaning, clause, sentence."""

    text: str
    plain: str
    stem: str
    concept: str
    clause: int
    place: int
    sentence: int = 0


def undress(word: str) -> str:
    """A word in small letters, without the ending of a possessive."""
    word = word.casefold()
    return word.removesuffix("'s")


def plain_words(text: str) -> list[str]:
    """The words of a text in their plain form."""
    return [undress(match) for match in WORD.findall(clean(text))]


def clean(text: str) -> str:
    """A text in one form of Unicode, in which nothing steers a terminal."""
    text = _STEERING.sub(" ", text)
    text = unicodedata.normalize("NFKC", text).replace("\u2019", "'").replace("\u2018", "'")
    return "".join(
        character if unicodedata.category(character)[0] != "C" or character == "\n" else " "
        for character in text
    )
