"""Check a graph from end to end: syntax, consistency, shapes, and shapes of what follows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox

from claude_kg import files
from claude_kg.check.bounded import Task
from claude_kg.check.consistency import check_consistency
from claude_kg.check.findings import Finding, Report, Severity, in_order
from claude_kg.check.places import Places
from claude_kg.check.shapes import check_shapes
from claude_kg.errors import InputError
from claude_kg.limits import Limits
from claude_kg.load import parse
from claude_kg.terms import PREFIXES

if TYPE_CHECKING:
    from claude_kg.graph import KnowledgeGraph

LIMITS = Limits(seconds=300.0, memory_mib=4096)
"""The bounds of one check; it does more than a query and may take longer."""

_DECLARATION = {ox.NamedNode(PREFIXES["sh"] + name) for name in ("declare", "prefix", "namespace")}
"""The prefixes of SPARQL constraints, which are declared once for both sets of shapes."""


def validate(
    graph: KnowledgeGraph,
    *,
    unreadable: Iterable[InputError] = (),
    shapes: Sequence[Path] | None = None,
    closure_shapes: Sequence[Path] | None = None,
    engine: str | None = None,
    limits: Limits | None = LIMITS,
) -> Report:
    """Everything that is wrong with a graph.

    ``unreadable`` are the errors of files that could not be laid over it. The shapes, files in
    Turtle, default to the packaged ones: one set for what is asserted, and one for what follows,
    which is left out where the graph contradicts itself. ``engine`` is one of
    :data:`claude_kg.check.shapes.ENGINES`; by default the packaged shapes, for which both are
    tested to find the same, are checked by the fast one and others by the reference.

    Raises LimitError where a bound of
    ``limits`` is reached, and InputError where the shapes cannot be used.
    """
    if engine is None:
        engine = "fast" if shapes is None and closure_shapes is None else "pyshacl"
    rules = _read(files.shape_files() if shapes is None else shapes)
    if closure_shapes is None:
        closure_shapes = files.shape_files(closure=True)
    consequences = _read(closure_shapes)
    if consequences:
        consequences += [triple for triple in rules if triple.predicate in _DECLARATION]

    # The shapes do not wait for the reasoner: they look at what is asserted.
    asserted = Task(limits, check_shapes, graph.asserted, rules, graph.prefixes, engine)
    findings = [_from_error(error) for error in unreadable]
    complete = not findings
    findings += check_consistency(graph.asserted, graph.closure.clashes, graph.prefixes)
    findings += asserted.result()
    if consequences and graph.closure.consistent:
        closed = (*graph.asserted, *graph.closure.inferred)
        task = Task(limits, check_shapes, closed, consequences, graph.prefixes, engine)
        findings += task.result()

    places = Places(graph.sources)
    names = [source.name for source in graph.sources]
    return Report(
        in_order((places.add(finding) for finding in findings), names),
        complete=complete,
        files=len(names),
        statements=len(graph.asserted),
        prefixes=graph.prefixes,
    )


def _read(shapes: Iterable[Path]) -> list[ox.Triple]:
    triples: list[ox.Triple] = []
    for number, file in enumerate(shapes):
        triples += parse(file.read_bytes(), str(file), "turtle", label=f"s{number}b")[0]
    return triples


def _from_error(error: InputError) -> Finding:
    return Finding(
        "syntax" if error.line else "input",
        Severity.VIOLATION,
        error.message,
        why="Nothing can be said about a file that cannot be read.",
        fix=error.hint,
        file=error.file,
        line=error.line,
        column=error.column,
    )
