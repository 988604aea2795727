"""Write the tables of the report: for people, for spreadsheets and for programs."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import TYPE_CHECKING

from claude_kg.errors import InputError
from claude_kg.render.newer import newer_data, newer_markdown
from claude_kg.render.results import markdown_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from claude_kg.newer import Newer
    from claude_kg.report import Cell, Table

FORMATS = ("markdown", "csv", "json")
"""The formats of the report, by the name that options use."""

_BETWEEN = "; "
_EMPTY = "Nothing is stated.\n"
_SENTENCE_ENDS = (".", "?", "!")


def render_tables(
    tables: Sequence[Table], format_name: str, others: Sequence[Newer | None] = ()
) -> str:
    """The tables as text, each with what another edition says of it, if ``others`` has that.

    Markdown has a heading and a remark before each; several are a document, with a heading for
    each chapter, and with a table of contents where it begins with a title. CSV (RFC 4180) is the
    table alone, so that there can be only one; else InputError is raised. There the values of a
    cell are joined by semicolons; JSON keeps them apart.
    """
    if format_name == "json":
        return _json(tables, others)
    if format_name == "csv":
        return _csv(tables)
    beside = [newer_markdown(other) for other in others] or [""] * len(tables)
    if len(tables) == 1:
        return "\n".join(filter(None, [_markdown(tables[0], "##"), *beside]))
    return "\n".join(_document(tables, beside))


def _document(tables: Sequence[Table], beside: Sequence[str]) -> Iterator[str]:
    chapter = ""
    for number, table in enumerate(tables):
        section = table.section
        if section.layout == "title":
            if table.rows:
                yield _markdown(table, "##")
                yield "".join(_contents(tables[number + 1 :]))
            continue
        if section.chapter and section.chapter != chapter:
            yield f"## {section.chapter}\n"
        chapter = section.chapter
        yield _markdown(table, "###" if chapter else "##")
        if beside[number]:
            yield beside[number]


def _contents(tables: Sequence[Table]) -> Iterator[str]:
    """A list of links to the headings, by the anchors that GitHub gives them."""
    chapter = ""
    for table in tables:
        section = table.section
        if section.chapter and section.chapter != chapter:
            yield _link(section.chapter, "- ")
        chapter = section.chapter
        yield _link(section.title, "  - " if chapter else "- ")


def _link(heading: str, bullet: str) -> str:
    anchor = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
    return f"{bullet}[{_escaped(heading)}](#{anchor})\n"


def _markdown(table: Table, level: str) -> str:
    section = table.section
    if section.layout == "title":
        return _title(table)
    remark = f"{section.query.description}\n\n" if section.query.description else ""
    if not table.rows:
        body = _EMPTY
    elif section.layout == "list":
        body = "".join(_list(table))
    else:
        headings = [column.heading for column in table.columns]
        body = markdown_table(headings, [[_joined(cell) for cell in row] for row in table.rows])
    return f"{level} {section.title}\n\n{remark}{body}"


def _title(table: Table) -> str:
    """The first cell as the heading, what else is in the table as paragraphs, then the remark."""
    values = [value for row in table.rows for cell in row for value in cell]
    paragraphs = [f"# {_escaped(values[0])}", *map(_escaped, values[1:])] if values else []
    return "\n\n".join([*paragraphs, table.section.query.description]).rstrip() + "\n"


def _list(table: Table) -> Iterator[str]:
    """An item a row: the first cell is its name, the second its text, the others are below."""
    for row in table.rows:
        name = _joined(row[0])
        text = _escaped(_joined(row[1])) if len(row) > 1 else ""
        mark = "" if name.endswith(_SENTENCE_ENDS) or not text else ":"
        yield f"- **{_escaped(name)}{mark}** {text}".rstrip() + "\n"
        for column, cell in zip(table.columns[2:], row[2:], strict=True):
            line = f"  - {_escaped(column.heading)}:"
            if column.listed and len(cell) > 1:
                yield line + "\n"
                for value in cell:
                    yield f"    - {_escaped(value)}\n"
            elif cell:
                yield f"{line} {_escaped(_joined(cell))}\n"


def _joined(cell: Cell) -> str:
    """The values of a cell for the eye: sentences follow one another, else there are semicolons."""
    text = ""
    for value in cell:
        if text:
            text += " " if text.endswith(_SENTENCE_ENDS) else _BETWEEN
        text += value
    return text


def _escaped(text: str) -> str:
    return re.sub(r"([\\`*_\[\]<>])", r"\\\1", " ".join(text.splitlines()))


def _csv(tables: Sequence[Table]) -> str:
    if len(tables) != 1:
        names = ", ".join(table.section.name for table in tables)
        raise InputError("a csv file holds one table", f"Name one of {names}")
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(column.heading for column in tables[0].columns)
    writer.writerows([_BETWEEN.join(cell) for cell in row] for row in tables[0].rows)
    return text.getvalue()


def _json(tables: Sequence[Table], others: Sequence[Newer | None]) -> str:
    content = [
        {
            "id": table.section.name,
            "chapter": table.section.chapter,
            "title": table.section.title,
            "description": table.section.query.description,
            "columns": [
                {"name": column.variable, "heading": column.heading} for column in table.columns
            ],
            "rows": table.rows,
            "newer": newer_data(other),
        }
        for table, other in zip(tables, others or [None] * len(tables), strict=True)
    ]
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"
