"""Check a graph from end to end: syntax, consistency, shapes, and shapes of what follows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox

from claude_kg import files
from claude_kg.check import verdicts
from claude_kg.check.bounded import Task
from claude_kg.check.consistency import check_consistency
from claude_kg.check.data import Data
from claude_kg.check.fast import PARTS
from claude_kg.check.findings import Finding, Report, Severity, in_order
from claude_kg.check.hygiene import HygieneRule, check_hygiene, read_rules
from claude_kg.check.places import Places
from claude_kg.check.shapes import check_shapes
from claude_kg.errors import InputError, InputErrors
from claude_kg.limits import Limits
from claude_kg.load import Source
from claude_kg.load import unreadable as unreadable_file
from claude_kg.terms import PREFIXES

if TYPE_CHECKING:
    from claude_kg.graph import KnowledgeGraph

LIMITS = Limits(seconds=300.0, memory_mib=4096)
"""The bounds of one check; it does more than a query and may take longer."""

_TARGETS = {
    ox.NamedNode(PREFIXES["sh"] + name)
    for name in ("targetClass", "targetNode", "targetSubjectsOf", "targetObjectsOf")
}
_DECLARATION = {ox.NamedNode(PREFIXES["sh"] + name) for name in ("declare", "prefix", "namespace")}
"""The prefixes of SPARQL constraints, which are declared once for both sets of shapes."""


def validate(
    graph: KnowledgeGraph,
    *,
    unreadable: Iterable[InputError] = (),
    shapes: Sequence[Path] | None = None,
    closure_shapes: Sequence[Path] | None = None,
    hygiene: Sequence[Path] | None = None,
    engine: str | None = None,
    limits: Limits | None = LIMITS,
) -> Report:
    """Everything that is wrong with a graph.

    ``unreadable`` are the errors of files that could not be laid over it. The shapes, files in
    Turtle, default to the packaged ones: one set for what is asserted, and one for what follows,
    which is left out where the graph contradicts itself. The rules of ``hygiene``, queries in
    files, default to the packaged ones where the packaged shapes are applied, and to none else.

    ``engine`` is one of :data:`claude_kg.check.shapes.ENGINES`; by default the packaged shapes,
    for which both are tested to find the same, are checked by the fast one, and any others by the
    reference.

    Raises LimitError where a bound of ``limits`` is reached, and InputError where the shapes or
    the rules cannot be used.
    """
    packaged = files.shape_files()
    applied = packaged if shapes is None else shapes
    follows = files.shape_files(closure=True) if closure_shapes is None else closure_shapes
    if hygiene is None:
        hygiene = files.hygiene_files() if set(packaged) <= set(applied) else []

    findings = [_from_error(error) for error in unreadable]
    complete = not findings
    kept = None
    if graph.cache:
        name = verdicts.key(graph.loaded, (applied, follows, hygiene), engine, graph.reasoner)
        kept = verdicts.read(name)
    if kept is None:
        kept = _check_all(graph, applied, follows, read_rules(hygiene), engine, limits)
        if graph.cache:
            verdicts.write(name, kept)
    findings += kept

    places = Places(graph.sources)
    # What the user laid over the rest comes first: it is what they have just written.
    laid_over = sorted(graph.sources, key=lambda source: source.role != "overlay")
    names = [source.name for source in laid_over]
    return Report(
        in_order((places.add(finding) for finding in findings), names),
        complete=complete,
        files=len(names),
        statements=len(graph.asserted),
        prefixes=graph.prefixes,
    )


def _check_all(
    graph: KnowledgeGraph,
    shapes: Sequence[Path],
    closure_shapes: Sequence[Path],
    hygiene: Sequence[HygieneRule],
    engine: str | None,
    limits: Limits | None,
) -> list[Finding]:
    known, others = _read_shapes(shapes, limits)
    known_of_closure, others_of_closure = _read_shapes(closure_shapes, limits)

    # The shapes do not wait for the reasoner: they look at what is asserted.
    tasks = _tasks(Data(graph.asserted), known, others, graph, engine, limits, hygiene)
    findings = check_consistency(graph.asserted, graph.closure.clashes, graph.prefixes)
    if closure_shapes and graph.closure.consistent:
        closed = Data((*graph.asserted, *graph.closure.inferred))
        declared = [triple for triple in (*known, *others) if triple.predicate in _DECLARATION]
        tasks += _tasks(
            closed,
            known_of_closure and [*known_of_closure, *declared],
            others_of_closure and [*others_of_closure, *declared],
            graph,
            engine,
            limits,
        )
    try:
        for task in tasks:
            findings += task.result()
    except InputError as error:
        if error.file is not None:
            raise
        named = [str(file) for file in (*shapes, *closure_shapes) if file not in _packaged()]
        raise InputError(error.message, error.hint, file=", ".join(named) or None) from None
    return findings


def _tasks(
    data: Data,
    known: Sequence[ox.Triple],
    others: Sequence[ox.Triple],
    graph: KnowledgeGraph,
    engine: str | None,
    limits: Limits | None,
    hygiene: Sequence[HygieneRule] = (),
) -> list[Task[list[Finding]]]:
    """The checks of a graph, in processes that share the work about evenly."""
    core, queries = (["core"], ["sparql"]) if engine != "pyshacl" else (["core", "sparql"], [])
    tasks = [
        Task(limits, _check, data, shapes, graph.prefixes, engine or "fast", parts, rules)
        for shapes, parts, rules in ((known, queries, hygiene), (known, core, ()))
        if shapes or rules
    ]
    if others:
        # They may refer to the known shapes, which then apply where they say, and not to all.
        shapes = [*others, *(triple for triple in known if triple.predicate not in _TARGETS)]
        chosen = engine or "pyshacl"
        tasks.append(Task(limits, _check, data, shapes, graph.prefixes, chosen, PARTS, ()))
    return tasks


def _check(
    data: Data,
    shapes: Sequence[ox.Triple],
    prefixes: Mapping[str, str],
    engine: str,
    parts: Sequence[str],
    hygiene: Sequence[HygieneRule],
) -> list[Finding]:
    found = check_shapes(data, shapes, prefixes, engine, parts) if parts else []
    return found + check_hygiene(data, hygiene, prefixes)


def _read_shapes(
    shapes: Iterable[Path], limits: Limits | None
) -> tuple[list[ox.Triple], list[ox.Triple]]:
    """The packaged shapes, which every engine is known to take, and those of others.

    Raises InputErrors for what is no shape.
    """
    packaged = _packaged()
    known: list[ox.Triple] = []
    others: list[Source] = []
    for number, file in enumerate(shapes):
        try:
            data = file.read_bytes()
        except (OSError, ValueError) as error:
            raise unreadable_file(error, str(file)) from None
        source = Source(str(file), "overlay", "turtle", data, f"s{number}b")
        if file in packaged:
            known += source.triples
        else:
            others.append(source)
    if others:
        from claude_kg.check.foreign import ill_formed

        errors = Task(limits, ill_formed, others, known).result()
        if errors:
            raise errors[0] if len(errors) == 1 else InputErrors(errors)
    return known, [triple for source in others for triple in source.triples]


def _packaged() -> set[Path]:
    return {*files.shape_files(), *files.shape_files(closure=True)}


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
