"""List what has not been checked for long: the facts, and when each was last seen in its source."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pyoxigraph as ox

from claude_kg.compose import STATED_IN
from claude_kg.dates import Period, period_of
from claude_kg.editions import ADOPTED_IN, INTRODUCED_IN
from claude_kg.lookup import CLAIM, FACT_NODE, Lookup
from claude_kg.terms import CKG, compact

if TYPE_CHECKING:
    from collections.abc import Iterable

    from claude_kg.graph import KnowledgeGraph

DAYS = 180
"""After how many days a fact is stale, unless somebody says otherwise."""

_SUPERSEDES = CKG + "supersedes"
_SEEN = (ox.NamedNode(CKG + "lastChecked"), ox.NamedNode(CKG + "seenOn"))
_CONFIRMS = ox.NamedNode(CKG + "confirms")


@dataclass(frozen=True)
class Stale:
    """A fact that has not been checked for long.

    ``checked`` is the last day, month or year in which it was, or nothing where nobody knows;
    ``source`` is the section that states it, in words, and ``fact`` says it in words.
    """

    checked: str
    source: str
    fact: str
    iri: str


def stale(graph: KnowledgeGraph, days: int = DAYS, today: date | None = None) -> list[Stale]:
    """The facts of a graph that were last checked more than so many days ago, the oldest first.

    A fact is a claim that is adopted and not superseded, or a fact node. It counts as checked when
    it says so, when a page that states it was seen, or when a later claim confirms it; else when
    its edition holds. Facts of one date stand in the order of their sources.
    """
    before = (today or date.today()) - timedelta(days=days)
    look = Lookup(graph, asserted=True)
    seen = _Seen(graph)
    found = []
    for iri in _facts(look):
        checked = seen.last(ox.NamedNode(iri))
        if checked is None or checked.last < before:
            section = min(look.things(iri, STATED_IN.value), key=look.section_order, default="")
            source = look.name(section) if section else "no source"
            when = (checked.last, checked.text) if checked else (date.min, "")
            order = (when, look.section_order(section), look.name(iri), iri)
            found.append(
                (order, Stale(when[1], source, look.name(iri), compact(iri, look.prefixes)))
            )
    return [one for _, one in sorted(found, key=lambda pair: pair[0])]


def _facts(look: Lookup) -> Iterable[str]:
    """What has to be checked: claims that stand, and fact nodes of which no claim says it all."""
    for claim in look.members(CLAIM):
        adopted = look.things(claim, ADOPTED_IN.value)
        if adopted and not look.subjects(_SUPERSEDES, claim):
            yield claim
    yield from look.members(FACT_NODE)


class _Seen:
    """When each claim and fact node was last seen, whatever edition says so."""

    def __init__(self, graph: KnowledgeGraph) -> None:
        stated = graph.loaded.stated
        self._editions = graph.loaded.editions
        self._dates: defaultdict[object, list[Period]] = defaultdict(list)
        self._sections: defaultdict[object, list[object]] = defaultdict(list)
        self._confirming: defaultdict[object, list[object]] = defaultdict(list)
        for triple in stated:
            if triple.predicate in _SEEN and isinstance(triple.object, ox.Literal):
                period = period_of(triple.object)
                self._dates[triple.subject] += [period] if period else []
            elif triple.predicate == STATED_IN:
                self._sections[triple.subject].append(triple.object)
            elif triple.predicate == _CONFIRMS:
                self._confirming[triple.object].append(triple.subject)

    def last(self, node: ox.NamedNode) -> Period | None:
        """The last time, or None where nothing tells."""
        about = [node, *self._confirming[node]]
        dates = [d for one in about for d in self._dates[one]]
        dates += [
            d for one in about for section in self._sections[one] for d in self._dates[section]
        ]
        return max(dates or self._of_editions(node), key=lambda d: d.last, default=None)

    def _of_editions(self, node: ox.NamedNode) -> list[Period]:
        values = self._editions.values
        named = [*values(node, ADOPTED_IN), *values(node, INTRODUCED_IN)]
        iris = [term.value for term in named if isinstance(term, ox.NamedNode)]
        # What no edition names belongs to the first.
        known = [
            self._editions.all[iri] for iri in iris or self._first() if iri in self._editions.all
        ]
        return [edition.as_of for edition in known if edition.as_of]

    def _first(self) -> list[str]:
        return [iri for iri, edition in self._editions.all.items() if not edition.follows]
