"""Find where a graph contradicts itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

import pyoxigraph as ox

from claude_kg.check.findings import Finding, Path, Severity
from claude_kg.check.text import term_text
from claude_kg.closure import Clash, is_language
from claude_kg.reason.datatypes import well_formed
from claude_kg.terms import PREFIXES, RDF_TYPE, RDFS, XSD, compact, expand

_DATATYPE = PREFIXES["sh"] + "DatatypeConstraintComponent"
"""What SHACL calls a constraint on the datatype of values, wherever it is stated."""

_WHY = "From a contradiction everything follows, so no answer could be trusted."
_LITERAL_CLASH = re.compile(r"Lexical value of the literal '(.*)' does not match .*\((.*)\)")
_PATTERNS = (PREFIXES["sh"] + "pattern", XSD + "pattern")
_NAME = re.compile(r"[A-Za-z][\w-]*:[\w./#-]*\w")


def check_consistency(
    triples: Sequence[ox.Triple], clashes: Iterable[Clash], prefixes: Mapping[str, str] = PREFIXES
) -> list[Finding]:
    """A finding for each contradiction met by the reasoner and for each ill-typed literal."""
    named, literals = [], set()
    for clash in clashes:
        about_literal = _LITERAL_CLASH.fullmatch(clash.message)
        if about_literal:
            text, datatype = about_literal.groups()
            literals.add((text, expand(datatype, prefixes) or datatype))
        else:
            named.append(clash)
    ill_typed = list(_ill_typed(triples, literals, prefixes))
    values = {finding.value for finding in ill_typed}
    order = {triple: number for number, triple in enumerate(triples)} if named else {}
    return [
        *(
            _contradiction(clash, triples, order, prefixes)
            for clash in named
            # An ill-typed value contradicts its type; it is told once, where it stands.
            if not any(statement.object in values for statement in clash.statements)
        ),
        *ill_typed,
        *_invalid_patterns(triples, prefixes),
    ]


def _invalid_patterns(
    triples: Iterable[ox.Triple], prefixes: Mapping[str, str]
) -> Iterator[Finding]:
    """A finding for each regular expression that does not compile."""
    for triple in triples:
        pattern = triple.object
        if triple.predicate.value not in _PATTERNS or not isinstance(pattern, ox.Literal):
            continue
        try:
            re.compile(pattern.value)
        except re.error as error:
            yield Finding(
                "pattern-invalid",
                Severity.VIOLATION,
                f"{term_text(pattern, prefixes)} is no regular expression: {error}",
                focus=None if isinstance(triple.subject, ox.Triple) else triple.subject,
                path=Path.of(triple.predicate),
                value=pattern,
                why="What does not compile matches nothing, and checks nothing.",
                fix="Correct the pattern.",
            )


def _contradiction(
    clash: Clash,
    triples: Sequence[ox.Triple],
    order: Mapping[ox.Triple, int],
    prefixes: Mapping[str, str],
) -> Finding:
    facts = [t for t in clash.statements if _is_fact(t)]
    if not facts:
        return _named_contradiction(clash, triples, prefixes)
    # What was laid over the rest comes last, and is what somebody has just written.
    facts.sort(key=lambda triple: order.get(triple, -1))
    written = "; ".join(_statement(triple, prefixes) for triple in facts)
    latest = facts[-1]
    range_ = [t for t in clash.statements if t.predicate.value == RDFS + "range"]
    is_of_value = len(facts) == 1 and len(range_) == len(clash.statements) - 1
    assert not isinstance(latest.subject, ox.Triple)
    assert not isinstance(latest.object, ox.Triple)
    return Finding(
        "consistency",
        Severity.VIOLATION,
        f"the graph contradicts itself: {clash.message} This rests on: {written}.",
        focus=latest.subject,
        path=Path.of(latest.predicate),
        value=latest.object,
        why=_WHY,
        fix="Take back one of these statements.",
        component=_DATATYPE if is_of_value and isinstance(latest.object, ox.Literal) else None,
    )


def _is_fact(triple: ox.Triple) -> bool:
    """Whether a statement is about a thing, and not about the words for things."""
    return triple.predicate.value == RDF_TYPE or not is_language(triple.predicate.value)


def _statement(triple: ox.Triple, prefixes: Mapping[str, str]) -> str:
    terms = (triple.subject, triple.predicate, triple.object)
    return " ".join(
        str(term) if isinstance(term, ox.Triple) else term_text(term, prefixes) for term in terms
    )


def _named_contradiction(
    clash: Clash, triples: Sequence[ox.Triple], prefixes: Mapping[str, str]
) -> Finding:
    """The finding for a contradiction of which only a sentence is known."""
    # The reasoner names the classes or properties first, and the thing that has too many last.
    subjects = {t.subject for t in triples if isinstance(t.subject, ox.NamedNode)}
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
    looked_at: dict[ox.Literal, bool] = {}
    for triple in triples:
        literal = triple.object
        if not isinstance(literal, ox.Literal) or not isinstance(triple.subject, ox.NamedNode):
            continue
        if literal not in looked_at:
            text, datatype = literal.value, literal.datatype.value
            refused = not well_formed(literal) or (text, datatype) in known
            looked_at[literal] = refused and datatype.startswith(XSD)
        if looked_at[literal]:
            yield Finding(
                "ill-typed-literal",
                Severity.VIOLATION,
                f"{term_text(triple.subject, prefixes)} has a value that is no "
                f"{compact(literal.datatype.value, prefixes)}: "
                f"{term_text(ox.Literal(literal.value))}",
                focus=triple.subject,
                path=Path.of(triple.predicate),
                value=literal,
                why=_WHY,
                fix="Correct the value, or give it the datatype that it has.",
            )
