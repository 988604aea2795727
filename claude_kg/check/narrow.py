"""Turn a query into narrower ones whose answers are those that rest on added statements.

An answer that a graph did not give before needs one of the added statements for one of the
patterns of the query. So each pattern that an added statement fits is given, as ``VALUES``, what
the added ones have in its place, and the query is asked once for each such pattern: all answers are
answers of the query, and no new one is missing. Where an addition can raise an answer otherwise,
by what is optional, counted, or denied twice, the query has to be asked as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from claude_kg.check.groups import Element, Group
from claude_kg.check.rewrite import Narrowed, Values
from claude_kg.query.tokens import Token
from claude_kg.terms import RDF_TYPE

_MOST = 200
"""Of more added statements the query is asked as it is."""


class NotNarrowError(Exception):
    """The query has to be asked as it is."""


class Additions:
    """Added statements, by their properties."""

    def __init__(self, triples: Sequence[ox.Triple]) -> None:
        self._by_property: dict[str, list[ox.Triple]] = {}
        for triple in triples:
            self._by_property.setdefault(f"<{triple.predicate.value}>", []).append(triple)
        self.can_be_given = len(triples) <= _MOST and not any(
            isinstance(term, ox.BlankNode | ox.Triple) or getattr(term, "direction", None)
            for triple in triples
            for term in (triple.subject, triple.object)
        )
        """Whether ``VALUES`` can hold them."""

    def of(self, property_: str | None) -> Sequence[ox.Triple]:
        """Those with a property, an IRI in angle brackets; None for all."""
        if property_ is not None:
            return self._by_property.get(property_, ())
        return [triple for triples in self._by_property.values() for triple in triples]


def narrowed(
    text: str,
    tokens: Sequence[Token],
    query: Element,
    added: Additions,
    focus: Values | None = None,
) -> list[str]:
    """The queries that together give the new answers of one, and no others than it would.

    ``query`` is what was read from the text and its tokens; ``focus`` is what else can make
    answers new: that its variables have one of its rows. Raises NotNarrowError.
    """
    if not added.can_be_given or "\\u" in text.lower():
        raise NotNarrowError
    return [
        text[: query.start] + Narrowed(dict(insertions)).query(query)
        for insertions in _Narrower(tokens, added).query(query, focus)
    ]


Insertion = tuple[int, Values]


@dataclass(frozen=True)
class _Pattern:
    """Subject, property path and object, as tokens."""

    subject: Token
    path: Sequence[Token]
    object: Token


class _Narrower:
    def __init__(self, tokens: Sequence[Token], added: Additions) -> None:
        self._added = added
        self._prefixes = {
            name.text[:-1]: iri.text[1:-1]
            for word, name, iri in zip(tokens, tokens[1:], tokens[2:], strict=False)
            if word.is_word("PREFIX") and iri.kind == "iri"
        }

    def query(self, query: Element, focus: Values | None) -> Iterator[list[Insertion]]:
        """For each thing that can make answers new, what is to be put where."""
        (group,) = query.groups
        if query.counts:
            raise NotNarrowError
        if focus is not None and focus.rows:
            if _starts_with_select(group):
                raise NotNarrowError
            yield [(group.start, focus), *self._beside(group, None, focus)]
        for insertions, _ in self._of_group(group):
            yield insertions

    def _of_group(self, group: Group) -> Iterator[tuple[list[Insertion], Values]]:
        """For each pattern that is touched, what is to be put where, and what that narrows."""
        for element in group.elements:
            if element.asks_inside:
                raise NotNarrowError
            if element.kind == "text":
                for values in self._of_text(element):
                    yield self._put(group, element, values), values
            elif element.kind == "select":
                yield from self._of_select(element)
            elif element.kind == "group":
                for branch in element.groups:
                    for insertions, values in self._of_group(branch):
                        # With it, what comes from other branches is left out.
                        yield insertions + self._put(group, element, values), values
            elif element.kind in {"not exists", "minus"}:
                self._refuse_denied_twice(element)
            elif element.kind in {"optional", "exists"}:
                self._refuse_touched(element.groups)

    def _of_select(self, element: Element) -> Iterator[tuple[list[Insertion], Values]]:
        if element.counts:
            self._refuse_touched(element.groups)
            return
        for insertions, values in self._of_group(*element.groups):
            yield insertions, values.of(element.projected)

    def _put(self, group: Group, source: Element, values: Values) -> list[Insertion]:
        if not values.variables:
            return []
        return [(source.start, values), *self._beside(group, source, values)]

    def _beside(self, group: Group, source: Element | None, values: Values) -> Iterator[Insertion]:
        """What else in a group is narrowed where one element is: what it is joined with."""
        for element in group.elements:
            if element is source:
                continue
            place, variables = _narrowable(element)
            if shared := variables & set(values.variables):
                yield place, values.of(shared)

    def _refuse_touched(self, groups: Iterable[Group]) -> None:
        for group in groups:
            for element in group.elements:
                if element.asks_inside:
                    raise NotNarrowError
                if element.kind == "text":
                    for _ in self._of_text(element):
                        raise NotNarrowError
                else:
                    self._refuse_touched(element.groups)

    def _refuse_denied_twice(self, denied: Element) -> None:
        """Refuse what is touched in a denial that is itself denied, or may be there or not."""
        for group in denied.groups:
            for element in group.elements:
                if element.asks_inside:
                    raise NotNarrowError
                if element.kind in {"group", "select"} and not element.counts:
                    self._refuse_denied_twice(element)
                elif element.kind != "text":
                    self._refuse_touched(element.groups)

    # Patterns ----------------------------------------------------------------------------------

    def _of_text(self, element: Element) -> Iterator[Values]:
        """For each pattern that added statements fit, what they have in its place."""
        if any(token.kind == "blank" for token in element.tokens):
            raise NotNarrowError
        patterns = list(_patterns(element.tokens))
        plain = frozenset(
            token.text[1:]
            for pattern in patterns
            if len(pattern.path) == 1
            for token in (pattern.subject, *pattern.path, pattern.object)
            if token.kind == "variable"
        )
        for pattern in patterns:
            found = (
                [self._of_plain(pattern, pattern.path[0])]
                if len(pattern.path) == 1
                else self._of_path(pattern, plain)
            )
            for values in found:
                if values.rows:
                    if not values.variables:
                        raise NotNarrowError
                    yield values

    def _of_plain(self, pattern: _Pattern, property_: Token) -> Values:
        places = (pattern.subject, property_, pattern.object)
        known = [self._term(token) for token in places]
        rows = set()
        names = list(dict.fromkeys(t.text[1:] for t in places if t.kind == "variable"))
        for triple in self._added.of(known[1]):
            terms = tuple(map(str, (triple.subject, triple.predicate, triple.object)))
            values: dict[str, str] = {}
            for token, term, wanted in zip(places, terms, known, strict=True):
                if wanted is not None and wanted != term:
                    break
                if token.kind == "variable" and values.setdefault(token.text[1:], term) != term:
                    break
            else:
                rows.add(tuple(values[name] for name in names))
        return Values(tuple(names), frozenset(rows))

    def _of_path(self, pattern: _Pattern, plain: frozenset[str]) -> Iterator[Values]:
        """What the first and the last step of a path can be, if no other is touched."""
        path = pattern.path
        if any(token.text == "!" for token in path):
            raise NotNarrowError
        steps = _steps(path)
        repeated = any(token.text in {"*", "?"} for token in path)
        if repeated and not self._is_anchored(pattern, plain, steps):
            raise NotNarrowError
        for at, step in enumerate(steps):
            names = [t for t in step if t.kind in {"iri", "name"} or t.text == "a"]
            if not any(self._added.of(self._term(name)) for name in names):
                continue
            inverse = step[0].text == "^"
            if len(step) != 1 + inverse or at not in {0, len(steps) - 1}:
                raise NotNarrowError
            end, is_object = (
                (pattern.subject, inverse) if at == 0 else (pattern.object, not inverse)
            )
            yield self._of_end(end, self._added.of(self._term(step[-1])), is_object=is_object)

    def _of_end(self, end: Token, triples: Iterable[ox.Triple], *, is_object: bool) -> Values:
        terms = {str(t.object if is_object else t.subject) for t in triples}
        if end.kind == "variable":
            return Values((end.text[1:],), frozenset((term,) for term in terms))
        wanted = self._term(end)
        return Values((), frozenset({()} if wanted is None or wanted in terms else ()))

    def _is_anchored(
        self, pattern: _Pattern, plain: frozenset[str], steps: Sequence[Sequence[Token]]
    ) -> bool:
        """Whether what a path leads to in no step is there for another reason.

        A constant is; so is what a plain pattern names, or a step before.
        """
        ends = (pattern.subject, pattern.object)
        return any(len(step) == 1 for step in steps) or any(
            end.text[1:] in plain if end.kind == "variable" else end.kind in {"iri", "name"}
            for end in ends
        )

    def _term(self, token: Token) -> str | None:
        """An IRI as in N-Triples; None for what may be any term."""
        if token.kind == "iri":
            return token.text
        if token.text == "a" and token.kind == "word":
            return f"<{RDF_TYPE}>"
        if token.kind == "name":
            prefix, _, local = token.text.partition(":")
            if prefix not in self._prefixes or "\\" in local:
                raise NotNarrowError
            return f"<{self._prefixes[prefix]}{local}>"
        return None


def _narrowable(element: Element) -> tuple[int, frozenset[str]]:
    """Where an element can be given values, and of which variables."""
    if element.kind == "not exists":
        return element.start, element.variables
    if element.kind == "minus":
        (inner,) = element.groups
        shared = inner.certain
    elif (select := _subquery(element)) and not select.counts:
        (inner,) = select.groups
        bound = {name for e in inner.elements if e.kind == "bind" for name in e.variables}
        shared = select.projected & inner.certain - bound
    else:
        return element.start, frozenset()
    return inner.start, frozenset() if _starts_with_select(inner) else shared


def _subquery(element: Element) -> Element | None:
    """The subquery that is all there is in an element."""
    if element.kind == "group" and len(element.groups) == 1:
        (group,) = element.groups
        if _starts_with_select(group):
            return group.elements[0]
    return None


def _starts_with_select(group: Group) -> bool:
    """Whether nothing can be put at the start of a group."""
    return bool(group.elements) and group.elements[0].kind == "select"


def _steps(path: Sequence[Token]) -> list[list[Token]]:
    """The steps of a path that is a sequence; of another, the whole as one."""
    steps: list[list[Token]] = [[]]
    depth = 0
    for token in path:
        depth += (token.text == "(") - (token.text == ")")
        if token.text == "|" and depth == 0:
            return [list(path)]
        if token.text == "/" and depth == 0:
            steps.append([])
        else:
            steps[-1].append(token)
    return steps


def _patterns(tokens: Sequence[Token]) -> Iterator[_Pattern]:
    """The patterns of a text. Raises NotNarrowError where there are lists or nodes in brackets."""
    reader = _Reader(tokens)
    while not reader.ended():
        subject = reader.term()
        while True:
            path = reader.path()
            while True:
                yield _Pattern(subject, path, reader.term())
                if not reader.skips(","):
                    break
            if not reader.skips(";"):
                break
            while reader.skips(";"):
                pass
            if reader.ended() or reader.next.text == ".":
                break
        if not reader.ended() and not reader.skips("."):
            raise NotNarrowError


class _Reader:
    def __init__(self, tokens: Sequence[Token]) -> None:
        self._tokens = tokens
        self._at = 0

    def ended(self) -> bool:
        return self._at >= len(self._tokens)

    @property
    def next(self) -> Token:
        if self.ended():
            raise NotNarrowError
        return self._tokens[self._at]

    def skips(self, sign: str) -> bool:
        found = not self.ended() and self.next.text == sign
        self._at += found
        return found

    def term(self) -> Token:
        token = self.next
        if token.kind not in {"iri", "name", "variable", "string", "number", "word"}:
            raise NotNarrowError
        self._at += 1
        if token.kind == "string" and not self.ended():
            if self.next.kind == "language":
                self._at += 1
            elif self.next.text == "^":
                self._at += 3
        return token

    def path(self) -> Sequence[Token]:
        first = self._at
        if self.next.kind == "variable":
            self._at += 1
            return self._tokens[first : self._at]
        while True:
            while self.next.text in {"^", "!"}:
                self._at += 1
            self._primary()
            while self.next.text in {"*", "+", "?"}:
                self._at += 1
            if not (self.skips("/") or self.skips("|")):
                return self._tokens[first : self._at]

    def _primary(self) -> None:
        if self.next.kind in {"iri", "name"} or self.next.text == "a":
            self._at += 1
            return
        if not self.skips("("):
            raise NotNarrowError
        depth = 1
        while depth:
            depth += (self.next.text == "(") - (self.next.text == ")")
            self._at += 1
