"""Write things side by side: as a table for people, as json or csv for programs."""

from __future__ import annotations

import csv
import io
import json
from itertools import groupby
from typing import TYPE_CHECKING

from claude_kg.render.results import json_term, markdown_table, safe, text_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from claude_kg.compare import Comparison, Value

FORMATS = ("table", "json", "csv", "markdown")
"""The formats of a comparison, by the name that options use."""

_NOT_STATED = "not stated"


def render_comparison(
    comparison: Comparison,
    format_name: str,
    *,
    width: int | None = None,
    colour: bool = False,
) -> str:
    """A comparison in one of ``FORMATS``; a table is folded to ``width``."""
    if format_name == "json":
        return json.dumps(_data(comparison), ensure_ascii=False, indent=2) + "\n"
    names = [safe(thing.name) for thing in comparison.things]
    if format_name == "csv":
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\r\n")
        writer.writerow(["group", "aspect", *names, "differs"])
        for row in comparison.rows:
            cells = [_cell(cell, "; ") for cell in row.cells]
            writer.writerow([row.group, row.aspect, *cells, "yes" if row.differs else "no"])
        return text.getvalue()
    if format_name == "markdown":
        rows = [
            [safe(row.group), safe(row.aspect), *(_cell(cell, "\n") for cell in row.cells)]
            for row in comparison.rows
        ]
        return markdown_table(["Group", "Aspect", *names], rows)
    lines: list[list[str]] = []
    for group, found in groupby(comparison.rows, key=lambda row: row.group):
        rows_of_group = list(found)
        alone = len(rows_of_group) == 1 and rows_of_group[0].aspect == group
        if not alone:
            lines.append([safe(group).upper(), *[""] * len(names)])
        lines += (
            [
                safe(row.aspect) if alone else f"  {safe(row.aspect)}",
                *(_cell(c, "\n") for c in row.cells),
            ]
            for row in rows_of_group
        )
    return text_table(["", *names], lines, width=width, colour=colour)


def _cell(values: Sequence[Value], between: str) -> str:
    return between.join(_text(value) for value in values) or _NOT_STATED


def _text(value: Value) -> str:
    text = value.text or _NOT_STATED
    if value.modes:
        text += f" [{', '.join(value.modes)}]"
    marks = [
        word for word, so in (("inferred", value.inferred), ("disputed", value.disputed)) if so
    ]
    return safe(f"{text} ({', '.join(marks)})" if marks else text)


def _data(comparison: Comparison) -> dict[str, object]:
    return {
        "things": [
            {
                "iri": thing.iri,
                "name": thing.name,
                "kinds": [
                    {"iri": kind.iri, "name": kind.text, "inferred": kind.inferred}
                    for kind in thing.kinds
                ],
            }
            for thing in comparison.things
        ],
        "rows": [
            {
                "group": row.group,
                "aspect": row.aspect,
                "differs": row.differs,
                "cells": [_cell_data(cell) for cell in row.cells],
            }
            for row in comparison.rows
        ],
    }


def _cell_data(cell: Sequence[Value]) -> dict[str, object]:
    return {
        "stated": bool(cell),
        "values": [
            {
                "stated": bool(value.text),
                "text": value.text or None,
                "modes": list(value.modes),
                "verdict": value.verdict,
                "inferred": value.inferred,
                "disputed": value.disputed,
                "sections": list(value.sections),
                "terms": [json_term(term) for term in value.terms],
            }
            for value in cell
        ],
    }
