"""The command line: commands that are loaded when they are called, and one place for errors."""

from __future__ import annotations

import errno
import sys
import traceback
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

import click

from claude_kg._version import __version__
from claude_kg.errors import KgError

if TYPE_CHECKING:
    from collections.abc import Mapping

PROGRAM = "claude-kg"

_CANNOT_WRITE = (errno.ENOSPC, errno.EIO, errno.EBADF)


class Entry(NamedTuple):
    """A command in the list: what it does in a few words, and under which heading it stands."""

    section: str
    summary: str


COMMANDS: Mapping[str, Entry] = {
    "ask": Entry("Ask", "Answer a question in plain words."),
    "describe": Entry("Ask", "Print all about one thing or term."),
    "compare": Entry("Ask", "Print things side by side, or only how they differ."),
    "find": Entry("Ask", "Print what meets given needs, and why."),
    "queries": Entry("Ask", "List, search and show the named questions."),
    "query": Entry("Ask", "Run a named question, a file or a SPARQL text."),
    "report": Entry("Ask", "Print the taxonomy, or one table of it."),
    "validate": Entry("Check", "Check the graph, or your files laid over it."),
    "shapes": Entry("Check", "List every rule, with its reason."),
    "why": Entry("Check", "Say why a statement holds, or what speaks against it."),
    "disputes": Entry("Check", "Print on what the sections of the sources disagree."),
    "sources": Entry("Check", "Print which sections state what."),
    "stale": Entry("Check", "Print what has not been checked for long."),
    "export": Entry("Hand on", "Write the graph for other systems."),
}
"""Every command; ``claude_kg.cli.NAME`` defines it as ``command``."""


class LazyGroup(click.Group):
    """A group that imports a command's module only to run it or to print its own help."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of the commands, without importing them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command."""
        if cmd_name not in COMMANDS:
            return None
        command = import_module(f"claude_kg.cli.{cmd_name}").command
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that is called, or say which was perhaps meant."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from difflib import get_close_matches

            near = get_close_matches(args[0], COMMANDS, n=1)
            known = f"Did you mean {near[0]}?" if near else f"Known: {', '.join(COMMANDS)}"
            raise click.UsageError(f"no command {args[0]!r}. {known}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands under their headings."""
        for section in dict.fromkeys(entry.section for entry in COMMANDS.values()):
            with formatter.section(section):
                formatter.write_dl(
                    [(n, e.summary) for n, e in COMMANDS.items() if e.section == section]
                )


@click.group(
    cls=LazyGroup,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, prog_name=PROGRAM)
@click.pass_context
def cli(context: click.Context) -> None:
    """Ask, check and hand on a knowledge graph."""
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


def main(args: list[str] | None = None) -> int:
    """Run the command line and return its exit code; errors become one line on standard error."""
    arguments = sys.argv[1:] if args is None else args
    try:
        code = cli.main(arguments, prog_name=PROGRAM, standalone_mode=False)
        if sys.stdout is not None:
            sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except BrokenPipeError:
        from claude_kg.cli.options import silence_output

        silence_output()
        return 0
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - the last resort
        if "--debug" in arguments:
            traceback.print_exc()
        if isinstance(error, OSError):
            from claude_kg.cli.options import silence_output

            silence_output()
        code, text = _explain(error)
        for line in text.splitlines():
            _complain(line)
        return code


def _explain(error: BaseException) -> tuple[int, str]:
    """The exit code for an error, and what to say about it."""
    if isinstance(error, KeyboardInterrupt | click.Abort):
        return 130, "interrupted"
    if isinstance(error, click.ClickException):
        return 2, f"error: {_usage(error)}"
    if isinstance(error, OSError) and error.errno in _CANNOT_WRITE:
        return 2, f"error: standard output cannot be written: {str(error.strerror).lower()}."
    if isinstance(error, KgError):
        return error.exit_code, "\n".join(f"error: {line}" for line in str(error).splitlines())
    return 3, (
        f"error: a fault of this program: {type(error).__name__}: {_one_line(str(error))}. "
        "Run it again with --debug and report what it prints."
    )


def _usage(error: click.ClickException) -> str:
    message = _one_line(error.format_message())
    context = error.ctx if isinstance(error, click.UsageError) else None
    where = context.command_path if context else PROGRAM
    end = "" if message.endswith((".", "?", "!")) else "."
    return f"{message}{end} See `{where} --help`."


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _complain(line: str) -> None:
    with suppress(OSError, ValueError):
        click.echo(f"{PROGRAM}: {line}", err=True)
