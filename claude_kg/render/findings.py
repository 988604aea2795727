"""Write a report of findings: for a person, for a program, and in SHACL's own vocabulary."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pyoxigraph as ox

from claude_kg.check.findings import Finding, Path, Report, Severity
from claude_kg.check.text import path_text
from claude_kg.terms import PREFIXES, XSD

_SH = PREFIXES["sh"]
_CHECKS = "https://w3id.org/claude-kg/check/"
_COMPONENT_OF_PATH = {
    "^": "sh:inversePath",
    "|": "sh:alternativePath",
    "*": "sh:zeroOrMorePath",
    "+": "sh:oneOrMorePath",
    "?": "sh:zeroOrOnePath",
}


def to_text(report: Report, *, reasons: bool = False) -> str:
    """A line a finding, as compilers write them: ``FILE:LINE:COLUMN: SEVERITY: MESSAGE [RULE]``.

    A second line says how to mend it, where the rule knows; with ``reasons``, a third why the rule
    exists.
    """
    return "".join(f"{line}\n" for finding in report.findings for line in _lines(finding, reasons))


def summary(report: Report) -> str:
    """The verdict, and what it rests on, in one line.

    >>> summary(Report((), files=2, statements=7))
    'conforms: no findings in 7 statements of 2 files'
    """
    looked_at = f"{_count(report.statements, 'statement')} of {_count(report.files, 'file')}"
    if report.conforms:
        return f"conforms: no findings in {looked_at}"
    counts = ", ".join(
        _count(number, severity.label if severity is not Severity.INFO else "remark")
        for severity in sorted(Severity, reverse=True)
        if (number := report.count(severity))
    )
    unread = "" if report.complete else "; not every file could be read"
    return f"does not conform: {counts} in {looked_at}{unread}"


def to_json(report: Report) -> str:
    """The report as one JSON object, with full IRIs and terms as in SPARQL's JSON results."""
    from claude_kg.render.results import json_term

    content = {
        "conforms": report.conforms,
        "complete": report.complete,
        "files": report.files,
        "statements": report.statements,
        "counts": {severity.label: report.count(severity) for severity in reversed(Severity)},
        "findings": [
            {
                "rule": finding.rule,
                "severity": finding.severity.label,
                "message": finding.message,
                "fix": finding.fix or None,
                "why": finding.why or None,
                "focus": json_term(finding.focus),
                "path": None if finding.path is None else path_text(finding.path, {}),
                "value": json_term(finding.value),
                "file": finding.file,
                "line": finding.line,
                "column": finding.column,
                "shape": finding.source,
                "component": finding.component,
            }
            for finding in report.findings
        ],
    }
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def to_turtle(report: Report) -> str:
    """The report as a ``sh:ValidationReport`` (SHACL, section 3.6).

    What no shape found, such as a file that cannot be read, has a constraint component of this
    project's, and the file's name for a focus node where there is no other.
    """
    results = ",".join(f" [\n{_result(finding)}    ]" for finding in report.findings)
    end = f" ;\n    sh:result{results} .\n" if results else " .\n"
    conforms = str(report.conforms).lower()
    return (
        f"@prefix sh: <{_SH}> .\n@prefix xsd: <{XSD}> .\n\n"
        f"[] a sh:ValidationReport ;\n    sh:conforms {conforms}{end}"
    )


def _lines(finding: Finding, reasons: bool) -> Iterator[str]:
    place = ":".join(str(part) for part in (finding.file, finding.line, finding.column) if part)
    before = f"{place}: " if place else ""
    yield f"{before}{finding.severity.label}: {_one_line(finding.message)} [{finding.rule}]"
    if finding.fix:
        yield f"    mend: {_one_line(finding.fix)}"
    if reasons and finding.why:
        yield f"    why: {_one_line(finding.why)}"


def _one_line(text: str) -> str:
    """A text that cannot break out of its line, nor command the terminal."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in _spaced(text))


def _spaced(text: str) -> str:
    return " ".join(text.split())


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _result(finding: Finding) -> str:
    named = f"<{_CHECKS}{finding.rule}>"
    statements = [
        ("a", "sh:ValidationResult"),
        ("sh:focusNode", str(finding.focus or ox.Literal(finding.file or ""))),
        ("sh:resultPath", finding.path and _turtle_path(finding.path)),
        ("sh:value", finding.value and str(finding.value)),
        ("sh:resultMessage", str(ox.Literal(finding.message))),
        ("sh:resultSeverity", f"sh:{finding.severity.label.title()}"),
        ("sh:sourceConstraintComponent", _iri(finding.component) or named),
        ("sh:sourceShape", _iri(finding.source)),
    ]
    return "".join(f"        {name} {text} ;\n" for name, text in statements if text)


def _iri(text: str | None) -> str | None:
    return None if text is None else str(ox.NamedNode(text))


def _turtle_path(path: Path) -> str:
    if path.property is not None:
        return str(path.property)
    parts = " ".join(_turtle_path(part) for part in path.parts)
    if path.operator == "/":
        return f"( {parts} )"
    inner = f"( {parts} )" if path.operator == "|" else parts
    return f"[ {_COMPONENT_OF_PATH[path.operator]} {inner} ]"
