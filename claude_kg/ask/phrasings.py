"""Make phrasings comparable, once for the same phrasings and the same words of the language."""

from __future__ import annotations

import hashlib
import json
import re
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from claude_kg import cache
from claude_kg._version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterable

    from claude_kg.ask.text import Word
    from claude_kg.ask.words import Language

SLOT = re.compile(r"\{(\w+)\}")
"""The place of a thing in a phrasing, by the name of the parameter that it fills."""

_KEPT = 4


@dataclass(frozen=True, slots=True)
class Phrasing:
    """One way to put a question: its words, its slots in order, and what it asks for.

    ``beside`` are the words before and after each slot; ``pairs`` the words that follow each other.
    ``negated`` says that it turns what is asked for into its contrary, ``denies`` that it has a
    word of denial at all, and does not just put a denial up to be confirmed.
    """

    text: str
    concepts: frozenset[str]
    slots: tuple[str, ...]
    aspect: str
    beside: tuple[tuple[str, str], ...] = ()
    negated: bool = False
    denies: bool = False
    pairs: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True)
class Phrasings:
    """Phrasings by their texts, and all words that are in them."""

    by_text: dict[str, Phrasing]
    words: frozenset[str]


def compiled(texts: Iterable[str], language: Language) -> Phrasings:
    """The phrasings with these texts."""
    wanted = sorted(set(texts))
    entry = f"{digest_of(wanted, language)}.phrasings"
    if (kept := cache.read(entry)) is not None:
        with suppress(ValueError, KeyError, TypeError):
            return _read(json.loads(kept))
    found = Phrasings(
        {text: _phrasing(text, language) for text in wanted},
        frozenset(w.plain for text in wanted for w in language.words(SLOT.sub(" ", text))),
    )
    cache.write(entry, json.dumps(_written(found)).encode(), keep=_KEPT)
    return found


def told(words: Iterable[Word], language: Language) -> list[str]:
    """The meanings of the words that say something."""
    return [word.concept for word in words if language.says_something(word)]


def _phrasing(text: str, language: Language) -> Phrasing:
    words = language.words(SLOT.sub(" ", text))
    pieces = SLOT.split(text)
    beside: list[tuple[str, str]] = []
    said = told(words, language)
    for at in range(1, len(pieces), 2):
        before, after = language.words(pieces[at - 1]), language.words(pieces[at + 1])
        beside.append((before[-1].concept if before else "", after[0].concept if after else ""))
    return Phrasing(
        text,
        frozenset(said),
        tuple(SLOT.findall(text)),
        language.aspect(words, asked=text.endswith("?")),
        tuple(beside),
        language.denials.negated(words),
        language.denials.says_no(words),
        frozenset(pairwise(said)),
    )


def digest_of(texts: Iterable[str], language: Language) -> str:
    """What tells texts, and the way in which their words are read, from others."""
    digest = hashlib.sha256(f"{__version__} {language.digest}".encode())
    for code in ("concepts.py", "denials.py", "phrasings.py", "text.py", "words.py"):
        with suppress(OSError):
            status = (Path(__file__).parent / code).stat()
            digest.update(f"\0{status.st_size} {status.st_mtime_ns}".encode())
    for text in texts:
        digest.update(f"\0{text}".encode())
    return digest.hexdigest()


def _written(phrasings: Phrasings) -> dict[str, Any]:
    return {
        "words": sorted(phrasings.words),
        "phrasings": [
            [
                *(p.text, sorted(p.concepts), p.slots, p.aspect, p.beside),
                *(p.negated, p.denies, sorted(p.pairs)),
            ]
            for p in phrasings.by_text.values()
        ],
    }


def _read(kept: dict[str, Any]) -> Phrasings:
    found = {
        text: Phrasing(
            text,
            frozenset(concepts),
            tuple(slots),
            aspect,
            tuple((before, after) for before, after in beside),
            negated,
            denies,
            frozenset((first, second) for first, second in pairs),
        )
        for text, concepts, slots, aspect, beside, negated, denies, pairs in kept["phrasings"]
    }
    return Phrasings(found, frozenset(kept["words"]))
