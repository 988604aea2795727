"""Say why a statement holds: the shortest proof, and the fewest statements that it takes.

Proofs are found backwards over a closed set of facts: which rules could have concluded this, from
what, and so on down to what is stated. Of all proofs the one with the fewest steps is taken, by the
method of D. E. Knuth, "A generalization of Dijkstra's algorithm" (1977).

What leads through a row of statements can be put together from its parts in any order, in as many
steps from the same statements. Of these only the order that takes one link after the other is
looked at: the ways through a row are then as many as its links, and not as its pairs.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import inf
from typing import NamedTuple

import pyoxigraph as ox

from claude_kg.reason.engine import Contradiction, premises_of, with_list
from claude_kg.reason.facts import CONSTANTS, IN, TYPE, Binding, Fact, Facts, Term
from claude_kg.reason.rules import RULES, Pattern, Rule
from claude_kg.reason.supports import Supports
from claude_kg.reason.words import Words
from claude_kg.terms import OWL

_TRANSITIVE = CONSTANTS[OWL + "TransitiveProperty"]


class Statement(NamedTuple):
    """A statement of a proof; unlike one of a graph it may be about a literal."""

    subject: Term
    predicate: Term
    object: Term

    @property
    def triple(self) -> ox.Triple | None:
        """The statement as a graph would have it; None where no graph can."""
        subject, predicate, object_ = self
        if isinstance(subject, ox.NamedNode | ox.BlankNode) and isinstance(predicate, ox.NamedNode):
            return ox.Triple(subject, predicate, object_)
        return None


@dataclass(frozen=True)
class Proof:
    """Why a statement holds, or why statements contradict each other.

    ``rule`` is the W3C name of the last rule applied, empty where the statement is asserted or
    holds by definition; ``sentence`` says it in words; ``premises`` are proofs of what the rule
    rests on. ``definitions`` are the asserted statements that spell out unnamed classes and lists
    among the premises. The proof of a contradiction has no ``conclusion``. ``steps`` counts the
    rules applied; one that is applied at two places counts twice.
    """

    conclusion: Statement | None
    rule: str
    sentence: str
    premises: tuple[Proof, ...]
    definitions: tuple[ox.Triple, ...]
    steps: int

    @property
    def asserted(self) -> bool:
        """Whether there is nothing to prove."""
        return not self.rule

    def statements(self) -> tuple[ox.Triple, ...]:
        """The asserted statements that the proof rests on, each once, as they are met."""
        found: dict[ox.Triple, None] = {}
        seen: set[int] = set()
        waiting = [self]
        while waiting:
            proof = waiting.pop()
            if id(proof) in seen:
                continue
            seen.add(id(proof))
            if proof.asserted and proof.conclusion and proof.conclusion.triple:
                found[proof.conclusion.triple] = None
            found.update(dict.fromkeys(proof.definitions))
            waiting.extend(reversed(proof.premises))
        return tuple(found)


class Derivation(NamedTuple):
    """One way in which one rule concludes a fact, or finds a contradiction."""

    rule: Rule
    binding: Binding
    premises: tuple[Fact, ...]


_SPELLING = frozenset(
    CONSTANTS[OWL + name]
    for name in (
        *("onProperty", "someValuesFrom", "allValuesFrom", "hasValue", "onClass"),
        *("maxCardinality", "maxQualifiedCardinality", "intersectionOf", "unionOf", "oneOf"),
        *("AllDisjointClasses", "AllDisjointProperties", "AllDifferent"),
        *("sourceIndividual", "assertionProperty"),
    )
)

Best = dict[Fact, tuple[int, Derivation | None]]
"""The number of steps of the shortest proof of a fact, and its last step."""

Ways = dict[Fact, tuple[Derivation, ...]]

Index = dict[int, list[int]]

_ROWS = {"eq-trans", "prp-trp", "scm-sco", "scm-spo"}
"""The rules that put a row together: the first of their facts is to be a link."""

_ALONG_ROWS = {"cax-sco": "scm-sco", "prp-spo1": "scm-spo"}
"""The rules whose axiom may be a row, and what puts that together: it is to be a link."""

_ORDER = {id(rule): place for place, rule in enumerate(RULES)}


class Prover:
    """Finds proofs over facts that are closed under the rules."""

    def __init__(self, facts: Facts, words: Words) -> None:
        self._facts = facts
        self._words = words
        self._known: dict[Fact, tuple[Derivation, ...]] = {}
        self._links_of: dict[tuple[int, str], tuple[Index, Index]] = {}

    def proofs(self, fact: Fact) -> Iterator[Proof]:
        """The proofs of a fact that differ in their last step, the shortest first.

        Of those that only put a row together in another order, there is one.
        """
        if not self._facts.is_derived(fact):
            yield self._leaf(fact)
            return
        best = self._shortest([fact])
        first = best[fact][1]
        assert first
        yield self._written_out(fact, first, best)
        best = self._settled(self._ways([fact]))
        ways = []
        for way in self._derivations(fact):
            if all(p in best and not self._uses(p, fact, best) for p in way.premises):
                steps = 1 + sum(best[p][0] for p in way.premises)
                ways.append((steps, self._order(way), way))
        for _, _, way in sorted(ways, key=lambda found: found[:2]):
            if way != first:
                yield self._written_out(fact, way, best)

    def contradiction(self, found: Contradiction) -> Proof:
        """The shortest proof of a contradiction."""
        way = Derivation(found.rule, dict(found.binding), found.premises)
        return self._written_out(None, way, self._shortest(found.premises))

    def support(self, premises: Sequence[Fact]) -> frozenset[Fact]:
        """The fewest facts, none of them derived, from which all premises follow.

        What spells out unnamed classes and lists, or holds by definition, is not counted.
        """
        best = self._settled(self._ways(premises))
        leaves = [fact for fact in {*best, *premises} if not self._facts.is_derived(fact)]
        leaves.sort(key=self._text)
        counted = [f for f in leaves if self._facts.stated(f) and not self.spells_out(f)]
        ways = {
            fact: [way.premises for way in self._derivations(fact)]
            for fact in best
            if self._facts.is_derived(fact)
        }
        known = self._leaves(premises, best)
        return Supports(leaves, counted).smallest(tuple(premises), ways, known)

    def rank(self, support: frozenset[Fact]) -> tuple[int, int, list[tuple[str, ...]]]:
        """Smaller is better: what is counted, then what is not, then the names."""
        weight = sum(bool(self._facts.stated(f)) and not self.spells_out(f) for f in support)
        return weight, len(support), sorted(map(self._text, support))

    def _leaves(self, premises: Iterable[Fact], best: Best) -> frozenset[Fact]:
        leaves, waiting, seen = set(), list(premises), set()
        while waiting:
            fact = waiting.pop()
            if fact not in seen:
                seen.add(fact)
                way = best[fact][1]
                if way:
                    waiting += way.premises
                else:
                    leaves.add(fact)
        return frozenset(leaves)

    # The shortest proof

    def _derivations(self, fact: Fact) -> tuple[Derivation, ...]:
        """Every way in which a fact follows from facts in one step."""
        if fact not in self._known:
            self._known[fact] = tuple(self._search(fact))
        return self._known[fact]

    def _search(self, fact: Fact) -> Iterator[Derivation]:
        for rule in RULES:
            for conclusion in rule.then:
                binding = _matched(conclusion, fact)
                if binding is not None:
                    for wider in self._linked(rule, binding):
                        yield from self._completed(rule, wider, fact)

    def _completed(self, rule: Rule, binding: Binding, fact: Fact) -> Iterator[Derivation]:
        for found, patterns in self._solutions(rule, binding):
            premises = premises_of(rule, found, patterns)
            if fact not in premises:
                yield Derivation(rule, found, premises)

    def _solutions(
        self, rule: Rule, binding: Binding
    ) -> Iterator[tuple[Binding, tuple[Pattern, ...]]]:
        """Every way to fulfil a rule, and the facts that it then has."""
        for axioms in self._facts.solve(rule.axioms, binding):
            patterns, known = rule.facts, axioms
            if rule.lists:
                patterns, known = with_list(rule, axioms, self._facts.lists)
                if not patterns:
                    continue
            for found in self._facts.solve(patterns, known):
                yield found, patterns

    # Rows, link by link

    def _linked(self, rule: Rule, binding: Binding) -> Iterator[Binding]:
        """The binding of a conclusion, completed by the links of which the rule may make use."""
        if rule.name in _ROWS:
            ends, maker = rule.facts[0], rule.name
        elif rule.name in _ALONG_ROWS:
            ends, maker = rule.axioms[0], _ALONG_ROWS[rule.name]
        else:
            yield binding
            return
        predicate = binding.get(ends.predicate, CONSTANTS.get(ends.predicate, -1))
        if not self._facts.pairs.get(predicate):
            return
        if maker == "prp-trp" and predicate not in self._facts.members.get(_TRANSITIVE, ()):
            return
        out, into = self._links(predicate, maker)
        known, index, open_ = (
            (ends.subject, out, ends.object)
            if ends.subject in binding
            else (ends.object, into, ends.subject)
        )
        for link in index.get(binding[known], ()):
            yield binding | {open_: link}

    def _links(self, predicate: int, maker: str) -> tuple[Index, Index]:
        """What a property relates otherwise than by the rule that puts rows together."""
        name = predicate, maker
        if name not in self._links_of:
            derived = self._facts.derived.get(predicate, set())
            links = self._facts.pairs[predicate] - derived
            links |= derived & set(self._concluded(predicate, maker))
            out, into = self._links_of[name] = {}, {}
            for subject, object_ in links:
                out.setdefault(subject, []).append(object_)
                into.setdefault(object_, []).append(subject)
        return self._links_of[name]

    def _concluded(self, predicate: int, maker: str) -> Iterator[tuple[int, int]]:
        """What all rules but one conclude that a property relates."""
        for rule in RULES:
            for subject, name, object_ in rule.then if rule.name != maker else ():
                if CONSTANTS.get(name, predicate) != predicate:
                    continue
                binding = {} if name in CONSTANTS else {name: predicate}
                for found, _ in self._solutions(rule, binding):
                    yield (
                        found[subject] if subject in found else CONSTANTS[subject],
                        found[object_] if object_ in found else CONSTANTS[object_],
                    )

    def _shortest(self, targets: Sequence[Fact]) -> Best:
        """The last step of the shortest proof, and its number of steps, of what targets rest on.

        Most proofs are short, and then most ways to a statement need not be looked at: a proof is
        looked for within a few steps, then within more.
        """
        most = 1
        while True:
            best = self._settled(self._ways(targets, most))
            if all(target in best and best[target][0] <= most for target in targets):
                return best
            most *= 2

    def _ways(self, targets: Iterable[Fact], most: int | None = None) -> Ways:
        """The ways to what targets rest on, of which proofs of at most so many steps consist."""
        ways: Ways = {}
        # What may take the most steps comes first, so that each fact is looked at once.
        waiting = [(-(inf if most is None else most), target) for target in targets]
        heapq.heapify(waiting)
        least: dict[Fact, float] = {}
        while waiting:
            steps, fact = heapq.heappop(waiting)
            if fact in ways:
                continue
            ways[fact] = ()
            if not self._facts.is_derived(fact):
                continue
            known = []
            for way in self._derivations(fact):
                derived = sum(map(self._facts.is_derived, way.premises))
                if 1 + derived > -steps:
                    continue
                known.append(way)
                for premise in way.premises:
                    # The other derived premises take a step each at the least.
                    rest = steps + derived if self._facts.is_derived(premise) else 0
                    if premise not in ways and rest < least.get(premise, 1):
                        least[premise] = rest
                        heapq.heappush(waiting, (rest, premise))
            ways[fact] = tuple(known)
        return ways

    def _settled(self, ways_to: Ways) -> Best:
        best: Best = {}
        ways = [(fact, way) for fact, known in ways_to.items() for way in known]
        waits_for: dict[Fact, list[int]] = {}
        missing = [len(way.premises) for _, way in ways]
        for number, (_, way) in enumerate(ways):
            for premise in way.premises:
                waits_for.setdefault(premise, []).append(number)
        agenda: list[tuple[int, Fact]] = []
        shortest: dict[Fact, tuple[int, list[Derivation]]] = {}

        def settle(fact: Fact) -> None:
            for number in waits_for.get(fact, ()):
                missing[number] -= 1
                if not missing[number]:
                    concluded, way = ways[number]
                    steps = 1 + sum(best[p][0] for p in way.premises)
                    known, equal = shortest.get(concluded, (inf, []))
                    if steps < known:
                        shortest[concluded] = steps, [way]
                        heapq.heappush(agenda, (steps, concluded))
                    elif steps == known:
                        equal.append(way)

        for fact in ways_to:
            if not self._facts.is_derived(fact):
                best[fact] = 0, None
                settle(fact)
        while agenda:
            steps, fact = heapq.heappop(agenda)
            if fact not in best:
                # What takes as many steps rests on what takes fewer, so all of it is known now.
                equal = shortest[fact][1]
                best[fact] = steps, equal[0] if len(equal) == 1 else min(equal, key=self._order)
                settle(fact)
        return best

    def _uses(self, start: Fact, fact: Fact, best: Best) -> bool:
        """Whether the shortest proof of one fact rests on another."""
        waiting, seen = [start], set()
        while waiting:
            current = waiting.pop()
            if current == fact:
                return True
            if current not in seen:
                seen.add(current)
                way = best[current][1]
                waiting += way.premises if way else ()
        return False

    def _order(self, way: Derivation) -> tuple[object, ...]:
        """Between proofs of one length: the order of the rules, then of the premises' names."""
        return _ORDER[id(way.rule)], tuple(map(self._text, way.premises))

    def _text(self, fact: Fact) -> tuple[str, ...]:
        return tuple(str(self._facts.terms[number]) for number in fact)

    # Writing proofs out

    def _written_out(self, fact: Fact | None, way: Derivation, best: Best) -> Proof:
        """A proof whose last step is given, with the shortest proofs of its premises."""
        made: dict[Fact, Proof] = {}
        waiting = list(way.premises)
        while waiting:
            current = waiting[-1]
            last = best[current][1]
            unmade = [p for p in last.premises if p not in made] if last else []
            if unmade:
                waiting += unmade
            else:
                waiting.pop()
                if current not in made:
                    made[current] = self._step(current, last, made) if last else self._leaf(current)
        return self._step(fact, way, made)

    def _step(self, fact: Fact | None, way: Derivation, made: dict[Fact, Proof]) -> Proof:
        reason = self._words.reason(way.rule, way.binding)
        sentence = f"{self._words.statement(*fact)}, because {reason}" if fact else reason
        spelled = {p: self.spells_out(p) for p in way.premises}
        premises = tuple(made[p] for p in way.premises if not spelled[p])
        definitions = dict.fromkeys(
            triple for p in way.premises if spelled[p] for triple in self._facts.stated(p)
        )
        steps = 1 + sum(proof.steps for proof in premises)
        conclusion = self._statement(fact) if fact else None
        return Proof(conclusion, way.rule.name, f"{sentence}.", premises, tuple(definitions), steps)

    def spells_out(self, fact: Fact) -> bool:
        """Whether an asserted statement only spells out an unnamed class or a list."""
        subject, predicate, object_ = fact
        return not self._facts.is_derived(fact) and (
            predicate == IN
            or (
                isinstance(self._facts.terms[subject], ox.BlankNode)
                and (object_ if predicate == TYPE else predicate) in _SPELLING
            )
        )

    def _leaf(self, fact: Fact) -> Proof:
        stated = self._facts.stated(fact)
        conclusion = self._statement(fact)
        sentence = self._words.statement(*fact)
        if not stated:
            return Proof(conclusion, "", f"{sentence}, by definition.", (), (), 0)
        if len(stated) == 1:
            conclusion = Statement(stated[0].subject, stated[0].predicate, stated[0].object)
        return Proof(conclusion, "", f"{sentence}, as is stated.", (), (), 0)

    def _statement(self, fact: Fact) -> Statement:
        subject, predicate, object_ = (self._facts.terms[number] for number in fact)
        return Statement(subject, predicate, object_)


def _matched(conclusion: Pattern, fact: Fact) -> Binding | None:
    """What the variables of a conclusion stand for where it is this fact; None where it is not."""
    binding: Binding = {}
    for term, value in zip(conclusion, fact, strict=True):
        known = CONSTANTS.get(term)
        if (binding.setdefault(term, value) if known is None else known) != value:
            return None
    return binding
