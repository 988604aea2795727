"""Draw the conclusions that OWL 2 RL allows from an asserted graph, by one of two reasoners."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pyoxigraph as ox

from claude_kg.closure import Closure
from claude_kg.errors import InputError
from claude_kg.terms import PREFIXES

REASONERS = ("rules", "owlrl")
"""The rules of this package, which are fast and can say why; and owlrl, their reference."""


def close(
    asserted: Iterable[ox.Triple],
    prefixes: Mapping[str, str] = PREFIXES,
    reasoner: str = REASONERS[0],
) -> Closure:
    """The OWL 2 RL closure of a graph, less what tells a reader nothing.

    Left out are statements about or by means of blank nodes, about literals, and those of which
    :func:`claude_kg.closure.tells` says no. Literals keep the form in which they are asserted.
    ``prefixes`` shorten the names in the sentences about contradictions.

    Raises InputError for an unknown reasoner, and, of the rules, for axioms that they do not
    cover.
    """
    if reasoner == "rules":
        from claude_kg.reason import reason

        return reason(asserted, prefixes).closure
    if reasoner == "owlrl":
        from claude_kg.reason.reference import close_by_owlrl

        return close_by_owlrl(asserted, prefixes)
    raise InputError(f"there is no reasoner {reasoner!r}", f"Known: {', '.join(REASONERS)}")
