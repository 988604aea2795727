"""Read data files into one asserted graph, or say exactly where they are broken.

Statements keep the lexical form in which they were written: they are parsed, never passed through
a store, which would rewrite their literals. Reading opens the named files and nothing else.
"""

from __future__ import annotations

import hashlib
import os
import re
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NoReturn

import pyoxigraph as ox

from claude_kg import files
from claude_kg._version import __version__
from claude_kg.editions import FIRST, HEADER, Choice, Editions
from claude_kg.errors import InputError, InputErrors, LimitError
from claude_kg.limits import MAX_FILE_MIB, MAX_NESTING
from claude_kg.terms import PREFIXES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

Role = Literal["vocabulary", "facts", "overlay"]
PathLike = str | os.PathLike[str]

STANDARD_INPUT = "-"

FORMATS = {
    "turtle": ox.RdfFormat.TURTLE,
    "trig": ox.RdfFormat.TRIG,
    "nt": ox.RdfFormat.N_TRIPLES,
    "nq": ox.RdfFormat.N_QUADS,
    "json-ld": ox.RdfFormat.JSON_LD,
    "xml": ox.RdfFormat.RDF_XML,
}
"""The data formats that are read, by the name that options use."""

SUFFIXES = {
    ".ttl": "turtle",
    ".trig": "trig",
    ".nt": "nt",
    ".nq": "nq",
    ".jsonld": "json-ld",
    ".json": "json-ld",
    ".rdf": "xml",
    ".owl": "xml",
    ".xml": "xml",
}
"""The data format that a file's suffix stands for."""


@dataclass(frozen=True)
class Source:
    """One file as it was read: its name, its place in the graph, its format and its bytes.

    It is parsed when its statements are first asked for, which raises InputError with line and
    column where it is broken. ``label`` keeps its blank nodes apart from those of other files.
    """

    name: str
    role: Role
    format: str
    data: bytes
    label: str = "b"

    @cached_property
    def _parsed(self) -> tuple[tuple[ox.Triple, ...], dict[str, str]]:
        return parse(self.data, self.name, self.format, label=self.label)

    @property
    def triples(self) -> tuple[ox.Triple, ...]:
        """What the file states, in order."""
        return self._parsed[0]

    @property
    def prefixes(self) -> dict[str, str]:
        """The prefixes that the file declares."""
        return self._parsed[1]


@dataclass(frozen=True)
class LoadedGraph:
    """The files that make up a graph, in order: vocabulary, facts, overlays; and the edition."""

    sources: tuple[Source, ...]
    edition: Choice = FIRST

    @cached_property
    def stated(self) -> tuple[ox.Triple, ...]:
        """What the files state of all editions, each statement once, in the order of the files."""
        return tuple(dict.fromkeys(t for source in self.sources for t in source.triples))

    @cached_property
    def asserted(self) -> tuple[ox.Triple, ...]:
        """What the edition holds of it. Raises InputError for an edition or a date that is none."""
        from claude_kg.compose import compose

        return compose(self.stated, self.editions, self.edition, self.prefixes)

    @cached_property
    def editions(self) -> Editions:
        """The editions that the files know."""
        return Editions(self.stated)

    def without(self, role: Role) -> LoadedGraph:
        """The graph of the files in the other roles."""
        kept = tuple(source for source in self.sources if source.role != role)
        return LoadedGraph(kept, self.edition)

    def at(self, edition: Choice) -> LoadedGraph:
        """The same files at another edition."""
        return LoadedGraph(self.sources, edition)

    @cached_property
    def prefixes(self) -> dict[str, str]:
        """Our prefixes, then those that the files declare; the first declaration of one counts."""
        return with_prefixes(PREFIXES, self.sources)

    @cached_property
    def digest(self) -> str:
        """A name for this content: equal for equal files read by equal software."""
        software = f"{__version__} {ox.__version__} {sys.version_info[:2]}"
        digest = hashlib.sha256(f"{software} {self.edition}".encode())
        for source in self.sources:
            digest.update(f"\0{source.role} {source.format} {len(source.data)}\0".encode())
            digest.update(source.data)
        return digest.hexdigest()


