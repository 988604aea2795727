"""Write why statements hold or do not: for people as text, for programs as JSON or Turtle."""

from __future__ import annotations

import json
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox

from claude_kg import files
from claude_kg.reason import Statement
from claude_kg.render.graphs import render_graph
from claude_kg.render.results import json_term, safe
from claude_kg.terms import RDF, RDF_TYPE, RDFS, compact

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from claude_kg.check.places import Location
    from claude_kg.why import (
        Answer,
        Conflict,
        Contested,
        Derivation,
        Evidence,
        Origin,
        Section,
        Step,
    )

FORMATS = ("text", "json", "turtle")
"""The formats of an explanation, by the name that options use."""

_PROV = "http://www.w3.org/ns/prov#"
_DCTERMS = "http://purl.org/dc/terms/"
_MOST = 12
"""How many other values of a property a person is shown."""
_DEEPEST = 16
"""How far a step is indented at the most."""

_VERDICTS = {
    "opposite stated": "does not hold: the opposite is stated",
    "not adopted": "does not hold: a section states it, and the graph does not adopt that",
    "negative stated": "does not hold: it is not stated, but a no about the same two things is",
    "not stated": "does not hold: neither it nor its opposite is stated",
}
_KINDS = {
    "contradiction": "It would contradict what is stated: ",
    "denied": "A section denies it: ",
    "reading": "A section states it: ",
    "node": "Stated of both: ",
    "value": "By the same property: ",
}


def render_answer(
    answer: Answer, format_name: str, prefixes: Mapping[str, str], width: int | None = None
) -> str | bytes:
    """An answer in one of ``FORMATS``; text is folded to ``width``."""
    if format_name == "json":
        return _json(_answer_data(answer, prefixes))
    if format_name == "turtle":
        return _Description(prefixes).answer(answer)
    return _Text(prefixes, width).answer(answer)


def render_conflicts(
    conflicts: Sequence[Conflict],
    format_name: str,
    prefixes: Mapping[str, str],
    width: int | None = None,
) -> str | bytes:
    """The contradictions of a graph in one of ``FORMATS``; text is folded to ``width``."""
    if format_name == "json":
        return _json(
            {
                "consistent": not conflicts,
                "contradictions": [
                    {
                        "sentence": conflict.sentence,
                        "rule": conflict.rule,
                        "statements": [_origin_data(o) for o in conflict.statements],
                        "definitions": [_origin_data(o) for o in conflict.definitions],
                    }
                    for conflict in conflicts
                ],
            }
        )
    if format_name == "turtle":
        return _Description(prefixes).conflicts(conflicts)
    return _Text(prefixes, width).conflicts(conflicts)


def shown_file(name: str) -> str:
    """A file's name as short as it is clear: from the working folder, or that of the ontology."""
    path = Path(name)
    for folder in (Path.cwd(), files.ONTOLOGY_FOLDER.parent):
        if path.is_absolute() and path.is_relative_to(folder):
            return path.relative_to(folder).as_posix()
    return name


