"""Tell which statements a query or a shape looks at, and which of them can make it find more.

What a check finds in a graph depends on the statements that its patterns can match, and on no
others. Where every property in a query is named, statements with other properties do not change its
answers. Where a statement can match in a ``FILTER NOT EXISTS`` or a ``MINUS`` alone, one more of
them can only take answers away. Both hold for any data; where it is not plain from the text, a
check is taken to look at everything.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import pyoxigraph as ox

from claude_kg.check.narrow import Additions
from claude_kg.check.rulebook import SH, Node, Rulebook
from claude_kg.check.vocabulary import OF_A_SHAPE, OF_PREFIXES, TARGETS
from claude_kg.query.tokens import Token, tokenize
from claude_kg.terms import RDF_TYPE, RDFS

_SUB_CLASS = RDFS + "subClassOf"
_ALWAYS = {RDF_TYPE, _SUB_CLASS}
"""The properties by which focus nodes, and members of classes, are found."""


@dataclass(frozen=True)
class Part:
    """Statements by what they speak of: named properties and classes, any class, or anything."""

    names: frozenset[str] = frozenset()
    any_class: bool = False
    anything: bool = False

    def __or__(self, other: Part) -> Part:
        return Part(
            self.names | other.names,
            self.any_class or other.any_class,
            self.anything or other.anything,
        )


@dataclass(frozen=True)
class Reach:
    """What a check looks at (``reads``), and what of it, if there is more, can raise a finding."""

    reads: Part = Part()
    raises: Part = Part()

    def __or__(self, other: Reach) -> Reach:
        return Reach(self.reads | other.reads, self.raises | other.raises)

    def kept(self) -> list[list[Any]]:
        """As JSON can hold it; see :meth:`of_kept`."""
        parts = (self.reads, self.raises)
        return [[sorted(part.names), part.any_class, part.anything] for part in parts]

    @classmethod
    def of_kept(cls, kept: list[list[Any]]) -> Reach:
        """What was kept."""
        return cls(*(Part(frozenset(names), *flags) for names, *flags in kept))

    @property
    def properties(self) -> frozenset[str] | None:
        """The properties of the statements that are looked at; None where it may be any."""
        return None if self.reads.anything else self.reads.names | _ALWAYS


class Added:
    """Statements that are added to a graph, by what they speak of.

    ``above`` tells for each class those that are right above it.
    """

    def __init__(self, triples: Sequence[ox.Triple], above: Mapping[str, Iterable[str]]) -> None:
        self.statements = Additions(triples)
        self._properties: set[str] = set()
        self._classes: set[str] = set()
        for triple in triples:
            if triple.predicate.value != RDF_TYPE:
                self._properties.add(triple.predicate.value)
            elif isinstance(triple.object, ox.NamedNode):
                self._classes.add(triple.object.value)
        waiting = list(self._classes)
        while waiting:
            for class_ in above.get(waiting.pop(), ()):
                if class_ not in self._classes:
                    self._classes.add(class_)
                    waiting.append(class_)

    def touch(self, reach: Reach) -> bool:
        """Whether they can raise a finding of a check that found nothing before."""
        raises = reach.raises
        if (
            _SUB_CLASS in self._properties
            or raises.anything
            or (raises.any_class and self._classes)
        ):
            return bool(self._properties or self._classes)
        return not (
            raises.names.isdisjoint(self._properties) and raises.names.isdisjoint(self._classes)
        )


EVERYTHING = Reach(Part(anything=True), Part(anything=True))


def of_query(text: str) -> Reach:
    """What a query looks at.

    >>> of_query("SELECT * { ?s <urn:p> ?o MINUS { ?s <urn:q> ?o } }").raises.names
    frozenset({'urn:p'})
    >>> of_query("SELECT * { ?s ?p ?o }").reads.anything
    True
    """
    tokens = tokenize(text)
    if "\\u" in text.lower() or "<<" in text or "{|" in text:
        return EVERYTHING
    if any(token.is_word("BASE", "GRAPH", "SERVICE", "FROM", "LATERAL") for token in tokens):
        return EVERYTHING
    try:
        return _Scan(tokens).reach()
    except _UnclearError:
        return EVERYTHING


def core(rules: Rulebook, added: Added) -> tuple[list[ox.Triple], Reach]:
    """The shapes whose core constraints are touched, spelled out, and what they look at."""
    reach = Reach()
    nodes: dict[Node, None] = {}
    for shape in dict.fromkeys(node for name in TARGETS for node in rules.subjects(name)):
        looked_at, parts = _of_shape(shape, rules)
        if added.touch(looked_at):
            reach |= looked_at
            nodes.update(dict.fromkeys(parts))
    return [t for node in nodes for t in _about(node, rules) if _is_core(t.predicate.value)], reach


def constraints(
    rules: Rulebook, added: Added, known: Mapping[str, Reach] = MappingProxyType({})
) -> list[ox.Triple]:
    """The SPARQL constraints that are touched, spelled out, with the targets of their shapes.

    ``known`` holds what queries look at, as far as it is known already.
    """
    touched: dict[ox.Triple, None] = {}
    for shape, node, text in _queries(rules):
        reach = known.get(text) or of_query(text)
        if added.touch(reach | _of_targets(shape, rules)):
            touched[ox.Triple(shape, ox.NamedNode(SH + "sparql"), node)] = None
            touched.update(dict.fromkeys(_about(node, rules)))
            touched.update(
                (triple, None)
                for triple in _about(shape, rules)
                if triple.predicate.value in OF_A_SHAPE
            )
    if touched:
        touched.update((t, None) for t in rules.triples if t.predicate.value in OF_PREFIXES)
    return list(touched)


def of_constraints(rules: Rulebook) -> dict[str, Reach]:
    """What the queries of SPARQL constraints look at."""
    return {text: of_query(text) for _, _, text in _queries(rules)}


def _queries(rules: Rulebook) -> Iterator[tuple[Node, Node, str]]:
    """Each shape with a constraint of it and its query; one that is in doubt is no query at all."""
    for shape in rules.subjects(SH + "sparql"):
        for node in rules.objects(shape, SH + "sparql"):
            if not isinstance(node, ox.Literal):
                texts = [term.value for term in rules.objects(node, SH + "select")]
                yield shape, node, rules.prologue(node) + texts[0] if len(texts) == 1 else "BASE"


def _about(node: Node, rules: Rulebook) -> Iterator[ox.Triple]:
    for name, terms in rules.about(node).items():
        for term in terms:
            yield ox.Triple(node, ox.NamedNode(name), term)


def _is_core(name: str) -> bool:
    return name not in {SH + "sparql", SH + "prefixes"}


def _of_shape(shape: Node, rules: Rulebook) -> tuple[Reach, Iterable[Node]]:
    """What a shape of core SHACL looks at, with all that it is made of; and these nodes."""
    names: set[str] = set()
    nodes: dict[Node, None] = {shape: None}
    waiting = [shape]
    closed = False
    while waiting:
        for name, terms in rules.about(waiting.pop()).items():
            closed |= name == SH + "closed"
            for term in terms if _is_core(name) else ():
                if isinstance(term, ox.Literal):
                    continue
                if isinstance(term, ox.NamedNode) and name != RDF_TYPE:
                    names.add(term.value)
                if term not in nodes:
                    nodes[term] = None
                    waiting.append(term)
    if closed:
        return EVERYTHING, nodes
    part = Part(frozenset(names), RDF_TYPE in names)
    return Reach(part, part), nodes


def _of_targets(shape: Node, rules: Rulebook) -> Reach:
    """What decides which nodes a shape is about."""
    found = [term for name in TARGETS for term in rules.objects(shape, name)]
    names = frozenset(term.value for term in found if isinstance(term, ox.NamedNode))
    part = Part(names, RDF_TYPE in names)
    return Reach(part, part)


class _UnclearError(Exception):
    """It is not plain from the text what the query looks at."""


@dataclass
class _Brace:
    """A bracket that is open: whether what is in it can raise a finding."""

    text: str
    raises: bool
    both_ways: bool
    is_subject: bool = False


class _Scan:
    """The tokens of a query, read once from left to right."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self._tokens = tokens
        self._prefixes: dict[str, str] = {}
        self._open = [_Brace("", raises=True, both_ways=False)]
        self._closed = self._open[0]
        self._in_head = False
        self._reads = _Growing()
        self._raises = _Growing()

    def reach(self) -> Reach:
        for at, token in enumerate(self._tokens):
            if token.is_word("SELECT") or token.text == "{":
                self._in_head = token.text != "{"
                # What is counted, or cut off, can change with one more in either direction.
                self._open[-1].both_ways |= self._in_head and len(self._open) > 1
            if token.text in {"{", "(", "["} and token.kind == "sign":
                self._open.append(self._bracket(at))
            elif token.text in {"}", ")", "]"} and token.kind == "sign":
                self._closed = self._open.pop()
                if not self._open:
                    raise _UnclearError
            elif token.kind in {"iri", "name"}:
                self._name(at, token)
            elif token.text == "a" and token.kind == "word":
                self._note(RDF_TYPE, at)
            elif token.kind == "variable" and self._may_be_property(at):
                self._note(None, at)
            elif token.text in {"*", "?"} and token.kind == "sign":
                self._zero_or_more(at)
            elif token.text == "!" and self._excludes(at):
                self._note(None, at)
        return Reach(self._reads.part(), self._raises.part())

    def _text(self, at: int) -> str:
        return self._tokens[at].text if 0 <= at < len(self._tokens) else ""

    def _is_word(self, at: int, word: str) -> bool:
        return 0 <= at < len(self._tokens) and self._tokens[at].is_word(word)

    def _bracket(self, at: int) -> _Brace:
        outer = self._open[-1]
        brace = _Brace(self._text(at), outer.raises, outer.both_ways)
        if brace.text != "{":
            brace.is_subject = self._text(at - 1) in {"{", "}", ".", ")"}
            return brace
        exists = self._is_word(at - 1, "EXISTS")
        if self._is_word(at - 1, "OPTIONAL") or (exists and outer.text == "("):
            brace.both_ways = True
        elif self._is_word(at - 1, "MINUS") or (exists and self._is_word(at - 2, "NOT")):
            brace.raises = not outer.raises
        return brace

    def _name(self, at: int, token: Token) -> None:
        if self._is_word(at - 2, "PREFIX") and token.kind == "iri":
            self._prefixes[self._text(at - 1)[:-1]] = token.text[1:-1]
        elif token.kind == "iri":
            self._note(token.text[1:-1], at)
        elif not self._is_word(at - 1, "PREFIX"):
            prefix, _, local = token.text.partition(":")
            if prefix not in self._prefixes or "\\" in local:
                raise _UnclearError
            self._note(self._prefixes[prefix] + local, at)

    def _note(self, name: str | None, at: int) -> None:
        """Take note of a name, or (None) of a property that may be any."""
        any_class = name == RDF_TYPE and not self._has_known_class(at)
        self._reads.add(name, any_class=any_class)
        around = self._open[-1]
        if around.raises or around.both_ways:
            self._raises.add(name, any_class=any_class)

    def _has_known_class(self, at: int) -> bool:
        """Whether rdf:type stands here for itself, or before the one class that matters."""
        if self._text(at - 1) == "^" or self._text(at + 2) == ",":
            return False
        after = self._tokens[at + 1] if at + 1 < len(self._tokens) else None
        return after is not None and (after.kind in {"iri", "name"} or after.is_word("AS"))

    def _may_be_property(self, at: int) -> bool:
        before, previous = self._text(at - 2), self._text(at - 1)
        if previous in {"{", "}", ".", ","}:
            return False
        if self._in_head or self._open[-1].text in {"", "("}:
            return False
        if previous == ")":
            return self._closed.is_subject
        return previous in {";", "[", "]"} or before in {"{", "}", ".", ")", "]"}

    def _zero_or_more(self, at: int) -> None:
        """A path that leads from each node to itself: what nodes there are must not matter.

        It does not where one end is named, or was reached by a property.
        """
        before = self._tokens[at - 1]
        if before.kind not in {"iri", "name"} and before.text not in {"a", ")"}:
            return
        after = self._tokens[at + 1] if at + 1 < len(self._tokens) else None
        stands_alone = before.text != ")" and self._text(at - 2) == "/"
        named = after is not None and after.kind in {"iri", "name"}
        if not stands_alone and not named:
            self._note(None, at)

    def _excludes(self, at: int) -> bool:
        """Whether an exclamation mark leaves out properties, rather than says no."""
        after = self._tokens[at + 1] if at + 1 < len(self._tokens) else None
        if after is not None and after.text == "(" and at + 2 < len(self._tokens):
            after = self._tokens[at + 2]
        return after is not None and (
            after.kind in {"iri", "name"} or after.text in {"a", "^", ")"}
        )


class _Growing:
    """A part that is still growing."""

    def __init__(self) -> None:
        self._names: set[str] = set()
        self._any_class = self._anything = False

    def add(self, name: str | None, *, any_class: bool) -> None:
        if name is None:
            self._anything = True
        else:
            self._names.add(name)
        self._any_class |= any_class

    def part(self) -> Part:
        return Part(frozenset(self._names), self._any_class, self._anything)
