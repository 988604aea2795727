"""Write terms and paths the way a reader of Turtle and SPARQL knows them."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pyoxigraph as ox

from claude_kg.check.findings import Path, Term
from claude_kg.terms import PREFIXES, XSD, compact

_BARE = {XSD + name for name in ("integer", "decimal", "double", "boolean")}
_NUMBER_OR_TRUTH = re.compile(
    r"true|false|[+-]?(?:\d+|\d*\.\d+|(?:\d+\.?\d*|\.\d+)[eE][+-]?\d+)", re.ASCII
)
_IRI_IN_TEXT = re.compile(
    r"<([a-z][a-z0-9+.-]*:[^\s<>]*)>|\b[a-z][a-z0-9+.-]*://[^\s<>\"'(){}]*[^\s<>\"'(){}.,;:!?]"
)


def term_text(term: Term, prefixes: Mapping[str, str] = PREFIXES) -> str:
    """A term in its shortest Turtle form.

    >>> term_text(ox.NamedNode("https://w3id.org/claude-kg/ontology#Product"))
    'ckg:Product'
    >>> term_text(ox.Literal("5", datatype=ox.NamedNode(XSD + "integer")))
    '5'
    """
    if isinstance(term, ox.NamedNode):
        short = compact(term.value, prefixes)
        return short if short != term.value else f"<{short}>"
    if isinstance(term, ox.BlankNode):
        return "a node without a name"
    if term.datatype.value in _BARE and _NUMBER_OR_TRUTH.fullmatch(term.value):
        return term.value
    quoted = str(ox.Literal(term.value))
    if term.language:
        return f"{quoted}@{term.language}"
    if term.datatype.value == XSD + "string":
        return quoted
    return f"{quoted}^^{compact(term.datatype.value, prefixes)}"


def path_text(path: Path, prefixes: Mapping[str, str] = PREFIXES) -> str:
    """A property path in SPARQL's notation.

    >>> step = Path.of(ox.NamedNode("https://w3id.org/claude-kg/ontology#connectsTo"))
    >>> path_text(Path("^", (Path("/", (step, Path("*", (step,)))),)))
    '^(ckg:connectsTo/ckg:connectsTo*)'
    """
    if path.property is not None:
        return term_text(path.property, prefixes)
    parts = [path_text(part, prefixes) for part in path.parts]
    if path.operator in "/|":
        return path.operator.join(
            f"({text})" if part.operator and part.operator in "/|" else text
            for part, text in zip(path.parts, parts, strict=True)
        )
    inner = f"({parts[0]})" if path.parts[0].operator else parts[0]
    return f"^{inner}" if path.operator == "^" else inner + path.operator


def shorten(text: str, prefixes: Mapping[str, str] = PREFIXES) -> str:
    """A sentence in which every IRI that has a short name is written by it.

    >>> shorten("see https://w3id.org/claude-kg/id/x.")
    'see kg:x.'
    """

    def short(found: re.Match[str]) -> str:
        iri = found[1] or found[0]
        name = compact(iri, prefixes)
        return found[0] if name == iri else name

    return _IRI_IN_TEXT.sub(short, text)
