"""Find the queries of the catalogue that some words are about."""

from __future__ import annotations

import math
from collections import Counter
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
    queries = (catalogue or Catalogue()).queries()
    said: list[Counter[str]] = []
    for query in queries:
        texts = [query.name, query.summary, query.description, *query.tags]
        texts += (SLOT.sub(" ", str(text)) for text in query.header.get("phrasings") or ())
        said.append(Counter(word.concept for text in texts for word in spoken.words(text)))
    having = Counter(concept for counts in said for concept in counts)

    def fit(counts: Counter[str]) -> float:
        # A word tells more where few queries have it, and a little more where it is often said.
        return sum(
            math.log(1 + len(queries) / having[concept]) * (1 + math.log(counts[concept]) / 5)
            for concept in wanted & counts.keys()
        )

    fits = [(fit(counts), query) for counts, query in zip(said, queries, strict=True)]
    fits.sort(key=lambda entry: (-entry[0], entry[1].name))
    return [query for fit_, query in fits[:_MOST] if fit_]
