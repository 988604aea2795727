"""Find where a graph contradicts itself."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence

import pyoxigraph as ox

from claude_kg.check.findings import Finding, Path, Severity
from claude_kg.check.text import term_text
from claude_kg.close import Clash, _quiet_rdflib
from claude_kg.terms import PREFIXES, XSD, compact, expand

_WHY = "From a contradiction everything follows, so no answer could be trusted."
_LITERAL_CLASH = re.compile(r"Lexical value of the literal '(.*)' does not match .*\((.*)\)")
_NAME = re.compile(r"[A-Za-z][\w-]*:[\w./#-]*\w")


def check_consistency(
    triples: Sequence[ox.Triple], clashes: Iterable[Clash], prefixes: Mapping[str, str] = PREFIXES
) -> list[Finding]:
    """A finding for each contradiction met by the reasoner and for each ill-typed literal."""
    named, literals = [], set()
    subjects = {t.subject for t in triples if isinstance(t.subject, ox.NamedNode)}
    for clash in clashes:
        about_literal = _LITERAL_CLASH.fullmatch(clash.message)
        if about_literal:
            text, datatype = about_literal.groups()
            literals.add((text, expand(datatype, prefixes) or datatype))
        else:
            named.append(_contradiction(clash, subjects, prefixes))
    return named + list(_ill_typed(triples, literals, prefixes))


def _contradiction(
    clash: Clash, subjects: set[ox.NamedNode], prefixes: Mapping[str, str]
) -> Finding:
    # The reasoner names the classes or properties first, and the thing that has too many last.
    names = [expand(name, prefixes) or name for name in _NAME.findall(clash.message)]
    known = [node for node in map(ox.NamedNode, names) if node in subjects]
    return Finding(
        "consistency",
        Severity.VIOLATION,
        f"the graph contradicts itself: {clash.message}",
        focus=known[-1] if known else None,
        why=_WHY,
    )


def _ill_typed(
    triples: Iterable[ox.Triple], known: set[tuple[str, str]], prefixes: Mapping[str, str]
) -> Iterator[Finding]:
    from rdflib import Literal, URIRef

    with _quiet_rdflib(), warnings.catch_warnings(action="ignore"):
        for triple in triples:
            literal = triple.object
            if not isinstance(literal, ox.Literal) or not isinstance(triple.subject, ox.NamedNode):
                continue
            text, datatype = literal.value, literal.datatype.value
            if not datatype.startswith(XSD) or datatype == XSD + "string":
                continue
            refused = Literal(text, datatype=URIRef(datatype), normalize=False).ill_typed
            if refused or (text, datatype) in known:
                yield Finding(
                    "ill-typed-literal",
                    Severity.VIOLATION,
                    f"{term_text(triple.subject, prefixes)} has a value that is no "
                    f"{compact(datatype, prefixes)}: {term_text(ox.Literal(text))}",
                    focus=triple.subject,
                    path=Path.of(triple.predicate),
                    value=literal,
                    why=_WHY,
                    fix="Correct the value, or give it the datatype that it has.",
                )
