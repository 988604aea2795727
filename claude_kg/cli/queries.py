"""``claude-kg queries``: list, search and show the named questions."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import click

from claude_kg.cli.completion import complete_name
from claude_kg.cli.options import (
    GraphSource,
    Output,
    common_options,
    graph_options,
    output_options,
)

if TYPE_CHECKING:
    from claude_kg.query.catalogue import Query

_FORMATS = ("table", "json", "csv", "markdown")
_SUFFIXES = {".txt": "table", ".json": "json", ".csv": "csv", ".md": "markdown"}


@click.group("queries", invoke_without_command=True)
@click.pass_context
def command(context: click.Context) -> None:
    """List, search and show the named questions.

    Without a command, all are listed.
    """
    if context.invoked_subcommand is None:
        context.invoke(listed, format_=None, output=None)


@command.command("list")
@output_options(_FORMATS, suffixes=_SUFFIXES)
@common_options
def listed(output: Output) -> None:
    """List every query with the question that it answers."""
    from claude_kg.query.catalogue import Catalogue

    _write(Catalogue().queries(), output)


@command.command("search")
@click.argument("words", nargs=-1, required=True)
@output_options(_FORMATS, suffixes=_SUFFIXES)
@common_options
def search(words: tuple[str, ...], output: Output) -> None:
    """List the queries that fit WORDS best."""
    from claude_kg.ask.search import nearest_queries

    _write(nearest_queries(" ".join(words)), output)


@command.command("show")
@click.argument("name", shell_complete=complete_name)
@output_options(("table", "json", "markdown"), suffixes=_SUFFIXES)
@graph_options
@common_options
def show(name: str, graph: GraphSource, output: Output) -> None:
    """Show a query: its question, its parameters and their values, a call, and its text."""
    from claude_kg.query.catalogue import Catalogue
    from claude_kg.render.catalogue import render_query

    output.write(render_query(Catalogue().find(name), graph.load(), output.format or "table"))


def _write(queries: list[Query], output: Output) -> None:
    from claude_kg.render.catalogue import render_list

    width = shutil.get_terminal_size().columns if output.on_terminal else None
    colour = output.on_terminal and "NO_COLOR" not in os.environ
    output.write(render_list(queries, output.format or "table", width=width, colour=colour))
