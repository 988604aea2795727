"""Say what another edition makes of an answer, and which pages make the difference.

The same question is put to both editions and the answers are compared, so that whatever an update
touches is noticed, however it follows. Which updates made a difference is read off what they and
the differing answers have in common.
"""

from __future__ import annotations

import functools
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, ParamSpec

import pyoxigraph as ox

from claude_kg.compose import STATED_IN, claims_of
from claude_kg.editions import FIRST, INTRODUCED_IN, LATEST, TYPE, Choice
from claude_kg.errors import InconsistentError, InputError
from claude_kg.lookup import HAS_MODE
from claude_kg.terms import CKG, NAMING, SKOS, compact, expand

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Mapping, Sequence

    from claude_kg.ask.answer import Answer
    from claude_kg.compare import Comparison
    from claude_kg.describe import Page as Description
    from claude_kg.editions import Edition, Term
    from claude_kg.facts import Fact
    from claude_kg.find import Search
    from claude_kg.graph import KnowledgeGraph
    from claude_kg.limits import Limits
    from claude_kg.query.catalogue import Query
    from claude_kg.query.run import Result, Row
    from claude_kg.report import Table

Parameters = ParamSpec("Parameters")

_LABEL = SKOS + "prefLabel"
_UNTOLD = {STATED_IN, INTRODUCED_IN, TYPE}


@dataclass(frozen=True)
class Page:
    """A page that a later edition rests on: its address, when it was seen and how directly."""

    iri: str
    heading: str
    address: str
    seen: str
    grade: str


@dataclass(frozen=True)
class Reading:
    """What an answer says in one respect, and the names of all that it says it with."""

    about: str
    text: str
    names: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Difference:
    """One respect in which two editions differ: what each says, and the pages that tell."""

    about: str
    here: tuple[str, ...]
    there: tuple[str, ...]
    pages: tuple[Page, ...]


@dataclass(frozen=True)
class Newer:
    """How another edition answers; ``later`` is false where that is an older one."""

    edition: str
    name: str
    as_of: str
    later: bool
    differences: tuple[Difference, ...]


@dataclass(frozen=True)
class _Update:
    """Where an update is stated, the names of its values, and those of what else it speaks of."""

    pages: tuple[str, ...]
    values: frozenset[str]
    others: frozenset[str]

    @property
    def names(self) -> frozenset[str]:
        """All names."""
        return self.values | self.others


