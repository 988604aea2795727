"""Write what has not been checked for long, grouped by source."""

from __future__ import annotations

import csv
import io
import json
from itertools import groupby
from typing import TYPE_CHECKING

from claude_kg.render.results import markdown_table, safe, text_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from claude_kg.stale import Stale

FORMATS = ("table", "json", "csv", "markdown")
"""The formats, by the name that options use."""

_COLUMNS = ("checked", "source", "fact", "iri")
_UNKNOWN = "never"


def render_stale(
    found: Sequence[Stale], format_name: str, *, width: int | None = None, colour: bool = False
) -> str:
    """The facts in one of ``FORMATS``; for people a source is named once, with its facts below."""
    if format_name == "json":
        data = [{name: getattr(one, name) for name in _COLUMNS} for one in found]
        return json.dumps(data, ensure_ascii=False, indent=2) + "\n"
    if format_name == "csv":
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(_COLUMNS)
        writer.writerows([getattr(one, name) for name in _COLUMNS] for one in found)
        return text.getvalue()
    rows: list[list[str]] = []
    for (checked, source), facts in groupby(found, key=lambda one: (one.checked, one.source)):
        grouped = [safe(one.fact) for one in facts]
        rows.append([checked or _UNKNOWN, safe(source), f"{len(grouped)} facts"])
        rows += (["", "", fact] for fact in grouped)
    if format_name == "markdown":
        return markdown_table(_COLUMNS[:3], rows)
    return text_table(_COLUMNS[:3], rows, width=width, colour=colour)