def with_prefixes(known: Mapping[str, str], sources: Iterable[Source]) -> dict[str, str]:
    """The known prefixes, then those that files declare; the first declaration of one counts."""
    prefixes = dict(known)
    for source in sources:
        for prefix, namespace in source.prefixes.items():
            if prefix and namespace:
                prefixes.setdefault(prefix, namespace)
    return prefixes


def load(
    facts: Sequence[PathLike] | None = None,
    overlays: Sequence[PathLike] = (),
    *,
    edition: Choice = FIRST,
    input_format: str | None = None,
    max_mib: int = MAX_FILE_MIB,
    is_known: Callable[[LoadedGraph], bool] = lambda graph: False,
) -> LoadedGraph:
    """Read the packaged vocabulary, the facts (or ``facts`` instead) and the overlays.

    ``edition`` says at which edition they are held. Each path is a file, a folder, or ``-`` for
    standard input. ``input_format``, a key of ``FORMATS``, overrides what the file names say;
    without it standard input is read as TriG, of which Turtle and N-Triples are a part. A graph of
    which ``is_known`` says that its content has been parsed before is not parsed until its
    statements are asked for.

    Raises InputErrors with every file that cannot be read, InputError for an edition or a date
    that is none, and LimitError for a file too large.
    """
    read = _read_all(facts, overlays, input_format, max_mib)
    graph = LoadedGraph(tuple(source for source in read if isinstance(source, Source)), edition)
    if len(graph.sources) == len(read) and is_known(graph):
        return graph
    _, errors = _sound(read)
    if errors:
        raise errors[0] if len(errors) == 1 else InputErrors(errors)
    graph.editions.held(edition, graph.prefixes)
    return graph


def load_readable(
    facts: Sequence[PathLike] | None = None,
    overlays: Sequence[PathLike] = (),
    *,
    edition: Choice = FIRST,
    input_format: str | None = None,
    max_mib: int = MAX_FILE_MIB,
    is_known: Callable[[LoadedGraph], bool] = lambda graph: False,
) -> tuple[LoadedGraph, list[InputError]]:
    """The graph of all files that can be read, and the errors of those that cannot.

    The arguments are those of :func:`load`; ``is_known`` may know the files without the overlays,
    too, and then only these are parsed. Raises InputErrors where the vocabulary cannot be read,
    without which nothing else has a meaning, and InputError for an edition or a date that is none.
    """
    read = _read_all(facts, overlays, input_format, max_mib)
    graph = LoadedGraph(tuple(source for source in read if isinstance(source, Source)), edition)
    below = graph.without("overlay")
    if is_known(graph):
        return graph, [error for error in read if isinstance(error, InputError)]
    if is_known(below):
        rest = (item for item in read if not isinstance(item, Source) or item.role == "overlay")
        sound, errors = _sound(rest)
        return LoadedGraph((*below.sources, *sound), edition), errors
    words = [item for item in read if isinstance(item, Source) and item.role == "vocabulary"]
    _, broken = _sound(words)
    if broken:
        raise broken[0] if len(broken) == 1 else InputErrors(broken)
    sound, errors = _sound(read)
    graph = LoadedGraph(tuple(sound), edition)
    graph.editions.held(edition, graph.prefixes)
    return graph, errors


def _read_all(
    facts: Sequence[PathLike] | None,
    overlays: Sequence[PathLike],
    input_format: str | None,
    max_mib: int,
) -> list[Source | InputError]:
    """Every file in order: its bytes, or why the system does not give them."""
    if input_format is not None and input_format not in FORMATS:
        raise InputError(f"unknown data format {input_format!r}", f"Known: {', '.join(FORMATS)}")
    wanted: list[tuple[Role, str] | InputError] = [
        ("vocabulary", str(path)) for path in files.vocabulary_files()
    ]
    groups: tuple[tuple[Role, Iterable[PathLike]], ...] = (
        ("facts", files.facts_files() if facts is None else facts),
        ("overlay", overlays),
    )
    for role, paths in groups:
        for path in paths:
            try:
                wanted += ((role, name) for name in _expand(os.fspath(path)))
            except InputError as error:
                wanted.append(error)
    if sum(isinstance(item, tuple) and item[1] == STANDARD_INPUT for item in wanted) > 1:
        raise InputError("standard input (-) is given twice", "It can be read once")
    read: list[Source | InputError] = []
    for number, item in enumerate(wanted):
        if isinstance(item, InputError):
            read.append(item)
            continue
        role, name = item
        packaged = role == "vocabulary" or (role == "facts" and facts is None)
        try:
            chosen = None if packaged else input_format
            read.append(_read_source(name, role, chosen, number, max_mib))
        except InputError as error:
            read.append(error)
    return read


