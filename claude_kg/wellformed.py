"""Make sure that what is handed on as XML can be XML."""

from __future__ import annotations

from xml.parsers import expat

from claude_kg.errors import InputError


def require_xml(data: bytes) -> bytes:
    """The data, if it is well-formed (https://www.w3.org/TR/xml/#sec-well-formed).

    Not every graph and not every text can be written as XML, and the writer does not notice.
    Raises InputError.
    """
    try:
        expat.ParserCreate(namespace_separator=" ").Parse(data, True)
    except expat.ExpatError as error:
        lines = data.split(b"\n")
        line = lines[error.lineno - 1].decode(errors="replace").strip()
        raise InputError(
            f"XML cannot hold a name or a character in: {ascii(line)[1:-1][:100]}",
            "Choose another format",
        ) from None
    return data
