"""Ask the query of a form for the things in a question, and judge what it returns."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from claude_kg.terms import CKG

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from claude_kg.ask.answer import Writer
    from claude_kg.ask.forms import Form
    from claude_kg.ask.match import Candidate
    from claude_kg.ask.question import Question
    from claude_kg.ask.slots import Slots
    from claude_kg.ask.spot import Lexicon, Mention
    from claude_kg.graph import KnowledgeGraph
    from claude_kg.query.run import Row

_MOST_COMBINATIONS = 8


class Rows:
    """Runs the queries of forms on one graph."""

    def __init__(
        self, graph: KnowledgeGraph, slots: Slots, lexicon: Lexicon, writer: Writer
    ) -> None:
        self._graph = graph
        self._slots = slots
        self._lexicon = lexicon
        self._writer = writer

    def of(
        self, question: Question, candidate: Candidate
    ) -> tuple[dict[str, frozenset[str]], list[Row], list[str]]:
        """What the slots are bound to, the rows that the query returns, and its variables."""
        form = candidate.form
        bound = {slot: mention.iris for slot, mention in candidate.filled.items()}
        beside: dict[str, frozenset[str]] = {}
        values = self._slots.values(form)
        holds = {*form.rules.get("hold", ()), *(set(bound) - set(form.parameters))}
        held = {slot: bound.pop(slot) for slot in holds if slot in bound}
        fixed = {name: str(value) for name, value in (form.rules.get("with") or {}).items()}
        taken = {place for mention in candidate.filled.values() for place in mention.places}
        for slot in form.parameters:
            if slot in (*bound, *beside, *fixed, *held) or form.rules.get("open") is True:
                continue
            mention = self._slots.fitting(
                question, slot, values.get(slot, {}), candidate.filled, form
            )
            if (
                mention
                and mention.strong
                and not mention.negated
                and not values.get(slot, {}).get("number")
                and not set(mention.places) & taken
                and not self._slots.vague(mention, question)
            ):
                beside[slot] = mention.iris
        rows, variables = self._run(form, {**bound, **beside}, fixed)
        if beside and not rows:
            # What is named beside may have another part in the question.
            rows, variables = self._run(form, bound, fixed)
        else:
            bound |= beside
        rows = self._narrowed(question, candidate, rows, bound)
        keep = form.rules.get("keep")
        if keep:
            rows = [row for row in rows if self._writer.holds(keep, row, {**bound, **held})]
        return {**bound, **held}, self._picked(form, self._paired(form, rows, bound)), variables

    @staticmethod
    def _paired(form: Form, rows: list[Row], bound: Mapping[str, frozenset[str]]) -> list[Row]:
        """Of rows about one thing and another, those in which the question names both."""
        slot = str(form.rules.get("pair", ""))
        both = bound.get(slot, frozenset())
        if len(both) < 2 or not any("other" in row for row in rows):
            return rows
        return [
            row
            for row in rows
            if isinstance(other := row.get("other"), ox.NamedNode) and other.value in both
        ]

    @staticmethod
    def _picked(form: Form, rows: list[Row]) -> list[Row]:
        """The rows with the largest or the smallest number, where the form asks for it."""
        for which, variable in (form.rules.get("pick") or {}).items():
            numbers = [_value(row, variable) for row in rows if variable in row]
            if numbers:
                best = (max if which == "max" else min)(numbers)
                rows = [r for r in rows if variable in r and _value(r, variable) == best]
        return rows

    def _run(
        self, form: Form, bound: Mapping[str, frozenset[str]], fixed: Mapping[str, str]
    ) -> tuple[list[Row], list[str]]:
        rows: list[Row] = []
        variables: list[str] = []
        for choice in arguments(fixed, bound):
            result = self._graph.query(form.query, choice, limits=None)
            rows += result.rows
            variables = result.variables
        return rows, variables

    def _narrowed(
        self,
        question: Question,
        candidate: Candidate,
        rows: list[Row],
        bound: Mapping[str, frozenset[str]],
    ) -> list[Row]:
        """The rows of the modes that the other things in the question are about."""
        if candidate.form.rules.get("narrow") is False:
            return rows
        done = {iri for iris in bound.values() for iri in iris}
        alike: defaultdict[frozenset[str], list[Mention]] = defaultdict(list)
        for mention in question.mentions:
            inside = any(
                set(mention.places) < set(o.places) for o in question.mentions if o.in_order
            )
            if self._is_term(mention):
                continue
            if not mention.iris <= done and mention.in_order and not inside:
                alike[mention.kinds].append(mention)
        kept = set(range(len(rows)))
        before: list[Mention] = []
        for mentions in alike.values():
            about = {
                number
                for number, row in enumerate(rows)
                if any(self._is_about(row, mention) != mention.negated for mention in mentions)
            }
            if kept & about:
                kept &= about
            elif self._joint(question, before, mentions):
                # "With a key and with a login": no row is about both, and each is meant.
                kept |= about
            before += mentions
        return [rows[number] for number in sorted(kept)]

    def _joint(
        self, question: Question, some: Sequence[Mention], others: Sequence[Mention]
    ) -> bool:
        """Whether one of some things is named together with one of others."""
        return any(self._slots.in_one_breath(question, a, b) for a in some for b in others)

    @staticmethod
    def _is_term(mention: Mention) -> bool:
        """Whether a term of the vocabulary is named, a status for one, and no thing."""
        return all(iri.startswith(CKG) for iri in mention.iris)

    def _is_about(self, row: Row, mention: Mention) -> bool:
        """Whether a row says something of a thing, or of a mode that has to do with it."""
        names = {self._lexicon.label(iri) for iri in mention.iris}
        return any(
            term.value in mention.iris or bool(self.neighbours[term.value] & mention.iris)
            if isinstance(term, ox.NamedNode)
            else isinstance(term, ox.Literal) and term.value in names
            for term in row.values()
        )

    @cached_property
    def neighbours(self) -> defaultdict[str, set[str]]:
        """For each access mode, what is said of it, what it is a mode of, and what selects it."""
        modes = {
            triple.subject.value
            for triple in self._graph.asserted
            if triple.predicate.value == CKG + "authenticatesWith"
            and isinstance(triple.subject, ox.NamedNode)
        }
        found: defaultdict[str, set[str]] = defaultdict(set)
        for triple in (*self._graph.asserted, *self._graph.inferred):
            subject, value = triple.subject, triple.object
            if not isinstance(subject, ox.NamedNode) or not isinstance(value, ox.NamedNode):
                continue
            if subject.value in modes and triple.predicate.value in _OF_A_MODE:
                found[subject.value].add(value.value)
            elif value.value in modes and triple.predicate.value == CKG + "activatesMode":
                found[value.value].add(subject.value)
        return found

    def confirmed(
        self, question: Question, candidate: Candidate, rows: Sequence[Row]
    ) -> str | None:
        """Yes where a list has the thing of which the question asks whether it is there."""
        used = {place for mention in candidate.filled.values() for place in mention.places}
        idle = [
            mention
            for mention in question.mentions
            if mention.strong and mention.in_order and not used & set(mention.places)
        ]
        if question.negated or not idle:
            return None
        found = all(any(self._is_about(row, mention) for row in rows) for mention in idle)
        return "yes" if found else None

    def verdict(
        self,
        question: Question,
        candidate: Candidate,
        rows: Sequence[Row],
        bound: Mapping[str, frozenset[str]],
    ) -> str | None:
        """Yes or no by the first rule that a row meets; with no row, what is said for that.

        Of a question that asks of all, no comes first.
        """
        rules = candidate.form.rules
        if slot := rules.get("synonyms"):
            same = len(bound.get(str(slot), ())) == 1
            return "yes" if same != bool(rules.get("differ")) else "no"
        if not rows:
            return rules.get("empty")
        if slot := rules.get("only"):
            found = {t.value for row in rows if isinstance(t := row.get(slot), ox.NamedNode)}
            return "yes" if found == set(bound.get(str(slot), ())) else "no"
        if compare := rules.get("compare"):
            return _compared_values(compare, rows, candidate)
        order = rules.get("order") or sorted(("yes", "no"), key=lambda v: _vague(rules, v))
        if question.universal and not any(_vague(rules, verdict) for verdict in order):
            order = ("no", "yes")
        for verdict in order:
            rule = rules.get(verdict)
            if rule is not None and any(self._meets(row, rule, bound) for row in rows):
                return str(verdict)
        return None

    def bearing_out(
        self,
        candidate: Candidate,
        verdict: str | None,
        rows: list[Row],
        bound: Mapping[str, frozenset[str]],
    ) -> list[Row]:
        """The rows, those first by which the verdict is given."""
        rule = candidate.form.rules.get(verdict or "")
        if not isinstance(rule, dict | list):
            return rows
        return sorted(rows, key=lambda row: not self._meets(row, rule, bound))

    def _meets(self, row: Row, rule: Any, bound: Mapping[str, frozenset[str]]) -> bool:
        if rule == "any":
            return True
        alternatives = rule if isinstance(rule, list) else [rule]
        return any(self._writer.holds(alternative, row, bound) for alternative in alternatives)


_OF_A_MODE = {
    CKG + name
    for name in (
        *("accessModeOf", "authenticatesWith", "availableUnderPlan", "billedBy", "connectsTo"),
        *("usesCredential", "operatesIn", "accessGrantedBy", "requires"),
    )
}


def arguments(
    fixed: Mapping[str, str], fillers: Mapping[str, frozenset[str]]
) -> list[dict[str, str]]:
    """Values for the parameters of a query: each combination of what fills them, not too many.

    A filler is an IRI or a number; ``fixed`` has values that are as a query takes them.
    """
    found = [dict(fixed)]
    for name, values in fillers.items():
        found = [
            {**one, name: f"<{value}>" if "://" in value and " " not in value else value}
            for one in found
            for value in sorted(values)
        ][:_MOST_COMBINATIONS]
    return found


def _vague(rules: Mapping[str, Any], verdict: str) -> bool:
    """Whether a rule is met by whatever a row has, so that another one comes first."""
    rule = rules.get(verdict)
    return rule == "any" or (isinstance(rule, dict) and set(map(str, rule.values())) == {"given"})


def _value(row: Row, variable: str) -> Decimal:
    term = row[variable]
    assert isinstance(term, ox.Literal)
    return Decimal(term.value)


def _compared_values(
    compare: Mapping[str, str], rows: Sequence[Row], candidate: Candidate
) -> str | None:
    """Whether values are the same, or different, or larger or smaller for the first thing."""
    by: dict[str, set[str]] = {}
    for row in rows:
        holder, term = row.get(compare["by"]), row.get(compare["value"])
        if isinstance(holder, ox.NamedNode) and isinstance(term, ox.NamedNode | ox.Literal):
            by.setdefault(holder.value, set()).add(term.value)
    if len(by) < 2:
        return None
    groups = list(by.values())
    if compare["is"] in ("same", "different"):
        same = all(group == groups[0] for group in groups)
        return "yes" if same == (compare["is"] == "same") else "no"
    first = candidate.filled[compare["by"]].first
    numbers = {holder: max(map(Decimal, values)) for holder, values in by.items()}
    rest = [number for holder, number in numbers.items() if holder not in first]
    mine = [number for holder, number in numbers.items() if holder in first]
    if not rest or not mine:
        return None
    if compare["is"] == "smaller":
        return "yes" if min(mine) < min(rest) else "no"
    return "yes" if max(mine) > max(rest) else "no"
