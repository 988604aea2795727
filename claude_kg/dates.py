"""Read dates of which the day, or the month, may not be known."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from claude_kg.errors import InputError

if TYPE_CHECKING:
    import pyoxigraph as ox

_WRITTEN = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")
_TYPED = re.compile(r"(\d{4}(?:-\d\d(?:-\d\d)?)?)(?:T.*)?(?:Z|[+-]\d\d:\d\d)?")


@dataclass(frozen=True, order=True)
class Period:
    """A day, a month or a year: its first and its last day, and how it is written."""

    first: date
    last: date
    text: str

    @classmethod
    def read(cls, text: str) -> Period | None:
        """The period that YYYY, YYYY-MM or YYYY-MM-DD stands for, or None.

        >>> Period.read("2024-02").last
        datetime.date(2024, 2, 29)
        >>> Period.read("2024-13") is None
        True
        """
        found = _WRITTEN.fullmatch(text)
        if not found:
            return None
        year, month, day = (int(part) if part else None for part in found.groups())
        assert year is not None
        try:
            first = date(year, month or 1, day or 1)
            last = date(year, month or 12, day or monthrange(year, month or 12)[1])
        except ValueError:
            return None
        return cls(first, last, text)

    @classmethod
    def given(cls, text: str, option: str) -> Period:
        """The period that a user gives; raises InputError, which names ``option``, for none."""
        period = cls.read(text)
        if period is None:
            raise InputError(f"{option} {text!r} is no date", "Write YYYY-MM-DD, YYYY-MM or YYYY")
        return period


def period_of(literal: ox.Literal) -> Period | None:
    """The period that a literal stands for (a date, month, year or time), or None."""
    found = _TYPED.fullmatch(literal.value)
    return Period.read(found[1]) if found else None
