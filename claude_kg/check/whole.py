"""Check all of a graph: consistency, shapes, shapes of what follows, and hygiene."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox

from claude_kg import files
from claude_kg.check.bounded import Task
from claude_kg.check.consistency import check_consistency
from claude_kg.check.data import Data
from claude_kg.check.fast import PARTS
from claude_kg.check.findings import Finding
from claude_kg.check.hygiene import HygieneRule, check_hygiene, read_rules
from claude_kg.check.shapes import check_shapes
from claude_kg.check.vocabulary import OF_PREFIXES, TARGETS
from claude_kg.errors import InputError, InputErrors
from claude_kg.limits import Limits
from claude_kg.load import Source
from claude_kg.load import unreadable as unreadable_file

if TYPE_CHECKING:
    from claude_kg.graph import KnowledgeGraph


def check_whole(
    graph: KnowledgeGraph,
    shapes: Sequence[Path],
    closure_shapes: Sequence[Path],
    hygiene: Sequence[Path],
    engine: str | None,
    limits: Limits | None,
) -> list[Finding]:
    """What is found in a graph, without places; the arguments are those of ``validate``."""
    known, others = read_shapes(shapes, limits)
    known_of_closure, others_of_closure = read_shapes(closure_shapes, limits)

    # The shapes do not wait for the reasoner: they look at what is asserted.
    tasks = _tasks(Data(graph.asserted), known, others, graph, engine, limits, read_rules(hygiene))
    findings = check_consistency(graph.asserted, graph.closure.clashes, graph.prefixes)
    if closure_shapes and graph.closure.consistent:
        closed = Data((*graph.asserted, *graph.closure.inferred))
        declared = declarations([*known, *others])
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
        named = [
            str(file) for file in (*shapes, *closure_shapes) if file not in files.all_shape_files()
        ]
        raise InputError(error.message, error.hint, file=", ".join(named) or None) from None
    return findings


def declarations(shapes: Iterable[ox.Triple]) -> list[ox.Triple]:
    """The prefixes of SPARQL constraints, which are declared once for both sets of shapes."""
    return [triple for triple in shapes if triple.predicate.value in OF_PREFIXES]


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
        shapes = [*others, *(triple for triple in known if triple.predicate.value not in TARGETS)]
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


def read_shapes(
    shapes: Iterable[Path], limits: Limits | None
) -> tuple[list[ox.Triple], list[ox.Triple]]:
    """The packaged shapes, which every engine is known to take, and those of others.

    Raises InputErrors for what is no shape.
    """
    packaged = files.all_shape_files()
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
