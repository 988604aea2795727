"""Read what can be read of the files to be checked, and remember what cannot."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence

from claude_kg import files
from claude_kg.errors import InputError, InputErrors
from claude_kg.limits import MAX_FILE_MIB
from claude_kg.load import (
    STANDARD_INPUT,
    LoadedGraph,
    PathLike,
    Role,
    Source,
    _expand,
    _read_source,
)


def read(
    facts: Sequence[PathLike] | None = None,
    overlays: Sequence[PathLike] = (),
    *,
    input_format: str | None = None,
) -> tuple[LoadedGraph, list[InputError]]:
    """The graph of all facts and overlays that can be read, and the errors of those that cannot.

    The arguments are those of :func:`claude_kg.load.load`. Raises InputErrors where the vocabulary
    cannot be read, without which nothing else has a meaning.
    """
    sources: list[Source] = []
    errors: list[InputError] = []

    def add(role: Role, paths: Iterable[PathLike], format_name: str | None) -> None:
        for path in paths:
            try:
                names = _expand(os.fspath(path))
            except InputError as error:
                errors.append(error)
                continue
            for name in names:
                try:
                    source = _read_source(name, role, format_name, len(sources), MAX_FILE_MIB)
                except InputError as error:
                    errors.extend(error.errors if isinstance(error, InputErrors) else [error])
                else:
                    sources.append(source)

    add("vocabulary", files.vocabulary_files(), None)
    if errors:
        raise errors[0] if len(errors) == 1 else InputErrors(errors)
    if [os.fspath(path) for path in (*(facts or ()), *overlays)].count(STANDARD_INPUT) > 1:
        raise InputError("standard input (-) is given twice", "It can be read once")
    add("facts", files.facts_files() if facts is None else facts, input_format)
    add("overlay", overlays, input_format)
    return LoadedGraph(tuple(sources)), errors
