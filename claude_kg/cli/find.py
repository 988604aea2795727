"""``claude-kg find``: which access modes meet given needs."""

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
)

_SUFFIXES = {".txt": "table", ".json": "json", ".csv": "csv", ".md": "markdown"}


@click.command("find")
@click.option(
    "--needs",
    "-n",
    multiple=True,
    metavar="NAME",
    help="What it has to have (repeatable); also a comparison, such as PROPERTY>=NUMBER.",
)
@click.option(
    "--without", "-w", multiple=True, metavar="NAME", help="What it must not have (repeatable)."
)
@click.option("--strict", is_flag=True, help="What holds under a condition only does not count.")
@click.option("--asserted", is_flag=True, help="Only what is stated, not what follows.")
@output_options(["table", "json", "csv", "markdown"], suffixes=_SUFFIXES)
@graph_options
@common_options
def command(
    needs: tuple[str, ...],
    without: tuple[str, ...],
    strict: bool,
    asserted: bool,
    graph: GraphSource,
    output: Output,
) -> None:
    """Print which access modes meet all needs and why, and which do not and on which need.

    A need is an IRI, a prefixed name or a name of anything that an access mode or its product can
    have or be: a feature, a capability, an authentication method, a platform, a plan, a backend, a
    protocol, a class. In the column "has it", "no" is what the sources deny; of what is "not
    stated" they say nothing. That nothing fits is an answer, and no error.
    """
    from claude_kg import newer
    from claude_kg.find import find
    from claude_kg.render.find import render_search
    from claude_kg.render.newer import beside

    knowledge = graph.load()
    found = find(knowledge, needs, without, strict=strict, asserted=asserted)
    width = shutil.get_terminal_size().columns if output.on_terminal else None
    colour = output.on_terminal and "NO_COLOR" not in os.environ
    format_name = output.format or "table"
    text = render_search(found, format_name, width=width, colour=colour)
    other = newer.of_search(knowledge, found, needs, without, strict=strict, asserted=asserted)
    output.write(beside(text, format_name, other))
