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
from typing import NamedTuple

import pyoxigraph as ox
import pytest
import yaml

from claude_kg import Finding, KnowledgeGraph, files
from claude_kg.check.editions import validate_editions
from claude_kg.check.text import path_text
from claude_kg.check.validate import validate
from claude_kg.terms import PREFIXES, compact

HERE = Path(__file__).parent
VENDOR = HERE.parent / "vendor"
SH = PREFIXES["sh"]
NAMES = {**PREFIXES, "ex": "https://example.org/examplia/"}
HEAD = "".join(f"@prefix {prefix}: <{space}> .\n" for prefix, space in sorted(NAMES.items()))
CLAIMS = "claims.ttl"
HANDBOOK = "ex:handbook-products"
# What is a record of the source, and needs no claim itself.
RECORDS = frozenset({"Claim", "Discrepancy", "Edition", "SourceDocument", "SourceSection"})
PLAIN = {PREFIXES["xsd"] + name for name in ("boolean", "decimal", "integer")}
# The files whose cases look at the later edition, too; the others are about what is in both.
LATER = frozenset({"editions", "sources"})
UNCLAIMED = frozenset({"statedIn", "adoptedIn", "edition", "introducedIn", "supersedes"})


class Case(NamedTuple):
    """One way to break a rule, or to keep it by a hair's breadth."""

    rule: str
    breaks: str
    edits: Mapping[str, list[str] | str]
    also: str
    claims: str
    expect: list[dict[str, str]]
    later: bool = False


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
                    file.stem in LATER,
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
    """A claim for each statement of the files that needs one, from where the fact is stated."""
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
    sections = defaultdict(list)
    for t in triples:
        if t.predicate.value == ckg + "statedIn":
            sections[t.subject].append(_name(t.object))
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
            f"    ckg:statedIn {' , '.join(sections[t.subject] or [HANDBOOK])} ;\n"
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
    check = validate_editions if case.later else validate
    return [_told(finding, texts) for finding in check(graph, limits=None).findings]


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
    assert found_in(Case("", "", {}, "", "followed", [], later=True), tmp_path) == []
    assert validate_editions(KnowledgeGraph.load(facts=[VENDOR]), limits=None).findings == ()


@pytest.mark.parametrize("case", CASES, ids=[f"{c.rule}: {c.breaks}" for c in CASES])
def test_the_rule_that_is_broken_is_heard_of_and_no_other(case: Case, tmp_path: Path) -> None:
    wanted = expected(case)
    found = found_in(case, tmp_path)
    names = {key for told in wanted for key in told}
    # A value is compared where the case speaks of it.
    found = [{k: v for k, v in told.items() if k != "value" or "value" in names} for told in found]
    assert sorted(found, key=_key) == sorted(wanted, key=_key)


# What the cases cover


@cache
def _shapes() -> dict[str, dict[str, list[str]]]:
    """What the packaged shapes say, by shape and property, without the namespaces of both."""
    said: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for file in (*files.shape_files(), *files.shape_files(closure=True)):
        for quad in ox.parse(file.read_bytes(), ox.RdfFormat.TURTLE):
            about = said[str(quad.subject.value).rpartition("#")[2]]
            about[quad.predicate.value.removeprefix(SH)].append(quad.object.value)
    return said


RULES = sorted(name for name, about in _shapes().items() if "name" in about)
COMPONENTS = {
    name: name[0].upper() + name[1:]
    for name in (
        *("class", "datatype", "lessThanOrEquals", "maxCount", "maxInclusive", "minCount"),
        *("minInclusive", "nodeKind", "or", "pattern", "uniqueLang"),
    )
}
NO_CONSTRAINTS = {
    *(PREFIXES["rdf"] + "type", "name", "description", "message", "severity", "path"),
    *("prefixes", "property", "sparql", "targetClass", "targetSubjectsOf"),
}


def _heard_of(rule: str) -> set[str]:
    return {told["by"] for case in CASES for told in expected(case) if told["rule"] == rule}


def _alternatives(query: str) -> int:
    """The least number of ways in which a query can find something."""
    # What must not exist has no ways of its own.
    while found := re.search(r"NOT EXISTS \{", query):
        end, depth = found.end(), 1
        while depth:
            depth += {"{": 1, "}": -1}.get(query[end], 0)
            end += 1
        query = query[: found.start()] + query[end:]
    return 1 + query.count("UNION") + query.count("||")


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_is_broken_in_each_way_that_it_can_be(rule: str) -> None:
    about = _shapes()[rule]
    assert set(about) - NO_CONSTRAINTS - set(COMPONENTS) <= {"select"}, "nobody tries this"
    wanted = {COMPONENTS[name] for name in about if name in COMPONENTS}
    if "select" in about:
        ways = _alternatives(about["select"][0])
        breaking = [c for c in CASES if c.rule == rule and c.expect]
        assert len(breaking) >= ways
        wanted = {"SPARQL"}
    assert wanted
    assert _heard_of(rule) == wanted


def test_the_cases_are_about_rules_that_there_are() -> None:
    assert {case.rule for case in CASES} == set(RULES)
    named = Counter((case.rule, case.breaks) for case in CASES)
    assert [name for name, times in named.items() if times > 1] == []


def test_each_shape_looks_at_something_in_the_graph_that_conforms(tmp_path: Path) -> None:
    for name, text in _edited(Case("", "", {}, "", "followed", [])).items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    graph = KnowledgeGraph.load(facts=[tmp_path], edition="latest", cache=False)
    idle = [
        (shape, compact(target, NAMES))
        for shape, about in _shapes().items()
        for kind, pattern in (("targetClass", "a <{}>"), ("targetSubjectsOf", "<{}> ?any"))
        for target in about.get(kind, [])
        if not graph.query(f"ASK {{ ?one {pattern.format(target)} }}", limits=None).boolean
    ]
    assert idle == []
