"""The command ``validate``: is everything right with the graph, and if not, what and where?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from claude_kg import files as packaged
from claude_kg.check.editions import validate_editions
from claude_kg.check.findings import Report, Severity, told_once
from claude_kg.check.shapes import ENGINES
from claude_kg.check.validate import LIMITS
from claude_kg.cli.options import (
    _QUIET,
    _VERBOSE,
    SECONDS,
    GraphSource,
    Output,
    _set,
    common_options,
    graph_options,
    output_options,
    progress,
)
from claude_kg.errors import InputError
from claude_kg.limits import Limits
from claude_kg.render import findings as render

if TYPE_CHECKING:
    from claude_kg.check.rules import Rule

_FORMATS = ("text", "json", "turtle", "github", "sarif", "junit")
_WITH_RULES = {"sarif", "junit"}
"""The formats that tell of the rules themselves."""

_SUFFIXES = {
    ".txt": "text",
    ".json": "json",
    ".ttl": "turtle",
    ".sarif": "sarif",
    ".xml": "junit",
}


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
    "--rules",
    "only_rules",
    multiple=True,
    metavar="RULE",
    help="Apply this rule only; a name, or a pattern with * (repeatable).",
)
@click.option(
    "--skip",
    multiple=True,
    metavar="RULE",
    help="Leave this rule out; a name, or a pattern with * (repeatable).",
)
@click.option(
    "--shapes",
    multiple=True,
    metavar="PATH",
    type=click.Path(exists=True, dir_okay=False),
    help="Check by these SHACL shapes, too (Turtle; repeatable).",
)
@click.option(
    "--only",
    is_flag=True,
    help="Check the FILEs alone, and with --shapes by those shapes alone.",
)
@click.option(
    "--engine",
    type=click.Choice(ENGINES),
    help="What checks the shapes; by default the fast one where it is known to be right.",
)
@click.option(
    "--timeout",
    type=SECONDS,
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
@output_options(_FORMATS, suffixes=_SUFFIXES)
@common_options
def command(
    files: tuple[str, ...],
    fail_on: str,
    only_rules: tuple[str, ...],
    skip: tuple[str, ...],
    shapes: tuple[str, ...],
    only: bool,
    engine: str | None,
    timeout: float,
    memory: int,
    graph: GraphSource,
    output: Output,
) -> int:
    """Check the packaged graph, or FILEs laid over it.

    Syntax, consistency, then the shapes. A FILE is a data file, a folder, or - for standard input.
    Each edition of the facts is checked by itself, or with --edition that one alone.

    Exits with 0 if the graph conforms, 1 if it does not, and 2 if a file could not be read.
    """
    from claude_kg.cache import is_known
    from claude_kg.graph import KnowledgeGraph
    from claude_kg.load import load_readable

    if only and not files:
        raise InputError("--only checks files, and none is given", "Name the FILEs to check")
    if only and graph.facts:
        raise InputError("--only checks the FILEs alone, and --facts names others", "Use one")
    loaded, unreadable = load_readable(
        files if only else graph.facts or None,
        graph.overlays if only else (*graph.overlays, *files),
        edition=graph.choice,
        input_format=graph.input_format,
        is_known=lambda content: graph.cache and is_known(content),
    )
    own = [Path(name) for name in shapes]
    ours = [] if only and own else packaged.shape_files()
    if only and own:
        loaded = loaded.without("vocabulary")
    checked = KnowledgeGraph(loaded, reasoner=graph.reasoner, cache=graph.cache, notify=progress)
    report = validate_editions(
        checked,
        unreadable=unreadable,
        shapes=[*ours, *own] if own else None,
        closure_shapes=[] if only and own else None,
        engine=engine,
        limits=Limits(seconds=timeout, memory_mib=memory),
    )
    known: list[Rule] = []
    if only_rules or skip or output.format in _WITH_RULES:
        from claude_kg.check.rules import rules, select

        known = rules([*ours, *packaged.shape_files(closure=True), *own] if own else None)
        report = select(report, only_rules, skip, known)
    report = told_once(report)
    output.write(_rendered(report, output.format or "text", known))
    if not _set(_QUIET):
        click.echo(render.summary(report), err=True)
    if not report.complete:
        return 2
    return 1 if report.at_least(Severity.of(fail_on)) else 0


def _rendered(report: Report, format_name: str, known: list[Rule]) -> str:
    if format_name == "text":
        return render.to_text(report, reasons=_set(_VERBOSE))
    if format_name == "json":
        return render.to_json(report)
    if format_name == "turtle":
        return render.to_turtle(report)
    from claude_kg.render.annotations import to_github, to_junit, to_sarif

    if format_name == "sarif":
        return to_sarif(report, known)
    if format_name == "junit":
        return to_junit(report, known)
    return to_github(report)
