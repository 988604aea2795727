"""Write the answers of queries: tables for people, the W3C's formats for programs."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

import pyoxigraph as ox

from claude_kg.errors import InputError
from claude_kg.query.parameters import parse_variable
from claude_kg.render.graphs import FORMATS as GRAPH_FORMATS
from claude_kg.render.graphs import render_graph
from claude_kg.terms import XSD, compact

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from claude_kg.query.run import Result, Row

TABLE_FORMATS = ("table", "json", "csv", "tsv", "xml", "markdown")
"""The formats of solutions and truth values, by the name that options use."""

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple

_NARROWEST = 8
_UNSAFE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def default_format(result: Result) -> str:
    """The format for a person: a table, or Turtle for a graph."""
    return "table" if result.kind in ("select", "ask") else "turtle"


def render_result(
    result: Result,
    format_name: str | None = None,
    *,
    width: int | None = None,
    colour: bool = False,
) -> bytes:
    """The answer as text in a format that fits its kind.

    A table is as wide as its content, or folded to ``width``. Raises InputError where the format
    does not fit.
    """
    format_name = format_name or default_format(result)
    fitting = TABLE_FORMATS if result.kind in ("select", "ask") else GRAPH_FORMATS
    if format_name not in fitting:
        raise InputError(
            f"the answer of a {result.kind.upper()} query cannot be written as {format_name}",
            f"Choose {', '.join(fitting)}",
        )
    if result.kind in ("construct", "describe"):
        return render_graph(result.triples, format_name, result.prefixes)
    if format_name not in ("table", "markdown"):
        return result.serialize(format_name)
    if result.kind == "ask":
        return result.wire + b"\n"
    if format_name == "markdown":
        return markdown_table(_headings(result), _cells(result)).encode()
    table = text_table(_headings(result), _cells(result), width=width, colour=colour)
    return (table if result.rows else f"{table}(no rows)\n").encode()


def cell(term: Term, names: Mapping[str, str]) -> str:
    """A term for a person's eyes: names in short form, literals without their type."""
    if isinstance(term, ox.NamedNode):
        text = compact(term.value, names)
    else:
        text = term.value if isinstance(term, ox.Literal) else str(term)
    return safe(text)


def safe(text: str) -> str:
    """A text without the characters that command a terminal, or that turn lines around."""
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def json_term(term: Term | None) -> dict[str, str] | None:
    """A term as in SPARQL's JSON results (https://www.w3.org/TR/sparql11-results-json/)."""
    if term is None:
        return None
    if isinstance(term, ox.NamedNode):
        return {"type": "uri", "value": term.value}
    if isinstance(term, ox.BlankNode):
        return {"type": "bnode", "value": term.value}
    if isinstance(term, ox.Triple):
        return {"type": "triple", "value": str(term)}
    found = {"type": "literal", "value": term.value}
    if term.language:
        found["xml:lang"] = term.language
    elif term.datatype.value != XSD + "string":
        found["datatype"] = term.datatype.value
    return found


def markdown_table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table in GitHub's Markdown."""
    lines = [_markdown_row(headings), _markdown_row(["---"] * len(headings), escape=False)]
    lines += (_markdown_row(row) for row in rows)
    return "\n".join(lines) + "\n"


def text_table(
    headings: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    width: int | None = None,
    colour: bool = False,
) -> str:
    """A table in plain text; long cells are folded to fit ``width``, never cut."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for heading in headings:
        table.add_column(Text(heading, style="bold"), overflow="fold")
    for row in rows:
        table.add_row(*(Text(text) for text in row))
    natural = _natural_width(headings, rows)
    least = (_NARROWEST + 3) * max(len(headings), 1)
    console = Console(
        file=io.StringIO(),
        width=natural if width is None else min(natural, max(width, least)),
        force_terminal=colour,
        color_system="standard" if colour else None,
        legacy_windows=False,
    )
    with console.capture() as capture:
        console.print(table)
    lines = capture.get().splitlines()
    return "".join(f"{line.rstrip()}\n" for line in lines)


def _headings(result: Result) -> list[str]:
    """The names of the columns; a parameter goes by its name, without the marks of its kind."""
    return [
        parse_variable(name).name if name.startswith("_") else name for name in result.variables
    ]


def _cells(result: Result) -> list[list[str]]:
    return [
        [_value(row, name, result.prefixes) for name in result.variables] for row in result.rows
    ]


def _value(row: Row, name: str, prefixes: Mapping[str, str]) -> str:
    return cell(row[name], prefixes) if name in row else ""


def _markdown_row(cells: Sequence[str], *, escape: bool = True) -> str:
    texts = [markdown_text(text) for text in cells] if escape else cells
    return f"| {' | '.join(texts)} |" if texts else "| |"


def markdown_text(text: str) -> str:
    """A text as Markdown that shows it as it is."""
    escaped = re.sub(r"([\\|`*_\[\]<>])", r"\\\1", text)
    return "<br>".join(escaped.splitlines())


def _natural_width(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> int:
    from rich.cells import cell_len

    widths = [
        max(cell_len(line) for text in column for line in (text.splitlines() or [""]))
        for column in zip(headings, *rows, strict=True)
    ]
    return sum(width + 3 for width in widths) + 1
