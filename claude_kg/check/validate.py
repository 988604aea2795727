"""Check a graph from end to end: syntax, consistency, shapes, and shapes of what follows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from claude_kg import files
from claude_kg.check.checked import Check
from claude_kg.check.findings import Finding, Report, Severity, in_order
from claude_kg.errors import InputError
from claude_kg.limits import Limits

if TYPE_CHECKING:
    from claude_kg.check.verdicts import Verdict
    from claude_kg.graph import KnowledgeGraph

LIMITS = Limits(seconds=300.0, memory_mib=4096)
"""The bounds of one check; it does more than a query and may take longer."""


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
    check = check_of(graph, shapes, closure_shapes, hygiene, engine, limits)
    return report_of(graph, check.verdict(), unreadable)


def check_of(
    graph: KnowledgeGraph,
    shapes: Sequence[Path] | None = None,
    closure_shapes: Sequence[Path] | None = None,
    hygiene: Sequence[Path] | None = None,
    engine: str | None = None,
    limits: Limits | None = LIMITS,
) -> Check:
    """The check of a graph by the shapes and rules that were chosen, or by the packaged ones."""
    packaged = files.shape_files()
    applied = packaged if shapes is None else shapes
    follows = files.shape_files(closure=True) if closure_shapes is None else closure_shapes
    if hygiene is None:
        hygiene = files.hygiene_files() if set(packaged) <= set(applied) else []
    return Check(graph, applied, follows, hygiene, engine, limits)


def report_of(
    graph: KnowledgeGraph, verdict: Verdict, unreadable: Iterable[InputError] = ()
) -> Report:
    """The findings of a check and the files that cannot be read, each at its place."""
    errors = [_from_error(error) for error in unreadable]
    findings = errors + verdict.findings
    if findings:
        from claude_kg.check.places import Places

        places = Places(graph.sources)
        findings = [places.add(finding) for finding in findings]
    # What the user laid over the rest comes first: it is what they have just written.
    laid_over = sorted(graph.sources, key=lambda source: source.role != "overlay")
    names = [source.name for source in laid_over]
    return Report(
        in_order(findings, names),
        complete=not errors,
        files=len(names),
        statements=verdict.statements,
        prefixes=verdict.prefixes,
    )


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
