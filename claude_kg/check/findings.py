"""What a check found: one model for every kind of finding, whoever found it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import TypeAlias

import pyoxigraph as ox

Term: TypeAlias = ox.NamedNode | ox.BlankNode | ox.Literal


class Severity(IntEnum):
    """How bad a finding is; the greater, the worse."""

    INFO = 0
    WARNING = 1
    VIOLATION = 2

    @property
    def label(self) -> str:
        """The word that options and reports use.

        >>> Severity.WARNING.label
        'warning'
        """
        return self.name.lower()

    @classmethod
    def of(cls, label: str) -> Severity:
        """The severity that a word stands for; KeyError where none does.

        >>> Severity.of("info") < Severity.of("violation")
        True
        """
        return cls[label.upper()]


@dataclass(frozen=True, slots=True)
class Path:
    """A property path: one property, or an operator over paths (``/ | ^ * + ?``)."""

    operator: str
    parts: tuple[Path, ...] = ()
    property: ox.NamedNode | None = None

    @classmethod
    def of(cls, property_: ox.NamedNode) -> Path:
        """The path that is one property."""
        return cls("", (), property_)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: which rule found it, about what, where, and how to mend it.

    ``rule`` is the name of a rule, ``source`` the IRI of the shape behind it and ``component`` the
    IRI of the kind of constraint, where there is one. ``why`` says why the rule exists and ``fix``
    how to mend the finding. ``file``, ``line`` and ``column`` (counted from 1) point at the
    offending statement; where something is missing, at the node that lacks it.
    """

    rule: str
    severity: Severity
    message: str
    focus: Term | None = None
    path: Path | None = None
    value: Term | None = None
    why: str = ""
    fix: str = ""
    file: str | None = None
    line: int | None = None
    column: int | None = None
    source: str | None = None
    component: str | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """The findings of one check, in a stable order.

    ``complete`` is false where a file could not be read, so that nothing is known about it.
    ``prefixes`` are those by which names are shortened for a reader.
    """

    findings: tuple[Finding, ...]
    complete: bool = True
    files: int = 0
    statements: int = 0
    prefixes: dict[str, str] = field(default_factory=dict)

    @property
    def conforms(self) -> bool:
        """Whether nothing at all was found (SHACL, section 3.6.1.1)."""
        return not self.findings

    def at_least(self, severity: Severity) -> tuple[Finding, ...]:
        """The findings of this severity or worse."""
        return tuple(f for f in self.findings if f.severity >= severity)

    def count(self, severity: Severity) -> int:
        """How many findings have exactly this severity."""
        return sum(f.severity is severity for f in self.findings)


def in_order(findings: Iterable[Finding], files: Sequence[str]) -> tuple[Finding, ...]:
    """The findings by file in the order of ``files``, by place in it, then by what they say.

    What belongs to no file comes last. One mistake is one finding, though several constraints of a
    rule may have met it.
    """
    place = {name: number for number, name in enumerate(files)}

    def key(finding: Finding) -> tuple[int, int, int, str, str, str, str, str]:
        return (
            place.get(finding.file or "", len(place)),
            finding.line or 0,
            finding.column or 0,
            finding.rule,
            str(finding.focus),
            str(finding.value),
            finding.message,
            finding.component or "",
        )

    once: dict[Finding, Finding] = {}
    for finding in sorted(findings, key=key):
        once.setdefault(replace(finding, component=None), finding)
    return tuple(once.values())


def told_once(report: Report) -> Report:
    """The report without what it says twice of one mistake.

    A value that its property's range does not admit is a contradiction, and a shape may ask for the
    datatype, too; then the words of the shape are kept. A finding without a value is left out where
    the same is said, at the same place, of a value.
    """
    by_shapes = {
        (f.focus, f.path, f.value, f.component): f.severity for f in report.findings if f.source
    }
    of_values = {_without_value(f) for f in report.findings if f.value is not None}

    def is_told(finding: Finding) -> bool:
        if finding.value is None:
            return _without_value(finding) in of_values
        met = (finding.focus, finding.path, finding.value, finding.component)
        told = not finding.source and finding.component and met in by_shapes
        return bool(told) and by_shapes[met] >= finding.severity

    return replace(report, findings=tuple(f for f in report.findings if not is_told(f)))


def _without_value(finding: Finding) -> Finding:
    return replace(finding, value=None, component=None)
