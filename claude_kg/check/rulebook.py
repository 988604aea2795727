"""What shapes say about themselves: their names, messages, reasons, targets and paths."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeAlias

import pyoxigraph as ox

from claude_kg.check.findings import Finding, Path, Severity, Term
from claude_kg.check.text import path_text, shorten, term_text
from claude_kg.terms import OWL, PREFIXES, RDF

SH = PREFIXES["sh"]
Node: TypeAlias = ox.NamedNode | ox.BlankNode

SPARQL_COMPONENT = SH + "SPARQLConstraintComponent"

_OPERATORS = {
    "inversePath": "^",
    "alternativePath": "|",
    "zeroOrMorePath": "*",
    "oneOrMorePath": "+",
    "zeroOrOnePath": "?",
}
_SEVERITIES = {SH + "Info": Severity.INFO, SH + "Warning": Severity.WARNING}
_REMEDY = "https://w3id.org/claude-kg/shapes#remedy"
_PLACEHOLDER = re.compile(r"\{[$?](\w+)\}")

_DEFAULTS = {
    "Class": "{?value} is not a {parameter}.",
    "Datatype": "{?value} is no {parameter}.",
    "NodeKind": "{?value} is of another kind than {parameter}.",
    "MinCount": "{$this} has fewer than {parameter} {?path}.",
    "MaxCount": "{$this} has more than {parameter} {?path}.",
    "MinExclusive": "{?value} is not greater than {parameter}.",
    "MinInclusive": "{?value} is less than {parameter}.",
    "MaxExclusive": "{?value} is not less than {parameter}.",
    "MaxInclusive": "{?value} is greater than {parameter}.",
    "MinLength": "{?value} is shorter than {parameter} characters.",
    "MaxLength": "{?value} is longer than {parameter} characters.",
    "Pattern": "{?value} does not match the pattern {parameter}.",
    "LanguageIn": "{?value} is in none of the languages that are wanted.",
    "UniqueLang": "{$this} has two {?path} in one language.",
    "Equals": "{$this} has {?value} as only one of {?path} and {parameter}.",
    "Disjoint": "{$this} has {?value} as {?path} and as {parameter}.",
    "LessThan": "The {?path} {?value} of {$this} is not less than its {parameter}.",
    "LessThanOrEquals": "The {?path} {?value} of {$this} is greater than its {parameter}.",
    "Not": "{?value} conforms to {parameter}, and must not.",
    "And": "{?value} does not conform to all of the shapes that it must.",
    "Or": "{?value} conforms to none of the shapes of which it must to one.",
    "Xone": "{?value} does not conform to exactly one of the shapes of which it must.",
    "Node": "{?value} does not conform to {parameter}.",
    "Property": "{?value} does not conform to {parameter}.",
    "QualifiedMinCount": "{$this} has fewer than {parameter} {?path} that conform.",
    "QualifiedMaxCount": "{$this} has more than {parameter} {?path} that conform.",
    "Closed": "{$this} has {?path}, which its shape does not admit.",
    "HasValue": "{$this} lacks the {?path} {parameter}.",
    "In": "{?value} is none of the values that are admitted.",
}
"""What is said where a shape has no message, by the kind of constraint."""

_NOTHING_SAID = ox.Literal("{$this} does not conform.")


@dataclass(frozen=True, slots=True)
class Result:
    """What an engine found, in the terms of SHACL (section 3.6.2).

    ``bindings`` are the further variables of a SPARQL constraint, for its message. ``messages``
    are those that the engine made itself; they count where the shapes have none.
    """

    shape: Node
    component: str
    focus: Term
    path: Path | None = None
    value: Term | None = None
    constraint: Node | None = None
    bindings: Mapping[str, Term] = field(default_factory=dict)
    messages: tuple[ox.Literal, ...] = ()


class Rulebook:
    """The statements of shapes graphs, by what they are about."""

    def __init__(self, shapes: Sequence[ox.Triple], prefixes: Mapping[str, str] = PREFIXES) -> None:
        self.triples = shapes
        self._prefixes = prefixes
        self._about: dict[Node, dict[str, list[Term]]] = {}
        self._around: dict[Term, list[Node]] = {}
        self._prefixes_of: dict[Term, dict[str, str]] = {}
        for triple in shapes:
            assert not isinstance(triple.subject, ox.Triple)
            assert not isinstance(triple.object, ox.Triple)
            about = self._about.setdefault(triple.subject, {})
            about.setdefault(triple.predicate.value, []).append(triple.object)
            self._around.setdefault(triple.object, []).append(triple.subject)

    def objects(self, node: Term | None, property_: str) -> list[Term]:
        """What is said of a node by a property."""
        if isinstance(node, ox.Literal) or node is None:
            return []
        return self._about.get(node, {}).get(property_, [])

    def about(self, node: Node) -> Mapping[str, Sequence[Term]]:
        """All that is said of a node, by property."""
        return self._about.get(node, {})

    def subjects(self, property_: str) -> Iterator[Node]:
        """The nodes that have a property."""
        return (node for node, about in self._about.items() if property_ in about)

    def around(self, node: Term) -> Sequence[Node]:
        """The nodes that speak of a node."""
        return self._around.get(node, [])

    def items(self, node: Term | None) -> list[Term]:
        """The members of an RDF list; of one that goes in circles, each once."""
        members: list[Term] = []
        seen: set[Term] = set()
        while node is not None and node not in seen:
            seen.add(node)
            members += self.objects(node, RDF + "first")[:1]
            node = next(iter(self.objects(node, RDF + "rest")), None)
        return members

    def path(self, node: Term) -> Path:
        """The property path that a node stands for (SHACL, section 2.3.1)."""
        if isinstance(node, ox.NamedNode):
            return Path.of(node)
        for name, operator in _OPERATORS.items():
            for inner in self.objects(node, SH + name):
                parts = self.items(inner) if operator == "|" else [inner]
                return Path(operator, tuple(self.path(part) for part in parts))
        return Path("/", tuple(self.path(part) for part in self.items(node)))

    def path_of(self, shape: Node) -> Path | None:
        """The path of a property shape; None for a node shape."""
        return next((self.path(node) for node in self.objects(shape, SH + "path")), None)

    def deactivated(self, node: Node) -> bool:
        """Whether a shape or a constraint is switched off."""
        return any(
            isinstance(term, ox.Literal) and term.value in {"true", "1"}
            for term in self.objects(node, SH + "deactivated")
        )

    def severity(self, *nodes: Node | None) -> Severity:
        """The severity that the first of the nodes that has one gives."""
        for node in nodes:
            for term in self.objects(node, SH + "severity"):
                if isinstance(term, ox.NamedNode):
                    return _SEVERITIES.get(term.value, Severity.VIOLATION)
        return Severity.VIOLATION

    def note(self, nodes: Sequence[Node | None], property_: str) -> str:
        """What the first of the nodes that has a property says by it, on one line."""
        for node in nodes:
            notes = sorted(t.value for t in self.objects(node, property_) if _is_literal(t))
            if notes:
                return " ".join(notes[0].split())
        return ""

    def named(self, node: Node) -> Node:
        """The shape or constraint itself if it has a name, else the nearest around it that has."""
        waiting = deque([node])
        seen = {node}
        while waiting:
            candidate = waiting.popleft()
            if isinstance(candidate, ox.NamedNode):
                return candidate
            around = sorted(set(self.around(candidate)) - seen, key=str)
            seen.update(around)
            waiting += around
        return node

    def rule(self, node: Node) -> str:
        """The name of the rule that a shape or constraint stands for."""
        named = self.named(node)
        iri = named.value
        return re.split(r"[#/:]", iri)[-1] or iri

    def finding(self, result: Result) -> Finding:
        """The finding that an engine's result is, in words."""
        node = result.shape if result.constraint is None else result.constraint
        noted = (result.constraint, result.shape, self.named(node))
        return Finding(
            rule=self.rule(node),
            severity=self.severity(result.constraint, result.shape),
            message=self._message(result),
            focus=result.focus,
            path=result.path,
            value=result.value,
            why=self.note(noted, SH + "description"),
            fix=self.note(noted, _REMEDY),
            source=self.named(result.shape).value,
            component=result.component,
        )

    def _message(self, result: Result) -> str:
        declared = [
            term
            for node in dict.fromkeys((result.constraint, result.shape))
            for term in self.objects(node, SH + "message")
            if isinstance(term, ox.Literal)
        ]
        found = declared or self._default(result) or result.messages or (_NOTHING_SAID,)
        texts = sorted(found, key=lambda text: (text.language not in {None, "en"}, text.value))
        known = {
            "this": term_text(result.focus, self._prefixes),
            "path": result.path and path_text(result.path, self._prefixes),
            "value": result.value and term_text(result.value, self._prefixes),
        }
        further = {name: term.value for name, term in result.bindings.items() if name not in known}
        text = _PLACEHOLDER.sub(lambda name: further.get(name[1], name[0]), texts[0].value)
        # Shortened first: what is filled in afterwards stands as the file has it.
        return _PLACEHOLDER.sub(
            lambda name: known.get(name[1]) or f"?{name[1]}", shorten(text, self._prefixes)
        )

    def _default(self, result: Result) -> list[ox.Literal]:
        """What is said of a core constraint that says nothing itself, whichever engine met it."""
        kind = result.component.removeprefix(SH).removesuffix("ConstraintComponent")
        if kind not in _DEFAULTS:
            return []
        parameters = self.objects(result.shape, SH + kind[:1].lower() + kind[1:])
        written = " or ".join(sorted(term_text(term, self._prefixes) for term in parameters))
        return [ox.Literal(_DEFAULTS[kind].replace("{parameter}", written))]

    def prologue(self, constraint: Node) -> str:
        """The PREFIX lines for a SPARQL constraint (SHACL, section 5.2.1)."""
        declared: dict[str, str] = {}
        for node in (*self._ontologies, *self.objects(constraint, SH + "prefixes")):
            declared |= self._declared(node)
        return "".join(f"PREFIX {prefix}: <{space}>\n" for prefix, space in declared.items())

    @cached_property
    def _ontologies(self) -> list[Node]:
        ontology = ox.NamedNode(OWL + "Ontology")
        return [
            node
            for node in self.subjects(SH + "declare")
            if ontology in self.objects(node, RDF + "type")
        ]

    def _declared(self, node: Term) -> dict[str, str]:
        if node not in self._prefixes_of:
            self._prefixes_of[node] = {
                self.note([declaration], SH + "prefix"): self.note([declaration], SH + "namespace")
                for declaration in self.objects(node, SH + "declare")
                if not isinstance(declaration, ox.Literal)
            }
        return self._prefixes_of[node]


def _is_literal(term: Term) -> bool:
    return isinstance(term, ox.Literal)
