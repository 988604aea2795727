"""Turn the query of a SPARQL constraint, which asks of one node, into one that asks of all.

SHACL (section 5.3.1) has a constraint's query evaluated once for each focus node, with ``$this``
standing for it. Here the focus nodes are marked in a graph of their own, and a pattern that reads
the mark is put wherever ``$this`` has to be known, so that one evaluation answers for all.

``FILTER NOT EXISTS`` is evaluated by Oxigraph for each solution anew, in an order that is planned
without knowing the solution: where more than one pattern is involved this grows quadratically.
It becomes a ``MINUS``, which SHACL-SPARQL does not allow authors to write, where the two mean the
same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from claude_kg.query.tokens import Token, tokenize

_FOREIGN = ("MINUS", "GRAPH", "SERVICE", "VALUES", "LATERAL")
_STARTERS = ("OPTIONAL", "FILTER", "BIND", "UNION", *_FOREIGN)
_AGGREGATES = ("COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT")
_CLOSING = {"(": ")", "{": "}"}

_Kind = Literal["text", "group", "optional", "filter", "bind", "select", "exists", "not exists"]


class NotSetwiseError(Exception):
    """The query cannot be turned; it has to be asked of each node."""


@dataclass(frozen=True)
class _Element:
    """A part of a group: the text from one token to another, and the groups in it."""

    kind: _Kind
    text: str
    variables: frozenset[str]
    tokens: Sequence[Token]
    groups: tuple[_Group, ...] = ()
    before: str = ""
    after: str = ""


@dataclass(frozen=True)
class _Group:
    elements: tuple[_Element, ...] = field(default=())


def setwise(text: str, mark: str, tokens: Sequence[Token] | None = None) -> str:
    """The query that asks of all nodes at once; ``mark`` is the pattern that holds of each.

    ``tokens`` are those of the text, where they are known. Raises NotSetwiseError where it is not
    certain that the answers are the same.

    >>> setwise("SELECT $this WHERE { $this ?p ?o }", "$this a <urn:marked>")
    'SELECT $this WHERE { $this a <urn:marked> . $this ?p ?o }'
    """
    if "\\u" in text.lower():
        raise NotSetwiseError
    return _Reader(text, mark, tokenize(text) if tokens is None else tokens).query()


class _Reader:
    def __init__(self, text: str, mark: str, tokens: Sequence[Token]) -> None:
        self._text = text
        self._mark = mark
        self._tokens = tokens
        self._at = 0

    def query(self) -> str:
        start = next((n for n, token in enumerate(self._tokens) if token.is_word("SELECT")), None)
        if start is None:
            raise NotSetwiseError
        self._at = start
        element = self._select(until=len(self._tokens))
        if "this" not in element.variables:
            raise NotSetwiseError
        return self._text[: self._tokens[start].start] + self._written(element)

    # Reading

    def _select(self, until: int) -> _Element:
        """A query or subquery, up to a token that closes it."""
        first = self._at
        while self._at < until and self._tokens[self._at].text != "{":
            self._at += 1
        head = self._tokens[first : self._at]
        if self._at == until:
            raise NotSetwiseError
        group = self._group()
        tail_from = self._at
        while self._at < len(self._tokens) and self._tokens[self._at].text != "}":
            self._at += 1
        tail = self._tokens[tail_from : self._at]
        projected = _variables(head)
        starred = any(token.text == "*" for token in head)
        if any(token.is_word("LIMIT", "OFFSET", "VALUES", *_FOREIGN) for token in tail):
            raise NotSetwiseError
        grouped = [n for n, token in enumerate(tail) if token.is_word("GROUP")]
        if grouped or any(token.is_word(*_AGGREGATES) for token in (*head, *tail)):
            by = tail[grouped[0] :] if grouped else []
            if "this" not in _variables(by) or any(token.text == "(" for token in by):
                raise NotSetwiseError
        inside = _all_variables(group)
        if "this" in inside and not (starred or "this" in projected):
            raise NotSetwiseError
        return _Element(
            "select",
            "",
            projected if not starred else projected | inside,
            (),
            (group,),
            before=self._slice(first, first + len(head)),
            after=self._slice(tail_from, self._at),
        )

    def _group(self) -> _Group:
        """A group in braces, the first of which is the next token."""
        self._at += 1
        elements: list[_Element] = []
        if self._peek().is_word("SELECT"):
            elements.append(self._select(until=len(self._tokens)))
        while (token := self._peek()).text != "}":
            if token.text == "{":
                elements.append(self._union())
            elif token.is_word("OPTIONAL"):
                self._at += 1
                elements.append(self._around("optional", [self._braced()]))
            elif token.is_word("FILTER"):
                elements.append(self._filter())
            elif token.is_word("BIND"):
                first = self._at
                self._at += 1
                self._skip_brackets()
                elements.append(self._plain("bind", first))
            elif token.is_word(*_STARTERS):
                raise NotSetwiseError
            else:
                first = self._at
                while (part := self._peek()).text not in "{}" and not part.is_word(*_STARTERS):
                    self._at += 1
                elements.append(self._plain("text", first))
        self._at += 1
        return _Group(tuple(elements))

    def _union(self) -> _Element:
        groups = [self._group()]
        while self._peek().is_word("UNION"):
            self._at += 1
            groups.append(self._braced())
        return self._around("group", groups)

    def _filter(self) -> _Element:
        first = self._at
        self._at += 1
        negated = self._peek().is_word("NOT")
        if negated:
            self._at += 1
        if self._peek().is_word("EXISTS"):
            self._at += 1
            group = self._braced()
            return self._plain("not exists" if negated else "exists", first, (group,))
        while self._peek().text != "(":
            if self._peek().text in "{}":
                raise NotSetwiseError
            self._at += 1
        self._skip_brackets()
        return self._plain("filter", first)

    def _braced(self) -> _Group:
        if self._peek().text != "{":
            raise NotSetwiseError
        return self._group()

    def _around(self, kind: _Kind, groups: Sequence[_Group]) -> _Element:
        variables = frozenset[str]().union(*(_all_variables(group) for group in groups))
        return _Element(kind, "", variables, (), tuple(groups))

    def _plain(self, kind: _Kind, first: int, groups: tuple[_Group, ...] = ()) -> _Element:
        tokens = self._tokens[first : self._at]
        return _Element(kind, self._slice(first, self._at), _variables(tokens), tokens, groups)

    def _skip_brackets(self) -> None:
        waiting: list[str] = []
        while True:
            token = self._peek()
            self._at += 1
            if token.text in _CLOSING:
                waiting.append(_CLOSING[token.text])
            elif token.text in ")}":
                if not waiting or waiting.pop() != token.text:
                    raise NotSetwiseError
                if not waiting:
                    return

    def _peek(self) -> Token:
        if self._at >= len(self._tokens):
            raise NotSetwiseError
        return self._tokens[self._at]

    def _slice(self, first: int, end: int) -> str:
        if first >= end:
            return ""
        return self._text[self._tokens[first].start : self._tokens[end - 1].end]

    # Writing

    def _written(self, element: _Element) -> str:
        group = self._braces(element.groups[0], marked="this" in element.variables)
        return " ".join(part for part in (element.before, group, element.after) if part)

    def _braces(self, group: _Group, *, marked: bool) -> str:
        parts = [self._mark] if marked else []
        late = []
        for element in group.elements:
            if element.kind == "select":
                # The only thing in its group: the braces are those of the group.
                return f"{{ {self._written(element)} }}"
            if element.kind == "optional":
                # What is optional sees what stands before it.
                parts.append(f"OPTIONAL {self._braces(element.groups[0], marked=False)}")
            elif element.kind == "group":
                branches = [self._braces(g, marked=_needs_this(g)) for g in element.groups]
                parts.append(" UNION ".join(branches))
            elif element.kind == "not exists":
                late.append(self._without(element, group, marked=marked))
            else:
                parts.append(element.text)
        written = ""
        for part in (*parts, *late):
            dot = "" if not written or written.endswith((".", "}", "{")) else " ."
            written += f"{dot} {part}"
        return f"{{{written} }}"

    def _without(self, element: _Element, group: _Group, *, marked: bool) -> str:
        """A ``NOT EXISTS``, as a ``MINUS`` where that is the same and pays."""
        (inner,) = element.groups
        given = [e for e in group.elements if e.kind == "text"]
        outside = _union_of(e for e in group.elements if e.kind not in {"filter", "not exists"})
        stated = _union_of(e for e in inner.elements if e.kind == "text")
        shared = _all_variables(inner) & (outside | {"this"})
        if (
            not marked
            or _is_one_pattern(inner)
            or not all(_is_simple(e) for e in inner.elements)
            or not shared <= _certain(group) | {"this"}
            or not shared & stated
        ):
            return element.text
        if shared <= stated:
            return f"MINUS {self._braces(inner, marked='this' in stated)}"
        if shared <= _union_of(given) | {"this"} and not _has_blank_node(given):
            return f"MINUS {self._braces(_Group((*given, *inner.elements)), marked=True)}"
        return element.text


def _is_simple(element: _Element) -> bool:
    """Whether it means the same with the solution given, and joined to it."""
    if element.kind == "optional":
        return all(e.kind in {"text", "filter"} for g in element.groups for e in g.elements)
    return element.kind in {"text", "filter", "not exists"}


def _certain(group: _Group) -> frozenset[str]:
    """The variables that have a value in every solution of a group."""
    found: frozenset[str] = frozenset()
    for element in group.elements:
        if element.kind == "text":
            found |= element.variables
        elif element.kind == "bind":
            _, _, term, *further = element.tokens
            # What is computed may fail; a constant cannot.
            if term.kind in {"iri", "name"} and further[0].is_word("AS"):
                found |= element.variables
        elif element.kind == "group":
            found |= frozenset[str].intersection(*(_certain(g) for g in element.groups))
    return found


def _has_blank_node(elements: Iterable[_Element]) -> bool:
    return any(token.kind == "blank" for element in elements for token in element.tokens)


def _is_one_pattern(group: _Group) -> bool:
    if len(group.elements) != 1 or group.elements[0].kind != "text":
        return False
    return len([t for t in group.elements[0].tokens if t.text != "."]) == 3


def _needs_this(group: _Group) -> bool:
    return any("this" in e.variables for e in group.elements if e.kind != "select")


def _variables(tokens: Sequence[Token]) -> frozenset[str]:
    return frozenset(token.text[1:] for token in tokens if token.kind == "variable")


def _all_variables(group: _Group) -> frozenset[str]:
    return _union_of(group.elements)


def _union_of(elements: Iterable[_Element]) -> frozenset[str]:
    return frozenset[str]().union(*(element.variables for element in elements))
