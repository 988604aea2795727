"""The options that commands share, each under the same name everywhere.

``graph_options``, ``output_options`` and ``limit_options`` give the command one argument each:
``graph`` (a GraphSource), ``output`` (an Output) and ``limits`` (a Limits or None).
"""

from __future__ import annotations

import functools
import math
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

from claude_kg.atomic import replace_file
from claude_kg.errors import InputError
from claude_kg.limits import DEFAULT_LIMITS, Limits

if TYPE_CHECKING:
    from claude_kg.editions import Choice
    from claude_kg.graph import KnowledgeGraph

F = TypeVar("F", bound=Callable[..., Any])


class _Seconds(click.FloatRange):
    """A number of seconds, which is a number."""

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Refuse what no comparison refuses."""
        number = float(super().convert(value, param, ctx))
        if math.isnan(number):
            self.fail(f"{value!r} is not a number of seconds", param, ctx)
        return number


SECONDS = _Seconds(0.01, 86_400)
"""The type of the options that bound a time: from a hundredth of a second to a day."""

_QUIET = "claude_kg.quiet"
_VERBOSE = "claude_kg.verbose"


@dataclass(frozen=True)
class GraphSource:
    """Which graph the user means."""

    facts: tuple[str, ...]
    overlays: tuple[str, ...]
    input_format: str | None
    reasoner: str
    cache: bool
    edition: str | None = None
    as_of: str | None = None

    @property
    def choice(self) -> Choice:
        """The edition that is meant."""
        from claude_kg.editions import Choice

        return Choice(self.edition, self.as_of)

    def load(self, extra_overlays: Sequence[str] = ()) -> KnowledgeGraph:
        """Read it."""
        from claude_kg.graph import KnowledgeGraph

        return KnowledgeGraph.load(
            self.facts or None,
            (*self.overlays, *extra_overlays),
            edition=self.edition,
            as_of=self.as_of,
            input_format=self.input_format,
            reasoner=self.reasoner,
            cache=self.cache,
            notify=progress,
        )


@dataclass(frozen=True)
class Output:
    """Where the result goes, and in which format (None where the command is to choose)."""

    path: str | None
    format: str | None

    @property
    def on_terminal(self) -> bool:
        """Whether a person reads along."""
        return self.path is None and sys.stdout is not None and sys.stdout.isatty()

    def write(self, text: str | bytes) -> None:
        """Write the whole result, as UTF-8; a file is replaced at once or not touched at all."""
        data = text.encode() if isinstance(text, str) else text
        if self.path is None and sys.stdout is None:
            raise InputError("standard output is closed", "Give --output FILE")
        try:
            if self.path is not None:
                replace_file(Path(self.path), data)
            else:
                sys.stdout.flush()
                sys.stdout.buffer.write(data)
                sys.stdout.buffer.flush()
        except BrokenPipeError:
            silence_output()
        except (OSError, ValueError) as error:
            if self.path is None:
                silence_output()
            reason = getattr(error, "strerror", None) or str(error)
            raise InputError(
                f"cannot be written: {reason.lower()}",
                "Choose another --output",
                file=self.path or "standard output",
            ) from None


def silence_output() -> None:
    """Give up standard output, so that what is left in its buffer troubles nobody at the end."""
    with suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def graph_options(command: F) -> F:
    """Add the options that choose the graph; the command receives ``graph``."""
    options = [
        click.option(
            "--facts",
            multiple=True,
            metavar="PATH",
            help="Use these facts instead of the packaged ones (file or folder; repeatable).",
        ),
        click.option(
            "--with",
            "overlays",
            multiple=True,
            metavar="PATH",
            help="Lay these over the graph (file, folder, or - for standard input; repeatable).",
        ),
        click.option(
            "--input-format",
            type=click.Choice(["turtle", "trig", "nt", "nq", "json-ld", "xml"]),
            help="Format of the --facts and --with data, where the name does not tell.",
        ),
        click.option(
            "--reasoner",
            type=click.Choice(["rules", "owlrl"]),
            default="rules",
            show_default=True,
            help="What draws conclusions: our rules, or the slow reference.",
        ),
        click.option("--no-cache", is_flag=True, help="Neither use nor write the cache folder."),
        click.option(
            "--edition",
            metavar="NAME",
            help="Hold the facts at this edition, or at the latest; by default at the first.",
        ),
        click.option(
            "--as-of",
            metavar="DATE",
            help="Hold only what is valid at this date: YYYY-MM-DD, YYYY-MM or YYYY.",
        ),
    ]

    @functools.wraps(command)
    def wrapper(
        *args: Any,
        facts: tuple[str, ...],
        overlays: tuple[str, ...],
        input_format: str | None,
        reasoner: str,
        no_cache: bool,
        edition: str | None,
        as_of: str | None,
        **kwargs: Any,
    ) -> Any:
        graph = GraphSource(facts, overlays, input_format, reasoner, not no_cache, edition, as_of)
        return command(*args, graph=graph, **kwargs)

    return _apply(options, cast("F", wrapper))


def output_options(
    formats: Sequence[str], *, suffixes: Mapping[str, str] | None = None
) -> Callable[[F], F]:
    """Add ``--format`` and ``--output``; the command receives ``output``.

    Where only a file is named, ``suffixes`` says which format its suffix stands for.
    """
    options = [
        click.option("--format", "-f", "format_", type=click.Choice(formats), help="Format."),
        click.option(
            "--output",
            "-o",
            metavar="FILE",
            help="Write to this file; its name tells the format unless --format is given.",
        ),
    ]

    def decorate(command: F) -> F:
        @functools.wraps(command)
        def wrapper(*args: Any, format_: str | None, output: str | None, **kwargs: Any) -> Any:
            if output == "-":
                output = None
            if format_ is None and output is not None and suffixes:
                suffix = Path(output).suffix.lower()
                if suffix not in suffixes:
                    raise InputError(
                        "the name does not tell the format",
                        f"Name it {', '.join(suffixes)}, or give --format",
                        file=output,
                    )
                format_ = suffixes[suffix]
            return command(*args, output=Output(output, format_), **kwargs)

        return _apply(options, cast("F", wrapper))

    return decorate


def limit_options(command: F) -> F:
    """Add the bounds on a query; the command receives ``limits``."""
    options = [
        click.option(
            "--timeout",
            type=SECONDS,
            default=DEFAULT_LIMITS.seconds,
            show_default=True,
            metavar="SECONDS",
            help="Longest time a query may take.",
        ),
        click.option(
            "--memory",
            type=click.IntRange(16, 1 << 20),
            default=DEFAULT_LIMITS.memory_mib,
            show_default=True,
            metavar="MIB",
            help="Most memory a query may use.",
        ),
        click.option(
            "--max-results",
            type=click.IntRange(1),
            default=DEFAULT_LIMITS.results,
            show_default=True,
            metavar="N",
            help="Most rows or statements a query may return.",
        ),
    ]

    @functools.wraps(command)
    def wrapper(*args: Any, timeout: float, memory: int, max_results: int, **kwargs: Any) -> Any:
        limits = Limits(seconds=timeout, memory_mib=memory, results=max_results)
        return command(*args, limits=limits, **kwargs)

    return _apply(options, cast("F", wrapper))


def common_options(command: F) -> F:
    """Add ``--quiet``, ``--verbose`` and ``--debug``; the command receives nothing."""

    def remember(key: str) -> Callable[[click.Context, click.Parameter, bool], None]:
        def store(context: click.Context, _: click.Parameter, value: bool) -> None:
            context.meta[key] = value

        return store

    def flag(*names: str, key: str, text: str) -> Callable[[F], F]:
        return click.option(
            *names, is_flag=True, expose_value=False, callback=remember(key), help=text
        )

    options = [
        flag("--quiet", "-q", key=_QUIET, text="Print nothing beside the result."),
        flag("--verbose", "-v", key=_VERBOSE, text="Say what is being done."),
        flag("--debug", key="claude_kg.debug", text="On an error, print the whole traceback."),
    ]
    return _apply(options, command)


def say(message: str) -> None:
    """Print a remark to standard error when --verbose asks for it."""
    if _set(_VERBOSE):
        click.echo(message, err=True)


def remark(message: str) -> None:
    """Print to standard error what the result alone does not tell, unless --quiet is given."""
    if not _set(_QUIET):
        click.echo(message, err=True)


def progress(message: str) -> None:
    """Print to standard error that long work begins, where a person waits for it."""
    waiting = sys.stderr is not None and sys.stderr.isatty() and not _set(_QUIET)
    if waiting or _set(_VERBOSE):
        click.echo(message, err=True)


def _set(key: str) -> bool:
    context = click.get_current_context(silent=True)
    return bool(context and context.meta.get(key))


def _apply(options: Sequence[Callable[[Any], Any]], command: F) -> F:
    for option in reversed(options):
        command = option(command)
    return command
