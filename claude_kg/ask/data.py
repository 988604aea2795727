"""Read the data files of ``ask``: YAML, parsed once for one content."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from claude_kg import cache
from claude_kg.errors import InputError
from claude_kg.load import decode, unreadable

if TYPE_CHECKING:
    from pathlib import Path

_KEPT = 64


def read_yaml(path: Path) -> Any:
    """What a YAML file says. Raises InputError where it cannot be read."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise unreadable(error, str(path)) from None
    entry = f"{hashlib.sha256(content).hexdigest()}.yaml"
    if (kept := cache.read(entry)) is not None:
        return json.loads(kept)
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        data = yaml.load(decode(content, str(path)), loader)  # noqa: S506 - both are safe loaders
    except yaml.YAMLError as error:
        raise InputError(f"is no YAML: {error}", file=str(path)) from None
    cache.write(entry, json.dumps(data).encode(), keep=_KEPT)
    return data
