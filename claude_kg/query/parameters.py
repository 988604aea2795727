"""Find the parameters of a query, turn values into typed terms, and bind them.

A parameter is a variable named by the convention of grlc: ``?_name`` is mandatory, ``?__name``
optional, and a suffix gives the type: ``_iri``, ``_integer`` and other datatypes of XML Schema,
``_xsd_TYPE``, or a language as in ``?_name_en``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

import pyoxigraph as ox

from claude_kg.errors import InputError
from claude_kg.load import position
from claude_kg.terms import XSD

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from claude_kg.query.guard import Inspected
    from claude_kg.query.names import Names
    from claude_kg.query.tokens import Token

Term = ox.NamedNode | ox.Literal

_VALUES: Mapping[str, str] = {
    "integer": r"[+-]?\d+",
    "int": r"[+-]?\d+",
    "long": r"[+-]?\d+",
    "nonNegativeInteger": r"\+?\d+",
    "positiveInteger": r"\+?0*[1-9]\d*",
    "decimal": r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)",
    "double": r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?|[+-]?INF|NaN",
    "float": r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?|[+-]?INF|NaN",
    "boolean": r"true|false|1|0",
    "date": r"-?\d{4,}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?:Z|[+-]\d\d:\d\d)?",
    "dateTime": r"-?\d{4,}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])"
    r"T(?:[01]\d|2[0-4]):[0-5]\d:[0-5]\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?",
    "gYear": r"-?\d{4,}(?:Z|[+-]\d\d:\d\d)?",
    "anyURI": r"\S+",
    "string": r".*",
}
_EXAMPLES = {
    "boolean": "true or false",
    "date": "a date such as 2025-01-31",
    "dateTime": "a time such as 2025-01-31T12:00:00Z",
    "integer": "a whole number",
    "nonNegativeInteger": "a whole number, not below zero",
    "decimal": "a number such as 1.5",
}
_DIRECT_TYPES = ("integer", "decimal", "double", "float", "boolean", "date", "dateTime", "string")
_LANGUAGE = re.compile(r"[a-z]{2}")


@dataclass(frozen=True)
class Parameter:
    """One parameter: its name, its variable, and the kind of value that it takes.

    ``kind`` is ``iri``, a local name in XML Schema, or ``@`` and a language.
    """

    name: str
    variable: str
    kind: str
    optional: bool


def parameters_of(query: Inspected) -> list[Parameter]:
    """The parameters of a query, in the order in which they first appear."""
    found: dict[str, Parameter] = {}
    for token in query.tokens:
        if token.kind == "variable" and token.text[1] == "_" and token.text.strip("?$_"):
            found.setdefault(token.text[1:], parse_variable(token.text[1:]))
    return list(found.values())


def to_terms(
    query: Inspected,
    given: Mapping[str, str],
    defaults: Mapping[str, str],
    names: Names,
    *,
    label: str,
) -> dict[str, Term]:
    """The term for every variable that has a value, given or by default.

    ``label`` names the query in messages. Raises InputError for an unknown, a missing or an
    ill-typed parameter, and for a name that nothing or more than one thing bears.
    """
    known = {parameter.name: parameter for parameter in parameters_of(query)}
    for name in given:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            hint = f"Did you mean {near[0]!r}?" if near else f"It has {_listed(known)}"
            raise InputError(f"{label} has no parameter {name!r}", hint)
    terms: dict[str, Term] = {}
    missing: list[str] = []
    for name, parameter in known.items():
        value = given.get(name, defaults.get(name))
        if value is not None:
            terms[parameter.variable] = to_term(parameter, value, names)
        elif not parameter.optional:
            missing.append(name)
    if missing:
        raise InputError(
            f"{label} needs a value for {_listed(missing)}",
            f"Give it with {' '.join(f'-p {name}=VALUE' for name in missing)}",
        )
    return terms


def to_term(parameter: Parameter, value: str, names: Names) -> Term:
    """The term that a value stands for. Raises InputError where it is none of the right kind."""
    if parameter.kind == "iri":
        return ox.NamedNode(names.resolve(value, parameter.name))
    if parameter.kind.startswith("@"):
        return ox.Literal(value, language=parameter.kind[1:])
    form = _VALUES.get(parameter.kind, r".*")
    if not re.fullmatch(form, value, re.DOTALL):
        wanted = _EXAMPLES.get(parameter.kind, f"of type xsd:{parameter.kind}")
        raise InputError(f"the parameter {parameter.name!r} is {wanted}, not {value!r}")
    return ox.Literal(value, datatype=ox.NamedNode(XSD + parameter.kind))


@dataclass(frozen=True)
class Bound:
    """A query text with terms in the place of parameters, and the way back to its source."""

    text: str
    source: Inspected
    pieces: Sequence[tuple[int, int]]

    def origin(self, offset: int) -> int:
        """The offset in the source of an offset in ``text``."""
        start, begun = max(piece for piece in self.pieces if piece[0] <= offset)
        return min(begun + offset - start, len(self.source.text))


def bind(query: Inspected, terms: Mapping[str, Term]) -> Bound:
    """Put a term in the place of each variable that has one.

    A whole token is replaced by a whole term as the engine itself writes it, so that a value can
    never become anything but a value. (The engine's own substitutions reach only variables that
    the query returns, and no sub-query.)
    """
    text: list[str] = []
    pieces: list[tuple[int, int]] = [(0, 0)]
    written = at = 0
    for start, end, replacement in _replacements(query, terms):
        text += (query.text[at:start], f" {replacement} ")
        written += start - at
        pieces.append((written, start))
        written += len(replacement) + 2
        pieces.append((written, end))
        at = end
    text.append(query.text[at:])
    return Bound("".join(text), query, pieces)


def _replacements(query: Inspected, terms: Mapping[str, Term]) -> Iterable[tuple[int, int, str]]:
    tokens = query.tokens
    clause = ""
    depth = base = 0
    for index, token in enumerate(tokens):
        depth += (token.text in ("(", "{", "[")) - (token.text in (")", "}", "]"))
        if token.kind == "word" and token.text.upper() in _CLAUSES:
            clause = token.text.upper()
            base = depth
        elif token.text == "{":
            clause = ""
        if token.kind != "variable" or token.text[1:] not in terms:
            continue
        term = str(terms[token.text[1:]])
        before = [t.text.upper() for t in tokens[max(index - 2, 0) : index]]
        if before[-1:] in (["AS"], ["VALUES"]):
            _refuse_assignment(query, token)
        if before == ["BOUND", "("]:
            yield tokens[index - 2].start, tokens[index + 1].end, "true"
        elif clause == "SELECT" and depth == base:
            yield token.start, token.end, f"({term} AS {token.text})"
        elif clause in ("BY", "HAVING") and depth == base:
            yield token.start, token.end, f"({term})"
        else:
            yield token.start, token.end, term


_CLAUSES = {"SELECT", "BY", "HAVING", "WHERE", "LIMIT", "OFFSET", "DESCRIBE", "CONSTRUCT"}


def _refuse_assignment(query: Inspected, token: Token) -> None:
    line, column = position(query.text, token.start)
    raise InputError(
        f"the query gives the parameter {token.text} a value itself",
        "Use another variable there",
        file="query",
        line=line,
        column=column,
    )


def parse_variable(variable: str) -> Parameter:
    """The parameter that a variable, given without its question mark, stands for.

    >>> parse_variable("_first_product_iri").name
    'first_product'
    """
    optional = variable.startswith("__")
    name = variable.lstrip("_")
    parts = name.split("_")
    if parts[-2:-1] == ["xsd"] and parts[:-2]:
        return Parameter("_".join(parts[:-2]), variable, parts[-1], optional)
    if len(parts) > 1:
        rest, last = "_".join(parts[:-1]), parts[-1]
        if last == "iri" or last in _DIRECT_TYPES:
            return Parameter(rest, variable, last, optional)
        if _LANGUAGE.fullmatch(last):
            return Parameter(rest, variable, f"@{last}", optional)
    return Parameter(name, variable, "string", optional)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(repr(name) for name in names) or "none"