class Other:
    """The edition with which a graph is compared: the latest, or for that the first."""

    def __init__(self, graph: KnowledgeGraph, there: KnowledgeGraph, *, later: bool) -> None:
        self.graph = there
        self.later = later
        self._here = graph

    @classmethod
    def of(cls, graph: KnowledgeGraph) -> Other | None:
        """The other edition of a graph, or None where its data know no other."""
        editions = graph.loaded.editions
        if not editions.later:
            return None
        choice = graph.loaded.edition
        if editions.held(choice, graph.prefixes) != editions.all.keys() or choice.as_of:
            return cls(graph, graph.at(Choice(LATEST)), later=True)
        return cls(graph, graph.at(FIRST), later=False)

    def compare(self, here: Iterable[Reading], there: Iterable[Reading]) -> Newer | None:
        """How the readings of both editions differ, or None where they do not."""
        ours, theirs = _by_respect(here), _by_respect(there)
        differences = []
        for about in dict.fromkeys((*theirs, *ours)):
            mine, other = ours.get(about, {}), theirs.get(about, {})
            gone = {text: reading for text, reading in mine.items() if text not in other}
            new = {text: reading for text, reading in other.items() if text not in mine}
            if gone or new:
                names = (reading.names for reading in (*gone.values(), *new.values()))
                pages = self.pages(frozenset[str]().union(*names))
                differences.append(Difference(about, tuple(gone), tuple(new), pages))
        return self.says(differences)

    def pages_of_rows(
        self, here: Result, there: Result, given: Iterable[str] = ()
    ) -> tuple[Page, ...]:
        """The pages that make the rows of one query, asked with ``given``, differ."""
        ours, theirs = _distinct(here.rows), _distinct(there.rows)
        prefixes = self.graph.prefixes
        given = {expand(value, prefixes) or value.strip("<>") for value in given}
        pages: dict[str, Page] = {}
        for row in ours ^ theirs:
            names = {_text(term) for _, term in row}
            pages |= {page.iri: page for page in self.pages({*names, *given})}
        return tuple(pages[iri] for iri in sorted(pages))

    def says(self, differences: Sequence[Difference]) -> Newer | None:
        """What the other edition says, or None where there is no difference."""
        if not differences:
            return None
        newest = self.edition
        as_of = newest.as_of.text if newest.as_of else ""
        return Newer(newest.iri, newest.name, as_of, self.later, tuple(differences))

    @property
    def edition(self) -> Edition:
        """The other edition, the newest of those that it holds."""
        loaded = self.graph.loaded
        held = loaded.editions.held(loaded.edition, self.graph.prefixes)
        known = [edition for iri, edition in loaded.editions.all.items() if iri in held]
        return known[-1]

    def pages(self, names: Iterable[str]) -> tuple[Page, ...]:
        """The pages of the updates that have most in common with what differs.

        An update has to share a value; what few updates speak of counts for more.
        """
        known = set(names)
        stated = {page for update in self._updates for page in update.pages}
        if direct := stated & known:
            return tuple(self._page(iri) for iri in sorted(direct))
        score = {
            update: sum(1 / self._frequency[name] for name in update.names & known)
            for update in self._updates
            if update.values & known and update.others & known
        }
        best = max(score.values(), default=0)
        found = {page for update, much in score.items() if much == best for page in update.pages}
        return tuple(self._page(iri) for iri in sorted(found))

    @cached_property
    def _frequency(self) -> Counter[str]:
        """In how many updates a name occurs."""
        return Counter(name for update in self._updates for name in update.names)

    @cached_property
    def _updates(self) -> list[_Update]:
        """What the one edition takes over and the other does not."""
        editions = self._here.loaded.editions
        held = [
            editions.held(graph.loaded.edition, graph.prefixes)
            for graph in (self._here, self.graph)
        ]
        between = held[0] ^ held[1] or {edition.iri for edition in editions.later}
        claims = claims_of(editions)
        values: dict[Term, Term] = {claim.node: claim.value for claim in claims}
        found = []
        for claim in claims:
            if editions.edition_of(claim.node) in between:
                old = [values[term] for term in claim.supersedes if term in values]
                if claim.supersedes:
                    old += self._stated.get((claim.subject, claim.predicate), ())
                found.append(
                    _Update(
                        _iris(editions.values(claim.node, STATED_IN)),
                        self._names([claim.value, *old]),
                        self._names([claim.subject, claim.predicate, *self._parts(claim.subject)]),
                    )
                )
        for node in editions.said:
            stated = _iris(editions.values(node, STATED_IN))
            new = editions.values(node, INTRODUCED_IN)
            if stated and node not in values and any(e in between for e in _iris(new)):
                own = [value for prop, value in editions.said[node] if prop not in _UNTOLD]
                new = [value for value in own if value in editions.said or _is_literal(value)]
                names = self._names([node, *own, *self._parts(node)])
                found.append(_Update(stated, self._names([node, *new]), names))
        return found

    def _parts(self, node: Term) -> list[Term]:
        """What a fact node speaks of, and the products of the access modes among it."""
        parts = self._links.get(node, []) if node in self._nodes else [node]
        return [*parts, *(product for part in parts for product in self._products.get(part, ()))]

    @cached_property
    def _products(self) -> dict[Term, list[Term]]:
        products: defaultdict[Term, list[Term]] = defaultdict(list)
        for triple in self._here.loaded.stated:
            if triple.predicate.value == HAS_MODE:
                products[triple.object].append(triple.subject)
        return dict(products)

    @cached_property
    def _stated(self) -> dict[tuple[Term, Term], list[Term]]:
        stated: defaultdict[tuple[Term, Term], list[Term]] = defaultdict(list)
        for triple in self._here.loaded.stated:
            stated[triple.subject, triple.predicate].append(triple.object)
        return dict(stated)

    @cached_property
    def _nodes(self) -> set[Term]:
        return {t.subject for t in self._here.loaded.stated if t.predicate == STATED_IN}

    @cached_property
    def _links(self) -> dict[Term, list[Term]]:
        links: defaultdict[Term, list[Term]] = defaultdict(list)
        for triple in self._here.loaded.stated:
            if isinstance(triple.object, ox.NamedNode) and triple.predicate.value not in NAMING:
                links[triple.subject].append(triple.object)
        return dict(links)

    @cached_property
    def _labels(self) -> dict[Term, str]:
        return {
            t.subject: t.object.value
            for t in self._here.loaded.stated
            if t.predicate.value == _LABEL and isinstance(t.object, ox.Literal)
        }

    def _names(self, terms: Iterable[Term]) -> frozenset[str]:
        names = set()
        for term in terms:
            names.add(_text(term))
            if term in self._labels:
                names.add(self._labels[term])
        return frozenset(names)

    def _page(self, iri: str) -> Page:
        node = ox.NamedNode(iri)
        said: defaultdict[str, str] = defaultdict(str)
        for prop, value in self._here.loaded.editions.said.get(node, ()):
            said[prop.value] = self._labels.get(value) or _text(value)
        return Page(
            iri,
            said[CKG + "heading"] or compact(iri, self.graph.prefixes),
            said[CKG + "pageAddress"],
            said[CKG + "seenOn"],
            said[CKG + "sourceGrade"],
        )


