"""Write the tables of the report: for people, for spreadsheets and for programs."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

from claude_kg.errors import InputError
from claude_kg.render.results import markdown_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from claude_kg.report import Table

FORMATS = ("markdown", "csv", "json")
"""The formats of the report, by the name that options use."""

_BETWEEN = "; "


def render_tables(tables: Sequence[Table], format_name: str) -> str:
    """The tables as text.

    Markdown has a heading and a remark before each. CSV (RFC 4180) is the table alone, so that
    there can be only one; else InputError is raised. In both the values of a cell are joined by
    semicolons. JSON keeps them apart.
    """
    if format_name == "json":
        return _json(tables)
    if format_name == "csv":
        return _csv(tables)
    return "\n".join(_markdown(table) for table in tables)


def _markdown(table: Table) -> str:
    section = table.section
    remark = f"{section.query.description}\n\n" if section.query.description else ""
    grid = markdown_table(list(section.columns.values()), list(_texts(table)))
    return f"## {section.title}\n\n{remark}{grid}"


def _csv(tables: Sequence[Table]) -> str:
    if len(tables) != 1:
        names = ", ".join(table.section.name for table in tables)
        raise InputError("a csv file holds one table", f"Name one of {names}")
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(tables[0].section.columns.values())
    writer.writerows(_texts(tables[0]))
    return text.getvalue()


def _json(tables: Sequence[Table]) -> str:
    content = [
        {
            "id": table.section.name,
            "title": table.section.title,
            "description": table.section.query.description,
            "columns": [
                {"name": name, "heading": heading}
                for name, heading in table.section.columns.items()
            ],
            "rows": table.rows,
        }
        for table in tables
    ]
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def _texts(table: Table) -> Iterator[list[str]]:
    for row in table.rows:
        yield [_BETWEEN.join(cell) for cell in row]
