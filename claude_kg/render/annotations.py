"""Write a report of findings for the systems that show them beside the code."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from urllib.parse import quote
from xml.etree import ElementTree as ET

from claude_kg._version import __version__
from claude_kg.check.findings import Finding, Report, Severity
from claude_kg.check.rules import Rule
from claude_kg.render.results import safe

_GITHUB = {Severity.VIOLATION: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}
_SARIF = {Severity.VIOLATION: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def to_github(report: Report) -> str:
    """A workflow command of GitHub Actions for each finding.

    See https://docs.github.com/actions/using-workflows/workflow-commands-for-github-actions.
    """
    return "".join(f"{_command(finding)}\n" for finding in report.findings)


def _command(finding: Finding) -> str:
    places = {"file": _relative(finding.file), "line": finding.line, "col": finding.column}
    parts = {**places, "title": finding.rule}
    given = [f"{name}={_escaped(str(value), ':,')}" for name, value in parts.items() if value]
    return f"::{_GITHUB[finding.severity]} {','.join(given)}::{_escaped(_full(finding))}"


def _escaped(text: str, further: str = "") -> str:
    for character in "%\r\n" + further:
        text = text.replace(character, f"%{ord(character):02X}")
    return text


def to_sarif(report: Report, rules: Iterable[Rule]) -> str:
    """The report as SARIF 2.1.0, with the rules that found something.

    See https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html.
    """
    known = {rule.name: rule for rule in rules}
    used = list(dict.fromkeys(finding.rule for finding in report.findings))
    run = {
        "tool": {
            "driver": {
                "name": "claude-kg",
                "version": __version__,
                "rules": [_sarif_rule(name, known.get(name)) for name in used],
            }
        },
        "columnKind": "unicodeCodePoints",
        "results": [_sarif_result(finding, used) for finding in report.findings],
    }
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, ensure_ascii=False, indent=2) + "\n"


def _sarif_rule(name: str, rule: Rule | None) -> dict[str, object]:
    if rule is None:
        return {"id": name}
    described: dict[str, object] = {
        "id": name,
        "shortDescription": {"text": rule.title},
        "defaultConfiguration": {"level": _SARIF[rule.severity]},
    }
    if rule.why:
        described["fullDescription"] = {"text": rule.why}
    return described


def _sarif_result(finding: Finding, used: Sequence[str]) -> dict[str, object]:
    result: dict[str, object] = {
        "ruleId": finding.rule,
        "ruleIndex": used.index(finding.rule),
        "level": _SARIF[finding.severity],
        "message": {"text": _full(finding)},
    }
    if finding.file:
        place: dict[str, object] = {"artifactLocation": {"uri": _uri(finding.file)}}
        region = {"startLine": finding.line, "startColumn": finding.column}
        if finding.line:
            place["region"] = {name: number for name, number in region.items() if number}
        result["locations"] = [{"physicalLocation": place}]
    return result


def to_junit(report: Report, rules: Iterable[Rule]) -> str:
    """The report as JUnit XML: a test case for each rule, which fails where it found something."""
    found: dict[str, list[Finding]] = {rule.name: [] for rule in rules}
    for finding in report.findings:
        found.setdefault(finding.rule, []).append(finding)
    failed = sum(bool(findings) for findings in found.values())
    counts = {"tests": str(len(found)), "failures": str(failed), "errors": "0"}
    suites = ET.Element("testsuites", counts)
    suite = ET.SubElement(suites, "testsuite", {"name": "claude-kg validate", **counts})
    for name, findings in found.items():
        case = ET.SubElement(suite, "testcase", {"classname": "claude-kg", "name": name})
        if findings:
            first = {"message": safe(_full(findings[0])), "type": findings[0].severity.label}
            failure = ET.SubElement(case, "failure", first)
            failure.text = safe("\n".join(f"{_place(f)}{_full(f)}" for f in findings))
    ET.indent(suites)
    text = ET.tostring(suites, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def _full(finding: Finding) -> str:
    """What is wrong and how to mend it, in one line."""
    return " ".join(f"{finding.message} {finding.fix}".split())


def _place(finding: Finding) -> str:
    known = [str(part) for part in (finding.file, finding.line, finding.column) if part]
    return f"{':'.join(known)}: " if known else ""


def _relative(file: str | None) -> str | None:
    """A file below the current folder by its way from there: annotations are shown by that."""
    if file is None or not Path(file).is_absolute():
        return file
    here = os.path.relpath(file) if Path(file).drive == Path.cwd().drive else file
    return file if here.startswith("..") else Path(here).as_posix()


def _uri(file: str) -> str:
    name = _relative(file) or file
    return Path(name).as_uri() if Path(name).is_absolute() else quote(Path(name).as_posix())
