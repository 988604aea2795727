"""Write the page about a thing: for people as text or Markdown, for programs as json or csv."""

from __future__ import annotations

import csv
import io
import json
import textwrap
from itertools import groupby
from typing import TYPE_CHECKING

from claude_kg.render.disputes import dispute_data, render_disputes
from claude_kg.render.results import json_term, markdown_text, safe, text_table
from claude_kg.terms import compact

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from claude_kg.describe import Page, Part
    from claude_kg.facts import Fact
    from claude_kg.lookup import Kind

FORMATS = ("text", "table", "json", "csv", "markdown")
"""The formats of a page, by the name that options use."""

_COLUMNS = ("about", "group", "property", "value", "inferred", "disputed", "sections")
_MOST = 40
"""How many things that point at one a person is shown; programs get them all."""


def render_page(
    page: Page,
    format_name: str,
    prefixes: Mapping[str, str],
    *,
    width: int | None = None,
    colour: bool = False,
) -> str:
    """A page in one of ``FORMATS``; text and table are folded to ``width``.

    The formats for people show of many things that point at one only the first, and say so.
    """
    if format_name == "json":
        return json.dumps(_data(page, prefixes), ensure_ascii=False, indent=2) + "\n"
    if format_name == "csv":
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\r\n")
        writer.writerow(_columns(page))
        writer.writerows(_rows(page, prefixes))
        return text.getvalue()
    if format_name == "table":
        return text_table(_columns(page), list(_rows(page, prefixes)), width=width, colour=colour)
    writer_class = _Markdown if format_name == "markdown" else _Text
    return writer_class(prefixes, _references(page), width, colour).page(page)


def sentence(fact: Fact) -> str:
    """What a fact says of its value, in a line."""
    names = [name.text for name in (*fact.aspects, *fact.degrees)]
    text = f"{fact.text}: {', '.join(names)}" if names else fact.text
    details = "; ".join(detail.text for detail in fact.details)
    return safe(f"{text} ({details})" if details else text)


def marks(fact: Fact) -> list[str]:
    """What a reader has to know about a fact beside what it says."""
    return [word for word, so in (("inferred", fact.inferred), ("disputed", fact.disputed)) if so]


