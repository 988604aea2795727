"""Find the queries of the catalogue that some words are about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from claude_kg.ask.phrasings import SLOT, told
from claude_kg.ask.text import clean
from claude_kg.ask.words import language
from claude_kg.query.catalogue import Catalogue

if TYPE_CHECKING:
    from claude_kg.query.catalogue import Query

_MOST = 10


def nearest_queries(words: str, catalogue: Catalogue | None = None) -> list[Query]:
    """The queries whose name, tags, question or phrasings have most of the words, best first."""
    spoken = language()
    wanted = set(told(spoken.words(clean(words)), spoken)) or {
        word.concept for word in spoken.words(clean(words))
    }
    found: list[tuple[int, str, Query]] = []
    for query in (catalogue or Catalogue()).queries():
        texts = [query.name, query.summary, query.description, *query.tags]
        texts += (SLOT.sub(" ", str(text)) for text in query.header.get("phrasings") or ())
        has = {word.concept for text in texts for word in spoken.words(text)}
        if common := len(wanted & has):
            found.append((-common, query.name, query))
    return [query for _, _, query in sorted(found, key=lambda entry: entry[:2])[:_MOST]]
