"""Find the access modes that have what somebody needs, and say why, or what they lack."""

from __future__ import annotations

import operator as operator_module
import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import pyoxigraph as ox

from claude_kg.errors import InputError
from claude_kg.facts import NO, YES, Fact, Facts
from claude_kg.lookup import (
    FACT_NODE,
    HAS_MODE,
    METHOD,
    MODE,
    MODE_OF,
    PRODUCT,
    Lookup,
    Name,
    shown,
)
from claude_kg.terms import CKG, OWL, RDFS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from claude_kg.graph import KnowledgeGraph

Verdict = Literal["yes", "conditional", "no", "not stated"]

_CANNOT = frozenset({CKG + "cannotUseMode"})
"""The properties by which a thing denies that it goes together with a mode."""

_EXPRESSION = re.compile(r"(.+?)\s*(>=|<=|!=|=|>|<)\s*(\S.*)", re.DOTALL)
_NUMBER = re.compile(r"[+-]?\d{1,30}(?:[_,]?\d{3})*(?:\.\d{1,30})?")
_LONGEST = 200


@dataclass(frozen=True)
class Need:
    """Something that an access mode has to have, or must not have (``wanted`` is false)."""

    text: str
    name: str
    iri: str
    wanted: bool
    operator: str = ""
    value: str = ""


@dataclass(frozen=True)
class Finding:
    """What is known of one need in one mode.

    ``has`` says whether the mode has what the need names, and ``met`` whether this is as wished;
    ``because`` is the fact in words, and ``sections`` state it.
    """

    need: Need
    has: Verdict
    met: bool
    because: str
    sections: tuple[str, ...] = ()
    disputed: bool = False
    inferred: bool = False


@dataclass(frozen=True)
class Candidate:
    """An access mode, judged by all needs; ``name`` sets it apart from its product's others."""

    product: Name | None
    mode: Name
    name: str
    findings: tuple[Finding, ...]

    @property
    def fits(self) -> bool:
        """Whether all needs are met."""
        return all(finding.met for finding in self.findings)


@dataclass(frozen=True)
class Search:
    """The needs, and every access mode by product: those that fit and those that do not.

    ``references`` are the short names of the sections, and ``headings`` what they stand for.
    """

    needs: tuple[Need, ...]
    candidates: tuple[Candidate, ...]
    references: dict[str, str]
    headings: dict[str, str]

    @property
    def fitting(self) -> tuple[Candidate, ...]:
        """The access modes that meet all needs."""
        return tuple(candidate for candidate in self.candidates if candidate.fits)

    @property
    def failing(self) -> tuple[Candidate, ...]:
        """The access modes that do not."""
        return tuple(candidate for candidate in self.candidates if not candidate.fits)


def find(
    graph: KnowledgeGraph,
    needs: Sequence[str] = (),
    without: Sequence[str] = (),
    *,
    strict: bool = False,
    asserted: bool = False,
) -> Search:
    """Judge every access mode by what it has to have and what it must not have.

    A need is an IRI, a prefixed name or a name of anything that a mode or its product can have or
    be, or a comparison such as ``contextWindowTokens>=500000``. What holds under a condition counts
    as met unless ``strict``; what must not be had must not be had under a condition either.

    Raises InputError where there is no need, and for one that means nothing or several things.

    >>> from claude_kg import KnowledgeGraph
    >>> found = find(KnowledgeGraph.load(), ["contextWindowTokens>0"])
    >>> len(found.fitting) + len(found.failing) == len(found.candidates)
    True
    """
    if not needs and not without:
        raise InputError("there is nothing to look for", "Give --needs NAME or --without NAME")
    look = Lookup(graph, asserted=asserted)
    judge = _Judge(look, strict=strict)
    wishes = [judge.need(text, wanted=True) for text in needs]
    wishes += [judge.need(text, wanted=False) for text in without]
    wishes = list(dict.fromkeys(wishes))
    candidates = tuple(judge.candidate(mode, wishes) for mode in judge.modes)
    used = {section for c in candidates for finding in c.findings for section in finding.sections}
    sections = sorted(used, key=look.section_order)
    return Search(
        tuple(wishes),
        candidates,
        {section: look.reference(section) for section in sections},
        {section: look.name(section) for section in sections},
    )


