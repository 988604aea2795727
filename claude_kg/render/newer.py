"""Write what another edition says beside an answer."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from claude_kg.render.results import safe

if TYPE_CHECKING:
    from collections.abc import Iterable

    from claude_kg.newer import Newer, Page

_MOST = 40


def beside(rendered: str, format_name: str, newer: Newer | None) -> str:
    """An answer in one of the formats, with what the other edition says, where it can hold it.

    In JSON, an object, it is the member ``newer``, null where both say the same; csv, a table of
    its own, cannot hold it.
    """
    if format_name == "json":
        data = {**json.loads(rendered), "newer": newer_data(newer)}
        return json.dumps(data, ensure_ascii=False, indent=2) + "\n"
    if newer is None or format_name == "csv":
        return rendered
    return f"{rendered}\n{(newer_markdown if format_name == 'markdown' else newer_text)(newer)}"


def newer_text(newer: Newer | None) -> str:
    """What the other edition says, in lines for people; nothing where it says the same."""
    if newer is None:
        return ""
    return "\n".join([_title(newer), *_lines(newer, "  ")]) + "\n"


def newer_markdown(newer: Newer | None) -> str:
    """What the other edition says, as a quotation in Markdown; nothing where it says the same."""
    if newer is None:
        return ""
    lines = [f"**{_escaped(_title(newer))}**", *map(_escaped, _lines(newer, ""))]
    return "".join(f"> {line}\n>\n" for line in lines).removesuffix(">\n")


def newer_data(newer: Newer | None) -> dict[str, Any] | None:
    """What the other edition says, for JSON; None where it says the same."""
    if newer is None:
        return None
    return {
        "edition": newer.edition,
        "name": newer.name,
        "asOf": newer.as_of,
        "later": newer.later,
        "differences": [
            {
                "about": one.about,
                "here": list(one.here),
                "there": list(one.there),
                "pages": [
                    {
                        "iri": page.iri,
                        "heading": page.heading,
                        "address": page.address,
                        "seen": page.seen,
                        "grade": page.grade,
                    }
                    for page in one.pages
                ],
            }
            for one in newer.differences
        ],
    }


def _title(newer: Newer) -> str:
    as_of = f", as of {newer.as_of}" if newer.as_of else ""
    kind = "Newer documentation" if newer.later else "The older edition"
    return safe(f"{kind} says otherwise ({newer.name}{as_of}):")


def _lines(newer: Newer, indent: str) -> Iterable[str]:
    # The pages are those of the later edition: beside an older one they tell what holds here.
    ours = "not" if newer.later else "here"
    shown = newer.differences
    for one in shown[:_MOST]:
        about = f"{one.about}: " if one.about and one.there != (one.about,) else ""
        told = "; ".join(one.there)
        if one.here and (one.about or not told):
            told += f"{'; ' if told else ''}{ours}: {'; '.join(one.here)}"
        pages = "".join(f" [{_page(page)}]" for page in one.pages)
        yield safe(f"{indent}{about}{told}{pages}")
    if len(shown) > _MOST:
        yield f"{indent}… and {len(shown) - _MOST} more"


def _page(page: Page) -> str:
    parts = [page.address or page.heading, page.seen and f"seen {page.seen}", page.grade]
    return ", ".join(part for part in parts if part)


def _escaped(text: str) -> str:
    return re.sub(r"([\\`*_\[\]<>#|])", r"\\\1", text)
