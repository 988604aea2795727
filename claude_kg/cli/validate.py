"""The command ``validate``: is everything right with the graph, and if not, what and where?"""

from __future__ import annotations

import click

from claude_kg.check.findings import Severity
from claude_kg.check.validate import LIMITS, validate
from claude_kg.cli.options import (
    _QUIET,
    _VERBOSE,
    GraphSource,
    Output,
    _set,
    common_options,
    graph_options,
    output_options,
    progress,
)
from claude_kg.limits import Limits

_SUFFIXES = {".txt": "text", ".json": "json", ".ttl": "turtle"}


@click.command("validate")
@click.argument("files", nargs=-1, metavar="[FILE]...")
@click.option(
    "--fail-on",
    type=click.Choice([severity.label for severity in reversed(Severity)]),
    default=Severity.VIOLATION.label,
    show_default=True,
    help="The least severity that makes the graph fail.",
)
@click.option(
    "--timeout",
    type=click.FloatRange(0.01, 86_400),
    default=LIMITS.seconds,
    show_default=True,
    metavar="SECONDS",
    help="Longest time the shapes may take.",
)
@click.option(
    "--memory",
    type=click.IntRange(64, 1 << 20),
    default=LIMITS.memory_mib,
    show_default=True,
    metavar="MIB",
    help="Most memory the shapes may use.",
)
@graph_options
@output_options(["text", "json", "turtle"], suffixes=_SUFFIXES)
@common_options
def command(
    files: tuple[str, ...],
    fail_on: str,
    timeout: float,
    memory: int,
    graph: GraphSource,
    output: Output,
) -> int:
    """Check the packaged graph, or FILEs laid over it.

    Syntax, consistency, then the shapes. A FILE is a data file, a folder, or - for standard input.
    Exits with 0 if the graph conforms, 1 if it does not, and 2 if a file could not be read.
    """
    from claude_kg.graph import KnowledgeGraph
    from claude_kg.load import load_readable
    from claude_kg.render import findings as render

    loaded, unreadable = load_readable(
        graph.facts or None, (*graph.overlays, *files), input_format=graph.input_format
    )
    checked = KnowledgeGraph(loaded, cache=graph.cache, notify=progress)
    limits = Limits(seconds=timeout, memory_mib=memory)
    report = validate(checked, unreadable=unreadable, limits=limits)
    if output.format == "json":
        output.write(render.to_json(report))
    elif output.format == "turtle":
        output.write(render.to_turtle(report))
    else:
        output.write(render.to_text(report, reasons=_set(_VERBOSE)))
    if not _set(_QUIET):
        click.echo(render.summary(report), err=True)
    if not report.complete:
        return 2
    return 1 if report.at_least(Severity.of(fail_on)) else 0
