"""Check what shapes cannot say by rules that are queries: one file a rule, its header the reasons.

A rule is a SELECT over what is asserted. Each row is a finding about ``$this``, with ``?path`` and
``?value`` where they are bound; the header gives ``title``, ``why``, ``fix``, ``severity`` and the
``message``, in which variables in braces stand for their values.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from claude_kg.check import findings
from claude_kg.check.data import Data
from claude_kg.check.findings import Finding, Severity, Term
from claude_kg.check.groups import UnreadableError, read_select
from claude_kg.check.narrow import Additions, NotNarrowError, narrowed
from claude_kg.check.text import term_text
from claude_kg.errors import InputError
from claude_kg.query.catalogue import read_query
from claude_kg.query.tokens import tokenize
from claude_kg.terms import PREFIXES

_KEYS = ("title", "why", "fix", "severity", "message")
_PLACEHOLDER = re.compile(r"\{[$?](\w+)\}")


@dataclass(frozen=True)
class HygieneRule:
    """A rule: what is right, why, how to mend what is not, and the query that finds it."""

    name: str
    title: str
    why: str
    fix: str
    severity: Severity
    message: str
    query: str
    path: Path


def read_rules(paths: Iterable[Path]) -> list[HygieneRule]:
    """The rules in files. Raises InputError for a header that is not complete."""
    return [_read(path) for path in paths]


def _read(path: Path) -> HygieneRule:
    query = read_query(path)
    header = {key: " ".join(str(query.header.get(key, "")).split()) for key in _KEYS}
    missing = [key for key, text in header.items() if not text]
    if missing:
        raise InputError(
            f"the header lacks {', '.join(missing)}", "Write #+ name: value", file=str(path)
        )
    try:
        severity = Severity.of(header["severity"])
    except KeyError:
        known = ", ".join(known.label for known in Severity)
        raise InputError(
            f"there is no severity {header['severity']!r}", f"Known: {known}", file=str(path)
        ) from None
    return HygieneRule(
        path.stem,
        header["title"],
        header["why"],
        header["fix"],
        severity,
        header["message"],
        query.text,
        path,
    )


def check_hygiene(
    data: Data,
    rules: Iterable[HygieneRule],
    prefixes: Mapping[str, str] = PREFIXES,
    added: Additions | None = None,
) -> list[Finding]:
    """What the rules find in a graph.

    Where they found nothing before statements were ``added``, it is enough to look at what rests
    on them. Raises InputError for a rule that is no such query.
    """
    return [
        finding
        for rule in rules
        for query in _queries(rule, added)
        for finding in _findings(data, rule, query, prefixes)
    ]


def _queries(rule: HygieneRule, added: Additions | None) -> list[str]:
    """What is to be asked for a rule."""
    if added is not None:
        with suppress(NotNarrowError, UnreadableError):
            tokens = tokenize(rule.query)
            return narrowed(rule.query, tokens, read_select(rule.query, tokens), added)
    return [rule.query]


def _findings(
    data: Data, rule: HygieneRule, query: str, prefixes: Mapping[str, str]
) -> Iterator[Finding]:
    try:
        solutions = data.store.query(query)
    except SyntaxError as error:
        raise InputError(f"the query is wrong: {error}", file=str(rule.path)) from None
    if not isinstance(solutions, ox.QuerySolutions):
        raise InputError("a rule is a SELECT", file=str(rule.path))
    names = [variable.value for variable in solutions.variables]
    for solution in solutions:
        terms: dict[str, Term] = {
            name: data.writing.original(term)
            for name in names
            if (term := solution[name]) is not None and not isinstance(term, ox.Triple)
        }
        written = {name: _text(term, prefixes) for name, term in terms.items()}
        path = terms.get("path")
        yield Finding(
            rule.name,
            rule.severity,
            _PLACEHOLDER.sub(lambda found, w=written: w.get(found[1], found[0]), rule.message),  # type: ignore[misc]
            focus=terms.get("this"),
            path=findings.Path.of(path) if isinstance(path, ox.NamedNode) else None,
            value=terms.get("value"),
            why=rule.why,
            fix=rule.fix,
        )


def _text(term: Term, prefixes: Mapping[str, str]) -> str:
    """A term in a sentence: a plain text that the query wrote stands without quotation marks."""
    if isinstance(term, ox.Literal) and not term.language and " " in term.value:
        return term.value
    return term_text(term, prefixes)
