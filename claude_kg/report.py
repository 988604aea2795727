"""Regenerate tables from the graph: each is a query whose header lays out its answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from claude_kg.errors import InputError
from claude_kg.render.results import cell

if TYPE_CHECKING:
    from claude_kg.graph import KnowledgeGraph
    from claude_kg.limits import Limits
    from claude_kg.query.catalogue import Catalogue, Query
    from claude_kg.query.run import Row

FOLDER = "report"
"""The folder of the catalogue whose queries are sections of the report."""

Cell = tuple[str, ...]


@dataclass(frozen=True)
class Section:
    """One table of the report, still to be filled: the query, and the columns in order.

    ``columns`` are the headings by variable; answers that agree in ``row`` are one row.
    """

    name: str
    title: str
    order: float
    row: str
    columns: Mapping[str, str]
    query: Query


@dataclass(frozen=True)
class Table:
    """One table of the report; a cell holds every distinct value that belongs there."""

    section: Section
    rows: tuple[tuple[Cell, ...], ...]


def sections(catalogue: Catalogue) -> list[Section]:
    """The sections of the report, in the order that their headers ask for.

    Raises InputError where a header does not say what it must.
    """
    names = [name for name in catalogue.names if name.startswith(f"{FOLDER}/")]
    found = [_section(name.removeprefix(f"{FOLDER}/"), catalogue.find(name)) for name in names]
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
    for name in (section.row, *section.columns):
        if name not in result.variables:
            raise InputError(
                f"the header of the section speaks of {name!r}, which the query does not select",
                f"It selects {', '.join(result.variables)}",
                file=str(section.query.path),
            )
    groups: dict[object, list[Row]] = {}
    for answer in result.rows:
        groups.setdefault(answer.get(section.row), []).append(answer)
    return Table(
        section,
        tuple(
            tuple(
                tuple(dict.fromkeys(cell(row[name], graph.prefixes) for row in rows if name in row))
                for name in section.columns
            )
            for rows in groups.values()
        ),
    )


def _section(name: str, query: Query) -> Section:
    layout = query.header.get("report")
    if not isinstance(layout, dict) or not isinstance(layout.get("columns"), dict):
        raise InputError(
            "the header lacks the layout of the table",
            "Give it report: with title:, row: and columns: (a heading for each variable)",
            file=str(query.path),
        )
    columns = {str(variable): str(heading) for variable, heading in layout["columns"].items()}
    if not columns:
        raise InputError("the table has no columns", file=str(query.path))
    return Section(
        name,
        str(layout.get("title", query.summary)),
        _number(layout.get("order", 0), query),
        str(layout.get("row", next(iter(columns)))),
        columns,
        query,
    )


def _number(value: Any, query: Query) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        raise InputError(f"order: {value!r} is no number", file=str(query.path)) from None
