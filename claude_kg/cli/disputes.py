"""``claude-kg disputes``: on what the sections of the sources disagree."""

from __future__ import annotations

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
    remark,
)

if TYPE_CHECKING:
    from claude_kg.limits import Limits

_SUFFIXES = {".txt": "text", ".json": "json", ".csv": "csv", ".md": "markdown"}


@click.command("disputes")
@click.argument("term", required=False)
@output_options(["text", "json", "csv", "markdown"], suffixes=_SUFFIXES)
@graph_options
@limit_options
@common_options
def command(term: str | None, graph: GraphSource, output: Output, limits: Limits) -> None:
    """Print what the sections of the sources disagree on.

    TERM is a thing or a property: an IRI, a prefixed name or a name. Without it all disagreements
    are printed. In the text form a reading with + is adopted, one with - is not, and = says why.
    """
    from claude_kg.disputes import disputes
    from claude_kg.render.disputes import render_disputes

    knowledge = graph.load()
    found = disputes(knowledge, term, limits=limits)
    if not found:
        remark(f"the sections disagree on nothing{f' about {term}' if term else ''}")
    width = shutil.get_terminal_size().columns if output.on_terminal else 100
    output.write(render_disputes(found, output.format or "text", knowledge.prefixes, width))
