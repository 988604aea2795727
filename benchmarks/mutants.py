"""Break the facts of the packaged graph one at a time, and count how often validation notices.

A mutant is the graph with one wrong edit: a fact deleted, pointed at another thing of the same
kind, a number or a text changed, a status flipped, a second value where things have one. It is
noticed when validation finds a violation. Texts for readers are left out: only a reader can tell
that they are wrong. mutants.yaml lists their properties, and which survivors are let pass, and why.

    python benchmarks/mutants.py [--sample N | --all] [--seed S] [--jobs J] [--verify V]

Exits with 1 if too few are noticed, or if the public validation judges a mutant otherwise.
"""

# ruff: noqa: T201
# A benchmark prints its figures.

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import random
import re
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import yaml

from claude_kg import KnowledgeGraph, files
from claude_kg.check.consistency import check_consistency
from claude_kg.check.data import Data
from claude_kg.check.findings import Finding, Severity
from claude_kg.check.hygiene import check_hygiene, read_rules
from claude_kg.check.rulebook import SH, Node, Rulebook
from claude_kg.check.setwise import setwise
from claude_kg.check.shapes import check_shapes
from claude_kg.check.validate import validate
from claude_kg.load import LoadedGraph, load, parse
from claude_kg.reason import reason
from claude_kg.terms import PREFIXES, RDF_TYPE, compact

CONFIGURATION = Path(__file__).with_suffix(".yaml")
CKG = PREFIXES["ckg"]
XSD = PREFIXES["xsd"]
TYPE = ox.NamedNode(RDF_TYPE)
SUBCLASS = ox.NamedNode(PREFIXES["rdfs"] + "subClassOf")
CONCEPT = ox.NamedNode(PREFIXES["skos"] + "Concept")
# A claim speaks of its subject, a discrepancy of its claims.
SPEAKING = {ox.NamedNode(CKG + name) for name in ("claimSubject", "hasClaim")}
# What says where facts come from, and is no fact about the products itself.
RECORDS = {CKG + n for n in ("Claim", "Discrepancy", "Edition", "SourceDocument", "SourceSection")}
PROVENANCE = {CKG + n for n in ("adoptedIn", "edition", "statedIn", "supersedes")}
NUMBERS = {XSD + "decimal", XSD + "integer"}
GOALS = {"all": 0.90, "facts": 0.90, "relations and statuses": 0.97}

Graph = Mapping[ox.Triple, None]


@dataclass(frozen=True)
class Mutant:
    """One wrong edit of one fact: what is done to it, and what stands there afterwards."""

    kind: str
    fact: ox.Triple
    new: ox.Triple | None
    sort: str
    """What the fact is: a relation, a status, a number or a text; or a record of the source."""
    class_: str

    @property
    def property_(self) -> str:
        """The name of the property."""
        return text(self.fact.predicate)

    @property
    def stratum(self) -> tuple[str, str, str]:
        """That of which a sample takes some of each."""
        return self.kind, self.class_, self.property_

    def __str__(self) -> str:
        """The edit, in a line."""
        subject, value = text(self.fact.subject), text(self.fact.object)
        new = "" if self.new is None else f" {text(self.new.object)}"
        return f"{self.kind} {subject} {self.property_} {value}{new and ' ->' + new}"

    def applied(self, graph: Graph) -> dict[ox.Triple, None]:
        """The graph after the edit."""
        mutated = dict(graph)
        if self.kind != "duplicate":
            del mutated[self.fact]
        if self.new is not None:
            mutated[self.new] = None
        return mutated


def text(term: object) -> str:
    """A term, short."""
    if isinstance(term, ox.NamedNode):
        return compact(term.value, PREFIXES)
    return f'"{term.value}"' if isinstance(term, ox.Literal) else str(term)


