"""Regenerate tables from the graph: each is a query whose header lays out its answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from claude_kg.errors import InputError
from claude_kg.query.catalogue import REPORT_FOLDER
from claude_kg.render.results import cell

if TYPE_CHECKING:
    from claude_kg.graph import KnowledgeGraph
    from claude_kg.limits import Limits
    from claude_kg.query.catalogue import Catalogue, Query
    from claude_kg.query.run import Row


Cell = tuple[str, ...]


LAYOUTS = ("table", "list", "title")
"""How a section is shown to people: a table, a list, or the beginning of the document."""


@dataclass(frozen=True)
class Layout:
    """A column as the header of a section describes it: a variable under a heading.

    With ``across``, a variable too, it is one column for each value of that variable. ``listed``
    asks for a line for each value of a cell where a section is shown as a list.
    """

    variable: str
    heading: str
    across: str = ""
    listed: bool = False


@dataclass(frozen=True)
class Section:
    """One table of the report, still to be filled: the query, and the columns in order.

    Answers that agree in ``row`` are one row. ``layout`` is one of LAYOUTS, and sections that
    follow one another with the same ``chapter`` are one chapter of a document.
    """

    name: str
    title: str
    chapter: str
    order: float
    layout: str
    row: str
    columns: tuple[Layout, ...]
    query: Query


@dataclass(frozen=True)
class Column:
    """A column of a table: the variable whose values it holds, and its heading."""

    variable: str
    heading: str
    listed: bool = False


@dataclass(frozen=True)
class Table:
    """One table of the report; a cell holds every distinct value that belongs there."""

    section: Section
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]


def sections(catalogue: Catalogue) -> list[Section]:
    """The sections of the report, in the order that their headers ask for.

    Raises InputError where a header does not say what it must.
    """
    names = [name for name in catalogue.names if name.startswith(f"{REPORT_FOLDER}/")]
    found = [
        _section(name.removeprefix(f"{REPORT_FOLDER}/"), catalogue.find(name)) for name in names
    ]
    return sorted(found, key=lambda section: (section.order, section.name))


def choose(available: Sequence[Section], names: Sequence[str]) -> list[Section]:
    """The sections of these names in the order of the names, or all where there are none.

    Raises InputError for an unknown name.
    """
    by_name = {section.name: section for section in available}
    for name in names:
        if name not in by_name:
            near = get_close_matches(name, by_name, n=3, cutoff=0.5) or list(by_name)
            raise InputError(f"there is no section {name!r}", f"Try {', '.join(near)}")
    return [by_name[name] for name in dict.fromkeys(names)] if names else list(available)


def fill(
    graph: KnowledgeGraph,
    section: Section,
    *,
    asserted: bool = False,
    limits: Limits | None = None,
) -> Table:
    """The table of a section, as the graph has it.

    Raises InputError where a column is no variable of the query, and what asking may raise.
    """
    result = graph.query(section.query, asserted=asserted, limits=limits)
    for name in _variables(section):
        if name not in result.variables:
            raise InputError(
                f"the header of the section speaks of {name!r}, which the query does not select",
                f"It selects {', '.join(result.variables)}",
                file=str(section.query.path),
            )
    keys = dict.fromkeys(answer.get(section.row) for answer in result.rows)
    columns: list[Column] = []
    rows: dict[object, list[Cell]] = {key: [] for key in keys}
    for layout in section.columns:
        for column, answers in _spread(layout, result.rows, graph.prefixes):
            columns.append(column)
            groups: dict[object, list[Row]] = {key: [] for key in keys}
            for answer in answers:
                groups[answer.get(section.row)].append(answer)
            for key, group in groups.items():
                rows[key].append(_texts(group, layout.variable, graph.prefixes))
    return Table(section, tuple(columns), tuple(tuple(row) for row in rows.values()))


def _variables(section: Section) -> Iterator[str]:
    yield section.row
    for layout in section.columns:
        yield layout.variable
        if layout.across:
            yield layout.across


def _spread(
    layout: Layout, answers: Sequence[Row], prefixes: Mapping[str, str]
) -> Iterator[tuple[Column, list[Row]]]:
    """The columns that a layout makes, each with the answers that belong into it."""
    if not layout.across:
        yield Column(layout.variable, layout.heading, layout.listed), list(answers)
        return
    for heading in _texts(answers, layout.across, prefixes):
        fitting = [row for row in answers if heading in _texts([row], layout.across, prefixes)]
        yield Column(layout.variable, heading), fitting


def _texts(answers: Sequence[Row], variable: str, prefixes: Mapping[str, str]) -> Cell:
    """The distinct values of a variable, in the order of the answers."""
    return tuple(
        dict.fromkeys(cell(answer[variable], prefixes) for answer in answers if variable in answer)
    )


def _section(name: str, query: Query) -> Section:
    header = query.header.get("report")
    if not isinstance(header, dict) or not isinstance(header.get("columns"), dict):
        raise InputError(
            "the header lacks the layout of the table",
            "Give it report: with title:, row: and columns: (a heading for each variable)",
            file=str(query.path),
        )
    columns = tuple(
        _layout(str(variable), heading, query) for variable, heading in header["columns"].items()
    )
    if not columns:
        raise InputError("the table has no columns", file=str(query.path))
    shown_as = str(header.get("layout", LAYOUTS[0]))
    if shown_as not in LAYOUTS:
        raise InputError(
            f"layout: {shown_as!r} is unknown",
            f"Write {' or '.join(LAYOUTS)}",
            file=str(query.path),
        )
    return Section(
        name,
        str(header.get("title", query.summary)),
        str(header.get("chapter", "")),
        _number(header.get("order", 0), query),
        shown_as,
        str(header.get("row", columns[0].variable)),
        columns,
        query,
    )


def _layout(variable: str, heading: Any, query: Query) -> Layout:
    if not isinstance(heading, dict):
        return Layout(variable, str(heading))
    if list(heading) == ["across"]:
        return Layout(variable, "", str(heading["across"]))
    if "heading" in heading and heading.keys() <= {"heading", "listed"}:
        return Layout(variable, str(heading["heading"]), listed=heading.get("listed") is True)
    raise InputError(
        f"the column {variable!r} has no heading",
        "Write a heading, or heading: with listed:, or across: and the variable whose values "
        "become the headings",
        file=str(query.path),
    )


def _number(value: Any, query: Query) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        raise InputError(f"order: {value!r} is no number", file=str(query.path)) from None
