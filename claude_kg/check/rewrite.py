"""Write a query anew from its groups, narrowed to what is of interest.

``FILTER NOT EXISTS`` is evaluated by Oxigraph for each solution anew, in an order that is planned
without knowing the solution: where more than one pattern is involved this grows quadratically.
It becomes a ``MINUS``, which SHACL-SPARQL does not allow authors to write, where the two mean the
same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from claude_kg.check.groups import Element, Group, union_of


@dataclass(frozen=True)
class Values:
    """Variables, and the rows of values of which they are to have one; terms as in N-Triples."""

    variables: tuple[str, ...]
    rows: frozenset[tuple[str, ...]]

    def of(self, variables: frozenset[str]) -> Values:
        """What it says of some of its variables."""
        kept = [n for n, name in enumerate(self.variables) if name in variables]
        return Values(
            tuple(self.variables[n] for n in kept),
            frozenset(tuple(row[n] for n in kept) for row in self.rows),
        )

    def __str__(self) -> str:
        names = " ".join(f"?{name}" for name in self.variables)
        rows = " ".join(f"({' '.join(row)})" for row in sorted(self.rows))
        return f"VALUES ({names}) {{ {rows} }}"


class _Writer:
    """Writes a query as it was read, but for what its subclasses add."""

    def query(self, element: Element) -> str:
        """A query, from the word SELECT on."""
        group = self._braces(element.groups[0], marked="this" in element.variables)
        return " ".join(part for part in (element.text, group, element.after) if part)

    def _at_start(self, group: Group, *, marked: bool) -> list[str]:
        """What is put at the start of a group."""
        raise NotImplementedError

    def _before(self, element: Element) -> list[str]:
        """What is put before an element."""
        raise NotImplementedError

    def _without(self, element: Element, group: Group, *, marked: bool) -> str:
        """A ``NOT EXISTS`` of a group."""
        raise NotImplementedError

    def _braces(self, group: Group, *, marked: bool, first: Sequence[str] = ()) -> str:
        parts = [*first, *self._at_start(group, marked=marked)]
        late = []
        for element in group.elements:
            if element.kind == "select":
                # The only thing in its group: the braces are those of the group.
                return f"{{ {self.query(element)} }}"
            if element.kind == "not exists":
                late.append(self._without(element, group, marked=marked))
                continue
            parts += self._before(element)
            if element.kind in {"optional", "minus"}:
                # What is optional sees what stands before it.
                word = element.kind.upper()
                parts.append(f"{word} {self._braces(element.groups[0], marked=False)}")
            elif element.kind == "group":
                branches = [self._braces(g, marked=needs_this(g)) for g in element.groups]
                parts.append(" UNION ".join(branches))
            else:
                parts.append(element.text)
        written = ""
        for part in (*parts, *late):
            dot = "" if not written or written.endswith((".", "}", "{")) else " ."
            written += f"{dot} {part}"
        return f"{{{written} }}"

    def _minus(
        self, element: Element, group: Group, known: frozenset[str], first: Sequence[str] = ()
    ) -> str | None:
        """A ``MINUS`` for a ``NOT EXISTS``, where it means the same and pays; or None.

        The variables that are ``known`` have a value in every solution of the group; what is
        ``first`` in it narrows it.
        """
        (inner,) = element.groups
        given = [e for e in group.elements if e.kind == "text"]
        outside = union_of(e for e in group.elements if e.kind not in {"filter", "not exists"})
        stated = union_of(e for e in inner.elements if e.kind == "text")
        shared = inner.variables & (outside | known)
        if (
            _is_one_pattern(inner)
            or not all(_is_simple(e) for e in inner.elements)
            or not shared <= group.certain | known
            or not shared & stated
        ):
            return None
        if shared <= stated:
            braces = self._braces(inner, marked=bool(known & stated), first=first)
        elif shared <= union_of(given) | known and not _has_blank_node(given):
            both = Group((*given, *inner.elements))
            braces = self._braces(both, marked=True, first=first)
        else:
            return None
        return f"MINUS {braces}"


class Marked(_Writer):
    """Writes a query about ``$this`` so that it is about all that a pattern holds of."""

    def __init__(self, mark: str) -> None:
        self._mark = mark

    def _at_start(self, group: Group, *, marked: bool) -> list[str]:
        return [self._mark] if marked else []

    def _before(self, element: Element) -> list[str]:
        return []

    def _without(self, element: Element, group: Group, *, marked: bool) -> str:
        minus = self._minus(element, group, frozenset({"this"})) if marked else None
        return minus or element.text


class Narrowed(_Writer):
    """Writes a query with values before some of its parts.

    They are given by the place of what they are put before, be it the start of a group or an
    element; those of a ``NOT EXISTS`` go into it, if it can be turned into a ``MINUS``.
    """

    def __init__(self, values: Mapping[int, Values]) -> None:
        self._values = values

    def _at_start(self, group: Group, *, marked: bool) -> list[str]:
        return [str(self._values[group.start])] if group.start in self._values else []

    def _before(self, element: Element) -> list[str]:
        return [str(self._values[element.start])] if element.start in self._values else []

    def _without(self, element: Element, group: Group, *, marked: bool) -> str:
        return self._minus(element, group, frozenset(), self._before(element)) or element.text


def needs_this(group: Group) -> bool:
    """Whether ``$this`` has to be known in a group, and not just in a subquery of it."""
    return any("this" in e.variables for e in group.elements if e.kind != "select")


def _is_simple(element: Element) -> bool:
    """Whether it means the same with the solution given, and joined to it."""
    if element.kind == "optional":
        return all(e.kind in {"text", "filter"} for g in element.groups for e in g.elements)
    return element.kind in {"text", "filter", "not exists"}


def _has_blank_node(elements: Iterable[Element]) -> bool:
    return any(token.kind == "blank" for element in elements for token in element.tokens)


def _is_one_pattern(group: Group) -> bool:
    if len(group.elements) != 1 or group.elements[0].kind != "text":
        return False
    return len([t for t in group.elements[0].tokens if t.text != "."]) == 3
