"""``claude-kg shapes``: every rule, and why it exists."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
from typing import TYPE_CHECKING

import click

from claude_kg.cli.options import Output, common_options, output_options

if TYPE_CHECKING:
    from collections.abc import Sequence

    from claude_kg.check.rules import Rule

_COLUMNS = ("rule", "severity", "asks", "why", "file")
_SUFFIXES = {".txt": "table", ".json": "json", ".csv": "csv", ".md": "markdown"}


@click.command("shapes")
@click.argument("names", nargs=-1, metavar="[RULE]...")
@output_options(["table", "json", "csv", "markdown"], suffixes=_SUFFIXES)
@common_options
def command(names: tuple[str, ...], output: Output) -> None:
    """List every rule of `validate`, what it asks for and why.

    RULE is a name, or a pattern with * and ?.
    """
    from claude_kg.check.rules import matching, rules

    known = rules()
    chosen = matching(names, known)
    output.write(_rendered([r for r in known if not names or r.name in chosen], output))


def _rendered(chosen: Sequence[Rule], output: Output) -> str:
    rows = [[rule.name, rule.severity.label, rule.title, rule.why, rule.file] for rule in chosen]
    if output.format == "json":
        data = [dict(zip(_COLUMNS, row, strict=True)) for row in rows]
        return json.dumps(data, ensure_ascii=False, indent=2) + "\n"
    if output.format == "csv":
        text = io.StringIO()
        csv.writer(text).writerows([_COLUMNS, *rows])
        return text.getvalue()
    from claude_kg.render.results import markdown_table, text_table

    if output.format == "markdown":
        return markdown_table(_COLUMNS, rows)
    width = shutil.get_terminal_size().columns if output.on_terminal else None
    colour = output.on_terminal and "NO_COLOR" not in os.environ
    return text_table(_COLUMNS, rows, width=width, colour=colour)
