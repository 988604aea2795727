"""Find the disagreements of the sections about what an answer says."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

import pyoxigraph as ox

from claude_kg.ask.answer import Disputed
from claude_kg.terms import compact

if TYPE_CHECKING:
    from collections.abc import Sequence

    from claude_kg.ask.question import Question
    from claude_kg.ask.words import Language
    from claude_kg.graph import KnowledgeGraph
    from claude_kg.query.catalogue import Query
    from claude_kg.query.run import Row

_PREFIXED_NAME = re.compile(r"\b[\w-]+:[\w-]+")
_ROWS = 200


class Disagreements:
    """Knows the disagreements of one graph."""

    def __init__(self, graph: KnowledgeGraph, language: Language) -> None:
        self._graph = graph
        self._language = language

    def about(self, question: Question, query: Query, rows: Sequence[Row]) -> tuple[Disputed, ...]:
        """Those about what the rows of a query say, first those that speak of what is asked."""
        asked_for = set(_PREFIXED_NAME.findall(query.text))
        prefixes = self._graph.prefixes
        words = {word.concept for word in question.words if self._language.says_something(word)}
        found: dict[str, tuple[int, str, Disputed]] = {}
        for row in rows[:_ROWS]:
            terms = {
                term.value for term in row.values() if isinstance(term, ox.NamedNode | ox.Literal)
            }
            for dispute, said, speaks_of in self._all:
                if dispute.iri not in found and any(
                    subject in terms
                    and value in terms
                    and (property_ in terms or compact(property_, prefixes) in asked_for)
                    for subject, property_, value in said
                ):
                    in_common = len(words & speaks_of)
                    found[dispute.iri] = (-in_common, dispute.question, dispute)
        return tuple(dispute for _, _, dispute in sorted(found.values(), key=lambda f: f[:2]))

    @cached_property
    def _all(self) -> list[tuple[Disputed, frozenset[tuple[str, str, str]], frozenset[str]]]:
        """The disagreements, each with the statements of its readings and the words it has."""
        from claude_kg.disputes import disputes

        found = []
        for dispute in disputes(self._graph, limits=None):
            said = frozenset(
                (reading.subject.value, reading.property.value, reading.value.value)
                for reading in dispute.readings
                if isinstance(reading.subject, ox.NamedNode)
                and isinstance(reading.property, ox.NamedNode)
                and isinstance(reading.value, ox.NamedNode | ox.Literal)
            )
            told = Disputed(dispute.iri, dispute.question, dispute.resolution)
            speaks_of = frozenset(w.concept for w in self._language.words(dispute.question))
            found.append((told, said, speaks_of))
        return found
