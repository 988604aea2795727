"""Keep what a check found, so that a graph that has not changed is not checked again."""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path as File
from typing import Any

import pyoxigraph as ox

from claude_kg import cache
from claude_kg.check.findings import Finding, Path, Severity, Term
from claude_kg.load import LoadedGraph

_KEPT = 64
_TEXTS = ("rule", "message", "why", "fix", "source", "component")


def key(loaded: LoadedGraph, rules: Iterable[Sequence[File]], *chosen: str | None) -> str:
    """A name for a verdict: equal for equal content, sets of rules, choices and software."""
    digest = hashlib.sha256(f"{loaded.digest} {chosen}".encode())
    for number, files in enumerate(rules):
        for file in files:
            data = file.read_bytes()
            digest.update(f"\0{number} {file.name} {len(data)}\0".encode() + data)
    digest.update(_software())
    return digest.hexdigest()


@functools.cache
def _software() -> bytes:
    """Our modules and those libraries that findings depend on, by size and time of change."""
    software = sorted(File(__file__).parent.parent.rglob("*.py"))
    for name in ("owlrl", "pyshacl", "rdflib", "shacl"):
        found = find_spec(name)
        if found and found.origin:
            software.append(File(found.origin))
    digest = hashlib.sha256()
    for file in software:
        with suppress(OSError):
            status = file.stat()
            digest.update(f"\0{file.name} {status.st_size} {status.st_mtime_ns}".encode())
    return digest.digest()


@dataclass(frozen=True)
class Verdict:
    """What a check found, without places; and how large the graph is, and its prefixes."""

    findings: list[Finding]
    statements: int
    prefixes: dict[str, str]


def read(name: str) -> Verdict | None:
    """The verdict that is kept under a name; None where none is."""
    content = cache.read(name)
    if content is None:
        return None
    with suppress(ValueError, SyntaxError, KeyError, TypeError):
        kept = json.loads(content)
        findings = [_finding(found) for found in kept["findings"]]
        return Verdict(findings, kept["statements"], kept["prefixes"])
    return None


def write(name: str, verdict: Verdict) -> None:
    """Keep a verdict."""
    kept = {
        "findings": [_kept(finding) for finding in verdict.findings],
        "statements": verdict.statements,
        "prefixes": verdict.prefixes,
    }
    cache.write(name, json.dumps(kept).encode(), keep=_KEPT)


def _kept(finding: Finding) -> dict[str, Any]:
    return {
        **{name: getattr(finding, name) for name in _TEXTS},
        "severity": finding.severity.label,
        "focus": finding.focus and str(finding.focus),
        "path": finding.path and _path_kept(finding.path),
        "value": finding.value and str(finding.value),
    }


def _finding(kept: dict[str, Any]) -> Finding:
    return Finding(
        **{name: kept[name] for name in _TEXTS},
        severity=Severity.of(kept["severity"]),
        focus=_term(kept["focus"]),
        path=kept["path"] and _path(kept["path"]),
        value=_term(kept["value"]),
    )


def _path_kept(path: Path) -> str | list[Any]:
    if path.property is not None:
        return path.property.value
    return [path.operator, *(_path_kept(part) for part in path.parts)]


def _path(kept: str | list[Any]) -> Path:
    if isinstance(kept, str):
        return Path.of(ox.NamedNode(kept))
    operator, *parts = kept
    return Path(operator, tuple(_path(part) for part in parts))


def _term(kept: str | None) -> Term | None:
    if kept is None:
        return None
    (quad,) = ox.parse(f"<urn:s> <urn:p> {kept} .", ox.RdfFormat.N_TRIPLES)
    term: Term = quad.object
    return term
