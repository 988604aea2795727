"""Where in a Turtle file (or one of its kin) each statement stands.

No RDF parser at hand tells the place of a statement that it accepted. This reads the text once
more, and may therefore rely on its being valid: it only has to recognise, never to refuse.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import urljoin

import pyoxigraph as ox

from claude_kg.terms import RDF, RDF_TYPE, XSD

FORMATS = frozenset({"turtle", "trig", "nt", "nq"})
"""The data formats in which a place can be found."""


class Place(NamedTuple):
    """A line and a column, both counted from 1."""

    line: int
    column: int


Shape = tuple[ox.NamedNode | None, ox.NamedNode, ox.NamedNode | ox.Literal | None]
"""A statement without its blank nodes."""


@dataclass(frozen=True)
class Positions:
    """The places of a file's named subjects, and of its statements by their object.

    ``unnamed`` are the places of the statements with blank nodes: those of one shape in the order
    in which a parser yields them. The ends of lists are left out.
    """

    subjects: dict[ox.NamedNode, Place] = field(default_factory=dict)
    statements: dict[ox.Triple, Place] = field(default_factory=dict)
    unnamed: dict[Shape, list[Place]] = field(default_factory=dict)


_TOKEN = re.compile(
    r"""
      (?P<skip>      [\s\ufeff]+ | \#[^\n\r]* )
    | (?P<string>    \"{3}(?:[^\\]|\\.)*?\"{3} | '{3}(?:[^\\]|\\.)*?'{3}
                   | "(?:[^"\\\n\r]|\\.)*" | '(?:[^'\\\n\r]|\\.)*' )
    | (?P<iri>       <[^<>"{}|^`\x00-\x20]*> )
    | (?P<blank>     _:[\w](?:[\w.-]*[\w-])? )
    | (?P<directive> @(?:prefix|base|version)\b | (?i:prefix|base|graph|version)(?=[\s<"'#]) )
    | (?P<tag>       @[A-Za-z]+(?:-[A-Za-z0-9]+)* )
    | (?P<number>    [+-]?(?:\d+(?:\.\d*)?[eE][+-]?\d+ | \.\d+(?:[eE][+-]?\d+)? | \d+\.\d+ | \d+) )
    | (?P<name>      (?:[^\W\d_](?:[\w.-]*[\w-])?)?:(?:(?:[\w:%.-]|\\.)*(?:[\w:%-]|\\.))? )
    | (?P<word>      (?:a|true|false)(?![\w:-]) )
    | (?P<mark>      \^\^ | [.;,()\[\]{}] )
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", re.DOTALL)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_FIRST = ox.NamedNode(RDF + "first")
_NIL = ox.NamedNode(RDF + "nil")
_CONTROL = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f"}


def locate(text: str) -> Positions:
    r"""The places in a valid Turtle, TriG, N-Triples or N-Quads text.

    >>> found = locate("<http://e/s> <http://e/p>\n  1 .")
    >>> list(found.statements.values())
    [Place(line=2, column=3)]
    """
    reader = _Reader(text)
    reader.read()
    return reader.found


@dataclass
class _Frame:
    """What has been read of a subject's statements; a list has no subject and no predicate."""

    subject: ox.NamedNode | None = None
    predicate: ox.NamedNode | None = None
    awaits: str = "subject"
    # The statement whose object is in brackets, which a parser yields after what is inside.
    holds: tuple[Shape, Place] | None = None


class _Token(NamedTuple):
    kind: str
    text: str
    start: int


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._lines = [0] + [match.end() for match in re.finditer("\n", text)]
        self._base = ""
        self._prefixes: dict[str, str] = {}
        self._frames = [_Frame()]
        self.found = Positions()

    def read(self) -> None:
        tokens = self._tokens()
        token = next(tokens, None)
        while token is not None:
            following = next(tokens, None)
            if token.kind == "directive":
                following = self._declare(token, following, tokens)
            elif token.kind == "mark":
                self._mark(token.text, token.start)
            elif token.kind == "string":
                datatype = language = None
                if following and following.kind == "tag":
                    language, following = following.text[1:], next(tokens, None)
                elif following and following.text == "^^":
                    name = next(tokens, None)
                    datatype = self._iri(name) if name else None
                    following = next(tokens, None)
                literal = _literal(token.text, datatype, language)
                self._keep(self._object(literal, token.start))
            elif token.kind in {"number", "word"} and token.text != "a":
                self._keep(self._object(_short_literal(token), token.start))
            else:
                node = None if token.kind == "blank" else self._iri(token)
                self._keep(self._node(node, token.start))
            token = following

    def _tokens(self) -> Iterator[_Token]:
        offset = 0
        while match := _TOKEN.match(self._text, offset):
            offset = match.end()
            kind = match.lastgroup or ""
            if kind != "skip":
                yield _Token(kind, match[0], match.start())

    def _declare(
        self, directive: _Token, first: _Token | None, tokens: Iterator[_Token]
    ) -> _Token | None:
        """Take in a declaration and return the token after it."""
        word = directive.text.lstrip("@").lower()
        if first is not None and word == "base":
            self._base = self._resolve(first)
        elif first is not None and word == "prefix":
            iri = next(tokens, None)
            if iri is not None:
                self._prefixes[first.text[:-1]] = self._resolve(iri)
        elif word == "graph":
            return first
        following = next(tokens, None)
        if directive.text.startswith("@") and following and following.text == ".":
            following = next(tokens, None)
        return following

    def _mark(self, mark: str, start: int) -> None:
        frame = self._frames[-1]
        if mark in "[(":
            awaits = "predicate" if mark == "[" else "object"
            self._frames.append(_Frame(None, None, awaits, self._node(None, start)))
        elif mark in "])":
            if len(self._frames) > 1:
                self._close(mark)
        elif mark == ";":
            frame.awaits = "predicate"
        elif mark == ",":
            frame.awaits = "object"
        elif mark in ".{}":
            self._frames = [_Frame()]

    def _close(self, mark: str) -> None:
        held = self._frames.pop().holds
        if held and mark == ")":
            # A list with a member has been found with that; the one without is no blank node.
            (subject, predicate, _), place = held
            held = (subject, predicate, _NIL), place
        self._keep(held)

    def _node(self, node: ox.NamedNode | None, start: int) -> tuple[Shape, Place] | None:
        """Take in a node; returns the statement of which it is the object."""
        frame = self._frames[-1]
        if frame.awaits == "subject":
            frame.subject, frame.awaits = node, "predicate"
            if node is not None:
                self.found.subjects.setdefault(node, self._place(start))
        elif frame.awaits == "predicate":
            frame.predicate, frame.awaits = node, "object"
        else:
            return self._object(node, start)
        return None

    def _object(
        self, term: ox.NamedNode | ox.Literal | None, start: int
    ) -> tuple[Shape, Place] | None:
        """Take in an object; returns its statement."""
        frame = self._frames[-1]
        if frame.awaits != "object":
            return None
        if frame.predicate is None:
            # A list goes on awaiting objects; a statement has had its own.
            return (None, _FIRST, term), self._place(start)
        frame.awaits = "mark"
        return (frame.subject, frame.predicate, term), self._place(start)

    def _keep(self, statement: tuple[Shape, Place] | None) -> None:
        outer = len(self._frames) - 1
        while statement:
            (subject, predicate, object_), place = statement
            if subject is not None and object_ is not None:
                triple = ox.Triple(subject, predicate, object_)
                self.found.statements.setdefault(triple, place)
            else:
                self.found.unnamed.setdefault(statement[0], []).append(place)
            # A parser yields the statement about a list as soon as it has the first member.
            frame = self._frames[outer]
            in_list = frame.awaits == "object" and frame.predicate is None
            statement, frame.holds = (frame.holds, None) if in_list else (None, frame.holds)
            outer -= 1

    def _iri(self, token: _Token) -> ox.NamedNode:
        if token.kind == "word":
            return ox.NamedNode(RDF_TYPE)
        if token.kind == "iri":
            return ox.NamedNode(self._resolve(token))
        prefix, _, local = token.text.partition(":")
        return ox.NamedNode(self._prefixes.get(prefix, "") + re.sub(r"\\(.)", r"\1", local))

    def _resolve(self, token: _Token) -> str:
        iri = _unescape(token.text[1:-1])
        if _SCHEME.match(iri) or not self._base:
            return iri
        # urljoin loses the mark of an empty fragment, with which many namespaces end.
        return urljoin(self._base, iri) + ("#" if iri.endswith("#") else "")

    def _place(self, offset: int) -> Place:
        line = bisect_right(self._lines, offset)
        return Place(line, offset - self._lines[line - 1] + 1)


def _literal(quoted: str, datatype: ox.NamedNode | None, language: str | None) -> ox.Literal:
    width = 3 if quoted[:3] in {'"""', "'''"} else 1
    value = _unescape(quoted[width:-width])
    if language is not None:
        return ox.Literal(value, language=language.lower())
    return ox.Literal(value, datatype=datatype)


def _short_literal(token: _Token) -> ox.Literal:
    if token.kind == "word":
        datatype = "boolean"
    elif "e" in token.text.lower():
        datatype = "double"
    else:
        datatype = "decimal" if "." in token.text else "integer"
    return ox.Literal(token.text, datatype=ox.NamedNode(XSD + datatype))


def _unescape(text: str) -> str:
    def replace(match: re.Match[str]) -> str:
        short, long, control = match.groups()
        return _CONTROL.get(control, control) if control else chr(int(short or long, 16))

    return _ESCAPE.sub(replace, text) if "\\" in text else text
