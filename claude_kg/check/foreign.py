"""Find in the shapes of others what is no shape, or asks for what is not done here.

Whether they are shapes is decided by the specification's own shapes for shapes (SHACL, appendix C),
which pyshacl brings along.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path as File

import pyoxigraph as ox

from claude_kg.check.data import Data
from claude_kg.check.findings import Finding, Path, Severity
from claude_kg.check.places import Places
from claude_kg.check.rulebook import SH
from claude_kg.check.shapes import check_shapes
from claude_kg.errors import InputError
from claude_kg.load import Source, parse
from claude_kg.query.guard import refuse_reach
from claude_kg.terms import PREFIXES

_NOT_DONE = {
    SH + "js": "a shape runs no script",
    SH + "target": "what a shape is about is told by sh:targetClass and its kin",
    SH + "expression": "node expressions are not evaluated",
}
"""Constraints and targets of extensions of SHACL, which no engine here looks at."""

_QUERIES = {SH + name for name in ("select", "ask", "construct", "update")}


def ill_formed(sources: Sequence[Source], known: Sequence[ox.Triple]) -> list[InputError]:
    """What keeps shapes from being used, with file and line.

    ``known`` are the shapes to which they may refer.
    """
    places = Places(sources)
    prefixes = {**PREFIXES, **{p: n for source in sources for p, n in source.prefixes.items()}}
    triples = [triple for source in sources for triple in source.triples]
    data = Data([*triples, *known])
    found = [*check_shapes(data, _shapes_for_shapes(), prefixes), *_refused(triples)]
    errors: dict[str, InputError] = {}
    for finding in map(places.add, found):
        if finding.file is not None and finding.severity is Severity.VIOLATION:
            error = InputError(
                f"this is no shape: {finding.message}" if finding.source else finding.message,
                finding.fix or "See https://www.w3.org/TR/shacl/#syntax-rules",
                file=finding.file,
                line=finding.line,
                column=finding.column,
            )
            errors.setdefault(str(error), error)
    return list(errors.values())


def _shapes_for_shapes() -> list[ox.Triple]:
    found = find_spec("pyshacl")
    assert found is not None
    assert found.origin is not None
    asset = File(found.origin).parent / "assets" / "shacl-shacl.ttl"
    return list(parse(asset.read_bytes(), str(asset), "turtle", label="meta")[0])


def _refused(triples: Sequence[ox.Triple]) -> Iterator[Finding]:
    for triple in triples:
        if reason := _NOT_DONE.get(triple.predicate.value):
            assert not isinstance(triple.subject, ox.Triple)
            name = triple.predicate.value.removeprefix(SH)
            yield Finding(
                "input",
                Severity.VIOLATION,
                f"sh:{name} is refused: {reason}",
                focus=triple.subject,
                path=Path.of(triple.predicate),
                fix="Leave it out, or say it in core SHACL or SPARQL",
            )
        if triple.predicate.value in _QUERIES and isinstance(triple.object, ox.Literal):
            try:
                refuse_reach(triple.object.value)
            except InputError as error:
                assert not isinstance(triple.subject, ox.Triple)
                yield Finding(
                    "input",
                    Severity.VIOLATION,
                    error.message,
                    focus=triple.subject,
                    path=Path.of(triple.predicate),
                    value=triple.object,
                    fix="Take it out of the query of the shape",
                )
