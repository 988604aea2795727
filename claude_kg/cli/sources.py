"""``claude-kg sources``: which sections state what."""

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
    remark,
)

if TYPE_CHECKING:
    from claude_kg.limits import Limits

_OF_A_THING = "sources/of-a-thing"
_COVERAGE = "sources/coverage"
_FORMATS = ("table", "json", "csv", "tsv", "xml", "markdown")
_SUFFIXES = {
    ".txt": "table",
    ".json": "json",
    ".csv": "csv",
    ".tsv": "tsv",
    ".xml": "xml",
    ".md": "markdown",
}


@click.command("sources")
@click.argument("term", required=False)
@output_options(_FORMATS, suffixes=_SUFFIXES)
@graph_options
@limit_options
@common_options
def command(term: str | None, graph: GraphSource, output: Output, limits: Limits) -> None:
    """Print the sections that state facts about a thing.

    TERM is an IRI, a prefixed name or a name. Without it each section is listed, with the number
    of claims and fact nodes that rest on it.
    """
    from claude_kg.query.catalogue import Catalogue
    from claude_kg.render.results import render_result

    name, asked = (_COVERAGE, {}) if term is None else (_OF_A_THING, {"thing": term})
    result = graph.load().query(Catalogue().find(name), asked, limits=limits)
    if not result.rows:
        remark(f"no section states anything{f' about {term}' if term else ''}")
    width = shutil.get_terminal_size().columns if output.on_terminal else None
    colour = output.on_terminal and "NO_COLOR" not in os.environ
    output.write(render_result(result, output.format, width=width, colour=colour))
