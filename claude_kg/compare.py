"""Set things side by side: for every aspect what is said of each, and where they differ."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pyoxigraph as ox

from claude_kg.errors import InputError
from claude_kg.facts import NO, NOTE, YES, Fact, Facts
from claude_kg.lookup import (
    CONCEPT,
    FACT_NODE,
    HAS_MODE,
    MODE,
    MODE_OF,
    PRODUCT,
    STATED_IN,
    Kind,
    Lookup,
)
from claude_kg.terms import CKG, OWL, RDF_TYPE, RDFS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from claude_kg.graph import KnowledgeGraph

_STATEMENT = CKG + "statement"
_KIND = "kind"
_POINTING = "what points at it"


@dataclass(frozen=True)
class Thing:
    """One of the things that are compared."""

    iri: str
    name: str
    kinds: tuple[Kind, ...]


@dataclass(frozen=True)
class Value:
    """What is said of a thing in one respect; ``modes`` for which of its modes, if not for all.

    ``verdict`` is "yes" or "no" where the graph says so explicitly. A value without a text stands
    for a mode of which nothing is said while something is said of another.
    """

    text: str
    modes: tuple[str, ...] = ()
    verdict: str | None = None
    inferred: bool = False
    disputed: bool = False
    sections: tuple[str, ...] = ()
    terms: tuple[ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple, ...] = ()


@dataclass(frozen=True)
class Row:
    """One aspect: for each thing the values, or none where nothing is stated."""

    group: str
    aspect: str
    cells: tuple[tuple[Value, ...], ...]
    differs: bool


@dataclass(frozen=True)
class Comparison:
    """Things side by side."""

    things: tuple[Thing, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, order=True)
class _Aspect:
    """What a row is about, and where it stands among the rows."""

    order: tuple[int, tuple[int, str], str]
    group: str = field(compare=False)
    name: str = field(compare=False)


def compare(
    graph: KnowledgeGraph, terms: Sequence[str], *, diff: bool = False, asserted: bool = False
) -> Comparison:
    """Set two or more things of like kind side by side, a row an aspect.

    A product is compared by what is said of its access modes too. With ``diff`` only the rows in
    which the things differ are kept; with ``asserted`` only what the files state counts. Raises
    InputError for fewer than two things, for a term that means nothing or several things, and for
    things that have no kind in common.

    >>> from claude_kg import KnowledgeGraph
    >>> found = compare(KnowledgeGraph.load(), ["ckg:Hour", "ckg:Minute"], diff=True)
    >>> [thing.name for thing in found.things]
    ['hour', 'minute']
    """
    look = Lookup(graph, asserted=asserted)
    things = [look.find(term, individuals=True) for term in terms]
    if len(set(things)) < len(things):
        twice = next(iri for iri in things if things.count(iri) > 1)
        raise InputError(
            f"{look.name(twice)} is to be compared with itself", "Name each thing once"
        )
    if len(things) < 2:
        raise InputError("there is nothing to compare with", "Name two things or more")
    _require_like_kind(look, things)
    columns = [_Column(look, Facts(look), iri).values() for iri in things]
    rows = []
    for aspect in sorted({aspect for column in columns for aspect in column}):
        cells = tuple(tuple(column.get(aspect, ())) for column in columns)
        differs = len({_content(cell) for cell in cells}) > 1
        if differs or not diff:
            rows.append(Row(aspect.group, aspect.name, cells, differs))
    named = (Thing(iri, look.name(iri), tuple(look.kinds(iri))) for iri in things)
    return Comparison(tuple(named), tuple(rows))


def _content(cell: Iterable[Value]) -> frozenset[tuple[str, tuple[str, ...]]]:
    return frozenset((value.text, value.modes) for value in cell)


def _require_like_kind(look: Lookup, things: Sequence[str]) -> None:
    """A product and a mode can be compared too, since a product is compared by its modes."""
    untelling = {CONCEPT, FACT_NODE, OWL + "NamedIndividual", OWL + "Thing"}
    classes = [look.classes(iri) - untelling for iri in things]
    classes = [found | {MODE} if PRODUCT in found else found for found in classes]
    if frozenset.intersection(*classes):
        return
    shown = [
        f"{look.name(iri)} ({', '.join(kind.text for kind in look.kinds(iri)) or 'of no kind'})"
        for iri in things
    ]
    raise InputError(
        f"the things are of different kinds: {'; '.join(shown)}",
        "Name things that are of one kind",
    )


class _Column:
    """What is said of one thing, by aspect."""

    def __init__(self, look: Lookup, facts: Facts, iri: str) -> None:
        self._look = look
        self._facts = facts
        self._iri = iri
        self._modes = look.modes(iri)

    def values(self) -> dict[_Aspect, list[Value]]:
        """The values of every aspect that anything is said of, those of the thing itself first."""
        own = self._of(self._iri)
        by_mode = {mode: self._of(mode) for mode in self._modes}
        aspects = {*own, *(aspect for found in by_mode.values() for aspect in found)}
        found: dict[_Aspect, list[Value]] = {}
        for aspect in aspects:
            said = own.get(aspect, [])
            of_modes = {mode: by_mode[mode].get(aspect, []) for mode in self._modes}
            found[aspect] = [*_sorted(said), *self._of_modes(of_modes, {v.text for v in said})]
        return found

    def _of_modes(self, by_mode: dict[str, list[Value]], said: set[str]) -> list[Value]:
        """The values of the modes; each says for which it holds, where they differ.

        ``said`` is what is said of the thing itself, whichever mode it is used in.
        """
        names = {mode: self._look.mode_name(mode) for mode in by_mode}
        holding: defaultdict[str, list[str]] = defaultdict(list)
        example: dict[str, Value] = {}
        for mode, values in by_mode.items():
            for value in values or ([] if said else [Value("")]):
                if value.text not in said:
                    holding[value.text].append(names[mode])
                    example.setdefault(value.text, value)
        if not any(example):
            return []
        return [
            replace(value, modes=self._only(holding[text], text)) for text, value in example.items()
        ]

    def _only(self, holding: Sequence[str], text: str) -> tuple[str, ...]:
        """The modes to name beside a value: none where it holds for all, or names them."""
        return () if len(holding) == len(self._modes) or holding == [text] else tuple(holding)

    def _of(self, iri: str) -> dict[_Aspect, list[Value]]:
        found: defaultdict[_Aspect, list[Value]] = defaultdict(list)
        look = self._look
        for kind in look.kinds(iri) if iri == self._iri else ():
            aspect = _Aspect((0, (0, ""), ""), _KIND, _KIND)
            found[aspect].append(Value(kind.text, inferred=kind.inferred))
        for fact in self._facts.own(iri):
            if not self._redundant(fact):
                last = fact.property == NOTE
                aspect = _Aspect((1 + last, look.place(fact.property), ""), fact.group, fact.label)
                found[aspect].append(self._plain(fact))
        for fact in self._facts.about(iri):
            if (row := self._row(fact)) is not None:
                found[row].append(_degree(fact))
        for fact in self._facts.pointing(iri):
            if fact.property not in {RDF_TYPE, HAS_MODE, MODE_OF, STATED_IN}:
                aspect = _Aspect((4, look.place(fact.property), ""), _POINTING, fact.label)
                found[aspect].append(self._plain(fact))
        return found

    def _redundant(self, fact: Fact) -> bool:
        """Whether a fact only leads to the modes, or follows from what is said of them."""
        if not self._modes:
            return False
        chains = self._look.chains(fact.property)
        return fact.property in (HAS_MODE, MODE_OF) or any(c[:1] == [HAS_MODE] for c in chains)

    def _row(self, fact: Fact) -> _Aspect | None:
        """The row of a fact node, if it is one that other things of the kind can have too."""
        assert isinstance(fact.value, ox.NamedNode)
        node = fact.value.value
        cls = self._facts.node_class(node)
        keys = self._facts.pattern(cls).keys
        if any(detail.property == _STATEMENT for detail in fact.details):
            return None
        if fact.property in keys[1:] and self._range(fact.property) == self._range(keys[0]):
            # The other direction of a relation between things of one kind.
            return None
        about = fact.text if fact.degrees or fact.aspects else self._look.name(cls)
        name = ", ".join([about, *(aspect.text for aspect in fact.aspects)])
        return _Aspect((3, self._look.place(cls), name.casefold()), fact.group, name)

    def _range(self, prop: str) -> set[str]:
        return set(self._look.things(prop, RDFS + "range"))

    def _plain(self, fact: Fact) -> Value:
        """A value; of a fact node what it says, and not its name, which is never another's."""
        said = "; ".join(d.text for d in fact.details if d.property != NOTE)
        return Value(
            said or fact.text,
            inferred=fact.inferred,
            disputed=fact.disputed,
            sections=fact.sections,
            terms=(fact.value,),
        )


def _degree(fact: Fact) -> Value:
    words = [("yes" if d.iri in YES else "no" if d.iri in NO else d.text) for d in fact.degrees]
    details = "; ".join(d.text for d in fact.details if d.property != NOTE)
    text = ", ".join(words)
    if details:
        text = f"{text} ({details})" if text else details
    iris = {degree.iri for degree in fact.degrees}
    return Value(
        text or fact.text,
        verdict="no" if iris & NO else "yes" if iris & YES else None,
        disputed=fact.disputed,
        sections=fact.sections,
        terms=(fact.value,),
    )


def _sorted(values: Iterable[Value]) -> list[Value]:
    return sorted(values, key=lambda value: value.text.casefold())
