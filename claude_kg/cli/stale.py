"""``claude-kg stale``: what has not been checked for long."""

from __future__ import annotations

import dataclasses
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
from claude_kg.dates import Period
from claude_kg.editions import LATEST
from claude_kg.stale import DAYS

_SUFFIXES = {".txt": "table", ".json": "json", ".csv": "csv", ".md": "markdown"}


@click.command("stale")
@click.option(
    "--days",
    type=click.IntRange(0, 100_000),
    default=DAYS,
    show_default=True,
    help="Print what was last checked more than so many days ago.",
)
@output_options(["table", "json", "csv", "markdown"], suffixes=_SUFFIXES)
@graph_options
@common_options
def command(days: int, graph: GraphSource, output: Output) -> None:
    """Print the facts that nobody has checked for long, the oldest first, source by source.

    A fact counts as checked when a page that states it was seen, or a later claim confirms it;
    else at the time of its edition. Unless --edition is given, the facts are those of the latest;
    with --as-of, days are counted back from that date.
    """
    from claude_kg.render.stale import render_stale
    from claude_kg.stale import stale

    chosen = dataclasses.replace(graph, edition=graph.edition or LATEST)
    today = Period.given(graph.as_of, "--as-of").last if graph.as_of else None
    found = stale(chosen.load(), days, today)
    if not found:
        remark(f"everything was checked in the last {days} days")
    width = shutil.get_terminal_size().columns if output.on_terminal else None
    colour = output.on_terminal and "NO_COLOR" not in os.environ
    output.write(render_stale(found, output.format or "table", width=width, colour=colour))
