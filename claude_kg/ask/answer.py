"""Turn the rows of a query into a verdict, a sentence, evidence and sources."""

from __future__ import annotations

import operator
import re
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from claude_kg.terms import XSD, expand

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from claude_kg.ask.confidence import Signs
    from claude_kg.ask.spot import Lexicon
    from claude_kg.ask.words import Language
    from claude_kg.query.run import Row

_SHOWN = 8
_COMPARED = {">=": operator.ge, "==": operator.eq, "!=": operator.ne}
_TWO_STOPS = re.compile(r"(?<!\.)\.\.(?!\.)")
_REPEATED = re.compile(r"\[([^\]]*)\]")
_OPTIONAL = re.compile(r"<([^>]*)>")
_VARIABLE = re.compile(r"\{(\w+)\}")
_COUNTED = re.compile(r"\b([\d.,]+) (\w+)\((\w+)\)")


@dataclass(frozen=True)
class Evidence:
    """The rows on which an answer rests, as text."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Source:
    """A section that states what the evidence says."""

    iri: str
    label: str


@dataclass(frozen=True)
class Disputed:
    """A disagreement of the sections about something in the evidence."""

    iri: str
    question: str
    resolution: str


@dataclass(frozen=True)
class Alternative:
    """A question that can be answered, with the query that does.

    ``answer`` is there where the question may well be what is meant.
    """

    question: str
    query: str
    answer: str = ""


@dataclass(frozen=True)
class Answer:
    """What the graph says to a question; ``verdict`` is yes, no, or None where none is asked.

    ``read_as`` is the question as the catalogue puts it, where that says how it was understood.
    """

    question: str
    covered: bool
    answer: str
    verdict: str | None = None
    evidence: Evidence = field(default_factory=lambda: Evidence((), ()))
    further: tuple[Evidence, ...] = ()
    sources: tuple[Source, ...] = ()
    disputed: tuple[Disputed, ...] = ()
    notes: tuple[str, ...] = ()
    read_as: str | None = None
    query: str | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    confidence: float = 0.0
    alternatives: tuple[Alternative, ...] = ()
    plain: str = field(default="", repr=False, compare=False)
    """The answer without yes or no before it."""
    signs: Signs | None = field(default=None, repr=False, compare=False)


class Writer:
    """Writes terms and sentences about rows."""

    def __init__(self, lexicon: Lexicon, language: Language, prefixes: Mapping[str, str]) -> None:
        self._lexicon = lexicon
        self._language = language
        self._prefixes = prefixes

    def text(self, term: object) -> str:
        """A term as a person reads it: a name, a number with its size in short, yes or no."""
        if isinstance(term, ox.NamedNode):
            return self._lexicon.label(term.value)
        if not isinstance(term, ox.Literal):
            return str(term)
        datatype = term.datatype.value
        if datatype == XSD + "boolean":
            return self._language.texts["true" if term.value in ("true", "1") else "false"]
        if datatype in (XSD + "integer", XSD + "decimal"):
            return self._number(term.value)
        return self._language.symbols.get(term.value, term.value)

    def _number(self, text: str) -> str:
        try:
            number = Decimal(text)
        except InvalidOperation:
            return text
        if number != number.to_integral():
            return f"{number.normalize():f}"
        whole = int(number)
        for size, name in ((10**6, "M"), (10**3, "K")):
            if whole >= 10 * 10**3 and whole % size == 0:
                return f"{whole // size}{name} ({whole:,})"
        return str(whole)

    def sentence(self, template: str, rows: Sequence[Row], given: Mapping[str, str]) -> str:
        """A template filled in.

        ``{variable}`` is every distinct value, what is in ``[]`` is repeated for each row, and
        what is in ``<>`` is left out where a variable in it has no value. An ending in brackets,
        as in "5 hour(s)", stands for that of the plural, and is left out after a 1.
        """

        def repeated(match: re.Match[str]) -> str:
            parts = [self._fill(match[1], [row], given) for row in rows]
            distinct = list(dict.fromkeys(part for part in parts if part))
            more = self._more(len(distinct) - _SHOWN)
            joined = self._language.texts["between"].join(distinct[:_SHOWN])
            return joined.replace(f".{self._language.texts['between']}", ". ") + more

        text = _REPEATED.sub(repeated, template)
        text = " ".join(self._fill(text, rows, given, keep=True).split())
        text = _COUNTED.sub(_counted, text)
        # What is repeated may end as sentences do, and so may the template after it.
        return _TWO_STOPS.sub(".", text)

    def _more(self, count: int) -> str:
        return self._language.texts["more"].format(count=count) if count > 0 else ""

    def _fill(
        self, text: str, rows: Sequence[Row], given: Mapping[str, str], *, keep: bool = False
    ) -> str:
        missing = False

        def value(match: re.Match[str]) -> str:
            nonlocal missing
            found = dict.fromkeys(self.text(row[match[1]]) for row in rows if match[1] in row)
            if not found and match[1] in given:
                return given[match[1]]
            if not found:
                missing = True
                return ""
            return self.listed(list(found))

        def optional(match: re.Match[str]) -> str:
            nonlocal missing
            before, missing = missing, False
            filled = _VARIABLE.sub(value, match[1])
            left_out, missing = missing, before
            return "" if left_out else filled

        text = _OPTIONAL.sub(optional, text)
        text = _VARIABLE.sub(value, text)
        return "" if missing and not keep else text

    def listed(self, names: Sequence[str]) -> str:
        """Names in a row, as the language lists them."""
        shown = list(names[:_SHOWN])
        more = self._more(len(names) - _SHOWN)
        if len(shown) < 2 or more:
            return ", ".join(shown) + more
        return ", ".join(shown[:-1]) + self._language.texts["and"] + shown[-1]

    def evidence(self, rows: Sequence[Row], variables: Sequence[str], chosen: Any) -> Evidence:
        """The columns that tell something, each distinct row once."""
        columns = [str(name) for name in chosen or ()] or _telling(rows, variables)
        columns = [name for name in columns if any(name in row for row in rows)] or columns
        texts = dict.fromkeys(
            tuple(self.text(row[name]) if name in row else "" for name in columns) for row in rows
        )
        return Evidence(tuple(columns), tuple(texts))

    def holds(
        self,
        rule: Mapping[str, Any],
        row: Row,
        bound: Mapping[str, frozenset[str]] = MappingProxyType({}),
    ) -> bool:
        """Whether a row is as a rule says: for each variable, one of its values.

        ``given`` stands for any value, ``asked`` for one that the question names, and
        ``>=name``, ``==name`` and ``!=name`` for a number that is no less than the one that the
        question names, that very number, or another one.
        """
        return all(self._is(row.get(name), values, name, bound) for name, values in rule.items())

    def _is(
        self, term: object, values: Any, name: str, bound: Mapping[str, frozenset[str]]
    ) -> bool:
        if values == "given":
            return term is not None
        if values == "asked":
            return isinstance(term, ox.NamedNode) and term.value in bound.get(name, ())
        if isinstance(values, str) and (holds := _COMPARED.get(values[:2])):
            numbers = bound.get(values[2:], frozenset())
            return isinstance(term, ox.Literal) and all(
                holds(Decimal(term.value), Decimal(number)) for number in numbers
            )
        for value in values if isinstance(values, list) else [values]:
            if isinstance(value, bool):
                if isinstance(term, ox.Literal) and (term.value in ("true", "1")) == value:
                    return True
            elif isinstance(term, ox.NamedNode):
                if term.value == (expand(str(value), self._prefixes) or str(value)):
                    return True
            elif isinstance(term, ox.Literal) and term.value == str(value):
                return True
        return False


def _counted(match: re.Match[str]) -> str:
    number, word, ending = match.groups()
    return f"{number} {word}" if number == "1" else f"{number} {word}{ending}"


def _telling(rows: Sequence[Row], variables: Sequence[str]) -> list[str]:
    used = [name for name in variables if any(name in row for row in rows)]
    return [
        name
        for name in used
        if name != "section"
        and not (name + "Name" in used and any(isinstance(r.get(name), ox.NamedNode) for r in rows))
    ]


def sections(rows: Iterable[Row]) -> list[str]:
    """The sections that the rows name."""
    return list(
        dict.fromkeys(
            row["section"].value
            for row in rows
            if "section" in row and isinstance(row["section"], ox.NamedNode)
        )
    )
