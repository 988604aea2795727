"""Check a graph against core SHACL by a native engine."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import pyoxigraph as ox

from claude_kg.check.bounded import note_threads
from claude_kg.check.data import Data
from claude_kg.check.findings import Path, Term
from claude_kg.check.rulebook import SH, Node, Result, Rulebook
from claude_kg.check.vocabulary import CORE, NESTING
from claude_kg.lines import lines_of

_SHAPE = "urn:claude-kg:shape:"


def check_core(data: Data, rules: Rulebook) -> tuple[list[Result], Sequence[ox.Triple]]:
    """What is found by core constraints, or the shapes that the engine cannot be given."""
    shapes = [triple for triple in rules.triples if triple.predicate.value != SH + "sparql"]
    if not any(triple.predicate.value in CORE for triple in shapes):
        return [], ()
    try:
        import shacl
    except ImportError:  # there are systems for which it is not built
        return [], shapes
    named = _Named(shapes)
    note_threads()
    try:
        compiled = shacl.Shapes.from_text(lines_of(named.triples).decode(), "ntriples")
        report = compiled.validate_text(data.lines.decode(), "ntriples")
    except ValueError:
        # The reference says better what is wrong, or can do it.
        return [], shapes
    results = []
    for found in report.results:
        if found.focus_node.startswith("_:") or (found.value or "").startswith("_:"):
            # The engine gives blank nodes names of its own.
            return [], shapes
        shape = named.original(_term(found.source_shape or found.root_shape or ""))
        results.append(
            Result(
                shape=shape,
                component=found.component_iri,
                focus=_term(found.focus_node),
                path=_path(found.path, shape, rules),
                value=None if found.value is None else _term(found.value),
            )
        )
    return results, ()


class _Named:
    """Shapes of which each has a name, for the engine gives blank nodes names of its own."""

    def __init__(self, triples: Sequence[ox.Triple]) -> None:
        self._originals = {
            ox.NamedNode(_SHAPE + node.value): node
            for triple in triples
            for node in _shape_nodes(triple)
            if isinstance(node, ox.BlankNode)
        }
        self._names: dict[object, ox.NamedNode] = {
            node: name for name, node in self._originals.items()
        }
        self.triples = [
            ox.Triple(
                self._names.get(t.subject, t.subject),
                t.predicate,
                self._names.get(t.object, t.object),
            )
            for t in triples
        ]

    def original(self, term: Term) -> Node:
        assert isinstance(term, ox.NamedNode)
        return self._originals.get(term, term)


def _shape_nodes(triple: ox.Triple) -> Iterator[object]:
    if triple.predicate.value in CORE or triple.predicate.value == SH + "path":
        yield triple.subject
    if triple.predicate.value in NESTING:
        yield triple.object


def _term(text: str) -> Term:
    """A term from N-Triples."""
    if text.startswith("<"):
        return ox.NamedNode(text[1:-1])
    (quad,) = ox.parse(f"<urn:s> <urn:p> {text} .", ox.RdfFormat.N_TRIPLES)
    found: Term | ox.Triple = quad.object
    assert not isinstance(found, ox.Triple)
    return found


def _path(text: str | None, shape: Node, rules: Rulebook) -> Path | None:
    if text is not None and re.fullmatch(r"<[^<>]*>", text):
        return Path.of(ox.NamedNode(text[1:-1]))
    return rules.path_of(shape)