def _iris(terms: Iterable[Term]) -> tuple[str, ...]:
    return tuple(term.value for term in terms if isinstance(term, ox.NamedNode))


def _text(term: object) -> str:
    return term.value if isinstance(term, ox.NamedNode | ox.Literal) else str(term)


def _is_literal(term: Term) -> bool:
    return isinstance(term, ox.Literal)


def _distinct(rows: Iterable[Row]) -> set[frozenset[tuple[str, Term]]]:
    return {frozenset(row.items()) for row in rows}


def _by_respect(readings: Iterable[Reading]) -> dict[str, dict[str, Reading]]:
    found: defaultdict[str, dict[str, Reading]] = defaultdict(dict)
    for reading in readings:
        found[reading.about][reading.text] = reading
    return dict(found)


def _if_it_can(
    ask: Callable[Parameters, Newer | None],
) -> Callable[Parameters, Newer | None]:
    """Say nothing of another edition that cannot answer: an answer does not depend on it."""

    @functools.wraps(ask)
    def asked(*args: Parameters.args, **options: Parameters.kwargs) -> Newer | None:
        try:
            return ask(*args, **options)
        except (InputError, InconsistentError):
            return None

    return asked


# What each kind of answer says


@_if_it_can
def of_query(
    graph: KnowledgeGraph,
    query: str | Query,
    parameters: Mapping[str, str] | None = None,
    *,
    asserted: bool = False,
    limits: Limits | None = None,
) -> Newer | None:
    """Which rows of a query differ in the other edition, in words, or None.

    The arguments and errors are those of :meth:`claude_kg.KnowledgeGraph.query`.
    """
    from claude_kg.render.results import cell

    other = Other.of(graph)
    if other is None:
        return None
    here, there = (
        one.query(query, parameters, asserted=asserted, limits=limits)
        for one in (graph, other.graph)
    )
    if _distinct(here.rows) == _distinct(there.rows):
        return None

    def only(rows: Iterable[Row], others: Iterable[Row]) -> tuple[str, ...]:
        known = _distinct(others)
        texts = (
            ", ".join(cell(row[name], graph.prefixes) for name in here.variables if name in row)
            for row in rows
            if frozenset(row.items()) not in known
        )
        return tuple(dict.fromkeys(texts))

    gone, new = only(here.rows, there.rows), only(there.rows, here.rows)
    pages = other.pages_of_rows(here, there, (parameters or {}).values())
    return other.says([Difference("", gone, new, pages)])


@_if_it_can
def of_answer(graph: KnowledgeGraph, answer: Answer) -> Newer | None:
    """How the other edition answers a question in plain words, or None where it says the same."""
    from claude_kg.ask.engine import ask
    from claude_kg.query.catalogue import Catalogue

    other = Other.of(graph)
    if other is None:
        return None
    pages: tuple[Page, ...] = ()
    if answer.query:
        query, given = Catalogue().find(answer.query), answer.parameters
        here, there = (one.query(query, given) for one in (graph, other.graph))
        if _distinct(here.rows) == _distinct(there.rows):
            return None
        pages = other.pages_of_rows(here, there, given.values())
    again = ask(other.graph, answer.question)
    if (again.answer, again.verdict) == (answer.answer, answer.verdict):
        return None
    told = (again.answer,) if again.covered else ()
    pages = pages or other.pages(source.iri for source in again.sources)
    return other.says([Difference("", (answer.answer,), told, pages)])


