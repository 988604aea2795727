"""The questions that can be asked by name: one file each, with a header that is data.

The header follows the convention of grlc: comment lines that start with ``#+`` hold YAML.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from claude_kg import cache, files
from claude_kg.errors import InputError
from claude_kg.load import decode, unreadable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

REPORT_FOLDER = "report"
"""The folder of the queries that make the report."""

_PHRASINGS_FOLDER = "phrasings"
_UNCOVERED = "uncovered.yaml"

_MARK = "#+"
_KEPT_HEADERS = 512
_SHOWN = 3


@dataclass(frozen=True)
class Query:
    """A query text and what its header says about it."""

    name: str
    text: str
    header: Mapping[str, Any] = field(repr=False)
    path: Path | None = None

    @property
    def summary(self) -> str:
        """The question, in a sentence."""
        return str(self.header.get("summary", ""))

    @property
    def description(self) -> str:
        """What there is to know beyond the question."""
        return str(self.header.get("description", ""))

    @property
    def tags(self) -> list[str]:
        """The words under which it is filed."""
        return [str(tag) for tag in self.header.get("tags") or ()]

    @property
    def defaults(self) -> dict[str, str]:
        """The values of parameters that are not given."""
        values: dict[str, str] = {}
        for entry in self.header.get("defaults") or ():
            values.update(entry)
        return values


class Catalogue:
    """All named queries; each is read when it is asked for."""

    def __init__(self, folder: Path | None = None, paths: Sequence[Path] | None = None) -> None:
        self._folder = folder or files.QUERIES_FOLDER
        self._paths = files.walk(self._folder, (".rq",)) if paths is None else paths

    @cached_property
    def names(self) -> dict[str, Path]:
        """The file of every query, by name: its path without the ending."""
        return {
            path.relative_to(self._folder).with_suffix("").as_posix(): path for path in self._paths
        }

    @property
    def phrasing_files(self) -> list[Path]:
        """The files with more ways to put the questions than the headers hold."""
        return files.walk(self._folder / _PHRASINGS_FOLDER, (".yaml",))

    @property
    def uncovered_file(self) -> Path:
        """The file with questions that are asked of such things and have no answer here."""
        return self._folder / _UNCOVERED

    def find(self, name: str) -> Query:
        """The query of this name, of which the last part alone will do where it is unique.

        Raises InputError with the nearest names where there is none.
        """
        full = name if name in self.names else self._by_last_part(name)
        return self._read(full)

    def queries(self) -> list[Query]:
        """Every query, by name."""
        return [self._read(name) for name in self.names]

    def _read(self, name: str) -> Query:
        path = self.names[name]
        return read_query(path, name)

    def _by_last_part(self, name: str) -> str:
        fitting = [full for full in self.names if full.rpartition("/")[2] == name]
        # A question comes before the section of the report that prints the same.
        fitting = [full for full in fitting if not full.startswith(f"{REPORT_FOLDER}/")] or fitting
        if len(fitting) == 1:
            return fitting[0]
        if fitting:
            raise InputError(f"{name!r} names several queries", f"Say which: {', '.join(fitting)}")
        from difflib import get_close_matches

        last_parts = {full.rpartition("/")[2]: full for full in self.names}
        near = dict.fromkeys(
            last_parts.get(match, match)
            for match in get_close_matches(
                name, [*self.names, *last_parts], n=_SHOWN * 2, cutoff=0.5
            )
        )
        raise InputError(
            f"there is no query {name!r}",
            f"Near to it: {', '.join(list(near)[:_SHOWN])}"
            if near
            else "Give a name of the catalogue, a file that ends in .rq, or - for standard input",
        )


def read_query(path: Path, name: str | None = None) -> Query:
    """A query file. Raises InputError where it cannot be read, or its header is no YAML mapping."""
    shown = name or str(path)
    try:
        data = path.read_bytes()
    except (OSError, ValueError) as error:
        raise unreadable(error, str(path)) from None
    return parse_query(decode(data, str(path)), shown, path)


def parse_query(text: str, name: str, path: Path | None = None) -> Query:
    """A query text, with what its header says."""
    return Query(name, text, _header(text, str(path or name)), path)


def _header(text: str, name: str) -> dict[str, Any]:
    """The header as data; read by a YAML parser once for one content, for the parser is slow."""
    lines = [
        line[len(_MARK) :].removeprefix(" ") if line.startswith(_MARK) else ""
        for line in text.splitlines()
    ]
    source = "\n".join(lines).rstrip()
    if not source.strip():
        return {}
    entry = f"{hashlib.sha256(source.encode()).hexdigest()}.header"
    if (kept := cache.read(entry)) is not None:
        header: dict[str, Any] = json.loads(kept)
        return header
    header = _parse_yaml(source, name)
    cache.write(entry, json.dumps(header, default=str).encode(), keep=_KEPT_HEADERS)
    return header


def _parse_yaml(source: str, name: str) -> dict[str, Any]:
    import yaml

    try:
        header = yaml.safe_load(source)
        if isinstance(header, dict) and "defaults" in header:
            # As text, for to YAML a name such as "on" is a truth value, and 007 is 7.
            header["defaults"] = yaml.load(source, yaml.BaseLoader)["defaults"]  # noqa: S506
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        raise InputError(
            f"the header is no YAML: {error.problem}",
            "Quote values that hold a colon",
            file=name,
            line=mark.line + 1 if mark else None,
            column=mark.column + len(_MARK) + 2 if mark else None,
        ) from None
    except (yaml.YAMLError, RecursionError) as error:
        raise InputError(f"the header is no YAML: {error}", file=name) from None
    if not isinstance(header, dict):
        raise InputError("the header holds no names with values", "Write #+ name: value", file=name)
    defaults = header.get("defaults") or []
    if not isinstance(defaults, list) or not all(_is_plain(entry) for entry in defaults):
        raise InputError(
            "the defaults are no list of names with values", "Write - name: value", file=name
        )
    return {str(key): value for key, value in header.items()}


def _is_plain(entry: object) -> bool:
    return isinstance(entry, dict) and all(isinstance(value, str) for value in entry.values())
