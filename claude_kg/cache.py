"""Keep what is dear to compute in the user's cache folder, by content.

The cache is a convenience: a folder that cannot be read or written, an entry that is damaged or
made by other software, all only mean that the work is done again.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox

from claude_kg.atomic import replace_file
from claude_kg.close import REASONERS, close
from claude_kg.closure import Clash, Closure
from claude_kg.lines import lines_of, triples_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from claude_kg.load import LoadedGraph

_KEPT = 16
_KEPT_SMALL = 64

Later = tuple[tuple[str, str], ...]
"""Later editions, each by its IRI and its name."""


def folder() -> Path | None:
    """Where entries are kept: ``$CLAUDE_KG_CACHE_DIR``, or by the custom of the platform."""
    if chosen := os.environ.get("CLAUDE_KG_CACHE_DIR"):
        return Path(chosen)
    if sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA")
        return Path(local, "claude-kg", "Cache") if local else None
    shared = Path(os.environ.get("XDG_CACHE_HOME", ""))
    if shared.is_absolute():
        return shared / "claude-kg"
    try:
        home = Path.home()
    except RuntimeError:
        return None
    return home / ("Library/Caches" if sys.platform == "darwin" else ".cache") / "claude-kg"


def read(name: str) -> bytes | None:
    """The content kept under a name, or None."""
    kept = folder()
    if kept is None:
        return None
    path = kept / name
    try:
        checksum, _, content = path.read_bytes().partition(b"\n")
        if checksum != _checksum(content):
            return None
        with suppress(OSError):
            os.utime(path)
    except OSError:
        return None
    return content


def is_writable() -> bool:
    """Whether what is written now can be read next time."""
    kept = folder()
    if kept is None:
        return False
    with suppress(OSError):
        kept.mkdir(parents=True, exist_ok=True, mode=0o700)
    return os.access(kept, os.W_OK)


def write(name: str, content: bytes, keep: int = _KEPT) -> None:
    """Keep content under a name; of its kind, forget all but the ``keep`` that were used last."""
    kept = folder()
    if kept is None:
        return
    with suppress(OSError):
        kept.mkdir(parents=True, exist_ok=True, mode=0o700)
        replace_file(kept / name, _checksum(content) + b"\n" + content)
        _prune(kept, Path(name).suffix, keep)


def closure_of(
    loaded: LoadedGraph,
    *,
    reasoner: str = REASONERS[0],
    use_cache: bool = True,
    notify: Callable[[str], None] | None = None,
) -> Closure:
    """The closure of a graph, from the cache where it is there."""
    if not use_cache:
        return _compute(loaded, reasoner, notify)
    name = f"{_key(loaded, reasoner)}.closure"
    if content := read(name):
        with suppress(ValueError, SyntaxError, KeyError, TypeError):
            return _decode(content)
    closure = _compute(loaded, reasoner, notify)
    write(name, _encode(closure))
    return closure


def is_kept(loaded: LoadedGraph, reasoner: str = REASONERS[0]) -> bool:
    """Whether the closed graph of this content is kept, so that it has been parsed before."""
    kept = folder()
    return kept is not None and (kept / _store_name(loaded, reasoner)).is_file()


def keep_known(loaded: LoadedGraph, later: Later) -> None:
    """Note that all files of this content can be parsed, and which later editions they know."""
    write(f"{loaded.digest}.parsed", json.dumps(later).encode(), keep=_KEPT_SMALL)


def is_known(loaded: LoadedGraph) -> bool:
    """Whether all files of this content have been parsed before."""
    return later_editions(loaded) is not None


def later_editions(loaded: LoadedGraph) -> Later | None:
    """The later editions of which files know that have been parsed before; None for others."""
    content = read(f"{loaded.digest}.parsed")
    if content is None:
        return None
    with suppress(ValueError, TypeError):
        return tuple((str(iri), str(name)) for iri, name in json.loads(content))
    return None


def read_quads(loaded: LoadedGraph, reasoner: str) -> tuple[bytes, dict[str, str]] | None:
    """The closed graph that is kept for this content, as TriG, and its prefixes; or None."""
    content = read(_store_name(loaded, reasoner))
    if content is None:
        return None
    prefixes, _, quads = content.partition(b"\n")
    with suppress(ValueError):
        return quads, dict(json.loads(prefixes))
    return None


def write_quads(loaded: LoadedGraph, reasoner: str, quads: Iterable[ox.Quad]) -> None:
    """Keep the closed graph of this content."""
    prefixes = json.dumps(loaded.prefixes).encode()
    trig = ox.serialize(quads, format=ox.RdfFormat.TRIG, prefixes=loaded.prefixes) or b""
    write(_store_name(loaded, reasoner), prefixes + b"\n" + trig)


def _store_name(loaded: LoadedGraph, reasoner: str) -> str:
    return f"{_key(loaded, reasoner)}.trig"


def _compute(loaded: LoadedGraph, reasoner: str, notify: Callable[[str], None] | None) -> Closure:
    if notify:
        notify("Drawing conclusions from the facts (once for this content) …")
    return close(loaded.asserted, loaded.prefixes, reasoner)


def _key(loaded: LoadedGraph, reasoner: str) -> str:
    """The name of an entry: the content, and the rules that are applied to it."""
    digest = hashlib.sha256(f"{loaded.digest} {reasoner}".encode())
    spec = find_spec("owlrl" if reasoner == "owlrl" else "claude_kg.reason")
    here = Path(__file__).parent
    files = [here / "closure.py", *sorted((here / "reason").glob("*.py"))]
    if spec and spec.origin:
        files.append(Path(spec.origin))
    for file in files:
        with suppress(OSError):
            status = file.stat()
            digest.update(f"\0{status.st_size} {status.st_mtime_ns}".encode())
    return digest.hexdigest()


def _encode(closure: Closure) -> bytes:
    clashes = json.dumps(
        [[clash.message, lines_of(clash.statements).decode()] for clash in closure.clashes]
    )
    triples = lines_of(closure.inferred)
    return clashes.encode() + b"\n" + triples


def _decode(content: bytes) -> Closure:
    clashes, _, triples = content.partition(b"\n")
    return Closure(
        tuple(triples_of(triples)),
        tuple(
            Clash(message, tuple(triples_of(statements.encode())))
            for message, statements in json.loads(clashes)
        ),
    )


def _checksum(content: bytes) -> bytes:
    return hashlib.sha256(content).hexdigest().encode()


def _prune(kept: Path, suffix: str, keep: int) -> None:
    entries = sorted(kept.glob(f"*{suffix}"), key=lambda p: p.stat().st_mtime, reverse=True)
    for path in entries[keep:]:
        with suppress(OSError):
            path.unlink()
