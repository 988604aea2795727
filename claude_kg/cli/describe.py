"""``claude-kg describe``: all about one thing or term."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import click

from claude_kg.cli.options import (
    GraphSource,
    Output,
    common_options,
    graph_options,
    limit_options,
    output_options,
)

if TYPE_CHECKING:
    from claude_kg.limits import Limits

_SUFFIXES = {".txt": "text", ".json": "json", ".csv": "csv", ".md": "markdown"}


@click.command("describe")
@click.argument("term")
@click.option("--asserted", is_flag=True, help="Only what is stated, not what follows.")
@click.option("--why", is_flag=True, help="Say why each inferred fact holds.")
@output_options(["text", "table", "json", "csv", "markdown"], suffixes=_SUFFIXES)
@graph_options
@limit_options
@common_options
def command(
    term: str, asserted: bool, why: bool, graph: GraphSource, output: Output, limits: Limits
) -> None:
    """Print all that the graph says of a thing or term.

    TERM is an IRI, a prefixed name or a name: of a thing, a class, a property, a status, a section,
    a claim. The facts stand in the order of the vocabulary, those of a product's access modes under
    each mode. What follows and is not stated is marked as inferred (claude-kg why has the whole
    proof); numbers in brackets are the sections that state a fact.
    """
    from claude_kg import newer
    from claude_kg.describe import describe
    from claude_kg.render.describe import render_page
    from claude_kg.render.newer import beside

    knowledge = graph.load()
    page = describe(knowledge, term, asserted=asserted, why=why, limits=limits)
    width = shutil.get_terminal_size().columns if output.on_terminal else None
    colour = output.on_terminal and "NO_COLOR" not in os.environ
    format_name = output.format or "text"
    text = render_page(page, format_name, knowledge.prefixes, width=width, colour=colour)
    other = newer.of_description(knowledge, page, asserted=asserted, limits=limits)
    output.write(beside(text, format_name, other))