class _Text:
    """Text for people: a tree by indentation."""

    def __init__(self, prefixes: Mapping[str, str], width: int | None) -> None:
        self._prefixes = prefixes
        self._width = width
        self._cited: dict[str, Section] = {}
        self._contested: dict[str, Contested] = {}

    def answer(self, answer: Answer) -> str:
        blocks = [self._fold(answer.text) + self._fold(_verdict(answer))]
        for number, proof in enumerate(answer.proofs, 1):
            several = len(answer.proofs) > 1
            head = self._fold(f"Proof {number} ({_steps(proof.length)})") if several else ""
            blocks.append(head + "".join(self._derivation(proof)))
        evidence = [found for found in answer.evidence if found.kind != "value"]
        values = [found for found in answer.evidence if found.kind == "value"]
        lines = [self._evidence(found) for found in (*evidence, *values[:_MOST])]
        if (more := len(values) - _MOST) > 0:
            lines.append(self._fold(f"… and {more} more (--format json has all)"))
        if lines:
            blocks.append("".join(lines))
        return self._joined(blocks)

    def conflicts(self, conflicts: Sequence[Conflict]) -> str:
        if not conflicts:
            return "The graph is consistent: nothing in it contradicts anything else.\n"
        blocks = []
        for conflict in conflicts:
            lines = [self._fold(f"{conflict.sentence} ({conflict.rule})")]
            for origin in conflict.statements:
                lines += [self._fold(origin.sentence, 1), self._where(origin, 2)]
            lines.append(self._spelled_out(conflict.definitions, 1))
            blocks.append("".join(lines))
        return self._joined(blocks)

    def _joined(self, blocks: list[str]) -> str:
        if self._cited:
            legend = (
                self._fold(text if text.startswith(short) else f"{short} {text}", 1)
                for short, text in ((s.reference, s.text) for s in self._cited.values())
            )
            blocks.append("Sections\n" + "".join(legend))
        if self._contested:
            blocks.append(
                "Disputes\n"
                + "".join(
                    self._fold(f"{found.question} {found.resolution}", 1)
                    for found in self._contested.values()
                )
            )
        return "\n".join(blocks)

    def _derivation(self, proof: Derivation) -> Iterator[str]:
        written: set[int] = set()
        waiting = [(0, 0)]
        while waiting:
            number, depth = waiting.pop()
            step = proof.steps[number]
            again = number in written
            written.add(number)
            if again and step.rule:
                yield self._fold(f"{step.sentence.partition(', because ')[0]}, as above.", depth)
                continue
            yield self._fold(
                f"{step.sentence} ({step.rule})" if step.rule else step.sentence, depth
            )
            yield self._where(step, depth + 1)
            yield self._spelled_out(step.definitions, depth + 1)
            waiting += [(premise, depth + 1) for premise in reversed(step.premises)]

    def _evidence(self, found: Evidence) -> str:
        lines = [self._fold(_KINDS[found.kind] + found.text)]
        lines.append(self._where(found, 1))
        for origin in found.rests_on:
            lines += [self._fold(origin.sentence, 1), self._where(origin, 2)]
        return "".join(lines)

    def _where(self, origin: Origin | Evidence, depth: int) -> str:
        parts = [", ".join(map(_place, origin.places))] if origin.places else []
        if origin.sections:
            self._cited.update((s.iri, s) for s in origin.sections)
            cited = f"[{', '.join(s.reference for s in origin.sections)}]"
            parts.append(cited if origin.places else f"also stated in {cited}")
        if origin.contested:
            self._contested.update((c.iri, c) for c in origin.contested)
            parts.append("(disputed)")
        return self._fold(" ".join(parts), depth)

    def _spelled_out(self, definitions: Iterable[Origin], depth: int) -> str:
        lines: dict[str, set[int]] = {}
        for at in (place for origin in definitions for place in origin.places):
            lines.setdefault(shown_file(at.file), set()).update([at.line] if at.line else [])
        shown = (
            f"{file}:{', '.join(map(str, sorted(numbers)))}" if numbers else file
            for file, numbers in sorted(lines.items())
        )
        return self._fold(f"spelled out in {', '.join(shown)}", depth) if lines else ""

    def _fold(self, text: str, depth: int = 0) -> str:
        line = " ".join(safe(text).split())
        if not line:
            return ""
        first = "  " * min(depth, _DEEPEST)
        if self._width is None:
            return f"{first}{line}\n"
        folded = textwrap.fill(
            line,
            max(self._width, len(first) + 30),
            initial_indent=first,
            subsequent_indent=first + "    ",
            break_on_hyphens=False,
            break_long_words=False,
        )
        return f"{folded}\n"


def _verdict(answer: Answer) -> str:
    if not answer.holds:
        return _VERDICTS[answer.verdict]
    proof = answer.proofs[0]
    if proof.length:
        return f"holds: it is inferred in {_steps(proof.length)}"
    stated = bool(proof.steps[0].places)
    return "holds: it is asserted" if stated else "holds by definition"


def _steps(length: int) -> str:
    return f"{length} {'step' if length == 1 else 'steps'}"


def _place(at: Location) -> str:
    return ":".join(str(part) for part in (shown_file(at.file), at.line, at.column) if part)


def _json(data: object) -> str:
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def _answer_data(answer: Answer, prefixes: Mapping[str, str]) -> dict[str, object]:
    triple = answer.statement
    return {
        "subject": json_term(triple.subject),
        "predicate": json_term(triple.predicate),
        "object": json_term(triple.object),
        "text": answer.text,
        "holds": answer.holds,
        "verdict": answer.verdict,
        "proofs": [
            {"length": proof.length, "steps": [_step_data(step) for step in proof.steps]}
            for proof in answer.proofs
        ],
        "evidence": [
            {
                "kind": found.kind,
                "text": found.text,
                "opposite": found.opposite,
                "iri": found.iri,
                "curie": compact(found.iri, prefixes) if found.iri else None,
                **_sources_data(found),
                "restsOn": [_origin_data(origin) for origin in found.rests_on],
            }
            for found in answer.evidence
        ],
    }


def _step_data(step: Step) -> dict[str, object]:
    return {
        **_origin_data(step),
        "rule": step.rule or None,
        "premises": list(step.premises),
        "definitions": [_origin_data(origin) for origin in step.definitions],
    }


