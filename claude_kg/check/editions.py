"""Check every edition of a dataset by itself, and say of each finding in which one it is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from claude_kg.check.findings import Finding, Report, in_order
from claude_kg.check.validate import validate
from claude_kg.editions import FIRST, Choice
from claude_kg.terms import compact

if TYPE_CHECKING:
    from claude_kg.graph import KnowledgeGraph


def validate_editions(graph: KnowledgeGraph, **options: Any) -> Report:
    """What is wrong with any edition of a graph; what is wrong with several is said once.

    A finding of a later edition alone names it in its message. A graph at another edition than
    the first is checked at that edition only. ``options`` and errors are those of
    :func:`claude_kg.check.validate.validate`.
    """
    report = validate(graph, **options)
    if graph.loaded.edition != FIRST:
        return report
    findings = list(report.findings)
    known = {_said(finding) for finding in findings}
    for iri, label in report.editions:
        later = validate(graph.at(Choice(iri)), **{**options, "unreadable": ()})
        name = label or compact(iri, report.prefixes)
        for finding in later.findings:
            if _said(finding) not in known:
                known.add(_said(finding))
                findings.append(replace(finding, message=f"In {name}: {finding.message}"))
    names = [source.name for source in sorted(graph.sources, key=lambda s: s.role != "overlay")]
    return replace(report, findings=in_order(findings, names))


def _said(finding: Finding) -> tuple[object, ...]:
    return finding.rule, finding.message, finding.focus, finding.path, finding.value
