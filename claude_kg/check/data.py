"""Hold a graph as native engines take it, each form made when it is needed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cached_property

import pyoxigraph as ox

from claude_kg.check.findings import Term
from claude_kg.lines import lines_of, triples_of
from claude_kg.query.tokens import Token
from claude_kg.terms import XSD

_WRITTEN = ox.NamedNode("urn:claude-kg:written")
_GAP = [Token("", "", 0)] * 2


_BLANK = b"_:"
_TYPED = f"^^<{XSD}".encode()


class Data:
    """The statements of a graph, given as such or as N-Triples."""

    def __init__(self, given: Sequence[ox.Triple] | bytes) -> None:
        self._given = given

    @cached_property
    def triples(self) -> Sequence[ox.Triple]:
        """The statements."""
        return triples_of(self._given) if isinstance(self._given, bytes) else self._given

    @cached_property
    def lines(self) -> bytes:
        """The graph in N-Triples."""
        if isinstance(self._given, bytes):
            return self._given
        return lines_of(self._given)

    @cached_property
    def store(self) -> ox.Store:
        """The graph in the embedded store, blank nodes under their own names."""
        store = ox.Store()
        _extend(store, self.lines)
        return store

    @cached_property
    def writing(self) -> Writing:
        """How its literals are written."""
        # Only those that have a datatype can be written in more than one way.
        lines = self.lines
        spans = _spans_with(_TYPED, lines)
        return Writing(triples_of(b"".join(lines[start:end] for start, end in spans)))

    def grown(self, lines: bytes) -> Data:
        """The graph with more statements, in the same store, which this one must not use again."""
        data = Data(self.lines + lines)
        _extend(self.store, lines)
        data.store = self.store
        return data


def _spans_with(mark: bytes, lines: bytes) -> Iterator[tuple[int, int]]:
    """Where the lines with a mark start and end."""
    at = lines.find(mark)
    while at >= 0:
        end = lines.find(b"\n", at) + 1 or len(lines)
        yield lines.rfind(b"\n", 0, at) + 1, end
        at = lines.find(mark, end)


def _extend(store: ox.Store, lines: bytes) -> None:
    # What was written by the engine itself need not be looked over again.
    if _BLANK not in lines:
        store.load(lines, ox.RdfFormat.N_TRIPLES, lenient=True)
        return
    # Loading would rename blank nodes.
    with_blank = list(_spans_with(_BLANK, lines))
    ends = [0, *(end for _, end in with_blank)]
    starts = [*(start for start, _ in with_blank), len(lines)]
    rest = b"".join(lines[end:start] for end, start in zip(ends, starts, strict=True))
    store.load(rest, ox.RdfFormat.N_TRIPLES, lenient=True)
    kept = b"".join(lines[start:end] for start, end in with_blank)
    store.extend(ox.parse(kept, ox.RdfFormat.N_TRIPLES, lenient=True))


class Writing:
    """How the literals of a graph are written: a store keeps their value, and may write it anew."""

    def __init__(self, triples: Sequence[ox.Triple]) -> None:
        literals = {t.object for t in triples if isinstance(t.object, ox.Literal)}
        numbers = [
            literal
            for literal in literals
            if literal.datatype.value.startswith(XSD) and literal.datatype.value != XSD + "string"
        ]
        store = ox.Store()
        store.extend(
            ox.Quad(ox.NamedNode(f"urn:{number}"), _WRITTEN, literal)
            for number, literal in enumerate(numbers)
        )
        self._originals: dict[Term, ox.Literal] = {}
        self.is_ambiguous = False
        """Whether the store makes one literal of two."""
        for quad in store:
            assert isinstance(quad.subject, ox.NamedNode)
            assert isinstance(quad.object, ox.Literal)
            self.is_ambiguous |= quad.object in self._originals
            self._originals[quad.object] = numbers[int(quad.subject.value.removeprefix("urn:"))]
        rewritten = {original for term, original in self._originals.items() if term != original}
        self._properties = {
            re.split("[#/:]", t.predicate.value)[-1] for t in triples if t.object in rewritten
        }

    def may_reach(self, tokens: Sequence[Token]) -> bool:
        """Whether a query may come upon a literal that the store writes otherwise."""
        if not self._properties:
            return False
        padded = [*_GAP, *tokens]
        for before, previous, token in zip(padded, padded[1:], tokens, strict=False):
            if token.kind == "variable":
                if previous.text == ";" or before.text in {"{", "}", ".", ")"}:
                    return True
            elif re.split("[#/:]", token.text.rstrip(">"))[-1] in self._properties:
                return True
        return False

    def original(self, term: Term) -> Term:
        """A term as the graph has it."""
        return self._originals.get(term, term)