def _origin_data(origin: Origin) -> dict[str, object]:
    return {
        "statement": _statement_data(origin.statement) if origin.statement else None,
        "sentence": origin.sentence,
        **_sources_data(origin),
    }


def _statement_data(statement: Statement) -> dict[str, object]:
    return {
        "subject": json_term(statement.subject),
        "predicate": json_term(statement.predicate),
        "object": json_term(statement.object),
    }


def _sources_data(origin: Origin | Evidence) -> dict[str, object]:
    return {
        "places": [{"file": at.file, "line": at.line, "column": at.column} for at in origin.places],
        "sections": [
            {"iri": s.iri, "reference": s.reference, "name": s.text} for s in origin.sections
        ],
        "disputes": [
            {"iri": c.iri, "question": c.question, "resolution": c.resolution}
            for c in origin.contested
        ],
    }


class _Description:
    """A description in RDF: statements (rdf:Statement) and how they came about (PROV-O).

    An inferred statement was generated by an activity, the application of a rule, which used the
    premises; an asserted one has its places in the files and the sections as primary sources.
    """

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        self._prefixes = prefixes
        self._triples: list[ox.Triple] = []
        self._nodes = 0

    def answer(self, answer: Answer) -> bytes:
        for proof in answer.proofs:
            self._derivation(proof)
        if not answer.proofs:
            triple = answer.statement
            node = self._statement(Statement(triple.subject, triple.predicate, triple.object))
            self._say(node, RDFS + "comment", ox.Literal(f"{_verdict(answer)}."))
            for found in answer.evidence:
                self._say(node, RDFS + "comment", ox.Literal(_KINDS[found.kind] + found.text))
                if found.iri:
                    self._say(node, RDFS + "seeAlso", ox.NamedNode(found.iri))
        return self._written()

    def conflicts(self, conflicts: Sequence[Conflict]) -> bytes:
        for conflict in conflicts:
            node = self._rule(conflict.rule)
            self._say(node, RDFS + "comment", ox.Literal(conflict.sentence))
            for origin in conflict.statements:
                self._say(node, _PROV + "used", self._origin(origin))
            self._define(conflict.definitions)
        return self._written()

    def _written(self) -> bytes:
        return render_graph(self._triples, "turtle", self._prefixes)

    def _derivation(self, proof: Derivation) -> None:
        nodes = [self._origin(step) for step in proof.steps]
        for step, node in zip(proof.steps, nodes, strict=True):
            if step.rule:
                activity = self._rule(step.rule)
                self._say(node, _PROV + "wasGeneratedBy", activity)
                for premise in step.premises:
                    self._say(activity, _PROV + "used", nodes[premise])
            self._define(step.definitions)

    def _rule(self, name: str) -> ox.BlankNode:
        node = self._node(_PROV + "Activity")
        self._say(node, _DCTERMS + "identifier", ox.Literal(name))
        return node

    def _origin(self, origin: Origin) -> ox.BlankNode:
        node = self._statement(origin.statement) if origin.statement else self._node()
        self._say(node, RDFS + "comment", ox.Literal(origin.sentence))
        for at in origin.places:
            place = self._node(_PROV + "Location")
            self._say(place, RDFS + "label", ox.Literal(_place(at)))
            self._say(node, _PROV + "atLocation", place)
        for section in origin.sections:
            self._say(node, _PROV + "hadPrimarySource", ox.NamedNode(section.iri))
        for contested in origin.contested:
            self._say(node, RDFS + "seeAlso", ox.NamedNode(contested.iri))
        return node

    def _statement(self, parts: Statement) -> ox.BlankNode:
        node = self._node(RDF + "Statement")
        self._say(node, RDF_TYPE, ox.NamedNode(_PROV + "Entity"))
        for name, part in zip(("subject", "predicate", "object"), parts, strict=True):
            assert isinstance(part, ox.NamedNode | ox.BlankNode | ox.Literal)
            self._say(node, RDF + name, part)
        return node

    def _define(self, definitions: Iterable[Origin]) -> None:
        """Repeat what spells out the unnamed classes and lists of which the statements speak."""
        found = (o.statement.triple for o in definitions if o.statement)
        self._triples += [triple for triple in found if triple]

    def _node(self, *types: str) -> ox.BlankNode:
        # No file's own blank node is so called: they are numbered by file.
        node = ox.BlankNode(f"why{self._nodes}")
        self._nodes += 1
        for type_ in types:
            self._say(node, RDF_TYPE, ox.NamedNode(type_))
        return node

    def _say(
        self,
        subject: ox.BlankNode,
        predicate: str,
        object_: ox.NamedNode | ox.BlankNode | ox.Literal,
    ) -> None:
        self._triples.append(ox.Triple(subject, ox.NamedNode(predicate), object_))
