"""Run a query against a store, within bounds that hold whatever the query does.

The answer comes in forms of the W3C: TSV for solutions, N-Triples for graphs; both have one line a
result, so that results can be counted while they come.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import IO, TYPE_CHECKING, Any

import pyoxigraph as ox

from claude_kg.bounded import RefusedError, run_bounded
from claude_kg.errors import InputError, LimitError
from claude_kg.load import position
from claude_kg.wellformed import require_xml

if TYPE_CHECKING:
    from claude_kg.limits import Limits
    from claude_kg.query.guard import Kind
    from claude_kg.query.parameters import Bound

_FORMATS = {
    "json": ox.QueryResultsFormat.JSON,
    "csv": ox.QueryResultsFormat.CSV,
    "tsv": ox.QueryResultsFormat.TSV,
    "xml": ox.QueryResultsFormat.XML,
}
"""The W3C result formats, by the name that options use."""

_CHUNK = 1 << 16
_ADVICE = "Make it narrower, or raise the limit with {option}"

Row = Mapping[str, ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple]


@dataclass(frozen=True)
class Result:
    """The answer to a query: solutions, a truth value or a graph, whichever ``kind`` says."""

    kind: Kind
    wire: bytes = field(repr=False)
    prefixes: Mapping[str, str] = field(repr=False)

    @cached_property
    def variables(self) -> list[str]:
        """The names of the columns of a SELECT, in order."""
        return [variable.value for variable in self._solutions().variables]

    @cached_property
    def rows(self) -> list[Row]:
        """The solutions of a SELECT, each without the variables that it leaves unbound."""
        names = self.variables
        return [
            {name: term for name, term in zip(names, solution, strict=True) if term is not None}
            for solution in self._solutions()
        ]

    @property
    def boolean(self) -> bool:
        """The truth value of an ASK."""
        self._expect("ask")
        return self.wire == b"true"

    @cached_property
    def triples(self) -> list[ox.Triple]:
        """The statements of a CONSTRUCT or DESCRIBE, each once."""
        self._expect("construct", "describe")
        parsed = ox.parse(self.wire, ox.RdfFormat.N_TRIPLES)
        return list(dict.fromkeys(quad.triple for quad in parsed))

    def __len__(self) -> int:
        """How many rows or statements there are; 1 for a truth value."""
        if self.kind == "ask":
            return 1
        return len(self.rows) if self.kind == "select" else len(self.triples)

    def serialize(self, format_name: str) -> bytes:
        """Solutions or a truth value in a W3C format: json, csv, tsv or xml.

        See https://www.w3.org/TR/sparql11-results-json/ and its siblings. A truth value, for
        which the W3C defines no csv or tsv, is the word there.
        """
        if format_name not in _FORMATS:
            known = ", ".join(_FORMATS)
            raise InputError(f"{format_name!r} is no format for solutions", f"Known: {known}")
        if self.kind == "ask":
            if format_name in ("csv", "tsv"):
                return self.wire + b"\n"
            head = b'{"head":{},"boolean":' + self.wire + b"}"
            answer = ox.parse_query_results(head, ox.QueryResultsFormat.JSON)
        else:
            answer = self._solutions()
        data = answer.serialize(format=_FORMATS[format_name]) or b""
        if format_name == "xml":
            require_xml(data)
        return data if data.endswith(b"\n") else data + b"\n"

    def _solutions(self) -> ox.QuerySolutions:
        self._expect("select")
        solutions = ox.parse_query_results(self.wire, ox.QueryResultsFormat.TSV)
        assert isinstance(solutions, ox.QuerySolutions)
        return solutions

    def _expect(self, *kinds: str) -> None:
        if self.kind not in kinds:
            raise InputError(f"the answer of a {self.kind.upper()} query has no such part")


def run(
    store: ox.Store,
    query: Bound,
    prefixes: Mapping[str, str],
    limits: Limits | None = None,
    *,
    name: str | None = None,
) -> Result:
    """Run an inspected query; without ``limits`` in this process, for queries that are trusted.

    Raises InputError for what the engine does not accept, with line and column in the file
    ``name``, and LimitError where a limit is reached.
    """

    def evaluate(sink: IO[bytes]) -> None:
        lines = None if limits is None else limits.results
        _evaluate(store, query.text, prefixes, _Counting(sink, lines))

    try:
        wire = run_bounded(evaluate, limits, what="the query", advice=_ADVICE)
    except RefusedError as refused:
        raise _syntax_error(str(refused), query, name) from None
    return Result(query.source.kind, wire, prefixes)


class _Counting(io.RawIOBase):
    """A sink that stops the query as soon as it has written more results than are allowed."""

    def __init__(self, sink: IO[bytes], results: int | None) -> None:
        super().__init__()
        self._sink = sink
        self._results = results
        self._lines = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        chunk = bytes(data)
        self._lines += chunk.count(b"\n")
        # One line more than results: TSV starts with the names of the columns.
        if self._results is not None and self._lines > self._results + 1:
            raise LimitError(
                f"the query has more results than the limit of {self._results}",
                "Add a LIMIT to it, or raise the limit with --max-results",
            )
        self._sink.write(chunk)
        return len(chunk)


def _evaluate(store: ox.Store, text: str, prefixes: Mapping[str, str], sink: _Counting) -> None:
    buffer = io.BufferedWriter(sink, _CHUNK)
    try:
        answer = store.query(text, prefixes=dict(prefixes))
        if isinstance(answer, ox.QueryBoolean):
            buffer.write(b"true" if answer else b"false")
        elif isinstance(answer, ox.QuerySolutions):
            answer.serialize(buffer, format=ox.QueryResultsFormat.TSV)
        else:
            answer.serialize(buffer, format=ox.RdfFormat.N_TRIPLES)
        buffer.flush()
    except SyntaxError as error:
        raise RefusedError(error.msg) from None
    except RuntimeError as error:
        raise RefusedError(str(error)) from None


_PHRASE = re.compile(r"[A-Za-z]+(?: [A-Za-z?]+){2,}")
_PLACE = re.compile(r"error at (\d+):(\d+): (.*)", re.DOTALL)


def _syntax_error(message: str, query: Bound, name: str | None) -> InputError:
    """The engine's complaint at the token that it stumbled over, in the text that was given."""
    place = _PLACE.fullmatch(message)
    if not place:
        return InputError(f"the query is not accepted: {message}", file=name or "query")
    lines = query.text.split("\n")
    at = sum(len(line) + 1 for line in lines[: int(place[1]) - 1]) + int(place[2]) - 1
    at = query.origin(min(at, len(query.text)))
    source = query.source
    token = next((token for token in reversed(source.tokens) if token.start < at), None)
    line, column = position(source.text, token.start if token else at)
    phrases = [part for part in place[3].split(", ") if _PHRASE.fullmatch(part)]
    shown = f"near '{token.text[:40]}'" if token else "at its start"
    return InputError(
        f"the query does not parse {shown}" + "".join(f": {phrase}" for phrase in phrases),
        "See https://www.w3.org/TR/sparql11-query/ for the grammar",
        file=name or "query",
        line=line,
        column=column,
    )
