"""Compose an edition: what is written, less what later editions supersede, plus what they adopt.

A dataset holds its first edition as plain statements, and what a later edition changes as claims.
A claim that a later edition adopts gives its statement to the graph. What it supersedes, a claim
or a fact node, loses what the newer one says instead; a fact node is then stated where that one
is. Claims stay where they are superseded, so that nothing is forgotten, and of a thing that is
withdrawn the names stay, so that it can still be asked for. Of what belongs to editions that are
not held, nothing is told.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyoxigraph as ox

from claude_kg.dates import Period
from claude_kg.editions import (
    ADOPTED_IN,
    EDITION,
    FIRST,
    FOLLOWS,
    HEADER,
    INTRODUCED_IN,
    SUBJECT,
    TYPE,
    VALID_FROM,
    VALID_UNTIL,
    Choice,
    Editions,
    Term,
)
from claude_kg.terms import CKG, NAMING, ONTOLOGY

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping, Sequence

SUPERSEDES = ox.NamedNode(CKG + "supersedes")
STATED_IN = ox.NamedNode(CKG + "statedIn")
PROPERTY = ox.NamedNode(CKG + "claimProperty")
VALUE = ox.NamedNode(CKG + "claimValue")
DENIES = ox.NamedNode(CKG + "denies")
WITHDRAWS = ox.NamedNode(CKG + "withdraws")
WITHDRAWN = ox.NamedNode(CKG + "Withdrawn")
_SPEAKING = {SUPERSEDES, WITHDRAWS, FOLLOWS, HEADER, INTRODUCED_IN}
"""By what is said that editions are made of, whatever the date."""
_CLAIM_PARTS = (SUBJECT, VALUE, SUPERSEDES, WITHDRAWS)
_OF_THE_PLACE = (STATED_IN, ox.NamedNode(CKG + "locator"), ox.NamedNode(CKG + "note"))
"""What a fact node says of where it is stated, and not of what it states."""


@dataclass(frozen=True)
class Claim:
    """A claim that an edition adopts: what it says, and what of earlier editions it replaces."""

    node: ox.NamedNode | ox.BlankNode
    subject: ox.NamedNode | ox.BlankNode
    predicate: ox.NamedNode
    value: Term
    denies: bool
    supersedes: tuple[Term, ...]
    withdraws: tuple[Term, ...]
    later: bool

    @property
    def edge(self) -> tuple[Term, Term, Term]:
        """The statement of which it speaks."""
        return self.subject, self.predicate, self.value


def compose(
    stated: Sequence[ox.Triple], editions: Editions, choice: Choice, prefixes: Mapping[str, str]
) -> tuple[ox.Triple, ...]:
    """The graph of one edition, made of what the files of a dataset state.

    ``editions`` are those of the same statements. Raises InputError for an edition or a date that
    is none.
    """
    held = editions.held(choice, prefixes)
    if choice == FIRST and held == editions.all.keys():
        return tuple(stated)
    on = None if choice.as_of is None else Period.read(choice.as_of)
    absent, lapsed = _absent(editions, held, on)
    kept = [t for t in stated if t.subject not in absent and t.object not in absent]
    claims = claims_of(editions, absent)
    return _composed(kept, claims, lapsed, editions, held, absent)


@dataclass(frozen=True)
class Touched:
    """Of what composing an edition may take away what is said, or add to it; all as IRIs."""

    nodes: frozenset[str] = frozenset()
    """Of these, anything."""
    pairs: frozenset[tuple[str, str]] = frozenset()
    """A subject and a property, of which a value was superseded."""
    subjects: frozenset[str] = frozenset()
    """What later editions make claims about."""

    @classmethod
    def by(
        cls,
        stated: Sequence[ox.Triple],
        editions: Editions,
        choice: Choice,
        prefixes: Mapping[str, str],
    ) -> Touched:
        """What the composition of an edition touches; the arguments are those of ``compose``."""
        held = editions.held(choice, prefixes)
        absent, _ = _absent(editions, held, None)
        claims = claims_of(editions, absent)
        by_node: dict[Term, Claim] = {claim.node: claim for claim in claims}
        later = [claim for claim in claims if claim.later]
        old = {target for claim in later for target in claim.supersedes}
        former = [by_node[target] for target in old if target in by_node]
        nodes = {*absent, *old, *(ox.NamedNode(edition.iri) for edition in editions.later)}
        nodes.update(node for claim in later for node in (claim.node, *claim.withdraws))
        return cls(
            _iris(nodes),
            frozenset(
                (claim.subject.value, claim.predicate.value)
                for claim in former
                if isinstance(claim.subject, ox.NamedNode)
            ),
            _iris(claim.subject for claim in (*later, *former)),
        )

    def spares(self, added: Iterable[ox.Triple]) -> bool:
        """Whether an edition holds statements just as they are, if added to the others.

        A choice by date is another matter. A new first edition is spared; the header then names it.
        """
        return not any(self._takes(triple) for triple in added)

    def _takes(self, triple: ox.Triple) -> bool:
        subject, predicate, value = triple.subject, triple.predicate, triple.object
        if predicate in _SPEAKING or (value == EDITION and not _declares_edition(triple)):
            return True
        if isinstance(subject, ox.NamedNode) and (
            subject.value in self.nodes or (subject.value, predicate.value) in self.pairs
        ):
            return True
        return isinstance(value, ox.NamedNode) and (
            value.value in self.nodes or (predicate == SUBJECT and value.value in self.subjects)
        )


def _declares_edition(triple: ox.Triple) -> bool:
    return (
        isinstance(triple.subject, ox.NamedNode)
        and triple.predicate == TYPE
        and triple.object == EDITION
    )


def headers(added: Iterable[ox.Triple], header: ox.Triple) -> Iterable[ox.Triple]:
    """What composing says of the first editions that added statements declare.

    ``header`` is what it says of another one.
    """
    for triple in added:
        if _declares_edition(triple):
            yield ox.Triple(header.subject, HEADER, triple.subject)


def _iris(nodes: Iterable[Term]) -> frozenset[str]:
    return frozenset(node.value for node in nodes if isinstance(node, ox.NamedNode))


def claims_of(editions: Editions, absent: Container[Term] = ()) -> list[Claim]:
    """Every claim that some edition adopts, but for those that are absent."""
    return [c for node in editions.said if node not in absent for c in _claim(editions, node)]


def _claim(editions: Editions, node: Term) -> Iterable[Claim]:
    said = [editions.values(node, part) for part in (SUBJECT, PROPERTY, VALUE)]
    if (
        not editions.values(node, ADOPTED_IN)
        or not all(said)
        or not isinstance(node, ox.NamedNode | ox.BlankNode)
    ):
        return
    subject, predicate, value = (values[0] for values in said)
    if isinstance(subject, ox.NamedNode | ox.BlankNode) and isinstance(predicate, ox.NamedNode):
        denies = any(
            isinstance(denied, ox.Literal) and denied.value in ("true", "1")
            for denied in editions.values(node, DENIES)
        )
        supersedes = tuple(t for t in editions.values(node, SUPERSEDES) if t != node)
        withdraws = tuple(editions.values(node, WITHDRAWS))
        later = editions.edition_of(node) is not None
        yield Claim(node, subject, predicate, value, denies, supersedes, withdraws, later)


def _absent(
    editions: Editions, held: frozenset[str], on: Period | None
) -> tuple[set[Term], list[Claim]]:
    """What belongs to no edition that is held, or not to the date; and the first's lapsed claims.

    What a held claim speaks of is held with it, though its edition be of a later date.
    """
    absent: set[Term] = set()
    lapsed: list[Claim] = []
    for node in editions.said:
        edition = editions.edition_of(node)
        if edition is not None and edition not in held:
            absent.add(node)
        elif on is not None:
            start, end = editions.period(node, VALID_FROM), editions.period(node, VALID_UNTIL)
            if start is None and edition is not None and edition in editions.all:
                start = editions.all[edition].as_of
            if (start and start.first > on.last) or (end and end.last < on.first):
                absent.add(node)
                if edition is None:
                    lapsed += _claim(editions, node)
    if on is not None:
        walk = [node for node in editions.said if node not in absent]
        for node in walk:
            wanted = [
                value
                for _, value in editions.said[node]
                if value in absent
                and value in editions.said
                and (editions.edition_of(value) or "") in held
                and not editions.values(value, SUBJECT)
            ]
            absent.difference_update(wanted)
            walk += wanted
    return absent, lapsed


def _composed(
    kept: Sequence[ox.Triple],
    claims: Sequence[Claim],
    lapsed: Sequence[Claim],
    editions: Editions,
    held: frozenset[str],
    absent: set[Term],
) -> tuple[ox.Triple, ...]:
    by_node: dict[Term, Claim] = {claim.node: claim for claim in claims}
    superseding: defaultdict[Term, list[Claim]] = defaultdict(list)
    for claim in claims:
        for target in claim.supersedes if claim.later else ():
            superseding[target].append(claim)

    # A fact node loses what newer claims say instead, and so do the claims that said it before.
    lost: set[tuple[Term, Term]] = set()
    followed: dict[Term, Claim] = {}
    for target, newer in superseding.items():
        if target in by_node:
            continue
        newest = dict.fromkeys(_OF_THE_PLACE, newer[0]) | {c.predicate: c for c in newer}
        lost.update((target, prop) for prop in newest)
        followed |= {
            old.node: newest[old.predicate]
            for old in claims
            if old.subject == target and old.predicate in newest and not old.later
        }
    withdrawn = {thing: claim for claim in claims if claim.later for thing in claim.withdraws}
    for old in claims:
        leaving = withdrawn.get(old.subject) or withdrawn.get(old.value)
        if leaving and not old.later and old.predicate.value not in NAMING:
            followed[old.node] = leaving
    gone = {*superseding, *followed}

    standing = {c.edge for c in claims if c.node not in gone and not c.denies}
    former = [by_node[node] for node in gone if node in by_node]
    removed = {c.edge for c in (*former, *lapsed) if not c.denies} - standing
    result = [
        t
        for t in kept
        if (t.subject, t.predicate, t.object) not in removed
        and (t.subject, t.predicate) not in lost
        and (t.subject not in withdrawn or t.predicate.value in NAMING)
        and (t.object not in withdrawn or t.predicate in _CLAIM_PARTS)
        and t.predicate != HEADER
    ]

    nodes = {t.subject for t in kept if t.predicate == STATED_IN} - by_node.keys()
    for claim in claims:
        if not claim.later or claim.node in gone or claim.subject in withdrawn:
            continue
        if not claim.denies:
            result.append(ox.Triple(claim.subject, claim.predicate, claim.value))
        if claim.subject in nodes:
            said = editions.said[claim.node]
            result += (ox.Triple(claim.subject, p, v) for p, v in said if p in _OF_THE_PLACE)
    result += (
        ox.Triple(new.node, SUPERSEDES, old) for old, new in followed.items() if new.node != old
    )
    result += (
        ox.Triple(thing, TYPE, WITHDRAWN) for thing in withdrawn if isinstance(thing, ox.NamedNode)
    )
    result += _header(kept, editions, held, absent)
    return tuple(dict.fromkeys(result))


def _header(
    kept: Sequence[ox.Triple], editions: Editions, held: frozenset[str], absent: set[Term]
) -> Iterable[ox.Triple]:
    """What says which edition the graph is: the newest of each line that it holds."""
    present = {iri for iri in held if ox.NamedNode(iri) not in absent}
    before = {f for iri in present for f in editions.all[iri].follows if iri in editions.all}
    subject = next((t.subject for t in kept if t.predicate == HEADER), ox.NamedNode(ONTOLOGY))
    yield from (ox.Triple(subject, HEADER, ox.NamedNode(iri)) for iri in sorted(present - before))
