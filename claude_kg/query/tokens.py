"""Split a SPARQL text into tokens, the way the engine that will read it does."""

from __future__ import annotations

import re
from typing import NamedTuple

_HEX = r"\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8}"
_GRAMMAR = (
    ("space", r"[ \t\r\n]+|\#[^\r\n]*"),
    ("iri", rf"<(?:[^<>\"{{}}|^`\\\x00-\x20]|{_HEX})*>"),
    (
        "string",
        r'"""(?:[^\\]|\\.)*?"""'
        r"|'''(?:[^\\]|\\.)*?'''"
        r'|"(?:[^"\\\r\n]|\\[^\r\n])*"'
        r"|'(?:[^'\\\r\n]|\\[^\r\n])*'",
    ),
    ("variable", r"[?$]\w+"),
    ("language", r"@[A-Za-z]+(?:-[A-Za-z0-9]+)*"),
    ("blank", r"_:\w(?:[\w.-]*[\w-])?"),
    (
        "name",
        r"(?:[^\W\d_](?:[\w.-]*[\w-])?)?:"
        r"(?:(?:[\w:]|%[0-9A-Fa-f]{2}|\\.)(?:(?:[\w:.-]|%[0-9A-Fa-f]{2}|\\.)*"
        r"(?:[\w:-]|%[0-9A-Fa-f]{2}|\\.))?)?",
    ),
    ("number", r"\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?"),
    ("word", r"[^\W\d]\w*"),
    ("sign", r"."),
)
_TOKEN = re.compile("|".join(f"(?P<{kind}>{form})" for kind, form in _GRAMMAR), re.DOTALL)


class Token(NamedTuple):
    """A piece of a SPARQL text: what it is, how it is written, and where it starts."""

    kind: str
    text: str
    start: int

    @property
    def end(self) -> int:
        """Where the next piece may start."""
        return self.start + len(self.text)

    def is_word(self, *words: str) -> bool:
        """Whether it is one of these keywords, in whichever case."""
        return self.kind == "word" and self.text.upper() in words


def tokenize(text: str) -> list[Token]:
    """The tokens of a text, without spaces and comments.

    Never fails: what fits nowhere, such as a quotation mark that is not closed, is a "sign".

    >>> [(token.kind, token.text) for token in tokenize('ASK { ?s ex:p "a" } # b')][2:5]
    [('variable', '?s'), ('name', 'ex:p'), ('string', '"a"')]
    """
    return [
        Token(found.lastgroup or "", found[0], found.start())
        for found in _TOKEN.finditer(text)
        if found.lastgroup != "space"
    ]
