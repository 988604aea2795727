"""What can go wrong, as exceptions whose text a user can act on."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Sequence


class KgError(Exception):
    """Base of all errors of this package.

    ``message`` says what is wrong and ``hint`` what to do about it; ``exit_code`` is what a
    command that meets the error ends with.
    """

    exit_code: ClassVar[int] = 3

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return " ".join(_sentence(part) for part in (self.message, self.hint) if part)


class InputError(KgError):
    """A file, query, parameter or option that cannot be used.

    ``file``, ``line`` and ``column`` (counted from 1) say where, as far as it is known.
    """

    exit_code = 2

    def __init__(
        self,
        message: str,
        hint: str = "",
        *,
        file: str | None = None,
        line: int | None = None,
        column: int | None = None,
    ) -> None:
        super().__init__(message, hint)
        self.file = file
        self.line = line
        self.column = column

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.line, self.column) if part)
        return f"{place}: {super().__str__()}" if place else super().__str__()


class InputErrors(InputError):
    """Several input errors that were found in one go; ``errors`` holds them in order."""

    def __init__(self, errors: Sequence[InputError]) -> None:
        super().__init__(f"{len(errors)} errors in the input")
        self.errors = tuple(errors)

    def __str__(self) -> str:
        return "\n".join(str(error) for error in self.errors)


class InconsistentError(InputError):
    """The graph contradicts itself, so nothing that is drawn from it can be trusted."""


class LimitError(KgError):
    """A limit was reached; the message names it and the hint says how to raise it."""


class InternalError(KgError):
    """A fault of this program, not of its input."""


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?", ":")) else f"{text}."
