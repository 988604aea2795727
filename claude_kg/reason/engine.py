"""Draw every conclusion of the rules: set by set, each set of new statements only once.

For each axiom a rule is made special: ``?p rdfs:domain ?c`` together with an axiom leaves "whatever
has a value for this property is a member of this class", which waits for new values of that
property. Statements that arrive in the same class or property are worked off together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import lru_cache
from operator import itemgetter
from typing import NamedTuple, cast

import pyoxigraph as ox

from claude_kg.errors import InputError
from claude_kg.reason.datatypes import (
    DATATYPES,
    PRIMITIVE,
    SUPERTYPES,
    Value,
    admits,
    differ,
    value_of,
    well_formed,
)
from claude_kg.reason.facts import CONSTANTS, IN, SAME, TYPE, Binding, Fact, Facts
from claude_kg.reason.profile import refuse_uncovered
from claude_kg.reason.rules import (
    DT_DIFF,
    DT_NOT_TYPE,
    ILL_TYPED,
    OUT_OF_RANGE,
    RULES,
    Pattern,
    Rule,
    spelled_out,
)
from claude_kg.terms import OWL, RDF, RDF_TYPE, RDFS, XSD

Pair = tuple[int, int]
Row = tuple[int, ...]


class Contradiction(NamedTuple):
    """A rule that must never apply, and how it does."""

    rule: Rule
    binding: tuple[tuple[str, int], ...]
    premises: tuple[Fact, ...]


class State(NamedTuple):
    """What a run leaves besides the facts: groups of the same, datatypes, and special rules.

    A special rule is the number of a rule and what its axioms bind. ``of_class`` and
    ``of_property`` tell by number which of them wait for new members and pairs.
    """

    same: dict[int, list[int]]
    datatypes: dict[int, str]
    special: list[tuple[int, Binding]]
    of_class: dict[int, list[int]]
    of_property: dict[int, list[int]]


class Atom(NamedTuple):
    """A premise or conclusion of a special rule: of one class, or of one property.

    The arguments are variables, from 0, or constants, from -1 down.
    """

    is_class: bool
    key: int
    arguments: tuple[int, ...]


class Special(NamedTuple):
    """A rule made special by its axioms."""

    rule: Rule
    axioms: Binding
    binding: Binding
    variables: tuple[str, ...]
    patterns: tuple[Pattern, ...]
    body: tuple[Atom, ...]
    head: tuple[Atom, ...]
    constants: Row


Shape = tuple[tuple[bool, tuple[int, ...]], ...]

_HAS_TYPE, _HOLDS, _OUT, _INTO = range(4)


class Plan(NamedTuple):
    """How to complete new statements of one premise to matches of all of them.

    A row holds the constants, the arguments of the new statement, then each variable as it is
    found. ``places`` says where in a row a variable (by its number) or a constant stands.
    """

    equal: tuple[Pair, ...]
    steps: tuple[tuple[int, int, int, int], ...]
    places: dict[int, int]
    classes_only: tuple[int, ...] | None


@lru_cache(maxsize=4096)
def _plan(shape: Shape, constants: int, trigger: int) -> Plan:
    places = {-1 - i: i for i in range(constants)}
    equal: list[Pair] = []
    width = constants
    for argument in shape[trigger][1]:
        if argument in places:
            equal.append((places[argument], width))
        else:
            places[argument] = width
        width += 1
    steps: list[tuple[int, int, int, int]] = []
    left = [i for i in range(len(shape)) if i != trigger]
    while left:
        i = min(left, key=lambda i: _unknown(shape[i][1], places))
        left.remove(i)
        is_class, arguments = shape[i]
        known = [places.get(argument, -1) for argument in arguments]
        if is_class:
            assert known[0] >= 0
            steps.append((_HAS_TYPE, i, known[0], -1))
            continue
        subject, object_ = known
        if subject >= 0 and object_ >= 0:
            steps.append((_HOLDS, i, subject, object_))
            continue
        assert subject >= 0 or object_ >= 0
        if subject >= 0:
            steps.append((_OUT, i, subject, -1))
            places[arguments[1]] = width
        else:
            steps.append((_INTO, i, object_, -1))
            places[arguments[0]] = width
        width += 1
    plain = not constants and all(is_class for is_class, _ in shape)
    plain = plain and len({arguments for _, arguments in shape}) == 1
    others = tuple(i for i in range(len(shape)) if i != trigger)
    return Plan(tuple(equal), tuple(steps), places, others if plain else None)


def _unknown(arguments: tuple[int, ...], places: Mapping[int, int]) -> tuple[bool, int]:
    """How far a premise is from being known: one that shares nothing with the others comes last."""
    unknown = sum(argument not in places for argument in arguments)
    return unknown == len(arguments), unknown


class _Form(NamedTuple):
    """What all special rules of a rule have in common; names stand for what axioms bind."""

    body: tuple[tuple[bool, str, tuple[int, ...]], ...]
    head: tuple[tuple[bool, str, tuple[int, ...]], ...]
    variables: tuple[str, ...]
    constants: tuple[str, ...]
    plans: tuple[Plan, ...]


def _form_of(
    patterns: tuple[Pattern, ...],
    then: tuple[Pattern, ...],
    bound: Collection[str],
    types: Collection[str],
) -> _Form:
    """The form of a rule, ``bound`` by its axioms; ``types`` are the names of rdf:type."""
    variables: dict[str, int] = {}
    constants: dict[str, int] = {}

    def known(term: str) -> bool:
        return term[0] != "?" or term in bound

    def argument(term: str) -> int:
        if known(term):
            return -1 - constants.setdefault(term, len(constants))
        return variables.setdefault(term, len(variables))

    def atom(pattern: Pattern) -> tuple[bool, str, tuple[int, ...]]:
        subject, predicate, object_ = pattern
        assert known(predicate)
        if predicate in types and known(object_):
            return True, object_, (argument(subject),)
        return False, predicate, (argument(subject), argument(object_))

    body, head = tuple(map(atom, patterns)), tuple(map(atom, then))
    shape = tuple((is_class, arguments) for is_class, _, arguments in body)
    plans = tuple(_plan(shape, len(constants), i) for i in range(len(shape)))
    return _Form(body, head, tuple(variables), tuple(constants), plans)


_RANGE = CONSTANTS[RDFS + "range"]

_STATIC = tuple(rule for rule in RULES if not rule.axioms)
_BY_EQUALITY = frozenset({"eq-sym", "eq-trans", "eq-rep-s", "eq-rep-p", "eq-rep-o"})
"""Rules whose work is done by keeping the things that are the same in one group."""

_AXIOM_PATTERNS: dict[tuple[bool, int], list[tuple[Rule, Pattern]]] = {}
for _rule in RULES:
    for _pattern in _rule.axioms:
        _is_class = CONSTANTS[_pattern.predicate] == TYPE
        _key = CONSTANTS[_pattern.object if _is_class else _pattern.predicate]
        if _key != IN and _rule.name not in _BY_EQUALITY:
            _AXIOM_PATTERNS.setdefault((_is_class, _key), []).append((_rule, _pattern))


class Engine:
    """The rules at work on one graph: after ``run`` its facts are closed under them."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self._contradictions: dict[tuple[str, frozenset[Fact]], Contradiction] = {}
        self._on_class: defaultdict[int, list[tuple[Special, Plan]]] = defaultdict(list)
        self._on_property: defaultdict[int, list[tuple[Special, Plan]]] = defaultdict(list)
        self._made: dict[tuple[int, tuple[int, ...]], tuple[Rule, Binding]] = {}
        self._forms: dict[tuple[int, int, tuple[str, ...]], _Form] = {}
        self._same: dict[int, set[int]] = {}
        self._new_members: dict[int, set[int]] = {}
        self._new_pairs: dict[int, set[Pair]] = {}
        self._datatypes: dict[int, str] = {}
        self._kept: State | None = None
        self._prepared: set[int] = set()

    @property
    def contradictions(self) -> tuple[Contradiction, ...]:
        """Where the graph contradicts itself, each once, in the order in which it was noticed."""
        return tuple(self._contradictions.values())

    @classmethod
    def of(cls, asserted: Iterable[ox.Triple], prefixes: Mapping[str, str]) -> Engine:
        """The rules for a graph; ``prefixes`` shorten names in errors.

        Raises InputError, or InputErrors, for axioms that the rules do not cover.
        """
        facts = Facts(asserted)
        refuse_uncovered(facts.language, facts.members_of, prefixes)
        return cls(facts)

    def state(self) -> State:
        """What :meth:`go_on` needs besides the facts."""
        made = {id(binding): n for n, (_, binding) in enumerate(self._made.values())}
        of_class, of_property = (
            {
                key: sorted({made[id(s.axioms)] for s, _ in found if id(s.axioms) in made})
                for key, found in waiting.items()
            }
            for waiting in (self._on_class, self._on_property)
        )
        return State(
            {number: sorted(others) for number, others in self._same.items()},
            dict(self._datatypes),
            [(RULES.index(rule), binding) for rule, binding in self._made.values()],
            of_class,
            of_property,
        )

    def go_on(
        self,
        state: State,
        members: Mapping[int, set[int]],
        pairs: Mapping[int, set[Pair]],
    ) -> None:
        """Draw what follows in addition from new members and pairs, which the facts have already.

        The facts were closed when the state was taken. What is new must not be an axiom, nor name
        a datatype for the first time.
        """
        self._same = {number: set(others) for number, others in state.same.items()}
        self._datatypes = dict(state.datatypes)
        self._kept = state
        for rule in _STATIC:
            if rule.name not in _BY_EQUALITY:
                self._specialise(rule, {}, at_once=False)
        self._new_members, self._new_pairs = dict(members), dict(pairs)
        self._work()

    def _prepare(self, numbers: Iterable[int]) -> None:
        """Let special rules that were kept wait for new facts, without a look at the known ones."""
        assert self._kept
        for number in numbers:
            if number not in self._prepared:
                self._prepared.add(number)
                rule, binding = self._kept.special[number]
                self._specialise(RULES[rule], binding, at_once=False)

    def run(self) -> None:
        """Draw all conclusions."""
        facts = self.facts
        thing, nothing, class_ = (CONSTANTS[OWL + name] for name in ("Thing", "Nothing", "Class"))
        facts.by_definition(class_, (thing, nothing))
        self._read_literals()
        for rule in _STATIC:
            if rule.name not in _BY_EQUALITY:
                self._specialise(rule, {})
        # The vocabulary goes first, so that every special rule waits before the first fact comes.
        members = {c: set(m) for c, m in facts.members.items() if m}
        pairs = {p: set(m) for p, m in facts.pairs.items() if m and p != IN}
        for axioms in (True, False):
            for c, found in members.items():
                if ((True, c) in _AXIOM_PATTERNS) == axioms:
                    self._new_members[c] = found
            for p, related in pairs.items():
                if ((False, p) in _AXIOM_PATTERNS) == axioms:
                    self._new_pairs[p] = related
            self._work()

    def _work(self) -> None:
        while self._new_members or self._new_pairs:
            while self._new_pairs:
                predicate = next(iter(self._new_pairs))
                self._work_off_pairs(predicate, self._new_pairs.pop(predicate))
            if self._new_members:
                class_ = next(iter(self._new_members))
                self._work_off_members(class_, self._new_members.pop(class_))

    def _work_off_members(self, class_: int, new: set[int]) -> None:
        for rule, pattern in _AXIOM_PATTERNS.get((True, class_), ()):
            derived = new & self.facts.derived_members.get(class_, set())
            self._make_all_special(
                rule,
                pattern,
                [(member, TYPE, class_) for member in new],
                [(member, TYPE, class_) for member in derived],
            )
        if self._kept:
            self._prepare(self._kept.of_class.get(class_, ()))
        for special, plan in self._on_class.get(class_, ()):
            self._apply_to_members(special, plan, new)
        if self._same:
            for other in self._same.get(class_, ()):
                self._add_members(other, new)
            self._add_members(class_, {t for x in new for t in self._same.get(x, ())})
        if class_ in self._datatypes:
            self._check_values(class_, new & self.facts.derived_members.get(class_, set()))

    def _work_off_pairs(self, predicate: int, new: set[Pair]) -> None:
        for rule, pattern in _AXIOM_PATTERNS.get((False, predicate), ()):
            derived = new & self.facts.derived.get(predicate, set())
            self._make_all_special(
                rule,
                pattern,
                [(subject, predicate, object_) for subject, object_ in new],
                [(subject, predicate, object_) for subject, object_ in derived],
            )
        if predicate == SAME:
            self._unite(new)
        if self._kept:
            self._prepare(self._kept.of_property.get(predicate, ()))
        for special, plan in self._on_property.get(predicate, ()):
            self._apply_to_pairs(special, plan, new)
        if self._same and predicate != SAME:
            same = self._same
            for other in same.get(predicate, ()):
                self._add_pairs(other, new)
            self._add_pairs(predicate, {(t, o) for s, o in new for t in same.get(s, ())})
            self._add_pairs(predicate, {(s, t) for s, o in new for t in same.get(o, ())})

    def _add_members(self, class_: int, members: set[int]) -> None:
        if members and (new := self.facts.add_members(class_, members)):
            waiting = self._new_members.get(class_)
            self._new_members[class_] = waiting | new if waiting else new

    def _add_pairs(self, predicate: int, pairs: set[Pair]) -> None:
        if predicate == TYPE:
            for subject, class_ in pairs:
                self._add_members(class_, {subject})
            return
        if predicate == SAME:
            pairs = {pair for pair in pairs if pair[0] != pair[1]}
        if pairs and (new := self.facts.add_pairs(predicate, pairs)):
            waiting = self._new_pairs.get(predicate)
            self._new_pairs[predicate] = waiting | new if waiting else new

    # Special rules

    def _make_all_special(
        self, rule: Rule, pattern: Pattern, new: Iterable[Fact], derived: Iterable[Fact]
    ) -> None:
        """Make the special rules that new axioms complete.

        What is asserted is known as a whole before any work begins, so of several asserted axioms
        that make a special rule together the first finds the others.
        """
        rest = [other for other in rule.axioms if other is not pattern]
        for fact in new if pattern is rule.axioms[0] else derived:
            binding: Binding = {}
            for term, value in zip(pattern, fact, strict=True):
                if term[0] == "?":
                    binding[term] = value
                elif CONSTANTS[term] != value:
                    break
            else:
                for found in list(self.facts.solve(rest, binding)) if rest else (binding,):
                    if rule.ordered and found[rule.ordered[0]] >= found[rule.ordered[1]]:
                        continue
                    name = (id(rule), tuple(found[key] for key in sorted(found)))
                    if name not in self._made:
                        self._made[name] = rule, found
                        self._specialise(rule, found)

    def _specialise(self, rule: Rule, binding: Binding, *, at_once: bool = True) -> None:
        patterns, axioms = rule.facts, binding
        if rule.lists:
            patterns, binding = with_list(rule, binding, self.facts.lists)
            if not patterns:
                return
        form = self._form(rule, patterns, binding)
        body, head = (
            tuple(
                Atom(
                    is_class,
                    binding[key] if key in binding else CONSTANTS[key],
                    arguments,
                )
                for is_class, key, arguments in atoms
            )
            for atoms in (form.body, form.head)
        )
        if len(head) == 1 and head[0] in body:
            return
        constants = tuple(
            binding[term] if term in binding else CONSTANTS[term] for term in form.constants
        )
        special = Special(rule, axioms, binding, form.variables, patterns, body, head, constants)
        for atom, plan in zip(body, form.plans, strict=True):
            if atom.is_class:
                self._on_class[atom.key].append((special, plan))
            elif atom.key == TYPE:
                raise InputError(
                    f"the rules do not cover axioms about rdf:type ({rule.name} would apply)",
                    "Leave the axiom out",
                )
            else:
                self._on_property[atom.key].append((special, plan))
        if not at_once:
            return
        if body[0].is_class:
            if members := self.facts.members.get(body[0].key):
                self._apply_to_members(special, form.plans[0], members)
        elif pairs := self.facts.pairs.get(body[0].key):
            self._apply_to_pairs(special, form.plans[0], pairs)

    def _form(self, rule: Rule, patterns: tuple[Pattern, ...], binding: Binding) -> _Form:
        # A rule over a property takes another form where that property is rdf:type itself.
        typed = tuple(name for name, value in binding.items() if value == TYPE)
        name = (id(rule), len(patterns), typed)
        if name not in self._forms:
            self._forms[name] = _form_of(patterns, rule.then, binding.keys(), {RDF_TYPE, *typed})
        return self._forms[name]

    def _apply_to_members(self, special: Special, plan: Plan, new: set[int]) -> None:
        """Draw what follows from new members of the class of one premise."""
        if plan.classes_only is None:
            self._conclude(special, plan, [(*special.constants, x) for x in new])
            return
        found = new
        for i in plan.classes_only:
            other = self.facts.members.get(special.body[i].key)
            if not other or found.isdisjoint(other):
                return
            found = found & other
        if len(special.head) == 1 and special.head[0].is_class:
            self._add_members(special.head[0].key, found)
        else:
            self._conclude(special, plan, [(x,) for x in found])

    def _apply_to_pairs(self, special: Special, plan: Plan, new: set[Pair]) -> None:
        """Draw what follows from new pairs of the property of one premise."""
        if special.constants:
            self._conclude(special, plan, [(*special.constants, *pair) for pair in new])
        else:
            self._conclude(special, plan, new)

    def _conclude(self, special: Special, plan: Plan, rows: Collection[Row]) -> None:
        for a, b in plan.equal:
            rows = [row for row in rows if row[a] == row[b]]
        rows = self._completed(special, plan, rows)
        if not rows:
            return
        if not special.head:
            self._contradict(special, plan, rows)
        for atom in special.head:
            places = [plan.places[argument] for argument in atom.arguments]
            if atom.is_class:
                self._add_members(atom.key, set(map(itemgetter(*places), rows)))
            elif places == [0, 1] and not plan.steps:
                self._add_pairs(atom.key, set(cast("set[Pair]", rows)))
            else:
                self._add_pairs(atom.key, set(map(itemgetter(*places), rows)))

    def _completed(self, special: Special, plan: Plan, rows: Collection[Row]) -> Collection[Row]:
        facts, body = self.facts, special.body
        for step, i, a, b in plan.steps:
            key = body[i].key
            if step == _HAS_TYPE:
                members = facts.members.get(key, set())
                rows = [row for row in rows if row[a] in members]
            elif step == _HOLDS:
                pairs = facts.pairs.get(key, set())
                rows = [row for row in rows if (row[a], row[b]) in pairs]
            else:
                index = facts.out(key) if step == _OUT else facts.into(key)
                rows = [(*row, found) for row in rows for found in index.get(row[a], ())]
            if not rows:
                break
        return rows

    # Contradictions

    def _contradict(self, special: Special, plan: Plan, rows: Iterable[Row]) -> None:
        for row in rows:
            binding = dict(special.binding)
            for i, variable in enumerate(special.variables):
                binding[variable] = row[plan.places[i]]
            premises = premises_of(special.rule, binding, special.patterns)
            self.contradict(special.rule, binding, premises)

    def contradict(self, rule: Rule, binding: Binding, premises: tuple[Fact, ...]) -> None:
        """Take note of a contradiction, once for premises that say the same."""
        if rule.name == "cax-dw" and self._value(binding["?x"]):
            # Datatypes without a common value: that the literal is no value of one says it better.
            return
        if rule.name == "eq-diff1" and "?y" not in binding and binding["?x"] in self._same:
            # It is the same as what it is stated to be different from: that is noted by itself.
            return
        both_ways = {SAME, CONSTANTS[OWL + "differentFrom"]}
        named = frozenset(
            (min(s, o), p, max(s, o)) if p in both_ways else (s, p, o) for s, p, o in premises
        )
        found = Contradiction(rule, tuple(binding.items()), premises)
        self._contradictions.setdefault((rule.name, named), found)

    # Equality

    def _unite(self, new: Iterable[Pair]) -> None:
        """Keep the things that are the same in groups, and say of each what is said of the other.

        Every member of a group is related to every other, as eq-sym and eq-trans say; as all of
        one group already share what is said of them, one of each speaks for its group.
        """
        for x, y in new:
            ours, theirs = self._same.get(x), self._same.get(y)
            mine, its = {x} | (ours or set()), {y} | (theirs or set())
            self._check_difference(x, y)
            if y in mine:
                continue
            group = mine | its
            for member in group:
                self._same[member] = group - {member}
            self._add_pairs(SAME, {(a, b) for a in mine for b in its})
            self._add_pairs(SAME, {(b, a) for a in mine for b in its})
            self._share(x, its)
            self._share(y, mine)

    def _share(self, one: int, others: set[int]) -> None:
        """Say of others what is said of one: as subject, as object, as class and as property."""
        facts = self.facts
        for other in others:
            self._add_members(other, set(facts.members.get(one, ())))
            self._add_pairs(other, set(facts.pairs.get(one, ())))
        for class_, members in tuple(facts.members.items()):
            if one in members:
                self._add_members(class_, set(others))
        for p in tuple(facts.pairs):
            if p not in (SAME, IN):
                objects = facts.out(p).get(one, ())
                subjects = facts.into(p).get(one, ())
                self._add_pairs(p, {(other, o) for other in others for o in objects})
                self._add_pairs(p, {(s, other) for other in others for s in subjects})

    def _check_difference(self, x: int, y: int) -> None:
        first, second = self._value(x), self._value(y)
        if first is not None and second is not None and differ(first, second):
            x, y = min(x, y), max(x, y)
            self.contradict(DT_DIFF, {"?x": x, "?y": y}, ((x, SAME, y),))

    # Datatypes

    def _value(self, number: int) -> Value | None:
        """What a literal stands for, as far as it is known."""
        term = self.facts.terms[number]
        return value_of(term) if isinstance(term, ox.Literal) and well_formed(term) else None

    def _read_literals(self) -> None:
        """Give each literal its types, and note those that do not mean anything."""
        facts = self.facts
        typed: dict[str, list[int]] = {}
        wrong: dict[int, int] = {}
        for number, term in enumerate(tuple(facts.terms)):
            if isinstance(term, ox.Literal):
                typed.setdefault(term.datatype.value, []).append(number)
                if not well_formed(term):
                    wrong[number] = facts.intern(term.datatype)
        if wrong:
            self._note_ill_typed(wrong)
        for number, term in enumerate(facts.terms):
            if isinstance(term, ox.NamedNode) and term.value in DATATYPES:
                self._datatypes[number] = term.value
        for number, name in self._datatypes.items():
            for datatype, literals in typed.items():
                if name == datatype or name in SUPERTYPES.get(datatype, ()):
                    facts.members[number].update(x for x in literals if x not in wrong)
        for first, second in _disjoint(self._datatypes):
            facts.by_definition_pair(CONSTANTS[OWL + "disjointWith"], first, second)

    def _note_ill_typed(self, wrong: Mapping[int, int]) -> None:
        """One contradiction for each statement that has a literal its datatype does not admit."""
        for p, pairs in self.facts.pairs.items():
            for s, o in pairs if p != IN else ():
                if o in wrong:
                    binding = {"?s": s, "?p": p, "?x": o, "?d": wrong[o]}
                    self.contradict(ILL_TYPED, binding, ((s, p, o),))

    def _check_values(self, class_: int, new: set[int]) -> None:
        """Note literals that a rule makes members of a datatype which does not admit them."""
        datatype = self._datatypes[class_]
        for member in new:
            value = self._value(member)
            if value is None or admits(datatype, value):
                continue
            binding = {"?x": member, "?d": class_}
            stated = [
                (p, s)
                for p in self.facts.into(_RANGE).get(class_, ())
                for s in self.facts.into(p).get(member, ())
            ]
            for p, s in stated:
                premises = (p, _RANGE, class_), (s, p, member)
                self.contradict(OUT_OF_RANGE, {**binding, "?s": s, "?p": p}, premises)
            if not stated:
                self.contradict(DT_NOT_TYPE, binding, ((member, TYPE, class_),))


