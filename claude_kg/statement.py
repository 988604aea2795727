"""Read a statement that somebody types: names, prefixed names, IRIs and literals."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from claude_kg.closure import is_language
from claude_kg.errors import InputError
from claude_kg.lookup import Lookup, shown
from claude_kg.reason.datatypes import SUPERTYPES, value_of, well_formed
from claude_kg.terms import OWL, RDF, RDF_TYPE, RDFS, XSD, compact, expand

_PROPERTIES = frozenset(
    {
        *(OWL + kind for kind in ("ObjectProperty", "DatatypeProperty", "AnnotationProperty")),
        RDF + "Property",
    }
)
_LANGUAGE = frozenset(
    {
        RDF_TYPE,
        *(RDFS + name for name in ("subClassOf", "subPropertyOf", "domain", "range", "label")),
        *(OWL + name for name in ("sameAs", "differentFrom", "disjointWith", "inverseOf")),
        *(OWL + name for name in ("equivalentClass", "equivalentProperty")),
    }
)
"""Properties that a graph need not use for somebody to ask about them."""
_CLASSES = frozenset({OWL + "Class", RDFS + "Class"})
_BY_LOOK = (
    (re.compile(r"true|false"), XSD + "boolean"),
    (re.compile(r"[+-]?\d+", re.ASCII), XSD + "integer"),
    (re.compile(r"[+-]?\d*\.\d+", re.ASCII), XSD + "decimal"),
    (re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)[eE][+-]?\d+", re.ASCII), XSD + "double"),
)


def read_statement(
    look: Lookup, known: Iterable[ox.Triple], subject: str, predicate: str, object_: str
) -> ox.Triple:
    """The statement that three texts mean; ``known`` are the statements of the graph.

    Subject and predicate are names, prefixed names or IRIs, the object is one of these or a
    literal: a number, true or false, a quoted text, or any literal of Turtle. Where the datatype
    or the language of a literal is left out, it is that of an existing value, then that of the
    property's range. A literal that is the same value as an existing one stands for that.

    Raises InputError for what names nothing or several things, for a predicate that is no property,
    and for a literal that cannot be read.
    """
    return _Reader(look, known).statement(subject, predicate, object_)


@dataclass(frozen=True)
class _Written:
    """A literal as it is typed; without a datatype where that is left open."""

    text: str
    literal: ox.Literal | None = None


class _Reader:
    def __init__(self, look: Lookup, known: Iterable[ox.Triple]) -> None:
        self._look = look
        self._by_predicate: dict[str, list[ox.Triple]] = {}
        for triple in known:
            self._by_predicate.setdefault(triple.predicate.value, []).append(triple)

    def statement(self, subject: str, predicate: str, object_: str) -> ox.Triple:
        p = self._predicate(predicate)
        uses = self._by_predicate.get(p, [])
        s = self._thing(
            subject, {t.subject.value for t in uses if isinstance(t.subject, ox.NamedNode)}
        )
        return ox.Triple(ox.NamedNode(s), ox.NamedNode(p), self._object(object_, s, p, uses))

    def _predicate(self, text: str) -> str:
        look, typed = self._look, text.strip()
        if typed == "a":
            return RDF_TYPE
        if (iri := self._iri(typed)) and self._is_property(iri):
            return iri
        for tier in look.graph.names.bearers(typed):
            fitting = [iri for iri in tier if self._is_property(iri)]
            exact = [iri for iri in fitting if iri.endswith(("#" + typed, "/" + typed))]
            if len(exact or fitting) > 1:
                raise look.ambiguous(text, fitting)
            if fitting:
                return (exact or fitting)[0]
        key = " ".join(typed.casefold().split())
        for iri in sorted({*self._by_predicate, *_LANGUAGE}):
            if key in {look.name(iri).casefold(), re.split("[/#]", iri)[-1].casefold()}:
                return iri
        found = look.find(text)
        raise InputError(
            f"{shown(text)} names {look.short(found)}, which is no property",
            "The second of the three has to be a property",
        )

    def _thing(self, text: str, fitting: set[str], *, classes: bool = False) -> str:
        look, typed = self._look, text.strip()
        iri = self._iri(typed)
        if iri and (look.known(iri) or iri in self._by_predicate or is_language(iri)):
            return iri
        tiers = look.graph.names.bearers(typed)
        if tiers and len(tiers[0]) > 1:
            wanted = [iri for iri in tiers[0] if bool(look.types(iri) & _CLASSES) == classes]
            for some in (wanted, [iri for iri in wanted if iri in fitting]):
                if len(some) == 1:
                    return some[0]
        return look.find(text, individuals=not classes)

    def _iri(self, text: str) -> str | None:
        if text.startswith("<") and text.endswith(">"):
            return text[1:-1]
        return expand(text, self._look.prefixes) or (text if "://" in text else None)

    def _is_property(self, iri: str) -> bool:
        known = iri in self._by_predicate or iri in _LANGUAGE
        return known or bool(self._look.types(iri) & _PROPERTIES)

    # Objects

    def _object(
        self, text: str, subject: str, predicate: str, uses: list[ox.Triple]
    ) -> ox.NamedNode | ox.Literal:
        values = [t.object for t in uses if isinstance(t.object, ox.Literal)]
        own = [
            t.object
            for t in uses
            if isinstance(t.object, ox.Literal) and t.subject == ox.NamedNode(subject)
        ]
        if (quoted := self._quoted(text)) is not None:
            return self._literal(quoted, predicate, own, values)
        things = {t.object.value for t in uses if isinstance(t.object, ox.NamedNode)}
        wants_literal = self._range(predicate) or (values and not things)
        if not wants_literal:
            written = _Written(text.strip())
            if (alike := _alike(written, own)) is not None:
                return alike
            if self._look.graph.names.bearers(text) or not _by_look(written.text):
                return ox.NamedNode(self._thing(text, things, classes=predicate == RDF_TYPE))
        return self._literal(_Written(text), predicate, own, values)

    def _quoted(self, text: str) -> _Written | None:
        """A literal in quotes, read by a parser of Turtle."""
        typed = text.strip()
        if not typed.startswith(('"', "'")):
            return None
        head = "".join(f"@prefix {p}: <{iri}> .\n" for p, iri in self._look.prefixes.items())
        try:
            quads = list(ox.parse(f"{head}<urn:x> <urn:x> {typed} .", ox.RdfFormat.TURTLE))
        except (SyntaxError, ValueError):
            quads = []
        if len(quads) != 1 or not isinstance(literal := quads[0].object, ox.Literal):
            raise InputError(
                f"{shown(text)} is no literal",
                'Write "text", "text"@en or "text"^^xsd:integer, or leave the quotes out',
            )
        if not well_formed(literal):
            raise self._ill_formed(literal.value, literal.datatype.value)
        left_open = typed.endswith(('"', "'"))
        return _Written(literal.value, None if left_open else literal)

    def _literal(
        self, written: _Written, predicate: str, own: list[ox.Literal], values: list[ox.Literal]
    ) -> ox.Literal:
        if (alike := _alike(written, own)) is not None:
            return alike
        if written.literal is not None:
            return written.literal
        if range_ := self._range(predicate):
            literal = ox.Literal(written.text, datatype=ox.NamedNode(range_))
            if not well_formed(literal):
                raise self._ill_formed(written.text, range_, predicate)
            return literal
        if (alike := _alike(written, values)) is not None:
            return alike
        datatype = _by_look(written.text) or XSD + "string"
        return ox.Literal(written.text, datatype=ox.NamedNode(datatype))

    def _range(self, predicate: str) -> str | None:
        """The datatype of a property's values, the narrowest of several."""
        found = [iri for iri in self._look.things(predicate, RDFS + "range") if _is_datatype(iri)]
        return max(found, key=lambda iri: (len(SUPERTYPES.get(iri, ())), iri), default=None)

    def _ill_formed(self, text: str, datatype: str, predicate: str = "") -> InputError:
        prefixes: Mapping[str, str] = self._look.prefixes
        rule = f", as every value of {compact(predicate, prefixes)} is" if predicate else ""
        return InputError(f"{shown(text)} is no {compact(datatype, prefixes)}{rule}")


def _is_datatype(iri: str) -> bool:
    return iri.startswith(XSD)


def _by_look(text: str) -> str | None:
    return next((datatype for look, datatype in _BY_LOOK if look.fullmatch(text)), None)


def _alike(written: _Written, values: Iterable[ox.Literal]) -> ox.Literal | None:
    """The existing value that a literal stands for: the same text, or else the same value."""
    known = list(dict.fromkeys(values))
    if written.literal in known:
        return written.literal
    if written.literal is None:
        for value in known:
            if value.value == written.text:
                return value
    for value in known:
        literal = written.literal or ox.Literal(written.text, datatype=value.datatype)
        if value.language is None and _value(literal) == _value(value) is not None:
            return value
    return None


def _value(literal: ox.Literal) -> object:
    try:
        return value_of(literal)
    except ValueError:
        return None