class Facts:
    """The facts of a graph, and the wrong edits that can be made to them."""

    def __init__(self, loaded: LoadedGraph, free_text: Iterable[str], seed: int) -> None:
        self.graph: Graph = dict.fromkeys(loaded.asserted)
        self._free = {CKG + name for name in free_text}
        self._seed = seed
        stated = [t for s in loaded.sources if s.role == "facts" for t in s.triples]
        # What is written of later editions is no part of the first.
        self._facts = [t for t in dict.fromkeys(stated) if t in self.graph and self._is_fact(t)]
        self._superclasses: dict[object, set[object]] = defaultdict(set)
        self._classes: dict[object, list[ox.NamedNode]] = defaultdict(list)
        self._members: dict[object, list[ox.NamedNode]] = defaultdict(list)
        for triple in self.graph:
            if triple.predicate == SUBCLASS:
                self._superclasses[triple.subject].add(triple.object)
            elif triple.predicate == TYPE and isinstance(triple.object, ox.NamedNode):
                named = text(triple.object).startswith("ckg:")
                if named and isinstance(triple.subject, ox.NamedNode):
                    self._classes[triple.subject].append(triple.object)
                    self._members[triple.object].append(triple.subject)
        counted: dict[object, dict[object, int]] = defaultdict(lambda: defaultdict(int))
        for triple in self._facts:
            counted[triple.predicate][triple.subject] += 1
        self._single = {name for name, by in counted.items() if max(by.values()) == 1}

    def _is_fact(self, triple: ox.Triple) -> bool:
        name = triple.predicate.value
        return (name.startswith(CKG) or triple.predicate == TYPE) and name not in self._free

    def mutants(self) -> list[Mutant]:
        """Each fact, edited in each way that fits it."""
        return [mutant for fact in self._facts for mutant in self._of(fact)]

    def _of(self, fact: ox.Triple) -> Iterator[Mutant]:
        classes = self._classes[fact.subject]
        class_ = text(classes[0]) if classes else "?"
        sort = self._sort(fact, classes)

        def made(kind: str, value: ox.NamedNode | ox.Literal | None) -> Mutant:
            new = None if value is None else ox.Triple(fact.subject, fact.predicate, value)
            return Mutant(kind, fact, new, sort, class_)

        yield made("delete", None)
        other = self._other_value(fact)
        if other is not None:
            kinds = {"relation": "redirect", "status": "flip", "number": "number", "text": "text"}
            kind = kinds.get(self._sort(fact, ()), "redirect")
            yield made(kind, other)
            if fact.predicate in self._single and fact.predicate != TYPE:
                yield made("duplicate", other)

    def _sort(self, fact: ox.Triple, classes: Sequence[ox.NamedNode]) -> str:
        if fact.predicate.value in PROVENANCE or any(c.value in RECORDS for c in classes):
            return "record"
        value = fact.object
        if isinstance(value, ox.Literal):
            if value.datatype.value == XSD + "boolean":
                return "status"
            return "number" if value.datatype.value in NUMBERS else "text"
        concept = any(self._is_below(c, CONCEPT) for c in self._classes[value])
        return "status" if concept else "relation"

    def _is_below(self, class_: object, other: object) -> bool:
        return class_ == other or any(
            self._is_below(above, other) for above in self._superclasses[class_]
        )

    def _other_value(self, fact: ox.Triple) -> ox.NamedNode | ox.Literal | None:
        """A wrong value of the same kind, the same for the same seed whatever else there is."""
        # No cryptography: a mutant must be the same tomorrow.
        chance = random.Random(f"{self._seed} {fact}")  # noqa: S311
        value = fact.object
        if isinstance(value, ox.Literal):
            return _other_literal(value, chance)
        if fact.predicate == TYPE:
            alike = [
                class_
                for class_ in self._members
                if isinstance(class_, ox.NamedNode)
                and self._superclasses[class_] & self._superclasses[value]
            ]
        else:
            alike = [one for class_ in self._classes[value] for one in self._members[class_]]
        others = sorted(
            {
                one.value
                for one in alike
                if ox.Triple(fact.subject, fact.predicate, one) not in self.graph
                and one != fact.subject
            }
        )
        return ox.NamedNode(chance.choice(others)) if others else None


