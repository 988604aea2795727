"""Recognise by a few words, wherever they are, what a long text is about.

How near a phrasing is to a question tells little of a text of several sentences, most of whose
words tell a story. A cue is a set of groups of words: a text that has a word of each group is taken
to ask what the form asks.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from claude_kg.ask.phrasings import SLOT, told
from claude_kg.ask.words import AS_WRITTEN
from claude_kg.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from claude_kg.ask.words import Language

_BASE = 0.70
_EACH = 0.05


@dataclass(frozen=True)
class Group:
    """Words of which one is enough: each by what its words mean, or the name of a slot."""

    words: tuple[frozenset[str], ...]
    slots: frozenset[str]

    def met(self, said: AbstractSet[str], names: Callable[[str], bool]) -> bool:
        """Whether a word is there, or ``names`` says that something is that fills a slot.

        ``said`` is what the words of the text mean, and the words as they are, marked with "!".
        """
        return any(word <= said for word in self.words) or any(map(names, self.slots))


@dataclass(frozen=True)
class Cue:
    """Groups of which a text must have a word each, and a group of which it must have none."""

    groups: tuple[Group, ...]
    unless: Group

    @property
    def slots(self) -> set[str]:
        """The slots of all groups that must be met."""
        return {slot for group in self.groups for slot in group.slots}

    @property
    def score(self) -> float:
        """How near a text that meets it is taken to be: the more groups, the nearer."""
        return _BASE + _EACH * len(self.groups)

    def met(self, said: AbstractSet[str], names: Callable[[str], bool]) -> bool:
        """Whether a text that says this is about it; see :meth:`Group.met`."""
        return all(group.met(said, names) for group in self.groups) and not self.unless.met(
            said, names
        )

    def touched(self, asked: AbstractSet[str]) -> bool:
        """Whether a sentence that says this has a word of any of its groups."""
        return any(word <= asked for group in self.groups for word in group.words)


def read_cues(entries: Iterable[dict[str, Any]], language: Language) -> tuple[Cue, ...]:
    """The cues of a form, as the header of a query has them.

    Each entry has ``all``, a list of groups, and may have ``unless``, one group. A group is a list
    of words and phrases, which stand for all that mean the same, of words that are meant as they
    are written, with "!" at the end, and of slots in braces. Raises InputError for a phrase that
    says nothing.
    """
    return tuple(
        Cue(
            tuple(_group(group, language) for group in entry["all"]),
            _group(entry.get("unless") or (), language),
        )
        for entry in entries
    )


def _group(entries: Iterable[object], language: Language) -> Group:
    texts = [str(entry) for entry in entries]
    slots = {match[1] for text in texts if (match := SLOT.fullmatch(text))}
    words = []
    for text in texts:
        if SLOT.fullmatch(text):
            continue
        meanings = [text] if text.endswith(AS_WRITTEN) else told(language.words(text), language)
        if not meanings:
            # It would be met by every text.
            raise InputError(
                f"the cue {text!r} is of words that say nothing", f"Write {text}{AS_WRITTEN}"
            )
        words.append(frozenset(meanings))
    return Group(tuple(words), frozenset(slots))