def _sound(read: Iterable[Source | InputError]) -> tuple[list[Source], list[InputError]]:
    """The files that parse, and the errors of the others, both in order."""
    sound: list[Source] = []
    errors: list[InputError] = []
    for item in read:
        try:
            if isinstance(item, InputError):
                raise item
            _ = item.triples
            sound.append(item)
        except InputErrors as several:
            errors += several.errors
        except InputError as error:
            errors.append(error)
    return sound, errors


def parse(
    data: bytes, name: str, format_name: str, label: str = "b"
) -> tuple[tuple[ox.Triple, ...], dict[str, str]]:
    """Parse a file's bytes into statements, named graphs flattened, and its declared prefixes.

    Blank nodes are relabelled ``label`` and a number, in the order in which they appear, so that
    equal bytes give equal statements. Raises InputError with line and column.
    """
    text = decode(data, name)
    _refuse_hostile(text, name, format_name)
    triples: list[ox.Triple] = []
    labels: dict[ox.BlankNode, ox.BlankNode] = {}
    headers: set[object] = set()

    def relabel(node: ox.BlankNode) -> ox.BlankNode:
        if node not in labels:
            labels[node] = ox.BlankNode(f"{label}{len(labels)}")
        return labels[node]

    try:
        parser = ox.parse(text, FORMATS[format_name])
        for quad in parser:
            subject, object_ = quad.subject, quad.object
            if isinstance(subject, ox.BlankNode):
                subject = relabel(subject)
            if isinstance(object_, ox.BlankNode):
                object_ = relabel(object_)
            elif isinstance(object_, ox.Triple):
                raise InputError(
                    f"the object of a {quad.predicate.value} statement is a statement itself",
                    "Statements about statements (RDF 1.2) are not supported",
                    file=name,
                )
            triples.append(ox.Triple(subject, quad.predicate, object_))
            if quad.predicate == HEADER:
                headers.add(quad.graph_name)
    except SyntaxError as error:
        raise _syntax_error(error, name) from None
    if len(headers) > 1:
        raise InputError(
            "holds several editions, a graph each, which contradict each other as one",
            "Load the graph of one of them, or the files of which they were made",
            file=name,
        )
    return tuple(triples), dict(parser.prefixes)


def _expand(path: str) -> list[str]:
    """The data files that a path stands for."""
    if path == STANDARD_INPUT or not Path(path).is_dir():
        return [path]
    found = [str(file) for file in files.walk(Path(path), tuple(SUFFIXES))]
    if not found:
        raise InputError(
            "the folder holds no data file", f"Looked for {', '.join(SUFFIXES)}", file=path
        )
    return found


def _read_source(
    name: str, role: Role, format_name: str | None, number: int, max_mib: int
) -> Source:
    shown = "standard input" if name == STANDARD_INPUT else name
    format_name = format_name or _format_of(name)
    data = _read(name, shown, max_mib)
    return Source(shown, role, format_name, data, label=f"f{number}b")


def _format_of(name: str) -> str:
    if name == STANDARD_INPUT:
        return "trig"
    suffix = Path(name).suffix.lower()
    if suffix not in SUFFIXES and Path(name).exists():
        raise InputError(
            "the name does not tell the data format",
            f"Name it {', '.join(SUFFIXES)}, or give --input-format",
            file=name,
        )
    return SUFFIXES.get(suffix, "turtle")