@dataclass(frozen=True)
class _Evidence:
    has: Verdict
    because: str
    sections: tuple[str, ...] = ()
    disputed: bool = False
    inferred: bool = False


_NOTHING = _Evidence("not stated", "")


class _Judge:
    """Looks for what is said of a mode, or of its product, and a thing that is needed."""

    def __init__(self, look: Lookup, *, strict: bool) -> None:
        self._look = look
        self._facts = Facts(look)
        self._strict = strict
        self._own: dict[str, list[Fact]] = {}
        self._nodes: dict[str, list[Fact]] = {}

    @cached_property
    def modes(self) -> list[str]:
        """All access modes, by product, in the order of the files."""
        look = self._look

        def order(mode: str) -> tuple[object, ...]:
            product = look.product(mode)
            return (look.place(product) if product else (1 << 30, ""), look.place(mode))

        return sorted(look.members(MODE), key=order)

    def need(self, text: str, *, wanted: bool) -> Need:
        """What a text asks for."""
        if not text.strip():
            raise InputError("a need is empty", "Give --needs NAME or --without NAME")
        bearers = self._look.bearers(text)
        comparison = (
            _EXPRESSION.fullmatch(text.strip()) if not bearers and len(text) <= _LONGEST else None
        )
        if comparison:
            prop = self._property(comparison[1])
            operator, value = comparison[2], _value(comparison[3], comparison[2])
            name = f"{self._look.name(prop)} {operator} {value}"
            return Need(text, name, prop, wanted, operator, value)
        iri = self._thing(text)
        if OWL + "DatatypeProperty" in self._look.types(iri):
            raise InputError(
                f"{shown(text)} is a property with values, and no value is given",
                f"Compare it, as in '{text.strip()}>=1' or '{text.strip()}=true'",
            )
        return Need(text, self._look.name(iri), iri, wanted)

    def candidate(self, mode: str, needs: Iterable[Need]) -> Candidate:
        """A mode, judged by all needs."""
        look = self._look
        product = look.product(mode)
        return Candidate(
            Name(product, look.name(product)) if product else None,
            Name(mode, look.name(mode)),
            look.mode_name(mode),
            tuple(self._finding(mode, need) for need in needs),
        )

    def _property(self, text: str) -> str:
        """The property whose values are compared; of several things of one name, the property."""
        kind = OWL + "DatatypeProperty"
        found = [iri for iri in self._look.bearers(text) if kind in self._look.types(iri)]
        if len(found) == 1:
            return found[0]
        if found:
            raise self._look.ambiguous(text, found)
        iri = self._look.find(text)
        raise InputError(
            f"{shown(text)} names {self._look.name(iri)}, which has no values to compare",
            "Name a data property, such as one that is a number",
        )

    def _thing(self, text: str) -> str:
        """The thing that a text means; of several equally likely, the one that modes can have."""
        try:
            return self._look.find(text, individuals=True)
        except InputError:
            bearers = self._look.bearers(text)
            told = [
                iri for iri in bearers if any(self._evidence(m, iri).because for m in self.modes)
            ]
            if len(told) == 1:
                return told[0]
            raise

    def _finding(self, mode: str, need: Need) -> Finding:
        found = self._compared(mode, need) if need.operator else self._evidence(mode, need.iri)
        enough = found.has == "yes" or (found.has == "conditional" and not self._strict)
        had = found.has in ("yes", "conditional")
        return Finding(
            need,
            found.has,
            enough if need.wanted else not had,
            found.because,
            found.sections,
            found.disputed,
            found.inferred,
        )

    def _evidence(self, mode: str, iri: str) -> _Evidence:
        """What is said of a mode and a thing: by a node, by the mode, by the product, in between.

        What is said of the mode counts before what is said of its product.
        """
        look = self._look
        product = look.product(mode)
        holders = [mode] if product is None else [mode, product]
        for holder in holders:
            if found := self._by_node(holder, iri) or self._by_edge(holder, iri):
                return found
        for holder in holders:
            if iri == holder:
                return _Evidence("yes", f"it is {look.name(iri)} itself")
            if look.is_a(holder, iri):
                inferred = any(kind.inferred for kind in look.kinds(holder) if kind.iri == iri)
                return _Evidence("yes", f"{look.name(holder)} is of this kind", inferred=inferred)
        for holder in holders:
            for kind in look.kinds(holder):
                if look.disjoint(kind.iri, iri):
                    because = f"{look.name(holder)} is of another kind: {kind.text}"
                    return _Evidence("no", because, inferred=kind.inferred)
        if found := self._by_two_edges(mode, iri):
            return found
        return self._instead(holders, iri)

    def _by_node(self, holder: str, iri: str) -> _Evidence | None:
        """A statement that is about both, and gives the degree."""
        for fact in self._about(holder):
            assert isinstance(fact.value, ox.NamedNode)
            if fact.degrees and iri in self._keys(fact):
                degrees = {degree.iri for degree in fact.degrees}
                has: Verdict = "no" if degrees & NO else "yes" if degrees & YES else "conditional"
                words = ", ".join(degree.text for degree in fact.degrees)
                details = "; ".join(detail.text for detail in fact.details)
                because = f"{words} ({details})" if details else words
                return _Evidence(has, because, fact.sections, fact.disputed)
        return None

    def _keys(self, fact: Fact) -> set[str]:
        """The things that a node is about, besides the one from which it is seen."""
        assert isinstance(fact.value, ox.NamedNode)
        node = fact.value.value
        pattern = self._facts.pattern(self._facts.node_class(node))
        if pattern.aspects:
            return set()
        return {
            v for key in pattern.keys if key != fact.property for v in self._look.things(node, key)
        }

    def _by_edge(self, holder: str, iri: str) -> _Evidence | None:
        """A plain fact of the one about the other, whichever of the two it starts from."""
        look = self._look
        for fact in self._said(holder):
            if isinstance(fact.value, ox.NamedNode) and (
                self._fits(fact.value.value, iri)
                or (fact.property == MODE_OF and fact.value.value == iri)
            ):
                because = f"{fact.label} {fact.text}"
                return _Evidence("yes", because, fact.sections, fact.disputed, fact.inferred)
        node = ox.NamedNode(holder)
        for prop, thing in look.mentions(holder):
            if thing == iri and not look.is_a(thing, FACT_NODE) and not self._is_way(thing):
                because = f"{look.name(thing)} {look.name(prop)} {look.name(holder)}"
                return _Evidence(
                    "no" if prop in _CANNOT else "yes",
                    because,
                    look.sections(thing, prop, node),
                    look.disputed(thing, prop),
                    look.is_inferred(thing, prop, node),
                )
        return None

    def _by_two_edges(self, mode: str, iri: str) -> _Evidence | None:
        """What belongs to something that a mode has; only where no mode has it by itself.

        The second property has to be made for what it leads from: one that relates anything to
        anything may well set them apart.
        """
        if self._ways(iri):
            return None
        look = self._look
        for first in self._said(mode):
            if not isinstance(first.value, ox.NamedNode) or self._is_way(first.value.value):
                continue
            for second in self._said(first.value.value):
                own = look.things(second.property, RDFS + "domain")
                if (
                    own
                    and isinstance(second.value, ox.NamedNode)
                    and self._fits(second.value.value, iri)
                ):
                    return _Evidence(
                        "yes",
                        f"{first.label} {first.text}, which {second.label} {second.text}",
                        second.sections or first.sections,
                        first.disputed or second.disputed,
                        first.inferred or second.inferred,
                    )
        return None

    def _instead(self, holders: Sequence[str], iri: str) -> _Evidence:
        """What a mode has in the place of what is needed, where other modes have that."""
        ways = self._ways(iri)
        facts = [fact for holder in holders for fact in self._said(holder) if fact.property in ways]
        if not facts:
            return _NOTHING
        # A mode is a product used with exactly one authentication method: it has no other.
        single = {METHOD}
        functional = OWL + "FunctionalProperty"
        only = any(
            f.property in single or functional in self._look.types(f.property) for f in facts
        )
        texts: defaultdict[str, list[str]] = defaultdict(list)
        for fact in facts:
            texts[fact.label].append(fact.text)
        return _Evidence(
            "no" if only else "not stated",
            "; ".join(f"{label} {', '.join(found)}" for label, found in texts.items()),
            tuple(dict.fromkeys(section for fact in facts for section in fact.sections)),
            any(fact.disputed for fact in facts),
            any(fact.inferred for fact in facts),
        )

    def _ways(self, iri: str) -> set[str]:
        """The properties by which some mode or product has a thing of the same kind."""
        kinds = self._look.types(iri) or {iri}
        return {p for kind in (*kinds, iri) for p in self._ways_by_kind.get(kind, ())}

    @cached_property
    def _ways_by_kind(self) -> dict[str, set[str]]:
        look = self._look
        ways: defaultdict[str, set[str]] = defaultdict(set)
        holders = {*self.modes, *(p for mode in self.modes if (p := look.product(mode)))}
        for holder in holders:
            for fact in self._said(holder):
                if isinstance(fact.value, ox.NamedNode) and not self._is_way(fact.value.value):
                    for kind in look.classes(fact.value.value):
                        ways[kind].add(fact.property)
        return dict(ways)

    def _fits(self, value: str, iri: str) -> bool:
        """Whether a value is what is needed. Other modes and products are nothing that one has."""
        return not self._is_way(value) and (value == iri or self._look.is_a(value, iri))

    def _is_way(self, iri: str) -> bool:
        """Whether a thing is itself a mode or a product, and what it has is its own affair."""
        return self._look.is_a(iri, MODE) or self._look.is_a(iri, PRODUCT)

    def _compared(self, mode: str, need: Need) -> _Evidence:
        """Whether a value of the mode, of its product, or of what the mode has, compares so."""
        look = self._look
        product = look.product(mode)
        holders = [mode] if product is None else [mode, product]
        values = [
            (f, "") for holder in holders for f in self._said(holder) if f.property == need.iri
        ]
        if not values:
            values = [
                (fact, f"{first.text}: ")
                for first in self._said(mode)
                if isinstance(first.value, ox.NamedNode) and not self._is_way(first.value.value)
                for fact in self._said(first.value.value)
                if fact.property == need.iri
            ]
        if not values:
            return _NOTHING
        fitting = [
            (f, before) for f, before in values if _compares(f.text, need.operator, need.value)
        ]
        told = fitting or values
        return _Evidence(
            "yes" if fitting else "no",
            "; ".join(f"{before}{f.label} {f.text}" for f, before in told),
            tuple(dict.fromkeys(section for f, _ in told for section in f.sections)),
            any(f.disputed for f, _ in told),
            any(f.inferred for f, _ in told),
        )

    def _said(self, iri: str) -> list[Fact]:
        """The facts of a thing; of a product, without what it has by way of one of its modes."""
        if iri not in self._own:
            self._own[iri] = [
                fact
                for fact in self._facts.own(iri)
                if not any(chain[:1] == [HAS_MODE] for chain in self._look.chains(fact.property))
            ]
        return self._own[iri]

    def _about(self, iri: str) -> list[Fact]:
        if iri not in self._nodes:
            self._nodes[iri] = self._facts.about(iri)
        return self._nodes[iri]


def _value(text: str, operator: str) -> str:
    """The value of a comparison; numbers may have thousands separated."""
    text = text.strip()
    if _NUMBER.fullmatch(text):
        return re.sub(r"[_,]", "", text)
    if operator in ("=", "!="):
        return {"true": "yes", "false": "no"}.get(text.casefold(), text)
    raise InputError(
        f"{shown(text)} is no number to compare with", f"Write a number after {operator}"
    )


def _compares(found: str, operator: str, wanted: str) -> bool:
    try:
        left, right = Decimal(found), Decimal(wanted)
    except InvalidOperation:
        same = found.casefold() == wanted.casefold()
        return same if operator == "=" else operator == "!=" and not same
    # What is not a number compares with nothing.
    return not left.is_nan() and _OPERATORS[operator](left, right)


_OPERATORS: Mapping[str, Callable[[Decimal, Decimal], bool]] = {
    "=": operator_module.eq,
    "!=": operator_module.ne,
    ">=": operator_module.ge,
    "<=": operator_module.le,
    ">": operator_module.gt,
    "<": operator_module.lt,
}
