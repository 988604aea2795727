"""``claude-kg query``: run a query and print its answer."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from claude_kg.cli.completion import complete_name, complete_value
from claude_kg.cli.options import (
    GraphSource,
    Output,
    common_options,
    graph_options,
    limit_options,
    output_options,
    say,
)
from claude_kg.errors import InputError

if TYPE_CHECKING:
    from claude_kg.limits import Limits
    from claude_kg.query.catalogue import Query
    from claude_kg.query.run import Result

_FORMATS = (
    *("table", "json", "csv", "tsv", "xml", "markdown"),
    *("turtle", "nt", "json-ld", "trig", "nq"),
)
_SUFFIXES = {
    ".txt": "table",
    ".json": "json",
    ".srj": "json",
    ".csv": "csv",
    ".tsv": "tsv",
    ".xml": "xml",
    ".srx": "xml",
    ".rdf": "xml",
    ".md": "markdown",
    ".ttl": "turtle",
    ".nt": "nt",
    ".jsonld": "json-ld",
    ".trig": "trig",
    ".nq": "nq",
}


@click.command("query")
@click.argument("query", required=False, metavar="[NAME|FILE.rq|-]", shell_complete=complete_name)
@click.option("--expression", "-e", metavar="TEXT", help="Run this SPARQL text.")
@click.option(
    "--parameter",
    "-p",
    "parameters",
    multiple=True,
    metavar="NAME=VALUE",
    shell_complete=complete_value,
    help="Give a parameter a value (repeatable).",
)
@click.option("--asserted", is_flag=True, help="Ask only what is stated, not what follows.")
@output_options(_FORMATS, suffixes=_SUFFIXES)
@graph_options
@limit_options
@common_options
def command(
    query: str | None,
    expression: str | None,
    parameters: tuple[str, ...],
    asserted: bool,
    graph: GraphSource,
    output: Output,
    limits: Limits,
) -> None:
    """Run a query and print its answer.

    The query is a name of the catalogue, a file, - for standard input, or a text given with -e.
    Prefixes of the graph are known without declaring them. SELECT and ASK give a table (also
    json, csv, tsv, xml, markdown), CONSTRUCT and DESCRIBE a graph (turtle, nt, json-ld, xml, trig,
    nq). A query only reads: it opens no connection and no file.
    """
    wanted = _wanted(query, expression)
    knowledge = graph.load()
    result = knowledge.query(wanted, _values(parameters), asserted=asserted, limits=limits)
    data = _render(result, output)
    say(f"results: {len(result)}, from {len(knowledge.sources)} files")
    output.write(data)


def _render(result: Result, output: Output) -> bytes:
    if result.kind in ("select", "ask") and output.format in ("json", "csv", "tsv", "xml"):
        return result.serialize(output.format)
    from claude_kg.render.results import render_result

    width = shutil.get_terminal_size().columns if output.on_terminal else None
    colour = output.on_terminal and "NO_COLOR" not in os.environ
    return render_result(result, output.format, width=width, colour=colour)


def _wanted(query: str | None, expression: str | None) -> Query:
    from claude_kg.query.catalogue import Catalogue, parse_query, read_query

    if (query is None) == (expression is None):
        raise InputError(
            "there is no query to run" if query is None else "there are two queries to run",
            "Give a name of the catalogue, a file, - for standard input, or -e TEXT",
        )
    if expression is not None:
        return parse_query(_as_utf_8(expression), "the query")
    assert query is not None
    if query == "-":
        return parse_query(_standard_input(), "standard input")
    is_file = query.lower().endswith((".rq", ".sparql")) or Path(query).is_file()
    return read_query(Path(query)) if is_file else Catalogue().find(query)


def _standard_input() -> str:
    from claude_kg.load import decode

    if sys.stdin is None:
        raise InputError("standard input is closed", "Pipe a query in, or give a file")
    return decode(sys.stdin.buffer.read(), "standard input")


def _values(parameters: tuple[str, ...]) -> dict[str, str]:
    values: dict[str, str] = {}
    for text in parameters:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise InputError(f"-p {text!r} gives no value", "Write -p name=value")
        if name in values:
            raise InputError(f"the parameter {name!r} is given twice", "Give it once")
        values[name] = _as_utf_8(value)
    return values


def _as_utf_8(argument: str) -> str:
    """An argument of the command line, of which the locale may have made something else."""
    try:
        return os.fsencode(argument).decode()
    except UnicodeError:
        raise InputError(f"the argument {argument!a} is not UTF-8", "Give it in UTF-8") from None