def _read(name: str, shown: str, max_mib: int) -> bytes:
    bound = max_mib << 20
    try:
        if name == STANDARD_INPUT:
            if sys.stdin is None:
                raise InputError("standard input is closed", "Give a file, or pipe data in")
            data = sys.stdin.buffer.read(bound + 1)
        else:
            with Path(name).open("rb") as file:
                data = file.read(bound + 1)
    except (OSError, ValueError) as error:
        raise unreadable(error, shown) from None
    if len(data) > bound:
        raise LimitError(
            f"{shown}: larger than the file limit of {max_mib} MiB",
            "Load data of this size into a triple store instead",
        )
    return data


def unreadable(error: OSError | ValueError, name: str) -> InputError:
    """The error for a file that the system will not read."""
    if isinstance(error, FileNotFoundError):
        return InputError("no such file", "Check the path", file=name)
    if isinstance(error, IsADirectoryError):
        return InputError("is a folder, where a file is wanted", file=name)
    if isinstance(error, PermissionError):
        return InputError("permission denied", "Make the file readable", file=name)
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return InputError(f"cannot be read: {reason}", file=name)


def decode(data: bytes, name: str) -> str:
    """The text of a file, which is UTF-8 with or without a byte-order mark."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in data[:4]:
        raise InputError("is UTF-16 or UTF-32", "Save it as UTF-8", file=name, line=1, column=1)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8-sig")
        line, column = position(before, len(before))
        raise InputError(
            f"byte 0x{data[error.start]:02x} is not UTF-8 (perhaps Latin-1 or Windows-1252)",
            "Save the file as UTF-8",
            file=name,
            line=line,
            column=column,
        ) from None
    nul = text.find("\0")
    if nul >= 0:
        line, column = position(text, nul)
        raise InputError("a NUL character", "Remove it", file=name, line=line, column=column)
    return text


def position(text: str, offset: int) -> tuple[int, int]:
    """Line and column, counted from 1, of an offset in a text."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


_TURTLE_TOKEN = re.compile(
    r'"""(?:[^\\]|\\.)*?"""|\'\'\'(?:[^\\]|\\.)*?\'\'\''
    r'|"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\''
    r"|#[^\n]*|<<|<[^<>\s]*>",
    re.DOTALL,
)
_JSON_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}]', re.DOTALL)
_XML_DECLARATION = re.compile(r"<!(?:DOCTYPE|ENTITY)")


def _refuse_hostile(text: str, name: str, format_name: str) -> None:
    """Refuse what would end the process, or what it would take minutes to expand."""

    def refuse(offset: int, message: str, hint: str) -> NoReturn:
        line, column = position(text, offset)
        raise InputError(message, hint, file=name, line=line, column=column)

    if format_name == "xml":
        if found := _XML_DECLARATION.search(text):
            refuse(
                found.start(),
                "RDF/XML with a DOCTYPE is refused: entities can grow without bound",
                "Write the names in full, or convert the file to Turtle",
            )
    elif format_name == "json-ld":
        depth = 0
        for token in _JSON_TOKEN.finditer(text):
            depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(token[0], 0)
            if depth > MAX_NESTING:
                refuse(
                    token.start(),
                    f"JSON nested more than {MAX_NESTING} levels deep",
                    "Write it flatter",
                )
    elif "<<" in text:
        for token in _TURTLE_TOKEN.finditer(text):
            if token[0] == "<<":
                refuse(
                    token.start(),
                    "a statement about a statement (<< … >>, RDF 1.2) is not supported",
                    "Use a node of its own for it",
                )


_WHERE = re.compile(r"^Parser error at line \d+ (?:column \d+|between [^:]*): ")


def _syntax_error(error: SyntaxError, name: str) -> InputError:
    message = _WHERE.sub("", error.msg)
    hint = ""
    if "LoadDocumentCallback" in message:
        message = "a JSON-LD context at another address is refused: nothing is fetched"
        hint = "Put the context into the file"
    elif "No scheme found" in message:
        message = "a relative IRI, and the file declares no @base"
        hint = "Write the IRI in full, or declare a base"
    elif "has not been declared" in message:
        hint = "Declare it with @prefix"
    return InputError(
        message[:1].lower() + message[1:] if message[:2].istitle() else message,
        hint,
        file=name,
        line=error.lineno,
        column=error.offset,
    )
