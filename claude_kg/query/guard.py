"""Refuse, before any engine sees it, a query that would reach out, write, or break the parser.

Oxigraph follows ``SERVICE`` without being asked, and its parser ends the process on deep nesting;
so this reads the text as Oxigraph does, and where two readings differ it takes neither.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple, cast

from claude_kg.errors import InputError, LimitError
from claude_kg.limits import MAX_NESTING, MAX_QUERY_CHARACTERS
from claude_kg.load import position
from claude_kg.query.tokens import Token, tokenize
from claude_kg.terms import PREFIXES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Kind = Literal["select", "ask", "construct", "describe"]

_KINDS = {"SELECT", "ASK", "CONSTRUCT", "DESCRIBE"}
_UPDATES = {
    *("INSERT", "DELETE", "LOAD", "CLEAR", "CREATE"),
    *("DROP", "COPY", "MOVE", "ADD", "WITH"),
}
_CLOSING = {"(": ")", "[": "]", "{": "}"}
_PREFIX_OPERATORS = "!^+-"
_OPERANDS = {"iri", "string", "variable", "language", "blank", "name", "number"}


@dataclass(frozen=True)
class Inspected:
    """A query that may be run: its text, its form, and its tokens."""

    text: str
    kind: Kind
    tokens: Sequence[Token]


def inspect(
    text: str, name: str | None = None, prefixes: Mapping[str, str] = PREFIXES
) -> Inspected:
    """Look a query over; ``name`` is the file that it stands in, ``prefixes`` are known to it.

    Raises InputError, with line and column, for an update, ``SERVICE``, ``FROM``, an unknown
    prefix, brackets and quotes that are not closed, and regular expressions that the engine does
    not support; LimitError where the text is too long or nested too deeply.
    """
    if len(text) > MAX_QUERY_CHARACTERS:
        raise LimitError(
            f"the query is longer than {MAX_QUERY_CHARACTERS} characters",
            "Put the data into a file and lay it over the graph (--with)",
        )
    tokens = tokenize(text)
    check = _Check(text, name, tokens)
    check.form()
    check.reach()
    check.nesting()
    check.prefixes(prefixes)
    check.patterns()
    return Inspected(text, cast("Kind", check.leading().text.lower()), tokens)


def refuse_reach(text: str) -> None:
    """Raise InputError, with line and column, for a query that reads beyond the graph."""
    _Check(text, None, tokenize(text)).reach()


class _Check:
    """The single checks on one text."""

    def __init__(self, text: str, name: str | None, tokens: Sequence[Token]) -> None:
        self._text = text
        self._name = name
        self._tokens = tokens

    def leading(self) -> Token:
        """The first keyword that is not part of the prologue."""
        for token in self._tokens:
            if token.kind == "word" and not token.is_word("PREFIX", "BASE", "VERSION"):
                return token
            if token.kind == "sign":
                break
        raise self._error(
            self._tokens[0].start if self._tokens else 0,
            "this is no SPARQL query" if self._tokens else "the query is empty",
            "It starts with SELECT, ASK, CONSTRUCT or DESCRIBE",
        )

    def form(self) -> None:
        first = self.leading()
        word = first.text.upper()
        if word in _UPDATES:
            raise self._error(
                first.start,
                f"{word} is an update, and a query only reads",
                "To add statements, lay a file over the graph (--with)",
            )
        if word not in _KINDS:
            raise self._error(
                first.start,
                f"a query cannot start with {first.text!r}",
                "It starts with SELECT, ASK, CONSTRUCT or DESCRIBE",
            )

    def reach(self) -> None:
        for token in self._tokens:
            if _hides_service(token):
                raise self._error(
                    token.start,
                    "SERVICE is refused: a query opens no connection",
                    "Fetch the data into a file and lay it over the graph (--with)",
                )
            if token.is_word("FROM"):
                raise self._error(
                    token.start,
                    "FROM is refused: a query reads the loaded graph and no other",
                    "Lay data over the graph (--with), or choose a named graph with GRAPH",
                )
        if "\\u" in self._text.lower():
            decoded = tokenize(_decode_escapes(self._text))
            if any(_hides_service(token) or token.is_word("FROM") for token in decoded):
                raise self._error(
                    self._text.lower().find("\\u"),
                    "an escaped character hides SERVICE or FROM, which are refused",
                    "Write the text without \\u escapes",
                )

    def nesting(self) -> None:
        brackets: list[_Bracket] = []
        operators = 0
        in_values = False
        previous = _NOTHING
        for token in self._tokens:
            operators = operators + 1 if token.text in _PREFIX_OPERATORS else 0
            if operators > MAX_NESTING or len(brackets) > MAX_NESTING:
                line, column = position(self._text, token.start)
                raise LimitError(
                    f"line {line}, column {column}: nested more than {MAX_NESTING} levels deep",
                    "Write the query flatter",
                )
            if token.kind == "iri" and brackets and _is_ambiguous(token, previous, brackets[-1]):
                raise self._error(
                    token.start,
                    "this '<' can be read as 'less than' and as the start of an IRI",
                    "Put a space after it, or use a prefixed name for the IRI",
                )
            if token.is_word("VALUES"):
                in_values = True
            elif token.text in ("'", '"'):
                raise self._error(token.start, "a string that is not closed", "Close it")
            elif token.text in _CLOSING:
                outer = brackets[-1] if brackets else None
                only_terms = _holds_only_terms(token, previous, outer, in_values=in_values)
                brackets.append(_Bracket(token, only_terms))
                in_values = in_values and token.text != "{"
            elif token.text in _CLOSING.values():
                if not brackets or _CLOSING[brackets[-1].token.text] != token.text:
                    raise self._error(token.start, f"'{token.text}' closes nothing", "Remove it")
                brackets.pop()
            previous = token
        if brackets:
            token = brackets[-1].token
            raise self._error(token.start, f"'{token.text}' is not closed", "Close it")

    def prefixes(self, known: Mapping[str, str]) -> None:
        declared = set(known)
        previous = _NOTHING
        for token in self._tokens:
            if token.kind == "name":
                prefix = token.text.partition(":")[0]
                if previous.is_word("PREFIX"):
                    declared.add(prefix)
                elif prefix not in declared:
                    raise self._error(
                        token.start,
                        f"the prefix '{prefix}:' is not known",
                        f"Declare it with PREFIX; known are {', '.join(known)}",
                    )
            previous = token

    def patterns(self) -> None:
        """Oxigraph answers "does not match", without a word, to patterns that it cannot run."""
        for index, token in enumerate(self._tokens):
            if token.is_word("REGEX", "REPLACE"):
                pattern = _second_argument(self._tokens[index + 1 :])
                if pattern and _UNSUPPORTED.search(pattern.text):
                    raise self._error(
                        pattern.start,
                        "back-references and look-around in a regular expression are not supported",
                        "Use several simpler patterns",
                    )

    def _error(self, offset: int, message: str, hint: str) -> InputError:
        line, column = position(self._text, offset)
        return InputError(message, hint, file=self._name or "query", line=line, column=column)


_NOTHING = Token("sign", "", 0)
_HIDING = re.compile(r"['#]|service", re.IGNORECASE)
_SERVICE_IN_NAME = re.compile(r"^service:|[^\w:]service", re.IGNORECASE)


def _hides_service(token: Token) -> bool:
    """Whether the engine may find the keyword in a token.

    It ends a number, a word or a name sooner than the grammar says, as in ``1SERVICE``.
    """
    if token.kind == "word":
        return "SERVICE" in token.text.upper()
    return token.kind == "name" and bool(_SERVICE_IN_NAME.search(token.text))


class _Bracket(NamedTuple):
    """An open bracket, and whether nothing but terms can stand in it."""

    token: Token
    only_terms: bool


def _holds_only_terms(
    token: Token, previous: Token, outer: _Bracket | None, *, in_values: bool
) -> bool:
    """Whether an opening bracket is that of a collection or of VALUES, not of an expression."""
    if token.text == "{":
        return in_values
    if token.text != "(" or outer is None:
        return False
    in_pattern = outer.token.text != "(" and previous.text in ("{", ".", ";", ",", "[")
    return outer.only_terms or in_pattern


def _is_ambiguous(token: Token, previous: Token, bracket: _Bracket) -> bool:
    """Whether ``<…>`` may be two comparisons with something hidden between them.

    Only within the brackets of an expression, and after an operand, can ``<`` be an operator.
    """
    if bracket.token.text != "(" or bracket.only_terms:
        return False
    after_operand = (
        previous.kind in _OPERANDS or previous.text == ")" or previous.is_word("TRUE", "FALSE")
    )
    return after_operand and bool(_HIDING.search(token.text))


_UNSUPPORTED = re.compile(r"\\\\[1-9]|\(\?(?:[=!>]|<[=!]|P=)")


def _second_argument(tokens: Iterable[Token]) -> Token | None:
    """The second argument of the call whose bracket comes first, if it is a string."""
    depth = commas = 0
    for token in tokens:
        if token.text in ("(", "["):
            depth += 1
        elif token.text in (")", "]"):
            depth -= 1
        elif token.text == "," and depth == 1:
            commas += 1
        elif commas == 1 and depth == 1:
            return token if token.kind == "string" else None
        if depth < 1:
            return None
    return None


_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")


def _decode_escapes(text: str) -> str:
    """The text with its codepoint escapes decoded, as other readers of SPARQL see it."""

    def decode(found: re.Match[str]) -> str:
        code = int(found[1] or found[2], 16)
        return chr(code) if code <= sys.maxunicode else found[0]

    return _ESCAPE.sub(decode, text)
