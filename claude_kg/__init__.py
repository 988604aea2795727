"""A knowledge graph that can be asked, checked, extended and handed on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from claude_kg._version import __version__

if TYPE_CHECKING:
    from claude_kg.check.findings import Finding, Report
    from claude_kg.errors import (
        InconsistentError,
        InputError,
        InputErrors,
        InternalError,
        KgError,
        LimitError,
    )
    from claude_kg.graph import KnowledgeGraph
    from claude_kg.limits import Limits
    from claude_kg.query.run import Result

__all__ = [
    "Finding",
    "InconsistentError",
    "InputError",
    "InputErrors",
    "InternalError",
    "KgError",
    "KnowledgeGraph",
    "LimitError",
    "Limits",
    "Report",
    "Result",
    "__version__",
]

_HOMES = {
    "Finding": "claude_kg.check.findings",
    "InconsistentError": "claude_kg.errors",
    "InputError": "claude_kg.errors",
    "InputErrors": "claude_kg.errors",
    "InternalError": "claude_kg.errors",
    "KgError": "claude_kg.errors",
    "KnowledgeGraph": "claude_kg.graph",
    "LimitError": "claude_kg.errors",
    "Limits": "claude_kg.limits",
    "Report": "claude_kg.check.findings",
    "Result": "claude_kg.query.run",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value
