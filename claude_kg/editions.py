"""Know the editions of a dataset, which one is meant, and what belongs to each."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import pyoxigraph as ox

from claude_kg.errors import InputError
from claude_kg.terms import CKG, RDF_TYPE, SKOS, compact

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from claude_kg.dates import Period

LATEST = "latest"
"""What stands for the newest edition, where a name is asked for."""

Term = ox.NamedNode | ox.BlankNode | ox.Triple | ox.Literal


def _name(local: str) -> ox.NamedNode:
    return ox.NamedNode(CKG + local)


TYPE = ox.NamedNode(RDF_TYPE)
EDITION = _name("Edition")
HEADER = _name("edition")
ADOPTED_IN = _name("adoptedIn")
INTRODUCED_IN = _name("introducedIn")
FOLLOWS = _name("follows")
AS_OF = _name("asOf")
VALID_FROM = _name("validFrom")
VALID_UNTIL = _name("validUntil")
SUBJECT = _name("claimSubject")

_LABEL = ox.NamedNode(SKOS + "prefLabel")
_TELLING = {HEADER, ADOPTED_IN, INTRODUCED_IN, FOLLOWS, VALID_FROM, VALID_UNTIL, SUBJECT}


@dataclass(frozen=True)
class Choice:
    """Which edition is meant: by its name or ``LATEST``, and as of a date; by default the first."""

    name: str | None = None
    as_of: str | None = None


FIRST = Choice()
"""The facts as they are written, without what later editions say."""


@dataclass(frozen=True)
class Edition:
    """A state of the facts: which ones it follows, and as of when it holds."""

    iri: str
    name: str
    follows: tuple[str, ...] = ()
    as_of: Period | None = None


class Editions:
    """The editions that the statements of a dataset declare."""

    def __init__(self, stated: Sequence[ox.Triple]) -> None:
        self.said: defaultdict[Term, list[tuple[ox.NamedNode, Term]]] = defaultdict(list)
        """What is said of editions, claims, and things that a later edition introduces."""
        speaking = {t.subject for t in stated if t.predicate in _TELLING or t.object == EDITION}
        for triple in stated:
            if triple.subject in speaking:
                self.said[triple.subject].append((triple.predicate, triple.object))

    def values(self, node: Term, prop: ox.NamedNode) -> list[Term]:
        """The values of one property of a node."""
        return [value for said, value in self.said.get(node, ()) if said == prop]

    def period(self, node: Term, prop: ox.NamedNode) -> Period | None:
        """The date that is the value of one property of a node, the first of several."""
        from claude_kg.dates import period_of

        literals = [value for value in self.values(node, prop) if isinstance(value, ox.Literal)]
        return min((p for p in map(period_of, literals) if p), default=None)

    def edition_of(self, node: Term) -> str | None:
        """The later edition to which a node belongs, or None for what is composed already."""
        found = [*self.values(node, ADOPTED_IN), *self.values(node, INTRODUCED_IN)]
        if (TYPE, EDITION) in self.said.get(node, ()):
            found.append(node)
        names = [term.value for term in found if isinstance(term, ox.NamedNode)]
        known = [name for name in names if name in self.all]
        return known[0] if known and not self.composed.intersection(known) else None

    @cached_property
    def all(self) -> dict[str, Edition]:
        """The editions by IRI, each after those that it follows."""
        found = {
            node.value: Edition(
                node.value,
                min(
                    (v.value for v in self.values(node, _LABEL) if isinstance(v, ox.Literal)),
                    default="",
                ),
                tuple(v.value for v in self.values(node, FOLLOWS) if isinstance(v, ox.NamedNode)),
                self.period(node, AS_OF),
            )
            for node, said in self.said.items()
            if isinstance(node, ox.NamedNode) and (TYPE, EDITION) in said
        }
        return dict(sorted(found.items(), key=lambda item: (len(_line(item[0], found)), item[0])))

    @cached_property
    def composed(self) -> frozenset[str]:
        """Those that the statements hold as they are: the first, and those of the header."""
        first = {i for i, e in self.all.items() if not any(f in self.all for f in e.follows)}
        header = {
            value.value
            for node in list(self.said)
            for value in self.values(node, HEADER)
            if isinstance(value, ox.NamedNode)
        }
        return frozenset(first.union(*(_line(iri, self.all) for iri in header & self.all.keys())))

    @property
    def later(self) -> list[Edition]:
        """Those that have to be composed, each after those that it follows."""
        return [edition for iri, edition in self.all.items() if iri not in self.composed]

    @property
    def choices(self) -> list[Edition]:
        """Those that can be asked for: all but the ones on which what is composed rests."""
        before = {f for iri in self.composed for f in _line(iri, self.all) - {iri}}
        return [edition for iri, edition in self.all.items() if iri not in before]

    def find(self, name: str, prefixes: Mapping[str, str]) -> Edition:
        """The edition of a name: its IRI, prefixed or not, the end of it, or its label.

        Raises InputError, which names those that can be asked for.
        """
        wanted = name.strip().strip("<>").casefold()
        for edition in self.choices:
            short = compact(edition.iri, prefixes)
            names = {edition.iri, short, short.rpartition(":")[2], edition.name}
            if wanted and wanted in {known.casefold() for known in names}:
                return edition
        known = [compact(edition.iri, prefixes) for edition in self.choices]
        raise InputError(f"there is no edition {name!r}", f"Known: {', '.join([*known, LATEST])}")

    def held(self, choice: Choice, prefixes: Mapping[str, str]) -> frozenset[str]:
        """The editions of which a choice may hold something: one and those before it.

        Without a name these are the composed ones, and with a date all. Raises InputError for an
        edition or a date that is none, and for a date before the first edition.
        """
        if choice.as_of is not None:
            from claude_kg.dates import Period

            on = Period.given(choice.as_of, "--as-of")
            starts = [self.all[iri].as_of for iri in self.composed]
            early = [start for start in starts if start and start.first > on.last]
            if early and len(early) == len(starts):
                raise InputError(
                    f"no edition is as old as {on.text}",
                    f"The first one holds as of {min(early).text}",
                )
        if choice.name == LATEST or (choice.name is None and choice.as_of is not None):
            return frozenset(self.all)
        if choice.name is None:
            return self.composed
        return self.composed | _line(self.find(choice.name, prefixes).iri, self.all)


def _line(iri: str, known: Mapping[str, Edition]) -> set[str]:
    """An edition and all before it; one that follows itself ends the line."""
    line = [iri]
    for one in line:
        follows = known[one].follows if one in known else ()
        line += (before for before in follows if before in known and before not in line)
    return set(line)
