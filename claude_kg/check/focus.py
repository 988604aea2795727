"""Find the focus nodes of shapes (SHACL, section 2.1.3) in the embedded store."""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox

from claude_kg.check.findings import Term
from claude_kg.check.narrow import Additions, NotNarrowError
from claude_kg.check.rulebook import SH, Node, Rulebook
from claude_kg.check.vocabulary import TARGETS
from claude_kg.terms import RDF_TYPE, RDFS

_MARKS = ox.NamedNode("urn:claude-kg:marks")
_MARK = ox.NamedNode("urn:claude-kg:focuses-on")
_LABEL = "urn:claude-kg:target:"
_TYPE = ox.NamedNode(RDF_TYPE)
_SUB_CLASS = ox.NamedNode(RDFS + "subClassOf")
_HERE = ox.DefaultGraph()

Targets = frozenset[tuple[str, Term]]


class Focus:
    """The focus nodes of shapes in one store."""

    def __init__(self, store: ox.Store, rules: Rulebook) -> None:
        self._store = store
        self._rules = rules
        self._patterns: dict[Targets, str] = {}
        # The marks of shapes that were checked in this store before.
        store.clear_graph(_MARKS)

    def pattern(self, shape: Node) -> str:
        """A pattern of SPARQL that holds of ``$this`` where it is a focus node of a shape.

        They are marked in a graph of their own, once for all shapes with the same targets.
        """
        targets = self._targets(shape)
        if targets not in self._patterns:
            label = ox.NamedNode(f"{_LABEL}{len(self._patterns)}")
            self._mark(label, targets)
            self._patterns[targets] = f"GRAPH {_MARKS} {{ {label} {_MARK} $this }}"
        return self._patterns[targets]

    def new(self, shape: Node, added: Additions) -> Iterator[str]:
        """The nodes that added statements may have made focus nodes of a shape, as in N-Triples.

        Raises NotNarrowError where it may be any.
        """
        for name, term in self._targets(shape):
            if name == "targetClass":
                if added.of(str(_SUB_CLASS)):
                    raise NotNarrowError
                yield from (str(triple.subject) for triple in added.of(str(_TYPE)))
            elif name == "targetSubjectsOf":
                yield from (str(triple.subject) for triple in added.of(str(term)))
            elif name == "targetObjectsOf":
                yield from (str(triple.object) for triple in added.of(str(term)))

    def has(self, shape: Node, node: Term) -> bool:
        """Whether a node is a focus node of a shape."""
        return any(self._is_target(name, term, node) for name, term in self._targets(shape))

    def _targets(self, shape: Node) -> Targets:
        return frozenset(
            (name.removeprefix(SH), term)
            for name in TARGETS
            for term in self._rules.objects(shape, name)
        )

    def _is_target(self, name: str, term: Term, node: Term) -> bool:
        if name == "targetNode":
            return node == term
        if name == "targetObjectsOf":
            return isinstance(term, ox.NamedNode) and self._holds(None, term, node)
        if isinstance(node, ox.Literal):
            return False
        if name == "targetClass":
            return any(self._holds(node, _TYPE, class_) for class_ in self._with_subclasses(term))
        return isinstance(term, ox.NamedNode) and self._holds(node, term, None)

    def _holds(self, subject: Node | None, property_: ox.NamedNode, value: Term | None) -> bool:
        return any(self._store.quads_for_pattern(subject, property_, value, _HERE))

    def _mark(self, label: ox.NamedNode, targets: Targets) -> None:
        # As objects, which may be literals.
        for name, term in targets:
            if name == "targetNode":
                self._store.add(ox.Quad(label, _MARK, term, _MARKS))
            elif name == "targetClass":
                for class_ in self._with_subclasses(term):
                    if isinstance(class_, ox.NamedNode):
                        self._mark_all(label, f"?node {_TYPE} {class_}")
                    else:
                        # No pattern can name it.
                        for quad in self._store.quads_for_pattern(None, _TYPE, class_, _HERE):
                            self._store.add(ox.Quad(label, _MARK, quad.subject, _MARKS))
            elif isinstance(term, ox.NamedNode):
                subjects = name == "targetSubjectsOf"
                self._mark_all(label, f"?node {term} ?any" if subjects else f"?any {term} ?node")

    def _mark_all(self, label: ox.NamedNode, pattern: str) -> None:
        mark = f"GRAPH {_MARKS} {{ {label} {_MARK} ?node }}"
        self._store.update(f"INSERT {{ {mark} }} WHERE {{ {pattern} }}")

    def _with_subclasses(self, class_: Term) -> list[Term]:
        found = [class_]
        for above in found:
            for quad in self._store.quads_for_pattern(None, _SUB_CLASS, above, _HERE):
                if not isinstance(quad.subject, ox.Triple) and quad.subject not in found:
                    found.append(quad.subject)
        return found
