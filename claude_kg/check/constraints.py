"""Check a graph against SPARQL constraints, each asked once of all focus nodes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

import pyoxigraph as ox

from claude_kg.check.data import Data, Writing
from claude_kg.check.findings import Path
from claude_kg.check.focus import Focus
from claude_kg.check.groups import Element
from claude_kg.check.narrow import Additions, NotNarrowError, narrowed
from claude_kg.check.rewrite import Values, needs_this
from claude_kg.check.rulebook import SH, SPARQL_COMPONENT, Node, Result, Rulebook
from claude_kg.check.setwise import NotSetwiseError, read_setwise, setwise
from claude_kg.check.vocabulary import OF_A_SHAPE, OF_PREFIXES
from claude_kg.errors import InputError
from claude_kg.query.guard import Inspected, inspect

# What alone sees how a number is written, and not just which it is; a path or a constant is none.
_SEES_WRITING = re.compile(
    r"\b(?:STR\s*\((?!\s*(?:[?$]path\b|<|[\w.-]*:))|GROUP_CONCAT\s*\()|\bstring>?\s*\(",
    re.IGNORECASE,
)


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


def check_constraints(
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
        self._focus = Focus(data.store, rules)

    def of_all(self, constraint: _Constraint, inspected: Inspected) -> list[Result]:
        """What is found by asking of all focus nodes at once. Raises NotSetwiseError."""
        pattern = self._focus.pattern(constraint.shape)
        query = setwise(inspected.text, pattern, inspected.tokens)
        return list(_answers(self._store, query, constraint, self._writing))

    def of_what_is_new(
        self, constraint: _Constraint, inspected: Inspected, added: Additions
    ) -> list[Result]:
        """What is found by asking for what rests on added statements.

        Raises NotSetwiseError, and NotNarrowError where all has to be asked.
        """
        query = read_setwise(inspected.text, inspected.tokens)
        if not _knows_this(query):
            raise NotNarrowError
        focus = frozenset((node,) for node in self._focus.new(constraint.shape, added))
        texts = narrowed(inspected.text, inspected.tokens, query, added, Values(("this",), focus))
        found = (
            result
            for text in texts
            for result in _answers(self._store, text, constraint, self._writing)
        )
        return [result for result in found if self._focus.has(constraint.shape, result.focus)]


def _knows_this(query: Element) -> bool:
    """Whether ``$this`` has a value wherever it is needed, though nobody gives it one."""
    groups = [query.groups[0]]
    for group in groups:
        if needs_this(group) and "this" not in group.certain:
            return False
        groups += [g for e in group.elements if e.kind in {"group", "select"} for g in e.groups]
    return True


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
