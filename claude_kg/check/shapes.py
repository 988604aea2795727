"""Check a graph against SHACL shapes (https://www.w3.org/TR/shacl/), by one of two engines.

Shapes are meant for the asserted graph: after inference a wrong node becomes a member of the class
that a range names, and its violation disappears.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyoxigraph as ox

from claude_kg.check.data import Data
from claude_kg.check.fast import PARTS, check_fast
from claude_kg.check.findings import Finding
from claude_kg.check.rulebook import Rulebook
from claude_kg.errors import InputError
from claude_kg.terms import PREFIXES

ENGINES = ("fast", "pyshacl")
"""Native engines, and the reference for them, to which they leave what they cannot do."""


def check_shapes(
    data: Data,
    shapes: Sequence[ox.Triple],
    prefixes: Mapping[str, str] = PREFIXES,
    engine: str = ENGINES[0],
    parts: Sequence[str] = PARTS,
) -> list[Finding]:
    """The findings of the shapes in a graph; sub-classes are read from the graph.

    Messages have ``{$this}``, ``{?path}`` and ``{?value}`` filled in, those of core constraints
    too. Of the fast engine, each of the ``parts`` can be had apart from the other.

    Raises InputError for an unknown engine, and where the shapes themselves cannot be used.
    """
    if engine not in ENGINES:
        raise InputError(f"there is no engine {engine!r}", f"Known: {', '.join(ENGINES)}")
    if not shapes:
        return []
    rules = Rulebook(shapes, prefixes)
    if engine == "fast":
        results = check_fast(data, rules, parts)
    else:
        from claude_kg.check.reference import check_by_pyshacl

        results = check_by_pyshacl(data, rules)
    return [rules.finding(result) for result in results]