@_if_it_can
def of_description(
    graph: KnowledgeGraph,
    page: Description,
    *,
    asserted: bool = False,
    limits: Limits | None = None,
) -> Newer | None:
    """How the other edition describes a thing, or None where it says the same."""
    from claude_kg.describe import describe

    other = Other.of(graph)
    if other is None:
        return None
    again = describe(other.graph, f"<{page.iri}>", asserted=asserted, limits=limits)
    return other.compare(_of_description(page), _of_description(again))


def _of_description(page: Description) -> Iterable[Reading]:
    for part in page.parts:
        for kind in part.kinds:
            yield Reading(f"{part.name}, kind", kind.text, frozenset({part.iri, kind.iri}))
        for fact in (*part.facts, *part.statements, *part.uses):
            about = fact.label if fact in part.facts else ", ".join([fact.group, fact.text])
            yield _of_fact(f"{part.name}, {about}", fact, part.iri, own=fact in part.facts)
        for fact in part.pointing:
            if fact.property != STATED_IN.value:
                yield _of_fact(f"{part.name}, {fact.label} of", fact, part.iri, own=True)


def _of_fact(about: str, fact: Fact, iri: str, *, own: bool) -> Reading:
    texts = [degree.text for degree in fact.degrees] + [detail.text for detail in fact.details]
    text = "; ".join([fact.text, *texts] if own else texts) or fact.text
    about = ", ".join([about, *(aspect.text for aspect in fact.aspects)])
    names = {iri, fact.property, _text(fact.value), fact.text, *fact.sections}
    return Reading(about, text, frozenset(names | {degree.iri for degree in fact.degrees}))


@_if_it_can
def of_comparison(
    graph: KnowledgeGraph, found: Comparison, *, diff: bool = False, asserted: bool = False
) -> Newer | None:
    """How a comparison differs in the other edition, or None where it does not."""
    from claude_kg.compare import compare

    other = Other.of(graph)
    if other is None:
        return None
    terms = [f"<{thing.iri}>" for thing in found.things]
    here, there = (compare(one, terms, asserted=asserted) for one in (graph, other.graph))
    told = {
        (row.group, row.aspect)
        for comparison in (here, there)
        for row in comparison.rows
        if row.differs or not diff
    }
    return other.compare(_of_comparison(here, told), _of_comparison(there, told))


def _of_comparison(found: Comparison, told: Container[tuple[str, str]]) -> Iterable[Reading]:
    for row in found.rows:
        if (row.group, row.aspect) not in told:
            continue
        for thing, cell in zip(found.things, row.cells, strict=True):
            for value in cell:
                modes = f" [{', '.join(value.modes)}]" if value.modes else ""
                names = {thing.iri, thing.name, row.aspect, value.text, *value.sections}
                names.update(map(_text, value.terms))
                if value.text:
                    about = f"{thing.name}, {row.aspect}"
                    yield Reading(about, value.text + modes, frozenset(names))


@_if_it_can
def of_search(
    graph: KnowledgeGraph,
    found: Search,
    needs: Sequence[str],
    without: Sequence[str],
    *,
    strict: bool = False,
    asserted: bool = False,
) -> Newer | None:
    """How a search ends in the other edition, or None where it ends the same."""
    from claude_kg.find import find

    other = Other.of(graph)
    if other is None:
        return None
    again = find(other.graph, needs, without, strict=strict, asserted=asserted)
    return other.compare(_of_search(found), _of_search(again))


def _of_search(found: Search) -> Iterable[Reading]:
    for candidate in found.candidates:
        for finding in candidate.findings:
            about = f"{candidate.mode.text}, {finding.need.name}"
            names = {candidate.mode.iri, finding.need.iri, *finding.sections}
            yield Reading(about, f"{finding.has}: {finding.because}", frozenset(names))


@_if_it_can
def of_table(
    graph: KnowledgeGraph, table: Table, *, asserted: bool = False, limits: Limits | None = None
) -> Newer | None:
    """How a section of the report differs in the other edition, or None where it does not."""
    from claude_kg.report import fill

    other = Other.of(graph)
    if other is None:
        return None
    again = fill(other.graph, table.section, asserted=asserted, limits=limits)
    return other.compare(_of_table(table), _of_table(again))


def _of_table(table: Table) -> Iterable[Reading]:
    for row in table.rows:
        first = "; ".join(row[0])
        told = {value for cell in row for value in cell}
        yield Reading(first, first, frozenset(told))
        for column, values in list(zip(table.columns, row, strict=True))[1:]:
            names = frozenset({*row[0], column.heading, *values})
            yield from (Reading(f"{first}, {column.heading}", value, names) for value in values)
