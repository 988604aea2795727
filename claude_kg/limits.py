"""The bounds within which foreign files and queries are handled."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on one query: wall-clock seconds, memory in MiB, and results (rows or triples)."""

    seconds: float = 30.0
    memory_mib: int = 2048
    results: int = 1_000_000


DEFAULT_LIMITS = Limits()
"""Enough for any question to an ontology, and little enough to wait for."""

MAX_FILE_MIB = 256
"""The largest data file that is read; far above any ontology that is edited by hand."""

MAX_NESTING = 100
"""How deep brackets may nest: parsers that recurse end the process long before memory does."""

MAX_QUERY_CHARACTERS = 1 << 20
"""The longest query text that is looked at."""
