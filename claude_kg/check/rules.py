"""List the rules of a check, from the files that hold them, and choose among them."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path

import pyoxigraph as ox

from claude_kg import files
from claude_kg.check.findings import Report, Severity
from claude_kg.check.hygiene import read_rules
from claude_kg.errors import InputError
from claude_kg.load import parse
from claude_kg.terms import PREFIXES

_SH = PREFIXES["sh"]
_SEVERITIES = {_SH + "Info": Severity.INFO, _SH + "Warning": Severity.WARNING}
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: its name in findings, what it asks for, why it exists, and where it stands."""

    name: str
    severity: Severity
    title: str
    why: str
    file: str = ""


ALWAYS = (
    Rule("input", Severity.VIOLATION, "A file can be read", "Nothing is known of one that is not."),
    Rule("syntax", Severity.VIOLATION, "A file parses", "Nothing is known of one that does not."),
)
"""The rules that cannot be left out: without them nothing else has been looked at."""

BUILT_IN = (
    *ALWAYS,
    Rule(
        "consistency",
        Severity.VIOLATION,
        "The graph does not contradict itself",
        "From a contradiction everything follows, so no answer could be trusted.",
    ),
    Rule(
        "ill-typed-literal",
        Severity.VIOLATION,
        "A value is written like its datatype",
        "A value that is none of its type compares with nothing.",
    ),
    Rule(
        "pattern-invalid",
        Severity.VIOLATION,
        "A pattern is a regular expression",
        "What does not compile matches nothing, and checks nothing.",
    ),
)
"""The rules that no shape can state."""


def rules(shapes: Iterable[Path] | None = None) -> list[Rule]:
    """Every rule, by name: those that are built in, and each named rule of the shapes files.

    The files default to the packaged ones, with which the rules of hygiene come.

    Raises InputError for a file that does not parse.
    """
    paths = [*files.shape_files(), *files.shape_files(closure=True)] if shapes is None else shapes
    found = list(BUILT_IN)
    for path in paths:
        triples, _ = parse(path.read_bytes(), str(path), "turtle")
        found += _of_shapes(triples, path)
    if set(files.shape_files()) <= set(paths):
        found += (
            Rule(rule.name, rule.severity, rule.title, rule.why, files.shown(rule.path))
            for rule in read_rules(files.hygiene_files())
        )
    return sorted(found, key=lambda rule: rule.name)


def matching(patterns: Sequence[str], known: Sequence[Rule]) -> set[str]:
    """The names of the rules that names, or patterns with ``*`` and ``?``, fit.

    Raises InputError, with the nearest names, for one that fits no rule.
    """
    names = [rule.name for rule in known]
    found: set[str] = set()
    for pattern in patterns:
        fitting = fnmatch.filter(names, pattern)
        if not fitting:
            near = get_close_matches(pattern, names, n=_SHOWN, cutoff=0.5)
            hint = f"Near to it: {', '.join(near)}" if near else "See `claude-kg shapes`"
            raise InputError(f"there is no rule {pattern!r}", hint)
        found.update(fitting)
    return found


def select(
    report: Report, only: Sequence[str], skip: Sequence[str], known: Sequence[Rule]
) -> Report:
    """The report with the findings of the rules that ``only`` and not ``skip`` name.

    No ``only`` means all; the findings of ``ALWAYS`` stay. See :func:`matching` for the patterns
    and errors.
    """
    chosen, left_out = matching(only, known), matching(skip, known)
    always = {rule.name for rule in ALWAYS}
    kept = tuple(
        finding
        for finding in report.findings
        if finding.rule in always
        or ((not only or finding.rule in chosen) and finding.rule not in left_out)
    )
    return replace(report, findings=kept)


def _of_shapes(triples: Sequence[ox.Triple], path: Path) -> list[Rule]:
    said: dict[ox.NamedNode, dict[str, str]] = {}
    for triple in triples:
        if isinstance(triple.subject, ox.NamedNode) and isinstance(
            triple.object, ox.NamedNode | ox.Literal
        ):
            about = said.setdefault(triple.subject, {})
            about.setdefault(triple.predicate.value, triple.object.value)
    return [
        Rule(
            name=node.value.rpartition("#")[2].rpartition("/")[2],
            severity=_SEVERITIES.get(about.get(_SH + "severity", ""), Severity.VIOLATION),
            title=about[_SH + "name"],
            why=about.get(_SH + "description", ""),
            file=files.shown(path),
        )
        for node, about in said.items()
        if _SH + "name" in about
    ]
