"""Say which values literals stand for, and which datatypes admit them.

The datatypes are those of OWL 2 (https://www.w3.org/TR/owl2-syntax/#Datatype_Maps) and the dates
and times of XML Schema; of a datatype that is not among them nothing is said.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from decimal import Decimal
from math import isfinite, isnan
from typing import NamedTuple
from xml.parsers import expat

import pyoxigraph as ox

from claude_kg.terms import OWL, RDF, RDFS, XSD

_INTEGERS: dict[str, tuple[int | None, int | None]] = {
    "integer": (None, None),
    "nonNegativeInteger": (0, None),
    "positiveInteger": (1, None),
    "nonPositiveInteger": (None, 0),
    "negativeInteger": (None, -1),
    "long": (-(2**63), 2**63 - 1),
    "int": (-(2**31), 2**31 - 1),
    "short": (-(2**15), 2**15 - 1),
    "byte": (-(2**7), 2**7 - 1),
    "unsignedLong": (0, 2**64 - 1),
    "unsignedInt": (0, 2**32 - 1),
    "unsignedShort": (0, 2**16 - 1),
    "unsignedByte": (0, 2**8 - 1),
}

_NAME = r"[^\W\d][\w.\-:·]*|[:_][\w.\-:·]*"
_STRINGS = {
    "string": r"(?s:.*)",
    "normalizedString": r"[^\t\n\r]*",
    "token": r"(?:[^\s]+(?: [^\s]+)*)?",
    "language": r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*",
    "Name": _NAME,
    "NCName": r"[^\W\d][\w.\-·]*",
    "NMTOKEN": r"[\w.\-:·]+",
}

_ZONE = r"(Z|[+-](?:0\d|1[0-3]):[0-5]\d|[+-]14:00)?"
_TIME = r"(?:([01]\d|2[0-3]):([0-5]\d):([0-5]\d(?:\.\d+)?)|24:00:00(?:\.0+)?)"
_DATE = r"(-?(?:[1-9]\d{3,}|0\d{3}))-(\d\d)-(\d\d)"
_TIMES = {
    "dateTime": f"{_DATE}T{_TIME}{_ZONE}",
    "dateTimeStamp": f"{_DATE}T{_TIME}{_ZONE[:-1]}",
    "date": f"{_DATE}{_ZONE}",
    "time": f"{_TIME}{_ZONE}",
    "gYearMonth": rf"(-?(?:[1-9]\d{{3,}}|0\d{{3}}))-(0[1-9]|1[0-2]){_ZONE}",
    "gYear": rf"(-?(?:[1-9]\d{{3,}}|0\d{{3}})){_ZONE}",
    "gMonthDay": rf"--(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01]){_ZONE}",
    "gDay": rf"---(0[1-9]|[12]\d|3[01]){_ZONE}",
    "gMonth": rf"--(0[1-9]|1[0-2]){_ZONE}",
}

_DECIMAL = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)", re.ASCII)
_INTEGER = re.compile(r"[+-]?\d+", re.ASCII)
_FLOAT = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[Ee][+-]?\d+)?|[+-]?INF|NaN", re.ASCII)
_BASE64 = re.compile(
    r"(?:(?:[A-Za-z0-9+/] ?){4})*"
    r"(?:(?:[A-Za-z0-9+/] ?){3}[A-Za-z0-9+/]|(?:[A-Za-z0-9+/] ?){2}[AEIMQUYcgkosw048] ?="
    r"|[A-Za-z0-9+/] ?[AQgw] ?= ?=)?"
)
_HEX = re.compile(r"(?:[0-9A-Fa-f]{2})*")
_PATTERNS = {name: re.compile(text) for name, text in _STRINGS.items()}
_PATTERNS.update((name, re.compile(text, re.ASCII)) for name, text in _TIMES.items())

SUPERTYPES: dict[str, tuple[str, ...]] = {
    XSD + name: tuple(XSD + above for above in wider.split())
    for name, wider in {
        "dateTimeStamp": "dateTime",
        "integer": "decimal",
        "long": "integer decimal",
        "int": "long integer decimal",
        "short": "int long integer decimal",
        "byte": "short int long integer decimal",
        "nonNegativeInteger": "integer decimal",
        "positiveInteger": "nonNegativeInteger integer decimal",
        "unsignedLong": "nonNegativeInteger integer decimal",
        "unsignedInt": "unsignedLong nonNegativeInteger integer decimal",
        "unsignedShort": "unsignedInt unsignedLong nonNegativeInteger integer decimal",
        "unsignedByte": "unsignedShort unsignedInt unsignedLong nonNegativeInteger integer decimal",
        "nonPositiveInteger": "integer decimal",
        "negativeInteger": "nonPositiveInteger integer decimal",
        "normalizedString": "string",
        "token": "normalizedString string",
        "language": "token normalizedString string",
        "Name": "token normalizedString string",
        "NCName": "Name token normalizedString string",
        "NMTOKEN": "token normalizedString string",
    }.items()
}
"""The datatypes that admit every value of a datatype, but for that itself."""

DATATYPES = frozenset(
    {
        *(XSD + name for name in (*_INTEGERS, *_STRINGS, *_TIMES)),
        *(XSD + name for name in ("decimal", "float", "double", "boolean", "anyURI")),
        *(XSD + name for name in ("hexBinary", "base64Binary")),
        *(RDF + name for name in ("langString", "PlainLiteral", "XMLLiteral", "HTML")),
        RDFS + "Literal",
        OWL + "real",
        OWL + "rational",
    }
)
"""The datatypes of which something is known."""


PRIMITIVE = (
    *("anyURI", "base64Binary", "boolean", "dateTime", "decimal", "double", "float", "hexBinary"),
    "string",
)
"""The local names of datatypes of OWL of which no two have a value in common."""


class Value(NamedTuple):
    """What a literal stands for: two of different spaces are never equal."""

    space: str
    content: object


def value_of(literal: ox.Literal) -> Value | None:
    """The value of a literal; None where its datatype is not known.

    Raises ValueError where the datatype does not admit what is written.
    """
    text = literal.value
    if literal.language:
        return Value("text with a language", (text, literal.language))
    datatype = literal.datatype.value
    if datatype not in DATATYPES:
        return None
    name = datatype.removeprefix(XSD)
    if name in _STRINGS:
        return Value("string", _matched(_PATTERNS[name], text))
    if name in _INTEGERS:
        number = Value("number", Decimal(_matched(_INTEGER, text)))
        if not admits(datatype, number):
            raise ValueError(text)
        return number
    if name in _TIMES:
        return _time(name, text)
    reader = _READERS.get(name)
    return reader(text) if reader else None


def well_formed(literal: ox.Literal) -> bool:
    """Whether the datatype of a literal admits what is written, as far as it is known."""
    if literal.language or literal.datatype.value == XSD + "string":
        return True
    try:
        value_of(literal)
    except ValueError:
        return False
    return True


def admits(datatype: str, value: Value) -> bool:
    """Whether a value belongs to a datatype; true where the datatype is not known."""
    if datatype not in DATATYPES or datatype == RDFS + "Literal":
        return True
    name = datatype.removeprefix(XSD)
    space, content = value
    if name in _INTEGERS:
        low, high = _INTEGERS[name]
        return (
            isinstance(content, Decimal)
            and space == "number"
            and content == content.to_integral_value()
            and (low is None or content >= low)
            and (high is None or content <= high)
        )
    if name in _STRINGS:
        return space == "string" and bool(_PATTERNS[name].fullmatch(str(content)))
    if name in {"decimal", OWL + "real", OWL + "rational"}:
        return space == "number"
    if name == "dateTimeStamp":
        return space == "dateTime" and isinstance(content, tuple) and bool(content[-1])
    if datatype == RDF + "langString":
        return space == "text with a language"
    if datatype == RDF + "PlainLiteral":
        return space in {"string", "text with a language"}
    return space == name


def differ(first: Value, second: Value) -> bool:
    """Whether two values are certainly not the same; false where that is not easy to tell."""
    if first == second or first.space != second.space:
        return first.space != second.space
    if first.space == RDF + "XMLLiteral":
        return False
    if first.space in _TIMES:
        assert isinstance(first.content, tuple)
        assert isinstance(second.content, tuple)
        exact = "24:00:00" not in first.content[0] + second.content[0]
        return exact and first.content[1] == second.content[1]
    return True


def _matched(pattern: re.Pattern[str], text: str) -> str:
    if not pattern.fullmatch(text):
        raise ValueError(text)
    return text


def _time(name: str, text: str) -> Value:
    found = _PATTERNS[name].fullmatch(text)
    if not found:
        raise ValueError(text)
    if name in {"dateTime", "dateTimeStamp", "date"}:
        # The calendar repeats every 400 years; Python's has no year 0, and none beyond 9999.
        date(2000 + int(found[1]) % 400, int(found[2]), int(found[3]))
    zone = found[found.re.groups] or ""
    moment = re.sub(r"\.(\d*?)0+$", r".\1", text.removesuffix(zone)).removesuffix(".")
    zone = "Z" if zone in {"+00:00", "-00:00"} else zone
    return Value("dateTime" if name == "dateTimeStamp" else name, (moment, zone))


def _real(text: str) -> Value:
    return Value("number", Decimal(_matched(_DECIMAL, text)))


def _floating(space: str) -> Callable[[str], Value]:
    def read(text: str) -> Value:
        number = float(_matched(_FLOAT, text).replace("INF", "inf").replace("NaN", "nan"))
        if space == "float" and isfinite(number):
            with suppress(OverflowError):
                (number,) = struct.unpack("f", struct.pack("f", number))
        return Value(space, "NaN" if isnan(number) else number)

    return read


def _boolean(text: str) -> Value:
    if text not in {"true", "false", "1", "0"}:
        raise ValueError(text)
    return Value("boolean", text in {"true", "1"})


def _uri(text: str) -> Value:
    if re.match(r"[?:]|%(?![0-9A-Fa-f]{2})", text):
        raise ValueError(text)
    return Value("anyURI", text)


def _plain(text: str) -> Value:
    content, mark, language = text.rpartition("@")
    if not mark or (language and not _PATTERNS["language"].fullmatch(language)):
        raise ValueError(text)
    if language:
        return Value("text with a language", (content, language.lower()))
    return Value("string", content)


def _xml(text: str) -> Value:
    # Inside an element no document type can be declared, so no entity can grow without bound.
    try:
        expat.ParserCreate().Parse(f"<x>{text}</x>", True)
    except expat.ExpatError as error:
        raise ValueError(text) from error
    return Value(RDF + "XMLLiteral", text)


_READERS: dict[str, Callable[[str], Value]] = {
    "decimal": _real,
    "float": _floating("float"),
    "double": _floating("double"),
    "boolean": _boolean,
    "anyURI": _uri,
    "hexBinary": lambda text: Value("hexBinary", _matched(_HEX, text).upper()),
    "base64Binary": lambda text: Value("base64Binary", _matched(_BASE64, text).replace(" ", "")),
    RDF + "XMLLiteral": _xml,
    RDF + "HTML": lambda text: Value(RDF + "HTML", text),
    RDF + "PlainLiteral": _plain,
}
