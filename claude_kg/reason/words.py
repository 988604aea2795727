"""Put statements, class expressions and reasons into plain English with short names."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pyoxigraph as ox

from claude_kg.reason.datatypes import well_formed
from claude_kg.reason.facts import CONSTANTS, TYPE, Binding, Facts
from claude_kg.reason.rules import ONE, Rule
from claude_kg.terms import OWL, RDFS, XSD, compact

_LONG = 80
"""How much of a literal is shown."""

_PLAIN = {XSD + "integer", XSD + "decimal", XSD + "boolean"}
"""The datatypes that the look of a value tells."""

_CLAUSES = {
    CONSTANTS[namespace + name]: clause
    for namespace, name, clause in (
        (RDFS, "subClassOf", "whatever is {s:a} is {o:a}"),
        (RDFS, "subPropertyOf", "wherever {s} holds, {o} holds"),
        (RDFS, "domain", "whatever has a value for {s} is {o:a}"),
        (RDFS, "range", "every value of {s} is {o:a}"),
        (OWL, "sameAs", "{s} and {o} are the same thing"),
        (OWL, "differentFrom", "{s} and {o} are different things"),
        (OWL, "inverseOf", "{s} and {o} are inverse to each other"),
        (OWL, "propertyChainAxiom", "wherever {o:path} leads, {s} holds"),
        (OWL, "equivalentClass", "being {s:a} is being {o:a}"),
        (OWL, "equivalentProperty", "{s} and {o} are equivalent"),
        (OWL, "disjointWith", "nothing is both {s:a} and {o:a}"),
        (OWL, "complementOf", "being {s:a} is not being {o:a}"),
        (OWL, "propertyDisjointWith", "{s} and {o} never relate the same two"),
        (OWL, "members", "{o:and} are all different or disjoint"),
        (OWL, "distinctMembers", "{o:and} are all different"),
        (OWL, "hasKey", "{o:and} tell one {s} from another"),
    )
}
"""How a statement about the vocabulary reads."""


class Words:
    """The words for what a graph speaks of."""

    def __init__(self, facts: Facts, prefixes: Mapping[str, str]) -> None:
        self._facts = facts
        self._prefixes = prefixes

    def reason(self, rule: Rule, binding: Binding) -> str:
        """Why a rule applies: its template with the names filled in."""
        blanks = {key.lstrip("?"): _Blank(self, value) for key, value in binding.items()}
        return rule.says.format_map(blanks)

    def name(self, number: int) -> str:
        """The short name of a thing, or a literal as it is written, or a class expression."""
        term = self._facts.terms[number]
        if isinstance(term, ox.NamedNode):
            return compact(term.value, self._prefixes)
        if isinstance(term, ox.Literal):
            return self._literal(term)
        return self._expression(number, 0)

    def kind(self, number: int, depth: int = 0) -> str:
        """What a member of a class is, with its article."""
        term = self._facts.terms[number]
        if isinstance(term, ox.NamedNode):
            name = compact(term.value, self._prefixes)
            return f"{'an' if name[0] in 'AEIOaeiox' else 'a'} {name}"
        return self._expression(number, depth)

    def marked(self, number: int, mark: str) -> str:
        """A thing, or the members of a list, as the mark in a template asks for."""
        term = self._facts.terms[number]
        if mark == "text" and isinstance(term, ox.Literal):
            return f'"{_short(term.value)}"'
        members = self._facts.lists.get(number, ()) if mark else ()
        if mark == "path":
            return ", then ".join(map(self.name, members))
        show = self.kind if mark == "a" else self.name
        return " and ".join(map(show, members)) if members else show(number)

    def statement(self, subject: int, predicate: int, object_: int) -> str:
        """A statement as a clause."""
        if predicate == TYPE:
            return f"{self.name(subject)} is {self.kind(object_)}"
        template = _CLAUSES.get(predicate, "{s} {p} {o}")
        blanks = (_Blank(self, number) for number in (subject, predicate, object_))
        return template.format_map(dict(zip("spo", blanks, strict=True)))

    def _literal(self, literal: ox.Literal) -> str:
        text, datatype = literal.value, literal.datatype.value
        if literal.language:
            return f'"{_short(text)}"@{literal.language}'
        if datatype == XSD + "string":
            return f'"{_short(text)}"'
        if datatype in _PLAIN and well_formed(literal):
            return _short(text)
        return f'"{_short(text)}" ({compact(datatype, self._prefixes)})'

    def _expression(self, number: int, depth: int) -> str:
        """What an unnamed class says of its members."""
        if depth > 4:
            return "something more"

        def value(name: str) -> int | None:
            found = self._facts.out(CONSTANTS[OWL + name]).get(number)
            return found[0] if found else None

        for name, join in (("intersectionOf", " and "), ("unionOf", " or ")):
            if (items := value(name)) is not None:
                listed = self._facts.lists.get(items, ())
                return join.join(self.kind(item, depth + 1) for item in listed)
        if (excluded := value("complementOf")) is not None:
            return f"not {self.kind(excluded, depth + 1)}"
        if (items := value("oneOf")) is not None:
            return "one of " + ", ".join(map(self.name, self._facts.lists.get(items, ())))
        if (forward := value("inverseOf")) is not None:
            return f"the inverse of {self.name(forward)}"
        if (on := value("onProperty")) is None:
            return "something unnamed"
        return "something " + self._restriction(self.name(on), value, depth)

    def _restriction(self, on: str, value: Callable[[str], int | None], depth: int) -> str:
        if (some := value("someValuesFrom")) is not None:
            if some == CONSTANTS[OWL + "Thing"]:
                return f"with a value for {on}"
            return f"with a value for {on} that is {self.kind(some, depth + 1)}"
        if (every := value("allValuesFrom")) is not None:
            return f"whose every value for {on} is {self.kind(every, depth + 1)}"
        if (only := value("hasValue")) is not None:
            return f"with {self.name(only)} for {on}"
        for name in ("maxCardinality", "maxQualifiedCardinality"):
            if (most := value(name)) is not None:
                amount = "at most one value" if most == CONSTANTS[ONE] else "no value"
                kind = value("onClass")
                which = f" that is {self.kind(kind, depth + 1)}" if kind is not None else ""
                return f"with {amount} for {on}{which}"
        return f"said something of by {on}"


class _Blank:
    """A blank in a template: ``{c}`` is the name, ``{c:a}`` what a member is.

    ``{x:text}`` is what a literal says; ``{l:and}`` and ``{l:path}`` are the members of a list.
    """

    def __init__(self, words: Words, number: int) -> None:
        self._words = words
        self._number = number

    def __format__(self, mark: str) -> str:
        return self._words.marked(self._number, mark)


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _LONG else text[: _LONG - 1] + "…"
