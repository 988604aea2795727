"""``claude-kg report``: print the taxonomy, or one table of it."""

from __future__ import annotations

import click

from claude_kg.cli.options import (
    GraphSource,
    Output,
    common_options,
    graph_options,
    limit_options,
    output_options,
)
from claude_kg.limits import Limits

_SUFFIXES = {".md": "markdown", ".csv": "csv", ".json": "json"}


@click.command("report")
@click.argument("sections", nargs=-1, metavar="[SECTION]...")
@click.option("--asserted", is_flag=True, help="Ask only what is stated, not what follows.")
@output_options(["markdown", "csv", "json"], suffixes=_SUFFIXES)
@graph_options
@limit_options
@common_options
def command(
    sections: tuple[str, ...],
    asserted: bool,
    graph: GraphSource,
    output: Output,
    limits: Limits,
) -> None:
    """Print the whole taxonomy as a document, or the sections named, from the graph.

    Markdown unless another format is chosen; csv holds one section.
    """
    from claude_kg import newer, report
    from claude_kg.query.catalogue import Catalogue
    from claude_kg.render.tables import render_tables

    chosen = report.choose(report.sections(Catalogue()), sections)
    knowledge = graph.load()
    tables = [
        report.fill(knowledge, section, asserted=asserted, limits=limits) for section in chosen
    ]
    others = [
        newer.of_table(knowledge, table, asserted=asserted, limits=limits) for table in tables
    ]
    output.write(render_tables(tables, output.format or "markdown", others))
