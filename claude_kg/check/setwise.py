"""Turn the query of a SPARQL constraint, which asks of one node, into one that asks of all.

SHACL (section 5.3.1) has a constraint's query evaluated once for each focus node, with ``$this``
standing for it. Here the focus nodes are marked in a graph of their own, and a pattern that reads
the mark is put wherever ``$this`` has to be known, so that one evaluation answers for all.
"""

from __future__ import annotations

from collections.abc import Sequence

from claude_kg.check.groups import Element, UnreadableError, groups_in, read_select, variables_of
from claude_kg.check.rewrite import Marked
from claude_kg.query.tokens import Token, tokenize

_FOREIGN = ("LIMIT", "OFFSET", "MINUS", "GRAPH", "SERVICE", "LATERAL")


class NotSetwiseError(Exception):
    """The query cannot be turned; it has to be asked of each node."""


def setwise(text: str, mark: str, tokens: Sequence[Token] | None = None) -> str:
    """The query that asks of all nodes at once; ``mark`` is the pattern that holds of each.

    ``tokens`` are those of the text, where they are known. Raises NotSetwiseError where it is not
    certain that the answers are the same.

    >>> setwise("SELECT $this WHERE { $this ?p ?o }", "$this a <urn:marked>")
    'SELECT $this WHERE { $this a <urn:marked> . $this ?p ?o }'
    """
    tokens = tokenize(text) if tokens is None else tokens
    query = read_setwise(text, tokens)
    return text[: query.start] + Marked(mark).query(query)


def read_setwise(text: str, tokens: Sequence[Token]) -> Element:
    """The query of a constraint, of which what it answers of one node can be asked of all at once.

    Raises NotSetwiseError where that is not certain.
    """
    if "\\u" in text.lower():
        raise NotSetwiseError
    try:
        query = read_select(text, tokens)
    except UnreadableError:
        raise NotSetwiseError from None
    inside = [element for group in groups_in(query) for element in group.elements]
    if any(element.kind in {"minus", "values"} for element in inside):
        # SHACL-SPARQL does not allow authors to write them (section 5.2.1).
        raise NotSetwiseError
    for select in (query, *(element for element in inside if element.kind == "select")):
        _check(select)
    if "this" not in query.variables:
        raise NotSetwiseError
    return query


def _check(select: Element) -> None:
    """Raise NotSetwiseError where one row for all nodes might stand for the rows of several."""
    if any(token.is_word(*_FOREIGN) for token in select.tail):
        raise NotSetwiseError
    if select.counts:
        grouped = [n for n, token in enumerate(select.tail) if token.is_word("GROUP")]
        by = select.tail[grouped[0] :] if grouped else []
        if "this" not in variables_of(by) or any(token.text == "(" for token in by):
            raise NotSetwiseError
    (group,) = select.groups
    if "this" in group.variables and "this" not in select.projected:
        raise NotSetwiseError
