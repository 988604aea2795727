"""Read a query into its groups and their parts, as far as checks have to tell them apart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from claude_kg.query.tokens import Token

_ELSEWHERE = ("GRAPH", "SERVICE", "LATERAL")
_STARTERS = ("OPTIONAL", "FILTER", "BIND", "UNION", "MINUS", "VALUES", *_ELSEWHERE)
_AGGREGATES = ("COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT")
_COUNTING = ("GROUP", "HAVING", "LIMIT", "OFFSET", *_AGGREGATES)
_CLOSING = {"(": ")", "{": "}"}

Kind = Literal[
    "text",
    "group",
    "optional",
    "filter",
    "bind",
    "values",
    "select",
    "exists",
    "not exists",
    "minus",
]


class UnreadableError(Exception):
    """The query has a part that is not told apart here, or is no query."""


@dataclass(frozen=True)
class Element:
    """A part of a group: the tokens that it is made of, and the groups in it.

    Those of a ``select`` are what stands before its one group; what stands behind is its tail.
    """

    kind: Kind
    text: str
    variables: frozenset[str]
    tokens: Sequence[Token]
    groups: tuple[Group, ...] = ()
    tail: Sequence[Token] = ()
    after: str = ""

    @property
    def start(self) -> int:
        """Where it starts in the text."""
        return self.tokens[0].start

    @property
    def projected(self) -> frozenset[str]:
        """Of a ``select``, the variables that can be seen outside."""
        starred = any(token.text == "*" for token in self.tokens)
        return self.variables if starred else variables_of(self.tokens)

    @property
    def counts(self) -> bool:
        """Of a ``select``, whether one solution more can change or cut off another."""
        return any(token.is_word(*_COUNTING) for token in (*self.tokens, *self.tail))

    @property
    def asks_inside(self) -> bool:
        """Whether it is an expression in which a pattern is asked for."""
        words = any(token.is_word("EXISTS") for token in self.tokens)
        return words and self.kind in {"filter", "bind"}


@dataclass(frozen=True)
class Group:
    """What stands in a pair of braces; ``start`` is where the first thing in it may."""

    elements: tuple[Element, ...] = field(default=())
    start: int = 0

    @property
    def variables(self) -> frozenset[str]:
        """All variables in it."""
        return union_of(self.elements)

    @property
    def certain(self) -> frozenset[str]:
        """The variables that have a value in every solution."""
        found: frozenset[str] = frozenset()
        for element in self.elements:
            if element.kind == "text":
                found |= element.variables
            elif element.kind == "bind":
                _, _, term, *further = element.tokens
                # What is computed may fail; a constant cannot.
                if term.kind in {"iri", "name"} and further[0].is_word("AS"):
                    found |= element.variables
            elif element.kind == "group":
                found |= frozenset[str].intersection(*(g.certain for g in element.groups))
        return found


def variables_of(tokens: Iterable[Token]) -> frozenset[str]:
    """The variables among tokens, without their marks."""
    return frozenset(token.text[1:] for token in tokens if token.kind == "variable")


def union_of(elements: Iterable[Element]) -> frozenset[str]:
    """The variables of elements."""
    return frozenset[str]().union(*(element.variables for element in elements))


def read_select(text: str, tokens: Sequence[Token]) -> Element:
    """A SELECT query, of which the tokens before the word are the prologue.

    Raises UnreadableError for what is none, and for one that looks elsewhere than in the graph.
    """
    start = next((n for n, token in enumerate(tokens) if token.is_word("SELECT")), None)
    if start is None:
        raise UnreadableError
    return _Reader(text, tokens, start).select()


def groups_in(element: Element) -> Iterator[Group]:
    """The groups of an element and all that are in them."""
    for group in element.groups:
        yield group
        for inner in group.elements:
            yield from groups_in(inner)


class _Reader:
    def __init__(self, text: str, tokens: Sequence[Token], at: int) -> None:
        self._text = text
        self._tokens = tokens
        self._at = at

    def select(self) -> Element:
        """A query or subquery, the word SELECT being next."""
        first = self._at
        while self._peek().text != "{":
            self._at += 1
        head = self._tokens[first : self._at]
        group = self._group()
        tail_from = self._at
        while self._at < len(self._tokens) and self._tokens[self._at].text != "}":
            self._at += 1
        tail = self._tokens[tail_from : self._at]
        if any(token.is_word("EXISTS", "VALUES") for token in (*head, *tail)):
            raise UnreadableError
        return Element(
            "select",
            self._slice(first, first + len(head)),
            # Of those inside none is seen that is not projected.
            group.variables if any(t.text == "*" for t in head) else variables_of(head),
            head,
            (group,),
            tail,
            self._slice(tail_from, self._at),
        )

    def _group(self) -> Group:
        """A group in braces, the first of which is the next token."""
        start = self._peek().end
        self._at += 1
        elements: list[Element] = []
        if self._peek().is_word("SELECT"):
            elements.append(self.select())
        while self._peek().text != "}":
            elements.append(self._element())
        self._at += 1
        return Group(tuple(elements), start)

    def _element(self) -> Element:
        token, first = self._peek(), self._at
        if token.text == "{":
            return self._union()
        if token.is_word("FILTER"):
            return self._filter()
        if token.is_word("OPTIONAL", "MINUS"):
            self._at += 1
            kind: Kind = "minus" if token.is_word("MINUS") else "optional"
            return self._part(kind, first, self._braced())
        if token.is_word("BIND"):
            self._at += 1
            self._skip_brackets()
            return self._part("bind", first)
        if token.is_word("VALUES"):
            while self._peek().text != "{":
                self._at += 1
            self._skip_brackets()
            return self._part("values", first)
        if token.is_word(*_STARTERS):
            raise UnreadableError
        while (part := self._peek()).text not in "{}" and not part.is_word(*_STARTERS):
            self._at += 1
        return self._part("text", first)

    def _union(self) -> Element:
        first = self._at
        groups = [self._group()]
        while self._peek().is_word("UNION"):
            self._at += 1
            groups.append(self._braced())
        return self._part("group", first, *groups)

    def _filter(self) -> Element:
        first = self._at
        self._at += 1
        negated = self._peek().is_word("NOT")
        if negated:
            self._at += 1
        if self._peek().is_word("EXISTS"):
            self._at += 1
            return self._part("not exists" if negated else "exists", first, self._braced())
        while self._peek().text != "(":
            if self._peek().text in "{}":
                raise UnreadableError
            self._at += 1
        self._skip_brackets()
        return self._part("filter", first)

    def _braced(self) -> Group:
        if self._peek().text != "{":
            raise UnreadableError
        return self._group()

    def _part(self, kind: Kind, first: int, *groups: Group) -> Element:
        tokens = self._tokens[first : self._at]
        # What a subquery does not show is not among them.
        inside = frozenset[str]().union(*(group.variables for group in groups))
        variables = inside if groups else variables_of(tokens)
        return Element(kind, self._slice(first, self._at), variables, tokens, groups)

    def _skip_brackets(self) -> None:
        waiting: list[str] = []
        while True:
            token = self._peek()
            self._at += 1
            if token.text in _CLOSING:
                waiting.append(_CLOSING[token.text])
            elif token.text in ")}":
                if not waiting or waiting.pop() != token.text:
                    raise UnreadableError
                if not waiting:
                    return

    def _peek(self) -> Token:
        if self._at >= len(self._tokens):
            raise UnreadableError
        return self._tokens[self._at]

    def _slice(self, first: int, end: int) -> str:
        if first >= end:
            return ""
        return self._text[self._tokens[first].start : self._tokens[end - 1].end]