class _Text:
    """Plain text: sections with headings, facts with a hanging indent."""

    def __init__(
        self,
        prefixes: Mapping[str, str],
        references: Mapping[str, str],
        width: int | None,
        colour: bool,
    ) -> None:
        self._prefixes = prefixes
        self._references = references
        self._width = width
        self._colour = colour

    def page(self, page: Page) -> str:
        head = [
            self._title(page.name, page.iri),
            self._fold(_kinds(page.kinds)),
            self._reasons(page.kinds),
            self._fold(page.definition),
            *(self._fold(note) for note in page.notes),
        ]
        if page.other_names:
            head.append(self._fold(f"Also called: {', '.join(page.other_names)}"))
        head += [
            self._fold(
                f"Also so called: {other.name} ({self._short(other.iri)}), {_kinds(other.kinds)}"
            )
            for other in page.same_name
        ]
        head += [self._fold(f"Follows from: {condition}") for condition in page.follows_from]
        blocks = ["".join(head)]
        for number, part in enumerate(page.parts):
            blocks += self._part(part, self._title(part.name, part.iri, level=2) if number else "")
        if page.sections:
            lines = [
                self._fold(
                    f"{section.reference}  {section.heading} ({section.document}): "
                    f"{section.facts} {'fact' if section.facts == 1 else 'facts'}",
                    1,
                )
                for section in page.sections
            ]
            blocks.append(self._heading("Sources") + "".join(lines))
        if page.disputes:
            blocks.append(self._heading("Disputes") + self._disputes(page))
        return "\n".join(block for block in blocks if block)

    def _part(self, part: Part, title: str) -> Iterator[str]:
        if title:
            yield title + self._fold(_kinds(part.kinds)) + self._reasons(part.kinds)
        for group, facts in groupby(part.facts, key=lambda fact: fact.group):
            yield self._heading(_capital(group)) + self._by_label(list(facts))
        for group, found in groupby(part.statements, key=lambda fact: fact.group):
            alike = list(found)
            several = len({fact.property for fact in alike}) > 1
            for label, some in groupby(alike, key=lambda fact: fact.label):
                heading = f"{group} ({label})" if several else group
                yield self._heading(_capital(heading)) + self._list(list(some))
        if part.uses:
            yield self._heading("Statements with it") + self._list(list(part.uses))
        if part.pointing:
            yield self._heading("What points at it") + self._by_label(list(part.pointing), _MOST)

    def _by_label(self, facts: Sequence[Fact], most: int | None = None) -> str:
        lines: list[str] = []
        for label, found in groupby(facts, key=lambda fact: fact.label):
            some = list(found)
            if len(some) == 1:
                lines.append(self._fold(f"{label}: {self._said(some[0])}", 1))
                lines.append(self._because(some[0], 2))
            else:
                lines.append(self._fold(f"{label}:", 1))
                for fact in some[:most]:
                    lines += self._fold(self._said(fact), 2), self._because(fact, 3)
                lines += self._more(len(some[:most]), len(some), 2)
        return "".join(lines)

    def _list(self, facts: Sequence[Fact]) -> str:
        lines = [self._fold(self._said(f), 1) + self._because(f, 2) for f in facts[:_MOST]]
        return "".join([*lines, *self._more(len(lines), len(facts), 1)])

    def _because(self, fact: Fact, depth: int) -> str:
        return self._fold(f"because {fact.reason}", depth) if fact.reason else ""

    def _reasons(self, kinds: Iterable[Kind]) -> str:
        return "".join(
            self._fold(f"{kind.text}, because {kind.reason}", 1) for kind in kinds if kind.reason
        )

    def _more(self, shown: int, all_of_them: int, depth: int) -> list[str]:
        more = all_of_them - shown
        return [self._fold(f"… and {more} more (--format json has all)", depth)] if more else []

    def _said(self, fact: Fact) -> str:
        text = sentence(fact)
        if found := marks(fact):
            text += f" ({', '.join(found)})"
        references = [self._references[section] for section in fact.sections]
        return f"{text} [{', '.join(references)}]" if references else text

    def _title(self, name: str, iri: str, level: int = 1) -> str:
        title = f"{safe(name)} ({self._short(iri)})"
        line = "=" if level == 1 else "-"
        return f"{self._bold(title)}\n{line * min(len(title), self._width or len(title))}\n"

    def _heading(self, text: str) -> str:
        return f"{self._bold(safe(text))}\n"

    def _bold(self, text: str) -> str:
        return f"\x1b[1m{text}\x1b[0m" if self._colour else text

    def _short(self, iri: str) -> str:
        return safe(compact(iri, self._prefixes))

    def _fold(self, text: str, depth: int = 0) -> str:
        if not text:
            return ""
        first, rest = "  " * depth, "  " * depth + ("    " if depth else "")
        line = " ".join(safe(text).split())
        if self._width is None:
            return f"{first}{line}\n"
        folded = textwrap.fill(
            line,
            max(self._width, 20),
            initial_indent=first,
            subsequent_indent=rest,
            break_on_hyphens=False,
        )
        return f"{folded}\n"

    def _disputes(self, page: Page) -> str:
        return render_disputes(page.disputes, "text", self._prefixes, self._width or 1 << 20)


class _Markdown(_Text):
    """Markdown: the same sections, with lists."""

    def _title(self, name: str, iri: str, level: int = 1) -> str:
        return f"{'#' * level} {markdown_text(safe(name))}\n\n`{self._short(iri)}`\n"

    def _heading(self, text: str) -> str:
        return f"### {markdown_text(safe(text))}\n\n"

    def _fold(self, text: str, depth: int = 0) -> str:
        line = markdown_text(" ".join(safe(text).split()))
        if not line:
            return ""
        return f"{'  ' * (depth - 1)}- {line}\n" if depth else f"\n{line}\n"

    def _disputes(self, page: Page) -> str:
        return "\n" + render_disputes(page.disputes, "markdown", self._prefixes).replace(
            "###", "####"
        )


