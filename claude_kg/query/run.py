"""Run a query against a store, within bounds that hold whatever the query does.

Oxigraph cannot stop a query, and some queries end the process. So where the system can fork, a
query runs in a child process that has its memory, its processor time and its open files limited,
answers through a pipe, and is killed at the deadline. Its wire forms are those of the W3C: TSV for
solutions, N-Triples for graphs; both have one line a result, so that results can be counted.
"""

from __future__ import annotations

import io
import os
import re
import select
import signal
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NoReturn

import pyoxigraph as ox

from claude_kg.errors import InputError, InternalError, LimitError
from claude_kg.load import position

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
_MIB = 1 << 20

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
        _evaluate(store, query.text, prefixes, sink)

    try:
        if limits is None:
            buffer = io.BytesIO()
            evaluate(buffer)
            wire = buffer.getvalue()
        elif hasattr(os, "fork"):
            wire = _in_child(evaluate, limits)
        else:
            wire = _in_thread(evaluate, limits)
    except _RefusedError as refused:
        raise _syntax_error(refused.args[0], query, name) from None
    return Result(query.source.kind, wire, prefixes)


class _RefusedError(Exception):
    """The engine did not accept the query."""


class _TooManyError(Exception):
    """There are more results than the limit allows."""


def _evaluate(store: ox.Store, text: str, prefixes: Mapping[str, str], sink: IO[bytes]) -> None:
    try:
        answer = store.query(text, prefixes=dict(prefixes))
        if isinstance(answer, ox.QueryBoolean):
            sink.write(b"true" if answer else b"false")
        elif isinstance(answer, ox.QuerySolutions):
            answer.serialize(sink, format=ox.QueryResultsFormat.TSV)
        else:
            answer.serialize(sink, format=ox.RdfFormat.N_TRIPLES)
    except SyntaxError as error:
        raise _RefusedError(error.msg) from None
    except RuntimeError as error:
        raise _RefusedError(str(error)) from None


class _Counting(io.RawIOBase):
    """A sink that stops the query as soon as it has written more lines than are allowed."""

    def __init__(self, sink: Callable[[bytes], object], lines: int) -> None:
        super().__init__()
        self._sink = sink
        self._left = lines

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        chunk = bytes(data)
        self._left -= chunk.count(b"\n")
        if self._left < 0:
            raise _TooManyError
        self._sink(chunk)
        return len(chunk)


# What the exit status of the child means; anything else is a crash.
_DONE, _REFUSED, _TOO_MANY, _FAILED = 0, 10, 11, 12


def _in_child(evaluate: Callable[[IO[bytes]], None], limits: Limits) -> bytes:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _answer(evaluate, limits, writing)
    os.close(writing)
    status = None
    try:
        received = _receive(reading, limits)
        _, status = os.waitpid(child, 0)
    finally:
        os.close(reading)
        if status is None:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
    return _judge(received, status, limits)


def _answer(evaluate: Callable[[IO[bytes]], None], limits: Limits, writing: int) -> NoReturn:
    """In the child: answer through the pipe, and end without touching what the parent owns."""
    code = _FAILED
    try:
        _confine(limits)
        with os.fdopen(writing, "wb", buffering=_CHUNK) as pipe:
            try:
                evaluate(_counting(pipe.write, limits))
                code = _DONE
            except _RefusedError as refused:
                pipe.write(b"\0" + str(refused).encode())
                code = _REFUSED
            except _TooManyError:
                code = _TOO_MANY
            except BaseException as error:  # noqa: BLE001 - nothing may leave the child
                pipe.write(b"\0" + f"{type(error).__name__}: {error}".encode())
    finally:
        os._exit(code)


def _counting(sink: Callable[[bytes], object], limits: Limits) -> IO[bytes]:
    # One line more than results: TSV starts with the names of the columns.
    return io.BufferedWriter(_Counting(sink, limits.results + 1), _CHUNK)