def _other_literal(value: ox.Literal, chance: random.Random) -> ox.Literal | None:
    datatype = value.datatype.value
    if datatype == XSD + "boolean":
        return ox.Literal("false" if value.value == "true" else "true", datatype=value.datatype)
    if datatype == XSD + "integer":
        number = int(value.value)
        written = str(chance.choice([number + 1, number * 10, max(number // 2, number and 1) or 3]))
    elif datatype == XSD + "decimal":
        whole, _, rest = value.value.partition(".")
        written = f"{chance.choice([int(whole) + 1, int(whole) * 10 + 5])}.{rest or 0}"
    else:
        # One letter is another.
        letters = [n for n, letter in enumerate(value.value) if letter.isalpha()]
        if not letters:
            return None
        at = chance.choice(letters)
        letter = "x" if value.value[at] != "x" else "y"
        written = value.value[:at] + letter + value.value[at + 1 :]
    if written == value.value:
        written += "0"
    if value.language:
        return ox.Literal(written, language=value.language)
    return ox.Literal(written, datatype=value.datatype)


def sample(mutants: Sequence[Mutant], size: int, seed: int) -> list[Mutant]:
    """Some of each stratum, as evenly as it goes, chosen by the seed."""
    chance = random.Random(seed)  # noqa: S311 - the same sample tomorrow
    strata: dict[tuple[str, str, str], list[Mutant]] = defaultdict(list)
    for mutant in mutants:
        strata[mutant.stratum].append(mutant)
    waiting = [chance.sample(members, len(members)) for _, members in sorted(strata.items())]
    chance.shuffle(waiting)
    chosen: list[Mutant] = []
    while waiting and len(chosen) < size:
        chosen += [members.pop() for members in waiting[: size - len(chosen)]]
        waiting = [members for members in waiting if members]
    return chosen


# The judgement


class Judge:
    """What validation says of a mutant: it is asked what is quick first, and all it has if need be.

    What is quick are the constraints of the shapes for the nodes near the edit alone; they say of
    these what they would say in the whole.
    """

    def __init__(self, loaded: LoadedGraph) -> None:
        self._prefixes = loaded.prefixes
        self._graph: Graph = dict.fromkeys(loaded.asserted)
        self._shapes = _statements(files.shape_files())
        declared = [t for t in self._shapes if t.predicate.value in _DECLARATION]
        self._closure_shapes = [*_statements(files.shape_files(closure=True)), *declared]
        self._hygiene = read_rules(files.hygiene_files())
        self._near = _Near(self._shapes, self._prefixes)
        self._near_closure = _Near(self._closure_shapes, self._prefixes)
        self._asserted = _store(self._graph)

    @cached_property
    def _inferred(self) -> Graph:
        return dict.fromkeys(reason(self._graph, self._prefixes).closure.inferred)

    @cached_property
    def _closed(self) -> ox.Store:
        return _store({**self._graph, **self._inferred})

    def noticed_by(self, mutant: Mutant) -> str | None:
        """The rule that notices first; None where nothing does."""
        mutated = mutant.applied(self._graph)
        triples = list(mutated)
        added, removed = mutated.keys() - self._graph, self._graph.keys() - mutated
        nodes = self._near_to(mutant)
        with _changed(self._asserted, added, removed):
            rule = self._near.violated(self._asserted, nodes)
        if rule:
            return rule
        closure = reason(triples, self._prefixes).closure
        found = _violated(check_consistency(triples, closure.clashes, self._prefixes))
        if found:
            return found
        inferred = dict.fromkeys(closure.inferred)
        closed = {**mutated, **inferred}
        before = {**self._graph, **self._inferred}
        with _changed(self._closed, closed.keys() - before, before.keys() - closed):
            rule = self._near_closure.violated(self._closed, nodes)
        return rule or self._slowly(Data(triples), Data(list(closed)))

    def _near_to(self, mutant: Mutant) -> list[Node]:
        """What the statement is about, what it points at, and who speaks of what it is about."""
        ends = [mutant.fact.subject, mutant.fact.object]
        if mutant.new is not None:
            ends.append(mutant.new.object)
        named = [node for node in ends if isinstance(node, ox.NamedNode)]
        return list(dict.fromkeys([*named, *self._speaking_of.get(mutant.fact.subject, ())]))

    @cached_property
    def _speaking_of(self) -> dict[object, list[Node]]:
        speaking: dict[object, list[Node]] = defaultdict(list)
        for triple in self._graph:
            if triple.predicate in SPEAKING and isinstance(triple.subject, ox.NamedNode):
                speaking[triple.object].append(triple.subject)
        return speaking

    def _slowly(self, asserted: Data, closed: Data) -> str | None:
        checks: list[Callable[[], list[Finding]]] = [
            lambda: check_shapes(asserted, self._shapes, self._prefixes, parts=["core"]),
            lambda: check_shapes(closed, self._closure_shapes, self._prefixes),
            lambda: check_shapes(asserted, self._shapes, self._prefixes, parts=["sparql"]),
            lambda: check_hygiene(asserted, self._hygiene, self._prefixes),
        ]
        return next((rule for check in checks if (rule := _violated(check()))), None)


_DECLARATION = {SH + name for name in ("declare", "prefix", "namespace")}


def _statements(paths: Iterable[Path]) -> list[ox.Triple]:
    return [
        triple
        for number, path in enumerate(paths)
        for triple in parse(path.read_bytes(), str(path), "turtle", label=f"s{number}b")[0]
    ]


def _violated(findings: Iterable[Finding]) -> str | None:
    return next((f.rule for f in findings if f.severity is Severity.VIOLATION), None)


def _store(graph: Graph) -> ox.Store:
    store = ox.Store()
    store.extend(ox.Quad(t.subject, t.predicate, t.object) for t in graph)
    return store


class _changed:  # noqa: N801 - it reads like a function
    """A store with other statements, for a while."""

    def __init__(
        self, store: ox.Store, added: Iterable[ox.Triple], removed: Iterable[ox.Triple]
    ) -> None:
        self._store = store
        self._added = [ox.Quad(t.subject, t.predicate, t.object) for t in added]
        self._removed = [ox.Quad(t.subject, t.predicate, t.object) for t in removed]

    def __enter__(self) -> None:
        self._swap(self._removed, self._added)

    def __exit__(self, *_: object) -> None:
        self._swap(self._added, self._removed)

    def _swap(self, out: Sequence[ox.Quad], back: Sequence[ox.Quad]) -> None:
        for quad in out:
            self._store.remove(quad)
        self._store.extend(back)


class _Near:
    """The SPARQL constraints of shapes, asked of a few nodes only."""

    def __init__(self, shapes: Sequence[ox.Triple], prefixes: Mapping[str, str]) -> None:
        rules = Rulebook(shapes, prefixes)
        self._constraints: list[tuple[str, str, str]] = []
        for shape in rules.subjects(SH + "sparql"):
            targets = [
                *(f"$this a/{SUBCLASS}* {c}" for c in rules.objects(shape, SH + "targetClass")),
                *(f"$this {p} ?any" for p in rules.objects(shape, SH + "targetSubjectsOf")),
            ]
            target = " UNION ".join(f"{{ {one} }}" for one in targets)
            for constraint in rules.objects(shape, SH + "sparql"):
                if isinstance(constraint, ox.Literal):
                    continue
                if rules.severity(constraint, shape) is Severity.VIOLATION:
                    query = rules.prologue(constraint) + rules.note([constraint], SH + "select")
                    self._constraints.append(
                        (rules.rule(constraint), f"ASK {{ {target} }}", setwise(query, _MARKED))
                    )

    def violated(self, store: ox.Store, nodes: Sequence[Node]) -> str | None:
        applies: dict[str, list[Node]] = {}
        for rule, target, query in self._constraints:
            if target not in applies:
                applies[target] = [
                    node
                    for node in nodes
                    if store.query(target, substitutions={ox.Variable("this"): node})
                ]
            if not applies[target]:
                continue
            marks = [ox.Quad(node, _MARK, _MARK, _MARKS) for node in applies[target]]
            store.extend(marks)
            found = store.query(query)
            assert isinstance(found, ox.QuerySolutions)
            violated = next(found, None) is not None
            for mark in marks:
                store.remove(mark)
            if violated:
                return rule
        return None


_MARK = ox.NamedNode("urn:claude-kg:near")
_MARKS = ox.NamedNode("urn:claude-kg:marks")
_MARKED = f"GRAPH {_MARKS} {{ $this {_MARK} {_MARK} }}"


def judged_in_public(mutant: Mutant, loaded: LoadedGraph) -> bool:
    """Whether the validation that everybody uses finds a violation in a mutant."""
    vocabulary = {t for s in loaded.sources if s.role == "vocabulary" for t in s.triples}
    triples = [t for t in mutant.applied(dict.fromkeys(loaded.asserted)) if t not in vocabulary]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "mutant.nt"
        ox.serialize(triples, str(file), format=ox.RdfFormat.N_TRIPLES)
        report = validate(KnowledgeGraph.load(facts=[file], cache=False), limits=None)
    return bool(report.at_least(Severity.VIOLATION))


# The account


@dataclass(frozen=True)
class Verdict:
    """A mutant, and the rule that noticed it, if any did; else why it is let pass, if it may."""

    mutant: Mutant
    rule: str | None
    reason: str = ""


def reason_for(mutant: Mutant, allowed: Sequence[Mapping[str, str]]) -> str:
    """Why a survivor is let pass."""
    for entry in allowed:
        fits = {
            "kind": mutant.kind,
            "class": mutant.class_.removeprefix("ckg:"),
            "property": mutant.property_.removeprefix("ckg:"),
            "sort": mutant.sort,
            "subject": text(mutant.fact.subject),
        }
        if all(
            re.fullmatch(wanted, fits[name]) for name, wanted in entry.items() if name != "reason"
        ):
            return " ".join(entry["reason"].split())
    return ""


def _share(verdicts: Sequence[Verdict]) -> float:
    return sum(v.rule is not None for v in verdicts) / len(verdicts) if verdicts else 1.0


def shares(verdicts: Sequence[Verdict]) -> dict[str, tuple[float, int]]:
    """The share noticed and the number of mutants: of all, and of each sort."""
    facts = [v for v in verdicts if v.mutant.sort != "record"]
    groups = {
        "all": verdicts,
        "facts": facts,
        "relations and statuses": [v for v in facts if v.mutant.sort in {"relation", "status"}],
        **{
            f"of these, {sort}": [v for v in facts if v.mutant.sort == sort]
            for sort in ("relation", "status", "number", "text")
        },
        **{
            f"by {kind}": [v for v in facts if v.mutant.kind == kind]
            for kind in sorted({v.mutant.kind for v in facts})
        },
        "records of the source": [v for v in verdicts if v.mutant.sort == "record"],
    }
    return {name: (_share(members), len(members)) for name, members in groups.items()}


def _table(verdicts: Sequence[Verdict], heading: str, of: Callable[[Mutant], str]) -> list[str]:
    groups: dict[str, list[Verdict]] = defaultdict(list)
    for verdict in verdicts:
        groups[of(verdict.mutant)].append(verdict)
    rows = sorted(groups.items(), key=lambda group: (_share(group[1]), group[0]))
    width = max(len(name) for name in groups)
    return [
        f"\n{heading:{width}}  noticed  mutants",
        *(f"{name:{width}}  {_share(of_it):7.1%}  {len(of_it):7}" for name, of_it in rows),
    ]


def account(verdicts: Sequence[Verdict]) -> str:
    """The whole account, as a text."""
    lines = _table(verdicts, "class", lambda mutant: mutant.class_)
    lines += _table(verdicts, "property", lambda mutant: mutant.property_)
    survivors = [v for v in verdicts if v.rule is None]
    if survivors:
        lines.append("\nsurvivors")
        lines += sorted(f"  {v.mutant}\n      {v.reason or 'NO REASON'}" for v in survivors)
    lines.append("\nshare noticed")
    for name, (share, number) in shares(verdicts).items():
        goal = f"  goal {GOALS[name]:.0%}" if name in GOALS else ""
        lines.append(f"  {name:24}  {share:6.1%}  of {number}{goal}")
    return "\n".join(lines).lstrip("\n")


def as_json(verdicts: Sequence[Verdict], disagreements: Sequence[Mutant]) -> str:
    """The account, for programs."""
    document: dict[str, Any] = {
        "shares": {
            name: {"noticed": share, "mutants": number}
            for name, (share, number) in shares(verdicts).items()
        },
        "survivors": [
            {"mutant": str(v.mutant), "sort": v.mutant.sort, "reason": v.reason}
            for v in verdicts
            if v.rule is None
        ],
        "rules": sorted({v.rule for v in verdicts if v.rule}),
        "disagreements": [str(mutant) for mutant in disagreements],
    }
    return json.dumps(document, indent=2, ensure_ascii=False)


_judge: Judge | None = None


def _judged(mutant: Mutant) -> str | None:
    # Made once in each process: it holds the graph in several forms.
    global _judge  # noqa: PLW0603
    _judge = _judge or Judge(load())
    return _judge.noticed_by(mutant)


def run(mutants: Sequence[Mutant], jobs: int) -> Iterator[str | None]:
    """The rule that notices each of the mutants, in their order."""
    if jobs == 1:
        yield from map(_judged, mutants)
        return
    # Engines have threads, which a fork would not take along.
    with multiprocessing.get_context("spawn").Pool(jobs) as pool:
        yield from pool.imap(_judged, mutants, chunksize=4)


def main() -> int:
    """Print the account; say whether it is good enough."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--sample", type=int, default=500, help="how many mutants are tried")
    parser.add_argument("--all", action="store_true", help="try them all")
    parser.add_argument("--seed", type=int, default=2025, help="what the sample is chosen by")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes")
    parser.add_argument("--verify", type=int, default=0, help="how many are judged in public too")
    parser.add_argument("--format", choices=["text", "json"], default="text")
    chosen = parser.parse_args()

    configuration = yaml.safe_load(CONFIGURATION.read_text(encoding="utf-8"))
    loaded = load()
    possible = Facts(loaded, configuration["free_text"], chosen.seed).mutants()
    mutants = possible if chosen.all else sample(possible, chosen.sample, chosen.seed)
    verdicts = []
    for number, (mutant, rule) in enumerate(
        zip(mutants, run(mutants, chosen.jobs), strict=True), start=1
    ):
        why = "" if rule else reason_for(mutant, configuration["survivors"])
        verdicts.append(Verdict(mutant, rule, why))
        if sys.stderr.isatty():
            print(f"\r{number} of {len(mutants)}", end="", file=sys.stderr)
    # Half of those that are judged twice got away, as far as there are any.
    survivors = [v for v in verdicts if v.rule is None][: chosen.verify // 2]
    noticed = [v for v in verdicts if v.rule is not None][: chosen.verify - len(survivors)]
    disagreements = [
        verdict.mutant
        for verdict in (*survivors, *noticed)
        if judged_in_public(verdict.mutant, loaded) is not (verdict.rule is not None)
    ]
    if chosen.format == "json":
        print(as_json(verdicts, disagreements))
    else:
        print(f"{len(mutants)} of {len(possible)} mutants, seed {chosen.seed}\n")
        print(account(verdicts))
        for mutant in disagreements:
            print(f"judged otherwise in public: {mutant}")
    reached = all(shares(verdicts)[name][0] >= goal for name, goal in GOALS.items())
    return 0 if reached and not disagreements else 1


if __name__ == "__main__":
    sys.exit(main())
