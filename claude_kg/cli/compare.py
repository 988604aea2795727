"""``claude-kg compare``: things side by side."""

from __future__ import annotations

import os
import shutil

import click

from claude_kg.cli.options import (
    GraphSource,
    Output,
    common_options,
    graph_options,
    output_options,
    remark,
)

_SUFFIXES = {".txt": "table", ".json": "json", ".csv": "csv", ".md": "markdown"}


@click.command("compare")
@click.argument("terms", nargs=-1, required=True, metavar="A B [C]...")
@click.option("--diff", is_flag=True, help="Only the aspects in which they differ.")
@click.option("--asserted", is_flag=True, help="Only what is stated, not what follows.")
@output_options(["table", "json", "csv", "markdown"], suffixes=_SUFFIXES)
@graph_options
@common_options
def command(
    terms: tuple[str, ...], diff: bool, asserted: bool, graph: GraphSource, output: Output
) -> None:
    """Print two or more things of like kind side by side, a row an aspect.

    Each is an IRI, a prefixed name or a name: of a product, an access mode, a plan, a feature, a
    backend, and so on. What is said of the modes of a product is compared too; where they differ,
    brackets name the mode. "no" is what the sources deny; of what is "not stated" they say nothing.
    """
    from claude_kg import newer
    from claude_kg.compare import compare
    from claude_kg.render.compare import render_comparison
    from claude_kg.render.newer import beside

    knowledge = graph.load()
    found = compare(knowledge, terms, diff=diff, asserted=asserted)
    if not found.rows:
        remark("they do not differ in anything that is stated")
    width = shutil.get_terminal_size().columns if output.on_terminal else None
    colour = output.on_terminal and "NO_COLOR" not in os.environ
    format_name = output.format or "table"
    text = render_comparison(found, format_name, width=width, colour=colour)
    other = newer.of_comparison(knowledge, found, diff=diff, asserted=asserted)
    output.write(beside(text, format_name, other))