def with_list(
    rule: Rule, binding: Binding, lists: Mapping[int, tuple[int, ...]]
) -> tuple[tuple[Pattern, ...], Binding]:
    """The facts of a rule, spelled out for the list that its axioms bind."""
    (name,) = rule.lists
    members = lists.get(binding[name], ())
    found = {f"{name}.{i}": member for i, member in enumerate(members)}
    return spelled_out(rule.facts, len(members)), binding | found


def premises_of(rule: Rule, binding: Binding, facts: tuple[Pattern, ...]) -> tuple[Fact, ...]:
    """The statements that a rule rests on, axioms first, each once."""
    premises: dict[Fact, None] = {}
    for pattern in rule.axioms + facts:
        s, p, o = (CONSTANTS[t] if t in CONSTANTS else binding[t] for t in pattern)
        premises[s, p, o] = None
    for name in rule.lists:
        premises[binding[f"{name}.0"], IN, binding[name]] = None
    return tuple(premises)


def _disjoint(datatypes: Mapping[int, str]) -> Iterator[Pair]:
    """The datatypes of a graph that have no value in common."""
    wide = {XSD + name for name in PRIMITIVE} | {RDF + "XMLLiteral"}
    found = [number for number, name in datatypes.items() if name in wide]
    yield from ((a, b) for i, a in enumerate(found) for b in found[i + 1 :])
