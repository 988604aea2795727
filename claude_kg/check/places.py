"""Find the file, line and column of a statement, or of what a finding is about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import pyoxigraph as ox

from claude_kg.check.findings import Finding, Path
from claude_kg.check.positions import FORMATS, Place, Positions, Shape, locate
from claude_kg.load import Source


@dataclass(frozen=True, order=True)
class Location:
    """Where a statement stands; in some data formats only the file can be told."""

    file: str
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        return ":".join(str(part) for part in (self.file, self.line, self.column) if part)


class Places:
    """The places of a graph's statements; a file is looked into only when a finding needs it."""

    def __init__(self, sources: Sequence[Source]) -> None:
        # The last file comes first: what a user lays over the graph is what they can mend.
        self._sources = tuple(reversed(sources))
        self._positions: dict[int, Positions] = {}
        self._unnamed: dict[int, dict[ox.Triple, Place]] = {}
        self._by_subject: dict[int, dict[object, list[ox.Triple]]] = {}

    def of(self, triple: ox.Triple) -> tuple[Location, ...]:
        """Where a statement stands, in the order in which the files are read."""
        return tuple(self._location(number, triple) for number in self._holders.get(triple, ()))

    def add(self, finding: Finding) -> Finding:
        """The finding with the place of the offending statement.

        Where no statement offends because one is missing, it is the place of the node that lacks
        it; what is said nowhere gets no place.
        """
        if finding.file is not None or not isinstance(finding.focus, ox.NamedNode | ox.BlankNode):
            return finding
        for wanted in _patterns(finding):
            for number, source in enumerate(self._sources):
                # The last of several, for that is the one too many.
                about = self._about(number).get(wanted.subject, ())
                found = next((t for t in reversed(about) if wanted.fits(t)), None)
                if found is not None:
                    return self._at(finding, number, source, found, wanted.whole)
        return finding

    def _about(self, number: int) -> dict[object, list[ox.Triple]]:
        """What a file states, by subject."""
        if number not in self._by_subject:
            about = self._by_subject[number] = {}
            for triple in self._sources[number].triples:
                about.setdefault(triple.subject, []).append(triple)
        return self._by_subject[number]

    def _at(
        self, finding: Finding, number: int, source: Source, triple: ox.Triple, whole: bool
    ) -> Finding:
        if source.format not in FORMATS:
            return replace(finding, file=source.name)
        positions = self._located(number)
        place = positions.statements.get(triple) if whole else None
        if place is None and isinstance(triple.subject, ox.NamedNode):
            place = positions.subjects.get(triple.subject)
        if place is None:
            return replace(finding, file=source.name)
        return replace(finding, file=source.name, line=place.line, column=place.column)

    def _location(self, number: int, triple: ox.Triple) -> Location:
        source = self._sources[number]
        if source.format not in FORMATS:
            return Location(source.name)
        place = self._located(number).statements.get(triple) or self._nameless(number).get(triple)
        return Location(source.name, *place) if place else Location(source.name)

    def _located(self, number: int) -> Positions:
        if number not in self._positions:
            self._positions[number] = locate(self._sources[number].data.decode("utf-8-sig"))
        return self._positions[number]

    def _nameless(self, number: int) -> dict[ox.Triple, Place]:
        """The places of a file's statements with blank nodes."""
        if number in self._unnamed:
            return self._unnamed[number]
        places = self._unnamed[number] = {}
        of_node: dict[object, Place] = {}
        unplaced = []
        met: defaultdict[Shape, int] = defaultdict(int)
        unnamed = self._located(number).unnamed
        for triple in self._sources[number].triples:
            shape = _shape(triple)
            if None in shape:
                known = unnamed.get(shape, [])
                if met[shape] < len(known):
                    places[triple] = known[met[shape]]
                    of_node.setdefault(triple.subject, known[met[shape]])
                else:
                    unplaced.append(triple)
                met[shape] += 1
        # What goes on with a list stands where its first member does.
        places.update((t, of_node[t.subject]) for t in unplaced if t.subject in of_node)
        return places

    @cached_property
    def _holders(self) -> dict[ox.Triple, list[int]]:
        """The sources that hold each statement."""
        holders: dict[ox.Triple, list[int]] = {}
        for number in reversed(range(len(self._sources))):
            for triple in dict.fromkeys(self._sources[number].triples):
                holders.setdefault(triple, []).append(number)
        return holders


def _shape(triple: ox.Triple) -> Shape:
    subject, object_ = triple.subject, triple.object
    return (
        subject if isinstance(subject, ox.NamedNode) else None,
        triple.predicate,
        object_ if isinstance(object_, ox.NamedNode | ox.Literal) else None,
    )


class _Pattern:
    """A statement with gaps; ``whole`` where it is the statement itself that offends."""

    def __init__(
        self,
        subject: object,
        predicate: object = None,
        object_: object = None,
        *,
        whole: bool = True,
    ) -> None:
        self.subject, self._predicate, self._object = subject, predicate, object_
        self.whole = whole

    def fits(self, triple: ox.Triple) -> bool:
        """Whether a statement about the subject is one that is looked for."""
        return (self._predicate is None or triple.predicate == self._predicate) and (
            self._object is None or triple.object == self._object
        )


def _patterns(finding: Finding) -> Iterator[_Pattern]:
    """What to look for, the most telling first."""
    focus, value = finding.focus, finding.value
    step, forward = _first_step(finding.path)
    if value is not None and value != focus:
        if not forward:
            yield _Pattern(value, step, focus)
        elif finding.path is None or step is not None:
            yield _Pattern(focus, step, value)
    if step is not None and forward:
        yield _Pattern(focus, step)
    yield _Pattern(focus, whole=False)


def _first_step(path: Path | None) -> tuple[ox.NamedNode | None, bool]:
    """The property with which a path begins, and whether it is followed forwards."""
    if path is None:
        return None, True
    if path.property is not None:
        return path.property, True
    if path.operator == "^":
        return path.parts[0].property, False
    return _first_step(path.parts[0])
