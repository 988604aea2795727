"""Each rule is broken in each way that it can be, and nothing but that rule is heard of.

The files beside this one hold a graph that conforms (the invented vendor, and ``conforming/`` for
what that vendor lacks), and the edits that break it, in one file a concern:

    rule:
      - breaks: what is wrong
        edits:
          ex:subject: [-ckg:property, "+ckg:property ex:value"]   # a statement less, one more
          ex:other: gone                                          # or: the whole thing
        also: Turtle that is laid over the rest
        expect:
          - {by: MinCount, path: ckg:property, at: "ex:subject a ckg:Class"}

``at`` is the line that the finding points at, after the name of the thing in whose block it is.
The claims follow the edits, so that only the rule that is meant is broken; with ``claims: kept``
they are those of the graph before. A case that breaks nothing expects nothing.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pyoxigraph as ox
import pytest
import yaml

from claude_kg import Finding, KnowledgeGraph, files
from claude_kg.check.text import path_text
from claude_kg.check.validate import validate
from claude_kg.terms import PREFIXES, compact, expand

HERE = Path(__file__).parent
VENDOR = HERE.parent / "vendor"
SH = PREFIXES["sh"]
NAMES = {**PREFIXES, "ex": "https://example.org/examplia/"}
HEAD = "".join(f"@prefix {prefix}: <{space}> .\n" for prefix, space in sorted(NAMES.items()))
CLAIMS = "claims.ttl"
# What is a record of the source, and needs no claim itself.
RECORDS = frozenset({"Claim", "Discrepancy", "Edition", "SourceDocument", "SourceSection"})
PLAIN = {PREFIXES["xsd"] + name for name in ("boolean", "decimal", "integer")}
UNCLAIMED = frozenset({"statedIn", "adoptedIn", "edition", "supersedes"})


class Case(NamedTuple):
    """One way to break a rule, or to keep it by a hair's breadth."""

    rule: str
    breaks: str
    edits: Mapping[str, list[str] | str]
    also: str
    claims: str
    expect: list[dict[str, str]]


def _cases() -> Iterator[Case]:
    for file in sorted(HERE.glob("*.yaml")):
        for rule, cases in yaml.safe_load(file.read_text(encoding="utf-8")).items():
            for case in cases:
                unknown = set(case) - {"breaks", "edits", "also", "claims", "expect"}
                assert not unknown, f"{file.name}: {rule}: {unknown}"
                yield Case(
                    rule,
                    case["breaks"],
                    case.get("edits", {}),
                    case.get("also", ""),
                    case.get("claims", "followed"),
                    case["expect"],
                )


CASES = list(_cases())


# The graph and its edits

BLOCK = re.compile(r"^(?P<subject>\S+) (?P<rest>a .*?) \.$", re.MULTILINE | re.DOTALL)


@cache
def _texts() -> dict[str, str]:
    """The conforming files by their name, without the claims."""
    texts = {}
    for root in (VENDOR, HERE / "conforming"):
        for file in sorted(root.rglob("*.ttl")):
            if file.parent.name != "claims":
                assert file.name not in texts
                texts[file.name] = file.read_text(encoding="utf-8")
    return texts


def _edited(case: Case) -> dict[str, str]:
    texts = dict(_texts())
    waiting = dict(case.edits)

    def edit(block: re.Match[str]) -> str:
        changes = waiting.pop(block["subject"], None)
        if changes is None:
            return block[0]
        return "" if changes == "gone" else _changed(block, changes)

    for name in list(texts):
        texts[name] = BLOCK.sub(edit, texts[name])
    assert not waiting, f"nothing is called {', '.join(waiting)}"
    if case.also:
        texts["more.ttl"] = f"{HEAD}\n{case.also}"
    texts[CLAIMS] = _claims(texts if case.claims == "followed" else _texts())
    return texts


def _changed(block: re.Match[str], changes: Iterable[str]) -> str:
    lines = [line.strip() for line in block["rest"].split(" ;\n")]
    at = len(lines)
    for change in changes:
        sign, text = change[0], change[1:]
        if sign == "-":
            found = [n for n, line in enumerate(lines) if line == text or _property(line) == text]
            assert len(found) == 1, f"{block['subject']} has {len(found)} of {text}"
            at = found[0]
            del lines[at]
        else:
            assert sign == "+", change
            lines.insert(at, text)
    return f"{block['subject']} " + " ;\n    ".join(lines) + " ."


