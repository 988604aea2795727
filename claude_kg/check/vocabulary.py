"""The properties of SHACL, by what they are for."""

from __future__ import annotations

from claude_kg.check.rulebook import SH
from claude_kg.terms import RDF_TYPE


def _terms(*names: str) -> frozenset[str]:
    return frozenset(SH + name for name in names)


TARGETS = _terms("targetClass", "targetNode", "targetSubjectsOf", "targetObjectsOf")
"""The properties by which a shape says which nodes it is about."""

NESTING = _terms("property", "node", "not", "qualifiedValueShape")
CORE = NESTING | _terms(
    *("and", "or", "xone", "class", "datatype", "nodeKind", "minCount", "maxCount", "in"),
    *("minExclusive", "minInclusive", "maxExclusive", "maxInclusive", "minLength", "maxLength"),
    *("pattern", "languageIn", "uniqueLang", "equals", "disjoint", "lessThan", "lessThanOrEquals"),
    *("closed", "hasValue", "qualifiedMinCount", "qualifiedMaxCount"),
)
KNOWN = (
    TARGETS
    | CORE
    | _terms(
        *("sparql", "select", "prefixes", "declare", "prefix", "namespace", "path", "flags"),
        *("inversePath", "alternativePath", "zeroOrMorePath", "oneOrMorePath", "zeroOrOnePath"),
        *("message", "severity", "name", "description", "order", "group", "defaultValue"),
        *("deactivated", "ignoredProperties", "qualifiedValueShapesDisjoint"),
    )
)
OF_A_SHAPE = TARGETS | _terms("severity", "message", "deactivated") | {RDF_TYPE}
"""What of a shape matters to its SPARQL constraints."""

OF_PREFIXES = _terms("declare", "prefix", "namespace")
"""The properties by which prefixes are declared."""
