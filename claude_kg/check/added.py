"""Check what is added to a graph in which nothing was found, without checking all of it again.

Kept of such a graph are its statements, by property, and its closure. What the additions cannot
reach (:mod:`claude_kg.check.reach`) is not looked at, and the closure is gone on with. The findings
are those of a check of the whole; where that is not certain, there are none and the whole is to be
checked.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

import pyoxigraph as ox

from claude_kg.check import reach
from claude_kg.check.bounded import Task
from claude_kg.check.consistency import check_consistency
from claude_kg.check.data import Data
from claude_kg.check.fast import check_fast, is_known
from claude_kg.check.findings import Finding
from claude_kg.check.hygiene import HygieneRule, check_hygiene
from claude_kg.check.reach import Added, Reach
from claude_kg.check.rulebook import Rulebook
from claude_kg.closure import Closure
from claude_kg.compose import Touched, headers
from claude_kg.editions import HEADER
from claude_kg.limits import Limits
from claude_kg.lines import lines_of
from claude_kg.reason.kept import follow, keep
from claude_kg.terms import RDFS

_UNTOUCHED = Touched()
_SUB_CLASS = RDFS + "subClassOf"
_LEAST_SHARE = 8
"""The additions are at most so small a part of the graph; of more the whole is checked."""


class _Lines:
    """Statements in N-Triples, those with one property together."""

    def __init__(self, lines: bytes, lengths: Mapping[str, int]) -> None:
        self.all = lines
        self._places: dict[str, tuple[int, int]] = {}
        start = 0
        for name, length in lengths.items():
            self._places[name] = start, start + length
            start += length

    @classmethod
    def of(cls, triples: Iterable[ox.Triple]) -> tuple[bytes, dict[str, int]]:
        """The lines of statements, and how many bytes those with each property take."""
        by_property: dict[str, list[ox.Triple]] = {}
        for triple in triples:
            by_property.setdefault(triple.predicate.value, []).append(triple)
        parts = {name: lines_of(found) for name, found in by_property.items()}
        return b"".join(parts.values()), {name: len(part) for name, part in parts.items()}

    def with_properties(self, names: Iterable[str] | None) -> bytes:
        """The lines of the statements with some properties; None for all."""
        if names is None:
            return self.all
        places = (self._places.get(name, (0, 0)) for name in sorted(names))
        return b"".join(self.all[start:end] for start, end in places)

    def hold(self, triple: ox.Triple) -> bool:
        """Whether a statement is among them."""
        around = b"\n" + self.with_properties([triple.predicate.value])
        return b"\n" + lines_of([triple]) in around


@dataclass(frozen=True)
class Rules:
    """What is checked: the shapes for what is asserted and for what follows, and the hygiene."""

    shapes: Sequence[ox.Triple]
    closure_shapes: Sequence[ox.Triple]
    hygiene: Sequence[HygieneRule]

    def reaches(self) -> dict[str, Reach]:
        """What the queries among them look at."""
        return {
            **reach.of_constraints(Rulebook(self.shapes)),
            **reach.of_constraints(Rulebook(self.closure_shapes)),
            **{rule.query: reach.of_query(rule.query) for rule in self.hygiene},
        }


class Base:
    """A graph in which nothing was found."""

    def __init__(self, content: bytes) -> None:
        head, _, closure_and_lines = content.partition(b"\n")
        known = json.loads(head)
        self.statements: int = known["statements"]
        self.prefixes: dict[str, str] = known["prefixes"]
        closure, _, lines = closure_and_lines.partition(b"\n")
        nodes, pairs, subjects = known["touched"]
        self._touched = Touched(
            frozenset(nodes), frozenset((s, p) for s, p in pairs), frozenset(subjects)
        )
        self._closure = closure.decode()
        self._reaches = {text: Reach.of_kept(kept) for text, kept in known["reaches"].items()}
        end = known["asserted bytes"]
        self._asserted = _Lines(lines[:end], known["asserted"])
        self._inferred = _Lines(lines[end:], known["inferred"])

    @staticmethod
    def keep(
        asserted: Sequence[ox.Triple],
        closure: Closure,
        prefixes: Mapping[str, str],
        rules: Rules,
        touched: Touched = _UNTOUCHED,
    ) -> bytes:
        """What is to be kept of a graph in which these rules found nothing.

        ``touched`` is what its edition does not hold as it is stated.
        """
        kept = keep(asserted, prefixes)
        lines, lengths = _Lines.of(asserted)
        inferred_lines, inferred_lengths = _Lines.of(closure.inferred)
        head = {
            "statements": len(asserted),
            "prefixes": dict(prefixes),
            "reaches": {text: looked_at.kept() for text, looked_at in rules.reaches().items()},
            "asserted": lengths,
            "asserted bytes": len(lines),
            "inferred": inferred_lengths,
            "touched": [sorted(part) for part in (touched.nodes, touched.pairs, touched.subjects)],
        }
        return b"\n".join([json.dumps(head).encode(), kept.encode(), lines + inferred_lines])

    def new_among(self, triples: Iterable[ox.Triple]) -> list[ox.Triple] | None:
        """The statements that the graph does not have, each once, and what composing adds.

        None where composing takes something away.
        """
        new = [triple for triple in dict.fromkeys(triples) if not self._asserted.hold(triple)]
        if not self._touched.spares(new):
            return None
        written = self._asserted.with_properties([HEADER.value])
        for quad in islice(ox.parse(written, ox.RdfFormat.N_TRIPLES), 1):
            new += headers(new, quad.triple)
        return new

    def check(
        self,
        added: Sequence[ox.Triple],
        rules: Rules,
        prefixes: Mapping[str, str],
        limits: Limits | None,
    ) -> list[Finding] | None:
        """What is found if statements are added that the graph does not have.

        None where the graph has to be checked as a whole.
        """
        if len(added) * _LEAST_SHARE > self.statements:
            return None
        book, closure_book = (
            Rulebook(shapes, prefixes) for shapes in (rules.shapes, rules.closure_shapes)
        )
        if not (is_known(book) and is_known(closure_book)):
            return None
        follows = follow(self._closure, added)
        if follows is None:
            return None
        new = Added(added, self._above)
        closed = Added([*added, *follows], self._above)
        lines, inferred = lines_of(added), self._inferred.all + lines_of(follows)
        hygiene = [rule for rule in rules.hygiene if new.touch(self._reaches[rule.query])]
        core = [
            (book, *reach.core(book, new), further)
            for book, new, further in ((book, new, lines), (closure_book, closed, lines + inferred))
        ]
        found = check_consistency(added, (), prefixes)
        queries = (book, new), (closure_book, closed)
        task = Task(limits, self._found, core, hygiene, queries, prefixes, lines, inferred)
        return found + task.result()

    def _found(
        self,
        core: Iterable[tuple[Rulebook, Sequence[ox.Triple], Reach, bytes]],
        hygiene: Sequence[HygieneRule],
        queries: Sequence[tuple[Rulebook, Added]],
        prefixes: Mapping[str, str],
        lines: bytes,
        inferred: bytes,
    ) -> list[Finding]:
        found = []
        for book, shapes, looked_at, further in core:
            if shapes:
                data = Data(self._asserted.with_properties(looked_at.properties) + further)
                results = check_fast(data, Rulebook(shapes), ["core"])
                found += [book.finding(result) for result in results]
        data = Data(self._asserted.all + lines)
        if hygiene:
            found += check_hygiene(data, hygiene, prefixes, queries[0][1].statements)
        for (book, new), further in zip(queries, (b"", inferred), strict=True):
            if shapes := reach.constraints(book, new, self._reaches):
                data = data.grown(further) if further else data
                results = check_fast(data, Rulebook(shapes), ["sparql"], new.statements)
                found += [book.finding(result) for result in results]
        return found

    @cached_property
    def _above(self) -> dict[str, list[str]]:
        """The classes right above each class."""
        above: dict[str, list[str]] = {}
        for lines in (self._asserted, self._inferred):
            for quad in ox.parse(lines.with_properties([_SUB_CLASS]), ox.RdfFormat.N_TRIPLES):
                if isinstance(quad.object, ox.NamedNode) and isinstance(quad.subject, ox.NamedNode):
                    above.setdefault(quad.subject.value, []).append(quad.object.value)
        return above
