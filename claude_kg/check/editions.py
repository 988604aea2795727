"""Check every edition of a graph by itself, beside each other, and tell what is wrong once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from claude_kg.check.bounded import Task, can_fork
from claude_kg.check.validate import check_of, report_of
from claude_kg.editions import FIRST, Choice
from claude_kg.terms import compact

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from claude_kg.check.checked import Check
    from claude_kg.check.findings import Finding, Report
    from claude_kg.check.verdicts import Verdict
    from claude_kg.errors import InputError
    from claude_kg.graph import KnowledgeGraph


def validate_editions(
    graph: KnowledgeGraph, *, unreadable: Iterable[InputError] = (), **options: Any
) -> Report:
    """What is wrong with any edition of a graph; what is wrong with several is said once.

    A finding of a later edition alone names it in its message. A graph at another edition than
    the first is checked at that edition only. The arguments and errors are those of
    :func:`claude_kg.check.validate.validate`.
    """
    check = check_of(graph, **options)
    later = check.later if graph.loaded.edition == FIRST else ()
    first, *others = _verdicts(check, [check.at(Choice(iri)) for iri, _ in later])
    findings = list(first.findings)
    known = {_said(finding) for finding in findings}
    for (iri, label), other in zip(later, others, strict=True):
        name = label or compact(iri, first.prefixes)
        for finding in other.findings:
            if _said(finding) not in known:
                known.add(_said(finding))
                findings.append(replace(finding, message=f"In {name}: {finding.message}"))
    return report_of(graph, replace(first, findings=findings), unreadable)


def _verdicts(first: Check, later: Sequence[Check]) -> list[Verdict]:
    """What each check finds, the later ones beside the first where that is possible."""
    beside = can_fork()
    tasks = [
        Task(check.limits, check.verdict) if beside and check.kept is None else None
        for check in later
    ]
    try:
        found = [first.verdict()]
        for check, task in zip(later, tasks, strict=True):
            found.append(task.result() if task else check.verdict())
    finally:
        for task in tasks:
            if task:
                task.cancel()
    return found


def _said(finding: Finding) -> tuple[object, ...]:
    return finding.rule, finding.message, finding.focus, finding.path, finding.value