def _confine(limits: Limits) -> None:
    """Bound what this process can use. Files cannot be opened any more, nor can connections."""
    import resource

    signal.signal(signal.SIGINT, signal.SIG_DFL)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    seconds = int(limits.seconds) + 2
    for kind, bound in (
        (resource.RLIMIT_AS, _address_space() + limits.memory_mib * _MIB),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 0),
    ):
        with suppress(ValueError, OSError):
            resource.setrlimit(kind, (bound, bound))


def _address_space() -> int:
    """What the process takes up already, where the system tells."""
    try:
        status = Path("/proc/self/statm").read_bytes()
        return int(status.split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


def _receive(reading: int, limits: Limits) -> bytes:
    deadline = time.monotonic() + limits.seconds
    chunks: list[bytes] = []
    size = 0
    while True:
        ready, _, _ = select.select([reading], [], [], max(deadline - time.monotonic(), 0))
        if not ready:
            raise _too_slow(limits)
        chunk = os.read(reading, _CHUNK)
        if not chunk:
            return b"".join(chunks)
        chunks.append(chunk)
        size += len(chunk)
        if size > limits.memory_mib * _MIB:
            raise _too_big(limits)


def _judge(received: bytes, status: int, limits: Limits) -> bytes:
    code = os.waitstatus_to_exitcode(status)
    if code == _DONE:
        return received
    if code == _TOO_MANY:
        raise _too_many(limits)
    if code in (_REFUSED, _FAILED):
        message = received.rpartition(b"\0")[2].decode(errors="replace")
        if code == _REFUSED:
            raise _RefusedError(message)
        if message.startswith("MemoryError"):
            raise _too_big(limits)
        raise InternalError(f"the query engine failed: {message}")
    if -code in (signal.SIGXCPU, signal.SIGKILL):
        raise _too_slow(limits)
    if -code == signal.SIGSEGV:
        raise LimitError(
            "the query is nested too deeply, or too long, for the query engine",
            "Write it flatter and shorter",
        )
    raise _too_big(limits)


def _in_thread(evaluate: Callable[[IO[bytes]], None], limits: Limits) -> bytes:
    """Where there is no fork: a deadline and a count, but no bound on memory."""
    chunks: list[bytes] = []
    failures: list[Exception] = []

    def work() -> None:
        try:
            sink = _counting(chunks.append, limits)
            evaluate(sink)
            sink.flush()
        except Exception as error:  # noqa: BLE001 - raised in the waiting thread
            failures.append(error)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(limits.seconds)
    if thread.is_alive():
        raise _too_slow(limits)
    if failures:
        raise _too_many(limits) if isinstance(failures[0], _TooManyError) else failures[0]
    return b"".join(chunks)


def _too_slow(limits: Limits) -> LimitError:
    return LimitError(
        f"the query took longer than the time limit of {limits.seconds:g} seconds",
        "Make it narrower, or raise the limit with --timeout",
    )


def _too_big(limits: Limits) -> LimitError:
    return LimitError(
        f"the query needs more than the memory limit of {limits.memory_mib} MiB",
        "Make it narrower, or raise the limit with --memory",
    )


def _too_many(limits: Limits) -> LimitError:
    return LimitError(
        f"the query has more results than the limit of {limits.results}",
        "Add a LIMIT to it, or raise the limit with --max-results",
    )


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
    reason = re.sub(r"expected (?:one of )?(?:\[_\]|<unreported>)?", "", place[3])
    said = reason if re.search(r"[a-z]{3} [a-z]{2}", reason) else ""
    shown = f"near '{token.text[:40]}'" if token else "at its start"
    return InputError(
        f"the query does not parse {shown}" + (f": {said.strip(', ')}" if said else ""),
        "See https://www.w3.org/TR/sparql11-query/ for the grammar",
        file=name or "query",
        line=line,
        column=column,
    )