def _kinds(kinds: Iterable[Kind]) -> str:
    return ", ".join(f"{kind.text} (inferred)" if kind.inferred else kind.text for kind in kinds)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _references(page: Page) -> dict[str, str]:
    return {section.iri: section.reference for section in page.sections}


def _columns(page: Page) -> tuple[str, ...]:
    return (*_COLUMNS, "reason") if page.explained else _COLUMNS


def _rows(page: Page, prefixes: Mapping[str, str]) -> Iterator[list[str]]:
    references = _references(page)

    def row(part: Part, group: str, label: str, value: str, fact: Fact) -> list[str]:
        return [
            safe(compact(part.iri, prefixes)),
            *(safe(text) for text in (group, label, value)),
            "inferred" if fact.inferred else "",
            "disputed" if fact.disputed else "",
            ", ".join(references[section] for section in fact.sections),
            *([safe(fact.reason)] if page.explained else []),
        ]

    for part in page.parts:
        for fact in part.facts:
            yield row(part, fact.group, fact.label, sentence(fact), fact)
        for fact in part.statements:
            yield row(part, fact.group, fact.label, sentence(fact), fact)
        for fact in part.uses:
            yield row(part, "statements with it", fact.label, fact.text, fact)
        for fact in part.pointing:
            yield row(part, "what points at it", fact.label, fact.text, fact)


def _data(page: Page, prefixes: Mapping[str, str]) -> dict[str, object]:
    return {
        "iri": page.iri,
        "curie": compact(page.iri, prefixes),
        "name": page.name,
        "otherNames": list(page.other_names),
        "hiddenNames": list(page.hidden_names),
        "kinds": _kind_data(page.kinds),
        "definition": page.definition or None,
        "notes": list(page.notes),
        "followsFrom": list(page.follows_from),
        "sameName": [
            {
                "iri": other.iri,
                "name": other.name,
                "kinds": _kind_data(other.kinds),
                "definition": other.definition or None,
            }
            for other in page.same_name
        ],
        "parts": [
            {
                "iri": part.iri,
                "name": part.name,
                "kinds": _kind_data(part.kinds),
                "facts": [fact_data(fact) for fact in part.facts],
                "statements": [fact_data(fact) for fact in part.statements],
                "statementsWithIt": [fact_data(fact) for fact in part.uses],
                "pointedAtBy": [fact_data(fact) for fact in part.pointing],
            }
            for part in page.parts
        ],
        "sources": [
            {
                "iri": section.iri,
                "reference": section.reference,
                "heading": section.heading,
                "document": section.document,
                "facts": section.facts,
            }
            for section in page.sections
        ],
        "disputes": [dispute_data(dispute) for dispute in page.disputes],
    }


def _kind_data(kinds: Iterable[Kind]) -> list[dict[str, object]]:
    return [
        {"iri": kind.iri, "name": kind.text, "inferred": kind.inferred, **_reason_data(kind)}
        for kind in kinds
    ]


def _reason_data(inferred: Kind | Fact) -> dict[str, str]:
    return {"reason": inferred.reason} if inferred.reason else {}


def fact_data(fact: Fact) -> dict[str, object]:
    """A fact as JSON; its value is a term as in SPARQL's JSON results."""
    return {
        "group": fact.group,
        "property": fact.property,
        "label": fact.label,
        "value": json_term(fact.value),
        "text": fact.text,
        "aspects": [{"iri": name.iri, "name": name.text} for name in fact.aspects],
        "degrees": [{"iri": name.iri, "name": name.text} for name in fact.degrees],
        "details": [{"property": d.property, "text": d.text} for d in fact.details],
        "inferred": fact.inferred,
        **_reason_data(fact),
        "disputed": fact.disputed,
        "sections": list(fact.sections),
    }