def _property(line: str) -> str:
    return line.split(" ", 1)[0]


def _claims(texts: Mapping[str, str]) -> str:
    """A claim for each statement of the files that needs one."""
    ckg = NAMES["ckg"]
    triples = [
        ox.Triple(quad.subject, quad.predicate, quad.object)
        for text in texts.values()
        for quad in ox.parse(text, ox.RdfFormat.TURTLE)
    ]
    records = {
        t.subject
        for t in triples
        if t.predicate.value == PREFIXES["rdf"] + "type"
        and isinstance(t.object, ox.NamedNode)
        and t.object.value in {ckg + name for name in RECORDS}
    }
    blocks = []
    numbers = Counter[str]()
    for t in triples:
        name = t.predicate.value.removeprefix(ckg)
        if name == t.predicate.value or name in UNCLAIMED or t.subject in records:
            continue
        claim = f"ex:claim-of-{_name(t.subject).partition(':')[2]}-{name}"
        numbers[claim] += 1
        blocks.append(
            f"{claim}-{numbers[claim]} a ckg:Claim ;\n"
            f"    ckg:claimSubject {t.subject} ;\n"
            f"    ckg:claimProperty {t.predicate} ;\n"
            f"    ckg:claimValue {_written(t.object)} ;\n"
            "    ckg:statedIn ex:handbook-products ;\n"
            "    ckg:adoptedIn ex:edition-one .\n"
        )
    return HEAD + "\n" + "\n".join(blocks)


# What is found


def found_in(case: Case, folder: Path) -> list[dict[str, str]]:
    """What a check finds in the edited graph, in the words of the cases."""
    texts = _edited(case)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    graph = KnowledgeGraph.load(facts=[folder], cache=False)
    return [_told(finding, texts) for finding in validate(graph, limits=None).findings]


def _told(finding: Finding, texts: Mapping[str, str]) -> dict[str, str]:
    at = ""
    if finding.file is not None and finding.line is not None:
        lines = texts[Path(finding.file).name].splitlines()
        at = re.sub(r" [;.,]$", "", lines[finding.line - 1]).strip()
        for line in reversed(lines[: finding.line]):
            if not line.startswith(" "):
                at = at if line.startswith(at) else f"{line.split(' ', 1)[0]} {at}"
                break
    told = {
        "rule": finding.rule,
        "severity": finding.severity.label,
        "by": (finding.component or "").removeprefix(SH).removesuffix("ConstraintComponent"),
        "path": "" if finding.path is None else path_text(finding.path, NAMES),
        "at": at,
        "focus": _name(finding.focus),
    }
    if finding.value is not None and finding.value != finding.focus:
        told["value"] = _name(finding.value)
    return told


def _written(term: object) -> str:
    """A term as somebody writes it in Turtle."""
    if isinstance(term, ox.Literal) and term.datatype.value in PLAIN:
        return term.value
    return _name(term) if isinstance(term, ox.NamedNode) else str(term)


def _name(term: object) -> str:
    if isinstance(term, ox.NamedNode):
        return compact(term.value, NAMES)
    return term.value if isinstance(term, ox.Literal) else str(term)


def expected(case: Case) -> list[dict[str, str]]:
    """What a case expects, with what goes without saying."""
    return [
        {
            "rule": case.rule,
            "severity": "violation",
            "focus": wanted.get("at", "").split(" ", 1)[0],
            "path": "",
            "by": "SPARQL",
            **wanted,
        }
        for wanted in case.expect
    ]


def _key(told: Mapping[str, str]) -> list[tuple[str, str]]:
    return sorted(told.items())


def test_what_the_edits_begin_with_conforms(tmp_path: Path) -> None:
    assert found_in(Case("", "", {}, "", "followed", []), tmp_path) == []
    assert validate(KnowledgeGraph.load(facts=[VENDOR]), limits=None).findings == ()


@pytest.mark.parametrize("case", CASES, ids=[f"{c.rule}: {c.breaks}" for c in CASES])
def test_the_rule_that_is_broken_is_heard_of_and_no_other(case: Case, tmp_path: Path) -> None:
    wanted = expected(case)
    found = found_in(case, tmp_path)
    names = {key for told in wanted for key in told}
    # A value is compared where the case speaks of it.
    found = [{k: v for k, v in told.items() if k != "value" or "value" in names} for told in found]
    assert sorted(found, key=_key) == sorted(wanted, key=_key)
