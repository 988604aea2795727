"""Check a graph against shapes by native engines, core SHACL by one and SPARQL by another.

Each SPARQL constraint is asked once, of all focus nodes. What these engines cannot do, or might not
do exactly as the reference, is left to the reference.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

import pyoxigraph as ox

from claude_kg.check.bounded import note_threads
from claude_kg.check.data import Data, Writing
from claude_kg.check.findings import Path, Term
from claude_kg.check.groups import Element
from claude_kg.check.narrow import Additions, NotNarrowError, narrowed
from claude_kg.check.rewrite import Values, needs_this
from claude_kg.check.rulebook import SH, SPARQL_COMPONENT, Node, Result, Rulebook
from claude_kg.check.setwise import NotSetwiseError, read_setwise, setwise
from claude_kg.errors import InputError
from claude_kg.query.guard import Inspected, inspect
from claude_kg.terms import RDF, RDF_TYPE, RDFS

_SHAPE = "urn:claude-kg:shape:"
_MARKS = ox.NamedNode("urn:claude-kg:marks")
_MARK = ox.NamedNode("urn:claude-kg:focuses-on")

PARTS = ("core", "sparql")
"""What each of the two engines does."""


def _terms(*names: str) -> frozenset[str]:
    return frozenset(SH + name for name in names)


TARGETS = _terms("targetClass", "targetNode", "targetSubjectsOf", "targetObjectsOf")
"""The properties by which a shape says which nodes it is about."""

_NESTING = _terms("property", "node", "not", "qualifiedValueShape")
_CORE = _NESTING | _terms(
    *("and", "or", "xone", "class", "datatype", "nodeKind", "minCount", "maxCount", "in"),
    *("minExclusive", "minInclusive", "maxExclusive", "maxInclusive", "minLength", "maxLength"),
    *("pattern", "languageIn", "uniqueLang", "equals", "disjoint", "lessThan", "lessThanOrEquals"),
    *("closed", "hasValue", "qualifiedMinCount", "qualifiedMaxCount"),
)
_KNOWN = (
    TARGETS
    | _CORE
    | _terms(
        *("sparql", "select", "prefixes", "declare", "prefix", "namespace", "path", "flags"),
        *("inversePath", "alternativePath", "zeroOrMorePath", "oneOrMorePath", "zeroOrOnePath"),
        *("message", "severity", "name", "description", "order", "group", "defaultValue"),
        *("deactivated", "ignoredProperties", "qualifiedValueShapesDisjoint"),
    )
)
OF_A_SHAPE = TARGETS | _terms("severity", "message", "deactivated") | {RDF_TYPE}
"""What of a shape matters to its SPARQL constraints."""

OF_PREFIXES = _terms("declare", "prefix", "namespace")
"""The properties by which prefixes are declared."""

# What alone sees how a number is written, and not just which it is; a path or a constant is none.
_SEES_WRITING = re.compile(
    r"\b(?:STR\s*\((?!\s*(?:[?$]path\b|<|[\w.-]*:))|GROUP_CONCAT\s*\()|\bstring>?\s*\(",
    re.IGNORECASE,
)


def check_fast(
    data: Data,
    rules: Rulebook,
    parts: Sequence[str] = PARTS,
    added: Additions | None = None,
) -> list[Result]:
    """What native engines, and where they cannot the reference, find in a graph.

    Each of the ``parts`` may be done apart from the other. Where nothing was found by SPARQL
    before statements were ``added``, it is enough to look at what rests on them. Raises InputError
    where the shapes cannot be used.
    """
    results: list[Result] = []
    left: list[ox.Triple] = []
    if not is_known(rules):
        left += rules.triples if PARTS[0] in parts else ()
    else:
        for part in parts:
            found, too_hard = _core(data, rules) if part == "core" else _sparql(data, rules, added)
            results += found
            left += too_hard
    if left:
        from claude_kg.check.reference import check_by_pyshacl

        results += check_by_pyshacl(data, Rulebook(list(dict.fromkeys(left))))
    return results


def is_known(rules: Rulebook) -> bool:
    """Whether the shapes hold core SHACL, and SPARQL constraints of node shapes, and no more."""
    for triple in rules.triples:
        name = triple.predicate.value
        if name.startswith(SH) and name not in _KNOWN:
            return False
        if name == RDF_TYPE and triple.object == ox.NamedNode(RDFS + "Class"):
            return False
    for shape in rules.subjects(SH + "sparql"):
        if rules.path_of(shape) is not None or _is_part(shape, rules):
            return False
    return True


def _is_part(shape: Node, rules: Rulebook) -> bool:
    """Whether a shape is part of another, so that its results are not results of the whole."""
    return any(
        shape in terms
        for around in rules.around(shape)
        for name, terms in rules.about(around).items()
        if name in _NESTING or name == RDF + "first"
    )


# Core SHACL


def _core(data: Data, rules: Rulebook) -> tuple[list[Result], Sequence[ox.Triple]]:
    """What is found by core constraints, or the shapes that the engine cannot be given."""
    shapes = [triple for triple in rules.triples if triple.predicate.value != SH + "sparql"]
    if not any(triple.predicate.value in _CORE for triple in shapes):
        return [], ()
    try:
        import shacl
    except ImportError:  # there are systems for which it is not built
        return [], shapes
    named = _Named(shapes)
    note_threads()
    try:
        compiled = shacl.Shapes.from_text(_n_triples(named.triples).decode(), "ntriples")
        report = compiled.validate_text(data.lines.decode(), "ntriples")
    except ValueError:
        # The reference says better what is wrong, or can do it.
        return [], shapes
    results = []
    for found in report.results:
        if found.focus_node.startswith("_:") or (found.value or "").startswith("_:"):
            # The engine gives blank nodes names of its own.
            return [], shapes
        shape = named.original(_term(found.source_shape or found.root_shape or ""))
        results.append(
            Result(
                shape=shape,
                component=found.component_iri,
                focus=_term(found.focus_node),
                path=_path(found.path, shape, rules),
                value=None if found.value is None else _term(found.value),
            )
        )
    return results, ()


class _Named:
    """Shapes of which each has a name, for the engine gives blank nodes names of its own."""

    def __init__(self, triples: Sequence[ox.Triple]) -> None:
        self._originals = {
            ox.NamedNode(_SHAPE + node.value): node
            for triple in triples
            for node in _shape_nodes(triple)
            if isinstance(node, ox.BlankNode)
        }
        self._names: dict[object, ox.NamedNode] = {
            node: name for name, node in self._originals.items()
        }
        self.triples = [
            ox.Triple(
                self._names.get(t.subject, t.subject),
                t.predicate,
                self._names.get(t.object, t.object),
            )
            for t in triples
        ]

    def original(self, term: Term) -> Node:
        assert isinstance(term, ox.NamedNode)
        return self._originals.get(term, term)


def _shape_nodes(triple: ox.Triple) -> Iterator[object]:
    if triple.predicate.value in _CORE or triple.predicate.value == SH + "path":
        yield triple.subject
    if triple.predicate.value in _NESTING:
        yield triple.object


def _n_triples(triples: Iterable[ox.Triple]) -> bytes:
    return ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b""


def _term(text: str) -> Term:
    """A term from N-Triples."""
    if text.startswith("<"):
        return ox.NamedNode(text[1:-1])
    (quad,) = ox.parse(f"<urn:s> <urn:p> {text} .", ox.RdfFormat.N_TRIPLES)
    return _plain(quad.object)


def _path(text: str | None, shape: Node, rules: Rulebook) -> Path | None:
    if text is not None and re.fullmatch(r"<[^<>]*>", text):
        return Path.of(ox.NamedNode(text[1:-1]))
    return rules.path_of(shape)


# SPARQL constraints


@dataclass(frozen=True)
class _Constraint:
    shape: Node
    node: Node

    def triples(self, rules: Rulebook) -> Iterator[ox.Triple]:
        """The statements of the shapes that the constraint needs to stand alone."""
        for triple in rules.triples:
            subject, name = triple.subject, triple.predicate.value
            if (
                (subject == self.shape and name in OF_A_SHAPE)
                or (subject == self.shape and triple.object == self.node)
                or subject == self.node
                or name in OF_PREFIXES
            ):
                yield triple


def _sparql(
    data: Data, rules: Rulebook, added: Additions | None
) -> tuple[list[Result], Sequence[ox.Triple]]:
    """What is found by SPARQL constraints, and those that have to be asked of each node."""
    constraints = [
        _Constraint(shape, node)
        for shape in rules.subjects(SH + "sparql")
        if not rules.deactivated(shape)
        for node in rules.objects(shape, SH + "sparql")
        if not isinstance(node, ox.Literal) and not rules.deactivated(node)
    ]
    if not constraints:
        return [], ()
    results: list[Result] = []
    left: list[ox.Triple] = []
    asked = _Asked(data, rules)
    for constraint in constraints:
        try:
            inspected = _inspected(constraint, rules, data.writing)
            if added is not None:
                with suppress(NotNarrowError):
                    results += asked.of_what_is_new(constraint, inspected, added)
                    continue
            results += asked.of_all(constraint, inspected)
        except NotSetwiseError:
            left += constraint.triples(rules)
    return results, left


class _Asked:
    """The store of a graph, asked for what violates constraints."""

    def __init__(self, data: Data, rules: Rulebook) -> None:
        self._store = data.store
        self._writing = data.writing
        self._rules = rules
        self._marked: dict[Node, str] = {}
        # The marks of shapes that were checked in this store before.
        self._store.clear_graph(_MARKS)

    def of_all(self, constraint: _Constraint, inspected: Inspected) -> Iterator[Result]:
        """What is found by asking of all focus nodes at once. Raises NotSetwiseError."""
        shape = constraint.shape
        if shape not in self._marked:
            self._marked[shape] = _mark(self._store, shape, self._rules, len(self._marked))
        query = setwise(inspected.text, self._marked[shape], inspected.tokens)
        return _answers(self._store, query, constraint, self._writing)

    def of_what_is_new(
        self, constraint: _Constraint, inspected: Inspected, added: Additions
    ) -> list[Result]:
        """What is found by asking for what rests on added statements.

        Raises NotSetwiseError, and NotNarrowError where all has to be asked.
        """
        query = read_setwise(inspected.text, inspected.tokens)
        if not _knows_this(query):
            raise NotNarrowError
        focus = Values(("this",), frozenset(self._new_focus(constraint.shape, added)))
        texts = narrowed(inspected.text, inspected.tokens, query, added, focus)
        found = (
            result
            for text in texts
            for result in _answers(self._store, text, constraint, self._writing)
        )
        return [result for result in found if self._is_focus(result.focus, constraint.shape)]

    def _new_focus(self, shape: Node, added: Additions) -> Iterator[tuple[str]]:
        """The nodes that may be focus nodes of a shape because of added statements."""
        rules = self._rules
        if rules.objects(shape, SH + "targetClass"):
            if added.of(f"<{RDFS}subClassOf>"):
                raise NotNarrowError
            yield from ((str(triple.subject),) for triple in added.of(f"<{RDF_TYPE}>"))
        for property_ in rules.objects(shape, SH + "targetSubjectsOf"):
            yield from ((str(triple.subject),) for triple in added.of(str(property_)))
        for property_ in rules.objects(shape, SH + "targetObjectsOf"):
            yield from ((str(triple.object),) for triple in added.of(str(property_)))

    def _is_focus(self, node: Term, shape: Node) -> bool:
        """Whether a node is a focus node of a shape (SHACL, section 2.1.3)."""
        rules, store, graph = self._rules, self._store, ox.DefaultGraph()
        if node in rules.objects(shape, SH + "targetNode"):
            return True
        if not isinstance(node, ox.Literal):
            for class_ in rules.objects(shape, SH + "targetClass"):
                for below in _with_subclasses(store, class_):
                    if ox.Quad(node, ox.NamedNode(RDF_TYPE), below, graph) in store:
                        return True
            for property_ in rules.objects(shape, SH + "targetSubjectsOf"):
                if isinstance(property_, ox.NamedNode) and any(
                    store.quads_for_pattern(node, property_, None, graph)
                ):
                    return True
        return any(
            any(store.quads_for_pattern(None, property_, node, graph))
            for property_ in rules.objects(shape, SH + "targetObjectsOf")
            if isinstance(property_, ox.NamedNode)
        )


def _knows_this(query: Element) -> bool:
    """Whether ``$this`` has a value wherever it is needed, though nobody gives it one."""
    groups = [query.groups[0]]
    for group in groups:
        if needs_this(group) and "this" not in group.certain:
            return False
        groups += [g for e in group.elements if e.kind in {"group", "select"} for g in e.groups]
    return True


def _mark(store: ox.Store, shape: Node, rules: Rulebook, number: int) -> str:
    """Mark the focus nodes of a shape; returned is the pattern by which they are found."""
    label = ox.NamedNode(f"{_SHAPE}{number}")
    # As the object, which may be a literal.
    store.extend(
        ox.Quad(label, _MARK, node, _MARKS)
        for node in dict.fromkeys(_focus_nodes(store, shape, rules))
    )
    return f"GRAPH {_MARKS} {{ {label} {_MARK} $this }}"


def _focus_nodes(store: ox.Store, shape: Node, rules: Rulebook) -> Iterator[Term]:
    """The focus nodes of a shape (SHACL, section 2.1.3)."""
    graph = ox.DefaultGraph()
    yield from rules.objects(shape, SH + "targetNode")
    for class_ in rules.objects(shape, SH + "targetClass"):
        for below in _with_subclasses(store, class_):
            for quad in store.quads_for_pattern(None, ox.NamedNode(RDF_TYPE), below, graph):
                yield _plain(quad.subject)
    for property_ in rules.objects(shape, SH + "targetSubjectsOf"):
        if isinstance(property_, ox.NamedNode):
            for quad in store.quads_for_pattern(None, property_, None, graph):
                yield _plain(quad.subject)
    for property_ in rules.objects(shape, SH + "targetObjectsOf"):
        if isinstance(property_, ox.NamedNode):
            for quad in store.quads_for_pattern(None, property_, None, graph):
                yield _plain(quad.object)


def _with_subclasses(store: ox.Store, class_: Term) -> list[Term]:
    found = [class_]
    sub_class = ox.NamedNode(RDFS + "subClassOf")
    for above in found:
        for quad in store.quads_for_pattern(None, sub_class, above, ox.DefaultGraph()):
            below = _plain(quad.subject)
            if below not in found:
                found.append(below)
    return found


def _plain(term: Term | ox.Triple) -> Term:
    assert not isinstance(term, ox.Triple)
    return term


def _inspected(constraint: _Constraint, rules: Rulebook, writing: Writing) -> Inspected:
    """The query of a constraint, with its prefixes. Raises NotSetwiseError."""
    selects = rules.objects(constraint.node, SH + "select")
    if len(selects) != 1 or not isinstance(selects[0], ox.Literal):
        raise NotSetwiseError
    text = selects[0].value
    if writing.is_ambiguous:
        raise NotSetwiseError
    try:
        inspected = inspect(rules.prologue(constraint.node) + text)
    except InputError:
        # It is told, or can be done, by the reference.
        raise NotSetwiseError from None
    special = {"PATH", "shapesGraph", "currentShape", "failure"}
    if any(t.kind == "variable" and t.text[1:] in special for t in inspected.tokens):
        raise NotSetwiseError
    if _SEES_WRITING.search(text) and writing.may_reach(inspected.tokens):
        raise NotSetwiseError
    return inspected


def _answers(
    store: ox.Store, query: str, constraint: _Constraint, writing: Writing
) -> Iterator[Result]:
    try:
        solutions = store.query(query)
    except SyntaxError as error:
        raise NotSetwiseError from error
    if not isinstance(solutions, ox.QuerySolutions):
        raise NotSetwiseError
    names = [variable.value for variable in solutions.variables]
    for solution in {tuple(s[name] for name in names): None for s in solutions}:
        found = {
            name: writing.original(term)
            for name, term in zip(names, solution, strict=True)
            if term is not None and not isinstance(term, ox.Triple)
        }
        focus, value, path = found.pop("this"), found.pop("value", None), found.pop("path", None)
        yield Result(
            shape=constraint.shape,
            component=SPARQL_COMPONENT,
            focus=focus,
            path=Path.of(path) if isinstance(path, ox.NamedNode) else None,
            value=focus if value is None else value,
            constraint=constraint.node,
            bindings=found,
        )
